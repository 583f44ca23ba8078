"""A composed book: what composing hands to typesetting."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from workbook_builder.book import Section


@dataclass(frozen=True)
class Manuscript:
    """A composed book. ``order`` names every section; ``fixed`` holds all but those that carry page numbers."""

    order: tuple[str, ...]
    fixed: Mapping[str, Section]
    number: Callable[[Mapping[str, int]], tuple[Section, ...]]
    """Section → first page (from 1) to the numbered sections."""
