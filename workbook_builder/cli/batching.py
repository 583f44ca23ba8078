"""The command for many clients."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

import click

from workbook_builder.console import Console
from workbook_builder.errors import ExitCode
from workbook_builder.folders import Folders

from .options import FILE, day_option, folders_at, practice_option

if TYPE_CHECKING:
    from workbook_builder.batch import Client
    from workbook_builder.batch.telling import Row
    from workbook_builder.pipeline import Order

MEGABYTE = 1024**2


@click.command()
@click.argument("source", type=FILE)
@click.option("--out", type=FILE, required=True, metavar="DIR", help="Where PDFs, manifest.csv and report.html go.")
@click.option("--workers", type=click.IntRange(1, 256), help="How many work at once. Default: one for each processor.")
@click.option("--dry-run", is_flag=True, help="Plan everything, write nothing, and print who would get no workbook.")
@click.option("--force", is_flag=True, help="Make all anew, and overwrite PDFs that clients have typed into.")
@click.option("--layout", default="restartt", show_default=True, help="The layout's name.")
@click.option("--passwords", type=click.Choice(["generate"]), help="Give each client a passphrase that opens the PDF.")
@click.option(
    "--passwords-file", type=FILE, metavar="FILE",
    help="Where the passphrases go, outside DIR. Default: passwords-<name of DIR>-<day>.csv in the practice's folder.",
)  # fmt: skip
@click.option("--seconds", type=click.FloatRange(1), default=120, show_default=True, help="Time limit for one client.")
@click.option(
    "--memory", type=click.IntRange(256), default=2048, show_default=True, help="Memory limit of a worker, MB."
)
@practice_option
@day_option
def batch(
    source: Path, out: Path, workers: int | None, dry_run: bool, force: bool, layout: str, passwords: str | None,
    passwords_file: Path | None, seconds: float, memory: int, home: Path, today: date | None,
) -> None:  # fmt: skip
    """Make a workbook for each client of SOURCE, a folder of profiles.

    Run it again to make what is missing or changed.
    """
    from workbook_builder.batch import Limits, Task
    from workbook_builder.batch.building import Site
    from workbook_builder.batch.crew import Crew
    from workbook_builder.batch.ledger import FILE as LEDGER
    from workbook_builder.batch.ledger import Ledger
    from workbook_builder.batch.passphrases import Passphrases
    from workbook_builder.batch.running import Desk, run_batch
    from workbook_builder.batch.shelf import Shelf
    from workbook_builder.batch.source import read_clients
    from workbook_builder.pipeline import Order, Stock

    console, folders, real_today = Console(), folders_at(home), date.today()
    if passwords_file and not passwords:
        raise click.UsageError("--passwords-file needs --passwords generate")
    clients = read_clients(source)
    order = Order(today or real_today, real_today, layout, out, force=force)
    Stock(folders).layout(layout)  # a layout that is missing or wrong is told once, not for each client
    if dry_run:
        sys.exit(_rehearse(clients, folders, order, console))
    with Shelf(out) as shelf, Ledger(out / LEDGER) as ledger:
        order = replace(order, today=today or ledger.day or real_today)
        if today is None and order.today != real_today:
            console.warn(f"This batch goes on with its own day, {order.today}. --date begins another.")
        file = _passwords_file(passwords_file or ledger.passwords_file, folders, order, out) if passwords else None
        desk = Desk(folders, order, shelf, ledger, Passphrases(file) if file else None, today is not None)
        size = min(workers or _processors(), len(clients))
        crew = Crew(
            Task("workbook_builder.batch.building:make_builder", Site(folders, memory * MEGABYTE)), size,
            Limits(seconds, memory * MEGABYTE),
        )  # fmt: skip
        with console.batch_progress(len(clients)) as progress:
            rows = run_batch(clients, desk, crew, size, _counting(progress))
    sys.exit(_tell(rows, out, file, console))


def _processors() -> int:
    """Return how many processors this process may use."""
    if sys.platform == "linux":
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


def _rehearse(clients: Sequence[Client], folders: Folders, order: Order, console: Console) -> int:
    from workbook_builder.batch.rehearsing import rehearse
    from workbook_builder.pipeline import Stock

    rows = list(rehearse(clients, Stock(folders), order))
    for row in rows:
        for message in row.messages:
            console.result("\t".join((row.id or "-", row.place, row.code, message)))
    console.say(f"{len(clients) - len(rows)} of {len(clients)} clients would get a workbook. Nothing was written.")
    return ExitCode.SOME_FAILED if rows else ExitCode.DONE


def _passwords_file(named: Path | None, folders: Folders, order: Order, out: Path) -> Path:
    """Return where the passphrases go: never where the PDFs go, since both together open to whoever finds them."""
    file = named or folders.home / f"passwords-{out.resolve().name}-{order.today}.csv"
    if file.resolve().is_relative_to(out.resolve()):
        raise click.BadParameter(
            f"{file} lies in --out. Passphrases and PDFs never lie in one folder.", param_hint="--passwords-file"
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


def _tell(rows: Sequence[Row], out: Path, passwords: Path | None, console: Console) -> int:
    from workbook_builder.batch.telling import MANIFEST, REPORT

    bad = [row for row in rows if not row.is_good]
    for row in bad:
        for message in row.messages:
            console.complain(f"{row.id or row.place}: {row.status}: {message}")
    made = sum(row.status == "made" for row in rows)
    console.say(f"{made} made, {len(rows) - made - len(bad)} unchanged, {len(bad)} without a workbook:")
    if passwords:
        console.say(f"The passphrases are in {passwords}. Give each client theirs by another way than the PDF.")
    console.result(str(out / MANIFEST))
    console.result(str(out / REPORT))
    return ExitCode.SOME_FAILED if bad else ExitCode.DONE
