"""What a columns file may say, and what can be wrong with it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Annotated, Any

from pydantic import Field

from workbook_builder.errors import Problem, did_you_mean
from workbook_builder.profile import check_values
from workbook_builder.source import PERSONAL, Marks, ShortLine, Strict

from .codes import NOT_KNOWN, WRITTEN_TWICE, WRONG
from .decoding import is_encoding
from .grid import Fault
from .settings import find_head, fold_name, known_names


class Columns(Strict):
    """What the columns of a practice's own table hold."""

    sheet: ShortLine | None = None
    """The sheet of the workbook; without it the first that is not hidden."""
    header_row: int = Field(default=1, ge=1, le=1000)
    """The row with the names of the columns."""
    encoding: ShortLine | None = None
    """How a CSV is encoded that is not Unicode, such as mac_roman; without it, that is found out where it can be."""
    columns: dict[str, str] = Field(default_factory=dict)
    """The name of a column, and the setting of a profile that it holds. Other columns are known by their own names."""
    values: dict[str, dict[str, str | None]] = Field(default_factory=dict)
    """For a setting: the practice's own words, and what they mean; null means that nothing is given."""
    fixed: Annotated[dict[str, str | tuple[str, ...]], PERSONAL] = Field(default_factory=dict)
    """Settings that are the same for every client of the table."""
    ignore: tuple[str, ...] = ()
    """Columns that are never read."""


def nested(values: Mapping[str, object]) -> dict[str, Any]:
    """Return settings by dotted name as the groups of a profile; the groups that every profile has are there."""
    groups: dict[str, Any] = {"client": {}, "program": {}}
    for name, value in values.items():
        *above, last = name.split(".")
        group = groups
        for step in above:
            group = group.setdefault(step, {})
        group[last] = value
    return groups


def wrong_names(loaded: Columns, marks: Marks, shown: str) -> Iterator[Problem]:
    """Give a problem for each name of a setting that there is not, and for each column that is spoken of twice."""
    spoken = [
        *((("columns", name), setting) for name, setting in loaded.columns.items()),
        *((("values", name), name) for name in loaded.values),
        *((("fixed", name), name) for name in loaded.fixed),
    ]
    for where, setting in spoken:
        if find_head(setting) is None:
            hint = did_you_mean(setting, known_names()) or "workbook schema profile prints all settings"
            yield Problem(shown, *marks.at(*where), NOT_KNOWN, "there is no such setting of a profile", where[0], hint)
    if loaded.encoding and not is_encoding(loaded.encoding):
        message = "there is no such encoding of text"
        yield Problem(shown, *marks.at("encoding"), WRONG, message, "encoding", "such as cp1252, mac_roman, cp1250")
    for n, name in enumerate(loaded.ignore):
        if fold_name(name) in set(map(fold_name, loaded.columns)):
            yield Problem(
                shown, *marks.at("ignore", n), WRITTEN_TWICE, "this column stands under columns as well", "ignore"
            )
    for group in (loaded.columns, loaded.values, loaded.fixed):
        kind = next(name for name in ("columns", "values", "fixed") if getattr(loaded, name) is group)
        seen: set[str] = set()
        for name in group:
            head = find_head(name) if kind != "columns" else None
            key = head.setting.name if head else fold_name(name)
            if key in seen:
                yield Problem(
                    shown, *marks.at(kind, name), WRITTEN_TWICE, "this is named twice, in other letters", kind
                )
            seen.add(key)


def wrong_words(loaded: Columns, marks: Marks, shown: str) -> Iterator[Problem]:
    """Give a problem for each meaning that its setting does not know."""
    for name, table in loaded.values.items():
        head = find_head(name)
        for word, meaning in table.items():
            known = head.setting.words if head else ()
            if known and meaning is not None and meaning not in known:
                hint = did_you_mean(meaning, known) or f"one of {', '.join(known)}"
                message = "this word means nothing for this setting"
                yield Problem(shown, *marks.at("values", name, word), WRONG, message, f"values.{name}", hint)


def wrong_values(loaded: Columns, values: Mapping[str, object], marks: Marks, shown: str) -> Iterator[Problem]:
    """Give what the profile's own model finds wrong with the fixed values."""
    names = {head.setting.name: name for name in loaded.fixed if (head := find_head(name))}
    for setting, value in values.items():
        if isinstance(value, Fault):
            place = marks.at("fixed", names[setting])
            yield Problem(shown, *place, WRONG, value.message, f"fixed.{setting}", value.hint)
    right = {name: value for name, value in values.items() if not isinstance(value, Fault)}
    places = {tuple(name.split(".")): marks.at("fixed", names[name]) for name in right}
    for problem in check_values(nested(right), Marks(places), shown).problems:
        if any(f"{problem.where}.".startswith(f"{name}.") for name in right):
            yield Problem(
                shown,
                problem.line,
                problem.column,
                problem.code,
                problem.message,
                f"fixed.{problem.where}",
                problem.hint,
            )
