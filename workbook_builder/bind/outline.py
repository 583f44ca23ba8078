"""Bookmarks: a flat list with levels → the outline tree of a PDF."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import pikepdf
from pikepdf import Array, Dictionary, Name, String

Entry = tuple[int, str, Any, float, float]
"""Level from 1, title, page, x and y in pt."""


def write_outline(pdf: pikepdf.Pdf, entries: Sequence[Entry]) -> None:
    """Write the outline; deeper levels start closed, so that the panel shows the parts of the book first."""
    if not entries:
        return
    root = pdf.make_indirect(Dictionary(Type=Name.Outlines))
    open_at: list[tuple[int, Any]] = [(0, root)]
    for level, title, page, x, y in entries:
        item = pdf.make_indirect(
            Dictionary(Title=String(title), Dest=Array([page, Name.XYZ, round(x, 3), round(y, 3), 0]))
        )
        while open_at[-1][0] >= level:
            open_at.pop()
        _append(open_at[-1][1], item, visible=open_at[-1][1] is root)
        open_at.append((level, item))
    pdf.Root.Outlines = root
    pdf.Root.PageMode = Name.UseOutlines


def _append(parent: Any, item: Any, visible: bool) -> None:
    item.Parent = parent
    if "/Last" in parent:
        item.Prev = parent.Last
        parent.Last.Next = item
    else:
        parent.First = item
    parent.Last = item
    count = int(parent.get("/Count", 0))
    parent.Count = count + 1 if visible else count - 1
