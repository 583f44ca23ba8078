"""Commands that look after files and formats."""

from __future__ import annotations

import sys
from datetime import date
from pathlib import Path

import click

from workbook_builder.console import Console
from workbook_builder.errors import ExitCode

from .options import FILE, day_option, folders_at, practice_option, read_password


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
@click.argument("files", nargs=-1, required=True, type=FILE, metavar="FILE…")
@click.option("--profile", type=FILE, help="Look for this client's name, goals and topics where a stranger can read.")
@click.option("--password-file", type=FILE, help="A file whose first line opens the PDF.")
@click.option("--plain", is_flag=True, help="Without colours.")
@click.option("--json", "as_json", is_flag=True, help="As JSON.")
@practice_option
def verify(
    files: tuple[Path, ...], profile: Path | None, password_file: Path | None, plain: bool, as_json: bool, home: Path
) -> None:
    """Open each finished FILE as a stranger would, and check what a client relies on; of a folder, each PDF in it."""
    from workbook_builder.verify import find_files, verify_file

    folders_at(home)  # every command takes --practice; a PDF is looked into without one
    console = Console(plain)
    expected = None
    if profile:
        from workbook_builder.pipeline import expect_private  # imports half the program

        expected = expect_private(profile)
    password = read_password(password_file) or ""
    reports = [verify_file(path, expected, password) for path in find_files(files)]
    findings = [finding for report in reports for finding in report.findings]
    if as_json:
        console.result_json([finding.as_dict() for finding in findings])
    else:
        for finding in findings:
            console.finding(finding.place, finding.code, finding.severity, finding.message, finding.hint)
    for report in reports:
        console.say(report.summary)
    if any(report.has_errors for report in reports):
        sys.exit(ExitCode.INPUT)


@click.command()
@click.argument("name")
def schema(name: str) -> None:
    """Print the JSON Schema of a file format, so that an editor completes and checks while typing."""
    from workbook_builder.schemas import SCHEMAS

    if name not in SCHEMAS:
        raise click.BadParameter(f"there are: {', '.join(SCHEMAS)}", param_hint="NAME")
    Console().result_json(SCHEMAS[name]())
