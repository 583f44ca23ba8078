"""What holds for every table: a profile survives being a row, and no row of anything raises or quotes a person."""

from __future__ import annotations

import csv
import datetime
import tempfile
from pathlib import Path
from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from openpyxl import Workbook

from tests.tables import LEAST
from workbook_builder.profile import Profile
from workbook_builder.source import fold
from workbook_builder.source.files import FORBIDDEN
from workbook_builder.tables import read_table
from workbook_builder.tables.cells import ERRORS
from workbook_builder.tables.fields import Field, fields
from workbook_builder.vocabulary import BOOKS, FEELINGS, FLAGS, FREQUENCIES, OBSTACLES, TOPICS

COLUMNS = list(fields())
QUICK = settings(
    max_examples=15, deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large]
)


def text(longest: int) -> st.SearchStrategy[str]:
    """Give any text that a profile may hold: in any script, with quotes, commas, semicolons, equals signs."""
    letters = st.characters(exclude_categories=["C", "Zl", "Zp"]) | st.sampled_from(list(";,|\"'=+-@#\t "))
    return (
        st.text(letters, min_size=1, max_size=longest)
        .map(lambda raw: str(fold(raw)) if not FORBIDDEN.search(" ".join(raw.split())) else "")
        .filter(lambda line: 0 < len(line) <= longest and line.upper() not in ERRORS and "_x" not in line)
    )


ids = st.from_regex(r"[a-z0-9]([a-z0-9-]{0,20}[a-z0-9])?", fullmatch=True).filter(lambda id_: id_ != "all")
days = st.dates(datetime.date(1990, 1, 1), datetime.date(2090, 1, 1))


def some(values: Any, least: int = 0, most: int = 3) -> st.SearchStrategy[list[Any]]:
    """Give a few of the values, each once."""
    return st.lists(st.sampled_from(sorted(values)), min_size=least, max_size=most, unique=True)


@st.composite
def profiles(draw: st.DrawFn) -> dict[str, Any]:
    """Give any valid profile, every setting of it drawn."""
    sessions = draw(st.integers(1, 52))
    completed = draw(st.integers(0, sessions))
    modules = draw(st.lists(ids, max_size=6, unique=True))
    log = [
        {
            "session": draw(st.integers(1, completed)),
            "module": module,
            "outcome": "missed",
            "obstacle": draw(st.sampled_from(OBSTACLES)),
        }
        for module in (draw(st.lists(ids, max_size=3, unique=True)) if completed else [])
    ]
    letter = {"from": draw(st.none() | text(60)), "note": draw(st.none() | text(400))}
    return {
        "fictional": draw(st.booleans()),
        "client": {
            "id": draw(ids),
            "name": draw(st.none() | text(60)),
            "language": "en",
            "country": draw(st.sampled_from(["US", "NO"])),
        },
        "program": {
            "setting": draw(st.sampled_from(["eap", "short-term", "ongoing"])),
            "sessions": sessions,
            "completed": completed,
            "frequency": draw(st.sampled_from(FREQUENCIES)),
            "minutes": draw(st.none() | st.integers(5, 240)),
            "next": draw(st.none() | days),
        },
        "clearance": {
            "by": draw(text(60)),
            "date": draw(days),
            "cleared": draw(st.booleans()),
            "reason": draw(st.none() | text(400)),
            "flags": draw(some(FLAGS)),
            "override": draw(st.none() | text(400)),
        },
        "topics": draw(some(TOPICS, 1)),
        "feeling": draw(st.none() | st.sampled_from(FEELINGS)),
        "goals": draw(st.lists(text(200), min_size=1, max_size=4)),
        "letter": letter if any(letter.values()) else None,
        "preferences": {
            "reading": draw(st.sampled_from(["likes", "neutral", "avoids"])),
            **{name: draw(st.booleans()) for name in ("video", "private_space", "charged_situation")},
            "edition": draw(st.sampled_from(["standard", "large-print", "screen"])),
            "paper": draw(st.sampled_from(["letter", "a4"])),
        },
        "homework": {
            "log": log,
            "readiness": draw(st.integers(0, 10)),
            **({} if log else {"history": draw(st.sampled_from(["none-yet", "done"]))}),
        },
        "modules": {
            "done": modules[:2],
            "assign": modules[2:4],
            "block": modules[4:],
            "reviewed": draw(st.just(["all"]) | st.lists(ids, max_size=2)),
        },
        "books": draw(some(BOOKS)),
    }


