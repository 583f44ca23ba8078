"""Tables of clients for tests: written anew each time, so that no binary file lies in the repository."""

from __future__ import annotations

import datetime
import io
import zipfile
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

from openpyxl import Workbook

from workbook_builder.profile import LoadedProfile
from workbook_builder.tables import Table, read_table

DAY = datetime.date(2026, 11, 21)
LEAST: dict[str, Any] = {
    "id": "r7k1-2026",
    "country": "US",
    "sessions": 6,
    "cleared": "yes",
    "cleared by": "therapist-1",
    "cleared on": DAY,
    "topics": "anxiety",
    "goal": "Open the mail, and answer one letter.",
}
"""The least that a row must hold, by column."""

SHEET = '<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><sheetData>{}</sheetData>{}</worksheet>'


def rows_of(*clients: dict[str, Any]) -> list[list[Any]]:
    """Return a header, and a row for each client: the least profile with these cells changed."""
    names = list(dict.fromkeys([*LEAST, *(name for client in clients for name in client)]))
    return [names, *([{**LEAST, **client}.get(name) for name in names] for client in clients)]


def write_xlsx(path: Path, rows: Iterable[Sequence[Any]], title: str = "Clients") -> Path:
    """Write rows as the only sheet of a workbook."""
    book = Workbook()
    sheet: Any = book.active
    sheet.title = title
    for row in rows:
        sheet.append(row)
    book.save(path)
    return path


def read_clients(folder: Path, *clients: dict[str, Any]) -> Table:
    """Write clients into a workbook and read them."""
    return read_table(write_xlsx(folder / "intake.xlsx", rows_of(*clients)))


def told(client: LoadedProfile | Table) -> list[str]:
    """Return what is wrong, as it is printed, without the folder."""
    return [str(problem).replace(f"{Path(problem.path).parent}/", "") for problem in client.problems]


def raw_xlsx(path: Path, sheet: str, replace: dict[str, bytes] | None = None, kind: int = zipfile.ZIP_DEFLATED) -> Path:
    """Write a workbook whose sheet is this XML, and whose other parts may be replaced."""
    plain = io.BytesIO()
    Workbook().save(plain)
    parts: dict[str, bytes] = {"xl/worksheets/sheet1.xml": sheet.encode(), **(replace or {})}
    with zipfile.ZipFile(plain) as given, zipfile.ZipFile(path, "w", kind) as made:
        for name in dict.fromkeys([*given.namelist(), *parts]):
            made.writestr(name, parts.get(name) or given.read(name))
    return path


def xml_row(number: int, *cells: str) -> str:
    """Return a row of texts as a sheet's XML."""
    inside = "".join(f'<c t="inlineStr"><is><t>{cell}</t></is></c>' for cell in cells)
    return f'<row r="{number}">{inside}</row>'


HEADER = xml_row(1, *LEAST)
CLIENT = xml_row(2, *(cell.isoformat() if isinstance(cell, datetime.date) else str(cell) for cell in LEAST.values()))
