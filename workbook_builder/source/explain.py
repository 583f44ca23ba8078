"""From pydantic's errors to problems: one clear sentence, the place, what was written, a remedy.

Personal words are never quoted: neither the value of a field marked ``personal``, nor what stands where a group or a
list should stand, nor the name of a setting that resembles none of ours, since it may be a slip of indentation.
"""

from __future__ import annotations

import types
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Annotated, Any, Union, get_args, get_origin

from pydantic import BaseModel, RootModel
from pydantic.fields import FieldInfo
from pydantic_core import ErrorDetails

from workbook_builder.errors import Problem, did_you_mean

from .codes import NOT_KNOWN, WRONG
from .fields import About
from .nodes import Marks

_MAX_QUOTED = 40
_MAX_LISTED = 8
_NOT_A_GROUP = ("model_type", "model_attributes_type", "dict_type")
_NOT_A_LIST = ("tuple_type", "list_type")
_NOT_AN_INT = ("int_parsing", "int_type", "int_from_float", "int_parsing_size", "greater_than_equal", "less_than_equal")


@dataclass(frozen=True)
class _Target:
    """What a model says about the setting that an error is about."""

    kind: Any
    metadata: tuple[Any, ...]

    def bound(self, *names: str) -> Any:
        return next((v for m in self.metadata for n in names if (v := getattr(m, n, None)) is not None), None)

    def range(self, low: str, high: str) -> str:
        """``1-52``, ``at least 1``, ``at most 4``, or nothing."""
        least, most = self.bound(low), self.bound(high)
        if least is not None and most is not None:
            return f"{least}-{most}"
        return f"at least {least}" if least is not None else f"at most {most}" if most is not None else ""

    def about(self) -> About:
        found = [m for m in self.metadata if isinstance(m, About)]
        return found[0] if found else About()


def explain(model: type[BaseModel], error: ErrorDetails, marks: Marks, shown: str) -> Problem:
    """Return one of pydantic's errors about a file as a problem; ``model`` is what the file was read as."""
    path = error["loc"]
    if path and path[-1] == "[key]":  # pydantic's word for an error about the name itself
        path = path[:-1]
        target = _peel(get_args(_table(_find(model, path[:-1])).kind)[0], ())
    else:
        target = _find(model, path)
    if error["type"] == "extra_forbidden":
        return _unknown(path, _find(model, path[:-1]), marks, shown)
    code, message, hint = _sentence(error, target)
    return Problem(shown, *marks.at(*path), code, message, dotted(path), hint)


def is_echo(error: ErrorDetails) -> bool:
    """Say whether an error only repeats others: pydantic finds a list too short when its entries are wrong."""
    return error["type"] == "too_short" and len(error["input"]) >= error["ctx"]["min_length"]


def dotted(path: Iterable[str | int]) -> str:
    """Return a path as it is written in messages: ``homework.log.1.session``; entries of a list count from 1."""
    return ".".join(str(step + 1) if isinstance(step, int) else step for step in path)


def _unknown(path: tuple[str | int, ...], owner: _Target, marks: Marks, shown: str) -> Problem:
    known = _names(owner.kind) if isinstance(owner.kind, type) and issubclass(owner.kind, BaseModel) else []
    name = str(path[-1])
    hint = did_you_mean(name, known) if len(name) <= _MAX_QUOTED else ""
    where = dotted(path if hint else path[:-1])
    message = "there is no such setting" if hint else f"only these settings may stand here: {', '.join(known)}"
    return Problem(shown, *marks.at(*path), NOT_KNOWN, message, where, hint)


