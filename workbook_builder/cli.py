"""The commands. No logic here: options in, one call, errors to exit codes."""

from __future__ import annotations

import hashlib
import os
import signal
import sys
import traceback
from collections.abc import Callable
from datetime import date, datetime
from importlib.metadata import version
from pathlib import Path
from typing import Any, TypeVar, get_args

import click

from workbook_builder.book import Kind
from workbook_builder.console import Console
from workbook_builder.errors import ExitCode, InputProblems, Problem, WorkbookError
from workbook_builder.folders import Folders, find_folders

Command = TypeVar("Command", bound=Callable[..., Any])

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


def folders_at(home: Path) -> Folders:
    """Return the practice's folders; --practice that names no folder is wrong usage."""
    if not home.is_dir():
        raise click.BadParameter(f"{home} is not a folder", param_hint="--practice")
    return find_folders(home)


@click.group(context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(version("workbook-builder"), prog_name="workbook")
def workbook() -> None:
    """Make personal homework workbooks for clients of an REBT practice."""


@workbook.command()
@click.argument("profiles", nargs=-1, required=True, type=FILE, metavar="PROFILE…")
@click.option("--out", type=FILE, metavar="DIR", help="Where the PDFs go. Default: build/ of the practice's folder.")
@click.option("--layout", default="restartt", show_default=True, help="The layout's name.")
@click.option("--password-file", type=FILE, help="A file whose first line opens the PDF.")
@click.option("--force", is_flag=True, help="Overwrite a PDF that a client has typed into.")
@practice_option
@day_option
def build(
    profiles: tuple[Path, ...], out: Path | None, layout: str, password_file: Path | None, force: bool, home: Path,
    today: date | None,
) -> None:  # fmt: skip
    """Make a workbook for each PROFILE: <id>.pdf."""
    from workbook_builder.typeset import Typesetter

    console = Console()
    real_today = date.today()
    folders = folders_at(home)
    password = _read_password(password_file)
    failures: list[WorkbookError] = []
    made: set[Path] = set()
    with Typesetter() as typesetter:  # the child imports the engine while the parent imports the rest and reads
        from workbook_builder.pipeline import Order, build_workbook

        order = Order(today or real_today, real_today, layout, out, password, force)
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
        sys.exit(_worst(failures))


@workbook.command()
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


@workbook.command()
@click.argument("modules", nargs=-1, required=True, metavar="MODULE…")
@click.option("--country", help="Print this country's crisis lines behind the modules, such as US.")
@click.option("--paper", type=click.Choice(["letter", "a4"]), default="letter", show_default=True)
@click.option("--out", type=FILE, metavar="DIR", help="Where the PDF goes. Default: build/ of the practice's folder.")
@click.option("--layout", default="restartt", show_default=True, help="The layout's name.")
@click.option("--force", is_flag=True, help="Overwrite a PDF that a client has typed into.")
@practice_option
@day_option
def sheet(
    modules: tuple[str, ...], country: str | None, paper: str, out: Path | None, layout: str, force: bool, home: Path,
    today: date | None,
) -> None:  # fmt: skip
    """Make one or a few modules as a PDF to hand over now; no profile is needed."""
    from workbook_builder.pipeline import Order, build_sheet
    from workbook_builder.typeset import Typesetter

    console = Console()
    real_today = date.today()
    folders = folders_at(home)
    order = Order(today or real_today, real_today, layout, out, force=force)
    # A file name shows no topic: it is made of a digest of the modules' ids.
    name = hashlib.sha256(" ".join(modules).encode()).hexdigest()[:8]
    target = (out or folders.build) / f"sheet-{name}.pdf"
    with Typesetter() as typesetter:
        built = build_sheet(modules, folders, order, typesetter, country, paper, target)
    console.say(f"{built.pages} pages:")
    console.result(str(built.path))


@workbook.command()
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


@workbook.command()
@click.argument("name")
def schema(name: str) -> None:
    """Print the JSON Schema of a file format, so that an editor completes and checks while typing."""
    from workbook_builder.schemas import SCHEMAS

    if name not in SCHEMAS:
        raise click.BadParameter(f"there are: {', '.join(SCHEMAS)}", param_hint="NAME")
    Console().result_json(SCHEMAS[name]())


@workbook.command()
@click.option("--country", help="Whose crisis lines stand on page 2. Default: US, or the first that the practice has.")
@click.option("--paper", type=click.Choice(["letter", "a4"]), default="letter", show_default=True)
@click.option("--out", type=FILE, metavar="DIR", help="Where the PDF goes. Default: build/ of the practice's folder.")
@click.option("--layout", default="restartt", show_default=True, help="The layout's name.")
@click.option("--force", is_flag=True, help="Overwrite an atlas that somebody has typed into.")
@practice_option
@day_option
def atlas(
    country: str | None, paper: str, out: Path | None, layout: str, force: bool, home: Path, today: date | None
) -> None:
    """Make a book of the whole library, for the practice itself: atlas.pdf."""
    from workbook_builder.pipeline import Order, build_atlas
    from workbook_builder.typeset import Typesetter

    console = Console()
    real_today = date.today()
    folders = folders_at(home)
    order = Order(today or real_today, real_today, layout, out, force=force)
    target = (out or folders.build) / "atlas.pdf"
    with Typesetter() as typesetter, console.progress("Typesetting") as progress:
        built = build_atlas(folders, order, typesetter, country, paper, target, progress)
    console.say(f"{built.pages} pages:")
    console.result(str(built.path))


@workbook.command()
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


@workbook.group()
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


@workbook.command()
@click.argument("folder", metavar="DIR", type=FILE)
def init(folder: Path) -> None:
    """Begin a practice of your own in DIR: library, layout, an example, a README."""
    from workbook_builder.authoring import begin_practice

    begun = begin_practice(folder)
    console = Console()
    console.say(f"Yours to change; {folder / 'README.md'} says what lies where. Build the example next:")
    console.say(f"  workbook build {begun.example} --practice {begun.home}")
    console.result(str(begun.home))


def _read_password(path: Path | None) -> str | None:
    if path is None:
        return None
    try:
        lines = path.read_text(encoding="utf-8").splitlines()
    except (OSError, UnicodeDecodeError):
        raise InputProblems([Problem(str(path), 0, 0, "WB102", "cannot be read", "--password-file")]) from None
    if not lines or not lines[0]:
        raise InputProblems([Problem(str(path), 1, 1, "WB101", "the first line is empty", "--password-file")])
    return lines[0]


def _worst(failures: list[WorkbookError]) -> int:
    """The exit code for several profiles: a bug before a full disk, before wrong input, before a refusal."""
    order = (ExitCode.BUG, ExitCode.CANNOT_WRITE, ExitCode.INPUT, ExitCode.REFUSED)
    return next(code for code in order if any(error.exit_code == code for error in failures))


def main() -> None:
    """Run the command line and leave with the documented exit code."""
    signal.signal(signal.SIGTERM, signal.default_int_handler)  # an orderly end, as with Ctrl-C
    sys.exit(run(sys.argv[1:]))


def run(arguments: list[str]) -> int:
    """Run one command and return its exit code."""
    try:
        # Not workbook.main(): it would call a reader that goes away (… | head) a failure.
        with workbook.make_context("workbook", list(arguments)) as context:
            workbook.invoke(context)
    except click.exceptions.Exit as leave:
        return leave.exit_code
    except click.UsageError as error:
        error.show()
        return ExitCode.USAGE
    except (click.Abort, KeyboardInterrupt):
        Console().complain("Interrupted; nothing half-made was left behind.")
        return ExitCode.INTERRUPTED
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return ExitCode.DONE
    except WorkbookError as error:
        Console().complain(str(error))
        return error.exit_code
    except SystemExit as leave:
        if isinstance(leave.__context__, BrokenPipeError):  # seen by rich, which has closed the output
            return ExitCode.DONE
        return int(leave.code or 0)
    except Exception as error:
        Console().complain(_report(error))
        return ExitCode.BUG
    return ExitCode.DONE


def _report(error: Exception) -> str:
    """What a bug report needs, and no value of anybody's profile."""
    places = [f"  {Path(f.filename).name}:{f.lineno} {f.name}" for f in traceback.extract_tb(error.__traceback__)]
    versions = f"workbook_builder {version('workbook-builder')}, Python {sys.version.split()[0]}"
    head = f"A bug in {versions}: {type(error).__name__}"
    return "\n".join([head, *places, "Please report these lines. They hold nothing of the profile."])
