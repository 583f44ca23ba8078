"""Tables of clients: what a row becomes, what is said about a wrong one, how a practice's own columns are mapped."""

from __future__ import annotations

import datetime
import io
import json
import stat
from pathlib import Path
from typing import Any, ClassVar

import pytest
from openpyxl import Workbook, load_workbook

from tests.support import ROOT
from tests.tables import CLIENT, DAY, HEADER, LEAST, SHEET, raw_xlsx, read_clients, rows_of, told, write_xlsx, xml_row
from workbook_builder.errors import CannotWrite
from workbook_builder.folders import find_folders
from workbook_builder.pipeline import Order, plan_workbook
from workbook_builder.profile import Profile
from workbook_builder.tables import Table, make_template, read_table, write_template
from workbook_builder.tables.cells import ERRORS
from workbook_builder.tables.decoding import decode
from workbook_builder.tables.fields import EXAMPLE, fields
from workbook_builder.tables.grid import letters
from workbook_builder.tables.settings import NAMES, find_head, fold_name, known_names, settings
from workbook_builder.tables.survey import parse_place
from workbook_builder.tables.template import _list_formula

PERSONAL = ("Quillon", "Zephyrine", "brother", "kindly")


def only(table: Table) -> Profile:
    """Return the only client of a table, who has nothing wrong."""
    assert told(table) == []
    assert [told(client) for client in table.clients] == [[]]
    profile = table.clients[0].profile
    assert profile is not None
    return profile


def wrong(table: Table) -> list[str]:
    """Return what is wrong with the only client of a table."""
    assert told(table) == []
    assert len(table.clients) == 1 and table.clients[0].profile is None
    return told(table.clients[0])


def csv_table(folder: Path, text: str, encoding: str = "utf-8", columns: str = "", name: str = "intake.csv") -> Table:
    """Read a text as a CSV, with a columns file when there is one."""
    path = folder / name
    path.write_bytes(text.encode(encoding))
    if columns:
        (folder / "columns.yaml").write_text(columns, encoding="utf-8")
    return read_table(path, folder / "columns.yaml" if columns else None)


LEAST_CSV = "id,country,sessions,cleared,cleared by,cleared on,topics,goal\n"
LEAST_ROW = 'r7k1-2026,US,6,yes,therapist-1,2026-11-21,anxiety,"Open the mail, and answer one letter."\n'


class TestNames:
    """What columns may be called."""

    def test_every_setting_has_a_column(self) -> None:
        """The template has a column for each setting of a profile, and each is read as that setting."""
        assert {field.setting.name for field in fields()} == set(settings())
        for field in fields():
            head = find_head(field.head)
            assert head is not None and (head.setting, head.entry) == (field.setting, field.entry)

    def test_names_mean_one_thing(self) -> None:
        """No two settings share a name, and each name that is suggested is known."""
        folded = [fold_name(name) for names in NAMES.values() for name in names]
        assert len(folded) == len(set(folded))
        assert set(NAMES) <= set(settings())
        assert all(find_head(name) for name in known_names())

    @pytest.mark.parametrize(
        "name", ["client.id", "Client ID", "CLIENT_ID", " id ", "Id (required)", "ID*", "client-id"]
    )
    def test_letters_and_spaces_make_no_difference(self, name: str) -> None:
        """A column is known whatever its capitals, spaces, hyphens and underscores."""
        head = find_head(name)
        assert head is not None and head.setting.name == "client.id"

    @pytest.mark.parametrize("name", ["date", "by", "notes", "reason", "goal 5", "goal 0", "topic 4", "", "1", "phone"])
    def test_names_that_mean_nothing_or_two_things(self, name: str) -> None:
        """What could mean two settings, or none, is not guessed."""
        assert find_head(name) is None

    def test_columns_are_called_by_letters(self) -> None:
        """Columns have the names that spreadsheets give them."""
        for number in (1, 26, 27, 52, 53, 702, 703, 16384):
            assert parse_place(f"{letters(number)}7") == (7, number)
        assert (letters(1), letters(28), letters(16384)) == ("A", "AB", "XFD")
        assert parse_place("XFE1") is None and parse_place("7A") is None


