"""One sheet of an XLSX as a grid: read cell by cell, values only; macros, links and formats are never looked at."""

from __future__ import annotations

import itertools
import re
import warnings
import zipfile
from collections.abc import Iterator
from io import BytesIO
from typing import Any

from openpyxl import load_workbook

from workbook_builder.errors import InputProblems, did_you_mean

from .codes import NOT_A_TABLE, TOO_LARGE
from .grid import MAX_COLUMNS, MAX_ROWS, Cell, Fault, Grid, Row, is_blank, stop, too_many_columns, too_many_rows
from .survey import MAX_MERGED, Survey, survey_sheet
from .unpack import damaged, weigh

_UNCALCULATED = Fault(
    "the cell holds a formula without a result",
    "open the file in your spreadsheet program and save it, or write the value",
)


def read_workbook(data: bytes, shown: str, sheet: str | None, header_row: int) -> Grid:
    """Return one sheet: the one that is named, or the first that is not hidden.

    Raises:
        InputProblems: the workbook is damaged, too large, or has no such sheet, or the sheet no row of column names.
    """
    try:
        with zipfile.ZipFile(BytesIO(data)) as archive, warnings.catch_warnings():
            warnings.simplefilter("ignore")  # the library tells of formats that it does not know; none matters here
            weigh(archive, shown)
            book = load_workbook(BytesIO(data), read_only=True, data_only=True, keep_links=False)
            try:
                page = _find_sheet(book, shown, sheet)
                with archive.open(page._worksheet_path) as xml:
                    survey = survey_sheet(xml)
                covered = _refuse_excess(survey, shown, header_row)
                rows = list(_rows(page, survey, covered))
                return _grid(rows, survey, shown, page.title, header_row)
            finally:
                book.close()
    except InputProblems:
        raise
    except Exception:
        # The library raises whatever a broken file leads it to: KeyError, ValueError, BadZipFile, a parser's own error.
        raise damaged(shown) from None


def _find_sheet(book: Any, shown: str, name: str | None) -> Any:
    pages = {page.title: page for page in book.worksheets}
    if name is not None:
        wanted = next((title for title in pages if title.casefold().strip() == name.casefold().strip()), None)
        if wanted is None:
            hint = did_you_mean(name, list(pages))
            raise stop(shown, NOT_A_TABLE, "the workbook has no sheet of that name", hint or f"it has {len(pages)}")
        return pages[wanted]
    for page in book.worksheets:
        if page.sheet_state == "visible":
            return page
    raise stop(shown, NOT_A_TABLE, "every sheet of this workbook is hidden", "show one, or name it with --sheet")


def _refuse_excess(survey: Survey, shown: str, header_row: int) -> set[tuple[int, int]]:
    """Return the cells that merged ones hide, once it is known that there are not too many of anything."""
    if survey.widest[1] > MAX_COLUMNS:
        raise too_many_columns(shown, *survey.widest)
    below = sorted(row for row in survey.filled_rows if row > header_row)
    if len(below) > MAX_ROWS:
        raise too_many_rows(shown, below[MAX_ROWS])
    covered = survey.covered() if len(survey.merged) <= MAX_MERGED else None
    if covered is None:
        raise stop(
            shown, TOO_LARGE, f"more than {MAX_MERGED:,} cells are merged", "select all of the sheet, and unmerge"
        )
    return covered


def _rows(page: Any, survey: Survey, covered: set[tuple[int, int]]) -> Iterator[Row]:
    """Give the rows that hold anything; the size that the sheet claims to have is not believed."""
    if not survey.filled_rows:
        return
    page.reset_dimensions()
    width, last = survey.widest[1], max(survey.filled_rows)
    numbered = enumerate(page.iter_rows(max_col=width, values_only=True), 1)
    for number, values in itertools.takewhile(lambda row: row[0] <= last, numbered):
        if number in survey.filled_rows:
            yield Row(number, tuple(_cell(value, number, n, survey, covered) for n, value in enumerate(values, 1)))


def _cell(value: Any, row: int, column: int, survey: Survey, covered: set[tuple[int, int]]) -> Cell:
    if (row, column) in survey.uncalculated:
        return _UNCALCULATED
    if value is None and (row, column) in covered:
        return Fault("the cell is merged with others", "unmerge it, and write the value into each row")
    if isinstance(value, str):
        # What a cell cannot hold as XML is written as _x000D_, and Excel shows it as the character it is.
        return re.sub("_x([0-9A-Fa-f]{4})_", lambda match: chr(int(match[1], 16)), value)
    return value if not isinstance(value, bytes) else None


def _grid(rows: list[Row], survey: Survey, shown: str, title: str, header_row: int) -> Grid:
    header = next((row for row in rows if row.number == header_row), None)
    if header is None:
        hint = "name its row in the --columns file: header_row: 3"
        raise stop(shown, NOT_A_TABLE, f"row {header_row} is empty, and should hold the names of the columns", hint)
    names = tuple(None if isinstance(cell, Fault) else cell for cell in header.cells)
    below = tuple(row for row in rows if row.number > header_row and not all(map(is_blank, row.cells)))
    notes = [f'read from the sheet "{" ".join(title.split())}"']
    if hidden := len(survey.hidden & {row.number for row in below}):
        notes.append(f"{hidden} hidden row{'s were' if hidden > 1 else ' was'} read like the others")
    return Grid(Row(header_row, names), below, tuple(notes))
