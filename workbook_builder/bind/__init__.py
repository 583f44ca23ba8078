"""Fragments → one PDF: pages, tags, fields, bookmarks, links, fonts, folios and metadata.

Fragments come mended and without fonts (see typeset); here they are only put together, which costs milliseconds.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from io import BytesIO
from pathlib import Path
from typing import Any

import pikepdf
from pikepdf import Array, Dictionary, Name, String

from workbook_builder.bind.fonts import make_fonts
from workbook_builder.bind.furniture import Furniture, Style, Texts
from workbook_builder.bind.metadata import Imprint, write_metadata
from workbook_builder.bind.outline import write_outline
from workbook_builder.book import Fragment, Section

__all__ = ["Imprint", "Style", "Texts", "bind"]

OPEN_FRAGMENTS = 200
"""Fragments that stay open between books: more than the largest library, and than a book has sections."""


def bind(
    parts: Sequence[tuple[Section, Fragment]],
    faces: Mapping[str, Path],
    style: Style,
    texts: Texts,
    imprint: Imprint,
) -> bytes:
    """Return the bound PDF.

    Args:
        parts: sections with their fragments, in reading order. A section without a title has no furniture (the cover).
        faces: face name → font file, for every face that a fragment uses.
        style, texts: how the furniture looks and what it says.
        imprint: title, author, language, day and book number for the metadata.

    The same arguments give the same bytes.
    """
    furniture = Furniture(style, texts, faces)
    with pikepdf.new() as pdf:
        binding = _Binding(pdf)
        for _section, fragment in parts:
            binding.add(fragment)
        folios = [section.title for section, fragment in parts for _ in range(fragment.pages)]
        for number, title in enumerate(folios, start=1):
            if title:
                drawn = furniture.draw(title, number, last=number == len(folios))
                page = pdf.pages[number - 1].obj
                page.Contents = Array([page.Contents, pdf.make_stream(drawn)])
        binding.finish(make_fonts(pdf, [*(g for _, f in parts for g in f.glyphs), *furniture.glyphs()], faces))
        write_outline(pdf, binding.bookmarks)
        write_metadata(pdf, imprint)
        out = BytesIO()
        pdf.save(
            out, object_stream_mode=pikepdf.ObjectStreamMode.generate, compress_streams=True, deterministic_id=True
        )
    return out.getvalue()


def first_pages(parts: Sequence[tuple[str, int]]) -> dict[str, int]:
    """Return the number of each section's first page, from 1; ``parts`` are (section, count of pages) in order."""
    numbers, page = {}, 1
    for section, count in parts:
        numbers[section] = page
        page += count
    return numbers


_opened: dict[tuple[str, int], pikepdf.Pdf] = {}


def _open(fragment: Fragment) -> pikepdf.Pdf:
    """Open a fragment, or return it as it was opened for an earlier book: its objects are parsed already."""
    key = fragment.key, len(fragment.pdf)
    pdf = _opened.pop(key, None)
    if pdf is None:
        pdf = pikepdf.open(BytesIO(fragment.pdf))
        while len(_opened) >= OPEN_FRAGMENTS:
            del _opened[next(iter(_opened))]  # not closed: the book that is being bound may still need it
    _opened[key] = pdf
    return pdf


class _Binding:
    """The book while it grows."""

    def __init__(self, pdf: pikepdf.Pdf) -> None:
        self.pdf = pdf
        self.bookmarks: list[tuple[int, str, Any, float, float]] = []
        self._destinations: dict[str, Array] = {}
        self._fields = Array()
        self._fonts = pdf.make_indirect(Dictionary())
        self._holes: dict[tuple[int, int], Any] = {}
        self._document = pdf.make_indirect(Dictionary(Type=Name.StructElem, S=Name.Document, K=Array()))
        self._parents = Array()
        self._next_key = 0

    def add(self, fragment: Fragment) -> None:
        """Append a fragment: its pages, then the tags that point to them, then names of places in it."""
        first = len(self.pdf.pages)
        source = _open(fragment)
        for source_page in source.pages:
            self.pdf.pages.append(source_page)
        tree = self.pdf.copy_foreign(source.Root.StructTreeRoot)
        groups = source.Root.get("/AcroForm", Dictionary()).get("/Fields", Array())
        fields = [self.pdf.copy_foreign(field) for field in groups]
        pages = [page.obj for page in list(self.pdf.pages)[first:]]
        self._add_tags(tree, pages)
        self._fields.extend(fields)
        for page in pages:
            self._note_hole(page.Resources)
        for name, (number, x, y) in fragment.anchors.items():
            self._destinations[name] = _place(pages[number], x, y)
        for mark in fragment.bookmarks:
            self.bookmarks.append((mark.level, mark.title, pages[mark.page], mark.x, mark.y))

    def _add_tags(self, tree: Any, pages: list[Any]) -> None:
        for top in tree.K[0].K:
            top.P = self._document
            self._document.K.append(top)
        numbers = tree.ParentTree.Nums
        for position in range(0, len(numbers), 2):
            self._parents.append(int(numbers[position]) + self._next_key)
            self._parents.append(numbers[position + 1])
        for page in pages:
            page.StructParents = int(page.StructParents) + self._next_key
            for annotation in page.get("/Annots", []):
                annotation.StructParent = int(annotation.StructParent) + self._next_key
        self._next_key += max(int(numbers[position]) for position in range(0, len(numbers), 2)) + 1

    def _note_hole(self, resources: Any) -> None:
        """Remember where fonts are missing: all of a fragment's streams, however deep, share one empty dictionary."""
        if "/Font" in resources:
            self._holes[resources.Font.objgen] = resources.Font
        else:
            resources.Font = self._fonts

    def finish(self, fonts: Dictionary) -> None:
        """Put in what belongs to the book as a whole."""
        for fonts_of_some in (self._fonts, *self._holes.values()):
            for name, font in fonts.items():
                fonts_of_some[name] = font
        root = self.pdf.Root
        tree = self.pdf.make_indirect(
            Dictionary(
                Type=Name.StructTreeRoot, K=Array([self._document]), ParentTreeNextKey=self._next_key,
                ParentTree=self.pdf.make_indirect(Dictionary(Nums=self._parents)),
            )
        )  # fmt: skip
        self._document.P = tree
        root.StructTreeRoot = tree
        root.MarkInfo = Dictionary(Marked=True)
        names = Array(
            [item for name in sorted(self._destinations) for item in (String(name), self._destinations[name])]
        )
        root.Names = Dictionary(Dests=self.pdf.make_indirect(Dictionary(Names=names)))
        if len(self._fields):
            root.AcroForm = Dictionary(Fields=self._fields, DR=Dictionary(Font=self._fonts))


def _place(page: Any, x: float, y: float) -> Array:
    return Array([page, Name.XYZ, round(x, 3), round(y, 3), 0])
