"""A body taken apart: blocks and lines of text as they stand in the source, each with its place."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import NamedTuple

from workbook_builder.markup.findings import Spot
from workbook_builder.markup.nodes import FIELD_KINDS

MAX_NESTED = 5


class Line(NamedTuple):
    """A line of text with its number in the file; ``code`` is true inside a code fence."""

    number: int
    text: str
    code: bool = False


@dataclass
class RawBlock:
    """A block as it stands in the source; the page as a whole is one too, of kind ``page``."""

    kind: str
    title: str
    slashes: int
    spot: Spot
    number: int = 0
    options: list[Line] = field(default_factory=list)
    body: list[Line | RawBlock] = field(default_factory=list)
    closed: bool = False

    @property
    def is_field(self) -> bool:
        """Whether this is a field, which holds options and nothing else."""
        return self.kind in FIELD_KINDS

    @property
    def lines(self) -> list[Line]:
        """The lines of text that stand directly in this block."""
        return [part for part in self.body if isinstance(part, Line)]

    def blocks(self) -> list[RawBlock]:
        """Return all blocks inside this one, in the order of the source."""
        inner = [part for part in self.body if isinstance(part, RawBlock)]
        return [block for part in inner for block in (part, *part.blocks())]
