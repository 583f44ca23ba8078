"""Whether a workbook may be made at all: the therapist's clearance, and nothing else."""

from __future__ import annotations

import datetime

from workbook_builder.library import Library
from workbook_builder.profile import Profile

from .words import fill


def check_clearance(profile: Profile, library: Library, today: datetime.date, real_today: datetime.date) -> str | None:
    """Return why no workbook may be made, as a sentence for the therapist, or None when one may.

    ``real_today`` is the calendar's day, ``today`` the day the command was given: only an example that nobody stands
    behind (``fictional``) may be judged by it, and its clearance does not grow old. Which flags stop stands in
    selection.yaml, how many days a clearance counts in practice.yaml.
    """
    clearance, rules = profile.clearance, library.rules.clearance
    flags = clearance.flags
    age = ((today if profile.fictional else real_today) - clearance.date).days
    most = library.practice.clearance_days
    if not clearance.cleared:
        return fill(rules.refused)
    if always := [flag for flag in rules.always if flag in flags]:
        return fill(rules.always_because, {"flag": always})
    if age < 0:
        return fill(rules.future)
    if age > most and not profile.fictional:
        return fill(rules.too_old, {"days": age, "most": most})
    if not clearance.override and (stopping := [flag for flag in rules.unless_override if flag in flags]):
        return fill(rules.flag_because, {"flag": stopping})
    return None
