"""The next edition: a plan that continues where the client's last book stopped. Nothing that was done comes again.

What the log says of a task holds. Of the rest, what an earlier plan gave in a gap that lies behind counts as covered:
the client has the page, and nobody has said that it was missed. But when the last homework is marked as missed or half
done and the log does not say which task it was, all that the last gap gave counts as given and not done, and may come
again. What was done in a session belongs to that session and counts for nothing here.
"""

from __future__ import annotations

import datetime
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace

from workbook_builder.book import Gap, LeftOut, Plan, Since
from workbook_builder.library import Library
from workbook_builder.profile import LogEntry, Profile
from workbook_builder.profile.model import logged_history

from .planning import make_plan
from .words import fill

GIVEN = "given"
"""The rule that keeps out what an earlier book gave; a practice whose rules lack it reads the sentence for "done"."""
_COVERED = frozenset([GIVEN, "done"])


@dataclass(frozen=True)
class _Behind:
    """What lies behind: gap by module, as the earlier plan gave it; ``covered`` says why it does not come again."""

    given: Mapping[str, int]
    covered: Mapping[str, str]
    open: tuple[str, ...]


def continue_plan(profile: Profile, library: Library, today: datetime.date, earlier: Plan) -> Plan:
    """Return the plan for what remains, after the book that was made by an ``earlier`` plan of the same client.

    Pure, as :func:`make_plan`. Gaps of the earlier plan before ``program.completed`` lie behind; what followed its last
    session lies behind when further sessions were granted and have taken place.
    """
    behind = _look_back(profile, library, earlier)
    plan = make_plan(_with_history(profile, behind), library, today)
    since = _compare(profile, library, plan, earlier, behind)
    left_out = tuple(_explain(out, behind) for out in plan.left_out)
    notes = (*_notes(profile, library, plan, earlier, behind, since), *plan.notes)
    return replace(plan, left_out=left_out, notes=notes, since=since)


def _look_back(profile: Profile, library: Library, earlier: Plan) -> _Behind:
    given = {
        task.id: number
        for number, gap in _numbered(earlier)
        if number < profile.program.completed
        for task in gap.assignments
        if not task.in_session and task.id in library.modules
    }
    logged = {entry.module: entry.session for entry in sorted(profile.homework.log, key=lambda entry: entry.session)}
    unspoken = {id_: gap for id_, gap in given.items() if id_ not in profile.modules.done and logged.get(id_, 0) < gap}
    last = profile.program.completed - 1
    # What was taken from a log that ends before the last gap says nothing about the last gap.
    is_told = any(entry.session == last for entry in profile.homework.log)
    is_marked = profile.homework.history in ("partly", "missed") and not is_told
    is_unclear = is_marked and profile.homework.history != logged_history(profile.homework.log)
    sentence = library.rules.rules.get(GIVEN, library.rules.rules["done"])
    before = {out.id: out.text for out in earlier.left_out if out.rule in _COVERED and out.id in library.modules}
    covered = {
        **{id_: text for id_, text in before.items() if id_ not in {*given, *logged, *profile.modules.done}},
        **{
            id_: fill(sentence, {"gap": f"gap {gap}"})
            for id_, gap in unspoken.items()
            if not (is_unclear and gap == last)
        },
    }
    return _Behind(given, covered, tuple(id_ for id_ in unspoken if id_ not in covered))


def _numbered(plan: Plan) -> Iterator[tuple[int, Gap]]:
    """Give the gaps with their numbers; what follows the last session has the next one, if any gap has a number."""
    last = 0
    for gap in plan.gaps:
        if gap.number != "after":
            last = gap.number
            yield gap.number, gap
        elif last:
            yield last + 1, gap


def _with_history(profile: Profile, behind: _Behind) -> Profile:
    """Return the profile as it would read if the therapist had written down what lies behind."""
    session, history = profile.program.completed - 1, profile.homework.history
    entries = [LogEntry.model_validate({"session": session, "module": id_, "outcome": history}) for id_ in behind.open]
    modules = profile.modules.model_copy(update={"done": (*profile.modules.done, *behind.covered)})
    homework = profile.homework.model_copy(update={"log": (*profile.homework.log, *entries)})
    return profile.model_copy(update={"modules": modules, "homework": homework})


def _compare(profile: Profile, library: Library, plan: Plan, earlier: Plan, behind: _Behind) -> Since:
    then = set(earlier.module_ids)
    known = {*then, *behind.covered, *profile.modules.done, *(entry.module for entry in profile.homework.log)}
    tasks = [task for gap in plan.gaps for task in gap.assignments if not task.in_session]
    new = tuple(task.id for task in tasks if task.id not in known)
    return Since(
        new=new,
        carried=tuple(task.id for task in tasks if task.id in then and task.id not in behind.given),
        again=tuple(task.id for task in tasks if task.id in behind.given),
        not_repeated=tuple(id_ for id_ in behind.given if id_ not in plan.module_ids),
        unannounced=tuple(id_ for id_ in new if id_ in library.rules.why.not_news),
    )


def _explain(out: LeftOut, behind: _Behind) -> LeftOut:
    if out.rule == "done" and out.id in behind.covered:
        return replace(out, rule=GIVEN, text=behind.covered[out.id])
    return out


def _notes(
    profile: Profile, library: Library, plan: Plan, earlier: Plan, behind: _Behind, since: Since
) -> Iterator[str]:
    """Say for the therapist what is new, what is carried over, what comes again, and what does not."""
    notes = library.rules.notes
    settled = {*plan.module_ids, *behind.given, *profile.modules.done}
    told = [
        (notes.since_new if since.new else notes.since_nothing_new, since.new or ("",)),
        (notes.since_carried, since.carried),
        (notes.since_again, since.again),
        (notes.since_unclear, behind.open),
        (notes.since_not_repeated, since.not_repeated),
        (notes.since_dropped, [id_ for id_ in earlier.module_ids if id_ not in settled]),
    ]
    words = {"history": profile.homework.history, "gap": f"gap {profile.program.completed - 1}"}
    for sentence, modules in told:
        if modules:
            yield fill(sentence, words, {"modules": list(modules)})
