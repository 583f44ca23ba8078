"""Fragments → one PDF: pages, tags, fields, bookmarks, links, fonts, folios and metadata.

Fragments come mended and without fonts (see typeset); here they are only put together, which costs milliseconds.
"""

from __future__ import annotations

from collections.abc import Hashable, Mapping, Sequence
from dataclasses import replace
from pathlib import Path

from workbook_builder.bind.block import BookBlock, Parts, is_tipped_in
from workbook_builder.bind.furniture import Style, Texts
from workbook_builder.bind.metadata import Imprint
from workbook_builder.kept import Kept

__all__ = ["Imprint", "Parts", "Style", "Texts", "bind", "first_pages"]

MAX_BLOCKS = 3
"""Book blocks that are kept for further clients; each takes some megabytes."""
MAX_BOOKS = 100
"""Books until a block is sewn anew, so that what was tipped in and taken out does not pile up."""

_blocks = Kept[Hashable, tuple[BookBlock, int]](MAX_BLOCKS)


def bind(parts: Parts, faces: Mapping[str, Path], style: Style, texts: Texts, imprint: Imprint) -> bytes:
    """Return the bound PDF.

    Args:
        parts: sections with their fragments, in reading order. A section without a title has no furniture (the cover).
        faces: face name → font file, for every face that a fragment uses.
        style, texts: how the furniture looks and what it says.
        imprint: title, author, language, day and book number for the metadata.

    The same arguments give the same bytes, whatever was bound before.
    """
    key = _block_key(parts, faces, style, texts)
    block, books = _blocks.pop(key) if key in _blocks else (BookBlock(parts, faces, style, texts), 0)
    pdf = block.bind(parts, texts, imprint)  # a block that was interrupted is not kept
    if books + 1 < MAX_BOOKS:
        _blocks[key] = block, books + 1
    return pdf


def _block_key(parts: Parts, faces: Mapping[str, Path], style: Style, texts: Texts) -> Hashable:
    """All that a book block is made of. Of what is tipped in, only how many pages there are."""
    pages = tuple(
        fragment.pages if is_tipped_in(section) else (section.title, fragment.key, len(fragment.pdf))
        for section, fragment in parts
    )
    return pages, tuple(sorted(faces.items())), style, replace(texts, number="")


def first_pages(parts: Sequence[tuple[str, int]]) -> dict[str, int]:
    """Return the number of each section's first page, from 1; ``parts`` are (section, count of pages) in order."""
    numbers, page = {}, 1
    for section, count in parts:
        numbers[section] = page
        page += count
    return numbers
