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
from workbook_builder.bind import Imprint
from workbook_builder.deliver import encrypt
from workbook_builder.errors import InputProblems, Refused, TryAgain
from workbook_builder.folders import Folders, seal
from workbook_builder.furnish import furniture_style
from workbook_builder.pipeline import (
    CompanionDraft,
    CompanionOrder,
    Draft,
    Order,
    Stock,
    companion_name,
    draft_companion,
    draft_workbook,
    look_into,
    plan_workbook,
    print_companion,
    print_workbook,
)
from workbook_builder.typeset import CannotTypeset, Limits, Typesetter, sheet_digest
from workbook_builder.verify import Unsound

REFUSED = "refused"
"""The code of a client for whom no workbook may be made; problems of the input have the codes of their findings."""
BINDING_PARTS = ("pikepdf", "uharfbuzz", "jinja2", "markdown", "babel", "pyphen")


@dataclass(frozen=True)
class Site:
    """Where workers work: the practice's folders, and how much memory one of their processes may use, in bytes.

    ``names``: on another machine, how folders are called there, and how the coordinator's machine calls them.
    """

    folders: Folders
    memory: int
    names: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True)
class Job:
    """One client's workbook to make. ``number`` counts the clients of the source from 0.

    ``made`` and ``made_on`` are the seal and the day of the workbook that is there already and untouched; when the same
    would be made again, nothing is. ``companion``: how the therapist's companion is to be made, when it is wanted.
    """

    number: int
    client: Client
    order: Order
    made: str = ""
    made_on: date | None = None
    companion: CompanionOrder | None = None


@dataclass(frozen=True)
class Printed:
    """A workbook that was made, ready to be published: encrypted when the order has a password. So is its companion."""

    pdf: bytes
    pages: int
    seal: str
    day: date
    seconds: float
    notes: tuple[str, ...] = ()
    companion: bytes = b""


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
    """Make one client's workbook, unless it is there already.

    Raises:
        TryAgain: the engine broke, hung or was killed.
    """
    started = time.monotonic()
    try:
        if job.made and job.made_on and _draft(job, stock, job.made_on).seal(stock) == job.made:
            return Unchanged(time.monotonic() - started)
        drafts = _draft(job, stock, job.order.today)
        draft, about = drafts.workbook, drafts.companion
        pdf, pages = print_workbook(draft, typesetter)
        finished = _finish(pdf, draft.name, draft.imprint, job.order, draft.private)
        companion = b""
        if about and job.companion:
            wanted = replace(job.order, password=job.companion.password)
            printed, _ = print_companion(about, typesetter)
            companion = _finish(printed, companion_name(draft.client), about.imprint, wanted)
        seconds = time.monotonic() - started
        return Printed(finished, pages, drafts.seal(stock), job.order.today, seconds, draft.notes, companion)
    except (InputProblems, Refused, Unsound) as error:
        return explain(error)
    except CannotTypeset as error:
        raise TryAgain(str(error)) from None


def _finish(pdf: bytes, name: str, imprint: Imprint, order: Order, private: tuple[str, ...] = ()) -> bytes:
    """Look into a PDF unless the order says not to, and encrypt it when the order has a password."""
    if order.verify:
        look_into(pdf, name, imprint, private)
    return encrypt(pdf, order.password) if order.password else pdf


def explain(error: InputProblems | Refused | Unsound) -> NotMade:
    """Return why no workbook is made, as values. Problems and refusals never quote a client's own words."""
    if isinstance(error, InputProblems):
        return NotMade("invalid", error.problems[0].code, tuple(map(str, error.problems)))
    if isinstance(error, Unsound):
        return NotMade("invalid", error.findings[0].code, tuple(str(error).splitlines()))
    return NotMade("refused", REFUSED, tuple(str(error).splitlines()))


@dataclass(frozen=True)
class Drafts:
    """What a client gets, before it is typeset: the workbook, and the companion when it is wanted."""

    job: Job
    workbook: Draft
    companion: CompanionDraft | None

    def seal(self, stock: Stock) -> str:
        """Return the keyed hash of everything that these books are made of.

        That is each page before it is typeset, with the words of the profile, library and layout that it really shows;
        style sheet, fonts, engine and program; the metadata with the day; and the passwords.
        """
        book, about, job = self.workbook, self.companion, self.job
        pages = {**book.manuscript.fixed}
        # The numbers on plan page and contents follow from the lengths of the others.
        pages |= {page.id: page for page in book.manuscript.number(dict.fromkeys(book.manuscript.order, 1))}
        digest = hashlib.sha256()
        style = furniture_style(book.layout, book.paper)
        for part in (*(pages[name] for name in book.manuscript.order), style, book.layout.values.name, book.imprint):
            digest.update(repr(part).encode() + b"\0")
        digest.update(sheet_digest(book.sheet) + program_digest() + repr(job.order.password).encode())
        if about and job.companion:
            digest.update(repr((about.sections, about.imprint, about.mark, job.companion.password)).encode())
            digest.update(sheet_digest(about.sheet))
        return seal(stock.folders, "workbook", digest.digest())


@functools.cache
def program_digest() -> bytes:
    """Return the hash of this program and of the libraries that bind."""
    digest = hashlib.sha256(" ".join(f"{name} {version(name)}" for name in BINDING_PARTS).encode())
    package = Path(__file__).parents[1]
    for path in sorted(package.rglob("*.py")):
        digest.update(path.read_bytes())
    return digest.digest()


def _draft(job: Job, stock: Stock, day: date) -> Drafts:
    order = replace(job.order, today=day)
    planned = plan_workbook(job.client.loaded, stock.folders, order, stock)
    workbook = draft_workbook(job.client.loaded, planned, order, stock)
    return Drafts(job, workbook, draft_companion(planned, order, stock) if job.companion else None)
