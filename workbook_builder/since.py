"""Reading what the client's last book was made by: the plan of then as JSON, or the profile of then."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Annotated

from pydantic import ConfigDict, Field, PlainValidator

from workbook_builder.book import Assignment, Gap, GapNumber, Kind, LeftOut, Plan
from workbook_builder.errors import InputProblems, Problem
from workbook_builder.library import Library
from workbook_builder.plan import make_plan
from workbook_builder.profile import Profile, read_profile
from workbook_builder.source import FOLDED, Id, Marks, Strict, dotted, load, read_text, wrong

DOES_NOT_FIT = "WB114"
_HINT = 'give what "workbook plan PROFILE --json" printed, or the profile as it was then'
_SWAPPED = "have the two files changed places?"


def _gap_number(value: object) -> GapNumber:
    if value == "after":
        return "after"
    if isinstance(value, str) and re.fullmatch(r"[1-9]\d?", value):
        return int(value)
    raise wrong("must be the number of a gap, or after")


class _Lenient(Strict):
    """A part of a plan's JSON. What later versions add to it is passed over."""

    model_config = ConfigDict(extra="ignore")


class _Task(_Lenient):
    id: Id
    kind: Kind
    minutes: int = Field(ge=0, le=10_000)
    in_session: bool
    optional: bool


class _Gap(_Lenient):
    gap: Annotated[GapNumber, PlainValidator(_gap_number)]
    budget: int = Field(ge=0, le=10_000)
    assignments: tuple[_Task, ...]


class _LeftOut(_Lenient):
    id: Id
    rule: Id
    text: Annotated[str, FOLDED]


class _PlanFile(_Lenient):
    client: Id
    gaps: tuple[_Gap, ...] = Field(min_length=1)
    left_out: tuple[_LeftOut, ...] = ()

    def to_plan(self) -> Plan:
        """Return it as a plan; titles and reasons, which nothing asks for later, stay empty."""
        gaps = [
            Gap(
                gap.gap,
                gap.budget,
                tuple(
                    Assignment(
                        one.id, one.kind, "", "", one.minutes, (), "", in_session=one.in_session, optional=one.optional
                    )
                    for one in gap.assignments
                ),
            )
            for gap in self.gaps
        ]
        return Plan(self.client, tuple(gaps), tuple(LeftOut(one.id, one.rule, one.text) for one in self.left_out))


def read_earlier(path: Path, profile: Profile, shown_profile: str, library: Library) -> Plan:
    """Return the plan that the client's last book was made by.

    Args:
        path: the JSON that ``workbook plan --json`` printed then, or the profile as it was then, which is planned for
            the day of its own clearance. Which of the two it is, its content says.
        profile: the profile as it is now; ``shown_profile`` is how messages call its file.
        library: what the profile of then is planned with.

    Raises:
        InputProblems: the file cannot be read, is no plan and no profile, or is of another client or a later time.
    """
    text = read_text(path)
    plan, marks = (_read_plan if _is_json(path, text) else _replan)(path, text, library)
    problems = list(_misfits(str(path), plan, marks, profile, shown_profile))
    if problems:
        raise InputProblems(problems)
    return plan


def _is_json(path: Path, text: str) -> bool:
    """A profile may be in brackets as well: only what names no plan and is called .yaml is taken for one."""
    if not text.lstrip().startswith(("{", "[")):
        return path.suffix.lower() == ".json"
    return path.suffix.lower() not in (".yaml", ".yml") or re.search(r'"gaps"\s*:', text) is not None


def _read_plan(path: Path, text: str, library: Library) -> tuple[Plan, Marks]:
    shown = str(path)
    try:
        data = json.loads(text)
    except json.JSONDecodeError as error:
        message = f"this cannot be read as JSON: {error.msg[:1].lower()}{error.msg[1:]}"
        raise InputProblems([Problem(shown, error.lineno, error.colno, DOES_NOT_FIT, message, hint=_HINT)]) from None
    except (ValueError, RecursionError):
        raise InputProblems([Problem(shown, 0, 0, DOES_NOT_FIT, "this is not a plan", hint=_HINT)]) from None
    if not isinstance(data, dict) or "gaps" not in data:
        raise InputProblems([Problem(shown, 1, 1, DOES_NOT_FIT, "this is not a plan: it has no gaps", hint=_HINT)])
    # JSON is read as YAML, for the places of its values; a tab in it can only stand between them.
    plan_file, marks, problems = load(_PlanFile, text.replace("\t", " "), shown)
    if plan_file is None:
        raise InputProblems(problems)
    return plan_file.to_plan(), marks


def _replan(path: Path, text: str, library: Library) -> tuple[Plan, Marks]:
    loaded = read_profile(path)
    if loaded.profile is None:
        raise InputProblems(loaded.problems)
    return make_plan(loaded.profile, library, loaded.profile.clearance.date), loaded.marks


def _misfits(shown: str, plan: Plan, marks: Marks, profile: Profile, shown_profile: str) -> Iterator[Problem]:
    """Give what speaks against the earlier plan: another client, or a time after that of the profile."""
    is_profile = ("client", "id") in marks.places
    if plan.client != profile.client.id:
        place = marks.at("client", "id")
        message = f'is of the client "{plan.client}", and {shown_profile} is of "{profile.client.id}"'
        where = "client.id" if is_profile else "client"
        yield Problem(shown, *place, DOES_NOT_FIT, message, where, "both must be of one client")
    first = next((gap.number for gap in plan.gaps if gap.number != "after"), 0)
    completed = profile.program.completed
    if first > max(completed, 1):
        at: tuple[str | int, ...] = ("program", "completed") if is_profile else ("gaps", 0, "gap")
        count = f"{completed} session{'' if completed == 1 else 's'}"
        message = f"begins with gap {first}, and {shown_profile} has {count} completed"
        yield Problem(shown, *marks.at(*at), DOES_NOT_FIT, message, dotted(at), _SWAPPED)
