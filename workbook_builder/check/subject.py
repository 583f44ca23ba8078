"""What there is to check: a practice's content, layouts and profiles, read as far as they can be read."""

from __future__ import annotations

import datetime
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Generic, TypeVar

from workbook_builder.layout import LayoutValues
from workbook_builder.library import (
    BookEdition,
    CrisisCountry,
    FrontMatter,
    Library,
    Module,
    Rules,
    VideoLink,
)
from workbook_builder.markup import Body
from workbook_builder.profile import LoadedProfile
from workbook_builder.source import Marks, load

from .findings import Spot
from .page_words import read_passages
from .passages import Passage, front_passage

T = TypeVar("T")
_PRINTED = ("title", "summary", "main_message", "call_to_action", "subject")


@dataclass(frozen=True)
class Page:
    """A module as its author wrote it: ``source`` is its whole file, ``body`` what the markdown came to."""

    module: Module
    source: str
    body: Body

    @property
    def path(self) -> str:
        """The module's file, as messages call it."""
        return self.module.path

    @cached_property
    def lines(self) -> list[str]:
        """The lines of the file."""
        return self.source.split("\n")

    @cached_property
    def marks(self) -> Marks:
        """Where the settings of the front matter stand."""
        front = "\n".join(["", *self.lines[1 : self.module.body_line - 2]])
        return load(FrontMatter, front, self.path)[1]

    @cached_property
    def front(self) -> tuple[Passage, ...]:
        """The words of the front matter that are printed; the first is the title."""
        passages = []
        for name in _PRINTED:
            if text := getattr(self.module, name):
                line, column = self.marks.at(name)
                written = self.lines[line - 1]
                passages.append(front_passage("title" if name == "title" else "front", text, written, (line, column)))
        return tuple(passages)

    @cached_property
    def passages(self) -> tuple[Passage, ...]:
        """The words of the body."""
        return read_passages(self.module.body, self.module.body_line)

    @property
    def words(self) -> tuple[Passage, ...]:
        """All that the client reads."""
        return (*self.front, *self.passages)

    @property
    def is_english(self) -> bool:
        """Whether rules about English words hold here."""
        return self.module.language.startswith("en")

    def at(self, *setting: str | int) -> Spot:
        """Return where a setting of the front matter stands."""
        return self.marks.at(*setting)


@dataclass(frozen=True)
class Table(Generic[T]):
    """One of the practice's own tables, and where its settings stand."""

    path: str
    value: T
    marks: Marks


@dataclass(frozen=True)
class Edition:
    """The modules of one language, those that could be read; ``library`` only when all of it could.

    ``known`` holds the ids of all module files, so that one mistake in a file does not make ten in others.
    """

    language: str
    pages: Mapping[str, Page]
    known: frozenset[str]
    library: Library | None

    @property
    def modules(self) -> Mapping[str, Module]:
        """The modules by id."""
        return {id_: page.module for id_, page in self.pages.items()}


@dataclass(frozen=True)
class LayoutFile:
    """A layout's values, and where they stand."""

    path: str
    values: LayoutValues
    marks: Marks
    templates: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Subject:
    """A practice's files on one day. Tables are the practice's own; None when it has none, or one that is wrong."""

    today: datetime.date
    content: Path
    editions: tuple[Edition, ...]
    figures: Path
    accepted_words: frozenset[str] = frozenset()
    rules: Table[Rules] | None = None
    crisis: Table[Mapping[str, CrisisCountry]] | None = None
    crisis_days: int = 180
    books: Table[Mapping[str, tuple[BookEdition, ...]]] | None = None
    videos: Table[Mapping[str, tuple[VideoLink, ...]]] | None = None
    layouts: tuple[LayoutFile, ...] = ()
    profiles: tuple[LoadedProfile, ...] = ()

    @property
    def pages(self) -> Iterator[Page]:
        """All modules of all languages."""
        for edition in self.editions:
            yield from edition.pages.values()
