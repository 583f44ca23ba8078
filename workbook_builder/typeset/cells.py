"""Header cells of tables: each has a scope and a name of its own, and data cells name those that head them."""

from __future__ import annotations

from typing import Any

from pikepdf import Array, Dictionary, Name, String

from workbook_builder.typeset.tree import is_element, tag_kids


def mend_cell(cell: Any, section: str) -> None:
    """Put the section's id in front of the names of header cells, and give those a scope."""
    attributes = cell.get("/A")
    if "/ID" in cell:
        cell.ID = String(f"{section}-{cell.ID}")
    if attributes is None:
        return
    if "/Headers" in attributes:
        headers = [String(f"{section}-{name}") for name in attributes.Headers]
        attributes.Headers = Array(headers)
        if not headers:
            del attributes["/Headers"]
    if cell.S == Name.TH and "/Scope" not in attributes:
        attributes.Scope = Name.Row if _is_row_header(cell) else Name.Column


def head_rows(table: Any) -> None:
    """Where the first header cell is empty, the first column heads its rows.

    So it is in every markdown table that compares: markdown has no row headers, and a screen reader would say each cell
    of the first column against silence.
    """
    rows = [row for row in _rows(table) if tag_kids(row)]
    corner = tag_kids(rows[0])[0] if rows else None
    if corner is None or corner.S != Name.TH or tag_kids(corner) or "/ID" not in corner:
        return
    name = str(corner.ID)
    corner.S = Name.TD
    del corner["/ID"], corner["/A"]
    for number, row in enumerate(rows[1:], start=1):
        first, *others = tag_kids(row)
        first.S, first.ID = Name.TH, String(f"{name}-row{number}")
        first.A = Dictionary(O=Name.Table, Scope=Name.Row)
        for cell in others:
            if "/A" in cell and "/Headers" in cell.A:
                cell.A.Headers = Array([*cell.A.Headers, first.ID])


def _rows(table: Any) -> list[Any]:
    found = []
    for kid in tag_kids(table):
        if is_element(kid):
            found += [kid] if kid.S == Name.TR else _rows(kid)
    return found


def _is_row_header(cell: Any) -> bool:
    """A header cell in a table's body heads its row."""
    return str(cell.P.P.S) == "/TBody"
