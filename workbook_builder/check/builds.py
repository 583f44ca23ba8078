"""Which modules the example profiles build."""

from __future__ import annotations

from collections.abc import Iterator

from workbook_builder.library import Library
from workbook_builder.plan import check_orders, make_plan
from workbook_builder.profile import Profile

from .codes import NEVER_BUILT
from .findings import Finding, found
from .subject import Subject

_MOST_NAMED = 8


def check_builds(subject: Subject) -> Iterator[Finding]:
    """Each module is in the plan of an example, so that somebody sees it on paper before a client does.

    Examples are the profiles marked fictional; a practice that keeps only its clients' profiles hears nothing of this.
    """
    for edition in subject.editions:
        if edition.library is None or not (examples := list(_examples(subject, edition.library))):
            continue
        built = {id_ for profile in examples for id_ in make_plan(profile, edition.library, subject.today).module_ids}
        missing = [id_ for id_ in edition.pages if id_ not in built]
        if missing:
            named = ", ".join(missing[:_MOST_NAMED])
            more = f" and {len(missing) - _MOST_NAMED} more" if len(missing) > _MOST_NAMED else ""
            message = f"no example profile builds {named}{more}"
            hint = "write an example for whom they are right, and look at its pages"
            yield found(NEVER_BUILT, f"{subject.content}/{edition.language}", (0, 0), message, hint)


def _examples(subject: Subject, library: Library) -> Iterator[Profile]:
    """Give the example profiles in the library's language that can be planned."""
    for loaded in subject.profiles:
        profile = loaded.profile
        is_example = profile is not None and profile.fictional and profile.client.language == library.language
        if profile and is_example and not check_orders(loaded, library):
            yield profile