def cell_of(field: Field, values: dict[str, Any]) -> Any:
    """Return what somebody would type into one cell of the empty sheet."""
    value: Any = values
    for step in field.setting.name.split("."):
        value = value.get(step) if value else None
    if field.setting.kind == "log":
        return "; ".join(" ".join(map(str, entry.values())) for entry in value)
    if field.entry:
        return value[field.entry - 1] if len(value) >= field.entry else None
    if isinstance(value, bool):
        return "yes" if value else "no"
    return "; ".join(value) if isinstance(value, list) else value


def write_both(folder: Path, rows: list[list[Any]]) -> tuple[Path, Path]:
    """Write rows as a workbook, texts as texts whatever they begin with, and as a CSV."""
    book = Workbook()
    sheet: Any = book.active
    for row, cells in enumerate(rows, 1):
        for column, value in enumerate(cells, 1):
            cell = sheet.cell(row, column, value)
            if isinstance(value, str):
                cell.data_type = "s"
    book.save(folder / "intake.xlsx")
    with (folder / "intake.csv").open("w", encoding="utf-8", newline="") as file:
        csv.writer(file).writerows([["" if cell is None else cell for cell in row] for row in rows])
    return folder / "intake.xlsx", folder / "intake.csv"


@QUICK
@given(st.lists(profiles(), min_size=1, max_size=4, unique_by=lambda values: values["client"]["id"]))
def test_profile_survives_being_a_row(clients: list[dict[str, Any]]) -> None:
    """Any valid profile, typed into the empty sheet, is read as the same profile, from a workbook and from a CSV."""
    expected = [Profile.model_validate(values) for values in clients]
    rows = [[field.head for field in COLUMNS], *([cell_of(field, values) for field in COLUMNS] for values in clients)]
    with tempfile.TemporaryDirectory() as folder:
        for path in write_both(Path(folder), rows):
            table = read_table(path)
            assert table.problems == ()
            assert [client.problems for client in table.clients] == [()] * len(clients)
            assert [client.profile and client.profile.model_dump() for client in table.clients] == [
                profile.model_dump() for profile in expected
            ]


anything = (
    st.none()
    | st.booleans()
    | st.integers(-(10**9), 10**9)
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.datetimes(datetime.datetime(1900, 3, 1), datetime.datetime(2100, 1, 1))
    | st.times()
    | st.text(st.characters(exclude_categories=["C"]), max_size=12)
    | st.sampled_from(["=1+1", "#N/A", "03/04/2026", "x;y", "TRUE", "1e5", "2026-13-01", "'", "all"])
)


@QUICK
@given(st.lists(st.lists(anything, min_size=len(COLUMNS), max_size=len(COLUMNS)), min_size=1, max_size=3))
def test_no_row_of_anything_raises(cells: list[list[Any]]) -> None:
    """Whatever stands in the cells, each row is read or says what is wrong, with its row and a column."""
    with tempfile.TemporaryDirectory() as folder:
        book = Workbook()
        sheet: Any = book.active
        for row in [[field.head for field in COLUMNS], *cells]:
            sheet.append(row)
        book.save(Path(folder) / "intake.xlsx")
        table = read_table(Path(folder) / "intake.xlsx")
    for client in table.clients:
        row = client.marks.at()[0]
        assert (client.profile is None) == bool(client.problems)
        assert all(problem.line == row and 1 <= problem.column <= len(COLUMNS) for problem in client.problems)


secret = st.text("qxzj", min_size=12, max_size=20)


@QUICK
@given(secret, st.sampled_from(["id", "name", "goal", "letter note", "letter from", "override", "reason not cleared"]))
def test_personal_words_are_never_quoted(word: str, column: str) -> None:
    """A personal word that is refused, in a row where all else is wrong too, stands in no message."""
    cells = {**LEAST, "country": "USA", "sessions": "none", "topics": "nothing", column: f"{word}\u202e " * 40}
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "intake.csv"
        with path.open("w", encoding="utf-8", newline="") as file:
            csv.writer(file).writerows([list(cells), list(cells.values())])
        (client,) = read_table(path).clients
    assert len(client.problems) >= 4
    assert word not in "\n".join(map(str, client.problems))
