"""The columns of the empty sheet, each with what it says about itself: its name, its note, its example."""

from __future__ import annotations

import datetime
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from .settings import ID, NAMES, NUMBERED, Setting, settings

Example = str | int | datetime.date
SEVERAL = "Several are separated by semicolons."

# Nobody in this row exists. Numbered columns stand by their own names.
EXAMPLE: Mapping[str, Example] = {
    "id": "example-1",
    "fictional": "yes",
    "name": "Ruth",
    "language": "en",
    "country": "US",
    "setting": "eap",
    "sessions": 5,
    "completed": 1,
    "frequency": "biweekly",
    "minutes": 45,
    "next appointment": datetime.date(2026, 12, 1),
    "cleared": "yes",
    "cleared by": "therapist-1",
    "cleared on": datetime.date(2026, 11, 21),
    "topic 1": "anxiety",
    "feeling": "anxiety",
    "goal 1": "Feel concerned instead of anxious before the Monday meeting, and give my update.",
    "goal 2": "Open the mail on the day it comes.",
    "letter from": "M. Ortiz",
    "letter note": "You said small steps suit you. These are small.",
    "reading": "neutral",
    "history": "partly",
    "obstacle": "time-management",
    "readiness": 7,
    "log": "1 wks-abc-log partly time-management",
    "done": "wks-abc-log",
    "books": "anxiety",
}

# What the profile's own description does not say, since an editor checks it there.
_MORE: Mapping[str, str] = {
    ID: "a-z, 0-9 and hyphens, 40 at most. The workbook's file is called by it.",
    "client.language": "Two letters, such as en.",
    "client.country": "Two capital letters, such as US, CA, GB.",
    "clearance.flags": SEVERAL,
    "homework.log": "Session, module, outcome and, unless it was done, the obstacle: 2 wks-abc-log missed doubts; 2 "
    "psy-abc done. Leave it empty if you like: history and obstacle say the most important thing.",
    "modules.done": f"Ids of modules. {SEVERAL}",
    "modules.assign": f"Ids of modules. {SEVERAL}",
    "modules.block": f"Ids of modules. {SEVERAL}",
    "modules.reviewed": f"Ids of modules, or all. {SEVERAL}",
    "books": SEVERAL,
}


@dataclass(frozen=True)
class Field:
    """One column of the empty sheet. ``entry`` counts from 1 when it holds one entry of a list."""

    name: str
    setting: Setting
    entry: int = 0

    @property
    def is_required(self) -> bool:
        """Whether a row without it makes no workbook; of a numbered list, the first entry."""
        return self.setting.is_required and self.entry in (0, 1)

    @property
    def head(self) -> str:
        """What stands at the head of the column: a word says that it is required, and not a colour alone."""
        return f"{self.name} (required)" if self.is_required else self.name

    @property
    def takes_one_word(self) -> bool:
        """Whether a cell holds exactly one word of a list."""
        return bool(self.setting.words) and (not self.setting.is_list or self.entry > 0)

    @property
    def allowed(self) -> str:
        """What may be written into a cell, in plain words."""
        setting = self.setting
        if setting.words:
            words = ", ".join(setting.words)
            return f"One of: {words}." if self.takes_one_word else f"Of these: {words}. {SEVERAL}"
        if setting.name in _MORE:
            return _MORE[setting.name]
        if setting.bounds:
            return f"A whole number, {setting.bounds[0]} to {setting.bounds[1]}."
        plain = {"yes-no": "Yes or no.", "date": "A day, such as 2026-11-21."}
        return plain.get(setting.kind, f"Text, {setting.longest} characters at most." if setting.longest else "Text.")

    @property
    def note(self) -> str:
        """What is said about the column in its note."""
        default = self.setting.default
        is_given = default and not self.is_required and default != "[]"
        parts = [self.setting.about, self.allowed, f"Empty means {default}." if is_given else ""]
        return "\n".join(part for part in parts if part)


def fields() -> Iterator[Field]:
    """Give the columns of the empty sheet, the id and the mark of an example first."""
    numbered = {setting: word for word, setting in NUMBERED.items()}
    known = settings()
    for name in (ID, "fictional", *(name for name in known if name not in (ID, "fictional"))):
        setting = known[name]
        if word := numbered.get(name):
            yield from (Field(f"{word} {n}", setting, n) for n in range(1, setting.most + 1))
        else:
            yield Field(NAMES.get(name, (name,))[0], setting)
