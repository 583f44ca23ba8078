"""The commands. No logic here: options in, one call, errors to exit codes."""

from __future__ import annotations

import os
import signal
import sys
import traceback
from importlib.metadata import version
from pathlib import Path

import click

from workbook_builder.console import Console
from workbook_builder.errors import ExitCode, WorkbookError

from .batching import batch
from .building import atlas, build, plan, sheet
from .checking import check, schema, verify
from .reviewing import review
from .writing import init, new, sign

__all__ = ["main", "run", "workbook"]


@click.group(context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(version("workbook-builder"), prog_name="workbook")
def workbook() -> None:
    """Make personal homework workbooks for clients of an REBT practice."""


for _command in (build, batch, plan, review, sheet, check, verify, schema, atlas, sign, new, init):
    workbook.add_command(_command)


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
