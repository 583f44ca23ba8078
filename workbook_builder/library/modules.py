"""What a content module is: its front matter, its body, and what a signature is bound to."""

from __future__ import annotations

import hashlib
import json
from typing import Annotated, Literal, TypeVar

from pydantic import Field, StringConstraints, ValidationInfo, field_validator

from workbook_builder.book import Kind
from workbook_builder.source import FOLDED, Date, Id, Line, ShortLine, Strict, wrong
from workbook_builder.vocabulary import Book, Flag, Frequency, ModuleTopic, Obstacle, Phase

# May be empty, unlike other text.
Caution = Annotated[str, StringConstraints(max_length=400), FOLDED]
# As in a module's body, where an id may be longer than that of a module.
FieldId = Annotated[str, StringConstraints(pattern=r"^[a-z0-9]+(-[a-z0-9]+)*$")]
T = TypeVar("T")


class Signature(Strict):
    """Who has read the module as it is, and when."""

    by: ShortLine
    date: Date
    digest: Annotated[str, StringConstraints(pattern=r"^[0-9a-f]{64}$")]
    """The digest of what was signed; an edit makes another."""
    fields: tuple[FieldId, ...] = ()
    """The ids of the fields that were signed, since answers are read back by them."""


class FrontMatter(Strict):
    """What an author says about a module, above its text."""

    id: Id
    """The file's name without .md; it never changes, since answers are read back by it."""
    kind: Kind
    title: ShortLine
    summary: Line
    """One line for the plan page and the opener."""
    main_message: Line
    """What the client is to keep; printed under the title."""
    call_to_action: Line
    """One sentence that invites; printed in a box."""
    topics: tuple[ModuleTopic, ...] = Field(min_length=1)
    phase: Phase
    minutes: int = Field(ge=1, le=120)
    """The client's time."""
    requires: tuple[Id, ...] = ()
    """Modules that come before this one."""
    obstacles: tuple[Obstacle, ...] = ()
    """What this module answers when it gets in the way of homework."""
    frequency: tuple[Frequency, ...] = Field(min_length=1)
    """How often the client may come for this module to be chosen."""
    review: bool = False
    """Left out until the therapist ticks it."""
    assign_only: bool = False
    """Only when the therapist names it."""
    not_if: tuple[Flag, ...] = ()
    """Flags that remove it."""
    caution: Caution = ""
    """For the therapist, never printed for the client."""
    sources: tuple[Line, ...] = Field(min_length=1)
    source_check: Literal["V", "T", "U"]
    """V: read in a source; T: only a chapter's title was read; U: not checked."""
    book: Book | None = Field(default=None, validate_default=True)
    """Readings only: the book."""
    subject: Line | None = Field(default=None, validate_default=True)
    """Readings only: what the pages are about, in a few words."""
    max_minutes: int | None = Field(default=None, ge=1, le=9, validate_default=True)
    """Videos only: how long a film may be."""
    status: Literal["draft", "reviewed"] = "draft"
    """Only a clinician makes it reviewed."""
    reviewed: Signature | None = Field(default=None, validate_default=True)

    @field_validator("book", "subject")
    @classmethod
    def _for_readings(cls, value: T, info: ValidationInfo) -> T:
        return _only_for("reading", value, info)

    @field_validator("max_minutes")
    @classmethod
    def _for_videos(cls, value: T, info: ValidationInfo) -> T:
        return _only_for("video", value, info)

    @field_validator("reviewed")
    @classmethod
    def _signed_when_reviewed(cls, value: T, info: ValidationInfo) -> T:
        if value is None and info.data.get("status") == "reviewed":
            raise wrong("is required when the status is reviewed", "sign it with: workbook sign")
        return value


def _only_for(kind: Kind, value: T, info: ValidationInfo) -> T:
    if "kind" not in info.data or (value is not None) == (info.data["kind"] == kind):
        return value
    raise wrong(f"is required for a {kind}" if value is None else f"is only for a {kind}; delete it")


class Module(FrontMatter):
    """A content module. ``status`` is draft again when the module was edited after it was signed."""

    body: str
    """The markdown below the front matter."""
    body_line: int
    """The line of the file, from 1, on which the body starts."""
    path: str
    """The file, as messages call it."""
    language: str


def digest(module: FrontMatter, body: str) -> str:
    """Return what a signature is bound to: the front matter without status and signature, and the body.

    Comments, the order of settings and settings with their usual value do not count.
    """
    own = set(FrontMatter.model_fields) - {"status", "reviewed"}
    front = module.model_dump(mode="json", include=own, exclude_defaults=True)
    signed = json.dumps([front, body.strip()], sort_keys=True, ensure_ascii=False)
    return hashlib.sha256(signed.encode()).hexdigest()
