"""A batch from start to end. The page to read first in this package:

clients → what is there already → jobs for the crew → outcomes → passphrase, ledger, PDF → a row for each client.

Only this process writes: a worker that is killed can leave nothing torn.
"""

from __future__ import annotations

import hashlib
import time
from collections.abc import Callable, Hashable, Iterable, Iterator, Sequence
from contextlib import closing, suppress
from dataclasses import dataclass, replace

from workbook_builder.batch import Client, Engine, Outcome
from workbook_builder.batch.building import Book, Job, Made, NotMade, Printed, Unchanged
from workbook_builder.batch.ledger import Entry, Ledger
from workbook_builder.batch.passphrases import Passphrases
from workbook_builder.batch.rehearsing import not_made, wrong_at_sight
from workbook_builder.batch.shelf import Shelf
from workbook_builder.batch.store import Store
from workbook_builder.batch.telling import MANIFEST, REPORT, Row, Run, Status, write_manifest, write_report
from workbook_builder.errors import CannotWrite
from workbook_builder.folders import Folders, book_number, seal
from workbook_builder.pipeline import CompanionOrder, Order, companion_name, workbook_name
from workbook_builder.plan import answers_key, planning_answers

CODES = {"slow": "time-limit", "died": "died", "raised": "bug"}
"""The code of a client whose build failed, by how its job ended."""
Watch = Callable[[Row], None]
"""Is told each row as soon as it stands."""


@dataclass(frozen=True)
class Desk:
    """What a batch works with: the practice, where PDFs go, what was made before, and the passphrases if wanted.

    ``fixed_day`` says that the day was asked for: what was made on another day is made anew. ``companion_shelf`` is
    where the therapist's companions go when they are wanted; each has a passphrase of its own.
    """

    folders: Folders
    order: Order
    shelf: Shelf | Store
    ledger: Ledger
    passphrases: Passphrases | None = None
    fixed_day: bool = False
    companion_shelf: Shelf | Store | None = None


def run_batch(
    clients: Sequence[Client], desk: Desk, engine: Engine, workers: int, watch: Watch = lambda row: None
) -> list[Row]:
    """Make what is missing or changed, and tell of it in manifest.csv and report.html, however it ends.

    The engine is closed at the end. Returns a row for each client, in the order of the source.

    Raises:
        CannotWrite: a PDF, the ledger or a passphrase cannot be written; what was published before stays valid.
        KeyboardInterrupt: as it comes, after manifest and report are written.
    """
    batch, started = Batch(clients, desk, watch), time.monotonic()

    def tell(interrupted: bool) -> None:
        run = Run(desk.order.today, time.monotonic() - started, workers, interrupted)
        desk.shelf.write(MANIFEST, write_manifest(batch.rows))
        desk.shelf.write(REPORT, write_report(batch.rows, run))

    try:
        batch.run(engine)
    except BaseException:
        with suppress(CannotWrite):  # what has stopped the batch is the news
            tell(interrupted=True)
        raise
    tell(interrupted=False)
    return batch.rows


