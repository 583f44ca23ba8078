"""Words that belong together, with their places: a title, a paragraph, a question, a hint, an item or an answer."""

from __future__ import annotations

import re
from bisect import bisect_right
from dataclasses import dataclass
from functools import cached_property
from typing import Literal

from .findings import Spot

Role = Literal["title", "front", "heading", "prose", "question", "hint", "item", "answer"]
"""``front`` is a sentence of the front matter that is printed; ``item`` a choice, a column's name or a table's cell."""

_QUOTED = re.compile(r"“[^”]*(?:”|$)|(?<!\w)\"[^\"]*(?:\"|$)")


@dataclass(frozen=True)
class Piece:
    """Words on one line of the file."""

    text: str
    line: int
    column: int


@dataclass(frozen=True)
class Passage:
    """Words that belong together, in the block (``page`` outside of any) in which they stand."""

    role: Role
    block: str
    title: str
    pieces: tuple[Piece, ...]

    @cached_property
    def text(self) -> str:
        """The words, pieces joined by a space unless they touch."""
        return "".join(self._joined[0])

    @cached_property
    def _joined(self) -> tuple[list[str], list[int]]:
        parts: list[str] = []
        starts: list[int] = []
        length = 0
        for n, piece in enumerate(self.pieces):
            before = self.pieces[n - 1] if n else piece
            gap = " " if n and before.line != piece.line else ""
            parts.append(gap + piece.text)
            starts.append(length + len(gap))
            length += len(gap) + len(piece.text)
        return parts, starts

    def at(self, index: int) -> Spot:
        """Return line and column of a character of ``text``."""
        starts = self._joined[1]
        n = max(0, bisect_right(starts, index) - 1)
        piece = self.pieces[n]
        return piece.line, piece.column + min(index - starts[n], len(piece.text))

    @property
    def spot(self) -> Spot:
        """Where the passage begins."""
        return self.at(0)

    @cached_property
    def quotations(self) -> tuple[tuple[int, int], ...]:
        """Where quotations begin and end in ``text``, marks included; one that is never closed goes on to the end."""
        return tuple(found.span() for found in _QUOTED.finditer(self.text))

    def in_quotation(self, index: int) -> bool:
        """Say whether a character stands in a quotation."""
        return any(start <= index < end for start, end in self.quotations)


def front_passage(role: Role, text: str, line: str, spot: Spot) -> Passage:
    """Return a setting's text as a passage; ``line`` is the file's line on which the setting stands."""
    start = line.find(text)
    column = start + 1 if start >= 0 else spot[1]
    return Passage(role, "front", "", (Piece(text, spot[0], column),))
