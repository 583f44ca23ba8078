"""Options of a batch that leaves this machine, and what they turn into: a cluster that works, a store for PDFs."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from .options import FILE, Command

if TYPE_CHECKING:
    from workbook_builder.batch.reaching import Way


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
