"""What a module builds on, all the way down."""

from __future__ import annotations

from collections.abc import Collection, Mapping

from workbook_builder.library import Module


def all_needs(id_: str, modules: Mapping[str, Module], done: Collection[str]) -> list[str]:
    """Return what a module builds on, directly or not, nearest first; what is done, and what is under it, is left out.

    Modules that the library does not have are named as well. Modules that build on each other do no harm.
    """
    found: dict[str, None] = {}
    waiting = [id_]
    while waiting:
        module = modules.get(waiting.pop(0))
        new = [need for need in (module.requires if module else ()) if need not in done and need not in found]
        found |= dict.fromkeys(new)
        waiting += new
    return list(found)
