"""Where in the file something is, and the collector of the problems that one body has."""

from __future__ import annotations

from typing import NamedTuple

from workbook_builder.errors import Problem


class Spot(NamedTuple):
    """A place in the module's file; both count from 1."""

    line: int
    column: int


class Findings:
    """Collects the problems of one file, so that the author sees all of them at once."""

    def __init__(self, path: str) -> None:
        self.path = path
        self._problems: list[Problem] = []

    def add(self, spot: Spot, code: str, message: str, where: str = "", hint: str = "") -> None:
        """Note a problem at a place of the file."""
        self._problems.append(Problem(self.path, spot.line, spot.column, code, message, where, hint))

    def __len__(self) -> int:
        return len(self._problems)

    def has(self, *codes: str) -> bool:
        """Whether a problem with one of these codes has been noted."""
        return any(problem.code in codes for problem in self._problems)

    def sorted(self) -> list[Problem]:
        """Return all problems in the order of the file, each once."""
        return sorted(set(self._problems))
