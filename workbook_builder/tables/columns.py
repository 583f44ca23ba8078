"""The practice's own columns: a small YAML that says what the columns of its export hold.

```yaml
sheet: Clients
header_row: 3
columns: {"Case no.": client.id, "Visits granted": program.sessions, "Goal": goals}
values: {program.frequency: {"every week": weekly, "every 2 weeks": biweekly}}
fixed: {client.country: US, program.setting: eap}
ignore: ["Phone", "Notes"]
```
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Annotated, Any

from pydantic import Field

from workbook_builder.errors import InputProblems, Problem, did_you_mean
from workbook_builder.profile import check_values
from workbook_builder.source import PERSONAL, Marks, ShortLine, Strict, load, read_text

from .cells import Words, fold_words, read_cell
from .codes import NOT_KNOWN, WRITTEN_TWICE, WRONG
from .decoding import is_encoding
from .grid import Fault
from .settings import Head, find_head, fold_name, known_names, settings


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


@dataclass(frozen=True)
class Mapped:
    """A columns file, ready to be used; without a file, the names of the settings alone.

    ``heads`` and ``ignored`` are by folded name, ``words`` and ``fixed`` by setting; ``places`` says on which line and
    column of the file a column is named.
    """

    path: str = ""
    sheet: str | None = None
    header_row: int = 1
    encoding: str | None = None
    heads: Mapping[str, Head] = field(default_factory=dict)
    ignored: frozenset[str] = frozenset()
    words: Mapping[str, Words] = field(default_factory=dict)
    fixed: Mapping[str, object] = field(default_factory=dict)
    places: Mapping[str, tuple[int, int]] = field(default_factory=dict)

    def head(self, name: str) -> Head | None:
        """Return what a column holds: as the file says, or as its own name says."""
        return self.heads.get(fold_name(name)) or find_head(name)

    def is_known(self, name: str) -> bool:
        """Say whether anybody knows a column of this name, if only to ignore it."""
        return fold_name(name) in self.ignored or self.head(name) is not None


def read_columns(path: Path | None) -> tuple[Mapped, list[Problem]]:
    """Return what a columns file says, and all that is wrong with it; without a path, what holds without one."""
    if path is None:
        return Mapped(), []
    shown = str(path)
    try:
        loaded, marks, problems = load(Columns, read_text(path), shown)
    except InputProblems as error:
        return Mapped(), list(error.problems)
    if loaded is None:
        return Mapped(), problems
    fixed = {head.setting.name: value for name, value in loaded.fixed.items() if (head := find_head(name))}
    values = {name: value for name, given in fixed.items() if (value := _fixed_value(name, given)) is not None}
    problems = sorted(
        [
            *_wrong_names(loaded, marks, shown),
            *_wrong_words(loaded, marks, shown),
            *_wrong_values(loaded, values, marks, shown),
        ]
    )
    heads = {fold_name(name): head for name, setting in loaded.columns.items() if (head := find_head(setting))}
    words = {
        head.setting.name: {fold_words(word): meaning for word, meaning in table.items()}
        for name, table in loaded.values.items()
        if (head := find_head(name))
    }
    places = {fold_name(name): marks.at("columns", name) for name in loaded.columns}
    ignored = frozenset(map(fold_name, loaded.ignore))
    return Mapped(
        shown, loaded.sheet, loaded.header_row, loaded.encoding, heads, ignored, words, values, places
    ), problems


def columns_schema() -> dict[str, Any]:
    """Return the JSON Schema (draft 2020-12) of a columns file, for editors."""
    return {"$schema": "https://json-schema.org/draft/2020-12/schema", **Columns.model_json_schema()}


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


def _fixed_value(name: str, given: str | tuple[str, ...]) -> object:
    """Return a fixed value as a cell with the same text would be read; lists are taken as they are."""
    if not isinstance(given, str):
        return list(given)
    return read_cell(given, Head(settings()[name]), {})


def _wrong_names(loaded: Columns, marks: Marks, shown: str) -> Iterator[Problem]:
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


def _wrong_words(loaded: Columns, marks: Marks, shown: str) -> Iterator[Problem]:
    """Give a problem for each meaning that its setting does not know."""
    for name, table in loaded.values.items():
        head = find_head(name)
        for word, meaning in table.items():
            known = head.setting.words if head else ()
            if known and meaning is not None and meaning not in known:
                hint = did_you_mean(meaning, known) or f"one of {', '.join(known)}"
                message = "this word means nothing for this setting"
                yield Problem(shown, *marks.at("values", name, word), WRONG, message, f"values.{name}", hint)


def _wrong_values(loaded: Columns, values: Mapping[str, object], marks: Marks, shown: str) -> Iterator[Problem]:
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
