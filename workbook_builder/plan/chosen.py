"""The chosen modules with their words: reasons for the therapist, one warm line for the client."""

from __future__ import annotations

from workbook_builder.book import Assignment, Gap, Reason

from .case import Case
from .filling import NO_ROOM
from .fitting import Draft
from .places import Place
from .wishes import ASSIGNED, importance
from .words import fill


def write_gaps(case: Case, draft: Draft) -> tuple[Gap, ...]:
    """Return the gaps of a draft with their assignments in reading order."""
    board = draft.board
    rows = board.order.through(draft.places.loads)
    gaps: list[Gap] = []
    for frame, row in zip(board.frames, rows, strict=True):
        tasks = board.tasks(draft.places, frame.gap)
        gaps.append(Gap(frame.number, frame.budget, tuple(_assignment(case, draft, id_, tasks) for id_ in row)))
    return tuple(gaps)


def _assignment(case: Case, draft: Draft, id_: str, tasks: list[str]) -> Assignment:
    place, module = draft.places[id_], case.modules[id_]
    reasons = _reasons(case, draft, place, tasks)
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


def _reasons(case: Case, draft: Draft, place: Place, tasks: list[str]) -> tuple[Reason, ...]:
    """Return what chose a module, the rule of its role first; ``tasks`` are those of its gap."""
    wish, frame = place.wish, draft.board.frames[place.gap]
    words: dict[str, object] = {"gap": frame.name, "budget": frame.budget, "least": frame.least}
    words["kept"] = tasks or "nothing else"
    words["for"] = wish.brought_for or ""
    found: list[tuple[str, str | None]] = []
    if wish.role:
        role = case.rules.roles[wish.role]
        found.append((role.rule, case.because(role, wish.id)))
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
    if not place.counts:
        return []
    against = {id_: failure.objection for id_, failure in draft.failures.items()}
    roomless = [id_ for id_, found in against.items() if found.gap == place.gap and found.rule in NO_ROOM]
    rank = importance(case, place.wish.role)
    return sorted(id_ for id_ in roomless if importance(case, draft.failures[id_].wish.role) < rank)


def _why(case: Case, id_: str, rule: str) -> str:
    """Return the client's line: for this module, and for the way in which it comes."""
    lines = case.rules.why
    own = lines.modules.get(id_)
    if id_ in case.given_before:
        usual = lines.again_kinds.get(case.modules[id_].kind, lines.again)
        return own.again if own and own.again else usual
    if own is None:
        return lines.kinds[case.modules[id_].kind]
    return own.obstacle if rule == "obstacle" and own.obstacle else own.line
