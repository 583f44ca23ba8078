"""A CSV as a grid: how it is encoded and what separates its fields are found out, and said."""

from __future__ import annotations

import csv
import io
import itertools
import re
from collections.abc import Iterator

from workbook_builder.errors import Problem

from .codes import NOT_A_TABLE
from .decoding import decode
from .grid import (
    MAX_COLUMNS,
    MAX_ROWS,
    Fault,
    Grid,
    IsKnown,
    Row,
    is_blank,
    letters,
    stop,
    too_many_columns,
    too_many_rows,
)

DELIMITERS = {",": "commas", ";": "semicolons", "\t": "tabs", "|": "bars"}


def read_text_table(data: bytes, shown: str, header_row: int, is_known: IsKnown, encoding: str | None = None) -> Grid:
    """Return the rows of a CSV; they are counted as a spreadsheet counts them, whatever their lines.

    Raises:
        InputProblems: the text cannot be decoded, is too large, or has no row of column names.
    """
    text, named = decode(data, shown, encoding)
    if told := re.match(r"sep=(.)\r?\n", text):  # a line for Excel alone, which does not count it as a row
        text = text[told.end() :]
    delimiter = told[1] if told and told[1] in DELIMITERS else _find_delimiter(text, header_row, is_known)
    problems: list[Problem] = []
    rows = _records(text, delimiter, shown, header_row, problems)
    header = next((row for row in rows if row.number >= header_row), None)
    if problems or (header and header.fault):
        hint = "write a quote inside a text twice"
        raise stop(shown, NOT_A_TABLE, "a quote in or above the names of the columns is wrong", hint, header_row)
    if header is None or header.number != header_row or all(map(is_blank, header.cells)):
        hint = "name its row in the --columns file: header_row: 3"
        raise stop(shown, NOT_A_TABLE, f"row {header_row} is empty, and should hold the names of the columns", hint)
    names = [n for n, cell in enumerate(header.cells[: MAX_COLUMNS + 1], 1) if not is_blank(cell)]
    width = names[-1] if names else 0
    if width > MAX_COLUMNS:
        raise too_many_columns(shown, header_row, width)
    below = []
    for row in rows:
        if row.fault or not all(map(is_blank, row.cells)):
            below.append(row if row.fault else _fitted(row, len(header.cells), width))
        if len(below) > MAX_ROWS:
            raise too_many_rows(shown, row.number)
    return Grid(
        header, tuple(below), (f"read as {named}, fields separated by {DELIMITERS[delimiter]}",), tuple(problems)
    )


def _find_delimiter(text: str, header_row: int, is_known: IsKnown) -> str:
    """Return what separates the names of the columns: that with which most of them are known, then are most."""

    def names(delimiter: str) -> tuple[int, int]:
        reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter)
        try:
            header = next(cells for number, cells in enumerate(reader, 1) if number == header_row)
        except (StopIteration, csv.Error):
            return (0, 0)
        return (sum(map(is_known, header[:MAX_COLUMNS])), len(header))

    return max(DELIMITERS, key=names)


def _records(text: str, delimiter: str, shown: str, header_row: int, problems: list[Problem]) -> Iterator[Row]:
    """Give the records from the header on, one a row; what swallows the rest of the file goes to ``problems``."""
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
    for number in itertools.count(1):
        line = reader.line_num
        cells: list[str] = []
        fault: Fault | None = None
        try:
            cells = next(reader)
        except StopIteration:
            return
        except csv.Error:
            if reader.line_num > line + 1:  # the rows on these lines are lost, and nobody knows how many they were
                message = (
                    "a quote that opens in this row is not closed where it should be: rows after it cannot be read"
                )
                hint = (
                    f"look at lines {line + 1} to {reader.line_num} in a text editor; write a quote inside a text twice"
                )
                problems.append(Problem(shown, number, 1, NOT_A_TABLE, message, hint=hint))
                continue
            message = "a quote stands where none may, or a cell is longer than any that a profile holds"
            fault = Fault(message, "put the whole text in quotes, and write a quote inside it twice")
        if number >= header_row:
            yield Row(number, tuple(cells), fault)


def _fitted(row: Row, fields: int, width: int) -> Row:
    """Return a row unless it has another length than the header, so that no value slips into a neighbouring column."""
    used = max(n for n, cell in enumerate(row.cells, 1) if not is_blank(cell))
    if len(row.cells) < width or used > fields:
        there, wanted = f"{len(row.cells)} cell{'s' * (len(row.cells) != 1)}", f"{fields} column{'s' * (fields != 1)}"
        message = f"has {there} for {wanted}, up to {letters(fields)}"
        return Row(
            row.number, row.cells, Fault(message, "put quotes around a text that holds what separates the fields")
        )
    return row
