"""A file from anywhere is opened in a process of its own, with limits of time and memory: parsers of PDF have crashed
on less. The password and the client's words go through a pipe, never through the command line."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path

from .codes import NO_ANSWER, UNREADABLE
from .findings import Expected, Fault, Finding, Report

SECONDS = 120.0
"""How long one file may take. The atlas, the largest book, takes under five seconds."""


def find_files(paths: Sequence[Path]) -> list[Path]:
    """Return the files to look into: each path, and of a folder each PDF that lies in it, by name."""
    found: dict[Path, None] = {}
    for path in paths:
        inside = sorted(path.glob("*.pdf")) if path.is_dir() else []
        found.update(dict.fromkeys(inside or [path]))
    return list(found)


def verify_file(path: Path, expected: Expected | None = None, password: str = "", seconds: float = SECONDS) -> Report:
    """Check a file and return what was found. Never raises for what the file is or holds.

    Args:
        expected: what is known beforehand.
        password: opens an encrypted file.
        seconds: how long it may take.
    """
    shown = str(path)
    if not path.is_file():
        what = "it is a folder without a PDF" if path.is_dir() else "there is no such file"
        return _one(shown, Fault(UNREADABLE, 0, what))
    request = json.dumps({"path": shown, "password": password, "expected": asdict(expected or Expected())})
    command = [sys.executable, "-P", "-m", "workbook_builder.verify.child"]
    try:
        ran = subprocess.run(
            command, input=request.encode(), stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, timeout=seconds,
            check=False,
        )  # fmt: skip
    except subprocess.TimeoutExpired:
        return _one(shown, Fault(NO_ANSWER, 0, f"looking into it took longer than {seconds:g} seconds"))
    try:
        answer = json.loads(ran.stdout)
        return Report(shown, tuple(Finding(**finding) for finding in answer["findings"]), answer["pages"])
    except (ValueError, TypeError, KeyError):
        return _one(shown, Fault(NO_ANSWER, 0, "it is so broken that looking into it ended the process that did"))


def _one(path: str, fault: Fault) -> Report:
    return Report(path, (fault.at(path),))
