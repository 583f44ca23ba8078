"""Links, bookmarks and named places: each leads somewhere, and an address is one that a workbook may have."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any
from urllib.parse import urlsplit

import pikepdf
from pikepdf import Dictionary, Name

from .codes import ADDRESS, DEAD_BOOKMARK, DEAD_LINK, DEAD_PLACE
from .findings import Fault
from .opened import Opened

HOST = re.compile(r"(?!-)[a-z0-9-]+(\.[a-z0-9-]+)*\.[a-z][a-z0-9-]+", re.IGNORECASE)
PHONE = re.compile(r"\+?[0-9*#]+([-.()]*[0-9*#]+)*")
MAIL = re.compile(r"[^@\s]+@[^@\s]+\.[^@\s]+")


def check_links(book: Opened) -> Iterator[Fault]:
    """Each link leads to a page of the book, or to an https, tel or mailto address that is well formed."""
    for page, link in book.annotations:
        if link.get("/Subtype") != Name.Link:
            continue
        action = link.get("/A")
        if "/Dest" not in link and not isinstance(action, Dictionary):
            yield Fault(DEAD_LINK, page, "a link leads nowhere")
        elif isinstance(action, Dictionary) and action.get("/S") == Name.URI:
            if wrong := _what_is_wrong(str(action.get("/URI", ""))):
                yield Fault(ADDRESS, page, f"a link's address {wrong}", "https, tel and mailto are allowed")
        elif not book.page_of(target := link.get("/Dest", (action or Dictionary()).get("/D"))):
            yield Fault(DEAD_LINK, page, f"a link leads to {_name(target)}, which is on no page")


def check_bookmarks(book: Opened) -> Iterator[Fault]:
    """There are bookmarks when there is more than one page, each has a title, and each leads to a page."""
    if not book.bookmarks and len(book.pages) > 1:
        yield Fault(DEAD_BOOKMARK, 0, "there are no bookmarks")
    for number, (title, page) in enumerate(book.bookmarks, start=1):
        if not page:
            yield Fault(DEAD_BOOKMARK, 0, f"bookmark {number} leads nowhere")
        if not title.strip():
            yield Fault(DEAD_BOOKMARK, 0, f"bookmark {number} has no title")
    for top in [book.pdf.Root.get("/Outlines")]:
        if isinstance(top, Dictionary) and "/Count" in top and abs(int(top.Count)) > len(book.bookmarks):
            yield Fault(DEAD_BOOKMARK, 0, "some bookmarks cannot be reached: their chain is broken")


def check_places(book: Opened) -> Iterator[Fault]:
    """Each named place lies on a page."""
    for name, page in book.places.items():
        if not page:
            yield Fault(DEAD_PLACE, 0, f"the place {name!r} is on no page of the file")


def _name(target: Any) -> str:
    if isinstance(target, pikepdf.String | Name):
        return f"the place {str(target)!r}"
    return "a page"


def _what_is_wrong(address: str) -> str:
    try:
        parts = urlsplit(address)
        host = parts.hostname or ""
    except ValueError:
        return "is not well formed"
    rest = address.partition(":")[2]
    if parts.scheme == "https":
        return "" if HOST.fullmatch(host) and not re.search(r"\s", address) else "is not well formed"
    if parts.scheme == "tel":
        return "" if PHONE.fullmatch(rest) else "is not a telephone number"
    if parts.scheme == "mailto":
        return "" if MAIL.fullmatch(rest) else "is not a mail address"
    return f"begins with {parts.scheme}:" if parts.scheme else "is empty or leads to another file"
