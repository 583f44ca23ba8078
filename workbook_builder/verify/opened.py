"""A PDF that is being verified, and what several checks need to know. Each walk ends, also in a hostile file."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cached_property
from typing import Any

import pikepdf
from pikepdf import Array, Dictionary, Name

from .drawn import Run
from .findings import Expected

OF_A_CLIENT = ("page-plan", "page-letter", "page-privacy", "page-how-to-use", "page-close")
"""Named places that only a client's book has: it has a safety page as well."""


class Opened:
    """One PDF. ``drawn`` is what a viewer draws on each page, or None when that could not be read."""

    def __init__(
        self, pdf: pikepdf.Pdf, name: str, expected: Expected, drawn: tuple[tuple[Run, ...], ...] | None
    ) -> None:
        self.pdf, self.name, self.expected, self.drawn = pdf, name, expected, drawn

    @cached_property
    def pages(self) -> list[Any]:
        """The pages' dictionaries, in order."""
        return [page.obj for page in self.pdf.pages]

    @cached_property
    def numbers(self) -> dict[tuple[int, int], int]:
        """Each page's number, from 1, by its object."""
        return {page.objgen: number for number, page in enumerate(self.pages, start=1)}

    @cached_property
    def annotations(self) -> list[tuple[int, Any]]:
        """All annotations with their page's number."""
        return [
            (number, annotation)
            for number, page in enumerate(self.pages, start=1)
            for annotation in page.get("/Annots", [])
            if isinstance(annotation, Dictionary)
        ]

    @cached_property
    def widgets(self) -> list[tuple[int, Any]]:
        """The widgets among them."""
        return [(page, item) for page, item in self.annotations if item.get("/Subtype") == Name.Widget]

    @cached_property
    def places(self) -> dict[str, int]:
        """Named places: name → page, 0 when it lies on no page of the file."""
        names = self.pdf.Root.get("/Names", Dictionary()).get("/Dests")
        found = {str(key): self.page_of(value) for key, value in pairs(names, "/Names")}
        old = self.pdf.Root.get("/Dests")
        if isinstance(old, Dictionary):
            found |= {str(key)[1:]: self.page_of(value) for key, value in old.items()}
        return found

    def page_of(self, target: Any) -> int:
        """Return the page of a destination (ISO 32000-1, 12.3.2), 0 when there is none such."""
        if isinstance(target, Dictionary):
            target = target.get("/D")
        if isinstance(target, Array) and len(target) > 0:
            first = target[0]
            return self.numbers.get(first.objgen, 0) if isinstance(first, Dictionary) else 0
        if isinstance(target, pikepdf.String | Name):
            return self.places.get(str(target).removeprefix("/") if isinstance(target, Name) else str(target), 0)
        return 0

    @cached_property
    def bookmarks(self) -> list[tuple[str, int]]:
        """The outline from top to bottom: title, page (0 when it leads nowhere)."""
        found: list[tuple[str, int]] = []
        stack, seen = [self.pdf.Root.get("/Outlines", Dictionary()).get("/First")], set()
        while stack:
            item = stack.pop()
            if not isinstance(item, Dictionary) or item.objgen in seen:
                continue
            seen.add(item.objgen)
            target = item.get("/Dest", item.get("/A", Dictionary()).get("/D"))
            found.append((str(item.get("/Title", "")), self.page_of(target)))
            stack += [item.get("/Next"), item.get("/First")]
        return found

    @property
    def is_of_a_client(self) -> bool:
        """Whether it is a book for a client, or the atlas, and no single sheet."""
        return (
            any(name in self.places for name in OF_A_CLIENT) or {"page-safety", "page-contents"} <= self.places.keys()
        )

    def section_pages(self, name: str) -> range:
        """The pages of a section: from its named place to the next place or bookmark."""
        start = self.places.get(name, 0)
        if not start:
            return range(0)
        later = [page for page in (*self.places.values(), *(page for _, page in self.bookmarks)) if page > start]
        return range(start, min(later, default=len(self.pages) + 1))

    @cached_property
    def elements(self) -> list[Any]:
        """All tags, in reading order."""
        root = self.pdf.Root.get("/StructTreeRoot")
        stack, seen, found = kids(root)[::-1] if isinstance(root, Dictionary) else [], set(), []
        while stack:
            element = stack.pop()
            if not is_element(element) or element.objgen in seen:
                continue
            if element.is_indirect:
                seen.add(element.objgen)
            found.append(element)
            stack += kids(element)[::-1]
        return found

    def text_of(self, page: int, tag: int) -> str:
        """What is drawn under a tag's marked-content id on a page."""
        return self._tagged.get((page, tag), "")

    @cached_property
    def _tagged(self) -> dict[tuple[int, int], str]:
        found: dict[tuple[int, int], str] = {}
        for run in (run for page in self.drawn or () for run in page):
            if run.tag is not None:
                found[run.page, run.tag] = f"{found.get((run.page, run.tag), '')} {run.text}".strip()
        return found


def kids(element: Any) -> list[Any]:
    """Return what an element holds, as a list."""
    found = element.get("/K")
    if found is None:
        return []
    return list(found) if isinstance(found, Array) else [found]


def is_element(kid: Any) -> bool:
    """Whether a kid is a tag, and not content."""
    return isinstance(kid, Dictionary) and "/S" in kid


def pairs(node: Any, key: str) -> Iterator[tuple[Any, Any]]:
    """Give the entries of a name tree or a number tree (ISO 32000-1, 7.9.6)."""
    stack, seen = [node], set()
    while stack:
        node = stack.pop()
        if not isinstance(node, Dictionary) or (node.is_indirect and node.objgen in seen):
            continue
        seen.add(node.objgen)
        entries = node.get(key, Array())
        for position in range(0, len(entries) - 1, 2):
            yield entries[position], entries[position + 1]
        stack += list(node.get("/Kids", []))[::-1]


def rectangle(annotation: Any) -> tuple[float, float, float, float]:
    """Return an annotation's rectangle: left, foot, right, top in pt."""
    x0, y0, x1, y1 = (float(side) for side in annotation.Rect)
    return min(x0, x1), min(y0, y1), max(x0, x1), max(y0, y1)
