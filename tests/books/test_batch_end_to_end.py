"""A batch as its coordinator runs it: a spreadsheet in, books out, with editions, companions and verification.

Pages are typeset for real, by this run's typesetter; what workers do beside that has tests of its own (tests/faults).
"""

from __future__ import annotations

import csv
import datetime
import stat
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pikepdf
import pytest
from openpyxl import load_workbook
from support import Ran, own_layout
from tables import rows_of, write_xlsx

from workbook_builder.batch import Outcome, crew
from workbook_builder.batch.building import build
from workbook_builder.pipeline import Stock
from workbook_builder.typeset import Typesetter

DAY = "2026-11-23"
TINY = {
    "fictional": "yes", "name": "Wren", "goal": "Sail across the bay.", "assign": "psy-tiny; wks-tiny",
    "cleared on": datetime.date(2026, 11, 21),
}  # fmt: skip
Batch = Callable[..., Ran]


@dataclass
class InHouse:
    """Does the jobs of a crew in this process."""

    task: Any
    typesetter: Typesetter

    def run(self, jobs: Iterable[Any]) -> Iterator[Outcome]:
        """Answer one job after the other."""
        stock = Stock(self.task.context.folders)
        for job in jobs:
            yield Outcome(job, "done", build(job, stock, self.typesetter))

    def close(self) -> None:
        """Nothing to end."""


@pytest.fixture
def intake(tiny_home: Path) -> Callable[..., Path]:
    """Return a function that writes clients of the small practice into its spreadsheet."""
    return lambda *clients: write_xlsx(tiny_home / "intake.xlsx", rows_of(*({**TINY, **client} for client in clients)))


@pytest.fixture
def batch(
    tiny_home: Path, workbook: Callable[..., Ran], typesetter: Typesetter, monkeypatch: pytest.MonkeyPatch
) -> Batch:
    """Return a function that runs ``workbook batch intake.xlsx`` in the small practice."""
    monkeypatch.setattr(crew, "Crew", lambda task, size, limits, kin: InHouse(task, typesetter))
    monkeypatch.chdir(tiny_home)

    def run(*more: object, source: str = "intake.xlsx") -> Ran:
        return workbook("batch", source, "--out", "out", "--date", DAY, *more)

    return run


def manifest(out: Path = Path("out")) -> dict[str, tuple[str, str]]:
    """Each client's status and code."""
    with (out / "manifest.csv").open(encoding="utf-8", newline="") as file:
        return {row["id"]: (row["status"], row["code"]) for row in csv.DictReader(file)}


def pdfs(folder: str = "out") -> dict[str, int]:
    """The PDFs of a folder, and when each was written."""
    return {path.name: path.stat().st_mtime_ns for path in sorted(Path(folder).glob("*.pdf"))}


def mode(path: str) -> int:
    """The rights of a file."""
    return stat.S_IMODE(Path(path).stat().st_mode)


def opens(path: str, password: str) -> bool:
    """Whether a password opens a PDF."""
    try:
        pikepdf.open(path, password=password).close()
    except pikepdf.PasswordError:
        return False
    return True


