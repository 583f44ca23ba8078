"""A plan as scripts read it."""

from __future__ import annotations

from typing import Any

from workbook_builder.book import Assignment, Gap, Plan


def plan_to_json(plan: Plan) -> dict[str, Any]:
    """Return a plan as plain values; this form is an interface (docs/commands.md).

    It leaves out what the client reads (titles, the warm line): a script that needs them has the ids.
    """
    return {
        "client": plan.client,
        "gaps": [_gap(gap) for gap in plan.gaps],
        "left_out": [{"id": out.id, "rule": out.rule, "text": out.text} for out in plan.left_out],
        "needs_review": [{"id": one.id, "caution": one.caution} for one in plan.needs_review],
        "notes": list(plan.notes),
    }


def _gap(gap: Gap) -> dict[str, Any]:
    return {
        "gap": gap.number,
        "budget": gap.budget,
        "minutes": gap.minutes,
        "assignments": [_assignment(one) for one in gap.assignments],
    }


def _assignment(one: Assignment) -> dict[str, Any]:
    return {
        "id": one.id,
        "kind": one.kind,
        "minutes": one.minutes,
        "in_session": one.in_session,
        "optional": one.optional,
        "reasons": [{"rule": reason.rule, "text": reason.text} for reason in one.reasons],
    }
