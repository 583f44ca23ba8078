"""A look over one sheet of a workbook for what the reading library passes over in silence.

That is: formulas whose result was never calculated (they would look empty), merged cells (all but one look empty),
hidden rows, and how far the cells that hold anything reach.
"""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import IO
from xml.parsers import expat

MAX_MERGED = 1_000
_CHUNK = 1 << 16
_LAST_ROW, _LAST_COLUMN = 1_048_576, 16_384
Box = tuple[int, int, int, int]
"""First row, first column, last row, last column."""


@dataclass
class Survey:
    """What was found: places are (row, column), from 1."""

    uncalculated: set[tuple[int, int]] = field(default_factory=set)
    merged: list[Box] = field(default_factory=list)
    hidden: set[int] = field(default_factory=set)
    filled_rows: set[int] = field(default_factory=set)
    widest: tuple[int, int] = (0, 0)
    """The cell that holds something in the last column that has any."""

    def covered(self) -> set[tuple[int, int]] | None:
        """Return the cells that merged ones hide, all but the first of each box, or None when boxes overlap.

        Only rows that hold anything are looked at, and columns up to the widest.
        """
        rows, last_column = sorted(self.filled_rows), self.widest[1]
        found: set[tuple[int, int]] = set()
        size = 0
        for top, left, bottom, right in self.merged:
            inside = rows[bisect_left(rows, top) : bisect_right(rows, bottom)]
            columns = range(left, min(right, last_column) + 1)
            size += len(inside) * len(columns)
            if size > len(rows) * last_column:
                return None
            found.update((row, column) for row in inside for column in columns)
            found.discard((top, left))
        return found


def survey_sheet(sheet: IO[bytes]) -> Survey:
    """Return what a sheet's XML shows; raises ExpatError or ValueError when it is none."""
    reader = _Reader()
    parser = expat.ParserCreate(namespace_separator=" ")
    parser.buffer_text = True
    parser.StartElementHandler = reader.start
    parser.EndElementHandler = reader.end
    parser.CharacterDataHandler = reader.text
    while chunk := sheet.read(_CHUNK):
        parser.Parse(chunk, False)
    parser.Parse(b"", True)
    return reader.survey


class _Reader:
    def __init__(self) -> None:
        self.survey = Survey()
        self.row = self.column = 0
        self.kind = ""
        self.has_formula = self.has_value = self.in_value = False

    def start(self, name: str, attributes: Mapping[str, str]) -> None:
        name = name.rpartition(" ")[2]
        if name == "row":
            number = int(float(attributes.get("r", self.row + 1)))
            # The library would fill up with a million million rows, and pass over one that comes late.
            if not self.row < number <= _LAST_ROW:
                raise ValueError("rows are out of order, or beyond the last")
            self.row = number
            self.column = 0
            if attributes.get("hidden") in ("1", "true"):
                self.survey.hidden.add(self.row)
        elif name == "c":
            place = parse_place(attributes.get("r", ""))
            self.column = place[1] if place else self.column + 1
            self.kind = attributes.get("t", "n")
            self.has_formula = self.has_value = False
        elif name == "f":
            self.has_formula = True
        elif name in ("v", "t"):
            self.in_value = True
        elif name == "mergeCell" and len(self.survey.merged) <= MAX_MERGED:
            first, _, last = attributes.get("ref", "").partition(":")
            corners = parse_place(first), parse_place(last or first)
            if corners[0] and corners[1]:
                self.survey.merged.append((*corners[0], *corners[1]))

    def text(self, text: str) -> None:
        self.has_value = self.has_value or (self.in_value and bool(text))

    def end(self, name: str) -> None:
        name = name.rpartition(" ")[2]
        if name in ("v", "t"):
            self.in_value = False
        elif name == "c" and (self.has_value or self.has_formula):
            place = (self.row, self.column)
            # A formula whose result is an empty text has the kind "str", and no text.
            if not self.has_value and self.kind != "str":
                self.survey.uncalculated.add(place)
            self.survey.filled_rows.add(self.row)
            if self.column > self.survey.widest[1]:
                self.survey.widest = place


def parse_place(name: str) -> tuple[int, int] | None:
    """Return row and column of a cell's name such as ``B3``, or None when it is none."""
    match = re.fullmatch(r"\$?([A-Za-z]{1,3})\$?([1-9]\d{0,6})", name, re.ASCII)
    if not match:
        return None
    column = 0
    for letter in match[1].upper():
        column = column * 26 + ord(letter) - ord("A") + 1
    return (int(match[2]), column) if column <= _LAST_COLUMN else None
