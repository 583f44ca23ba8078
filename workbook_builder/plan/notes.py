"""What a plan tells the therapist beside the reasons."""

from __future__ import annotations

from collections.abc import Iterator

from workbook_builder.book import LeftOut
from workbook_builder.library.rules import Role

from .case import Case
from .filling import NO_ROOM
from .fitting import Draft, fit
from .left_out import ENOUGH
from .words import fill

# Rules that only say that the program is too short for a module.
TOO_SHORT = NO_ROOM | {"no-gap", "not-needed-yet", ENOUGH}


def write_notes(case: Case, draft: Draft, left_out: tuple[LeftOut, ...]) -> tuple[str, ...]:
    """Return the notes, each once: on topics and clearance, on homework, on what the plan could not do."""
    reasons = {out.id: out for out in left_out}
    found = [
        *_on_topics(case, reasons),
        *_on_flags(case),
        *_on_homework(case),
        *_on_orders(case, draft, reasons),
        *_on_blocks(case, reasons),
        *_on_room(case, draft, left_out),
        *_on_length(case, draft, reasons),
        *_on_library(case, draft),
    ]
    return tuple(dict.fromkeys(found))


def _on_topics(case: Case, reasons: dict[str, LeftOut]) -> Iterator[str]:
    notes, rules = case.rules.notes, case.rules
    for topic in case.profile.topics:
        if (path := rules.topics.get(topic)) and path.note:
            yield fill(path.note, case.words)
    if case.main is None:
        yield fill(notes.no_path, case.words)
        return
    planned = case.profile.planned_topics
    if later := planned[2 if case.plans_second else 1 :]:
        yield fill(notes.more_topics, case.words, {"topic": planned[: -len(later)], "other": later})
    path = rules.topics.get(case.main)
    pages = [entry.id for entry in path.learn if case.any_holds(entry.when)] if path else []
    if pages and (out := reasons.get(pages[0])) and out.rule != "done":
        yield fill(notes.page_waits, case.words, {"modules": out.id, "because": out.text})


def _on_flags(case: Case) -> Iterator[str]:
    clearance, rules = case.profile.clearance, case.rules
    stopping = [flag for flag in clearance.flags if flag in rules.clearance.unless_override]
    if stopping:
        yield fill(rules.notes.override, case.words, {"flag": stopping})
    for flag in clearance.flags:
        if (row := rules.flags.get(flag)) and row.note:
            yield fill(row.note, case.words)


def _on_homework(case: Case) -> Iterator[str]:
    homework, notes = case.profile.homework, case.rules.notes
    is_behind = any(role.in_session and role.when and case.any_holds(role.when) for role in case.rules.roles.values())
    if homework.obstacle and (row := case.rules.obstacles.get(homework.obstacle)):
        yield fill(row.advice, case.words)
    elif is_behind:
        yield fill(notes.no_obstacle, case.words)
    if not case.has_private_space:
        yield fill(notes.no_private_space, case.words)
    if notes.charged_elsewhere and case.profile.preferences.charged_situation and case.silencing_flags:
        yield fill(notes.charged_elsewhere, case.words, {"flag": case.silencing_flags})


def _on_orders(case: Case, draft: Draft, reasons: dict[str, LeftOut]) -> Iterator[str]:
    notes, assigned = case.rules.notes, case.profile.modules.assign
    for id_ in assigned:
        if out := reasons.get(id_):
            yield fill(notes.assigned_left_out, case.words, {"modules": id_, "because": out.text})
    for frame in draft.board.frames:
        here = draft.board.sequence(draft.places, frame.gap)
        for kind, rule in case.rules.kinds.items():
            same = [id_ for id_ in here if case.modules[id_].kind == kind]
            if rule.per_gap is not None and len(same) > rule.per_gap:
                yield fill(notes.assigned_doubled, case.words, {"gap": frame.name, "kind": kind})


def _on_blocks(case: Case, reasons: dict[str, LeftOut]) -> Iterator[str]:
    """Say what fell of the path with a block: a single sheet can take much along."""
    sentence = case.rules.notes.blocked_with
    for id_ in dict.fromkeys(case.profile.modules.block):
        if sentence and (out := reasons.get(id_)) and out.rule == "blocked-with":
            yield fill(sentence, case.words, {"modules": id_, "because": out.text})


def _on_room(case: Case, draft: Draft, left_out: tuple[LeftOut, ...]) -> Iterator[str]:
    board, notes = draft.board, case.rules.notes
    for frame in board.frames:
        minutes, tasks = board.minutes(draft.places, frame.gap), board.tasks(draft.places, frame.gap)
        about = {"gap": frame.name, "budget": frame.budget, "minutes": minutes, "kept": tasks}
        if minutes > frame.limit:
            yield fill(notes.over_minutes, case.words, about)
    if empty := [f.name for f in board.frames if not board.sequence(draft.places, f.gap)]:
        yield fill(notes.empty_gaps, case.words, {"gap": empty})
    if modules := [out.id for out in left_out if out.rule in NO_ROOM]:
        yield fill(notes.no_room, case.words, {"modules": modules})


def _on_length(case: Case, draft: Draft, reasons: dict[str, LeftOut]) -> Iterator[str]:
    """Say what the core of the topic's path holds, the sessions that are granted do not, and more sessions would.

    The sheet that questions a belief whatever the topic is no part of a topic's own path where that has another.
    """
    sentence, longer = case.rules.notes.few_sessions, case.longer()
    if not sentence or case.main is None or longer is None:
        return
    general = {entry.id for entry in case.rules.every_topic.question}
    missing: dict[str, None] = {}
    for role in _core_roles(case):
        named = [id_ for id_ in _own_path(longer, role) if id_ in case.modules]
        lacking = [id_ for id_ in named if id_ in reasons and reasons[id_].rule in TOO_SHORT and id_ not in general]
        is_served = any(id_ in draft.places or id_ in case.done for id_ in (*named, *_own_path(case, role)))
        if lacking and (role.take == "all" or not is_served):
            missing |= dict.fromkeys(lacking)
    if not missing:
        return
    # Only a plan with more sessions shows what more sessions would bring.
    held = fit(longer).places
    if brought := [id_ for id_ in missing if id_ in held and not held[id_].optional]:
        yield fill(sentence, case.words, {"modules": brought})


def _core_roles(case: Case) -> Iterator[Role]:
    core = (case.rules.roles[name] for name in (*case.rules.never_drop, *case.rules.holds_room))
    return (role for role in core if role.of == "main" and not role.extra)


def _own_path(case: Case, role: Role) -> list[str]:
    """Return what the main topic's own path has for a role, where the conditions hold."""
    path = case.rules.topics.get(case.main) if case.main else None
    if path is None or not case.any_holds(role.when):
        return []
    return [e.id for name in role.lists for e in path.entries(name) if case.any_holds(e.when)]


def _on_library(case: Case, draft: Draft) -> Iterator[str]:
    missing = {id_ for role in draft.board.roles for id_ in case.table(role) if id_ not in case.modules}
    if missing:
        yield fill(case.rules.notes.missing_modules, case.words, {"modules": sorted(missing)})
