"""From selection.yaml to its values, with everything that is wrong at once."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from workbook_builder.errors import InputProblems
from workbook_builder.source import load, read_text

from .checks import find_contradictions
from .model import Rules


def load_rules(path: Path) -> Rules:
    """Return the rules of a selection.yaml.

    Raises InputProblems with all problems, each with its line and column: what is missing or misspelt, and names that
    lead nowhere (a slot without a role, a role without a place in the drop order, a word in braces that nothing fills).
    Modules are not looked up here: a practice's library need not have all that the rules know.
    """
    shown = str(path)
    rules, marks, problems = load(Rules, read_text(path), shown)
    if rules is not None:
        problems = find_contradictions(rules, marks, shown)
    if rules is None or problems:
        raise InputProblems(problems)
    return rules


def rules_schema() -> dict[str, Any]:
    """Return the JSON Schema (draft 2020-12) of selection.yaml, for editors."""
    return {"$schema": "https://json-schema.org/draft/2020-12/schema", **Rules.model_json_schema()}
