"""A batch without its workers: what is made, what is left, what is told. Pages are not typeset here."""

from __future__ import annotations

import csv
import os
import re
import stat
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from io import BytesIO
from pathlib import Path
from typing import Any

import pikepdf
import pytest
from support import DAY, Ran

from workbook_builder.batch import Outcome, building
from workbook_builder.batch.building import Job, Printed, build
from workbook_builder.batch.ledger import FILE, Entry, Ledger
from workbook_builder.batch.passphrases import WORDS, Passphrases, make_passphrase, word_list
from workbook_builder.batch.running import Desk, run_batch
from workbook_builder.batch.sealing import seal_companion, seal_workbook
from workbook_builder.batch.shelf import Shelf
from workbook_builder.batch.source import read_clients
from workbook_builder.batch.telling import COLUMNS, Row, Run, defuse, write_manifest, write_report
from workbook_builder.errors import CannotWrite, InputProblems
from workbook_builder.folders import Folders, find_folders
from workbook_builder.pipeline import CompanionOrder, Order, Stock, draft_companion, draft_workbook, plan_workbook
from workbook_builder.profile import read_profile

Answer = Callable[[Job], Outcome]


@dataclass
class Engine:
    """Works in this process; ``accident`` may answer a job, or raise, before anything is made."""

    stock: Stock
    accident: Callable[[Job], Outcome | None] = lambda job: None
    asked: list[str] = field(default_factory=list)
    closed: bool = False

    def run(self, jobs: Iterable[Any]) -> Iterator[Outcome]:
        """Answer one job after the other."""
        for job in jobs:
            self.asked.append(job.client.id)
            yield self.accident(job) or Outcome(job, "done", build(job, self.stock, None))  # type: ignore[arg-type]

    def close(self) -> None:
        """Remember that it was called."""
        self.closed = True


@dataclass
class Office:
    """A practice with a folder of clients and a folder for PDFs."""

    home: Path
    out: Path

    @property
    def folders(self) -> Folders:
        """The practice's folders."""
        return find_folders(self.home)

    def add(self, name: str, id_: str | None = None, **changes: str) -> Path:
        """Write a profile that differs from the small practice's by its id and by ``old → new`` pieces of text."""
        text = (self.home / "profile.yaml").read_text(encoding="utf-8").replace("tiny-2026", id_ or name)
        for old, new in changes.items():
            assert old in text
            text = text.replace(old, new)
        path = self.home / "clients" / f"{name}.yaml"
        path.parent.mkdir(exist_ok=True)
        path.write_text(text, encoding="utf-8")
        return path

    def run(
        self, accident: Callable[[Job], Outcome | None] = lambda job: None, passwords: Path | None = None,
        day: date | None = None, force: bool = False, today: date = DAY,
    ) -> tuple[dict[str, str], list[str]]:  # fmt: skip
        """Run a batch; return each client's status and who was worked on."""
        engine = Engine(Stock(self.folders), accident)
        clients = read_clients(self.home / "clients")[0]
        try:
            with Shelf(self.out) as shelf, Ledger(self.out / FILE) as ledger:
                order = Order(day or ledger.day or today, today, out=self.out, force=force, verify=False)
                phrases = Passphrases(passwords) if passwords else None
                desk = Desk(self.folders, order, shelf, ledger, phrases, day is not None)
                rows = run_batch(clients, desk, engine, 1)
        finally:
            assert engine.closed
        return {row.id: row.status for row in rows}, engine.asked

    def manifest(self) -> list[dict[str, str]]:
        """The lines of the manifest."""
        with (self.out / "manifest.csv").open(encoding="utf-8", newline="") as file:
            return list(csv.DictReader(file))


