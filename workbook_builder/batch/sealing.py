"""What a PDF is made of, as one keyed hash: when it is the same again, nothing has to be made."""

from __future__ import annotations

import functools
import hashlib
from collections.abc import Iterable
from importlib.metadata import version
from pathlib import Path

from workbook_builder.book import Section
from workbook_builder.folders import seal
from workbook_builder.furnish import furniture_style
from workbook_builder.pipeline import CompanionDraft, Draft, Stock
from workbook_builder.typeset import Sheet, sheet_digest

BINDING_PARTS = ("pikepdf", "uharfbuzz", "jinja2", "markdown", "babel", "pyphen")


def seal_workbook(book: Draft, password: str | None, stock: Stock) -> str:
    """Return the keyed hash of everything that a workbook is made of.

    That is each page before it is typeset, with the words of the profile, library and layout that it really shows;
    style sheet, fonts, engine and program; the metadata with the day; and the password.
    """
    pages = {**book.manuscript.fixed}
    # The numbers on plan page and contents follow from the lengths of the others.
    pages |= {page.id: page for page in book.manuscript.number(dict.fromkeys(book.manuscript.order, 1))}
    style = furniture_style(book.layout, book.paper)
    parts = (*(pages[name] for name in book.manuscript.order), style, book.layout.values.name, book.imprint, password)
    return _seal("workbook", parts, book.sheet, stock)


def seal_companion(book: CompanionDraft, password: str | None, stock: Stock) -> str:
    """Return the keyed hash of everything that a companion is made of; see :func:`seal_workbook`."""
    style = furniture_style(book.layout, book.paper)
    parts = (*book.sections, style, book.layout.values.name, book.imprint, book.mark, password)
    return _seal("companion", parts, book.sheet, stock)


def _seal(purpose: str, parts: Iterable[object], sheet: Sheet, stock: Stock) -> str:
    digest = hashlib.sha256()
    for part in parts:
        digest.update(_digest_page(part) if isinstance(part, Section) else repr(part).encode() + b"\0")
    digest.update(sheet_digest(sheet) + program_digest())
    return seal(stock.folders, purpose, digest.digest())


@functools.lru_cache(maxsize=1024)
def _digest_page(page: Section) -> bytes:
    """Most pages are those of other clients too."""
    return hashlib.sha256(repr(page).encode()).digest()


@functools.cache
def program_digest() -> bytes:
    """Return the hash of this program and of the libraries that bind."""
    digest = hashlib.sha256(" ".join(f"{name} {version(name)}" for name in BINDING_PARTS).encode())
    package = Path(__file__).parents[1]
    for path in sorted(package.rglob("*.py")):
        digest.update(path.read_bytes())
    return digest.digest()