class TestCells:
    """What a cell becomes."""

    CELLS: ClassVar[dict[str, tuple[dict[str, Any], str, Any]]] = {
        "a number with a point": ({"sessions": 6.0}, "program.sessions", 6),
        "a number with spaces": ({"sessions": " 6 "}, "program.sessions", 6),
        "a number as text": ({"minutes": "45.0"}, "program.minutes", 45),
        "yes": ({"video": "Yes"}, "preferences.video", True),
        "no": ({"video": "NO"}, "preferences.video", False),
        "a cross": ({"charged situation": "x"}, "preferences.charged_situation", True),
        "a check mark": ({"charged situation": "✓"}, "preferences.charged_situation", True),
        "a true cell": ({"charged situation": True}, "preferences.charged_situation", True),
        "a false cell": ({"video": False}, "preferences.video", False),
        "one": ({"charged situation": 1}, "preferences.charged_situation", True),
        "zero": ({"video": 0}, "preferences.video", False),
        "zero as text": ({"video": "0"}, "preferences.video", False),
        "a day": ({"next": datetime.date(2026, 12, 1)}, "program.next", datetime.date(2026, 12, 1)),
        "a day with a time": (
            {"next": datetime.datetime(2026, 12, 1, 14, 30)},
            "program.next",
            datetime.date(2026, 12, 1),
        ),
        "a day as text": ({"next": " 2026-12-01"}, "program.next", datetime.date(2026, 12, 1)),
        "a stamp as text": ({"next": "2026-12-01T14:30:00"}, "program.next", datetime.date(2026, 12, 1)),
        "a word in capitals": ({"frequency": "Bi-weekly"}, "program.frequency", None),
        "words in capitals": ({"setting": "Short Term"}, "program.setting", "short-term"),
        "topics with commas": ({"topics": "Low mood, anger"}, "topics", ("low-mood", "anger")),
        "topics with semicolons": ({"topics": "anger; low_mood;"}, "topics", ("anger", "low-mood")),
        "topics on lines": ({"topics": "anger\nlow-mood\r\n"}, "topics", ("anger", "low-mood")),
        "topics in columns": (
            {"topics": None, "topic 2": "anger", "topic 1": "grief adjustment"},
            "topics",
            ("grief-adjustment", "anger"),
        ),
        "goals hold commas": (
            {"goal": "Rest, and eat; call, then write"},
            "goals",
            ("Rest, and eat", "call, then write"),
        ),
        "a numbered goal is one": ({"goal": None, "goal 1": "Rest; eat\nsleep"}, "goals", ("Rest; eat sleep",)),
        "goals from two columns": ({"goal": "One", "goal 2": "Two"}, "goals", ("One", "Two")),
        "all modules reviewed": ({"reviewed": "all"}, "modules.reviewed", ("all",)),
        "modules": ({"done": "psy-abc, wks-abc-log"}, "modules.done", ("psy-abc", "wks-abc-log")),
        "flags": (
            {"flags": "Serious illness;PTSD", "override": "Agreed."},
            "clearance.flags",
            ("serious-illness", "ptsd"),
        ),
        "an empty cell": ({"minutes": None, "name": ""}, "program.minutes", None),
        "a cell of spaces": ({"name": "  \t", "frequency": " "}, "program.frequency", "weekly"),
        "an apostrophe": ({"name": "'Ruth"}, "client.name", "'Ruth"),
        "a number as a name": ({"letter from": 7}, "letter.from_", "7"),
        "a number with digits behind the point": ({"letter from": 7.5}, "letter.from_", "7.5"),
        "a formula's text": ({"name": "a=b"}, "client.name", "a=b"),
        "an escaped line end": ({"name": "Ruth_x000D_"}, "client.name", "Ruth"),
    }

    @pytest.mark.parametrize(("cells", "setting", "value"), CELLS.values(), ids=CELLS)
    def test_cell(self, cells: dict[str, Any], setting: str, value: Any, tmp_path: Path) -> None:
        """A cell is read as the person meant it who typed it."""
        table = read_clients(tmp_path, cells)
        if value is None and setting == "program.frequency":
            assert 'column I "frequency": must be one of weekly, biweekly, monthly' in wrong(table)[0]
            return
        found: Any = only(table)
        for step in setting.split("."):
            found = getattr(found, step)
        assert found == value

    def test_log(self, tmp_path: Path) -> None:
        """The log is one cell: session, module, outcome, obstacle; entries are separated by semicolons."""
        profile = only(
            read_clients(tmp_path, {"completed": 2, "log": "1 psy-abc done; 2 wks-abc-log missed anger-resentment;"})
        )
        entries = [(one.session, one.module, one.outcome, one.obstacle) for one in profile.homework.log]
        assert entries == [(1, "psy-abc", "done", None), (2, "wks-abc-log", "missed", "anger-resentment")]
        assert (profile.homework.history, profile.homework.obstacle) == ("missed", "anger-resentment")

    ODD: ClassVar[dict[str, tuple[dict[str, Any], str]]] = {
        "an id that lost its zeros": (
            {"id": 412},
            '2:1  client.id: column A "id": the id is stored as a number, which loses zeros at the front '
            "and letters such as e - format the column as text, and write the id again",
        ),
        "an id that became a power": ({"id": 1e5}, '2:1  client.id: column A "id": the id is stored as a number'),
        "an id that became a day": (
            {"id": DAY},
            '2:1  client.id: column A "id": the spreadsheet has made a date of this id',
        ),
        "an id that is a name": ({"id": "Zephyrine Q."}, '2:1  client.id: column A "id": must be a-z, 0-9 and hyphens'),
        "two days at once": (
            {"cleared on": "03/04/2026"},
            '2:6  clearance.date: column F "cleared on": "03/04/2026" could be two different days '
            "- write year, month and day, such as 2026-11-21",
        ),
        "a day in the way of one country": (
            {"cleared on": "21.11.2026"},
            '2:6  clearance.date: column F "cleared on": must be a date such as 2026-11-21 (you wrote "21.11.2026")',
        ),
        "a day as a number": (
            {"cleared on": 46347},
            '2:6  clearance.date: column F "cleared on": is stored as a number',
        ),
        "no such day": ({"cleared on": "2026-02-30"}, "must be a day of the calendar"),
        "a number as a day": (
            {"sessions": DAY},
            '2:3  program.sessions: column C "sessions": the cell is formatted as a date',
        ),
        "a time": (
            {"minutes": datetime.time(0, 45)},
            '2:9  program.minutes: column I "minutes": the cell is formatted as a time',
        ),
        "half a session": (
            {"sessions": 5.5},
            '2:3  program.sessions: column C "sessions": must be 1-52 (you wrote "5.5")',
        ),
        "a formula without a result": (
            {"sessions": "=2+3"},
            "the cell holds a formula without a result - open the file in",
        ),
        "an unknown word": (
            {"feeling": "worried"},
            '2:9  feeling: column I "feeling": must be one of anxiety, depression',
        ),
        "a topic with a slip": (
            {"topics": "anger; anxeity"},
            '2:7  topics.2: column G "topics": is not a known word (you wrote "anxeity") - did you mean "anxiety"?',
        ),
        "five goals": ({"goal": "a;b;c;d;e"}, '2:8  goals: column H "goal": must hold 1-4 entries (there are 5)'),
        "a long goal": (
            {"goal 2": "brother " * 30},
            '2:9  goals.2: column I "goal 2": must have 200 characters at most',
        ),
        "a hidden character": (
            {"letter note": "kindly\u202eyours"},
            "holds the invisible character U+202E - delete it",
        ),
        "an odd log": (
            {"log": "wks-abc-log missed"},
            "entry 1 must be session, module, outcome and, unless done, the obstacle",
        ),
        "a contradiction": (
            {"completed": 2, "log": "2 psy-abc missed", "history": "done"},
            '2:11  homework.history: column K "history": contradicts the log, whose last session is "missed"',
        ),
        "more than granted": ({"completed": 7}, '2:9  program.completed: column I "completed": must be 0-6'),
        "an empty cell that is required": ({"country": None}, '2:2  client.country: column B "country": is required'),
    }

    @pytest.mark.parametrize(("cells", "message"), ODD.values(), ids=ODD)
    def test_odd_cell(self, cells: dict[str, Any], message: str, tmp_path: Path) -> None:
        """What is wrong is said with file, row and column, and no personal word is quoted."""
        problems = wrong(read_clients(tmp_path, cells))
        assert len(problems) == 1
        assert problems[0].startswith("intake.xlsx:2:")
        assert message in problems[0]
        assert not [word for word in PERSONAL if word in problems[0]]

    @pytest.mark.parametrize("error", sorted(ERRORS))
    def test_errors_of_the_spreadsheet(self, error: str, tmp_path: Path) -> None:
        """A cell that shows an error is named, and never taken as text."""
        assert "shows an error of the spreadsheet" in wrong(read_clients(tmp_path, {"name": error}))[0]

    def test_all_that_is_wrong_is_told(self, tmp_path: Path) -> None:
        """Every problem of every row is there, and right rows between them are read."""
        rows = {"id": "a1", "country": "USA", "sessions": "six"}, {"id": "b2"}, {"id": "c3", "topics": None}
        table = read_clients(tmp_path, *rows)
        assert [len(client.problems) for client in table.clients] == [2, 0, 1]
        assert [client.marks.at() for client in table.clients] == [(2, 1), (3, 1), (4, 1)]
        assert [(p.line, p.column) for client in table.clients for p in client.problems] == [(2, 2), (2, 3), (4, 7)]

    def test_missing_clearance_alone_is_a_refusal(self, tmp_path: Path) -> None:
        """A row without the therapist's answer is refused like such a profile, and not wrong."""
        table = read_clients(tmp_path, {"cleared": None, "cleared by": None, "cleared on": None})
        assert table.clients[0].lacks_only_clearance
        table = read_clients(tmp_path, {"cleared": None})
        assert table.clients[0].lacks_only_clearance
        assert told(table.clients[0])[0].startswith(
            'intake.xlsx:2:4  clearance.cleared: column D "cleared": is required - no'
        )

    def test_columns_that_are_missing(self, tmp_path: Path) -> None:
        """What no column gives is said as such."""
        table = csv_table(tmp_path, LEAST_CSV.replace("country", "language") + LEAST_ROW.replace("US", "en"))
        assert wrong(table) == ["intake.csv:2:1  client.country: is required - no column of the table gives it"]

    def test_one_id_for_two_clients(self, tmp_path: Path) -> None:
        """Nobody can say whose workbook it would be, so neither is read; the others are."""
        table = read_clients(tmp_path, {"id": "a1"}, {"id": "b2"}, {"id": "a1"})
        assert [client.profile is None for client in table.clients] == [True, False, True]
        assert told(table.clients[0])[0].startswith(
            "intake.xlsx:2:1  client.id: row 4 has the same id - give each client"
        )
        assert told(table.clients[2])[0].startswith("intake.xlsx:4:1  client.id: row 2 has the same id")


