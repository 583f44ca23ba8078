"""The child process that typesets: reads a sheet and jobs from a pipe and answers each. Run as ``python -m``.

It has a memory limit and, in case its parent is gone, a processor-time limit. It never writes a file of its own; the
engine's font files go to a temporary folder that holds nothing personal.
"""

from __future__ import annotations

import gc
import os
import sys
import warnings
from multiprocessing.connection import Connection
from pathlib import Path

from workbook_builder.kept import Kept
from workbook_builder.restraint import die_with_parent, limit_process
from workbook_builder.typeset.job import Failure, Job, Limits, Sheet, TypesetProblem

MAX_ENGINES = 4
"""Style sheets that are kept ready, since the clients of a batch may prefer different editions and papers."""
NO_SYSTEM_FONTS = Path(__file__).with_name("no-system-fonts.conf")


def main() -> None:
    """Serve jobs until the parent closes the pipe."""
    pipe = Connection(int(sys.argv[1]))
    limits: Limits = pipe.recv()
    die_with_parent()  # no orphan when the parent is killed
    limit_process(limits.memory, limits.processor_seconds)
    os.environ["FONTCONFIG_FILE"] = str(NO_SYSTEM_FONTS)  # so that pages look the same on every machine
    warnings.filterwarnings("ignore", message="No fonts configured in FontConfig")
    try:
        _serve(pipe)
    except (EOFError, BrokenPipeError, KeyboardInterrupt):
        return


def _serve(pipe: Connection) -> None:
    try:
        from workbook_builder.typeset.engine import Engine  # takes a second: imported while the parent reads its input
    except (ImportError, OSError) as error:
        _turn_away(pipe, f"the typesetting engine cannot start, since something that it needs is missing: {error}")
        return
    _collect_seldom()
    engines = Kept[Sheet, Engine](MAX_ENGINES)
    sheet: Sheet | None = None
    while True:
        message = pipe.recv()
        if isinstance(message, Sheet):
            sheet = message
            continue
        assert isinstance(message, Job) and sheet is not None
        try:
            engines[sheet] = engine = engines.pop(sheet, None) or Engine(sheet)
            answer: object = engine.typeset(message)
        except Exception as error:
            answer = _explain(error, message)
        pipe.send(answer)


def _collect_seldom() -> None:
    """Search less for cyclic garbage, and not among what is here to stay: a tenth of the time of a page."""
    gc.freeze()
    gc.set_threshold(50_000, 20, 50)


def _turn_away(pipe: Connection, reason: str) -> None:
    """Answer every job with the reason why nothing can be typeset."""
    while True:
        if isinstance(job := pipe.recv(), Job):
            pipe.send(Failure(job.section, reason))


def _explain(error: Exception, job: Job) -> TypesetProblem | Failure:
    if isinstance(error, TypesetProblem):
        return error
    if isinstance(error, MemoryError):
        return Failure(job.section, "needs more memory than is allowed")
    # The class alone: an engine's message may quote the page's text.
    return Failure(job.section, f"the engine stopped with {type(error).__name__}", _traceback(error))


def _traceback(error: BaseException) -> str:
    """Where it happened, without any value: safe to show in a report."""
    places = []
    step = error.__traceback__
    while step is not None:
        code = step.tb_frame.f_code
        places.append(f"{Path(code.co_filename).name}:{step.tb_lineno} {code.co_name}")
        step = step.tb_next
    return " > ".join(places[-6:])


if __name__ == "__main__":
    main()
