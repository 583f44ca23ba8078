"""From a profile and a library to a plan."""

from __future__ import annotations

import datetime

from workbook_builder.book import NeedsReview, Plan
from workbook_builder.library import Library
from workbook_builder.profile import Profile

from .admission import NEEDS_REVIEW
from .case import Case
from .chosen import write_gaps
from .fitting import fit, fit_ticked
from .left_out import explain_left_out
from .notes import write_notes


def make_plan(profile: Profile, library: Library, today: datetime.date) -> Plan:
    """Return what this client does between which sessions, with a reason for each module, chosen or not.

    Pure: the same profile, library and day give the same plan, whatever the order of files or settings. ``today``
    decides which video links are fresh. Whether a workbook may be made, and whether the orders can be met, is asked
    elsewhere (check_clearance, check_orders).
    """
    case = Case(profile, library, today)
    draft = fit(case)
    # What waits for a tick is what the plan would hold if all were ticked, and not every module with a caution.
    unticked = {id_ for id_, refusal in draft.board.refused.items() if refusal.rule == NEEDS_REVIEW}
    waiting = frozenset(unticked & fit_ticked(draft).places.keys()) if unticked else frozenset()
    left_out = explain_left_out(case, draft, waiting)
    return Plan(
        client=profile.client.id,
        gaps=write_gaps(case, draft),
        left_out=left_out,
        needs_review=tuple(NeedsReview(id_, library.modules[id_].caution) for id_ in sorted(waiting)),
        notes=write_notes(case, draft, left_out),
    )