class TestWorkbooks:
    """What only a workbook has."""

    def test_empty_rows_are_passed_over(self, tmp_path: Path) -> None:
        """Rows without anything, or with spaces alone, are no clients; the others keep their numbers."""
        header, one, two = rows_of({"id": "a1"}, {"id": "b2"})
        table = read_table(write_xlsx(tmp_path / "intake.xlsx", [header, [], one, ["  ", "\n"], two]))
        assert [client.marks.at() for client in table.clients] == [(3, 1), (5, 1)]
        assert all(client.profile for client in table.clients)

    def test_size_that_a_sheet_claims_is_not_believed(self, tmp_path: Path) -> None:
        """Some programs write that a sheet is one cell large; all of it is read."""
        sheet = SHEET.format(HEADER + CLIENT, "").replace("<sheetData>", '<dimension ref="A1"/><sheetData>')
        assert only(read_table(raw_xlsx(tmp_path / "intake.xlsx", sheet))).client.id == LEAST["id"]

    def test_formulas_with_results(self, tmp_path: Path) -> None:
        """The result that was saved is what counts, an empty text as an empty cell."""
        more = '<c><f>A1</f><v>12</v></c><c t="str"><f>""</f><v></v></c></row>'
        header = HEADER.replace("</row>", xml_row(1, "minutes", "name").removeprefix('<row r="1">'))
        sheet = SHEET.format(header + CLIENT.replace("</row>", more), "")
        profile = only(read_table(raw_xlsx(tmp_path / "intake.xlsx", sheet)))
        assert (profile.program.minutes, profile.client.name) == (12, None)

    def test_merged_cells(self, tmp_path: Path) -> None:
        """A cell that a merged one hides is named: it looks filled and is empty."""
        book = Workbook()
        sheet: Any = book.active
        for row in rows_of({"id": "a1"}, {"id": "b2"}):
            sheet.append(row)
        sheet.merge_cells("B2:B3")
        book.save(tmp_path / "intake.xlsx")
        first, second = read_table(tmp_path / "intake.xlsx").clients
        assert first.problems == ()
        assert told(second) == [
            'intake.xlsx:3:2  client.country: column B "country": the cell is merged with others '
            "- unmerge it, and write the value into each row"
        ]

    def test_sheets(self, tmp_path: Path) -> None:
        """The first sheet that is not hidden is read, or the one that is named."""
        book = Workbook()
        hidden: Any = book.active
        hidden.title, hidden.sheet_state = "Old", "hidden"
        for title, id_ in (("Clients", "a1"), ("More clients", "b2")):
            sheet = book.create_sheet(title)
            for row in rows_of({"id": id_}):
                sheet.append(row)
        path = tmp_path / "intake.xlsx"
        book.save(path)
        assert only(read_table(path)).client.id == "a1"
        assert read_table(path).notes == ('read from the sheet "Clients"',)
        assert only(read_table(path, sheet="more CLIENTS")).client.id == "b2"
        assert told(read_table(path, sheet="More client")) == [
            'intake.xlsx  the workbook has no sheet of that name - did you mean "More clients"?'
        ]
        (tmp_path / "columns.yaml").write_text("sheet: More clients\n")
        assert only(read_table(path, tmp_path / "columns.yaml")).client.id == "b2"
        assert only(read_table(path, tmp_path / "columns.yaml", "Clients")).client.id == "a1"

    def test_hidden_rows_are_read_and_told(self, tmp_path: Path) -> None:
        """A filter hides nobody from the batch, and it is said."""
        sheet = SHEET.format(HEADER + CLIENT.replace('r="2"', 'r="2" hidden="1"'), "")
        table = read_table(raw_xlsx(tmp_path / "intake.xlsx", sheet))
        assert only(table).client.id == LEAST["id"]
        assert table.notes[-1] == "1 hidden row was read like the others"

    def test_cells_beside_the_table(self, tmp_path: Path) -> None:
        """A cell under no name is a problem of its row, since nobody knows what it says."""
        header, row = rows_of({})
        table = read_table(write_xlsx(tmp_path / "intake.xlsx", [header, [*row, None, "Quillon"]]))
        assert wrong(table) == [
            "intake.xlsx:2:10  a cell of column J holds something, and the column has no name "
            "- name the column, or empty the cell"
        ]

    def test_macros_are_nothing(self, tmp_path: Path) -> None:
        """A workbook with macros is read like any other; they are not looked at."""
        path = raw_xlsx(tmp_path / "intake.xlsm", SHEET.format(HEADER + CLIENT, ""), {"xl/vbaProject.bin": b"\0macro"})
        assert only(read_table(path)).client.id == LEAST["id"]