class Batch:
    """The rows of a batch while they come in."""

    def __init__(self, clients: Sequence[Client], desk: Desk, watch: Watch = lambda row: None) -> None:
        self._clients, self._desk, self._watch = clients, desk, watch
        self._rows: dict[int, Row] = {}

    def run(self, engine: Engine) -> None:
        """Work through the jobs; see :func:`run_batch`. After an exception, :attr:`rows` tell how far it went."""
        passphrases = self._desk.passphrases
        self._desk.ledger.begin(self._desk.order.today, passphrases.path if passphrases else None)
        with closing(engine):
            for outcome in engine.run(self._jobs()):
                self._settle(outcome)
        if all(row.is_good for row in self.rows):
            self._desk.ledger.complete()

    @property
    def rows(self) -> list[Row]:
        """A row for each client, in the order of the source; those who had no turn are waiting."""
        return [self._rows.get(n) or self._waiting(client) for n, client in enumerate(self._clients)]

    def _jobs(self) -> Iterator[Job]:
        """Give the jobs, those of one kin one after another."""
        places: dict[str, str] = {}
        for number, client in enumerate(self._clients):
            problem = wrong_at_sight(client, places, self._desk.order, self._desk.companion_shelf is not None)
            if problem is not None:
                self._put(number, not_made(client, problem))
        kin = {number: kin for number, kin in enumerate(find_kin(self._clients)) if number not in self._rows}
        for number in sorted(kin, key=lambda number: (kin[number], number)):
            if (job := self._prepare(number, self._clients[number], kin[number])) is not None:
                yield job

    def _prepare(self, number: int, client: Client, kin: int) -> Job | None:
        """Return the job for a client, or None when answers stand in its way."""
        desk = self._desk
        password = desk.passphrases.of(client.id) if desk.passphrases else desk.order.password
        order = replace(desk.order, password=password, number=book_number(desk.folders, client.id))
        job = Job(number, client, order, kin)
        try:
            job = replace(job, made=self._made(desk.shelf, self._file(client), password))
            if desk.companion_shelf:
                own = desk.passphrases.of(_companion_id(client)) if desk.passphrases else None
                made = self._made(desk.companion_shelf, companion_name(client.id), own)
                job = replace(job, companion=CompanionOrder(password=own), companion_made=made)
        except CannotWrite as error:
            self._put(number, Row(client.id, client.place, "kept-answers", code="answers", messages=(str(error),)))
            return None
        return job

    def _made(self, shelf: Shelf | Store, file: str, password: str | None) -> Made | None:
        """Return what an earlier run has made, if it is there and untouched.

        Raises:
            CannotWrite: another file is there, and it holds answers or may.
        """
        desk = self._desk
        if desk.order.force:
            return None
        entry = desk.ledger.find(_key(desk, file))
        if entry and shelf.digest(file) == entry.sha256:
            return Made(entry.seal, desk.order.today if desk.fixed_day else entry.day)
        shelf.refuse_answers(file, password)
        return None

    def _settle(self, outcome: Outcome) -> None:
        job: Job = outcome.job
        client, answer = job.client, outcome.value
        if outcome.fate != "done":
            code = CODES[outcome.fate]
            self._put(job.number, Row(client.id, client.place, "failed", code=code, messages=(outcome.reason,)))
        elif isinstance(answer, NotMade):
            self._put(job.number, not_made(client, answer))
        elif isinstance(answer, Unchanged):
            self._put(job.number, self._row(client, "unchanged"))
        else:
            assert isinstance(answer, Printed)
            self._publish(client, answer)
            self._put(job.number, self._row(client, "made"))

    def _publish(self, client: Client, printed: Printed) -> None:
        """Workbook first, then its companion: a client who waits is served, and the next run makes what is missing."""
        desk = self._desk
        if printed.workbook:
            self._put_away(desk.shelf, self._file(client), client.id, printed.workbook, printed.seconds)
        if printed.companion and desk.companion_shelf:
            name, own = companion_name(client.id), _companion_id(client)
            self._put_away(desk.companion_shelf, name, own, printed.companion, printed.seconds)

    def _put_away(self, shelf: Shelf | Store, file: str, whose: str, book: Book, seconds: float) -> None:
        """Passphrase, ledger, PDF, in this order: no PDF whose passphrase is lost, and none that is made twice."""
        desk = self._desk
        if desk.passphrases:
            desk.passphrases.keep(whose)
        sha256 = hashlib.sha256(book.pdf).hexdigest()
        desk.ledger.record(_key(desk, file), Entry(book.seal, book.day, sha256, len(book.pdf), book.pages, seconds))
        shelf.publish(file, book.pdf)

    def _find(self, client: Client) -> Entry | None:
        return self._desk.ledger.find(self._key(client))

    def _key(self, client: Client) -> str:
        return _key(self._desk, self._file(client))

    def _file(self, client: Client) -> str:
        """The name of a client's PDF; of one whose profile is wrong, that of the edition it would prefer."""
        profile = client.loaded.profile
        return workbook_name(profile, self._desk.order) if profile else f"{client.id}.pdf"

    def _row(self, client: Client, status: Status) -> Row:
        entry = self._find(client)
        assert entry is not None
        return Row(client.id, client.place, status, entry.pages, entry.bytes, entry.sha256, entry.seconds)

    def _waiting(self, client: Client) -> Row:
        """The row of a client who had no turn, with the workbook that an earlier run has made."""
        entry = self._find(client) if client.id else None
        if entry and self._desk.shelf.digest(self._file(client)) == entry.sha256:
            return self._row(client, "waiting")
        return Row(client.id, client.place, "waiting")

    def _put(self, number: int, row: Row) -> None:
        self._rows[number] = row
        self._watch(row)


def find_kin(clients: Iterable[Client]) -> list[int]:
    """Return for each client which of all kin it is of, from 0 in the order in which they first come.

    Clients with the same answers have the same plan, and in one language, edition and country the same pages; one whose
    profile is wrong is of no kin.
    """
    known: dict[Hashable, int] = {}
    return [known.setdefault(_kin(client), len(known)) for client in clients]


def _kin(client: Client) -> Hashable:
    profile = client.loaded.profile
    return (profile.client.country, answers_key(planning_answers(profile))) if profile else None


def _companion_id(client: Client) -> str:
    """What the companion's passphrase is kept under."""
    return companion_name(client.id).removesuffix(".pdf")


def _key(desk: Desk, file: str) -> str:
    return seal(desk.folders, "ledger", file.encode())
