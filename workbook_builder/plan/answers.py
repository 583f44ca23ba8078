"""What a plan depends on: the same for many clients of a batch."""

from __future__ import annotations

import datetime
from collections.abc import Hashable

from workbook_builder.profile import Profile
from workbook_builder.profile.model import Clearance, Client

_NOBODY = "-"


def planning_answers(profile: Profile) -> Profile:
    """Return the profile without what no plan depends on: who the client is, in what words the goals are written, who
    answered the clearance and when.

    Clients with the same answers have the same plan, but for the id that it names.
    """
    clearance = Clearance.model_construct(
        by=_NOBODY, date=datetime.date.min, cleared=True, flags=profile.clearance.flags
    )
    return profile.model_copy(
        update={
            "fictional": False,
            "client": Client.model_construct(id=_NOBODY, language=profile.client.language, country=_NOBODY),
            "program": profile.program.model_copy(update={"next": None}),
            "clearance": clearance,
            "goals": (_NOBODY,),
            "letter": None,
        }
    )


def answers_key(answers: Profile) -> Hashable:
    """Return what tells answers apart, what was written from what was derived as well."""
    return answers.model_dump_json(exclude_unset=True)