class TestText:
    """What only a CSV has."""

    ENCODINGS: ClassVar[dict[str, tuple[str, str]]] = {
        "UTF-8": ("utf-8", "read as UTF-8,"),
        "UTF-8 with its mark": ("utf-8-sig", "read as UTF-8,"),
        "UTF-16": ("utf-16", "read as UTF-16,"),
        "Windows": ("cp1252", "read as cp1252 (look at the accents in names"),
    }
    # As they are written, and how: taken as Windows-1252 when it is, and never when it is not.
    WESTERN: ClassVar[list[str]] = [
        "José", "Søren", "Peña", "Åsa", "Éloïse", "O’Brien", "“Bo”", "¿Qué?", "l’amour, cœur", "don’t", "5 o’clock…",
        "ANDRÉ", "£5", "tired — so I rest", "Weiß",
    ]  # fmt: skip
    OTHERS: ClassVar[list[tuple[str, str]]] = [
        *((name, "mac_roman") for name in ("José", "Søren", "Peña", "Åsa", "Éloïse", "O’Brien", "“Bo”", "María")),
        *((name, "mac_roman") for name in ("Ramón", "Özil", "Übel", "Hélène", "Benoît", "Björk", "Zoë", "João")),
        ("Иван", "cp1251"), ("Ελένη", "cp1253"), ("Łukasz", "cp1250"), ("Paweł", "cp1250"), ("Müller", "cp850"),
        ("Núria", "mac_roman"),
    ]  # fmt: skip

    @pytest.mark.parametrize("name", WESTERN)
    def test_windows_text_is_taken_as_such(self, name: str) -> None:
        """What Western spreadsheets write is read without being asked."""
        assert decode(f"id,name\na1,{name}".encode("cp1252"), "intake.csv", None)[0].endswith(name)

    @pytest.mark.parametrize(("name", "encoding"), OTHERS)
    def test_other_text_is_never_taken_for_windows(self, name: str, encoding: str, tmp_path: Path) -> None:
        """A name that would come out wrong is refused with a remedy, and read once the encoding is named."""
        text = LEAST_CSV.replace("id,", "id,name,") + LEAST_ROW.replace(",US", f",{name},US")
        (problem,) = told(csv_table(tmp_path, text, encoding))
        assert problem.startswith(
            "intake.csv  this text is neither UTF-8 nor plainly Windows-1252 - save it as CSV UTF-8, or"
        )
        table = csv_table(tmp_path, text, encoding, f"encoding: {encoding}")
        assert only(table).client.name == name
        assert table.notes[0].startswith(f"read as {encoding},")

    @pytest.mark.parametrize(("encoding", "note"), ENCODINGS.values(), ids=ENCODINGS)
    def test_encodings(self, encoding: str, note: str, tmp_path: Path) -> None:
        """How the text is encoded is found out, and said."""
        text = LEAST_CSV.replace("id,", "id,name,") + LEAST_ROW.replace(",US", ",Renée Müller-Ångström,US")
        table = csv_table(tmp_path, text, encoding)
        assert only(table).client.name == "Renée Müller-Ångström"
        assert table.notes[0].startswith(note)

    @pytest.mark.parametrize(
        ("delimiter", "named"), [(",", "commas"), (";", "semicolons"), ("\t", "tabs"), ("|", "bars")]
    )
    def test_delimiters(self, delimiter: str, named: str, tmp_path: Path) -> None:
        """What separates the fields is found out at the names of the columns, and said."""
        text = LEAST_CSV.replace(",", delimiter) + LEAST_ROW.replace("mail, and", "mail and").replace(",", delimiter)
        table = csv_table(tmp_path, text)
        assert only(table).goals == ("Open the mail and answer one letter.",)
        assert table.notes == (f"read as UTF-8, fields separated by {named}",)

    def test_a_line_for_excel(self, tmp_path: Path) -> None:
        """The line that tells Excel the separator is no row."""
        text = "sep=;\n" + (LEAST_CSV + LEAST_ROW.replace("mail, and", "mail and")).replace(",", ";")
        table = csv_table(tmp_path, text)
        assert only(table) and table.clients[0].marks.at() == (2, 1)

    def test_text_stays_text(self, tmp_path: Path) -> None:
        """No number is made of an id in a CSV."""
        assert only(csv_table(tmp_path, LEAST_CSV + LEAST_ROW.replace("r7k1-2026", "00123"))).client.id == "00123"
        assert only(csv_table(tmp_path, LEAST_CSV + LEAST_ROW.replace("r7k1-2026", "1e5"))).client.id == "1e5"

    def test_rows_count_as_in_a_spreadsheet(self, tmp_path: Path) -> None:
        """A quoted line end is within its row; empty lines are rows without a client."""
        text = (
            LEAST_CSV
            + "\n"
            + LEAST_ROW.replace("mail, ", "mail,\n")
            + LEAST_ROW.replace("r7k1", "b2").replace("US", "USA")
        )
        first, second = csv_table(tmp_path, text).clients
        assert first.profile is not None and first.profile.goals == ("Open the mail,", "and answer one letter.")
        assert [client.marks.at() for client in (first, second)] == [(3, 1), (4, 1)]
        assert told(second)[0].startswith('intake.csv:4:2  client.country: column B "country": must be the two letters')

    @pytest.mark.parametrize(("change", "cells"), [(('"', ""), 9), ((",US", ""), 7)])
    def test_rows_of_another_length(self, change: tuple[str, str], cells: int, tmp_path: Path) -> None:
        """A row with more or fewer cells is not read, since its values may have slipped; the others are."""
        table = csv_table(tmp_path, LEAST_CSV + LEAST_ROW.replace(*change) + LEAST_ROW)
        assert [client.profile is None for client in table.clients] == [True, False]
        assert told(table.clients[0]) == [
            f"intake.csv:2:1  has {cells} cells for 8 columns, up to H "
            "- put quotes around a text that holds what separates the fields"
        ]

    def test_separators_without_anything_between(self, tmp_path: Path) -> None:
        """Spreadsheets fill up rows with separators: neither such rows nor such cells are anything."""
        table = csv_table(tmp_path, LEAST_CSV + ",,,,,,,\n" + LEAST_ROW.strip() + ",,\n")
        assert only(table) and table.clients[0].marks.at() == (3, 1)

    def test_a_wrong_quote_costs_one_row(self, tmp_path: Path) -> None:
        """Text after a closing quote is a problem of its row."""
        table = csv_table(tmp_path, LEAST_CSV + '"a"b,US\n' + LEAST_ROW)
        assert [client.profile is None for client in table.clients] == [True, False]
        assert "a quote stands where none may" in told(table.clients[0])[0]

    @pytest.mark.parametrize("last", [LEAST_ROW, LEAST_ROW.replace('"', "")])
    def test_an_endless_quote_is_told_for_the_file(self, last: str, tmp_path: Path) -> None:
        """What comes before is read; that a quote has swallowed rows is told, so that nobody is lost in silence."""
        table = csv_table(tmp_path, LEAST_CSV + LEAST_ROW + '"b2,US\n' + last)
        assert [client.profile is None for client in table.clients] == [False]
        assert told(table)[0].startswith("intake.csv:3:1  a quote that opens in this row is not closed where it should")


