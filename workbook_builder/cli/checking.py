"""Commands that look after files and formats."""

from __future__ import annotations

import sys
from datetime import date
from pathlib import Path

import click

from workbook_builder.console import Console
from workbook_builder.errors import ExitCode

from .options import FILE, day_option, folders_at, practice_option


@click.command()
@click.argument("paths", nargs=-1, type=FILE, metavar="[PATH…]")
@click.option("--plain", is_flag=True, help="Without colours.")
@click.option("--json", "as_json", is_flag=True, help="As JSON.")
@click.option("--coverage", is_flag=True, help="Show for which topics, phases and obstacles there are modules.")
@practice_option
@day_option
def check(paths: tuple[Path, ...], plain: bool, as_json: bool, coverage: bool, home: Path, today: date | None) -> None:
    """Look for mistakes in content, layouts and profiles, or in each PATH only."""
    from workbook_builder.check import check_practice

    console = Console(plain)
    report = check_practice(folders_at(home), paths, today or date.today())
    if coverage:
        tables = [one.as_dict() for one in report.coverage]
        console.result_json(tables) if as_json else console.coverage(tables)
        return
    if as_json:
        console.result_json([finding.as_dict() for finding in report.findings])
    else:
        for finding in report.findings:
            console.finding(finding.place, finding.code, finding.severity, finding.message, finding.hint)
    console.say(report.summary)
    if report.has_errors:
        sys.exit(ExitCode.INPUT)


@click.command()
@click.argument("name")
def schema(name: str) -> None:
    """Print the JSON Schema of a file format, so that an editor completes and checks while typing."""
    from workbook_builder.schemas import SCHEMAS

    if name not in SCHEMAS:
        raise click.BadParameter(f"there are: {', '.join(SCHEMAS)}", param_hint="NAME")
    Console().result_json(SCHEMAS[name]())
