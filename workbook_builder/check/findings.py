"""A finding: one thing that `workbook check` has to say, and how sure it is that it is wrong."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any, Literal

from workbook_builder.errors import Problem

from .codes import CODES

Severity = Literal["error", "advice"]
Spot = tuple[int, int]
"""Line and column, from 1; (0, 0) is the file as a whole."""


@dataclass(frozen=True)
class Finding:
    """What was found: its permanent code, how grave it is, where it is, one sentence, and what to do about it.

    ``line`` and ``column`` count from 1; 0 means the file as a whole.
    """

    code: str
    severity: Severity
    path: str
    line: int
    column: int
    message: str
    hint: str = ""

    @property
    def place(self) -> str:
        """The place as editors understand it: ``path:line:column``."""
        return f"{self.path}:{self.line}:{self.column}" if self.line else self.path

    @property
    def order(self) -> tuple[str, int, int, str, str]:
        """By what findings are sorted: file, place, code."""
        return (self.path, self.line, self.column, self.code, self.message)

    def as_dict(self) -> dict[str, Any]:
        """Return the finding as JSON has it."""
        return asdict(self)


def found(code: str, path: str, spot: Spot, message: str, hint: str = "") -> Finding:
    """Return a finding; how grave it is follows from its code.

    Raises:
        KeyError: the code stands in no table.
    """
    return Finding(code, CODES[code].severity, path, *spot, message, hint)


def from_problem(problem: Problem) -> Finding:
    """Return what reading a file has found wrong as a finding."""
    where = f"{problem.where}: " if problem.where else ""
    return found(problem.code, problem.path, (problem.line, problem.column), where + problem.message, problem.hint)
