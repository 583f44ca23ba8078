"""JSON Schemas of every file that a person writes, by the name that ``workbook schema`` takes."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any

from workbook_builder.layout import LayoutValues
from workbook_builder.library import library_schema
from workbook_builder.library.rules import rules_schema
from workbook_builder.profile import profile_schema

SCHEMAS: dict[str, Callable[[], dict[str, Any]]] = {
    "profile": profile_schema,
    **{name: partial(library_schema, name) for name in ("module", "practice", "crisis-lines", "books", "videos")},
    "selection": rules_schema,
    "layout": partial(LayoutValues.model_json_schema, by_alias=True),
}
