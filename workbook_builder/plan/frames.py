"""The gaps that a plan covers: how much each holds, and what its row of the pacing asks for."""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple

from workbook_builder.book import GapNumber
from workbook_builder.library.rules import Dose, Maintenance, Row, Step

from .case import Case

# What depends on the client's minutes: budget, limit, least, most and longest.
Size = tuple[int, int, int, int, int]


class Frame(NamedTuple):
    """A gap before anything is put into it.

    ``name`` is what sentences call it. ``budget`` and ``limit`` are minutes: what the client can give, and what the gap
    is filled to at most. ``strict``: ``most`` tasks count for its own slots as well. ``light``: nothing that is new and
    hard at once. ``row`` holds the slots, each a choice of roles.
    """

    gap: int
    number: GapNumber
    name: str
    budget: int
    limit: int
    least: int
    most: int
    longest: int
    strict: bool
    light: bool
    row: Row


def lay_out_frames(case: Case, minutes: int) -> tuple[Frame, ...]:
    """Return the gaps from the last session held to the end, ``after`` last; there is always at least that one.

    ``minutes``: what a client gives between two sessions.
    """
    program = case.profile.program
    first = max(program.completed, 1)
    numbers: list[GapNumber] = [*range(first, program.sessions), "after"]
    rows = _rows(case, first, len(numbers) - 1)
    dose = _dose(case, minutes)
    return tuple(_frame(case, n, number, rows[n], minutes, dose) for n, number in enumerate(numbers))


def frames_at(case: Case, frames: Iterable[Frame], minutes: int) -> tuple[Frame, ...]:
    """Return the same gaps for a client who gives so many minutes."""
    dose, sizes, found = _dose(case, minutes), dict[tuple[int, bool], Size](), []
    for frame in frames:
        alike = min(frame.gap, 2), frame.number == "after"  # the light gap, the step after it, and all others
        if alike not in sizes:
            sizes[alike] = _size(case, frame.number, frame.gap, minutes, dose)
        size = sizes[alike]
        found.append(Frame(frame.gap, frame.number, frame.name, *size, frame.strict, frame.light, frame.row))
    return tuple(found)


def size_of(case: Case, number: GapNumber, is_first: bool, minutes: int) -> tuple[int, int]:
    """Return the minutes of a gap, and how many it is filled to at most, for a client who gives ``minutes``."""
    rules = case.rules
    budget = minutes * rules.after.percent // 100 if number == "after" else minutes
    if is_first and case.is_light:
        budget = budget * rules.light.percent // 100
    return budget, budget if number == "after" else budget * rules.tolerance // 100


def _rows(case: Case, first: int, remaining: int) -> list[Row]:
    """Return a row for each remaining gap and one for what follows.

    Gaps that lie behind are due in the first that remains; rows for which the program is too short stand before what
    follows the last session.
    """
    pacing = case.pacing
    passed = 0 if isinstance(pacing, Maintenance) else first - 1
    gaps = passed + remaining
    rows = list(pacing.gaps)
    while len(rows) < gaps:
        rows.append(pacing.extra[(len(rows) - len(pacing.gaps)) % len(pacing.extra)])
    addition = case.rules.additions.get(case.frequency)
    if addition:
        rows = [(*row, *(slot for slot in addition.every_gap if slot not in row)) for row in rows]
    surplus = rows[gaps:]
    rows = rows[:gaps]
    after: Row = (*(slot for row in surplus for slot in row), *pacing.after, *(addition.after if addition else ()))
    due = tuple(slot for row in rows[:passed] for slot in row)
    result = [*rows[passed:], after]
    return [(*case.rules.opening, *due, *result[0]), *result[1:]]


def _frame(case: Case, gap: int, number: GapNumber, row: Row, minutes: int, dose: Dose) -> Frame:
    name = case.rules.after.called if number == "after" else f"gap {number}"
    # What earlier gaps would have held is due in the first; it comes bit by bit, as all does after work was missed.
    strict = number != "after" and (case.is_light or (gap == 0 and case.profile.program.completed > 1))
    size = _size(case, number, gap, minutes, dose)
    return Frame(gap, number, name, *size, strict, gap == 0 and case.is_light, row)


def _eased(case: Case, number: GapNumber, gap: int) -> Step | None:
    """Return by what a gap is made easier: the light one, and the step that leads back from it."""
    if not case.is_light or gap > 1:
        return None
    if gap == 0:
        return case.rules.light
    return None if number == "after" else case.rules.light.then


def _size(case: Case, number: GapNumber, gap: int, minutes: int, usual: Dose) -> Size:
    """Return the numbers of a gap: its minutes, and how many it is filled to; tasks, and minutes of the longest."""
    dose = case.rules.after if number == "after" else usual
    budget, limit = size_of(case, number, gap == 0, minutes)
    eased = _eased(case, number, gap)
    if eased is None:
        return budget, limit, dose.least, dose.most, dose.longest
    least, most, longest = min(dose.least, eased.least), min(dose.most, eased.most), min(dose.longest, eased.longest)
    return budget, limit, least, most, longest


def _dose(case: Case, budget: int) -> Dose:
    doses = case.rules.doses[case.frequency]
    return next(dose for dose in doses if dose.up_to is None or budget <= dose.up_to)
