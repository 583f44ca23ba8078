"""The empty sheet: an XLSX with drop-downs, notes and one made-up example, which is read as it is."""

from __future__ import annotations

import datetime
from io import BytesIO
from pathlib import Path
from typing import Any

from openpyxl import Workbook
from openpyxl.comments import Comment
from openpyxl.styles import Alignment, Border, PatternFill, Side
from openpyxl.worksheet.datavalidation import DataValidation

from workbook_builder.deliver import write_private
from workbook_builder.errors import CannotWrite

from .fields import EXAMPLE, Field, fields
from .grid import MAX_ROWS, letters
from .notes import LIGHT, font, write_notes

CLIENTS, NOTES, LISTS = "Clients", "Notes", "Lists"
_LAST_ROW = MAX_ROWS + 1
_LONGEST_LIST = 255
"""Characters that a drop-down may hold by itself; a longer list stands on a sheet of its own (Excel's limit)."""

_DARK, _EXAMPLE = "FF1F4E5F", "FFFFF6DD"
_THIN = Side(style="thin", color="FF9AA9AF")
_WRAPPED = Alignment(wrap_text=True, vertical="top")


def write_template(path: Path, force: bool = False) -> None:
    """Write the empty sheet with mode 0600, whole or not at all.

    Raises:
        CannotWrite: the file cannot be written, or stands there already and ``force`` is not set: it may hold clients.
    """
    if not force and (path.exists() or path.is_symlink()):
        raise CannotWrite(f"{path}: stands there already, and may hold clients. Choose another name, or use --force.")
    if path.is_dir():
        raise CannotWrite(f"{path}: this is a folder. Name a file that ends in .xlsx.")
    write_private(make_template(), path)


def make_template() -> bytes:
    """Return the empty sheet as the bytes of an XLSX."""
    book = Workbook()
    book.properties.creator = "workbook_builder"
    book.properties.title = "Clients"
    clients: Any = book.active
    clients.title = CLIENTS
    notes, lists = book.create_sheet(NOTES), book.create_sheet(LISTS)
    lists.sheet_state = "hidden"
    columns = list(fields())
    for number, field in enumerate(columns, 1):
        _write_column(clients, number, field)
        validation = _validation(field, lists)
        if validation:
            clients.add_data_validation(validation)
            validation.add(f"{letters(number)}2:{letters(number)}{_LAST_ROW}")
    clients.freeze_panes = "C2"
    clients.row_dimensions[1].height = 32
    clients.print_title_rows = "1:1"
    clients.page_setup.orientation = "landscape"
    if lists.max_row == 1 and lists["A1"].value is None:
        book.remove(lists)
    write_notes(notes, columns)
    out = BytesIO()
    book.save(out)
    return out.getvalue()


def _write_column(sheet: Any, number: int, field: Field) -> None:
    """Write the head of a column with its note, its format down the whole column, and the example."""
    head = sheet.cell(1, number, field.head)
    head.font = font(bold=True, color="FFFFFFFF" if field.is_required else "FF1A1A1A")
    head.fill = PatternFill("solid", fgColor=_DARK if field.is_required else LIGHT)
    head.alignment = Alignment(wrap_text=True, vertical="center")
    head.border = Border(bottom=_THIN, right=_THIN)
    note = Comment(field.note, "workbook_builder")
    note.width, note.height = 320, 40 + 18 * (len(field.note) // 44 + field.note.count("\n") + 1)
    head.comment = note
    column = sheet.column_dimensions[letters(number)]
    column.width = _width(field)
    column.number_format = _number_format(field)
    example = sheet.cell(2, number, EXAMPLE.get(field.name))
    example.number_format = _number_format(field)
    example.font = font(italic=True)
    example.fill = PatternFill("solid", fgColor=_EXAMPLE)
    example.alignment = Alignment(
        vertical="top", wrap_text=bool(field.setting.longest > 60 or field.setting.kind == "log")
    )
    if number == 1:
        example.comment = Comment(
            "An example: nobody in this row exists. Delete it before your first batch.", "workbook_builder"
        )


def _number_format(field: Field) -> str:
    """Return the format of a column; ``@`` is text, which a spreadsheet leaves as it is typed."""
    return {"date": "yyyy-mm-dd", "number": "0"}.get(field.setting.kind, "@")


def _width(field: Field) -> float:
    if field.setting.longest > 60:
        return 42
    example = EXAMPLE.get(field.name, "")
    length = 10 if isinstance(example, datetime.date) else len(str(example))
    words = max(map(len, field.setting.words), default=0) if field.takes_one_word else 0
    return min(max(len(field.name) + 2, length + 2, words + 3, 12), 38)


def _validation(field: Field, lists: Any) -> DataValidation | None:
    """Return the rule for a column's cells: a drop-down, a range of numbers, a date; None for free text."""
    setting = field.setting
    common: dict[str, Any] = {
        "allow_blank": True,
        "showErrorMessage": True,
        "errorTitle": field.name[:32],
        "error": field.allowed[:220],
    }
    words = ("yes", "no") if setting.kind == "yes-no" else setting.words if field.takes_one_word else ()
    if words:
        return DataValidation(type="list", formula1=_list_formula(words, lists), **common)
    if setting.kind == "date":
        return DataValidation(type="date", operator="greaterThan", formula1="36525", **common)  # 1999-12-31
    if setting.bounds:
        least, greatest = setting.bounds
        return DataValidation(type="whole", operator="between", formula1=str(least), formula2=str(greatest), **common)
    return None


def _list_formula(words: tuple[str, ...], lists: Any) -> str:
    """Return where a drop-down takes its words from; a list that was written already is used again."""
    inline = ",".join(words)
    if len(inline) <= _LONGEST_LIST:
        return f'"{inline}"'
    for number in range(1, lists.max_column + 2):
        column = letters(number)
        if lists.cell(1, number).value is None:
            for row, word in enumerate(words, 1):
                lists.cell(row, number, word)
        if tuple(cell.value for cell in lists[column][: len(words)]) == words:
            return f"{LISTS}!${column}$1:${column}${len(words)}"
    raise AssertionError("the last column looked at is an empty one")
