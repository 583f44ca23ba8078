"""Options of a batch that leaves this machine, and what they turn into: a cluster that works, a store for PDFs."""

from __future__ import annotations

from operator import attrgetter
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from workbook_builder.console import Console

from .options import FILE, Command

if TYPE_CHECKING:
    from workbook_builder.batch import Engine, Limits
    from workbook_builder.batch.reaching import Way
    from workbook_builder.batch.shelf import Shelf
    from workbook_builder.batch.store import Store
    from workbook_builder.folders import Folders


class Output(click.ParamType[Path | str]):
    """A folder, or the address of an object store; that stays text, since a path would lose one of its slashes."""

    name = "DIR"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Path | str:
        """Return a path, or an address as it is."""
        return value if isinstance(value, Path) or "://" in value else Path(value)


OUTPUT = Output()


def cluster_options(command: Command) -> Command:
    """Add --scheduler and what goes with it to a command."""
    for option in (
        click.option(
            "--force-insecure", is_flag=True,
            help="Allow a scheduler or a store elsewhere without encryption. Profiles are health data.",
        ),
        click.option("--tls-key", type=FILE, metavar="FILE", help="Its key."),
        click.option("--tls-cert", type=FILE, metavar="FILE", help="The certificate of this machine."),
        click.option("--tls-ca", type=FILE, metavar="FILE", help="The authority that the cluster trusts."),
        click.option(
            "--scheduler", metavar="URL", help="Work on the dask cluster at tls://host:port instead of this machine."
        ),
    ):  # fmt: skip
        command = option(command)
    return command


def find_way(
    scheduler: str | None, ca: Path | None, cert: Path | None, key: Path | None, insecure: bool, workers: int | None
) -> Way | None:
    """Return the way to a cluster; None when this machine works itself.

    Raises:
        Unsafe: profiles would travel without encryption; see reaching.check_way.
    """
    if scheduler is None:
        for name, value in (("--tls-ca", ca), ("--tls-cert", cert), ("--tls-key", key)):
            if value is not None:
                raise click.UsageError(f"{name} says how to reach a cluster; add --scheduler")
        return None
    if workers is not None:
        raise click.UsageError("--workers is about this machine; a cluster has as many as it has threads")
    from workbook_builder.batch.reaching import Way, check_way

    way = Way(scheduler, ca, cert, key, insecure)
    check_way(way)
    return way


def inside(out: Path | str, name: str) -> Path | str:
    """Return what lies in an output."""
    return out / name if isinstance(out, Path) else f"{out.rstrip('/')}/{name}"


def take_shelf(out: Path | str, folders: Folders, insecure: bool, private: bool = False) -> Shelf | Store:
    """Take hold of a folder or of an object store; ``private`` is about folders, see Shelf.

    Raises:
        CannotWrite: it cannot be written, or another batch works there.
        Unsafe: PDFs would travel without encryption.
    """
    if isinstance(out, Path):
        from workbook_builder.batch.shelf import Shelf

        return Shelf(out, private)
    from workbook_builder.batch.store import Store

    return Store(out, folders, insecure)


def take_companions(
    named: Path | str | None, out: Path | str, folders: Folders, insecure: bool, console: Console
) -> Shelf | Store:
    """Return where companions go. The folder beside the PDFs is closed to others; one that was chosen is left as it is,
    with a note. Raises as :func:`take_shelf`."""
    from workbook_builder.deliver import close_folder, is_open
    from workbook_builder.pipeline import COMPANIONS

    shelf = take_shelf(named or inside(out, COMPANIONS), folders, insecure, private=True)
    if named is None:
        close_folder(shelf.folder)
    if is_open(shelf.folder):
        console.warn(f"{shelf.folder}: others may look into this folder, and its files' names tell who is a client.")
    return shelf


def start_engine(way: Way | None, folders: Folders, limits: Limits, workers: int) -> tuple[Engine, int]:
    """Return who works, here or on a cluster, and how many at once.

    Raises:
        CannotWrite: the cluster is not there or cannot be used.
        Unsafe: profiles would travel without encryption.
    """
    from workbook_builder.batch import Task
    from workbook_builder.batch.building import Site

    maker = "workbook_builder.batch.building:make_builder"
    if way is None:
        from workbook_builder.batch.crew import Crew

        return Crew(Task(maker, Site(folders, limits.memory)), workers, limits, kin=attrgetter("kin")), workers
    from workbook_builder.batch.cluster import Cluster
    from workbook_builder.batch.snapshot import take_snapshot
    from workbook_builder.folders import lend

    # What machines elsewhere seal with is not the practice's key; book numbers come with the jobs.
    task = Task(maker, Site(lend(folders, "workbook"), limits.memory))
    cluster = Cluster(way, task, limits, take_snapshot(folders))
    return cluster, cluster.size
