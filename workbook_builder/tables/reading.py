"""From a table of clients to their profiles: each row becomes the values of a profile, with the places of its cells.

The values then go the way of a profile in YAML, so the same is wrong with them in the same words.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path

from workbook_builder.errors import InputProblems, Problem
from workbook_builder.profile import LoadedProfile, check_values
from workbook_builder.source import Marks, read_bytes

from .cells import read_cell
from .codes import NOT_A_TABLE, ODD_CELL, ODD_ROW, SAME_CLIENT
from .columns import Mapped, read_columns
from .grid import MAX_BYTES, Cell, Fault, Grid, Row, is_blank, letters
from .heading import Column, match_columns
from .mapping import nested
from .settings import ID, settings
from .text_tables import read_text_table
from .unpack import is_workbook
from .workbooks import read_workbook


@dataclass(frozen=True)
class Table:
    """The clients of a table, one for each row that holds anything, in its order.

    A client with anything wrong has no profile and says why; ``client.marks.at()`` is its row, and column 1.
    ``problems`` are those of the table as a whole, ``notes`` say how it was read.
    """

    clients: tuple[LoadedProfile, ...] = ()
    problems: tuple[Problem, ...] = ()
    notes: tuple[str, ...] = ()


def read_table(path: Path, columns: Path | None = None, sheet: str | None = None) -> Table:
    """Return the clients of an XLSX or CSV; never raises for what a file holds.

    Args:
        path: the table, one client a row below the names of the columns.
        columns: a YAML file that says what the columns of a practice's own table hold.
        sheet: the sheet of a workbook; it wins over the one that the columns file names.
    """
    shown = str(path)
    mapped, problems = read_columns(columns)
    if problems:
        return Table(problems=tuple(problems))
    try:
        data = read_bytes(path, shown, MAX_BYTES)
        if is_workbook(data, path.suffix, shown):
            grid = read_workbook(data, shown, sheet or mapped.sheet, mapped.header_row)
        else:
            grid = read_text_table(data, shown, mapped.header_row, mapped.is_known, mapped.encoding)
    except InputProblems as error:
        return Table(problems=error.problems)
    found, problems = match_columns(grid.header, mapped, shown)
    problems += grid.problems
    if not found:
        return Table((), tuple(sorted(problems)), grid.notes)
    if not grid.rows and not problems:
        problems.append(Problem(shown, 0, 0, NOT_A_TABLE, "there is no client in this table"))
    clients = _same_ids(_read_row(row, found, grid, mapped, shown) for row in grid.rows)
    return Table(tuple(clients), tuple(sorted(problems)), grid.notes)


def _read_row(row: Row, columns: Iterable[Column], grid: Grid, mapped: Mapped, shown: str) -> LoadedProfile:
    """Return the profile of one row, or all that is wrong with it."""
    if row.fault:
        marks = Marks({(): (row.number, 1)})
        problem = Problem(shown, row.number, 1, ODD_ROW, row.fault.message, hint=row.fault.hint)
        return LoadedProfile(None, marks, shown, (problem,))
    values: dict[str, object] = dict(mapped.fixed)
    places: dict[tuple[str, ...], tuple[int, int]] = {(): (row.number, 1)}
    owners: dict[str, Column] = {}
    found: list[Problem] = list(_nameless(row, grid, shown))
    for column in columns:
        setting = column.head.setting
        place = (row.number, column.number)
        cell = row.cells[column.number - 1] if column.number <= len(row.cells) else None
        value = read_cell(cell, column.head, mapped.words.get(setting.name, {}))
        path = tuple(setting.name.split("."))
        places.setdefault(path, place)
        owners.setdefault(setting.name, column)
        if isinstance(value, Fault):
            message = f"{column.shown}: {value.message}"
            found.append(Problem(shown, *place, ODD_CELL, message, setting.name, value.hint))
        elif isinstance(value, list):
            entries = values.setdefault(setting.name, [])
            assert isinstance(entries, list)  # two columns may give one list, and nothing else
            for n in range(len(entries), len(entries) + len(value)):
                places[*path, str(n)] = place
                owners[f"{setting.name}.{n + 1}"] = column
            entries += value
        elif value is not None:
            values[setting.name] = value
    loaded = check_values(nested(values), Marks(places), shown, found)
    problems = tuple(sorted(_with_column(problem, owners) for problem in loaded.problems))
    return replace(loaded, problems=problems)


def _nameless(row: Row, grid: Grid, shown: str) -> Iterator[Problem]:
    """Give a problem for each cell that stands under no name, since nobody knows what it says."""
    for number, cell in enumerate(row.cells, 1):
        name: Cell = grid.header.cells[number - 1] if number <= len(grid.header.cells) else None
        if is_blank(name) and not is_blank(cell):
            message = f"a cell of column {letters(number)} holds something, and the column has no name"
            yield Problem(shown, row.number, number, ODD_ROW, message, "", "name the column, or empty the cell")


def _with_column(problem: Problem, owners: Mapping[str, Column]) -> Problem:
    """Name the column in the message, where one gives the setting; say so where none does."""
    where = problem.where
    while where and where not in owners:
        where = where.rpartition(".")[0]
    if where:
        named = f"{owners[where].shown}: "
        return problem if problem.message.startswith(named) else replace(problem, message=named + problem.message)
    setting = settings().get(problem.where)
    if setting and "required" in problem.message and not problem.hint:
        return replace(problem, hint="no column of the table gives it")
    return problem


def _same_ids(clients: Iterable[LoadedProfile]) -> list[LoadedProfile]:
    """Refuse all clients that share an id: nobody can say whose workbook it would be."""
    listed = list(clients)
    rows: dict[str, list[int]] = defaultdict(list)
    for client in listed:
        if client.profile:
            rows[client.profile.client.id].append(client.marks.at()[0])
    for n, client in enumerate(listed):
        if client.profile and len(rows[client.profile.client.id]) > 1:
            place = client.marks.at(*ID.split("."))
            others = [row for row in rows[client.profile.client.id] if row != client.marks.at()[0]]
            message = (
                f"row {others[0]} has the same id" if len(others) == 1 else f"{len(others)} other rows have the same id"
            )
            problem = Problem(client.path, *place, SAME_CLIENT, message, ID, "give each client a code of their own")
            listed[n] = replace(client, profile=None, problems=(problem,))
    return listed
