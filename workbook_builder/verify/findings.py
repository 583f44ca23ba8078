"""A finding about a finished PDF: a permanent code, how grave it is, the page, one sentence."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import asdict, dataclass, field
from typing import Any, Literal

from workbook_builder.errors import ExitCode, WorkbookError

from .codes import ADVICE, CAUSED_BY_INPUT


@dataclass(frozen=True)
class Finding:
    """What was found. ``page`` counts from 1; 0 means the file as a whole. The message quotes nothing of a client."""

    code: str
    severity: Literal["error", "advice"]
    path: str
    page: int
    message: str
    hint: str = ""

    @property
    def place(self) -> str:
        """Where it is, for people: ``file, page 7``."""
        return f"{self.path}, page {self.page}" if self.page else self.path

    def as_dict(self) -> dict[str, Any]:
        """Return the finding as JSON has it."""
        return asdict(self)


@dataclass(frozen=True)
class Fault:
    """A finding before anybody knows the file's name: code, page from 1 (0: the whole file), one sentence, a hint."""

    code: str
    page: int
    message: str
    hint: str = ""

    def at(self, path: str) -> Finding:
        """Return the finding about the file of this name."""
        severity: Literal["error", "advice"] = "advice" if self.code in ADVICE else "error"
        return Finding(self.code, severity, path, self.page, self.message, self.hint)


@dataclass(frozen=True)
class Expected:
    """What is known about a PDF before it is opened; all of it optional.

    ``title``, ``author``, ``language`` and ``number`` are those of its imprint. ``private`` are words that nobody may
    find without opening the book: the client's name, goals and topics. ``sizes`` are the page sizes in pt that are
    allowed besides the papers of the program.
    """

    title: str | None = None
    author: str | None = None
    language: str | None = None
    number: str | None = None
    private: tuple[str, ...] = ()
    sizes: tuple[tuple[float, float], ...] = ()


@dataclass(frozen=True)
class Report:
    """What was found in one file, by page."""

    path: str
    findings: tuple[Finding, ...] = field(default=())
    pages: int = 0

    @property
    def has_errors(self) -> bool:
        """Whether anything is wrong, and not only worth knowing."""
        return any(finding.severity == "error" for finding in self.findings)

    @property
    def summary(self) -> str:
        """One line: the file, how many pages it has, and how much was found."""
        errors = sum(finding.severity == "error" for finding in self.findings)
        found = f"{errors} error{'' if errors == 1 else 's'}" if errors else "nothing wrong"
        advice = len(self.findings) - errors
        return f"{self.path}: {self.pages} pages, {found}{f', {advice} advice' if advice else ''}."


class Unsound(WorkbookError):
    """A finished book is not delivered, since something that its client relies on is broken."""

    def __init__(self, findings: Iterable[Finding]) -> None:
        self.findings = tuple(finding for finding in findings if finding.severity == "error")
        ours = any(finding.code not in CAUSED_BY_INPUT for finding in self.findings)
        self.exit_code = ExitCode.BUG if ours else ExitCode.INPUT
        lines = "\n".join(f"  {f.place}  {f.code}  {f.message}" for f in self.findings)
        whose = (
            "This is a fault of the program; please report these lines, which hold nothing of a profile:"
            if ours
            else "A layout, a module or a table of the practice causes it:"
        )
        super().__init__(f"The finished PDF was not delivered, since its client could not rely on it. {whose}\n{lines}")
