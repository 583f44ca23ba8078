"""Modules that wait for the therapist's tick: what they are, where the tick is written, and writing it.

The file is the state: each answer is written at once, and the plan is made anew from it, since a tick can bring up
further modules that wait.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from workbook_builder.book import Assignment, Gap, GapNumber, NeedsReview, Plan
from workbook_builder.errors import CannotWrite, InputProblems, Problem, did_you_mean
from workbook_builder.folders import Folders
from workbook_builder.library import Library
from workbook_builder.pipeline import Order, plan_workbook
from workbook_builder.plan import all_needs, check_orders, make_plan
from workbook_builder.profile import Change, Modules, Profile, add_entries, add_to_profile, find_change, read_profile

TICKS = ("modules", "reviewed")
BLOCKS = ("modules", "block")


@dataclass(frozen=True)
class Waiting:
    """A module that waits, as the therapist weighs it.

    ``gap`` and ``reasons`` are those it would have if all were ticked. ``bears`` are the modules on the path that
    build on it, and fall with it when it is blocked.
    """

    id: str
    title: str
    kind: str
    minutes: int
    caution: str
    gap: GapNumber | None
    reasons: tuple[str, ...]
    bears: tuple[str, ...]


@dataclass(frozen=True)
class Review:
    """A profile's file as it stands now, its plan, and the modules that wait."""

    path: Path
    data: bytes
    profile: Profile
    library: Library
    plan: Plan
    waiting: tuple[Waiting, ...]


def open_review(path: Path, folders: Folders, order: Order) -> Review:
    """Read a profile, plan it, and say what waits for a tick.

    Raises:
        InputProblems, Refused: as :func:`workbook_builder.pipeline.plan_workbook`.
    """
    plan, profile, library = plan_workbook(path, folders, order)
    ticked = make_plan(_with_modules(profile, reviewed=("all",)), library, order.today)
    waiting = tuple(_describe(one, ticked, profile, library) for one in plan.needs_review)
    return Review(path, path.read_bytes(), profile, library, plan, waiting)


def tick(review: Review, modules: Sequence[str], folders: Folders, order: Order) -> Review:
    """Write ticks for these modules into the profile's file, and return the review as it stands then.

    Raises:
        CannotWrite, InputProblems: as :func:`workbook_builder.profile.add_to_profile`.
    """
    add_to_profile(review.path, TICKS, modules, review.data)
    return open_review(review.path, folders, order)


def block(review: Review, module: str, folders: Folders, order: Order) -> Review:
    """Write a block for a module into the profile's file, and return the review as it stands then.

    Raises:
        InputProblems: something that is assigned builds on it; nothing was written.
        CannotWrite: as :func:`workbook_builder.profile.add_to_profile`.
    """
    blocked = _with_modules(review.profile, block=(*review.profile.modules.block, module))
    if problems := check_orders(replace(read_profile(review.path), profile=blocked), review.library):
        raise InputProblems(problems)
    add_to_profile(review.path, BLOCKS, [module], review.data)
    return open_review(review.path, folders, order)


def without_need(review: Review, modules: Sequence[str]) -> tuple[str, ...]:
    """Return those of the modules that need no tick: they carry no caution, or are ticked already.

    Raises:
        InputProblems: the library lacks a module; all that it lacks are named.
    """
    known = review.library.modules
    if unknown := [name for name in modules if name not in known]:
        raise InputProblems(
            Problem(name, 0, 0, "WB111", "there is no such module", "--tick", did_you_mean(name, sorted(known)))
            for name in unknown
        )
    ticked = review.profile.modules.is_reviewed
    return tuple(name for name in modules if not known[name].review or ticked(name))


def why_left_out(review: Review, modules: Sequence[str]) -> tuple[tuple[str, str], ...]:
    """Return those of the modules that the plan leaves out, each with its reason."""
    return tuple((out.id, out.text) for out in review.plan.left_out if out.id in modules)


def find_tick_lines(path: Path, modules: Sequence[str]) -> Change | None:
    """Return the lines of a profile's file that would tick these modules; None when they cannot be found for sure."""
    try:
        data = path.read_bytes()
        return find_change(data, add_entries(data, TICKS, modules, str(path)))
    except (OSError, CannotWrite):
        return None


def _with_modules(profile: Profile, **settings: tuple[str, ...]) -> Profile:
    modules: Modules = profile.modules.model_copy(update=settings)
    return profile.model_copy(update={"modules": modules})


def _describe(waiting: NeedsReview, ticked: Plan, profile: Profile, library: Library) -> Waiting:
    module = library.modules[waiting.id]
    gap, task = _find(ticked, module.id)
    return Waiting(
        id=module.id,
        title=module.title,
        kind=module.kind,
        minutes=module.minutes,
        caution=waiting.caution,
        gap=gap.number if gap else None,
        reasons=tuple(reason.text for reason in task.reasons) if task else (),
        bears=tuple(
            id_ for id_ in ticked.module_ids if module.id in all_needs(id_, library.modules, profile.modules.done)
        ),
    )


def _find(plan: Plan, module: str) -> tuple[Gap | None, Assignment | None]:
    return next(((gap, one) for gap in plan.gaps for one in gap.assignments if one.id == module), (None, None))
