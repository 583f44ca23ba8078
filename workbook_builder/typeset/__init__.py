"""Section → Fragment: in a child process with limits, and through the cache. The parent never imports WeasyPrint."""

from __future__ import annotations

import multiprocessing
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterable
from contextlib import suppress
from types import TracebackType
from typing import Self

from workbook_builder.book import Fragment, Section
from workbook_builder.errors import ExitCode, WorkbookError
from workbook_builder.scratch import Scratch
from workbook_builder.typeset.cache import Cache, cache_folder, fragment_key, sheet_digest
from workbook_builder.typeset.job import Face, Failure, Job, Limits, Sheet, TypesetProblem

__all__ = [
    "Cache",
    "CannotTypeset",
    "Face",
    "Limits",
    "Sheet",
    "TypesetProblem",
    "Typesetter",
    "cache_folder",
    "sheet_digest",
]

DEFAULT_LIMITS = Limits()
SECTION_SECONDS = 60.0
"""How long one section may take. The slowest of the library takes under a second on a slow machine."""


class CannotTypeset(WorkbookError):
    """The engine died, hung, or broke on a section."""

    exit_code = ExitCode.BUG

    def __init__(self, section: str, message: str, trace: str = "") -> None:
        self.section, self.message, self.trace = section, message, trace
        super().__init__(f"{section}: {message}" + (f" ({trace})" if trace else ""))


class Typesetter:
    """Typesets the sections of one book, or of many books one after another.

    The child is started at once, so that it imports the engine while the caller still reads its input. Use it in a
    ``with`` statement; leaving it ends the child.
    """

    def __init__(
        self, cache: Cache | None = None, seconds: float = SECTION_SECONDS, limits: Limits = DEFAULT_LIMITS
    ) -> None:
        self.cache = cache or Cache()
        self.seconds = seconds
        self.limits = limits
        self._child: _Child | None = _Child(limits)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        """End the child."""
        if self._child is not None:
            self._child.kill()
            self._child = None

    def typeset(
        self, sections: Iterable[Section], sheet: Sheet, progress: Callable[[int, int], None] = lambda done, of: None
    ) -> dict[str, Fragment]:
        """Return a fragment for each section, by its id.

        Raises:
            TypesetProblem: the input's fault: a character that no face has, an address outside the layout.
            CannotTypeset: the engine died, hung beyond the time limit, or broke.
        """
        wanted = list(sections)
        done: dict[str, Fragment] = {}
        for section in wanted:
            key = fragment_key(section.html, sheet)
            fragment = None if section.personal else self.cache.get(key)
            if fragment is None:
                fragment = self._typeset_anew(Job(section.id, section.html, key), sheet)
                if not section.personal:
                    self.cache.put(fragment)
            done[section.id] = fragment
            progress(len(done), len(wanted))
        return done

    def _typeset_anew(self, job: Job, sheet: Sheet) -> Fragment:
        if self._child is None:
            self._child = _Child(self.limits)
        try:
            answer = self._child.ask(job, sheet, self.seconds)
        except TimeoutError:
            self.close()
            raise CannotTypeset(job.section, f"took longer than {self.seconds:g} seconds") from None
        except (EOFError, OSError):
            reason = self._child.kill()
            self._child = None
            raise CannotTypeset(job.section, f"the engine's process died ({reason})") from None
        if isinstance(answer, TypesetProblem):
            raise answer
        if isinstance(answer, Failure):
            raise CannotTypeset(answer.section, answer.message, answer.trace)
        assert isinstance(answer, Fragment)
        return answer


class _Child:
    """One child process and the pipe to it."""

    def __init__(self, limits: Limits) -> None:
        # The engine keeps copies of the fonts in a temporary folder, and a killed process cleans up nothing.
        self._folder = Scratch()
        self._pipe, theirs = multiprocessing.Pipe()
        command = [sys.executable, "-P", "-m", "workbook_builder.typeset.child", str(theirs.fileno())]
        # A group of its own: Ctrl-C reaches the parent alone, which then ends the child.
        self._process = subprocess.Popen(
            command, pass_fds=(theirs.fileno(),), stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL,
            # The engine's libraries quote the text that they cannot set, and that may be a client's.
            stderr=subprocess.DEVNULL, start_new_session=True, env={**os.environ, "TMPDIR": self._folder.name},
        )  # fmt: skip
        theirs.close()
        with suppress(OSError):  # a child that has ended already is noticed when it is asked
            self._pipe.send(limits)
        self._sheet: Sheet | None = None

    def ask(self, job: Job, sheet: Sheet, seconds: float) -> object:
        """Send one job and wait for its answer; raises TimeoutError or EOFError."""
        deadline = time.monotonic() + seconds
        if sheet != self._sheet:
            self._pipe.send(sheet)
            self._sheet = sheet
        self._pipe.send(job)
        if not self._pipe.poll(max(0.0, deadline - time.monotonic())):
            raise TimeoutError
        return self._pipe.recv()

    def kill(self) -> str:
        """End the process, remove its temporary folder, and return how it ended, such as *Killed* or *exit code 1*."""
        self._process.kill()
        code = self._process.wait()
        self._pipe.close()
        self._folder.remove()
        return signal.strsignal(-code) or f"signal {-code}" if code < 0 else f"exit code {code}"
