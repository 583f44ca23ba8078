"""One client's workbook, as a worker of a batch makes it: compared with what was made before, typeset, encrypted."""

from __future__ import annotations

import functools
import time
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import date
from typing import Literal

from workbook_builder.batch import Client
from workbook_builder.batch.sealing import seal_companion, seal_workbook
from workbook_builder.deliver import encrypt
from workbook_builder.errors import InputProblems, Refused, TryAgain
from workbook_builder.folders import Folders
from workbook_builder.pipeline import (
    CompanionDraft,
    CompanionOrder,
    Draft,
    Order,
    Planned,
    Stock,
    companion_name,
    draft_companion,
    draft_workbook,
    look_into,
    plan_workbook,
    print_companion,
    print_workbook,
)
from workbook_builder.typeset import CannotTypeset, Limits, Typesetter
from workbook_builder.verify import Unsound

REFUSED = "refused"
"""The code of a client for whom no workbook may be made; problems of the input have the codes of their findings."""


@dataclass(frozen=True)
class Site:
    """Where workers work: the practice's folders, and how much memory one of their processes may use, in bytes.

    ``names``: on another machine, how folders are called there, and how the coordinator's machine calls them.
    """

    folders: Folders
    memory: int
    names: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True)
class Made:
    """A PDF that is there already and untouched: its seal, and the day that it carries."""

    seal: str
    day: date


@dataclass(frozen=True)
class Job:
    """One client's workbook to make. ``number`` counts the clients of the source from 0.

    Clients of one ``kin`` have the same plan, and most pages of their books are the same.
    ``made`` and ``companion_made`` are what is there already; when the same would be made again, nothing is.
    ``companion``: how the therapist's companion is to be made, when it is wanted.
    """

    number: int
    client: Client
    order: Order
    kin: int = 0
    made: Made | None = None
    companion: CompanionOrder | None = None
    companion_made: Made | None = None


@dataclass(frozen=True)
class Book:
    """A finished PDF, encrypted when there is a password: its pages, its seal, the day that it carries."""

    pdf: bytes
    pages: int
    seal: str
    day: date


@dataclass(frozen=True)
class Printed:
    """What was made for a client: the workbook, the companion, or both, ready to be published."""

    workbook: Book | None
    companion: Book | None
    seconds: float


@dataclass(frozen=True)
class Unchanged:
    """What is there already is what would be made."""

    seconds: float


@dataclass(frozen=True)
class NotMade:
    """Why there is no workbook, the first code, and each message with its place and remedy."""

    status: Literal["refused", "invalid"]
    code: str
    messages: tuple[str, ...]


def make_builder(site: Site) -> Callable[[Job], Printed | Unchanged | NotMade]:
    """Return what answers jobs in a worker: it reads the practice and starts the engine once."""
    stock = Stock(site.folders)
    typesetter = Typesetter(limits=Limits(memory=site.memory))

    def answer(job: Job) -> Printed | Unchanged | NotMade:
        made = build(job, stock, typesetter)
        return _rename(made, site.names) if isinstance(made, NotMade) else made

    return answer


def _rename(reason: NotMade, names: tuple[tuple[str, str], ...]) -> NotMade:
    """Name the practice's files as they are called where somebody can mend them."""
    messages = reason.messages
    for here, there in names:
        messages = tuple(message.replace(here, there) for message in messages)
    return replace(reason, messages=messages)


def build(job: Job, stock: Stock, typesetter: Typesetter) -> Printed | Unchanged | NotMade:
    """Make what a client gets, unless it is there already: all of it or nothing.

    Raises:
        TryAgain: the engine broke, hung or was killed.
    """
    started, plan = time.monotonic(), functools.cache(functools.partial(_plan, job, stock))
    try:
        workbook = _make_workbook(job, stock, typesetter, plan)
        companion = _make_companion(job, stock, typesetter, plan)
    except (InputProblems, Refused, Unsound) as error:
        return explain(error)
    except CannotTypeset as error:
        raise TryAgain(str(error)) from None
    seconds = time.monotonic() - started
    return Printed(workbook, companion, seconds) if workbook or companion else Unchanged(seconds)


Plans = Callable[[date], tuple[Planned, Order]]
"""Gives the client's plan for a day, and the order with that day."""


def _plan(job: Job, stock: Stock, day: date) -> tuple[Planned, Order]:
    order = replace(job.order, today=day)
    return plan_workbook(job.client.loaded, stock.folders, order, stock), order


def _make_workbook(job: Job, stock: Stock, typesetter: Typesetter, plan: Plans) -> Book | None:
    """Return the workbook, or None when the one that is there is the same."""

    def draft(day: date) -> Draft:
        planned, order = plan(day)
        return draft_workbook(job.client.loaded, planned, order, stock)

    password, today = job.order.password, job.order.today
    if job.made and seal_workbook(draft(job.made.day), password, stock) == job.made.seal:
        return None
    book = draft(today)
    pdf, pages = print_workbook(book, typesetter)
    pdf = _finish(pdf, book.name, book, job.order, book.private)
    return Book(pdf, pages, seal_workbook(book, password, stock), today)


def _make_companion(job: Job, stock: Stock, typesetter: Typesetter, plan: Plans) -> Book | None:
    """Return the companion, or None when it is not wanted, or the one that is there is the same."""
    if job.companion is None:
        return None
    password, today = job.companion.password, job.order.today

    def draft(day: date) -> CompanionDraft:
        planned, order = plan(day)
        return draft_companion(planned, order, stock)

    made = job.companion_made
    if made and seal_companion(draft(made.day), password, stock) == made.seal:
        return None
    book = draft(today)
    pdf, pages = print_companion(book, typesetter)
    pdf = _finish(pdf, companion_name(job.client.id), book, replace(job.order, password=password))
    return Book(pdf, pages, seal_companion(book, password, stock), today)


def _finish(pdf: bytes, name: str, draft: Draft | CompanionDraft, order: Order, private: tuple[str, ...] = ()) -> bytes:
    """Look into a PDF unless the order says not to, and encrypt it when the order has a password."""
    if order.verify:
        look_into(pdf, name, draft.imprint, draft.size, private)
    return encrypt(pdf, order.password) if order.password else pdf


def explain(error: InputProblems | Refused | Unsound) -> NotMade:
    """Return why no workbook is made, as values. Problems and refusals never quote a client's own words."""
    if isinstance(error, InputProblems):
        return NotMade("invalid", error.problems[0].code, tuple(map(str, error.problems)))
    if isinstance(error, Unsound):
        return NotMade("invalid", error.findings[0].code, tuple(str(error).splitlines()))
    return NotMade("refused", REFUSED, tuple(str(error).splitlines()))
