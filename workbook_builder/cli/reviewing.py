"""The command that asks about modules which wait for the therapist's tick."""

from __future__ import annotations

import sys
from collections.abc import Iterator, Sequence
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

import click

from workbook_builder.console import Console
from workbook_builder.errors import InputProblems

from .options import FILE, day_option, folders_at, practice_option

if TYPE_CHECKING:
    from workbook_builder.folders import Folders
    from workbook_builder.pipeline import Order
    from workbook_builder.review import Review, Waiting

ANSWERS = ("yes", "no", "skip", "quit")
QUESTION = "Tick it?  y yes, n no, s skip (it goes on waiting), q quit"


@click.command()
@click.argument("profile", type=FILE)
@click.option("--tick", "ticks", multiple=True, metavar="ID", help="Tick this module without asking; may be repeated.")
@click.option("--all", "tick_all", is_flag=True, help="Tick all that wait, and what they bring up, without asking.")
@practice_option
@day_option
def review(profile: Path, ticks: tuple[str, ...], tick_all: bool, home: Path, today: date | None) -> None:
    """Ask about each module that waits for your tick, and write the answers into PROFILE."""
    from workbook_builder.pipeline import Order
    from workbook_builder.review import open_review

    real_today = date.today()
    folders, order = folders_at(home), Order(today or real_today, real_today)
    desk = _Desk(open_review(profile, folders, order), folders, order)
    try:
        if ticks:
            desk.tick_named(ticks)
        if tick_all:
            desk.tick_all()
        elif not ticks:
            desk.ask_all()
    finally:
        desk.tell()


class _Desk:
    """A profile on the desk, and what was answered so far. Each answer is in the file as soon as it is given."""

    def __init__(self, state: Review, folders: Folders, order: Order) -> None:
        self.state, self.folders, self.order = state, folders, order
        self.console = Console()
        self.ticked: list[str] = []
        self.blocked: list[str] = []
        self.asked: list[str] = []

    def ask_all(self) -> None:
        """Ask about one module after the other; what a tick brings up is asked as well."""
        for one in self._unasked():
            self.console.waiting(one, len(self.asked) + 1, len(self.asked) + self._left())
            answer = self._ask(one)
            if answer == "quit":
                return
            self.asked.append(one.id)
            if answer == "yes":
                self._tick([one.id])
            elif answer == "no":
                self._offer_block(one)

    def tick_named(self, modules: Sequence[str]) -> None:
        """Tick modules by their names."""
        from workbook_builder.review import without_need

        needless = without_need(self.state, modules)
        for name in needless:
            self.console.say(f"{name} needs no tick: it has one already, or no caution.")
        if new := [name for name in dict.fromkeys(modules) if name not in needless]:
            self._tick(new)

    def tick_all(self) -> None:
        """Tick all that wait, until nothing does."""
        while self.state.waiting:
            self._tick([one.id for one in self.state.waiting])

    def tell(self) -> None:
        """Say in the end what was written, and what still waits."""
        from workbook_builder.review import why_left_out

        path = self.state.path
        for setting, names in (("modules.reviewed", self.ticked), ("modules.block", self.blocked)):
            if names:
                self.console.say(f"Written to {setting} of {path}: {', '.join(names)}")
        if not self.ticked and not self.blocked:
            self.console.say(f"Nothing was written to {path}.")
        for name, text in why_left_out(self.state, self.ticked):
            self.console.warn(f"{name} is ticked and still left out. {text}")
        waiting = [one.id for one in self.state.waiting]
        self.console.say(
            f"Still waiting for your tick: {', '.join(waiting)}" if waiting else "Nothing waits for a tick."
        )
        if self.ticked or self.blocked:
            self.console.result(str(path))

    def _unasked(self) -> Iterator[Waiting]:
        while one := next((one for one in self.state.waiting if one.id not in self.asked), None):
            yield one

    def _left(self) -> int:
        return sum(one.id not in self.asked for one in self.state.waiting)

    def _ask(self, one: Waiting) -> str:
        try:
            return click.prompt(QUESTION, default="s", value_proc=_answer, err=True)
        except click.Abort as abort:
            self.console.say("")  # what follows begins on a line of its own
            if self.asked or not isinstance(abort.__context__, EOFError) or _is_terminal():
                raise
            raise _nobody() from None
        except RuntimeError:  # standard input is closed
            raise _nobody() from None

    def _tick(self, modules: Sequence[str]) -> None:
        from workbook_builder.review import tick

        waited = {one.id for one in self.state.waiting}
        self.state = tick(self.state, modules, self.folders, self.order)
        self.ticked += modules
        if new := [one.id for one in self.state.waiting if one.id not in waited]:
            self.console.say(f"That brings up: {', '.join(new)}")

    def _offer_block(self, one: Waiting) -> None:
        """Leave a module out for good only when that is wanted: no may mean not now."""
        from workbook_builder.review import block

        falls = f" What builds on it falls with it: {', '.join(one.bears)}." if one.bears else ""
        question = f"Block it for this client, so that it is not asked again (modules.block)?{falls}"
        if not click.confirm(question, default=False, err=True):
            return
        try:
            self.state = block(self.state, one.id, self.folders, self.order)
            self.blocked.append(one.id)
        except InputProblems as error:
            self.console.complain(f"{error}\n{one.id} goes on waiting.")


def _answer(text: str) -> str:
    word = text.strip().lower()
    found = next((answer for answer in ANSWERS if word in (answer, answer[0])), None)
    if found is None:
        raise click.UsageError("answer y, n, s or q")
    return found


def _is_terminal() -> bool:
    return sys.stdin is not None and sys.stdin.isatty()


def _nobody() -> click.UsageError:
    message = "there is nobody to answer, and nothing was written; call it in a terminal, or say --tick ID or --all"
    return click.UsageError(message, click.get_current_context())
