"""The only place that prints: results to standard output, where a script may read them; messages to standard error."""

from __future__ import annotations

import json
import sys
import time
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from rich.console import Console as Terminal
from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn, TimeRemainingColumn
from rich.table import Table
from rich.text import Text

from workbook_builder.book import GapNumber, Plan

if TYPE_CHECKING:  # what is weighed is read only by the command that asks
    from workbook_builder.review import Waiting

PATIENCE = 1.0
"""Seconds before progress is shown: what is quicker needs none."""

PLAIN_SECONDS = 10.0
"""Seconds between two lines about a batch where nobody watches."""


class Console:
    """Prints for people or, with ``plain``, for pipes and logs."""

    def __init__(self, plain: bool = False) -> None:
        self._out = Terminal(file=sys.stdout, highlight=False, soft_wrap=True, no_color=plain or None)
        self._err = Terminal(file=sys.stderr, highlight=False, soft_wrap=True, no_color=plain or None)
        self._plain = plain
        self._live = self._err.is_terminal and not plain

    def say(self, message: str) -> None:
        """Print a message for the user."""
        self._err.print(Text(message))

    def warn(self, message: str) -> None:
        """Print something that needs looking after, though the work is done."""
        self._err.print(Text("note: ", style="yellow") + Text(message, style="default"))

    def complain(self, message: str) -> None:
        """Print why a command did not do its work."""
        self._err.print(Text(message, style="red" if self._live else ""))

    def result(self, line: str) -> None:
        """Print one line that a script may read."""
        print(line, flush=True)

    def result_json(self, value: Any) -> None:
        """Print a value as JSON."""
        print(json.dumps(value, ensure_ascii=False, indent=2), flush=True)

    def finding(self, place: str, code: str, severity: str, message: str, hint: str) -> None:
        """Print what was found, on one line: where, the code, how grave it is, one sentence, what to do about it."""
        colour = "red" if severity == "error" else "yellow"
        what = ((f"{code} ", "bold"), (f"{severity}  ", colour), message)
        self._out.print(Text.assemble(f"{place}  ", *what, (f" - {hint}" if hint else "", "dim")))

    def coverage(self, languages: Iterable[Mapping[str, Any]]) -> None:
        """Print how many modules there are for each topic in each phase, and for each obstacle."""
        for language in languages:
            title = f"Modules in {language['language']}"
            topics = [(topic, *counts.values()) for topic, counts in language["topics"].items()]
            obstacles = list(language["obstacles"].items())
            self._counts(f"{title} by topic and phase", ("topic", *language["phases"]), topics)
            self._counts(f"{title} by obstacle", ("obstacle", "modules"), obstacles)

    def _counts(self, title: str, header: Sequence[str], rows: Iterable[Sequence[Any]]) -> None:
        """Print a table of numbers; when plain, with tabs, so that a script may cut it."""
        if self._plain:
            for row in ((f"# {title}",), header, *rows):
                self.result("\t".join(map(str, row)))
            return
        table = Table(title=title, title_justify="left")
        table.add_column(header[0], no_wrap=True)
        for name in header[1:]:
            table.add_column(name, justify="right", overflow="fold")
        for name, *counts in rows:
            table.add_row(name, *(str(count) if count else "-" for count in counts))
        self._out.print(table)

    def table(self, plan: Plan, how_to_tick: Sequence[str] = ()) -> None:
        """Print a plan: what, when, how long, why; then what was left out, and why.

        ``how_to_tick``: lines that stand below the modules which wait for a tick.
        """
        for gap in plan.gaps:
            table = Table(
                title=f"{_when(gap.number)}: {gap.minutes} of {gap.budget} minutes", title_justify="left", expand=False
            )
            table.add_column("module", no_wrap=True)
            table.add_column("min", justify="right", no_wrap=True)
            table.add_column("rule", no_wrap=True)
            table.add_column("why")
            for a in gap.assignments:
                minutes = "in session" if a.in_session else f"({a.minutes})" if a.optional else str(a.minutes)
                table.add_row(
                    Text(a.id),
                    minutes,
                    Text("\n".join(r.rule for r in a.reasons)),
                    Text("\n".join(r.text for r in a.reasons)),
                )
            self._out.print(table)
        self._list("Waiting for your tick (modules.reviewed)", ((n.id, n.caution) for n in plan.needs_review))
        if plan.needs_review:
            for line in how_to_tick:
                self._out.print(Text(f"  {line}"))
        self._list("Left out", ((f"{o.id}  {o.rule}", o.text) for o in plan.left_out))
        self._list("Notes", (("", note) for note in plan.notes))

    def waiting(self, one: Waiting, number: int, of: int) -> None:
        """Print what a therapist weighs before ticking a module."""
        when = "" if one.gap is None else f", {_when(one.gap).lower()}"
        self._err.print(Text(f"\n{number} of {of}  {one.title}", style="bold") + Text(f"  {one.id}", style="default"))
        self._err.print(Text(f"  {one.kind}, {one.minutes} minute{'' if one.minutes == 1 else 's'}{when}"))
        self._err.print(Text(f"  Caution: {one.caution or 'the module names none; read it before you tick it.'}"))
        for reason in one.reasons:
            self._err.print(Text(f"  Why: {reason}"))

    def _list(self, title: str, rows: Iterable[tuple[str, str]]) -> None:
        rows = list(rows)
        if not rows:
            return
        self._out.print(Text(f"\n{title}", style="bold"))
        for name, text in rows:
            self._out.print(Text(f"  {name}  {text}" if name else f"  {text}"))

    @contextmanager
    def batch_progress(self, total: int) -> Iterator[Callable[[int, int, int], None]]:
        """Show how far a batch is: done, made and failed of ``total`` clients, workbooks a minute, time that remains.

        Where nobody watches (a pipe, a log), a line is printed every now and then.
        """
        columns = (
            TextColumn("{task.completed} of {task.total} clients"), BarColumn(), TextColumn("{task.description}"),
            TextColumn("remaining"), TimeRemainingColumn(),
        )  # fmt: skip
        bar = Progress(*columns, console=self._err, transient=True, disable=not self._live)
        started = told = time.monotonic()

        def show(done: int, made: int, failed: int) -> None:
            nonlocal told
            now = time.monotonic()
            rate = f"{made / (now - started) * 60:.0f} workbooks a minute" if made and now > started else "starting"
            state = f"{rate}, {failed} failed" if failed else rate
            bar.update(task, completed=done, description=state)
            if not self._live and (now - told >= PLAIN_SECONDS or done == total):
                told = now
                left = f", about {(now - started) / done * (total - done):.0f} s remain" if done < total else ""
                self.say(f"{done} of {total} clients, {state}{left}")

        with bar:
            task = bar.add_task("starting", total=total)
            yield show

    @contextmanager
    def progress(self, what: str) -> Iterator[Callable[[int, int], None]]:
        """Show how far a work is, once it has taken longer than a second."""
        started = time.monotonic()
        bar = Progress(
            TextColumn("{task.description}"), BarColumn(), TextColumn("{task.completed} of {task.total}"),
            TimeElapsedColumn(), console=self._err, transient=True, disable=not self._live,
        )  # fmt: skip
        task = bar.add_task(what, total=None)
        told = False

        def show(done: int, of: int) -> None:
            nonlocal told
            if time.monotonic() - started < PATIENCE:
                return
            if not self._live:
                if not told:
                    self.say(f"{what}: {done} of {of} …")
                told = True
                return
            if not told:
                bar.start()
                told = True
            bar.update(task, completed=done, total=of)

        try:
            yield show
        finally:
            if told and self._live:
                bar.stop()


def _when(gap: GapNumber) -> str:
    return "After the last session" if gap == "after" else f"Between session {gap} and {gap + 1}"
