"""From the YAML of a file to a model, with everything that is wrong at once."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TypeVar

from pydantic import BaseModel, ValidationError

from workbook_builder.errors import InputProblems, Problem

from .codes import WRONG
from .explain import explain, is_echo
from .nodes import Marks, compose

M = TypeVar("M", bound=BaseModel)
MAX_PROBLEMS = 100


def load(
    model: type[M], text: str, shown_path: str, under: Mapping[str, object] | None = None
) -> tuple[M | None, Marks, list[Problem]]:
    """Return the YAML text as ``model``, the places of its settings, and what is wrong, sorted by place.

    The model is None when anything is wrong. An empty text counts as a group without settings. ``under``: values for
    the settings that the text does not name, group by group. Never raises for wrong content. Of more than a hundred
    problems the first hundred are told.
    """
    try:
        data, marks, problems = compose(text, shown_path)
    except InputProblems as error:
        return None, Marks(), list(error.problems)
    values = lay_over(under or {}, {} if data is None else data)
    loaded, wrong = validate(model, values, marks, shown_path)
    problems += wrong
    return (None if problems else loaded), marks, sorted(problems)


def validate(model: type[M], data: object, marks: Marks, shown_path: str) -> tuple[M | None, list[Problem]]:
    """Return plain values as ``model``, or None and what is wrong, each with its place in ``marks``.

    The values are those of ``compose``, or what another kind of file gives in the same form: text, None, lists, groups.
    """
    try:
        return model.model_validate(data), []
    except ValidationError as error:
        wrong = [one for one in error.errors(include_url=False) if not is_echo(one)]
    problems = [explain(model, one, marks, shown_path) for one in wrong[:MAX_PROBLEMS]]
    if len(wrong) > MAX_PROBLEMS:
        message = f"and {len(wrong) - MAX_PROBLEMS} problems more"
        problems.append(Problem(shown_path, *marks.at(*wrong[MAX_PROBLEMS]["loc"]), WRONG, message))
    return None, problems


def lay_over(under: object, over: object) -> object:
    """Return ``over`` with the settings of ``under`` that it does not name; what it names with nothing counts."""
    if over is None and isinstance(under, Mapping):
        return under  # a group of which all lines are commented out
    if not isinstance(under, Mapping) or not isinstance(over, dict):
        return over
    return {**under, **{name: lay_over(under.get(name), value) for name, value in over.items()}}
