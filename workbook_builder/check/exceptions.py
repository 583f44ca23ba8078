"""Exceptions that a practice makes, each with its reason: content/exceptions.yaml."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from pathlib import Path
from typing import Annotated

from pydantic import ConfigDict, Field, RootModel, StringConstraints, ValidationInfo, field_validator

from workbook_builder.errors import InputProblems, Problem, did_you_mean
from workbook_builder.source import FOLDED, Id, Line, Marks, Strict, load, read_text, wrong

from .codes import CODES, EXCEPTION_FOR_NOTHING, EXCEPTION_OUTLIVED
from .findings import Finding, found, from_problem
from .subject import Subject

FILE = "exceptions.yaml"
Reason = Annotated[str, StringConstraints(min_length=10, max_length=400), FOLDED]


class Exemption(Strict):
    """One code that does not count for one module or file."""

    code: Annotated[str, StringConstraints(pattern=r"^WB[0-9]{3}$")]
    module: Id | None = None
    """A module's id."""
    path: Line | None = Field(default=None, validate_default=True)
    """A file of the practice's folder, such as content/videos.yaml."""
    reason: Reason
    """Why; ten characters at least."""

    @field_validator("path")
    @classmethod
    def _one_of_two(cls, path: str | None, info: ValidationInfo) -> str | None:
        if (path is None) == (info.data.get("module") is None):
            raise wrong("an exception is for a module or for a path, and for one of them")
        return path


class Exemptions(RootModel[tuple[Exemption, ...]]):
    """All exceptions of a practice."""

    model_config = ConfigDict(frozen=True, hide_input_in_errors=True)


def load_exceptions(content: Path) -> tuple[tuple[Exemption, ...], Marks, list[Problem]]:
    """Return the exceptions of a content folder, their places, and what is wrong with them."""
    path = content / FILE
    if not path.exists():
        return (), Marks(), []
    try:
        text = read_text(path)
    except InputProblems as error:
        return (), Marks(), list(error.problems)
    loaded, marks, problems = load(Exemptions, text if text.strip() else "[]", str(path))
    return (loaded.root if loaded else ()), marks, problems


def apply_exceptions(subject: Subject, findings: Sequence[Finding], home: Path) -> tuple[list[Finding], int]:
    """Return what is left of the findings, with those about the exceptions themselves, and how many were taken out.

    An exception that nothing needs is an error: it would hide the next mistake of its kind.
    """
    exceptions, marks, problems = load_exceptions(Path(subject.content))
    shown = str(Path(subject.content) / FILE)
    left, mine = list(findings), [from_problem(problem) for problem in problems]
    known = {id_: page.path for edition in subject.editions for id_, page in edition.pages.items()}
    for n, one in enumerate(exceptions):
        if reason := _for_nothing(one, known, home):
            mine.append(found(EXCEPTION_FOR_NOTHING, shown, marks.at(n), *reason))
            continue
        path = known[one.module] if one.module else str(home / (one.path or ""))
        kept = [finding for finding in left if finding.code != one.code or not _is_same(finding.path, path)]
        if len(kept) == len(left):
            what = one.module or one.path
            message = f"{one.code} is no longer found in {what}, so this exception is not needed"
            mine.append(found(EXCEPTION_OUTLIVED, shown, marks.at(n), message, "delete it"))
        left = kept
    return left + mine, len(findings) - len(left)


def _for_nothing(one: Exemption, modules: Collection[str], home: Path) -> tuple[str, str] | None:
    if one.code not in CODES:
        return f"there is no code {one.code}", did_you_mean(one.code, list(CODES))
    if one.module and one.module not in modules:
        return f'there is no module "{one.module}"', did_you_mean(one.module, list(modules))
    if one.path and not (home / one.path).exists():
        return f'there is no file "{one.path}" in the practice\'s folder', "write it as it stands in a finding"
    return None


def _is_same(one: str, other: str) -> bool:
    return Path(one).resolve() == Path(other).resolve()
