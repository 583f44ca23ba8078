"""What a spreadsheet and a CSV have in common once they are read: rows of cells, with the spreadsheet's own numbers."""

from __future__ import annotations

import datetime
from collections.abc import Callable
from dataclasses import dataclass, field

from workbook_builder.errors import InputProblems, Problem

from .codes import TOO_LARGE

MAX_BYTES = 20_000_000
MAX_ROWS = 5_000
MAX_COLUMNS = 200


@dataclass(frozen=True)
class Fault:
    """Why a cell cannot be taken as it is, in words that never quote what it holds, and what to do about it."""

    message: str
    hint: str = ""


Cell = str | bool | int | float | datetime.datetime | datetime.date | datetime.time | datetime.timedelta | Fault | None
IsKnown = Callable[[str], bool]
"""Says of the name at the head of a column whether anybody knows it."""


@dataclass(frozen=True)
class Row:
    """One row: its number as the spreadsheet counts, from 1, and its cells from column 1 on.

    ``fault`` says why no cell of it can be trusted.
    """

    number: int
    cells: tuple[Cell, ...]
    fault: Fault | None = None


@dataclass(frozen=True)
class Grid:
    """The rows of a table that hold anything; the first of them holds the names of the columns.

    ``notes`` say how the file was read, ``problems`` what is wrong with it beside its rows.
    """

    header: Row
    rows: tuple[Row, ...]
    notes: tuple[str, ...] = ()
    problems: tuple[Problem, ...] = field(default=())


def is_blank(cell: Cell) -> bool:
    """Say whether a cell holds nothing but white space."""
    return cell is None or (isinstance(cell, str) and not cell.strip())


def letters(column: int) -> str:
    """Return a column's name in a spreadsheet: A, B, … Z, AA, …; columns count from 1."""
    name = ""
    while column:
        column, digit = divmod(column - 1, 26)
        name = chr(ord("A") + digit) + name
    return name


def stop(shown: str, code: str, message: str, hint: str = "", row: int = 0, column: int = 1) -> InputProblems:
    """Return the error that ends the reading of a table."""
    return InputProblems([Problem(shown, row, column if row else 0, code, message, hint=hint)])


def too_many_rows(shown: str, row: int) -> InputProblems:
    """Return the error about a table that is longer than is read."""
    return stop(shown, TOO_LARGE, f"there are more than {MAX_ROWS:,} clients", "divide them among files", row)


def too_many_columns(shown: str, row: int, column: int) -> InputProblems:
    """Return the error about a table that is wider than is read."""
    message = f"a cell stands in column {letters(column)}, and {MAX_COLUMNS} columns are read at most"
    return stop(shown, TOO_LARGE, message, "delete what stands beside the table", row, column)