@pytest.fixture
def office(tiny_home: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Office:
    """Three clients, and pages that cost nothing."""
    monkeypatch.setattr(building, "print_workbook", lambda draft, typesetter: (small_pdf(draft.client), 3))
    office = Office(tiny_home, tmp_path / "out")
    for name in ("a-1", "b-2", "c-3"):
        office.add(name)
    return office


def small_pdf(client: str, answer: str = "") -> bytes:
    """A PDF with one field."""
    out = BytesIO()
    with pikepdf.new() as pdf:
        pdf.add_blank_page()
        entry = pikepdf.Dictionary(T=pikepdf.String(client), V=pikepdf.String(answer))
        pdf.Root.AcroForm = pikepdf.Dictionary(Fields=pikepdf.Array([pdf.make_indirect(entry)]))
        pdf.save(out, static_id=True)
    return out.getvalue()


def mode(path: Path) -> int:
    """The rights of a file."""
    return stat.S_IMODE(path.stat().st_mode)


def test_clients_of_one_plan_come_one_after_another(office: Office) -> None:
    """They are worked on in the order of their kin, and stand in the manifest in the order of the source."""
    office.add("b-2", **{"sessions: 3": "sessions: 4"})
    office.add("d-4", **{"sessions: 3": "sessions: 4", "name: Wren": "name: Ada"})
    statuses, asked = office.run()
    assert asked == ["a-1", "c-3", "b-2", "d-4"]
    assert list(statuses) == [row["id"] for row in office.manifest()] == ["a-1", "b-2", "c-3", "d-4"]


def test_second_run_makes_nothing(office: Office) -> None:
    """All are made, then all are unchanged, on a later day too; nothing is written for others to read."""
    assert office.run() == ({"a-1": "made", "b-2": "made", "c-3": "made"}, ["a-1", "b-2", "c-3"])
    before = {path: path.stat().st_mtime_ns for path in office.out.glob("*.pdf")}
    assert len(before) == 3
    assert all(mode(path) == 0o600 for path in office.out.iterdir())
    first = office.manifest()
    statuses, _ = office.run(today=DAY + timedelta(days=9))
    assert set(statuses.values()) == {"unchanged"}
    assert {path: path.stat().st_mtime_ns for path in office.out.glob("*.pdf")} == before
    assert [{**line, "status": "made"} for line in office.manifest()] == first


def test_what_is_missing_or_changed_is_made(office: Office) -> None:
    """A deleted PDF, an altered one, a changed goal, a new client: these are made, and nobody else."""
    office.add("d-4")
    office.run()
    (office.out / "a-1.pdf").unlink()
    (office.out / "b-2.pdf").write_bytes(small_pdf("somebody else"))
    office.add("c-3", Mend="Mend and dry")
    office.add("e-5")
    statuses, _ = office.run()
    assert statuses == {"a-1": "made", "b-2": "made", "c-3": "made", "d-4": "unchanged", "e-5": "made"}


def test_day_of_a_batch(office: Office) -> None:
    """An interrupted batch goes on with its day; a complete one has its own; --date makes anew what has another."""
    later = DAY + timedelta(days=2)
    days = []

    def interrupt(job: Job) -> None:
        days.append(job.order.today)
        if job.client.id == "b-2" and len(days) == 2:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        office.run(interrupt)
    assert [line["status"] for line in office.manifest()] == ["made", "waiting", "waiting"]
    assert "interrupted" in (office.out / "report.html").read_text(encoding="utf-8")
    assert office.run(interrupt, today=later)[0] == {"a-1": "unchanged", "b-2": "made", "c-3": "made"}
    assert set(days) == {DAY}
    office.add("d-4")
    assert office.run(interrupt, today=later)[0]["d-4"] == "made"
    assert days[-1] == later
    assert set(office.run(day=later)[0].values()) == {"made", "unchanged"}
    assert set(office.run(day=later)[0].values()) == {"unchanged"}


def test_answers_are_kept(office: Office) -> None:
    """A PDF that a client typed into is left alone, even when the profile has changed; --force overwrites it."""
    office.run()
    typed = small_pdf("a-1", "my answer")
    (office.out / "a-1.pdf").write_bytes(typed)
    statuses, asked = office.run()
    assert statuses["a-1"] == "kept-answers" and "a-1" not in asked
    assert (office.out / "a-1.pdf").read_bytes() == typed
    assert office.manifest()[0]["code"] == "answers"
    assert set(office.run(force=True)[0].values()) == {"made"}
    assert (office.out / "a-1.pdf").read_bytes() != typed


def test_wrong_and_refused_clients(office: Office) -> None:
    """Each has a status, a code, and a message with its place; the rest are made."""
    office.add("b-2", **{"anxiety]\ngoals": "anxietie]\ngoals"})
    office.add("c-3", **{"cleared: true": "cleared: false, reason: not now"})
    office.add("d-4", **{"sessions: 3": "sessions: none"})
    office.run()
    lines = office.manifest()
    assert [line["status"] for line in lines] == ["made", "invalid", "refused", "invalid"]
    assert [line["code"] for line in lines] == ["", "WB101", "refused", "WB101"]
    report = (office.out / "report.html").read_text(encoding="utf-8")
    assert re.search(r"b-2\.yaml:\d+:\d+", report)
    assert "Wren" not in report and "bay" not in report


def test_two_clients_with_one_id(office: Office) -> None:
    """The first is made; the second is an error that names both places."""
    office.add("z-9", "a-1", Mend="Sell")
    office.run()
    lines = office.manifest()
    assert [(line["id"], line["status"], line["code"]) for line in lines] == [
        ("a-1", "made", ""), ("b-2", "made", ""), ("c-3", "made", ""), ("a-1", "invalid", "WB113"),
    ]  # fmt: skip
    report = (office.out / "report.html").read_text(encoding="utf-8")
    assert "a-1.yaml" in report and "z-9.yaml:3:" in report


@pytest.mark.parametrize(("fate", "code"), [("slow", "time-limit"), ("died", "died"), ("raised", "bug")])
def test_failed_clients(office: Office, fate: Any, code: str) -> None:
    """What broke is told with its reason and tried again by the next run."""
    statuses, _ = office.run(lambda job: Outcome(job, fate, reason="so it is") if job.client.id == "b-2" else None)
    assert statuses == {"a-1": "made", "b-2": "failed", "c-3": "made"}
    assert office.manifest()[1]["code"] == code
    assert "so it is" in (office.out / "report.html").read_text(encoding="utf-8")
    assert office.run()[0] == {"a-1": "unchanged", "b-2": "made", "c-3": "unchanged"}


def test_disk_gets_full(office: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    """The batch stops with one error; what was published stays; the manifest tells, and the next run goes on."""
    publish = Shelf.publish

    def full(shelf: Shelf, name: str, pdf: bytes) -> None:
        if name.startswith("b"):
            raise CannotWrite(f"{name}: could not be written (No space left on device).")
        publish(shelf, name, pdf)

    with monkeypatch.context() as patch:
        patch.setattr(Shelf, "publish", full)
        with pytest.raises(CannotWrite, match="No space"):
            office.run()
    assert [line["status"] for line in office.manifest()] == ["made", "waiting", "waiting"]
    assert office.run() == ({"a-1": "unchanged", "b-2": "made", "c-3": "made"}, ["a-1", "b-2", "c-3"])


def test_passphrases(office: Office, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Each PDF opens with its client's passphrase alone; it is written first, kept, and in a file of its own."""
    file = tmp_path / "phrases.csv"
    publish = Shelf.publish

    def check(shelf: Shelf, name: str, pdf: bytes) -> None:
        assert name.removesuffix(".pdf") in file.read_text(encoding="utf-8")
        publish(shelf, name, pdf)

    monkeypatch.setattr(Shelf, "publish", check)
    office.run(passwords=file)
    assert mode(file) == 0o600
    with file.open(encoding="utf-8", newline="") as opened:
        phrases = {row["id"]: row["passphrase"] for row in csv.DictReader(opened)}
    assert set(phrases) == {"a-1", "b-2", "c-3"} and len(set(phrases.values())) == 3
    for client, phrase in phrases.items():
        with pytest.raises(pikepdf.PasswordError):
            pikepdf.open(office.out / f"{client}.pdf")
        with pikepdf.open(office.out / f"{client}.pdf", password=phrase) as pdf:
            assert pdf.is_encrypted
    written = file.read_bytes()
    office.add("c-3", Mend="Sell")
    assert office.run(passwords=file)[0] == {"a-1": "unchanged", "b-2": "unchanged", "c-3": "made"}
    assert file.read_bytes() == written
    secret = " ".join(phrases.values()).encode()
    assert not any(word in path.read_bytes() for path in office.out.iterdir() for word in secret.split())


def test_passphrase_file(tmp_path: Path) -> None:
    """A torn last line is dropped; a file of another kind is never overwritten; a passphrase is six words."""
    file = tmp_path / "phrases.csv"
    file.write_text("id,passphrase\na-1,one-two\nb-2,thr", encoding="utf-8")
    phrases = Passphrases(file)
    assert phrases.of("a-1") == "one-two"
    assert phrases.of("b-2") != "thr"
    assert file.read_text(encoding="utf-8") == "id,passphrase\na-1,one-two\n"
    phrases.keep("b-2")
    phrases.keep("b-2")
    assert Passphrases(file).of("b-2") == phrases.of("b-2")
    for text in ("", "id,status\na,b\n", "dear diary"):
        file.write_text(text, encoding="utf-8")
        with pytest.raises(InputProblems, match="not overwritten"):
            Passphrases(file)
        assert file.read_text(encoding="utf-8") == text
    words = make_passphrase().split("-")
    assert len(words) == WORDS and set(words) <= set(word_list())
    assert len(word_list()) == 7772


def test_passphrase_file_that_cannot_be_written(tmp_path: Path) -> None:
    """A folder that is not there: could not write."""
    with pytest.raises(CannotWrite, match="--passwords-file"):
        Passphrases(tmp_path / "nowhere" / "phrases.csv")


def test_one_batch_in_a_folder(office: Office) -> None:
    """The second of two is told so; what a killed one has left does not block."""
    office.out.mkdir()
    (office.out / ".batch-lock").write_text("999999\n", encoding="ascii")
    (office.out / ".half-abc.pdf").write_bytes(b"torn")
    with Shelf(office.out):
        assert not (office.out / ".half-abc.pdf").exists()
        with pytest.raises(CannotWrite, match=f"another batch works in this folder .process {os.getpid()}."):
            Shelf(office.out)
    assert set(office.run()[0].values()) == {"made"}


def test_ledger_tells_nothing(office: Office) -> None:
    """Ids, names, topics and goals cannot be found in it; its files are the owner's alone."""
    office.run()
    data = b"".join(path.read_bytes() for path in office.out.glob(f"{FILE}*"))
    assert data and not re.search(rb"a-1|b-2|Wren|anxi|Sail|bay|Harbour", data)


def test_ledger_that_cannot_be_read(office: Office) -> None:
    """It is begun anew: everything is made again, nothing is lost."""
    office.run()
    for path in office.out.glob(f"{FILE}-*"):
        path.unlink()
    (office.out / FILE).write_bytes(b"no ledger at all" * 400)
    assert set(office.run()[0].values()) == {"made"}
    assert set(office.run()[0].values()) == {"unchanged"}


def test_ledger_entry(tmp_path: Path) -> None:
    """What is recorded is found, also by the next process; the day stands until the batch is complete."""
    entry = Entry("seal", DAY, "abc", 10, 2, 1.5)
    with Ledger(tmp_path / FILE) as ledger:
        assert ledger.day is None and ledger.find("x") is None
        ledger.begin(DAY, tmp_path / "phrases.csv")
        ledger.record("x", entry)
    with Ledger(tmp_path / FILE) as ledger:
        assert ledger.find("x") == entry and ledger.day == DAY
        assert ledger.passwords_file == tmp_path / "phrases.csv"
        ledger.complete()
        assert ledger.day is None
    assert mode(tmp_path / FILE) == 0o600


def test_ledger_where_nothing_can_be_written(tmp_path: Path) -> None:
    """No folder: could not write."""
    with pytest.raises(CannotWrite, match="--out"):
        Ledger(tmp_path / "nowhere" / FILE)


def test_seal_knows_everything(office: Office) -> None:
    """Each thing that a workbook is made of changes its seal; what it is not made of does not."""

    def sealed(companion: CompanionOrder | None = None, **changes: Any) -> str:
        order = replace(Order(DAY, DAY, verify=False), **changes)
        stock = Stock(office.folders)
        loaded = read_profile(office.home / "clients" / "a-1.yaml")
        planned = plan_workbook(loaded, stock.folders, order, stock)
        if companion:
            return seal_companion(draft_companion(planned, order, stock), companion.password, stock)
        return seal_workbook(draft_workbook(loaded, planned, order, stock), order.password, stock)

    seals = [sealed()]
    assert sealed() == seals[0] == sealed(force=True) == sealed(real_today=DAY + timedelta(days=1))
    unused = office.home / "content" / "en" / "worksheets" / "wks-spare.md"
    text = (office.home / "content" / "en" / "worksheets" / "wks-tiny.md").read_text(encoding="utf-8")
    spare = text.replace("wks-tiny", "wks-spare").replace("status:", "assign_only: true\nstatus:")
    unused.write_text(spare, encoding="utf-8")
    assert sealed() == seals[0]
    seals.append(sealed(today=DAY + timedelta(days=40)))
    seals.append(sealed(password="one"))
    seals.append(sealed(password="two"))
    seals += [sealed(CompanionOrder()), sealed(CompanionOrder(password="one"))]
    office.add("a-1", Mend="Sell")
    seals.append(sealed())
    for path, old, new in [
        ("content/en/worksheets/wks-tiny.md", "\n---\n", "\n---\n\nA new line.\n"),
        ("content/practice.yaml", "0199", "0198"),
        ("content/crisis-lines.yaml", "911", "912"),
        (".workbook-key", "00", "11"),
    ]:
        text = (office.home / path).read_text(encoding="utf-8")
        assert old in text
        (office.home / path).write_text(text.replace(old, new), encoding="utf-8")
        seals.append(sealed())
    assert len(set(seals)) == len(seals)


def test_manifest_is_harmless() -> None:
    """No cell is a formula; the columns are those that are documented, and nobody's name is among them."""
    rows = [Row("-cmd", "place", "made", 3, 10, "ff", 1.234), Row("", "place", "invalid", code="=1+1")]
    assert (
        write_manifest(rows)
        == "id,status,pages,bytes,sha256,seconds,code\n'-cmd,made,3,10,ff,1.23,\n,invalid,,,,,'=1+1\n"
    )
    assert [defuse(cell) for cell in ("=a", "+a", "-a", "@a", "\ta", "\ra", "a=")] == [
        "'=a", "'+a", "'-a", "'@a", "'\ta", "'\ra", "a=",
    ]  # fmt: skip
    assert "name" not in COLUMNS


def test_report_stands_alone() -> None:
    """It refers to nothing outside, says its language, has headings and headers for its tables, and escapes."""
    rows = [
        Row("a-1", "a.yaml", "made", 3, 1000, "ff", 1.0),
        Row("b-2", "<b>.yaml", "invalid", code="WB101", messages=("<b>.yaml:3:1  x: y <script>",)),
        Row("c-3", "c.yaml", "waiting"),
    ]
    html = write_report(rows, Run(DAY, 60.0, 2, True))
    assert "Content-Security-Policy" in html and "default-src 'none'" in html
    assert not re.search(r"https?:|src=|href=|url\(|<script|@import", html)
    assert '<html lang="en">' in html and "<title>" in html
    assert re.findall(r"<h(\d)", html)[0] == "1" and set(re.findall(r"<h(\d)", html)) == {"1", "2"}
    assert len(re.findall(r"<t[hd]", html)) and "<th" in html and not re.search(r"<th(?! scope=|ead)", html)
    assert "&lt;b&gt;.yaml:3:1" in html
    assert "at a rate of 1 a minute" in html and "interrupted" in html


def test_clients_of_a_folder(office: Office) -> None:
    """By the names of the files; hidden ones, other files and folders are not clients."""
    for name in (".hidden.yaml", "notes.txt"):
        (office.home / "clients" / name).write_text("x", encoding="utf-8")
    (office.home / "clients" / "b-2.yaml").write_text("client: [", encoding="utf-8")
    office.add("c-3", **{"sessions: 3": "sessions: none"})
    clients = read_clients(office.home / "clients")[0]
    assert [Path(client.place).name for client in clients] == ["a-1.yaml", "b-2.yaml", "c-3.yaml"]
    assert [client.id for client in clients] == ["a-1", "", "c-3"]
    assert [client.loaded.profile is None for client in clients] == [False, True, True]


@pytest.mark.parametrize("what", ["missing", "empty", "file"])
def test_source_that_is_none(tmp_path: Path, workbook: Callable[..., Ran], what: str) -> None:
    """Exit 3, one line, and nothing is made."""
    source = tmp_path / "source"
    if what == "empty":
        source.mkdir()
    if what == "file":
        source.write_text("x", encoding="utf-8")
    ran = workbook("batch", source, "--out", tmp_path / "out")
    assert ran.code == 3 and ran.out == "" and len(ran.err.splitlines()) == 1
    assert not (tmp_path / "out").exists()


def test_dry_run(office: Office, workbook: Callable[..., Ran]) -> None:
    """It plans everything, writes nothing at all, and prints id, place, code and reason of those who get nothing."""
    (office.home / ".workbook-key").unlink()
    command = ("batch", office.home / "clients", "--out", office.out, "--practice", office.home, "--dry-run")
    ran = workbook(*command)
    assert (ran.code, ran.out) == (0, "")
    assert "3 of 3 clients would get a workbook" in ran.err
    office.add("b-2", **{"cleared: true": "cleared: false, reason: not now"})
    office.add("c-3", "a-1")
    office.add("d-4", **{"jrn-tiny": "jrn-tony"})
    before = sorted(office.home.rglob("*"))
    ran = workbook(*command)
    assert ran.code == 6
    lines = [line.split("\t") for line in ran.out.splitlines()]
    assert [(line[0], Path(line[1]).name, line[2]) for line in lines] == [
        ("b-2", "b-2.yaml", "refused"), ("a-1", "c-3.yaml", "WB113"), ("d-4", "d-4.yaml", "WB111"),
    ]  # fmt: skip
    assert "Wren" not in ran.out
    assert sorted(office.home.rglob("*")) == before
    assert not office.out.exists()


def test_passphrases_never_lie_beside_the_pdfs(office: Office, workbook: Callable[..., Ran]) -> None:
    """A file inside --out is wrong usage, also through a link; so is a file without --passwords."""
    command = ("batch", office.home / "clients", "--out", office.out, "--practice", office.home)
    office.out.mkdir()
    (office.home / "link").symlink_to(office.out)
    for file in (office.out / "p.csv", office.home / "link" / "p.csv"):
        ran = workbook(*command, "--passwords", "generate", "--passwords-file", file)
        assert ran.code == 2 and "--out" in ran.err
    assert workbook(*command, "--passwords-file", office.home / "p.csv").code == 2
    assert not list(office.out.glob("*.pdf")) and not (office.out / "p.csv").exists()


def test_unknown_layout_is_told_once(office: Office, workbook: Callable[..., Ran]) -> None:
    """A layout that there is not is no client's fault: exit 3 before anything begins."""
    command = ("batch", office.home / "clients", "--out", office.out, "--practice", office.home)
    ran = workbook(*command, "--layout", "restart")
    assert ran.code == 3 and "restartt" in ran.err
    assert not office.out.exists()


def test_printed_is_what_the_order_says(office: Office) -> None:
    """A printed workbook knows its seal and its day."""
    client = read_clients(office.home / "clients")[0][0]
    job = Job(0, client, Order(DAY, DAY, verify=False))
    printed = build(job, Stock(office.folders), None)  # type: ignore[arg-type]
    assert isinstance(printed, Printed)
    assert printed.workbook and printed.companion is None
    assert (printed.workbook.day, printed.workbook.pages, len(printed.workbook.seal)) == (DAY, 3, 64)