class TestColumns:
    """A practice's own columns."""

    COLUMNS = """\
header_row: 3
columns: {Case no.: client.id, First name: client.name, Visits granted: program.sessions, Goal: goals, Why: topics}
values:
  program.frequency: {every week: weekly, Every 2 Weeks: biweekly}
  topics: {Anxiety (GAD): anxiety, "Anger, temper": anger}
  cleared: {OK: true}
fixed: {client.country: US, program.setting: eap, books: [anxiety, anger], video: no}
ignore: [Phone, Notes]
"""
    EXPORT = (
        "Export of 2026\n\n"
        "Case No.;First Name;Phone;Visits Granted;Frequency;Why;Goal;Cleared;Cleared by;Cleared on;NOTES\n"
        "r7k1;Ruth;#N/A;5;every 2  weeks;Anxiety (GAD);Rest, and eat;ok;therapist-1;2026-11-21;Quillon\n"
    )

    def test_export_of_a_practice(self, tmp_path: Path) -> None:
        """Own names, own words, fixed values, a header further down; columns that are ignored are in no value."""
        table = csv_table(tmp_path, self.EXPORT, columns=self.COLUMNS)
        profile = only(table)
        assert (profile.client.id, profile.client.name, profile.client.country) == ("r7k1", "Ruth", "US")
        assert (profile.program.sessions, profile.program.setting, profile.program.frequency) == (5, "eap", "biweekly")
        assert (profile.topics, profile.goals, profile.books) == (
            ("anxiety",),
            ("Rest, and eat",),
            ("anxiety", "anger"),
        )
        assert (profile.preferences.video, profile.clearance.cleared) == (False, True)
        assert table.clients[0].marks.at("client", "name") == (4, 2)
        assert "Quillon" not in str(table) and "#N/A" not in str(table)

    def test_own_word_for_nothing(self, tmp_path: Path) -> None:
        """A word of the practice may mean that nothing is given, alone or as an entry of a list."""
        text = LEAST_CSV.replace("id,", "id,name,") + LEAST_ROW.replace(",US", ",n/a,US").replace(
            "anxiety", "anxiety; N/A"
        )
        columns = "values: {client.name: {N/A: null}, topics: {n/a: null}}"
        profile = only(csv_table(tmp_path, text, columns=columns))
        assert (profile.client.name, profile.topics) == (None, ("anxiety",))

    def test_own_words_within_a_list(self, tmp_path: Path) -> None:
        """A word of the practice may be one entry of several, and may hold a comma when it stands alone."""
        both = self.EXPORT.replace("Anxiety (GAD);", '"anxiety (gad); low mood";')
        assert only(csv_table(tmp_path, both, columns=self.COLUMNS)).topics == ("anxiety", "low-mood")
        comma = self.EXPORT.replace("Anxiety (GAD)", "Anger, Temper")
        assert only(csv_table(tmp_path, comma, columns=self.COLUMNS)).topics == ("anger",)

    NAMES: ClassVar[dict[str, tuple[str, list[str]]]] = {
        "a slip": (
            LEAST_CSV.replace("country", "contry"),
            ['intake.csv:1:2  column B has a name that no setting has - did you mean "country"?'],
        ),
        "a name of nothing": (
            LEAST_CSV.replace("country", "Zephyrine"),
            [
                "intake.csv:1:2  column B has a name that no setting has "
                "- map it, or leave it out under ignore, in a --columns file"
            ],
        ),
        "a column twice": (
            LEAST_CSV.replace("country", "Client ID"),
            ["intake.csv:1:2  client.id: column B and column A give the same - keep one of them"],
        ),
        "a numbered goal twice": (
            LEAST_CSV.replace("goal", "goal 1").replace("country", "GOAL_1"),
            ["intake.csv:1:8  goals: column H and column B give the same - keep one of them"],
        ),
    }

    @pytest.mark.parametrize(("header", "message"), NAMES.values(), ids=NAMES)
    def test_names_that_are_wrong(self, header: str, message: list[str], tmp_path: Path) -> None:
        """A column that nobody knows, or that says what another says, is a problem of the table."""
        assert told(csv_table(tmp_path, header + LEAST_ROW)) == message

    WRONG: ClassVar[dict[str, tuple[str, str]]] = {
        "no YAML": ("columns: [", "columns.yaml:2:1  this cannot be read as YAML"),
        "an unknown setting of the file": (
            "colums: {}",
            'columns.yaml:1:1  colums: there is no such setting - did you mean "columns"?',
        ),
        "an unknown setting": (
            "columns:\n  Who: client.nam",
            'columns.yaml:2:3  columns: there is no such setting of a profile - did you mean "client.name"?',
        ),
        "an unknown fixed setting": (
            "fixed: {country_: US, shoe: 7}",
            "columns.yaml:1:23  fixed: there is no such setting",
        ),
        "a wrong fixed value": (
            "fixed: {client.country: USA}",
            "columns.yaml:1:9  fixed.client.country: must be the two letters of a country",
        ),
        "a fixed day that is two": (
            "fixed: {next: 03/04/2026}",
            'fixed.program.next: "03/04/2026" could be two different days',
        ),
        "a fixed list that is wrong": (
            "fixed: {topics: [anxeity]}",
            'fixed.topics.1: is not a known word (you wrote "anxeity")',
        ),
        "a word that means nothing": (
            "values: {program.frequency: {often: weekley}}",
            "columns.yaml:1:30  values.program.frequency: this word means nothing for this setting - did you",
        ),
        "a column that is ignored as well": (
            "columns: {id: client.id}\nignore: [ID]",
            "columns.yaml:2:10  ignore: this column",
        ),
        "one setting fixed twice": (
            "fixed: {country: US, client.country: US}",
            "columns.yaml:1:22  fixed: this is named twice",
        ),
        "a column that is not there": ("columns: {Fee: letter.from}", "columns.yaml:1:11  columns: "),
        "a column that is fixed": ("fixed: {country: US}", "intake.csv:1:2  client.country: column B gives what"),
        "a header that is elsewhere": (
            "header_row: 2",
            "intake.csv:2:1  this row should hold the names of the columns",
        ),
        "a header after the end": ("header_row: 9", "intake.csv  row 9 is empty, and should hold the names"),
        "an encoding of nothing": ("encoding: latein", "columns.yaml:1:1  encoding: there is no such encoding of text"),
        "an encoding that is none of text": ("encoding: hex", "columns.yaml:1:1  encoding: there is no such encoding"),
        "header row zero": ("header_row: 0", "columns.yaml:1:1  header_row: must be 1-1000"),
    }

    @pytest.mark.parametrize(("columns", "message"), WRONG.values(), ids=WRONG)
    def test_columns_file_that_is_wrong(self, columns: str, message: str, tmp_path: Path) -> None:
        """What is wrong with the file is said with its own lines."""
        table = csv_table(tmp_path, LEAST_CSV + LEAST_ROW, columns=columns)
        assert message in "\n".join(told(table))

    def test_columns_file_that_is_missing(self, tmp_path: Path) -> None:
        """No file is a problem like any other."""
        path = write_xlsx(tmp_path / "intake.xlsx", rows_of({}))
        assert told(read_table(path, tmp_path / "none.yaml")) == ["none.yaml  there is no such file"]


