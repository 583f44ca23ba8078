"""From YAML to plain values, and where each of them stands.

All scalars stay the text that was written, except an empty or ``null`` one: the model decides what a date, a number or
a ``no`` is. So none of YAML's guesses (``no`` is false, ``1:30`` is ninety) can change what a therapist wrote.

The text is read once, as a stream of events. Nothing is composed by the library, so depth and size are limited while
reading, and neither tags nor aliases are ever resolved: nobody needs them here, and ``*really*`` is meant as text.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Protocol

import yaml

from workbook_builder.errors import InputProblems, Problem

from .codes import NOT_YAML, TOO_LARGE, WRITTEN_TWICE
from .files import MAX_BYTES, forbidden_characters

MAX_DEPTH = 20
MAX_NODES = 20_000
_NULLS = frozenset(["", "~", "null", "Null", "NULL"])
# The loader in C reads about eight times faster; where it is missing, the other one gives the same places.
Loader: type = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
_STARTS_WITH_SIGN = "a text that starts with one of & * ! % @ ` | > needs quotes around it"

Path = tuple[str, ...]


class Mark(Protocol):
    """A place in a text, counted from 0; either loader has a class of its own for it."""

    index: int
    line: int
    column: int


@dataclass(frozen=True)
class Marks:
    """Where the settings of a file stand."""

    places: dict[Path, tuple[int, int]] = field(default_factory=dict)

    def at(self, *path: str | int) -> tuple[int, int]:
        """Return line and column (from 1) of a setting: ``at("program", "sessions")``, ``at("goals", 0)``.

        It is the place of the setting's name, or of the entry in a list. What is not in the file has the place of the
        nearest group around it.
        """
        steps = tuple(map(str, path))
        while steps and steps not in self.places:
            steps = steps[:-1]
        return self.places.get(steps, (1, 1))


def compose(text: str, shown: str) -> tuple[object, Marks, list[Problem]]:
    """Return the values of a YAML text, their places, and the settings that are written twice.

    Values are text, None, lists and dictionaries; an empty document is None. Raises InputProblems when the text cannot
    be read as one YAML document of reasonable size.
    """
    text = text.removeprefix("\ufeff")
    if len(text) > MAX_BYTES:
        raise InputProblems([Problem(shown, 0, 0, TOO_LARGE, f"this file is larger than {MAX_BYTES // 1000} kB")])
    if problems := forbidden_characters(text, shown):
        raise InputProblems(problems)
    reader = _Reader(shown)
    try:
        data = reader.document(yaml.parse(text, Loader=Loader))
    except yaml.MarkedYAMLError as error:
        raise InputProblems([_unreadable(text, error, shown)]) from None
    return data, Marks(reader.places), reader.problems


class _Reader:
    """Builds the values from the events, and remembers where they stand."""

    def __init__(self, shown: str) -> None:
        self.shown = shown
        self.places: dict[Path, tuple[int, int]] = {}
        self.problems: list[Problem] = []
        self.nodes = 0

    def document(self, events: Iterator[yaml.Event]) -> object:
        data: object = None
        documents = 0
        for event in events:
            if isinstance(event, yaml.DocumentStartEvent):
                documents += 1
                if documents > 1:
                    raise self.stop(event, NOT_YAML, "a second document starts here; one file holds one")
            elif isinstance(event, yaml.NodeEvent):
                data = self.node(event, events, ())
        return data

    def node(self, event: yaml.Event, events: Iterator[yaml.Event], path: Path) -> object:
        self.nodes += 1
        if self.nodes > MAX_NODES:
            raise self.stop(event, TOO_LARGE, f"this file holds more than {MAX_NODES} values")
        if len(path) > MAX_DEPTH:
            raise self.stop(event, TOO_LARGE, f"this is nested deeper than {MAX_DEPTH} levels")
        if getattr(event, "anchor", None) is not None or getattr(event, "tag", None) is not None:
            raise self.stop(event, NOT_YAML, _STARTS_WITH_SIGN)
        self.places.setdefault(path, _line_column(event.start_mark))
        if isinstance(event, yaml.ScalarEvent):
            is_plain = event.implicit[0]
            return None if is_plain and event.value in _NULLS else event.value
        if isinstance(event, yaml.SequenceStartEvent):
            return self.sequence(events, path)
        return self.mapping(events, path)

    def sequence(self, events: Iterator[yaml.Event], path: Path) -> list[object]:
        entries: list[object] = []
        while not isinstance(event := next(events), yaml.SequenceEndEvent):
            entries.append(self.node(event, events, (*path, str(len(entries)))))
        return entries

    def mapping(self, events: Iterator[yaml.Event], path: Path) -> dict[str, object]:
        settings: dict[str, object] = {}
        while not isinstance(key := next(events), yaml.MappingEndEvent):
            if not isinstance(key, yaml.ScalarEvent):
                message = "the name of a setting must be plain text"
                raise self.stop(key, NOT_YAML, message, hint="put quotes around a text that holds brackets")
            name, place, here = key.value, _line_column(key.start_mark), (*path, key.value)
            if name in settings:
                self.written_twice(here, place)
                # Read past it under a path that nothing has, so that the first one keeps its places.
                self.node(next(events), events, (*here, "again"))
                continue
            self.places[here] = place
            settings[name] = self.node(next(events), events, here)
        return settings

    def written_twice(self, path: Path, place: tuple[int, int]) -> None:
        message = f"this setting is written twice (first on line {self.places[path][0]})"
        self.problems.append(Problem(self.shown, *place, WRITTEN_TWICE, message))

    def stop(self, event: yaml.Event, code: str, message: str, hint: str = "") -> InputProblems:
        return InputProblems([Problem(self.shown, *_line_column(event.start_mark), code, message, hint=hint)])


def _line_column(mark: Mark | None) -> tuple[int, int]:
    return (mark.line + 1, mark.column + 1) if mark else (1, 1)


def _unreadable(text: str, error: yaml.MarkedYAMLError, shown: str) -> Problem:
    """Say what is wrong from what stands at the place: the library's own words differ by loader, and may quote text."""
    at: Mark | None = error.problem_mark or error.context_mark
    start: Mark | None = error.context_mark

    def sign(mark: Mark | None) -> str:
        return text[mark.index : mark.index + 1] if mark else ""

    if at is None:
        return Problem(shown, 1, 1, NOT_YAML, "this cannot be read as YAML")
    line_start = text[: at.index].rpartition("\n")[2]
    if sign(at) == "\t" or (not line_start.strip() and "\t" in line_start):
        message = "a tab stands here; indent with spaces"
    elif start and sign(start) == '"' and "\\" in text[start.index : at.index + 1]:
        message, at = "a backslash in double quotes has a meaning of its own; use single quotes for this text", start
    elif sign(start) in ("'", '"'):
        message, at = "this quote is never closed", start
    elif sign(start) in ("[", "{"):
        message, at = "this bracket is never closed, or a comma is missing after it", start
    elif sign(at) == ":":
        message = "a colon is not expected here; put quotes around a text that holds one, and check the line above"
    elif sign(start) in tuple("&*!%@`|>") or sign(at) in tuple("&*!%@`|>"):
        message = _STARTS_WITH_SIGN
    elif line_start.rstrip().endswith(("'", '"')):
        message = "text goes on after a closing quote; write a quote inside the text twice, or use the other kind"
    else:
        message = "this cannot be read as YAML; check the indentation, colons and quotes here and on the line above"
    return Problem(shown, *_line_column(at), NOT_YAML, message)
