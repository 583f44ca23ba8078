"""What can be said of clients before anything is made: a batch begins with it, and ``--dry-run`` is nothing else."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import date

from workbook_builder.batch import Client
from workbook_builder.batch.building import REFUSED, NotMade, explain
from workbook_builder.batch.telling import Row
from workbook_builder.errors import InputProblems, Problem, Refused
from workbook_builder.pipeline import Order, Stock, companion_name, draft_workbook, plan_workbook, warn, workbook_name

SAME_ID = "WB113"


def wrong_at_sight(client: Client, places: dict[str, str], order: Order, companion: bool = False) -> NotMade | None:
    """Return what is wrong with a client before anything is planned.

    ``places`` gathers who has which id and which files: nobody may have those of another, nor another's passphrase.
    """
    problems = [*client.loaded.problems]
    line, column = client.loaded.marks.at("client", "id")
    message, files = "", _files(client, order, companion)
    if first := places.get(client.id):
        message = f"has the id of the client at {first}, who comes first"
    elif file := next((file for file in files if file in places), None):
        message = f"would have the file {file} of the client at {places[file]}, who comes first"
    elif client.id:
        places.update(dict.fromkeys((client.id, *files), client.place))
    if message:
        hint = "give each client an id of their own"
        problems.append(Problem(client.loaded.path, line, column, SAME_ID, message, "client.id", hint))
    if client.loaded.lacks_only_clearance and not message:
        return NotMade("refused", REFUSED, tuple(map(str, problems)))
    return explain(InputProblems(problems)) if problems else None


def _files(client: Client, order: Order, companion: bool) -> tuple[str, ...]:
    """Return the names that nobody else's PDF may have. ``<id>.pdf`` is one whatever the edition: the passphrase of a
    client is kept under the id, and that of a companion under its file's name."""
    if client.loaded.profile is None:
        return ()
    files = (f"{client.id}.pdf", workbook_name(client.loaded.profile, order))
    return (*files, companion_name(client.id)) if companion else files


def look_after(clients: Sequence[Client], stock: Stock, today: date) -> list[str]:
    """Return what the practice needs to look after for these clients, each once; see pipeline.warn.

    Raises:
        InputProblems: everything that is wrong in the library.
    """
    known: dict[str, None] = {}
    for client in clients:
        profile = client.loaded.profile
        if profile and (stock.folders.content / profile.client.language).is_dir():
            library = stock.library(profile.client.language)
            if profile.client.country in library.crisis:
                known |= dict.fromkeys(warn(library, profile, today))
    return list(known)


def rehearse(clients: Sequence[Client], stock: Stock, order: Order, companion: bool = False) -> Iterator[Row]:
    """Plan every client and yield a row for each who would get no workbook. Nothing is written."""
    places: dict[str, str] = {}
    for client in clients:
        reason = wrong_at_sight(client, places, order, companion)
        if reason is None:
            try:
                planned = plan_workbook(client.loaded, stock.folders, order, stock)
                draft_workbook(client.loaded, planned, replace(order, number="-"), stock)
            except (InputProblems, Refused) as error:
                reason = explain(error)
        if reason is not None:
            yield not_made(client, reason)


def not_made(client: Client, reason: NotMade) -> Row:
    """Return the row of a client who gets no workbook."""
    return Row(client.id, client.place, reason.status, code=reason.code, messages=reason.messages)
