"""What parent and child tell each other: plain frozen values that can be pickled."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Face:
    """One static font file: CSS family, weight, and where it lies. ``name`` is the file's name, unique in a sheet."""

    family: str
    weight: int
    name: str
    path: str


@dataclass(frozen=True)
class Sheet:
    """The style sheet and the faces that a book is typeset with."""

    css: str
    faces: tuple[Face, ...]


@dataclass(frozen=True)
class Job:
    """One section to typeset: its id, its HTML and the key of its fragment."""

    section: str
    html: str
    key: str


class TypesetProblem(Exception):
    """A section that cannot be typeset: what is wrong, and the character that no face has, if that is it."""

    def __init__(self, section: str, message: str, character: str = "") -> None:
        self.section, self.message, self.character = section, message, character
        super().__init__(section, message, character)


@dataclass(frozen=True)
class Limits:
    """What one child may use: address space in bytes, processor time in seconds over its life."""

    memory: int = 4 * 1024**3
    processor_seconds: int = 3600


@dataclass(frozen=True)
class Failure:
    """A section that the engine broke on; ``trace`` names places in the code and no value."""

    section: str
    message: str
    trace: str = ""
