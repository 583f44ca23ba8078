"""From a profile's file to its values, with everything that is wrong at once."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from pydantic import BaseModel

from workbook_builder.errors import InputProblems, Problem, Refused, did_you_mean
from workbook_builder.source import Id, Marks, compose, dotted, read_text, validate

from .model import CONTRADICTION, NO_CLEARANCE, Profile, logged_history, logged_obstacles

UNKNOWN_MODULE = "WB111"
CODES = {
    NO_CLEARANCE: "the therapist's clearance is missing or incomplete; no workbook is made without it",
    CONTRADICTION: "two settings of a profile contradict each other",
    UNKNOWN_MODULE: "a profile names a module that the library does not have",
}
Where = tuple[str | int, ...]


class _Coded(BaseModel):
    id: Id


class _Named(BaseModel):
    """As much of a profile as tells whose it is."""

    client: _Coded


@dataclass(frozen=True)
class LoadedProfile:
    """A profile as it was read: None when anything is wrong, and then ``problems`` say what.

    ``id`` is the client's id as far as it can be known in spite of that; empty when it cannot.
    """

    profile: Profile | None
    marks: Marks
    path: str
    problems: tuple[Problem, ...] = ()
    id: str = ""

    @property
    def lacks_only_clearance(self) -> bool:
        """Whether nothing is wrong but that the therapist has not answered: refused, and not wrong input."""
        return bool(self.problems) and all(problem.code == NO_CLEARANCE for problem in self.problems)


def read_profile(path: Path) -> LoadedProfile:
    """Return the profile of a YAML file with the places of its settings; never raises for what the file holds."""
    shown = str(path)
    try:
        text = read_text(path)
    except InputProblems as error:
        return LoadedProfile(None, Marks(), shown, error.problems)
    try:
        values, marks, found = compose(text, shown)
    except InputProblems as error:
        return LoadedProfile(None, Marks(), shown, error.problems)
    return check_values({} if values is None else values, marks, shown, found)


def check_values(values: object, marks: Marks, shown: str, found: Iterable[Problem] = ()) -> LoadedProfile:
    """Return the profile that plain values make, wherever they were read: from YAML, or from a row of a table.

    Args:
        values: text, None, lists and groups, as a profile in YAML would hold them.
        marks: where each of them stands in the file that messages call ``shown``.
        found: what reading the values has found wrong already; nothing more is said about the same settings.
    """
    known = list(found)
    told = {problem.where for problem in known if problem.where}
    profile, wrong = validate(Profile, values, marks, shown)
    problems = [*known, *(_with_remedy(problem) for problem in wrong if problem.where not in told)]
    if profile and not problems:
        problems = [
            Problem(shown, *marks.at(*where), CONTRADICTION, message, dotted(where), hint)
            for where, message, hint in _contradictions(profile)
        ]
    named = profile or validate(_Named, values, marks, shown)[0]
    id_ = named.client.id if named else ""
    return LoadedProfile(None if problems else profile, marks, shown, tuple(sorted(problems)), id_)


def load_profile(path: Path) -> Profile:
    """Return the profile of a YAML file.

    Raises Refused when nothing is wrong but that the clearance is missing or incomplete, and InputProblems with all
    problems otherwise. How old the clearance is, and what it says, is not looked at here.
    """
    loaded = read_profile(path)
    if loaded.profile is not None:
        return loaded.profile
    if loaded.lacks_only_clearance:
        raise Refused("\n".join(map(str, loaded.problems)))
    raise InputProblems(loaded.problems)


def unknown_modules(loaded: LoadedProfile, known: Collection[str]) -> list[Problem]:
    """Return a problem for each module that the profile names and the library, with its ``known`` ids, lacks."""
    if loaded.profile is None:
        return []
    problems = []
    for where, id_ in _named_modules(loaded.profile):
        if id_ not in known and id_ != "all":
            message = f'there is no module "{id_}" in the library'
            hint = did_you_mean(id_, sorted(known))
            place = loaded.marks.at(*where)
            problems.append(Problem(loaded.path, *place, UNKNOWN_MODULE, message, dotted(where), hint))
    return sorted(problems)


def profile_schema() -> dict[str, Any]:
    """Return the JSON Schema (draft 2020-12) of a profile, with descriptions, for editors."""
    return {"$schema": "https://json-schema.org/draft/2020-12/schema", **Profile.model_json_schema()}


def _named_modules(profile: Profile) -> Iterator[tuple[Where, str]]:
    for name in ("done", "assign", "block", "reviewed"):
        for n, id_ in enumerate(getattr(profile.modules, name)):
            yield ("modules", name, n), id_
    for n, entry in enumerate(profile.homework.log):
        yield ("homework", "log", n, "module"), entry.module


def _contradictions(profile: Profile) -> Iterator[tuple[Where, str, str]]:
    """Give where, message and hint for what no single group of settings can know."""
    completed, homework = profile.program.completed, profile.homework
    seen = set()
    for n, entry in enumerate(homework.log):
        if entry.session > completed:
            message = f"is after the last session that has taken place (program.completed is {completed})"
            yield ("homework", "log", n, "session"), message, ""
        if (entry.session, entry.module) in seen:
            yield ("homework", "log", n), "this task of this session stands in the log already", "keep one entry"
        seen.add((entry.session, entry.module))
    # An older log says nothing about the last homework.
    if max((entry.session for entry in homework.log), default=0) < completed - 1:
        return
    logged, obstacles = logged_history(homework.log), logged_obstacles(homework.log)
    if logged and homework.history != logged:
        message = f'contradicts the log, whose last session is "{logged}" on the whole'
        yield ("homework", "history"), message, "leave history out, or mend the log"
    if obstacles and homework.obstacle not in obstacles:
        message = f'contradicts the log, which says "{obstacles[0]}" for its last session'
        yield ("homework", "obstacle"), message, "leave obstacle out, or mend the log"


def _with_remedy(problem: Problem) -> Problem:
    if problem.code != NO_CLEARANCE:
        return problem
    return replace(problem, hint="no workbook is made without the therapist's answer: by, date and cleared")
