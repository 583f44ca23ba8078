"""The chosen modules with their words: reasons for the therapist, one warm line for the client."""

from __future__ import annotations

from workbook_builder.book import Assignment, Gap, Reason

from .board import Place
from .case import Case
from .filling import NO_ROOM
from .fitting import Draft
from .wishes import ASSIGNED, importance
from .words import fill


def write_gaps(case: Case, draft: Draft) -> tuple[Gap, ...]:
    """Return the gaps of a draft with their assignments in reading order."""
    board = draft.board
    gaps: list[Gap] = []
    row: list[str] = []
    for frame in board.frames:
        row = board.sequence(draft.places, frame.index, row[-1:])
        gaps.append(Gap(frame.number, frame.budget, tuple(_assignment(case, draft, id_) for id_ in row)))
    return tuple(gaps)


def _assignment(case: Case, draft: Draft, id_: str) -> Assignment:
    place, module = draft.places[id_], case.modules[id_]
    reasons = _reasons(case, draft, place)
    return Assignment(
        id=id_,
        kind=module.kind,
        title=module.title,
        summary=module.summary,
        minutes=module.minutes,
        reasons=reasons,
        why=_why(case, id_, reasons[0].rule),
        in_session=place.wish.in_session,
        optional=place.optional,
    )


def _reasons(case: Case, draft: Draft, place: Place) -> tuple[Reason, ...]:
    """Return what chose a module, the rule of its role first."""
    wish, frame = place.wish, draft.board.frames[place.gap]
    kept = draft.board.tasks(draft.places, place.gap) or "nothing else"
    words: dict[str, object] = {"gap": frame.name, "budget": frame.budget, "least": frame.least, "kept": kept}
    words["for"] = wish.brought_for or ""
    found: list[tuple[str, str | None]] = []
    if wish.role:
        role = case.rules.roles[wish.role]
        found.append((role.rule, case.because(role)))
    if wish.brought_for:
        found.append(("prerequisite", None))
    if wish.id in case.profile.modules.assign and wish.role != ASSIGNED:
        found.append(("assigned", None))
    if place.optional:
        found.append(("if-time", None))
    texts = [fill(because or case.rules.rules[rule], case.words, words) for rule, because in found]
    competed = case.rules.notes.competed
    if competed and (beaten := _beaten(case, draft, place)):
        texts[0] += " " + fill(competed, case.words, words, {"other": beaten})
    return tuple(Reason(rule, text) for (rule, _), text in zip(found, texts, strict=True))


def _beaten(case: Case, draft: Draft, place: Place) -> list[str]:
    """Return what found no room in the gap of a module, and is dropped before it."""
    if not draft.board.counts(place):
        return []
    gap, rank = draft.board.frames[place.gap].name, importance(case, place.wish.role)
    roomless = [
        f.wish for f in draft.failures.values() if f.objection.rule in NO_ROOM and f.objection.words.get("gap") == gap
    ]
    return sorted(wish.id for wish in roomless if importance(case, wish.role) < rank)


def _why(case: Case, id_: str, rule: str) -> str:
    """Return the client's line: for this module, and for the way in which it comes."""
    lines = case.rules.why
    own = lines.modules.get(id_)
    if id_ in case.given_before:
        return own.again if own and own.again else lines.again
    if own is None:
        return lines.kinds[case.modules[id_].kind]
    return own.obstacle if rule == "obstacle" and own.obstacle else own.line
