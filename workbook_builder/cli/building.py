"""Commands that plan and make books."""

from __future__ import annotations

import hashlib
import sys
from datetime import date
from pathlib import Path

import click

from workbook_builder.console import Console
from workbook_builder.errors import WorkbookError
from workbook_builder.vocabulary import STANDARD

from .options import (
    DEFAULT_PAPER,
    FILE,
    day_option,
    edition_option,
    folders_at,
    paper_option,
    practice_option,
    read_password,
    worst,
)


@click.command()
@click.argument("profiles", nargs=-1, required=True, type=FILE, metavar="PROFILE…")
@click.option("--out", type=FILE, metavar="DIR", help="Where the PDFs go. Default: build/ of the practice's folder.")
@click.option("--layout", default="restartt", show_default=True, help="The layout's name.")
@click.option("--password-file", type=FILE, help="A file whose first line opens the PDF.")
@click.option("--force", is_flag=True, help="Overwrite a PDF that a client has typed into.")
@edition_option
@paper_option
@practice_option
@day_option
def build(
    profiles: tuple[Path, ...], out: Path | None, layout: str, password_file: Path | None, force: bool,
    edition: str | None, paper: str | None, home: Path, today: date | None,
) -> None:  # fmt: skip
    """Make a workbook for each PROFILE: <id>.pdf.

    Edition and paper are those that the profile prefers, unless --edition and --paper name others. An edition beside
    the preferred one is <id>-EDITION.pdf.
    """
    from workbook_builder.typeset import Typesetter

    console = Console()
    real_today = date.today()
    folders = folders_at(home)
    password = read_password(password_file)
    failures: list[WorkbookError] = []
    made: set[Path] = set()
    with Typesetter() as typesetter:  # the child imports the engine while the parent imports the rest and reads
        from workbook_builder.pipeline import Order, build_workbook

        order = Order(today or real_today, real_today, layout, out, password, force, edition, paper)
        for profile in profiles:
            try:
                with console.progress("Typesetting") as progress:
                    built = build_workbook(profile, folders, order, typesetter, progress, made)
            except WorkbookError as error:
                console.complain(str(error))
                failures.append(error)
                continue
            made.add(built.path)
            for note in built.notes:
                console.warn(note)
            console.say(f"{built.pages} pages:")
            console.result(str(built.path))
    if failures:
        sys.exit(worst(failures))


@click.command()
@click.argument("profile", type=FILE)
@click.option("--json", "as_json", is_flag=True, help="As JSON.")
@practice_option
@day_option
def plan(profile: Path, as_json: bool, home: Path, today: date | None) -> None:
    """Show what would go into a workbook, when and why, and what was left out and why."""
    from workbook_builder.pipeline import Order, plan_workbook
    from workbook_builder.plan import plan_to_json

    real_today = date.today()
    proposal, _, _ = plan_workbook(profile, folders_at(home), Order(today or real_today, real_today))
    console = Console()
    if as_json:
        console.result_json(plan_to_json(proposal))
    else:
        console.table(proposal)


@click.command()
@click.argument("modules", nargs=-1, required=True, metavar="MODULE…")
@click.option("--country", help="Print this country's crisis lines behind the modules, such as US.")
@edition_option
@paper_option
@click.option("--out", type=FILE, metavar="DIR", help="Where the PDF goes. Default: build/ of the practice's folder.")
@click.option("--layout", default="restartt", show_default=True, help="The layout's name.")
@click.option("--force", is_flag=True, help="Overwrite a PDF that a client has typed into.")
@practice_option
@day_option
def sheet(
    modules: tuple[str, ...], country: str | None, edition: str | None, paper: str | None, out: Path | None,
    layout: str, force: bool, home: Path, today: date | None,
) -> None:  # fmt: skip
    """Make one or a few modules as a PDF to hand over now; no profile is needed."""
    from workbook_builder.pipeline import Order, build_sheet, file_name
    from workbook_builder.typeset import Typesetter

    console = Console()
    real_today = date.today()
    folders = folders_at(home)
    order = Order(today or real_today, real_today, layout, out, force=force, edition=edition, paper=paper)
    # A file name shows no topic: it is made of a digest of the modules' ids.
    name = hashlib.sha256(" ".join(modules).encode()).hexdigest()[:8]
    target = (out or folders.build) / file_name(f"sheet-{name}", edition or STANDARD)
    with Typesetter() as typesetter:
        built = build_sheet(modules, folders, order, typesetter, country, paper or DEFAULT_PAPER, target)
    console.say(f"{built.pages} pages:")
    console.result(str(built.path))


@click.command()
@click.option("--country", help="Whose crisis lines stand on page 2. Default: US, or the first that the practice has.")
@edition_option
@paper_option
@click.option("--out", type=FILE, metavar="DIR", help="Where the PDF goes. Default: build/ of the practice's folder.")
@click.option("--layout", default="restartt", show_default=True, help="The layout's name.")
@click.option("--force", is_flag=True, help="Overwrite an atlas that somebody has typed into.")
@practice_option
@day_option
def atlas(
    country: str | None, edition: str | None, paper: str | None, out: Path | None, layout: str, force: bool,
    home: Path, today: date | None,
) -> None:  # fmt: skip
    """Make a book of the whole library, for the practice itself: atlas.pdf."""
    from workbook_builder.pipeline import Order, build_atlas, file_name
    from workbook_builder.typeset import Typesetter

    console = Console()
    real_today = date.today()
    folders = folders_at(home)
    order = Order(today or real_today, real_today, layout, out, force=force, edition=edition, paper=paper)
    target = (out or folders.build) / file_name("atlas", edition or STANDARD)
    with Typesetter() as typesetter, console.progress("Typesetting") as progress:
        built = build_atlas(folders, order, typesetter, country, paper or DEFAULT_PAPER, target, progress)
    console.say(f"{built.pages} pages:")
    console.result(str(built.path))
