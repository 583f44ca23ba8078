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

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from workbook_builder.errors import InputProblems, Problem
from workbook_builder.source import load, read_text

from .cells import Words, fold_words, read_cell
from .mapping import Columns, wrong_names, wrong_values, wrong_words
from .settings import Head, find_head, fold_name, settings


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
            *wrong_names(loaded, marks, shown),
            *wrong_words(loaded, marks, shown),
            *wrong_values(loaded, values, marks, shown),
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


def _fixed_value(name: str, given: str | tuple[str, ...]) -> object:
    """Return a fixed value as a cell with the same text would be read; lists are taken as they are."""
    if not isinstance(given, str):
        return list(given)
    return read_cell(given, Head(settings()[name]), {})
