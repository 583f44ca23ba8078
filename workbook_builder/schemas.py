"""JSON Schemas of every file that a person writes, by the name that ``workbook schema`` takes."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any

from workbook_builder.layout import LayoutValues
from workbook_builder.library import library_schema
from workbook_builder.library.rules import rules_schema
from workbook_builder.profile import profile_schema
from workbook_builder.tables import columns_schema


def layout_schema() -> dict[str, Any]:
    """Return the JSON Schema (draft 2020-12) of layout.yaml: with a base, nothing else is required."""
    schema = LayoutValues.model_json_schema(by_alias=True)
    groups, needed = schema["$defs"], schema.pop("required")
    inner = {
        name: {"required": groups[key]["required"]}
        for name, about in schema["properties"].items()
        if "required" in groups.get(key := about.get("$ref", "").rpartition("/")[2], ())
    }
    for group in groups.values():
        group.pop("required", None)
    # A base that is null gives nothing, so it counts as none.
    with_base = {"properties": {"base": {"type": "string"}}, "required": ["base"]}
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        **schema,
        "if": with_base,
        "else": {"required": needed, "properties": inner},
    }


SCHEMAS: dict[str, Callable[[], dict[str, Any]]] = {
    "profile": profile_schema,
    **{name: partial(library_schema, name) for name in ("module", "practice", "crisis-lines", "books", "videos")},
    "selection": rules_schema,
    "layout": layout_schema,
    "columns": columns_schema,
}
