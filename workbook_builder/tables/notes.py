"""The second sheet of the empty workbook: how to fill in, and what each column is for."""

from __future__ import annotations

from typing import Any

from openpyxl.styles import Alignment, Font, PatternFill

from .fields import Field
from .grid import letters

LIGHT = "FFE4ECEF"
_WRAPPED = Alignment(wrap_text=True, vertical="top")
_NOTE_COLUMNS = {"column": 22, "required": 11, "what it is": 50, "what may stand there": 62, "in a profile": 30}
"""The columns of the sheet of notes, and how wide they are, in characters."""
_HOW_TO = (
    "One client a row on the sheet Clients. A column whose name is dark and ends in (required) is needed in each row. "
    "Leave any other cell empty when there is nothing to say.",
    "Row 2 is an example: nobody in it exists, and its workbook is marked as an example (fictional: yes). Delete the "
    "row before your first batch. Leave fictional empty for your clients.",
    "Privacy: this file holds health data. Keep it where only you can read it, not in a shared folder and not in an "
    "e-mail, and delete it when you need it no longer. The id is a code and never made of a name, since files "
    "are called by it.",
    "cleared, cleared by and cleared on are the therapist's own answer whether a workbook is safe for this client now. "
    "Without that answer no workbook is made for the row. The program does not screen anybody.",
    "Several entries in one cell are separated by semicolons. Write dates as 2026-11-21.",
    "Do not merge cells. Rows may be sorted and filtered; a hidden row is read like any other.",
    "To see what would be built, and who would be refused and why: workbook batch FILE --dry-run",
)


def write_notes(sheet: Any, columns: list[Field]) -> None:
    """Write the sheet that explains everything: how to fill in, then each column."""
    title = sheet.cell(1, 1, "How to fill in the sheet Clients")
    title.font = font(bold=True, size=14)
    for row, text in enumerate(_HOW_TO, 2):
        cell = sheet.cell(row, 1, text)
        cell.alignment = _WRAPPED
        sheet.merge_cells(start_row=row, end_row=row, start_column=1, end_column=5)
        sheet.row_dimensions[row].height = 16 * (len(text) // 125 + 1) + 4
    top = len(_HOW_TO) + 3
    for number, (name, width) in enumerate(_NOTE_COLUMNS.items(), 1):
        cell = sheet.cell(top, number, name)
        cell.font, cell.fill = font(bold=True), PatternFill("solid", fgColor=LIGHT)
        sheet.column_dimensions[letters(number)].width = width
    for row, field in enumerate(columns, top + 1):
        required = "yes" if field.is_required else ""
        empty = field.note.rpartition("\n")[2] if "\nEmpty means" in field.note else ""
        texts = (field.name, required, field.setting.about, f"{field.allowed} {empty}".strip(), field.setting.name)
        for number, text in enumerate(texts, 1):
            sheet.cell(row, number, text).alignment = _WRAPPED
        # No program makes a row as high as its wrapped text when it opens a file that it has not written.
        lines = max(len(text) // (width - 4) + 1 for text, width in zip(texts, _NOTE_COLUMNS.values(), strict=True))
        sheet.row_dimensions[row].height = 15 * lines + 3
    sheet.freeze_panes = sheet.cell(2, 1)
    sheet.page_setup.orientation = "landscape"
    sheet.page_setup.fitToWidth, sheet.page_setup.fitToHeight = 1, 0
    sheet.sheet_properties.pageSetUpPr.fitToPage = True


def font(size: int = 11, **style: Any) -> Font:
    """Return the font that both programs take for plain cells, since one without a name falls back to another."""
    return Font(name="Calibri", size=size, **style)
