"""One client's workbook, as a worker of a batch makes it: compared with what was made before, typeset, encrypted."""

from __future__ import annotations

import functools
import hashlib
import time
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import date
from importlib.metadata import version
from pathlib import Path
from typing import Literal

from workbook_builder.batch import Client
from workbook_builder.deliver import encrypt
from workbook_builder.errors import InputProblems, Refused, TryAgain
from workbook_builder.folders import Folders, seal
from workbook_builder.furnish import furniture_style
from workbook_builder.pipeline import Draft, Order, Stock, draft_workbook, plan_workbook, print_workbook
from workbook_builder.typeset import CannotTypeset, Limits, Typesetter, sheet_digest

REFUSED = "refused"
"""The code of a client for whom no workbook may be made; problems of the input have the codes of their findings."""
BINDING_PARTS = ("pikepdf", "uharfbuzz", "jinja2", "markdown", "babel", "pyphen")


@dataclass(frozen=True)
class Site:
    """Where workers work: the practice's folders, and how much memory one of their processes may use, in bytes."""

    folders: Folders
    memory: int


@dataclass(frozen=True)
class Job:
    """One client's workbook to make. ``number`` counts the clients of the source from 0.

    ``made`` and ``made_on`` are the seal and the day of the workbook that is there already and untouched; when the same
    would be made again, nothing is.
    """

    number: int
    client: Client
    order: Order
    made: str = ""
    made_on: date | None = None


@dataclass(frozen=True)
class Printed:
    """A workbook that was made, ready to be published: encrypted when the order has a password."""

    pdf: bytes
    pages: int
    seal: str
    day: date
    seconds: float
    notes: tuple[str, ...] = ()


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
    return lambda job: build(job, stock, typesetter)


def build(job: Job, stock: Stock, typesetter: Typesetter) -> Printed | Unchanged | NotMade:
    """Make one client's workbook, unless it is there already.

    Raises:
        TryAgain: the engine broke, hung or was killed.
    """
    started = time.monotonic()
    try:
        if job.made and job.made_on and seal_draft(_draft(job, stock, job.made_on), stock, job.order) == job.made:
            return Unchanged(time.monotonic() - started)
        draft = _draft(job, stock, job.order.today)
        pdf, pages = print_workbook(draft, typesetter)
        if job.order.password:
            pdf = encrypt(pdf, job.order.password)
        sealed = seal_draft(draft, stock, job.order)
        return Printed(pdf, pages, sealed, job.order.today, time.monotonic() - started, draft.notes)
    except (InputProblems, Refused) as error:
        return explain(error)
    except CannotTypeset as error:
        raise TryAgain(str(error)) from None


def explain(error: InputProblems | Refused) -> NotMade:
    """Return why no workbook is made, as values. Problems and refusals never quote a client's own words."""
    if isinstance(error, InputProblems):
        return NotMade("invalid", error.problems[0].code, tuple(map(str, error.problems)))
    return NotMade("refused", REFUSED, tuple(str(error).splitlines()))


def seal_draft(draft: Draft, stock: Stock, order: Order) -> str:
    """Return the keyed hash of everything that a workbook is made of.

    That is each page before it is typeset, with the words of the profile, library and layout that it really shows;
    style sheet, fonts, engine and program; the metadata with the day; and the password.
    """
    pages = {**draft.manuscript.fixed}
    # The numbers on plan page and contents follow from the lengths of the others.
    pages |= {page.id: page for page in draft.manuscript.number(dict.fromkeys(draft.manuscript.order, 1))}
    digest = hashlib.sha256()
    style = furniture_style(draft.layout, draft.paper)
    for part in (*(pages[name] for name in draft.manuscript.order), style, draft.layout.values.name, draft.imprint):
        digest.update(repr(part).encode() + b"\0")
    digest.update(sheet_digest(draft.sheet) + program_digest() + repr(order.password).encode())
    return seal(stock.folders, "workbook", digest.digest())


@functools.cache
def program_digest() -> bytes:
    """Return the hash of this program and of the libraries that bind."""
    digest = hashlib.sha256(" ".join(f"{name} {version(name)}" for name in BINDING_PARTS).encode())
    package = Path(__file__).parents[1]
    for path in sorted(package.rglob("*.py")):
        digest.update(path.read_bytes())
    return digest.digest()


def _draft(job: Job, stock: Stock, day: date) -> Draft:
    order = replace(job.order, today=day)
    return draft_workbook(*plan_workbook(job.client.loaded, stock.folders, order, stock), order, stock)
