"""The practice's own tables: its particulars, crisis lines, books and videos."""

from __future__ import annotations

import datetime
import re
from typing import Annotated
from urllib.parse import parse_qsl, urlsplit

from pydantic import AfterValidator, ConfigDict, Field, RootModel, StringConstraints, field_validator

from workbook_builder.source import Country, Date, Id, Language, Line, Paragraph, ShortLine, Strict, wrong
from workbook_builder.vocabulary import Book

_TRACKING = re.compile(r"utm_.*|fbclid|gclid|dclid|msclkid|igshid|igsh|mc_cid|mc_eid|si", re.IGNORECASE)
_TABLE = ConfigDict(frozen=True, hide_input_in_errors=True)


class Practice(Strict):
    """The practice's particulars and its own wording."""

    name: ShortLine
    phone: ShortLine | None = None
    """Printed on the safety page."""
    hours: ShortLine | None = None
    """When somebody answers the phone."""
    privacy: Annotated[tuple[Paragraph, ...], Field(max_length=8)] = ()
    """Paragraphs of the privacy page; without them the program's own wording is printed."""
    eap: Annotated[tuple[Paragraph, ...], Field(max_length=8)] = ()
    """What clients of an employee assistance program read there as well."""
    clearance_days: int = Field(default=14, ge=1, le=90)
    """For how many days a clearance counts."""
    crisis_days: int = Field(default=180, ge=1, le=366)
    """After how many days crisis lines want checking again."""


def _number(value: str) -> str:
    # A page links the number for dialling, so anything more, such as "press 2", would be dialled as well.
    if not re.fullmatch(r"\+?[0-9][0-9 ()-]*", value):
        raise wrong("must be one telephone number and nothing else", "say what to press in the line's name")
    return value


def _web(value: str) -> str:
    if not re.fullmatch(r"[a-z0-9-]+(\.[a-z0-9-]+)+(/[A-Za-z0-9._~/-]*)?", value):
        raise wrong("must be an address without https://, such as 988lifeline.org")
    return value


Number = Annotated[ShortLine, AfterValidator(_number)]


class CrisisLine(Strict):
    """One line that answers in an emergency of the mind."""

    name: Line
    call: Number | None = None
    """The number to dial."""
    text: ShortLine | None = None
    """What to send, and where: START to 88788."""
    languages: tuple[Language, ...] = Field(min_length=1)
    """In which languages somebody answers."""
    web: Annotated[ShortLine, AfterValidator(_web)] | None = Field(default=None, validate_default=True)
    """An address with a chat or more numbers."""

    @field_validator("web")
    @classmethod
    def _can_be_reached(cls, web: str | None, info: object) -> str | None:
        given = getattr(info, "data", {})
        if web is None and {"call", "text"} <= given.keys() and not (given["call"] or given["text"]):
            raise wrong("this line needs at least one of call, text and web")
        return web


class CrisisCountry(Strict):
    """Whom a client of one country can call."""

    checked: Date | None = None
    """The day somebody of the practice called or looked; empty until then."""
    seen: Date | None = None
    """The day the program's authors read the source."""
    emergency: Number
    """The emergency number: police, ambulance, fire."""
    lines: tuple[CrisisLine, ...] = Field(min_length=1)

    def needs_check(self, today: datetime.date, days: int) -> bool:
        """Say whether nobody of the practice has checked these lines within ``days`` days."""
        return self.checked is None or not 0 <= (today - self.checked).days <= days


def _link(value: str) -> str:
    parts = urlsplit(value)
    if parts.scheme != "https" or not re.fullmatch(r"[a-z0-9-]+(\.[a-z0-9-]+)+", parts.netloc):
        raise wrong("must be a whole address that starts with https://")
    if not re.fullmatch(r"[\x21-\x7e]+", value):
        raise wrong("must not hold spaces, or letters that cannot be typed in an address")
    names = [name for name, _ in parse_qsl(parts.query, keep_blank_values=True)]
    if found := next((name for name in names if _TRACKING.fullmatch(name)), None):
        raise wrong(f'must not hold the tracking parameter "{found}"', "delete it, with what stands behind its =")
    if "list" in names:
        raise wrong("must lead to one video, not to a list of them", 'delete "list"')
    return value


Link = Annotated[str, StringConstraints(max_length=200), AfterValidator(_link)]


class VideoLink(Strict):
    """A film that somebody of the practice has watched from start to end."""

    url: Link
    title: Line
    speaker: Line
    channel: Line
    language: Language
    captions: bool
    minutes: int = Field(ge=1, le=600)
    """Its length, rounded up."""
    watched_by: ShortLine
    checked: Date
    """The day on which the link was last tried."""


class Chapter(Strict):
    """Where a reading stands in one edition of a book."""

    chapter: Line | None = None
    pages: ShortLine | None = None


class BookEdition(Strict):
    """One edition of a book, and what to read in it for each reading module."""

    language: Language
    edition: Line
    """Publisher and year, so that the page numbers fit."""
    title: Line | None = None
    authors: Line | None = None
    chapters: dict[Id, Chapter] = Field(default={})


class CrisisLines(RootModel[dict[Country, CrisisCountry]]):
    """Crisis lines by country."""

    model_config = _TABLE


class Books(RootModel[dict[Book, tuple[BookEdition, ...]]]):
    """Editions of each book that readings are taken from."""

    model_config = _TABLE


class Videos(RootModel[dict[Id, tuple[VideoLink, ...]]]):
    """Links for each video slot, the preferred one first."""

    model_config = _TABLE


def fresh_link(
    links: tuple[VideoLink, ...], language: str, today: datetime.date, max_minutes: int, max_days: int = 180
) -> VideoLink | None:
    """Return the first link in the client's language that is short enough and was checked within ``max_days`` days."""
    for link in links:
        age = (today - link.checked).days
        if link.language == language and link.minutes <= max_minutes and 0 <= age <= max_days:
            return link
    return None
