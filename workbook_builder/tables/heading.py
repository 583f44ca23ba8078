"""The names at the heads of the columns: which columns are read, and as what."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from workbook_builder.errors import Problem, did_you_mean

from .codes import NOT_A_TABLE, NOT_KNOWN, WRITTEN_TWICE
from .columns import Mapped
from .grid import Row, is_blank, letters
from .settings import Head, fold_name, known_names

_MAX_QUOTED = 40


@dataclass(frozen=True)
class Column:
    """One column that is read: its number from 1, its name, and what it holds."""

    number: int
    name: str
    head: Head

    @property
    def shown(self) -> str:
        """How messages call it; the name may be quoted, since it is one that we know."""
        return f'column {letters(self.number)} "{self.name[:_MAX_QUOTED]}"'

    @property
    def order(self) -> tuple[str, int, int]:
        """Entries of a list come as they are numbered, otherwise as they stand."""
        return self.head.setting.name, self.head.entry, self.number


def match_columns(header: Row, mapped: Mapped, shown: str) -> tuple[list[Column], list[Problem]]:
    """Return the columns that are read, and what is wrong with their names."""
    names = {n: " ".join(str(cell).split()) for n, cell in enumerate(header.cells, 1) if not is_blank(cell)}
    if not any(map(mapped.is_known, names.values())):
        # Nothing of it is quoted: without a header, this row is a client's.
        message = "this row should hold the names of the columns, and none of them is known"
        hint = "workbook batch --template writes a sheet that can be read; --columns FILE maps an export of your own"
        return [], [Problem(shown, header.number, 1, NOT_A_TABLE, message, hint=hint)]
    columns: list[Column] = []
    problems: list[Problem] = []
    taken: dict[tuple[str, int], Column] = {}
    named = {fold_name(name) for name in names.values()}
    for number, name in names.items():
        if fold_name(name) in mapped.ignored:
            continue
        head = mapped.head(name)
        if head is None:
            problems.append(_unknown(name, number, header.number, shown))
            continue
        column = Column(number, name, head)
        problem = _clash(column, taken, mapped)
        if problem:
            problems.append(Problem(shown, header.number, number, WRITTEN_TWICE, *problem))
            continue
        taken[head.setting.name, head.entry] = column
        columns.append(column)
    for key, place in mapped.places.items():
        if key not in named:
            problems.append(Problem(mapped.path, *place, NOT_KNOWN, f"{shown} has no column of this name", "columns"))
    return sorted(columns, key=lambda column: column.order), problems


def _unknown(name: str, number: int, row: int, shown: str) -> Problem:
    """Say that nobody knows a column, quoting nothing that resembles no name: it may be a client's own word."""
    hint = did_you_mean(name.casefold(), known_names()) if len(name) <= _MAX_QUOTED else ""
    hint = hint or "map it, or leave it out under ignore, in a --columns file"
    return Problem(shown, row, number, NOT_KNOWN, f"column {letters(number)} has a name that no setting has", "", hint)


def _clash(column: Column, taken: Mapping[tuple[str, int], Column], mapped: Mapped) -> tuple[str, str, str] | None:
    """Return message, setting and hint when a column says what something else has said already."""
    setting, here = column.head.setting, f"column {letters(column.number)}"
    if setting.name in mapped.fixed:
        return f"{here} gives what {mapped.path} fixes", setting.name, "take it out of fixed, or ignore the column"
    other = taken.get((setting.name, column.head.entry))
    if other and not (setting.is_list and not column.head.entry):
        return f"{here} and column {letters(other.number)} give the same", setting.name, "keep one of them"
    return None
