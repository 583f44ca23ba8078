"""The book block: the pages of a book that are no client's own, sewn once for all who have the same plan.

A client's own pages, as cover and letter, are tipped in; the book is saved, and they are taken out again. Nothing of
them is reachable then, and the next book is what it would be if the block had been sewn for it alone.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from io import BytesIO
from itertools import accumulate
from pathlib import Path
from typing import Any

import pikepdf
from pikepdf import Array, Dictionary, Name, String

from workbook_builder.bind.fonts import Need, join_glyphs, make_fonts
from workbook_builder.bind.furniture import Furniture, Style, Texts
from workbook_builder.bind.metadata import Imprint, write_metadata
from workbook_builder.bind.outline import Entry, write_outline
from workbook_builder.book import Fragment, Glyphs, Section
from workbook_builder.kept import Kept

Parts = Sequence[tuple[Section, Fragment]]
"""Sections with their fragments, in reading order."""
OPEN_FRAGMENTS = 200
"""Fragments that stay open between books: more than the largest library, and than a book has sections."""
FONT_SETS = 8
"""Sets of fonts that a block keeps: few names have a letter that no other page of the book has."""


def is_tipped_in(section: Section) -> bool:
    """Say whether a section is no part of the block: a client's own pages, and the cover, named or not."""
    return section.personal or not section.title


@dataclass(frozen=True)
class Gathering:
    """A fragment as it is sewn into a book.

    ``tags`` are its topmost structure elements; ``parents`` the numbers and values of its part of the parent tree;
    ``holes`` the resources that wait for the book's fonts.
    """

    pages: tuple[Any, ...]
    tags: tuple[Any, ...]
    parents: tuple[Any, ...]
    fields: tuple[Any, ...]
    holes: tuple[Any, ...]
    destinations: Mapping[str, Array]
    bookmarks: tuple[Entry, ...]