def test_spreadsheet_with_faults(batch: Batch, intake: Callable[..., Path]) -> None:
    """Wrong rows are told with file, row, column and the column's name, and cost nobody else a workbook: exit 6."""
    intake(
        {"id": "a-1"}, {"id": "b-2", "country": "USA"}, {"id": "c-3", "cleared": "no"}, {"id": "d-4", "topics": "fear"},
        {"id": "e-5", "edition": "large-print"},
    )  # fmt: skip
    dry = batch("--dry-run")
    assert dry.code == 6 and not Path("out").exists()
    assert [line.split("\t")[:3] for line in dry.out.splitlines()] == [
        ["b-2", "intake.xlsx:3", "WB101"], ["c-3", "intake.xlsx:4", "refused"], ["d-4", "intake.xlsx:5", "WB101"],
    ]  # fmt: skip
    assert 'intake.xlsx:3:2  client.country: column B "country"' in dry.out and "2 of 5 clients would" in dry.err
    ran = batch()
    assert ran.code == 6 and ran.out.splitlines() == ["out/manifest.csv", "out/report.html"]
    assert 'note: read from the sheet "Clients"' in ran.err
    assert 'b-2: invalid: intake.xlsx:3:2  client.country: column B "country"' in ran.err
    assert "Wren" not in ran.err and "bay" not in ran.err
    assert manifest() == {
        "a-1": ("made", ""), "b-2": ("invalid", "WB101"), "c-3": ("refused", "refused"), "d-4": ("invalid", "WB101"),
        "e-5": ("made", ""),
    }  # fmt: skip
    assert set(pdfs()) == {"a-1.pdf", "e-5.pdf"}
    report = Path("out/report.html").read_text(encoding="utf-8")
    assert "intake.xlsx:3:2" in report and "Wren" not in report and "bay" not in report


def test_table_that_cannot_be_read(batch: Batch, intake: Callable[..., Path]) -> None:
    """What is wrong with the table as a whole is told before anything is made: exit 3."""
    intake({"id": "a-1", "shoe size": 43})
    ran = batch()
    assert ran.code == 3 and "intake.xlsx:1:12  column L" in ran.err and not Path("out").exists()
    assert batch("--sheet", "Elsewhere").code == 3
    assert batch(source="nowhere.csv").code == 3


def test_own_export(batch: Batch, tiny_home: Path) -> None:
    """A CSV with the columns of a practice's own software; how it was read is told."""
    (tiny_home / "export.csv").write_text(
        "Case;Land;Visits;Fit;Who;When;About;Goal;Pages;Phone\n"
        "a-1;US;3;yes;therapist-1;2026-11-21;Anxiety (GAD);Über die Bucht.;psy-tiny;555\n",
        encoding="utf-8",
    )
    (tiny_home / "columns.yaml").write_text(
        "columns: {Case: client.id, Land: client.country, Visits: program.sessions, Fit: clearance.cleared, "
        "Who: clearance.by, When: clearance.date, About: topics, Goal: goals, Pages: modules.assign}\n"
        "values: {topics: {Anxiety (GAD): anxiety}}\nfixed: {fictional: true}\nignore: [Phone]\n",
        encoding="utf-8",
    )
    ran = batch("--columns", "columns.yaml", source="export.csv")
    assert (ran.code, manifest()) == (0, {"a-1": ("made", "")}), ran.err
    assert "UTF-8" in ran.err and "semicolons" in ran.err
    assert batch(source="export.csv").code == 3


