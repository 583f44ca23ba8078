"""Problems, the error family, and the exit codes.

Whoever finds a problem collects it as a value; nobody raises before all problems of an input are known.
The exit codes are an interface (docs/commands.md): scripts rely on them.
"""

from __future__ import annotations

import difflib
import traceback
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import IntEnum
from pathlib import Path


class ExitCode(IntEnum):
    """How a command ended."""

    DONE = 0
    BUG = 1
    USAGE = 2
    INPUT = 3
    REFUSED = 4
    CANNOT_WRITE = 5
    SOME_FAILED = 6
    INTERRUPTED = 130


@dataclass(frozen=True, order=True)
class Problem:
    """One thing that is wrong, where it is, and what to do about it.

    ``line`` and ``column`` count from 1; 0 means that the problem is about the file as a whole. ``where`` is the
    setting's dotted name (``program.sessions``). The message never quotes a client's name, goal or note.
    """

    path: str
    line: int
    column: int
    code: str
    message: str
    where: str = ""
    hint: str = ""

    def __str__(self) -> str:
        place = f"{self.path}:{self.line}:{self.column}" if self.line else self.path
        where = f"{self.where}: " if self.where else ""
        hint = f" - {self.hint}" if self.hint else ""
        return f"{place}  {where}{self.message}{hint}"


class WorkbookError(Exception):
    """Base of every error that has an exit code and a message for the user."""

    exit_code = ExitCode.BUG


class InputProblems(WorkbookError):
    """The input is wrong; holds all problems, sorted by place."""

    exit_code = ExitCode.INPUT

    def __init__(self, problems: Iterable[Problem]) -> None:
        self.problems = tuple(sorted(problems))
        super().__init__("\n".join(map(str, self.problems)))


class Refused(WorkbookError):
    """No workbook may be made (the therapist's clearance, see content/selection.yaml)."""

    exit_code = ExitCode.REFUSED


class CannotWrite(WorkbookError):
    """The result could not be written; nothing was left behind."""

    exit_code = ExitCode.CANNOT_WRITE


class TryAgain(Exception):
    """A job that met with an accident of its process, not of its input: worth one more try in a fresh process."""


def places(error: BaseException, most: int = 6) -> str:
    """Return what an exception is and where it happened, without any value: safe to show, whatever it was about."""
    steps = traceback.extract_tb(error.__traceback__)[-most:]
    return " > ".join([type(error).__name__, *(f"{Path(s.filename).name}:{s.lineno} {s.name}" for s in steps)])


def did_you_mean(word: str, known: Sequence[str]) -> str:
    """Return ``did you mean "x"?`` for the nearest known word, or an empty string when none is near."""
    near = difflib.get_close_matches(word, known, n=1, cutoff=0.6)
    return f'did you mean "{near[0]}"?' if near else ""
