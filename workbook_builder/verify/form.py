"""Fields: named, labelled, on their pages, printed, with an appearance, and with room for what is typed."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import pikepdf
from pikepdf import Dictionary

from .codes import (
    CUTS_TEXT,
    LOST_FIELD,
    NAMELESS_FIELD,
    NO_APPEARANCE,
    SAME_FIELD,
    UNLABELLED_FIELD,
    UNPRINTED_FIELD,
)
from .findings import Fault
from .opened import Opened

PRINT, HIDDEN = 1 << 2, 1 << 0 | 1 << 1 | 1 << 5  # annotation flags (ISO 32000-1, table 165)
LEAST_SIZE = 12.0
"""The least size of what is typed, in pt (as all that a client reads)."""


@dataclass(frozen=True)
class Field:
    """A terminal field: its full name, its dictionary, what it inherits, and its widgets."""

    name: str
    item: Any
    kind: str
    flags: int
    widgets: tuple[Any, ...]


def find_fields(book: Opened) -> list[Field]:
    """Return all terminal fields of the form (ISO 32000-1, 12.7.3)."""
    form = book.pdf.Root.get("/AcroForm", Dictionary())
    stack = [(item, "", "", 0) for item in list(form.get("/Fields", []))[::-1]]
    seen: set[tuple[int, int]] = set()
    found = []
    while stack:
        item, above, kind, flags = stack.pop()
        if not isinstance(item, Dictionary) or (item.is_indirect and item.objgen in seen):
            continue
        seen.add(item.objgen)
        name = ".".join(part for part in (above, str(item.get("/T", "")).strip()) if part)
        kind, flags = str(item.get("/FT", kind)), int(item.get("/Ff", flags))
        below = [kid for kid in item.get("/Kids", []) if isinstance(kid, Dictionary)]
        if below and any("/T" in kid for kid in below):
            stack += [(kid, name, kind, flags) for kid in below[::-1]]
        else:
            found.append(Field(name, item, kind, flags, tuple(below or [item])))
    return found


def check_names(book: Opened) -> Iterator[Fault]:
    """Names are there and unique, and each field has a label."""
    pages = {widget.objgen: page for page, widget in book.widgets}
    fields = find_fields(book)
    for name, count in Counter(field.name for field in fields).items():
        if name and count > 1:
            page = next(pages.get(field.widgets[0].objgen, 0) for field in fields if field.name == name)
            yield Fault(SAME_FIELD, page, f"{count} fields have the name {name!r}: what is typed into one shows in all")
    for field in fields:
        page = pages.get(field.widgets[0].objgen, 0)
        if not field.name:
            yield Fault(NAMELESS_FIELD, page, "a field has no name, so what is typed is lost")
        labels = [str(field.item.get("/TU", ""))]
        if not labels[0].strip():
            yield Fault(UNLABELLED_FIELD, page, f"the field {field.name!r} has no label for a screen reader")
        elif labels[0].strip() == field.name:
            yield Fault(UNLABELLED_FIELD, page, f"the field {field.name!r} is labelled by its own technical name")


def check_order(book: Opened) -> Iterator[Fault]:
    """Each widget is on a page and in the form, each field is on a page, and both know each other."""
    pages = {widget.objgen: page for page, widget in book.widgets}
    known = set()
    for field in find_fields(book):
        if field.kind not in ("/Tx", "/Btn", "/Ch"):
            yield Fault(LOST_FIELD, pages.get(field.item.objgen, 0), f"the field {field.name!r} is of no known kind")
        for widget in field.widgets:
            known.add(widget.objgen)
            if widget.objgen not in pages:
                yield Fault(LOST_FIELD, 0, f"the field {field.name!r} is on no page")
            if "/Kids" in field.item and widget.get("/Parent", Dictionary()).objgen != field.item.objgen:
                yield Fault(LOST_FIELD, pages.get(widget.objgen, 0), f"a part of {field.name!r} names another parent")
    for page, widget in book.widgets:
        if widget.objgen not in known:
            yield Fault(LOST_FIELD, page, "a field on the page is not part of the form, so nothing is saved")
        if "/P" in widget and book.numbers.get(widget.P.objgen) != page:
            yield Fault(LOST_FIELD, page, "a field says that it is on another page")


def check_looks(book: Opened) -> Iterator[Fault]:
    """Each field prints and has an appearance stream, a button one for each state."""
    if bool(book.pdf.Root.get("/AcroForm", Dictionary()).get("/NeedAppearances", False)):
        yield Fault(NO_APPEARANCE, 0, "viewers are asked to draw all fields anew; some then hide what was ticked")
    for page, widget in book.widgets:
        flags = int(widget.get("/F", 0))
        if not flags & PRINT or flags & HIDDEN:
            yield Fault(UNPRINTED_FIELD, page, "a field is hidden or does not print")
        normal = widget.get("/AP", Dictionary()).get("/N")
        if isinstance(normal, pikepdf.Stream):
            continue
        states = set(normal.keys()) if isinstance(normal, Dictionary) else set()
        if "/Off" not in states or len(states) < 2 or str(widget.get("/AS", "/Off")) not in states:
            yield Fault(NO_APPEARANCE, page, "a field has no appearance, or none for one of its states")


def check_room(book: Opened) -> Iterator[Fault]:
    """A text field shows all that is typed, at a size that can be read, in a font that the file brings along."""
    form = book.pdf.Root.get("/AcroForm", Dictionary())
    fonts = form.get("/DR", Dictionary()).get("/Font", Dictionary()).keys()
    pages = {widget.objgen: page for page, widget in book.widgets}
    for field in (field for field in find_fields(book) if field.kind == "/Tx"):
        page = pages.get(field.widgets[0].objgen, 0)
        if "/MaxLen" in field.item:
            yield Fault(CUTS_TEXT, page, f"the field {field.name!r} takes only so many letters")
        font, size = _look(str(field.item.get("/DA", form.get("/DA", ""))))
        if font not in fonts:
            yield Fault(CUTS_TEXT, page, f"the field {field.name!r} asks for a font that the form does not have")
        if size < LEAST_SIZE:
            how = "shrinks what is typed until it fits" if size == 0 else f"shows what is typed at {size:g} pt"
            yield Fault(CUTS_TEXT, page, f"the field {field.name!r} {how}")


def _look(appearance: str) -> tuple[str, float]:
    """Return font and size of a default appearance string, such as ``/F1 12 Tf 0 g``."""
    parts = appearance.split()
    if "Tf" not in parts or (at := parts.index("Tf")) < 2:
        return "", 0.0
    return parts[at - 2], float(parts[at - 1])