class BookBlock:
    """A book without its client's own pages."""

    def __init__(self, parts: Parts, faces: Mapping[str, Path], style: Style, texts: Texts) -> None:
        """Sew the parts that are nobody's own, and number their pages as all the parts together need it."""
        self._pdf, self._faces, self._style = pikepdf.new(), faces, style
        self._fonts = self._pdf.make_indirect(Dictionary())
        self._document = self._pdf.make_indirect(Dictionary(Type=Name.StructElem, S=Name.Document, K=Array()))
        self._next_key = 0
        self._font_sets: list[tuple[Mapping[str, Need], Dictionary]] = []
        self._sewn: dict[int, Gathering] = {}
        for place, (section, fragment) in enumerate(parts):
            if not is_tipped_in(section):
                self._sewn[place] = self._sew(_open(fragment), fragment, len(self._pdf.pages))
        furniture, titles, starts = Furniture(style, texts, faces), _titles(parts), _starts(parts)
        for place, gathering in self._sewn.items():
            for number, page in enumerate(gathering.pages, start=starts[place] + 1):
                if number < len(titles):  # the last page is drawn with the number of each book
                    self._furnish(page, furniture.draw(titles[number - 1], number))
        shared = (g for place in self._sewn for g in parts[place][1].glyphs)
        self._needs = join_glyphs([*furniture.glyphs(), *shared])

    def bind(self, parts: Parts, texts: Texts, imprint: Imprint) -> bytes:
        """Return the PDF of one client's book. ``parts`` are all, as long and in the same order as when it was sewn."""
        before, titles = self._next_key, _titles(parts)
        own = [place for place, (section, _) in enumerate(parts) if is_tipped_in(section)]
        starts = _starts(parts)
        # All that may be kept for the next book is made first: objects are written in the order in which they came.
        furniture = Furniture(self._style, texts, self._faces)
        numbers = {starts[place] + n for place in own for n in range(1, parts[place][1].pages + 1)} | {len(titles)}
        drawn = {n: furniture.draw(titles[n - 1], n, last=n == len(titles)) for n in sorted(numbers)}
        fonts = self._find_fonts([*furniture.glyphs(), *(g for place in own for g in parts[place][1].glyphs)])
        tipped_in = {}
        for place in own:
            fragment = parts[place][1]
            tipped_in[place] = self._sew(pikepdf.open(BytesIO(fragment.pdf)), fragment, starts[place])
        last = self._pdf.pages[len(titles) - 1].obj
        kept = last.Contents
        for number, lines in drawn.items():
            self._furnish(self._pdf.pages[number - 1].obj, lines)
        self._close([tipped_in.get(place) or self._sewn[place] for place in range(len(parts))], fonts)
        write_metadata(self._pdf, imprint)
        out = BytesIO()
        self._pdf.save(
            out, object_stream_mode=pikepdf.ObjectStreamMode.generate, compress_streams=True, deterministic_id=True
        )
        last.Contents = kept
        for place in reversed(own):
            del self._pdf.pages[starts[place] : starts[place] + parts[place][1].pages]
        self._next_key = before
        return out.getvalue()

    def _sew(self, source: pikepdf.Pdf, fragment: Fragment, at: int) -> Gathering:
        """Put a fragment's pages in, with the tags that point to them and the names of places in it."""
        for number, source_page in enumerate(source.pages):
            self._pdf.pages.insert(at + number, source_page)
        tree = self._pdf.copy_foreign(source.Root.StructTreeRoot)
        groups = source.Root.get("/AcroForm", Dictionary()).get("/Fields", Array())
        fields = tuple(self._pdf.copy_foreign(field) for field in groups)
        pages = tuple(self._pdf.pages[at + number].obj for number in range(fragment.pages))
        tags = tuple(tree.K[0].K)
        for top in tags:
            top.P = self._document
        return Gathering(
            pages=pages,
            tags=tags,
            parents=self._number(tree.ParentTree.Nums, pages),
            fields=fields,
            holes=tuple(self._find_holes(pages)),
            destinations={name: _place(pages[page], x, y) for name, (page, x, y) in fragment.anchors.items()},
            bookmarks=tuple((m.level, m.title, pages[m.page], m.x, m.y) for m in fragment.bookmarks),
        )

    def _number(self, numbers: Any, pages: Sequence[Any]) -> tuple[Any, ...]:
        """Give the pages and annotations of a fragment numbers of their own in the book's parent tree."""
        own = [int(numbers[position]) for position in range(0, len(numbers), 2)]
        values = [numbers[position] for position in range(1, len(numbers), 2)]
        first = self._next_key
        for page in pages:
            page.StructParents = int(page.StructParents) + first
            for annotation in page.get("/Annots", []):
                annotation.StructParent = int(annotation.StructParent) + first
        self._next_key += max(own) + 1
        return tuple(one for number, value in zip(own, values, strict=True) for one in (number + first, value))

    def _find_holes(self, pages: Sequence[Any]) -> Iterator[Any]:
        """Give the places where fonts are missing: all of a fragment's streams, however deep, share one."""
        found = set()
        for page in pages:
            if "/Font" not in page.Resources:
                page.Resources.Font = self._fonts
            elif page.Resources.Font.objgen not in found:
                found.add(page.Resources.Font.objgen)
                yield page.Resources.Font

    def _furnish(self, page: Any, lines: bytes) -> None:
        if lines:
            page.Contents = Array([page.Contents, self._pdf.make_stream(lines)])

    def _close(self, gatherings: Sequence[Gathering], fonts: Dictionary) -> None:
        """Put in what belongs to the book as a whole."""
        for hole in (self._fonts, *(hole for one in gatherings for hole in one.holes)):
            for name in set(hole.keys()) - set(fonts.keys()):
                del hole[name]
            for name, font in fonts.items():
                hole[name] = font
        root = self._pdf.Root
        for left in ("/AcroForm", "/Outlines", "/PageMode"):  # of the book before
            if left in root:
                del root[left]
        # The tree's numbers go up; a client's own pages have the last, whatever their place in the book.
        parents = sorted((one.parents for one in gatherings if one.parents), key=lambda entries: int(entries[0]))
        tree = self._pdf.make_indirect(
            Dictionary(
                Type=Name.StructTreeRoot, K=Array([self._document]), ParentTreeNextKey=self._next_key,
                ParentTree=self._pdf.make_indirect(Dictionary(Nums=Array([e for entries in parents for e in entries]))),
            )
        )  # fmt: skip
        self._document.P = tree
        self._document.K = Array([tag for one in gatherings for tag in one.tags])
        root.StructTreeRoot = tree
        root.MarkInfo = Dictionary(Marked=True)
        places = {name: place for one in gatherings for name, place in one.destinations.items()}
        names = Array([item for name in sorted(places) for item in (String(name), places[name])])
        root.Names = Dictionary(Dests=self._pdf.make_indirect(Dictionary(Names=names)))
        if fields := [field for one in gatherings for field in one.fields]:
            root.AcroForm = Dictionary(Fields=Array(fields), DR=Dictionary(Font=self._fonts))
        write_outline(self._pdf, [mark for one in gatherings for mark in one.bookmarks])

    def _find_fonts(self, used: Iterable[Glyphs]) -> Dictionary:
        """Return the fonts of a book that uses these glyphs beside those of the block."""
        needs = join_glyphs(used, self._needs)
        for known, fonts in self._font_sets:
            if known == needs:
                return fonts
        fonts = make_fonts(self._pdf, needs, self._faces)
        self._font_sets = [*self._font_sets[1 - FONT_SETS :], (needs, fonts)]
        return fonts


def _titles(parts: Parts) -> list[str]:
    """Return the title of the section to which each page belongs."""
    return [section.title for section, fragment in parts for _ in range(fragment.pages)]


def _starts(parts: Parts) -> list[int]:
    """Return how many pages stand before each part."""
    return list(accumulate((fragment.pages for _, fragment in parts), initial=0))


# Those that are let go are not closed: the book that is being bound may still need them.
_opened = Kept[tuple[str, int], pikepdf.Pdf](OPEN_FRAGMENTS)


def _open(fragment: Fragment) -> pikepdf.Pdf:
    """Open a fragment, or return it as it was opened for an earlier book: its objects are parsed already."""
    key = fragment.key, len(fragment.pdf)
    _opened[key] = pdf = _opened.pop(key, None) or pikepdf.open(BytesIO(fragment.pdf))
    return pdf


def _place(page: Any, x: float, y: float) -> Array:
    return Array([page, Name.XYZ, round(x, 3), round(y, 3), 0])
