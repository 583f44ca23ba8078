"""Options for tables of clients: the empty sheet, a practice's own columns, one of several sheets."""

from __future__ import annotations

from pathlib import Path

import click

from workbook_builder.console import Console

from .options import FILE, Command


def table_options(command: Command) -> Command:
    """Add --template, --columns and --sheet to a command, as ``template``, ``columns`` and ``sheet``."""
    for option in (
        click.option("--sheet", metavar="NAME", help="Which sheet of an XLSX. Default: the first that is not hidden."),
        click.option(
            "--columns", type=FILE, metavar="FILE", help="A YAML file that maps the columns of your own export."
        ),
        click.option(
            "--template", type=FILE, metavar="FILE", help="Write an empty sheet to fill in (.xlsx), and stop."
        ),
    ):
        command = option(command)
    return command


def begin_table(path: Path, force: bool = False) -> None:
    """Write the empty sheet of ``--template``, and say what to do with it.

    Raises:
        click.BadParameter: the name is not one of an XLSX.
        CannotWrite: it stands there already, or cannot be written.
    """
    from workbook_builder.tables import write_template

    if path.suffix.lower() != ".xlsx":
        raise click.BadParameter(f"{path.name} does not end in .xlsx", param_hint="--template")
    write_template(path, force)
    console = Console()
    console.say(
        "An empty sheet. Row 2 is made up: delete it before your first batch. The sheet Notes explains each column:"
    )
    console.result(str(path))
