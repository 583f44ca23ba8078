"""The settings of a profile as columns of a table: what each holds, and the names that people give them.

What a setting holds is taken from the profile's own schema, so a new setting of the profile is a column at once.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any, Literal

from workbook_builder.profile import profile_schema

Kind = Literal["text", "number", "yes-no", "date", "log"]
ID = "client.id"
LOG = "homework.log"


@dataclass(frozen=True)
class Setting:
    """One setting: its dotted name, what it holds, and what it is for.

    ``words`` are the only ones it takes, empty for free text; ``most`` is how many entries a list may have, 0 for a
    setting that is none, and -1 for a list without a limit of its own.
    """

    name: str
    kind: Kind
    about: str
    words: tuple[str, ...] = ()
    most: int = 0
    bounds: tuple[int, int] | None = None
    """The least and the greatest number."""
    longest: int = 0
    """How many characters a text, or one entry of a list, may have; 0 for what is limited otherwise."""
    default: str = ""
    """What an empty cell stands for, in the words of a spreadsheet."""
    is_required: bool = False
    takes_commas: bool = False
    """Entries of this list may be separated by commas, since none of them can hold one."""

    @property
    def is_list(self) -> bool:
        """Whether it holds several entries."""
        return self.most != 0


@dataclass(frozen=True)
class Head:
    """What the name of a column stands for: a setting, or one entry of a list (``goal 2``: entry 2)."""

    setting: Setting
    entry: int = 0


# The first name is the one of the template. Words that could mean two things (date, by, reason, notes) are left out.
NAMES: Mapping[str, tuple[str, ...]] = {
    "fictional": ("fictional", "example"),
    "client.id": ("id", "client id", "client code"),
    "client.name": ("name", "first name", "client name"),
    "client.language": ("language",),
    "client.country": ("country",),
    "program.setting": ("setting",),
    "program.sessions": ("sessions", "sessions granted"),
    "program.completed": ("completed", "sessions completed"),
    "program.frequency": ("frequency",),
    "program.minutes": ("minutes",),
    "program.next": ("next appointment", "next", "next session"),
    "clearance.cleared": ("cleared",),
    "clearance.by": ("cleared by",),
    "clearance.date": ("cleared on", "date cleared"),
    "clearance.reason": ("reason not cleared",),
    "clearance.flags": ("flags",),
    "clearance.override": ("override", "reason for override"),
    "topics": ("topics", "topic"),
    "feeling": ("feeling",),
    "goals": ("goals", "goal"),
    "letter.from": ("letter from", "signed by"),
    "letter.note": ("letter note", "note to client"),
    "preferences.reading": ("reading",),
    "preferences.video": ("video",),
    "preferences.private_space": ("private space",),
    "preferences.charged_situation": ("charged situation",),
    "preferences.edition": ("edition",),
    "preferences.paper": ("paper",),
    "homework.history": ("history", "last homework"),
    "homework.obstacle": ("obstacle",),
    "homework.readiness": ("readiness",),
    "homework.log": ("log", "homework log"),
    "modules.done": ("done", "modules done"),
    "modules.assign": ("assign", "assigned"),
    "modules.block": ("block", "blocked"),
    "modules.reviewed": ("reviewed",),
    "books": ("books",),
}
NUMBERED = {"goal": "goals", "topic": "topics"}
"""Lists whose entries may stand in columns of their own: ``goal 1``, ``goal 2``."""


@cache
def settings() -> Mapping[str, Setting]:
    """Return all settings of a profile by their dotted names."""
    schema = profile_schema()
    return {one.name: one for one in _walk(schema, schema["$defs"], "", True)}


def find_head(name: str) -> Head | None:
    """Return what a column of this name holds, or None when no setting is called so.

    Capitals, spaces, hyphens, dots and underscores make no difference, and ``(required)`` or ``*`` at the end none.
    """
    key = fold_name(name)
    if setting := _by_key().get(key):
        return Head(setting)
    numbered = re.fullmatch(r"([a-z]+?)([1-9])", key)
    setting = settings()[NUMBERED[numbered[1]]] if numbered and numbered[1] in NUMBERED else None
    if numbered and setting and int(numbered[2]) <= setting.most:
        return Head(setting, int(numbered[2]))
    return None


def known_names() -> list[str]:
    """Return the names that may be suggested to somebody who has misspelt one."""
    numbered = [f"{word} {n + 1}" for word, name in NUMBERED.items() for n in range(settings()[name].most)]
    return [*(alias for aliases in NAMES.values() for alias in aliases), *numbered, *settings()]


def fold_name(name: str) -> str:
    """Return the name of a column without what makes no difference."""
    bare = re.sub(r"(\(required\)|\*|:)\s*$", "", name.strip().casefold())
    return re.sub(r"[\s._-]+", "", bare)


@cache
def _by_key() -> Mapping[str, Setting]:
    named = {alias: name for name, aliases in NAMES.items() for alias in aliases}
    named.update({name: name for name in settings()})
    return {fold_name(alias): settings()[name] for alias, name in named.items()}


def _walk(group: Mapping[str, Any], groups: Mapping[str, Any], path: str, is_required: bool) -> Iterator[Setting]:
    for key, given in group["properties"].items():
        name = f"{path}{key}"
        shape = _shape(given, groups)
        is_needed = is_required and key in group.get("required", ())
        if "properties" in shape:
            yield from _walk(shape, groups, f"{name}.", is_needed)
        else:
            yield _setting(name, shape, given, is_needed)


def _shape(given: Mapping[str, Any], groups: Mapping[str, Any]) -> Mapping[str, Any]:
    """Follow a reference, and take the last of several forms that is not null: a list rather than one word."""
    forms = [form for form in given.get("anyOf", [given]) if form.get("type") != "null"]
    reference = forms[-1].get("$ref")
    shape: Mapping[str, Any] = groups[reference.rpartition("/")[2]] if reference else forms[-1]
    return shape


def _setting(name: str, shape: Mapping[str, Any], given: Mapping[str, Any], is_required: bool) -> Setting:
    about, default = given.get("description", ""), given.get("default")
    if name == LOG:
        return Setting(name, "log", about, most=-1)
    is_list = shape["type"] == "array"
    entry = shape["items"] if is_list else shape
    kinds: dict[str, Kind] = {"integer": "number", "boolean": "yes-no"}
    longest = entry.get("maxLength", 0)
    return Setting(
        name,
        "date" if entry.get("format") == "date" else kinds.get(entry["type"], "text"),
        about,
        words=tuple(entry.get("enum", ())),
        most=shape.get("maxItems", -1) if is_list else 0,
        bounds=(entry["minimum"], entry["maximum"]) if "minimum" in entry else None,
        longest=longest,
        default={True: "yes", False: "no"}[default] if isinstance(default, bool) else str(default or ""),
        is_required=is_required,
        # Ids and words of a vocabulary hold no comma; only a client's own sentences do, and they have a longest.
        takes_commas=is_list and not longest,
    )
