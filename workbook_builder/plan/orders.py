"""Orders of the therapist that cannot be met, found before planning starts."""

from __future__ import annotations

from collections.abc import Iterator

from workbook_builder.errors import Problem
from workbook_builder.library import Library
from workbook_builder.profile import CONTRADICTION, LoadedProfile, Profile, unknown_modules
from workbook_builder.source import dotted

from .admission import is_ruled_out
from .needs import all_needs


def check_orders(loaded: LoadedProfile, library: Library) -> list[Problem]:
    """Return what is wrong with the modules that a profile names, sorted by place.

    A module that the library does not have (with the nearest that it has), and one that is assigned while it, or
    something it builds on, is blocked, ruled out by a flag, not there in the client's language, or not in the library
    at all: each names both sides. What is done already rules nothing out. Of a profile that could not be read nothing
    is said.
    """
    profile = loaded.profile
    if profile is None:
        return []
    problems = unknown_modules(loaded, library.modules)
    for n, id_ in enumerate(profile.modules.assign):
        where = ("modules", "assign", n)
        for need, against, hint in _against(id_, loaded, profile, library):
            message = f"is assigned, but {against}" if need == id_ else f'"{id_}" builds on "{need}": {against}'
            place = loaded.marks.at(*where)
            problems.append(Problem(loaded.path, *place, CONTRADICTION, message, dotted(where), hint))
    return sorted(problems)


def _against(id_: str, loaded: LoadedProfile, profile: Profile, library: Library) -> Iterator[tuple[str, str, str]]:
    """Give what cannot come of an assigned module and all it builds on, with what rules it out and a remedy."""
    for need in (id_, *(need for need in all_needs(id_, library.modules, profile.modules.done) if need != id_)):
        module = library.modules.get(need)
        if need in profile.modules.block:
            line, column = loaded.marks.at("modules", "block", profile.modules.block.index(need))
            yield need, f'"{need}" is blocked (modules.block, line {line}, column {column})', "take one of the two out"
        elif module is None:
            if need != id_:
                yield need, "the library does not have it", f'take "{id_}" out of modules.assign, or add "{need}"'
        elif flags := [flag for flag in profile.clearance.flags if is_ruled_out(flag, module, library.rules)]:
            line, column = loaded.marks.at("clearance", "flags", profile.clearance.flags.index(flags[0]))
            against = f'"{need}" is ruled out by {", ".join(flags)} (clearance.flags, line {line}, column {column})'
            yield need, against, "a flag comes before an assignment: take it out of modules.assign"
        elif module.language != profile.client.language:
            line, column = loaded.marks.at("client", "language")
            against = f'"{need}" is in {module.language}, the client\'s language is {profile.client.language}'
            yield need, f"{against} (client.language, line {line}, column {column})", "take it out of modules.assign"
