"""From a table of clients to their profiles: each row becomes the values of a profile, with the places of its cells.

The values then go the way of a profile in YAML, so the same is wrong with them in the same words.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path

from workbook_builder.errors import InputProblems, Problem, did_you_mean
from workbook_builder.profile import LoadedProfile, check_values
from workbook_builder.source import Marks, read_bytes

from .cells import read_cell
from .codes import NOT_A_TABLE, NOT_KNOWN, ODD_CELL, ODD_ROW, SAME_CLIENT, WRITTEN_TWICE
from .columns import Mapped, nested, read_columns
from .grid import MAX_BYTES, Cell, Fault, Grid, Row, is_blank, letters
from .settings import ID, Head, fold_name, known_names, settings
from .text_tables import read_text_table
from .unpack import is_workbook
from .workbooks import read_workbook

_MAX_QUOTED = 40


@dataclass(frozen=True)
class Table:
    """The clients of a table, one for each row that holds anything, in its order.

    A client with anything wrong has no profile and says why; ``client.marks.at()`` is its row, and column 1.
    ``problems`` are those of the table as a whole, ``notes`` say how it was read.
    """

    clients: tuple[LoadedProfile, ...] = ()
    problems: tuple[Problem, ...] = ()
    notes: tuple[str, ...] = ()


@dataclass(frozen=True)
class _Column:
    number: int
    name: str
    head: Head

    @property
    def order(self) -> tuple[str, int, int]:
        """Entries of a list come as they are numbered, otherwise as they stand."""
        return self.head.setting.name, self.head.entry, self.number


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
    found, problems = _match(grid.header, mapped, shown)
    problems += grid.problems
    if not found:
        return Table((), tuple(sorted(problems)), grid.notes)
    if not grid.rows and not problems:
        problems.append(Problem(shown, 0, 0, NOT_A_TABLE, "there is no client in this table"))
    clients = _same_ids(_read_row(row, found, grid, mapped, shown) for row in grid.rows)
    return Table(tuple(clients), tuple(sorted(problems)), grid.notes)


def _match(header: Row, mapped: Mapped, shown: str) -> tuple[list[_Column], list[Problem]]:
    """Return the columns that are read, and what is wrong with their names."""
    names = {n: " ".join(str(cell).split()) for n, cell in enumerate(header.cells, 1) if not is_blank(cell)}
    if not any(map(mapped.is_known, names.values())):
        # Nothing of it is quoted: without a header, this row is a client's.
        message = "this row should hold the names of the columns, and none of them is known"
        hint = "workbook batch --template writes a sheet that can be read; --columns FILE maps an export of your own"
        return [], [Problem(shown, header.number, 1, NOT_A_TABLE, message, hint=hint)]
    columns: list[_Column] = []
    problems: list[Problem] = []
    taken: dict[tuple[str, int], _Column] = {}
    named = {fold_name(name) for name in names.values()}
    for number, name in names.items():
        if fold_name(name) in mapped.ignored:
            continue
        head = mapped.head(name)
        if head is None:
            problems.append(_unknown(name, number, header.number, shown))
            continue
        column = _Column(number, name, head)
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


def _clash(column: _Column, taken: Mapping[tuple[str, int], _Column], mapped: Mapped) -> tuple[str, str, str] | None:
    """Return message, setting and hint when a column says what something else has said already."""
    setting, here = column.head.setting, f"column {letters(column.number)}"
    if setting.name in mapped.fixed:
        return f"{here} gives what {mapped.path} fixes", setting.name, "take it out of fixed, or ignore the column"
    other = taken.get((setting.name, column.head.entry))
    if other and not (setting.is_list and not column.head.entry):
        return f"{here} and column {letters(other.number)} give the same", setting.name, "keep one of them"
    return None


def _read_row(row: Row, columns: Iterable[_Column], grid: Grid, mapped: Mapped, shown: str) -> LoadedProfile:
    """Return the profile of one row, or all that is wrong with it."""
    if row.fault:
        marks = Marks({(): (row.number, 1)})
        problem = Problem(shown, row.number, 1, ODD_ROW, row.fault.message, hint=row.fault.hint)
        return LoadedProfile(None, marks, shown, (problem,))
    values: dict[str, object] = dict(mapped.fixed)
    places: dict[tuple[str, ...], tuple[int, int]] = {(): (row.number, 1)}
    owners: dict[str, _Column] = {}
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
            message = f"{_column(column)}: {value.message}"
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


def _with_column(problem: Problem, owners: Mapping[str, _Column]) -> Problem:
    """Name the column in the message, where one gives the setting; say so where none does."""
    where = problem.where
    while where and where not in owners:
        where = where.rpartition(".")[0]
    if where:
        named = f"{_column(owners[where])}: "
        return problem if problem.message.startswith(named) else replace(problem, message=named + problem.message)
    setting = settings().get(problem.where)
    if setting and "required" in problem.message and not problem.hint:
        return replace(problem, hint="no column of the table gives it")
    return problem


def _column(column: _Column) -> str:
    return f'column {letters(column.number)} "{column.name[:_MAX_QUOTED]}"'


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
