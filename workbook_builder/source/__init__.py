"""YAML and front matter with line and column: the one way in for whatever a person has written.

``read_text`` gives a file's text, ``split_front_matter`` takes a module apart, ``load`` turns YAML into a model that
derives from ``Strict``, and says all that is wrong with it, each with its place.
"""

from __future__ import annotations

from .codes import CODES
from .documents import load, validate
from .explain import dotted
from .fields import (
    FOLDED,
    PERSONAL,
    About,
    Country,
    Date,
    Id,
    Language,
    Line,
    LongLine,
    Paragraph,
    ShortLine,
    Strict,
    fold,
    wrong,
)
from .files import MAX_BYTES, read_bytes, read_text, split_front_matter
from .nodes import Marks, compose

__all__ = [
    "CODES",
    "FOLDED",
    "MAX_BYTES",
    "PERSONAL",
    "About",
    "Country",
    "Date",
    "Id",
    "Language",
    "Line",
    "LongLine",
    "Marks",
    "Paragraph",
    "ShortLine",
    "Strict",
    "compose",
    "dotted",
    "fold",
    "load",
    "read_bytes",
    "read_text",
    "split_front_matter",
    "validate",
    "wrong",
]
