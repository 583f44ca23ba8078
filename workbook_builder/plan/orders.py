"""Orders of the therapist that cannot be met, found before planning starts."""

from __future__ import annotations

from collections.abc import Iterator

from workbook_builder.errors import Problem
from workbook_builder.library import Library
from workbook_builder.profile import CONTRADICTION, LoadedProfile, Profile, unknown_modules
from workbook_builder.source import dotted

from .needs import all_needs


def check_orders(loaded: LoadedProfile, library: Library) -> list[Problem]:
    """Return what is wrong with the modules that a profile names, sorted by place.

    A module that the library does not have (with the nearest that it has), one that is assigned and blocked, and one
    that is assigned while something it builds on is blocked. Of a profile that could not be read nothing is said.
    """
    profile = loaded.profile
    if profile is None:
        return []
    problems = unknown_modules(loaded, library.modules)
    for n, id_ in enumerate(profile.modules.assign):
        where = ("modules", "assign", n)
        for blocked in _blocked_for(id_, profile, library):
            line, _ = loaded.marks.at("modules", "block", profile.modules.block.index(blocked))
            other = f'"{blocked}" is blocked (modules.block, line {line})'
            message = (
                f"is assigned and blocked: {other}" if blocked == id_ else f'"{id_}" builds on "{blocked}": {other}'
            )
            hint = "take one of the two out"
            place = loaded.marks.at(*where)
            problems.append(Problem(loaded.path, *place, CONTRADICTION, message, dotted(where), hint))
    return sorted(problems)


def _blocked_for(id_: str, profile: Profile, library: Library) -> Iterator[str]:
    """Give the blocked modules, itself included, without which a module cannot come."""
    needs = all_needs(id_, library.modules, profile.modules.done)
    yield from (need for need in dict.fromkeys([id_, *needs]) if need in profile.modules.block)
