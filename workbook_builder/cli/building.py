"""Commands that plan and make books."""

from __future__ import annotations

import hashlib
import sys
from collections.abc import Sequence
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

import click

from workbook_builder.console import Console
from workbook_builder.errors import WorkbookError
from workbook_builder.vocabulary import STANDARD

from .options import (
    DEFAULT_PAPER,
    FILE,
    companion_options,
    day_option,
    edition_option,
    folders_at,
    paper_option,
    practice_option,
    read_companion_order,
    read_password,
    since_option,
    worst,
)

if TYPE_CHECKING:
    from workbook_builder.pipeline import Built


@click.command()
@click.argument("profiles", nargs=-1, required=True, type=FILE, metavar="PROFILE…")
@click.option("--out", type=FILE, metavar="DIR", help="Where the PDFs go. Default: build/ of the practice's folder.")
@click.option("--layout", default="restartt", show_default=True, help="The layout's name.")
@click.option("--password-file", type=FILE, help="A file whose first line opens the PDF.")
@companion_options
@click.option("--force", is_flag=True, help="Overwrite a PDF that a client has typed into.")
@edition_option
@paper_option
@since_option
@practice_option
@day_option
def build(
    profiles: tuple[Path, ...], out: Path | None, layout: str, password_file: Path | None, companion: bool,
    companion_out: Path | None, companion_password_file: Path | None, force: bool, edition: str | None,
    paper: str | None, since: Path | None, home: Path, today: date | None,
) -> None:  # fmt: skip
    """Make a workbook for each PROFILE: <id>.pdf.

    Edition and paper are those that the profile prefers, unless --edition and --paper name others. An edition beside
    the preferred one is <id>-EDITION.pdf.
    """
    from workbook_builder.typeset import Typesetter

    if since and len(profiles) > 1:
        raise click.UsageError("--since belongs to one client; build one PROFILE at a time")
    console = Console()
    real_today = date.today()
    folders = folders_at(home)
    password = read_password(password_file)
    wanted = read_companion_order(companion, companion_out, companion_password_file, out or folders.build, password)
    failures: list[WorkbookError] = []
    made: set[Path] = set()
    with Typesetter() as typesetter:  # the child imports the engine while the parent imports the rest and reads
        from workbook_builder.pipeline import Order, build_companion, build_workbook

        order = Order(
            today or real_today, real_today, layout, out, password, force, edition=edition, paper=paper, since=since
        )
        for profile in profiles:
            try:
                with console.progress("Typesetting") as progress:
                    built = build_workbook(profile, folders, order, typesetter, progress, made)
                made.add(built.path)
                _tell(console, built)
                if wanted and built.planned:
                    _tell(console, build_companion(built.planned, folders, order, typesetter, wanted))
            except WorkbookError as error:
                console.complain(str(error))
                failures.append(error)
    if failures:
        sys.exit(worst(failures))


def _tell(console: Console, built: Built) -> None:
    for note in built.notes:
        console.warn(note)
    console.say(f"{built.pages} pages:")
    console.result(str(built.path))


@click.command()
@click.argument("profile", type=FILE)
@click.option("--json", "as_json", is_flag=True, help="As JSON.")
@since_option
@practice_option
@day_option
def plan(profile: Path, as_json: bool, since: Path | None, home: Path, today: date | None) -> None:
    """Show what would go into a workbook, when and why, and what was left out and why."""
    from workbook_builder.pipeline import Order, plan_workbook
    from workbook_builder.plan import plan_to_json

    real_today = date.today()
    proposal, _, _ = plan_workbook(profile, folders_at(home), Order(today or real_today, real_today, since=since))
    console = Console()
    if as_json:
        console.result_json(plan_to_json(proposal))
    else:
        console.table(proposal, _how_to_tick(profile, [one.id for one in proposal.needs_review]))


def _how_to_tick(profile: Path, waiting: Sequence[str]) -> list[str]:
    """Say which lines of a profile would tick all that waits."""
    from workbook_builder.review import find_tick_lines

    ask = f"workbook review {profile} asks one by one, and writes it."
    change = find_tick_lines(profile, waiting) if waiting else None
    if change is None:
        return [f"To tick them, name them in modules.reviewed of {profile}. {ask}"]
    them = "it" if len(waiting) == 1 else "them all"
    last = change.line + len(change.new) - 1
    place = f"line {change.line}" if last == change.line else f"lines {change.line} to {last}"
    how = f"{place} of {profile} would read:" if change.old else f"put this into {profile} as {place}:"
    lines = [f"{change.line + n:>5} | {line}" for n, line in enumerate(change.new)]
    return [f"To tick {them}, {how}", *lines, ask]


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
    _tell(console, built)


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
    _tell(console, built)