def test_empty_sheet(workbook: Callable[..., Ran], tiny_home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """--template writes a sheet and stops; its example can be planned; neither source nor sheet is wrong usage."""
    monkeypatch.chdir(tiny_home)
    assert workbook("batch", "--template", "new.xlsx").out == "new.xlsx\n"
    assert mode("new.xlsx") == 0o600
    assert workbook("batch", "--template", "new.xlsx").code == 5
    book = load_workbook("new.xlsx")
    book["Clients"]["A2"] = "mine"
    book.save("new.xlsx")
    assert workbook("batch", "--template", "new.xlsx", "--force").code == 0
    assert load_workbook("new.xlsx")["Clients"]["A2"].value == "example-1"
    assert workbook("batch", "--template", "new.csv").code == 2
    for incomplete in ((), ("new.xlsx",), ("--out", "out")):
        ran = workbook("batch", *incomplete)
        assert ran.code == 2 and "--template" in ran.err
    assert workbook("batch", "profiles", "--out", "out", "--columns", "new.xlsx").code == 3
    assert not Path("out").exists()


def test_example_of_the_empty_sheet(
    tmp_path: Path, workbook: Callable[..., Ran], typesetter: Typesetter, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The made-up row of the empty sheet becomes a workbook of the shipped library, as it stands."""
    monkeypatch.setattr(crew, "Crew", lambda task, size, limits, kin: InHouse(task, typesetter))
    monkeypatch.chdir(tmp_path)
    workbook("batch", "--template", "new.xlsx")
    assert workbook("batch", "new.xlsx", "--out", "out", "--date", DAY, "--no-verify").code == 0
    assert manifest() == {"example-1": ("made", "")}


def test_editions(batch: Batch, intake: Callable[..., Path]) -> None:
    """Each client's own edition and paper; another edition lies beside it, and each is known by itself."""
    intake({"id": "a-1"}, {"id": "b-2", "edition": "large-print", "paper": "a4"}, {"id": "c-3", "edition": "screen"})
    assert batch().code == 0
    preferred = pdfs()
    assert set(preferred) == {"a-1.pdf", "b-2.pdf", "c-3.pdf"}
    assert [_size(f"out/{name}") for name in preferred] == [(612, 792), (595, 842), (255, 454)]
    assert batch("--edition", "large-print").code == 0
    both = pdfs()
    assert set(both) == {*preferred, "a-1-large-print.pdf", "c-3-large-print.pdf"}
    assert manifest() == {"a-1": ("made", ""), "b-2": ("unchanged", ""), "c-3": ("made", "")}
    assert {name: both[name] for name in preferred} == preferred
    for again in ((), ("--edition", "large-print")):
        batch(*again)
        assert {status for status, _ in manifest().values()} == {"unchanged"}
    assert pdfs() == both
    assert batch("--paper", "a4").code == 0
    assert manifest() == {"a-1": ("made", ""), "b-2": ("unchanged", ""), "c-3": ("unchanged", "")}
    assert _size("out/a-1.pdf") == (595, 842)


def test_edition_with_the_name_of_a_client(batch: Batch, intake: Callable[..., Path]) -> None:
    """The large print of one client has the file name of another: the second is told, and nothing is overwritten."""
    intake({"id": "a-1"}, {"id": "a-1-large-print", "name": "Robin", "edition": "large-print"})
    assert batch("--edition", "large-print").code == 6
    assert manifest() == {"a-1": ("made", ""), "a-1-large-print": ("invalid", "WB113")}
    assert "a-1-large-print.pdf of the client at intake.xlsx:2" in Path("out/report.html").read_text(encoding="utf-8")


def test_companions(batch: Batch, intake: Callable[..., Path]) -> None:
    """Only when asked; in a folder and under a passphrase of their own; later ones leave the workbooks as they are."""
    intake({"id": "a-1"}, {"id": "b-2"})
    secret = ("--passwords", "generate", "--passwords-file", "secret.csv")
    assert batch(*secret).code == 0
    assert not Path("out/companions").exists()
    before = pdfs()
    wanted = (*secret, "--companion")
    assert batch(*wanted).code == 0
    assert pdfs() == before, "a companion that is added later costs no workbook"
    assert {status for status, _ in manifest().values()} == {"made"}
    assert set(pdfs("out/companions")) == {"a-1-companion.pdf", "b-2-companion.pdf"}
    assert mode("out/companions") == 0o700 and mode("out/companions/a-1-companion.pdf") == 0o600
    with Path("secret.csv").open(encoding="utf-8", newline="") as file:
        phrases = {row["id"]: row["passphrase"] for row in csv.DictReader(file)}
    assert set(phrases) == {"a-1", "a-1-companion", "b-2", "b-2-companion"} and len(set(phrases.values())) == 4
    assert opens("out/companions/a-1-companion.pdf", phrases["a-1-companion"])
    assert not opens("out/companions/a-1-companion.pdf", phrases["a-1"])
    made = pdfs("out/companions")
    for again in (wanted, secret):
        batch(*again)
        assert {status for status, _ in manifest().values()} == {"unchanged"}
    Path("out/companions/b-2-companion.pdf").unlink()
    assert batch(*wanted).code == 0
    assert manifest() == {"a-1": ("unchanged", ""), "b-2": ("made", "")}
    assert pdfs() == before and pdfs("out/companions")["a-1-companion.pdf"] == made["a-1-companion.pdf"]
    assert opens("out/companions/b-2-companion.pdf", phrases["b-2-companion"])


def test_places_of_companions(batch: Batch, intake: Callable[..., Path]) -> None:
    """Never among the workbooks, and the passphrases never among either; a chosen folder that is open is told."""
    intake({"id": "a-1"})
    for wrong in (
        ("--companion", "--companion-out", "out"), ("--companion", "--companion-out", "./out/"),
        ("--companion-out", "other"),
        ("--companion", "--companion-out", "other", "--passwords", "generate", "--passwords-file", "other/p.csv"),
        ("--companion", "--passwords", "generate", "--passwords-file", "out/companions/p.csv"),
    ):  # fmt: skip
        ran = batch(*wrong)
        assert ran.code == 2 and ("--companion" in ran.err or "--passwords-file" in ran.err), wrong
    assert not pdfs() and not pdfs("other") and not list(Path().rglob("p.csv"))
    Path("other").chmod(0o755)
    ran = batch("--companion", "--companion-out", "other")
    assert ran.code == 0 and "others may look into this folder" in ran.err and "no password" in ran.err
    assert set(pdfs("other")) == {"a-1-companion.pdf"} and mode("other") == 0o755


def test_companion_with_the_id_of_a_client(batch: Batch, intake: Callable[..., Path]) -> None:
    """A client's id is a companion's name: one passphrase would open both, so the second client is told."""
    intake({"id": "a-1"}, {"id": "a-1-companion"})
    assert batch("--companion").code == 6
    assert manifest() == {"a-1": ("made", ""), "a-1-companion": ("invalid", "WB113")}
    assert batch().code == 0


def test_no_half_pair(batch: Batch, intake: Callable[..., Path], tiny_home: Path) -> None:
    """When the companion cannot be made, the workbook is not published either; what was there stays."""
    layout = own_layout(tiny_home)
    intake({"id": "a-1"})
    good = (layout / "companion.html.j2").read_text(encoding="utf-8")
    (layout / "companion.html.j2").write_text("{{ nothing_of_the_kind }}", encoding="utf-8")
    ran = batch("--layout", "own", "--companion")
    assert (ran.code, manifest()) == (6, {"a-1": ("invalid", "WB344")}) and not pdfs() and not pdfs("out/companions")
    assert batch("--layout", "own").code == 0
    before = pdfs()
    assert batch("--layout", "own", "--companion").code == 6 and pdfs() == before
    (layout / "companion.html.j2").write_text(good, encoding="utf-8")
    assert batch("--layout", "own", "--companion").code == 0
    assert pdfs() == before and set(pdfs("out/companions")) == {"a-1-companion.pdf"}


def test_each_book_is_looked_into(batch: Batch, intake: Callable[..., Path], tiny_home: Path) -> None:
    """A link to nowhere in a layout: nobody gets a workbook, unless --no-verify says so."""
    layout = own_layout(tiny_home)
    page = (layout / "how-to-use.html.j2").read_text(encoding="utf-8")
    assert "</section>" in page
    link = '<p><a href="wb:page-nowhere#Nowhere">Nowhere</a></p></section>'
    (layout / "how-to-use.html.j2").write_text(page.replace("</section>", link), encoding="utf-8")
    intake({"id": "a-1"}, {"id": "b-2"})
    ran = batch("--layout", "own")
    found = manifest()
    assert ran.code == 6 and not pdfs()
    assert {status for status, _ in found.values()} == {"invalid"}
    assert {code[:3] for _, code in found.values()} == {"WB5"}
    assert next(iter(found.values()))[1] in Path("out/report.html").read_text(encoding="utf-8")
    assert batch("--layout", "own", "--no-verify").code == 0
    assert set(pdfs()) == {"a-1.pdf", "b-2.pdf"}


def _size(path: str) -> tuple[int, int]:
    with pikepdf.open(path) as pdf:
        box = pdf.pages[0].mediabox
        return round(float(box[2])), round(float(box[3]))
