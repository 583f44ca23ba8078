"""Options that several commands have, and what they turn into."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import click

from workbook_builder.errors import ExitCode, InputProblems, Problem, WorkbookError
from workbook_builder.folders import Folders, find_folders
from workbook_builder.vocabulary import EDITIONS

if TYPE_CHECKING:
    from workbook_builder.pipeline import CompanionOrder

Command = TypeVar("Command", bound=Callable[..., Any])

DEFAULT_PAPER = "letter"
FILE = click.Path(path_type=Path)


class Day(click.ParamType[date]):
    """A date as YYYY-MM-DD."""

    name = "YYYY-MM-DD"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> date:
        """Return the date, or fail with what was expected."""
        if isinstance(value, date):
            return value
        try:
            return datetime.strptime(str(value), "%Y-%m-%d").date()
        except ValueError:
            self.fail(f"{value!r} is not a date like 2026-11-23", param, ctx)


def practice_option(command: Command) -> Command:
    """Add --practice to a command."""
    option = click.option(
        "--practice", "home", type=FILE, default=Path(), metavar="DIR",
        help="The practice's folder; what it lacks comes from the shipped library. Default: the current folder.",
    )  # fmt: skip
    return option(command)


def day_option(command: Command) -> Command:
    """Add --date to a command."""
    return click.option("--date", "today", type=Day(), default=None, help="The day that is printed. Default: today.")(
        command
    )


def since_option(command: Command) -> Command:
    """Add --since to a command."""
    return click.option(
        "--since", type=FILE, metavar="PROFILE-OR-PLAN",
        help="What the last book was made by: the profile as it was then, or what plan --json printed.",
    )(command)  # fmt: skip


def edition_option(command: Command) -> Command:
    """Add --edition to a command."""
    return click.option("--edition", type=click.Choice(EDITIONS), default=None, help="How the pages are set.")(command)


def paper_option(command: Command) -> Command:
    """Add --paper to a command; screen pages have a size of their own."""
    return click.option("--paper", type=click.Choice(["letter", "a4"]), default=None, help="The size of the page.")(
        command
    )


def folders_at(home: Path) -> Folders:
    """Return the practice's folders; --practice that names no folder is wrong usage."""
    if not home.is_dir():
        raise click.BadParameter(f"{home} is not a folder", param_hint="--practice")
    return find_folders(home)


def companion_options(command: Command) -> Command:
    """Add --companion and what goes with it to a command."""
    for option in (
        click.option("--companion-password-file", type=FILE, help="A file whose first line opens the companion."),
        click.option(
            "--companion-out", type=FILE, metavar="DIR",
            help="Where the companion goes. Default: companions/ in the folder of the workbooks.",
        ),
        click.option("--companion", is_flag=True, help="Make the therapist's companion as well: <id>-companion.pdf."),
    ):  # fmt: skip
        command = option(command)
    return command


def read_companion_order(
    wanted: bool, out: Path | None, password_file: Path | None, workbooks: Path, password: str | None
) -> CompanionOrder | None:
    """Return what is asked for the companion; None when none is.

    Args:
        workbooks: the folder of the workbooks, which is never that of the companions.
        password: what opens the workbooks, and never a companion.

    Raises:
        InputProblems: the password cannot be read, or is that of the workbooks.
    """
    for name, value in (("--companion-out", out), ("--companion-password-file", password_file)):
        if value is not None and not wanted:
            raise click.UsageError(f"{name} says how to make a companion; add --companion")
    if not wanted:
        return None
    refuse_one_folder(out, workbooks)
    own = read_password(password_file, "--companion-password-file")
    if own is not None and own == password:
        message = "is the workbooks' password too, and the client knows that one"
        raise InputProblems(
            [Problem(str(password_file), 1, 1, "WB101", message, "--companion-password-file", "choose another")]
        )
    from workbook_builder.pipeline import CompanionOrder

    return CompanionOrder(out, own)


def refuse_one_folder(companions: Path | str | None, workbooks: Path | str) -> None:
    """Raise click.BadParameter when companions would lie among the workbooks."""
    if companions is not None and _whole(companions) == _whole(workbooks):
        raise click.BadParameter(
            "the companion is never in the folder of the workbooks, so that it is not handed out with one",
            param_hint="--companion-out",
        )


def _whole(out: Path | str) -> Path | str:
    """Return a folder by its whole path, or the address of a store as it is but for a slash at its end."""
    return out.resolve() if isinstance(out, Path) else out.rstrip("/")


def read_password(path: Path | None, option: str = "--password-file") -> str | None:
    """Return the first line of a password file; None when there is none.

    Raises:
        InputProblems: the file cannot be read, or its first line is empty.
    """
    if path is None:
        return None
    try:
        lines = path.read_text(encoding="utf-8").splitlines()
    except (OSError, UnicodeDecodeError):
        raise InputProblems([Problem(str(path), 0, 0, "WB102", "cannot be read", option)]) from None
    if not lines or not lines[0]:
        raise InputProblems([Problem(str(path), 1, 1, "WB101", "the first line is empty", option)])
    return lines[0]


def worst(failures: list[WorkbookError]) -> int:
    """The exit code for several profiles: a bug before a full disk, before wrong input, before a refusal."""
    order = (ExitCode.BUG, ExitCode.CANNOT_WRITE, ExitCode.INPUT, ExitCode.REFUSED)
    return next(code for code in order if any(error.exit_code == code for error in failures))
