"""From a cell to what a profile in YAML would hold in its place: text, a list of texts, or the reason why not.

The profile's model decides what a value means; here is mended only what a spreadsheet does to values. No message quotes
a cell, since it may hold a person's words; a date that can be read in two ways is the one exception.
"""

from __future__ import annotations

import datetime
import re
from collections.abc import Mapping

from .grid import Cell, Fault, is_blank
from .settings import ID, Head, Setting

ERRORS = frozenset(
    [
        "#N/A",
        "#REF!",
        "#VALUE!",
        "#DIV/0!",
        "#NAME?",
        "#NUM!",
        "#NULL!",
        "#SPILL!",
        "#CALC!",
        "#GETTING_DATA",
        "########",
    ]
)
Value = str | list[str] | list[object] | Fault | None
Words = Mapping[str, str | None]
"""A practice's own words and what they mean in a profile, None for nothing; the keys are folded by ``fold_words``."""

_TICKS = frozenset(["x", "✓", "✔", "☑"])
_AS_TEXT = "format the column as text, and write the id again"


def read_cell(cell: Cell, head: Head, words: Words) -> Value:
    """Return what a cell holds for the setting at the head of its column; None when it is empty."""
    if isinstance(cell, Fault) or is_blank(cell):
        return cell if isinstance(cell, Fault) else None
    setting = head.setting
    text = _text(cell, setting)
    if isinstance(text, Fault):
        return text
    meaning = words.get(fold_words(text), text)
    if meaning is None:
        return None
    text = meaning
    if setting.kind == "log":
        return _log(text)
    if head.entry:
        return [_word(text, setting, words)]
    if not setting.is_list:
        return _word(text, setting, words)
    separators = r"[;,\r\n]" if setting.takes_commas else r"[;\r\n]"
    entries = [part.strip() for part in re.split(separators, text)]
    return [_word(entry, setting, words) for entry in entries if entry and words.get(fold_words(entry), entry)]


def fold_words(text: str) -> str:
    """Return text without what makes no difference between two words of a practice: capitals, white space."""
    return " ".join(text.casefold().split())


def _text(cell: Cell, setting: Setting) -> str | Fault:
    """Return a cell as the text that somebody would have written into a YAML file."""
    if isinstance(cell, str):
        if cell.strip().upper() in ERRORS:
            return Fault("the cell shows an error of the spreadsheet", "mend its formula, or write the value itself")
        return _date_text(cell.strip()) if setting.kind == "date" else cell.strip()
    if isinstance(cell, bool):
        return "true" if cell else "false"
    if isinstance(cell, int | float):
        return _number_text(cell, setting)
    if isinstance(cell, datetime.time | datetime.timedelta):
        return Fault("the cell is formatted as a time of day", "format it as a number or as text, and write it again")
    if isinstance(cell, datetime.datetime | datetime.date):
        return _day_text(cell, setting)
    return Fault("the cell cannot be read")


def _number_text(cell: int | float, setting: Setting) -> str | Fault:
    if setting.name == ID:
        return Fault("the id is stored as a number, which loses zeros at the front and letters such as e", _AS_TEXT)
    if setting.kind == "date":
        return Fault("is stored as a number, and not as a date", "format the cell as a date, or write it as 2026-11-21")
    return str(int(cell)) if float(cell).is_integer() else str(cell)


def _day_text(cell: datetime.date, setting: Setting) -> str | Fault:
    if setting.name == ID:
        return Fault("the spreadsheet has made a date of this id", _AS_TEXT)
    if setting.kind == "number":
        return Fault("the cell is formatted as a date", "format it as a number, and write it again")
    day = cell.date() if isinstance(cell, datetime.datetime) else cell
    return day.isoformat()


def _date_text(text: str) -> str | Fault:
    """Return a written date as it is, unless nobody could say which day it is."""
    numbers = re.fullmatch(r"(\d{1,2})[/.\-](\d{1,2})[/.\-](\d{4}|\d{2})", text, re.ASCII)
    if numbers and int(numbers[1]) <= 12 and int(numbers[2]) <= 12 and numbers[1] != numbers[2]:
        return Fault(f'"{text}" could be two different days', "write year, month and day, such as 2026-11-21")
    # A date with a time of day is what other programs export.
    stamp = re.fullmatch(r"(\d{4}-\d{2}-\d{2})[T ]\d{2}:\d{2}(:\d{2}(\.\d+)?)?Z?", text, re.ASCII)
    return stamp[1] if stamp else text


def _word(text: str, setting: Setting, words: Words) -> str:
    """Return the profile's own word for what is written, where it is plain which one is meant."""
    text = words.get(fold_words(text)) or text
    if setting.kind == "yes-no":
        return "true" if text.casefold() in _TICKS else text.lower()
    if setting.words:
        near = re.sub(r"[\s_-]+", "-", text.casefold())
        return near if near in setting.words else text
    return text


def _log(text: str) -> list[object] | Fault:
    """Return ``2 wks-abc-log missed anger-resentment; …`` as entries: session, module, outcome, obstacle."""
    entries: list[object] = []
    for part in re.split(r"[;\r\n]", text):
        fields = part.replace(",", " ").split()
        if not fields:
            continue
        if len(fields) not in (3, 4):
            message = f"entry {len(entries) + 1} must be session, module, outcome and, unless done, the obstacle"
            return Fault(message, "such as 2 wks-abc-log missed doubts; entries are separated by ;")
        entries.append(dict(zip(("session", "module", "outcome", "obstacle"), fields, strict=False)))
    return entries
