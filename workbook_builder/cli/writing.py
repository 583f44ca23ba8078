"""Commands that help to write: begin a practice, a module or a profile; sign a module."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import get_args

import click

from workbook_builder.book import Kind
from workbook_builder.console import Console

from .options import FILE, Day, day_option, folders_at, practice_option


@click.command()
@click.argument("modules", nargs=-1, required=True, metavar="MODULE…")
@click.option("--by", required=True, metavar="NAME", help="Who has read them: the clinician who answers for them.")
@click.option("--language", default="en", show_default=True, help="Of which edition.")
@click.option("--date", "day", type=Day(), default=None, help="The day on which they were read. Default: today.")
@practice_option
def sign(modules: tuple[str, ...], by: str, language: str, day: date | None, home: Path) -> None:
    """Sign each MODULE: a clinician has read it as it is. An edit makes it a draft again."""
    from workbook_builder.authoring import sign_modules

    console = Console()
    today = date.today()
    signed = sign_modules(modules, folders_at(home), language, by, day or today, today)
    count = f"{len(signed)} module{'' if len(signed) == 1 else 's'}"
    console.say(f"Signed {count} by {by} on {day or today}. An edit makes a module a draft again:")
    for path in signed:
        console.result(str(path))


@click.group()
def new() -> None:
    """Begin a module or a profile, with comments that explain each line."""


@new.command("module")
@click.argument("id_", metavar="ID")
@click.option("--kind", type=click.Choice(get_args(Kind)), required=True)
@click.option("--title", help="Plain words, 60 characters at most. Default: made of the id.")
@practice_option
def new_module(id_: str, kind: Kind, title: str | None, home: Path) -> None:
    """Begin a module: content/en/<folder>/ID.md, with made-up text to replace."""
    from workbook_builder.authoring import begin_module

    path = begin_module(id_, kind, title, folders_at(home))
    console = Console()
    console.say("A draft, for you to fill in; workbook check says what is left to do:")
    console.result(str(path))


@new.command("profile")
@click.argument("id_", metavar="ID")
@practice_option
@day_option
def new_profile(id_: str, home: Path, today: date | None) -> None:
    """Begin a profile: profiles/ID.yaml. ID is a code, never a name."""
    from workbook_builder.authoring import begin_profile

    path = begin_profile(id_, folders_at(home), today or date.today())
    console = Console()
    console.say("Nothing can be built of it until you have answered its clearance yourself (clearance.cleared):")
    console.result(str(path))


@click.command()
@click.argument("folder", metavar="DIR", type=FILE)
def init(folder: Path) -> None:
    """Begin a practice of your own in DIR: library, layout, an example, a README."""
    from workbook_builder.authoring import begin_practice

    begun = begin_practice(folder)
    console = Console()
    console.say(f"Yours to change; {folder / 'README.md'} says what lies where. Build the example next:")
    console.say(f"  workbook build {begun.example} --practice {begun.home}")
    console.result(str(begun.home))
