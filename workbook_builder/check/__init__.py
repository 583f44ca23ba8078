"""Findings: what tells a good module from a bad one. Each check is a small function that gives findings.

``read_subject`` reads a practice as far as it can be read; ``PAGE_CHECKS`` look at one module each, ``CHECKS`` at the
practice as a whole; exceptions with a reason are taken out; what is left is the report.
"""

from __future__ import annotations

import datetime
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from workbook_builder.folders import Folders

from .beliefs import check_beliefs
from .builds import check_builds
from .codes import CODES, Code
from .coverage import Coverage, check_coverage, measure
from .demands import check_demands
from .exceptions import apply_exceptions
from .findings import Finding
from .layouts import check_contrast, check_templates
from .links import check_links, check_pictures, check_svgs
from .parts import check_message, check_parts, check_word_count, check_worked_example
from .reading import read_subject
from .reading_level import check_reading_level
from .relations import check_prerequisites, check_reach, check_rules
from .signatures import check_signature
from .spelling import check_spelling
from .stories import check_names, check_stories
from .subject import Page, Subject
from .tables import check_books, check_crisis_lines, check_videos
from .wording import check_banned, check_emphasis, check_exclamations

__all__ = ["CHECKS", "CODES", "PAGE_CHECKS", "Code", "Coverage", "Finding", "Report", "check_practice"]

PAGE_CHECKS: tuple[Callable[[Page], Iterator[Finding]], ...] = (
    check_message,
    check_parts,
    check_worked_example,
    check_word_count,
    check_reading_level,
    check_demands,
    check_banned,
    check_beliefs,
    check_emphasis,
    check_exclamations,
    check_signature,
)
CHECKS: tuple[Callable[[Subject], Iterator[Finding]], ...] = (
    check_prerequisites,
    check_reach,
    check_rules,
    check_coverage,
    check_builds,
    check_links,
    check_pictures,
    check_svgs,
    check_spelling,
    check_names,
    check_stories,
    check_contrast,
    check_templates,
    check_videos,
    check_books,
    check_crisis_lines,
)


@dataclass(frozen=True)
class Report:
    """What was found, sorted by place; how many modules there are, unsigned ones, and exceptions that were made."""

    findings: tuple[Finding, ...]
    modules: int
    drafts: int
    excepted: int
    coverage: tuple[Coverage, ...]

    @property
    def has_errors(self) -> bool:
        """Whether anything is wrong, and not only worth a thought."""
        return any(finding.severity == "error" for finding in self.findings)

    @property
    def summary(self) -> str:
        """One line: how many findings, and how much of the library no clinician has signed."""
        errors = sum(finding.severity == "error" for finding in self.findings)
        advice = len(self.findings) - errors
        found = f"{_count(errors, 'error')}, {advice} advice" if self.findings else "Nothing found"
        excepted = f", {_count(self.excepted, 'exception')} made" if self.excepted else ""
        unsigned = f"{_count(self.drafts, 'draft')} not signed by a clinician"
        return f"{found}{excepted}. {_count(self.modules, 'module')}, {unsigned}."


def check_practice(folders: Folders, paths: Sequence[Path], today: datetime.date) -> Report:
    """Look for mistakes in content, layouts and profiles.

    ``paths``: only what is found in these files and folders is told; none given, all is. ``today`` decides what is out
    of date. Never raises for what the files hold.
    """
    subject, findings = read_subject(folders, paths, today)
    for page in subject.pages:
        findings += [finding for check in PAGE_CHECKS for finding in check(page)]
    findings += [finding for check in CHECKS for finding in check(subject)]
    left, excepted = apply_exceptions(subject, findings, folders.home)
    told = {finding for finding in left if not paths or _is_among(finding, paths)}
    return Report(
        findings=tuple(sorted(told, key=lambda finding: finding.order)),
        modules=sum(1 for _ in subject.pages),
        drafts=sum(page.module.status == "draft" for page in subject.pages),
        excepted=excepted,
        coverage=tuple(measure(edition) for edition in subject.editions),
    )


def _count(number: int, noun: str) -> str:
    return f"{number} {noun}" if number == 1 else f"{number} {noun}s"


def _is_among(finding: Finding, paths: Sequence[Path]) -> bool:
    place = Path(finding.path).resolve()
    return any(place.is_relative_to(path.resolve()) for path in paths)
