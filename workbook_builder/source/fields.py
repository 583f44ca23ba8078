"""The base of all models at the input edge, and the kinds of text and date they are made of."""

from __future__ import annotations

import ast
import datetime
import inspect
import itertools
import re
import textwrap
import unicodedata
from dataclasses import dataclass
from typing import Annotated

from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    GetJsonSchemaHandler,
    StringConstraints,
    WithJsonSchema,
    model_validator,
)
from pydantic.json_schema import JsonSchemaValue
from pydantic_core import CoreSchema, PydanticCustomError

from .codes import WRONG
from .files import FORBIDDEN


class Strict(BaseModel):
    """A group of settings: unknown ones are refused, values are frozen, and errors never hold what was written.

    The text below an attribute is its description in the JSON Schema.
    """

    model_config = ConfigDict(frozen=True, extra="forbid", hide_input_in_errors=True)

    @model_validator(mode="before")
    @classmethod
    def _nothing_is_the_default(cls, data: object) -> object:
        """Take a setting with nothing after its colon as not written, as in a group whose lines are commented out."""
        if not isinstance(data, dict):
            return data
        optional = {f.alias or name for name, f in cls.model_fields.items() if not f.is_required()}
        return {name: value for name, value in data.items() if value is not None or name not in optional}

    @classmethod
    def __get_pydantic_json_schema__(cls, core_schema: CoreSchema, handler: GetJsonSchemaHandler) -> JsonSchemaValue:
        """Describe each setting by the text below it.

        Only when a schema is asked for: pydantic's own way (use_attribute_docstrings) reads the source of every model
        at each start, and that takes a fifth of the time.
        """
        schema = handler(core_schema)
        properties = handler.resolve_ref_schema(schema).get("properties", {})
        for name, about in _texts_below(cls).items():
            field = cls.model_fields.get(name)
            if field and (found := properties.get(field.alias or name)) is not None:
                found.setdefault("description", about)
        return schema


def _texts_below(cls: type) -> dict[str, str]:
    """Return the text that stands below each attribute of a class, and of those that it inherits from."""
    texts: dict[str, str] = {}
    for one in reversed(cls.__mro__[: cls.__mro__.index(Strict)]):
        (definition,) = ast.parse(textwrap.dedent(inspect.getsource(one))).body
        for attribute, below in itertools.pairwise(getattr(definition, "body", [])):
            is_text = isinstance(below, ast.Expr) and isinstance(below.value, ast.Constant)
            if isinstance(attribute, ast.AnnAssign) and isinstance(attribute.target, ast.Name) and is_text:
                texts[attribute.target.id] = inspect.cleandoc(below.value.value)
    return texts


@dataclass(frozen=True)
class About:
    """What messages have to know about a field; stands among its annotations.

    ``personal``: it holds a person's own words, and no message ever quotes them. ``missing``: the code of the problem
    when it is not there.
    """

    personal: bool = False
    missing: str = WRONG


PERSONAL = About(personal=True)


def wrong(message: str, hint: str = "", code: str = WRONG) -> PydanticCustomError:
    """Return the error that a validator raises: one sentence, a remedy, the problem's code."""
    return PydanticCustomError("wb", "{message}", {"message": message, "hint": hint, "code": code})


# They print nothing: where a word may break or letters join, which way a line runs, how an emoji looks. Text that is
# copied from the web or a messenger is full of them, and no typist can see them.
INVISIBLE = re.compile("[\u00ad\u034f\u180e\u200b-\u200f\u2060-\u2064\ufe00-\ufe0f]")


def fold(value: object) -> object:
    """Return text as one line: white space folded, characters composed (NFC), invisible ones left out; anything else
    unchanged.

    Raises when the text holds what cannot be printed or would reorder the line.
    """
    if not isinstance(value, str):
        return value
    line = unicodedata.normalize("NFC", " ".join(INVISIBLE.sub("", value).split()))
    if found := FORBIDDEN.search(line):
        raise wrong(f"holds the invisible character U+{ord(found[0]):04X}", "delete it")
    return line


FOLDED = BeforeValidator(fold)


def _iso_date(value: object) -> object:
    # Without this pydantic would take 20261201 for seconds since 1970.
    if isinstance(value, str) and not re.fullmatch(r"\d{4}-\d{2}-\d{2}", value, re.ASCII):
        raise wrong("must be a date such as 2026-11-21")
    return value


_ID = re.compile(r"[a-z0-9]([a-z0-9-]{0,38}[a-z0-9])?")


def _id(value: str) -> str:
    if not _ID.fullmatch(value):
        raise wrong("must be a-z, 0-9 and hyphens, 40 characters at most, with a letter or digit at both ends")
    return value


def _language(value: str) -> str:
    if not re.fullmatch(r"[a-z]{2}(-[A-Z]{2})?", value):
        raise wrong("must be the two letters of a language, in lower case, such as en")
    return value


def _country(value: str) -> str:
    if value.upper() == "UK":
        raise wrong("must be the two letters of a country", 'write "GB"')
    if re.fullmatch(r"[A-Z]{2}", value):
        return value
    hint = f'write "{value.upper()}"' if re.fullmatch(r"[A-Za-z]{2}", value) else "such as US, CA, GB"
    raise wrong("must be the two letters of a country, in upper case", hint)


Date = Annotated[datetime.date, BeforeValidator(_iso_date)]
Id = Annotated[
    str, AfterValidator(_id), WithJsonSchema({"type": "string", "pattern": "^[a-z0-9]([a-z0-9-]{0,38}[a-z0-9])?$"})
]
Language = Annotated[
    str, AfterValidator(_language), WithJsonSchema({"type": "string", "pattern": "^[a-z]{2}(-[A-Z]{2})?$"})
]
Country = Annotated[str, AfterValidator(_country), WithJsonSchema({"type": "string", "pattern": "^[A-Z]{2}$"})]

# Printed text, one line each; the limit counts characters after folding.
Line = Annotated[str, StringConstraints(min_length=1, max_length=200), FOLDED]
ShortLine = Annotated[str, StringConstraints(min_length=1, max_length=60), FOLDED]
LongLine = Annotated[str, StringConstraints(min_length=1, max_length=400), FOLDED]
Paragraph = Annotated[str, StringConstraints(min_length=1, max_length=1500), FOLDED]
