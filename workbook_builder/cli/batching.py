"""The command for many clients."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Sequence
from contextlib import ExitStack, suppress
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

import click

from workbook_builder.console import Console
from workbook_builder.errors import ExitCode, InputProblems
from workbook_builder.folders import Folders
from workbook_builder.vocabulary import STANDARD

from .far import OUTPUT, cluster_options, find_way, start_engine, take_companions, take_shelf
from .options import FILE, day_option, edition_option, folders_at, paper_option, practice_option, refuse_one_folder
from .tables import begin_table, table_options

if TYPE_CHECKING:
    from workbook_builder.batch import Client
    from workbook_builder.batch.shelf import Shelf
    from workbook_builder.batch.store import Store
    from workbook_builder.batch.telling import Row
    from workbook_builder.pipeline import Order, Stock

MEGABYTE = 1024**2


@click.command()
@click.argument("source", type=FILE, required=False)
@click.option(
    "--out",
    type=OUTPUT,
    metavar="DIR|URL",
    help="Where PDFs, manifest.csv and report.html go: a folder, or s3://bucket/prefix.",
)
@table_options
@click.option("--workers", type=click.IntRange(1, 256), help="How many work at once. Default: one for each processor.")
@click.option("--dry-run", is_flag=True, help="Plan everything, write nothing, and print who would get no workbook.")
@click.option("--force", is_flag=True, help="Make all anew, and overwrite PDFs that clients have typed into.")
@click.option("--layout", default="restartt", show_default=True, help="The layout's name.")
@edition_option
@paper_option
@click.option("--companion", is_flag=True, help="Make the therapist's companions as well: <id>-companion.pdf.")
@click.option(
    "--companion-out", type=OUTPUT, metavar="DIR|URL", help="Where companions go. Default: companions/ of --out."
)
@click.option("--no-verify", is_flag=True, help="Do not look into each PDF before it is delivered.")
@click.option("--passwords", type=click.Choice(["generate"]), help="Give each client a passphrase that opens the PDF.")
@click.option(
    "--passwords-file", type=FILE, metavar="FILE",
    help="Where the passphrases go, outside DIR. Default: passwords-<name of DIR>-<day>.csv in the practice's folder.",
)  # fmt: skip
@click.option("--seconds", type=click.FloatRange(1), default=120, show_default=True, help="Time limit for one client.")
@click.option(
    "--memory", type=click.IntRange(256), default=2048, show_default=True, help="Memory limit of a worker, MB."
)
@cluster_options
@practice_option
@day_option
def batch(
    source: Path | None, out: Path | str | None, template: Path | None, columns: Path | None, sheet: str | None,
    workers: int | None, dry_run: bool, force: bool, layout: str, edition: str | None, paper: str | None,
    companion: bool, companion_out: Path | str | None, no_verify: bool, passwords: str | None,
    passwords_file: Path | None, seconds: float, memory: int, scheduler: str | None, tls_ca: Path | None,
    tls_cert: Path | None, tls_key: Path | None, force_insecure: bool, home: Path, today: date | None,
) -> None:  # fmt: skip
    """Make a workbook for each client of SOURCE: a folder of profiles, a CSV, or an XLSX with one client a row.

    Run it again to make what is missing or changed.
    """
    if template:
        return begin_table(template, force)
    if source is None or (out is None and not dry_run):
        raise click.UsageError("SOURCE and --out DIR are needed (or --template FILE alone)")
    from workbook_builder.batch import Limits
    from workbook_builder.batch.ledger import FILE as LEDGER
    from workbook_builder.batch.ledger import Ledger
    from workbook_builder.batch.passphrases import Passphrases
    from workbook_builder.batch.rehearsing import look_after
    from workbook_builder.batch.running import Desk, run_batch
    from workbook_builder.batch.source import read_clients
    from workbook_builder.pipeline import Order, Stock

    console, folders, real_today = Console(), folders_at(home), date.today()
    if passwords_file and not passwords:
        raise click.UsageError("--passwords-file needs --passwords generate")
    if companion_out and not companion:
        raise click.UsageError("--companion-out says how to make a companion; add --companion")
    if out is not None:
        refuse_one_folder(companion_out, out)
    way = find_way(scheduler, tls_ca, tls_cert, tls_key, force_insecure, workers)
    clients, notes = read_clients(source, columns, sheet)
    for note in notes:
        console.warn(note)
    folder = out if isinstance(out, Path) else None
    order = Order(
        today or real_today, real_today, layout, folder, force=force, verify=not no_verify, edition=edition, paper=paper
    )
    # A layout that is missing or wrong is told once, not for each client.
    stock = Stock(folders)
    stock.layout(layout, edition or STANDARD)
    with suppress(InputProblems):  # a library that is wrong is told with each client who needs it
        for note in look_after(clients, stock, real_today):
            console.warn(note)
    if dry_run or out is None:
        sys.exit(_rehearse(clients, stock, order, companion, console))
    with ExitStack() as held:
        limits = Limits(seconds, memory * MEGABYTE)
        engine, size = start_engine(way, folders, limits, min(workers or _processors(), len(clients)))
        held.callback(engine.close)
        shelf = take_shelf(out, folders, force_insecure)
        held.enter_context(shelf)
        ledger = held.enter_context(Ledger(shelf.folder / LEDGER))
        about = None
        if companion:
            about = take_companions(companion_out, out, folders, force_insecure, console)
            held.enter_context(about)
        order = replace(order, today=today or ledger.day or real_today)
        if today is None and order.today != real_today:
            console.warn(f"This batch goes on with its own day, {order.today}. --date begins another.")
        file = (
            _passwords_file(passwords_file or ledger.passwords_file, folders, order, shelf, about)
            if passwords
            else None
        )
        if about and not file:
            console.warn("The companions have no password; whoever gets one can read it (--passwords generate).")
        desk = Desk(folders, order, shelf, ledger, Passphrases(file) if file else None, today is not None, about)
        with console.batch_progress(len(clients)) as progress:
            rows = run_batch(clients, desk, engine, size, _counting(progress))
    sys.exit(_tell(rows, shelf, file, companion, console))


def _processors() -> int:
    """Return how many processors this process may use."""
    if sys.platform == "linux":
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


def _rehearse(clients: Sequence[Client], stock: Stock, order: Order, companion: bool, console: Console) -> int:
    from workbook_builder.batch.rehearsing import rehearse

    rows = list(rehearse(clients, stock, order, companion))
    for row in rows:
        for message in row.messages:
            console.result("\t".join((row.id or "-", row.place, row.code, message)))
    console.say(f"{len(clients) - len(rows)} of {len(clients)} clients would get a workbook. Nothing was written.")
    return ExitCode.SOME_FAILED if rows else ExitCode.DONE


def _passwords_file(named: Path | None, folders: Folders, order: Order, *shelves: Shelf | Store | None) -> Path:
    """Return where the passphrases go: never where the PDFs go, since both together open to whoever finds them."""
    places = [shelf for shelf in shelves if shelf]
    file = named or folders.home / f"passwords-{places[0].name}-{order.today}.csv"
    for option, shelf in zip(("--out", "the folder of the companions"), places, strict=False):
        if file.resolve().is_relative_to(shelf.folder.resolve()):
            raise click.BadParameter(
                f"{file} lies in {option}. Passphrases and PDFs never lie in one folder.",
                param_hint="--passwords-file",
            )
    return file


def _counting(progress: Callable[[int, int, int], None]) -> Callable[[Row], None]:
    """Return what turns rows into counts: done, made, and those without the workbook that was wanted."""
    done = made = failed = 0

    def watch(row: Row) -> None:
        nonlocal done, made, failed
        done, made, failed = done + 1, made + (row.status == "made"), failed + (not row.is_good)
        progress(done, made, failed)

    return watch


def _tell(rows: Sequence[Row], shelf: Shelf | Store, passwords: Path | None, companions: bool, console: Console) -> int:
    from workbook_builder.batch.telling import MANIFEST, REPORT

    bad = [row for row in rows if not row.is_good]
    for row in bad:
        for message in row.messages:
            console.complain(f"{row.id or row.place}: {row.status}: {message}")
    made = sum(row.status == "made" for row in rows)
    console.say(
        f"{made} made, {len(rows) - made - len(bad)} unchanged, {len(bad)} without the workbook that was wanted:"
    )
    if passwords:
        console.say(f"The passphrases are in {passwords}. Give each client theirs by another way than the PDF.")
        if companions:
            console.say("Those of <id>-companion open the therapist's books and are for no client.")
    console.result(shelf.place(MANIFEST))
    console.result(shelf.place(REPORT))
    return ExitCode.SOME_FAILED if bad else ExitCode.DONE