class TestTemplate:
    """The empty sheet."""

    def test_is_read_as_it_is(self, tmp_path: Path) -> None:
        """The example can be read, planned, and says that it is one."""
        path = tmp_path / "made" / "intake.xlsx"
        write_template(path)
        profile = only(read_table(path))
        assert profile.fictional
        assert stat.S_IMODE(path.stat().st_mode) == 0o600
        assert {"client", "program", "clearance", "topics", "goals", "letter", "homework"} <= profile.model_fields_set
        assert [child.name for child in path.parent.iterdir()] == ["intake.xlsx"]

    def test_example_can_be_built(self, tmp_path: Path) -> None:
        """A plan is made of the example, written as a profile, with the shipped library."""
        profile = only(read_table(_template(tmp_path)))
        values = profile.model_dump(mode="json", by_alias=True, exclude_unset=True)
        path = tmp_path / "example.yaml"
        path.write_text(json.dumps(values), encoding="utf-8")
        plan, _, _ = plan_workbook(path, find_folders(ROOT), Order(DAY, DAY))
        assert plan.client == EXAMPLE["id"] and plan.gaps

    def test_nobody_is_overwritten(self, tmp_path: Path) -> None:
        """A file that stands there may hold clients: it is written over only when asked."""
        path = tmp_path / "intake.xlsx"
        path.write_text("clients", encoding="utf-8")
        with pytest.raises(CannotWrite, match="may hold clients"):
            write_template(path)
        assert path.read_text(encoding="utf-8") == "clients"
        write_template(path, force=True)
        assert only(read_table(path)).fictional
        with pytest.raises(CannotWrite, match="is a folder"):
            write_template(tmp_path, force=True)

    def test_helps_while_typing(self, tmp_path: Path) -> None:
        """Each column has a note, words come from drop-downs, ids stay text, and required columns say so in words."""
        sheet: Any = load_workbook(_template(tmp_path))["Clients"]
        rules = {str(rule.sqref).split(":")[0]: rule for rule in sheet.data_validations.dataValidation}
        assert sheet.freeze_panes == "C2"
        for number, field in enumerate(fields(), 1):
            head, rule = sheet.cell(1, number), rules.get(f"{letters(number)}2")
            assert head.value == field.head and field.setting.about in head.comment.text
            assert ("(required)" in head.value) == (head.fill.fgColor.rgb == "FF1F4E5F") == field.is_required
            if field.takes_one_word or field.setting.kind == "yes-no":
                words = field.setting.words or ("yes", "no")
                assert rule.type == "list" and rule.formula1 == f'"{",".join(words)}"'
                assert len(rule.formula1) <= 257 and len(rule.error) <= 225
            elif field.setting.kind in ("date", "number"):
                assert rule.type == {"date": "date", "number": "whole"}[field.setting.kind]
            else:
                assert rule is None
                assert sheet.column_dimensions[letters(number)].number_format == "@"

    def test_explains_everything(self, tmp_path: Path) -> None:
        """The second sheet names each column, says what may stand there, and speaks of privacy."""
        sheet: Any = load_workbook(_template(tmp_path))["Notes"]
        cells = {str(cell.value) for row in sheet.iter_rows() for cell in row if cell.value}
        assert {field.name for field in fields()} | set(settings()) <= cells
        assert any("health data" in cell for cell in cells)

    def test_long_lists_stand_on_a_sheet_of_their_own(self) -> None:
        """A drop-down of more than 255 characters is taken from hidden cells, the same one for equal lists."""
        sheet: Any = Workbook().active
        long, other = tuple(f"word-number-{n}" for n in range(40)), tuple(f"other-number-{n}" for n in range(30))
        assert _list_formula(long, sheet) == "Lists!$A$1:$A$40"
        assert _list_formula(other, sheet) == "Lists!$B$1:$B$30"
        assert _list_formula(long, sheet) == "Lists!$A$1:$A$40"
        assert [cell.value for cell in sheet["A"]] == list(long)

    def test_names_nobody(self) -> None:
        """The file's own data name the program alone."""
        properties = load_workbook(io.BytesIO(make_template())).properties
        assert (properties.creator, properties.lastModifiedBy) == ("workbook_builder", None)


def _template(folder: Path) -> Path:
    path = folder / "template.xlsx"
    write_template(path)
    return path
