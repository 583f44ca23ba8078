"""The gaps that a plan covers: how much each holds, and what its row of the pacing asks for."""

from __future__ import annotations

from dataclasses import dataclass

from workbook_builder.book import GapNumber
from workbook_builder.library.rules import Dose, Maintenance, Row

from .case import Case


@dataclass(frozen=True)
class Frame:
    """A gap before anything is put into it.

    ``name`` is what sentences call it. ``budget`` and ``limit`` are minutes: what the client can give, and what the gap
    is filled to at most. ``light``: nothing that is new and hard at once. ``row`` holds the slots, each a choice of
    roles.
    """

    index: int
    number: GapNumber
    name: str
    budget: int
    limit: int
    least: int
    most: int
    longest: int
    light: bool
    row: Row


def lay_out_frames(case: Case) -> tuple[Frame, ...]:
    """Return the gaps from the last session held to the end, ``after`` last; there is always at least that one."""
    program = case.profile.program
    first = max(program.completed, 1)
    numbers: list[GapNumber] = [*range(first, program.sessions), "after"]
    rows = _rows(case, first, len(numbers) - 1)
    return tuple(_frame(case, n, number, rows[n]) for n, number in enumerate(numbers))


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


def _frame(case: Case, index: int, number: GapNumber, row: Row) -> Frame:
    rules = case.rules
    gap_budget = case.profile.program.minutes or rules.minutes[case.frequency]
    dose = _dose(case, gap_budget)
    budget = gap_budget
    if number == "after":
        dose, budget = rules.after, gap_budget * rules.after.percent // 100
    light = index == 0 and case.any_holds(rules.light.when)
    least, most, longest = dose.least, dose.most, dose.longest
    if light:
        budget = budget * rules.light.percent // 100
        least, most = min(least, rules.light.least), min(most, rules.light.most)
        longest = min(longest, rules.light.longest)
    limit = budget if number == "after" else budget * rules.tolerance // 100
    name = rules.after.called if number == "after" else f"gap {number}"
    return Frame(index, number, name, budget, limit, least, most, longest, light, row)


def _dose(case: Case, budget: int) -> Dose:
    doses = case.rules.doses[case.frequency]
    return next(dose for dose in doses if dose.up_to is None or budget <= dose.up_to)
