"""The tree a layout renders: what stands on a module's page, free of any printed word or shape of its own.

Every node has a ``kind``; a layout has one macro for each. All texts but ``Html.html`` are plain text.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import ClassVar

FIELD_KINDS = ("write", "rate", "grid", "tick", "choose")
BOX_STYLES = ("steps", "callout", "two-minute", "stuck", "in-short", "bring")
BLOCK_KINDS = (*FIELD_KINDS, "example", *BOX_STYLES)


@dataclass(frozen=True)
class Html:
    """Text as HTML that has been cleaned: it holds no script, style, class, id or picture from elsewhere."""

    html: str
    kind: ClassVar[str] = "html"


@dataclass(frozen=True)
class Asked:
    """What every field has: the author's ``id``, the form's ``name`` (``<module>__<id>``), its question and a hint."""

    id: str
    name: str
    question: str
    hint: str


@dataclass(frozen=True)
class Write(Asked):
    """Lines to write on (1 to 25)."""

    lines: int
    kind: ClassVar[str] = "write"


@dataclass(frozen=True)
class Rate(Asked):
    """A scale of whole numbers from ``first`` to ``last``, with the words for its two ends."""

    low: str
    high: str
    first: int
    last: int
    kind: ClassVar[str] = "rate"

    @property
    def numbers(self) -> range:
        """The numbers to pick from."""
        return range(self.first, self.last + 1)


@dataclass(frozen=True)
class Grid(Asked):
    """A table to write into; ``row_names`` is empty, or names each row in a column before ``columns``."""

    columns: tuple[str, ...]
    rows: int
    row_names: tuple[str, ...]
    lines: int
    kind: ClassVar[str] = "grid"

    def cell_name(self, row: int, column: int) -> str:
        """Return the form name of a cell; rows and columns count from 1."""
        return f"{self.name}__r{row}c{column}"


@dataclass(frozen=True)
class Tick(Asked):
    """Tick boxes, of which several may be ticked."""

    items: tuple[str, ...]
    kind: ClassVar[str] = "tick"

    def item_name(self, item: int) -> str:
        """Return the form name of a box; items count from 1."""
        return f"{self.name}__{item}"


@dataclass(frozen=True)
class Choose(Asked):
    """One of a few items."""

    items: tuple[str, ...]
    kind: ClassVar[str] = "choose"


Field = Write | Rate | Grid | Tick | Choose
Value = str | int | tuple[int, ...] | tuple[tuple[str, ...], ...]


@dataclass(frozen=True)
class Answered:
    """A field with an example's answer.

    ``value`` is the text of a ``write``, the number of a ``rate``, the number of the item of a ``choose`` (from 1), the
    numbers of the ticked items of a ``tick`` (from 1), or the rows of a ``grid``, each as wide as its columns.
    """

    field: Field
    value: Value


@dataclass(frozen=True)
class Example:
    """A filled-in example: text, then answers in the order in which the fields stand on the page."""

    title: str
    children: tuple[Node, ...]
    answered: tuple[Answered, ...]
    kind: ClassVar[str] = "example"


@dataclass(frozen=True)
class Box:
    """A box around other nodes; ``style`` is one of ``BOX_STYLES``, ``title`` may be empty."""

    style: str
    title: str
    children: tuple[Node, ...]
    kind: ClassVar[str] = "box"


Node = Html | Write | Rate | Grid | Tick | Choose | Example | Box


@dataclass(frozen=True)
class Link:
    """A link: to another module (``target`` is its id) or to the world; line and column are those of the target."""

    target: str
    line: int
    column: int
    external: bool


@dataclass(frozen=True)
class Image:
    """A picture below ``figures/``; line and column are those of its path."""

    source: str
    alt: str
    line: int
    column: int


@dataclass(frozen=True)
class Body:
    """A module's page: its nodes, all its fields in reading order, links, pictures and its words as plain text."""

    nodes: tuple[Node, ...] = ()
    fields: tuple[Field, ...] = ()
    links: tuple[Link, ...] = ()
    images: tuple[Image, ...] = ()
    text: str = ""


def find_fields(nodes: Iterable[Node]) -> tuple[Field, ...]:
    """Return the fields among these nodes and inside their boxes, in reading order."""
    found: list[Field] = []
    for node in nodes:
        if isinstance(node, Example | Box):
            found.extend(find_fields(node.children))
        elif not isinstance(node, Html):
            found.append(node)
    return tuple(found)