def _sentence(error: ErrorDetails, target: _Target) -> tuple[str, str, str]:
    """Return code, message and hint."""
    kind, given, context = error["type"], error["input"], error.get("ctx", {})
    about = target.about()
    if kind == "missing":
        return about.missing, "is required", ""
    if kind == "wb":
        wrote = _wrote(given, about) if isinstance(given, str) else ""
        return context["code"], context["message"] + wrote, context["hint"]
    if given is None:
        return about.missing, "is required, and nothing is written here", ""
    if kind in _NOT_A_GROUP:
        return WRONG, f"must be a group of settings{_shape(given)}", ""
    if kind in _NOT_A_LIST:
        return WRONG, f"must be a list{_shape(given)}", "write [one, two], or each on a line of its own after a hyphen"
    if kind == "string_type":
        hint = "put quotes around a text that holds a colon" if isinstance(given, dict) else ""
        return WRONG, f"must be text{_shape(given)}", hint
    if kind in ("too_short", "too_long"):
        return WRONG, f"must hold {target.range('min_length', 'max_length')} entries (there are {len(given)})", ""
    if kind == "string_too_short":
        return WRONG, "must not be empty", ""
    if kind == "string_too_long":
        length = context.get("actual_length") or len(given)
        return WRONG, f"must have {context['max_length']} characters at most (there are {length})", ""
    message, hint = _value(kind, given, target, error["msg"])
    return WRONG, message + _wrote(given, about), "" if about.personal else hint


def _value(kind: str, given: object, target: _Target, fallback: str) -> tuple[str, str]:
    """Return message and hint for a single value of the wrong sort."""
    if kind == "literal_error":
        known = [str(word) for word in get_args(target.kind)]
        near = did_you_mean(str(given), known) if isinstance(given, str) and len(given) <= _MAX_QUOTED else ""
        if near and len(known) > _MAX_LISTED:
            return "is not a known word", near
        return f"must be {'one of ' if len(known) > 1 else ''}{', '.join(known)}", near
    if kind in _NOT_AN_INT:
        bounds = target.range("ge", "le")
        return f"must be {bounds or 'a whole number'}", ""
    if kind.startswith("bool"):
        return "must be true or false", ""
    if kind == "string_pattern_mismatch":
        return f"must have the form {target.bound('pattern')}", ""
    if kind.startswith("date"):
        return "must be a day of the calendar, such as 2026-11-21", ""
    return f"is wrong: {fallback[:1].lower()}{fallback[1:]}", ""


def _wrote(given: object, about: About) -> str:
    if about.personal:
        return ""
    if not isinstance(given, str):
        return _shape(given)
    words = "".join(c if c.isprintable() else "?" for c in " ".join(given.split()))
    return f' (you wrote "{words if len(words) <= _MAX_QUOTED else words[:_MAX_QUOTED] + "…"}")'


def _shape(given: object) -> str:
    names = ((str, "text"), (list, "a list"), (dict, "a group of settings"))
    return next((f" (you wrote {name})" for kind, name in names if isinstance(given, kind)), "")


def _names(model: type[BaseModel]) -> list[str]:
    return [f.alias or name for name, f in model.model_fields.items()]


def _find(model: type[BaseModel], path: Iterable[str | int]) -> _Target:
    """Follow a path down the annotations to what the model says about its end."""
    target = _Target(model, ())
    for step in path:
        target = _step(_table(target), step)
    return target


def _table(target: _Target) -> _Target:
    """Return what a table (a RootModel) holds; any other target unchanged."""
    kind = target.kind
    if isinstance(kind, type) and issubclass(kind, RootModel):
        return _peel(kind.model_fields["root"].annotation, target.metadata)
    return target


def _step(target: _Target, step: str | int) -> _Target:
    kind = target.kind
    if isinstance(kind, type) and issubclass(kind, BaseModel):
        fields: dict[str, FieldInfo] = {f.alias or name: f for name, f in kind.model_fields.items()}
        found = fields.get(str(step))
        return _peel(found.annotation, tuple(found.metadata)) if found else _Target(None, ())
    # Entries of a list share what is said about the list: personal goals are personal one by one.
    inherited = tuple(m for m in target.metadata if isinstance(m, About) and m.personal)
    inner = [arg for arg in get_args(kind) if arg is not Ellipsis]
    return _peel(inner[-1], inherited) if inner else _Target(None, inherited)


def _peel(kind: Any, metadata: tuple[Any, ...]) -> _Target:
    """Take Annotated and ``| None`` off a type; what Annotated says is kept."""
    while True:
        if get_origin(kind) is Annotated:
            kind, *more = get_args(kind)
            for one in more:
                metadata = (*metadata, *(one.metadata if isinstance(one, FieldInfo) else [one]))
        elif get_origin(kind) in (Union, types.UnionType):
            kind = next(arg for arg in get_args(kind) if arg is not type(None))
        else:
            return _Target(kind, metadata)
