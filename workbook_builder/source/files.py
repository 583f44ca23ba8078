"""From a file to its text, and from a module's text to its front matter and body."""

from __future__ import annotations

import codecs
import re
import stat
from pathlib import Path

from workbook_builder.errors import InputProblems, Problem

from .codes import NO_FRONT_MATTER, NOT_READABLE, NOT_TEXT, TOO_LARGE

MAX_BYTES = 256_000

# Control characters, halves of surrogate pairs, line breaks that editors do not count as such (the places in messages
# would be off by a line), and the controls that reorder text, with which a page could say something else than its file.
FORBIDDEN = re.compile(
    "[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ud800-\udfff\u2028\u2029\u202a-\u202e\u2066-\u2069\ufdd0-\ufdef\ufeff\ufffe\uffff]"
)
_MAX_FORBIDDEN_SHOWN = 10


def read_text(path: Path, shown: str | None = None, max_bytes: int = MAX_BYTES) -> str:
    """Return the text of a UTF-8 file, without byte order mark and with ``\\n`` as its only line end.

    ``shown`` is how messages call the file (default: ``path`` as given), ``max_bytes`` how large it may be. Raises
    InputProblems for what is missing, not a file, not readable, too large, or not plain UTF-8 text.
    """
    shown = str(path) if shown is None else shown
    data = read_bytes(path, shown, max_bytes).removeprefix(codecs.BOM_UTF8)
    try:
        text = data.decode("utf-8")
    except UnicodeDecodeError as error:
        raise InputProblems([_not_utf8(data, error.start, shown)]) from None
    text = text.replace("\r\n", "\n").replace("\r", "\n")
    if problems := forbidden_characters(text, shown):
        raise InputProblems(problems)
    return text


def read_bytes(path: Path, shown: str, max_bytes: int) -> bytes:
    """Return what an ordinary file holds.

    Raises InputProblems for what is missing, not a file (a device might never end), not readable, or too large.
    """

    def refuse(code: str, message: str) -> InputProblems:
        return InputProblems([Problem(shown, 0, 0, code, message)])

    try:
        kind = path.stat().st_mode
        if stat.S_ISDIR(kind):
            raise refuse(NOT_READABLE, "this is a folder, and a file is needed")
        # A pipe or a device might never end.
        if not stat.S_ISREG(kind):
            raise refuse(NOT_READABLE, "this is not an ordinary file")
        with path.open("rb") as file:
            data = file.read(max_bytes + 1)
    except FileNotFoundError:
        raise refuse(NOT_READABLE, "there is no such file") from None
    except PermissionError:
        raise refuse(NOT_READABLE, "you may not read this file; check its permissions") from None
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or "its name is not possible"
        raise refuse(NOT_READABLE, f"this file cannot be read ({reason})") from None
    if len(data) > max_bytes:
        raise refuse(TOO_LARGE, f"this file is larger than {max_bytes // 1000} kB")
    return data


def _not_utf8(data: bytes, start: int, shown: str) -> Problem:
    if data.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return Problem(shown, 1, 1, NOT_TEXT, "this file is saved as UTF-16", hint="save it as UTF-8")
    before = data[:start].decode("utf-8").replace("\r\n", "\n").replace("\r", "\n")
    line, column = _place(before, len(before))
    return Problem(shown, line, column, NOT_TEXT, "this is not UTF-8 text", hint="save the file as UTF-8")


def forbidden_characters(text: str, shown: str) -> list[Problem]:
    """Return a problem for each of the first characters that may stand in no file of ours."""
    problems = []
    for match in FORBIDDEN.finditer(text):
        message = f"the invisible character U+{ord(match[0]):04X} stands here; delete it"
        problems.append(Problem(shown, *_place(text, match.start()), NOT_TEXT, message))
        if len(problems) == _MAX_FORBIDDEN_SHOWN:
            break
    return problems


def _place(text: str, index: int) -> tuple[int, int]:
    before = text[:index]
    return before.count("\n") + 1, len(before) - before.rfind("\n")


def split_front_matter(text: str, shown_path: str) -> tuple[str, str, int, list[Problem]]:
    """Return a module's front matter, its body, the body's first line (from 1), and what is wrong.

    The front matter keeps an empty line in place of its opening ``---``, so that places found in it are the file's.
    Without front matter, all of the text is body.
    """
    lines = text.removeprefix("\ufeff").split("\n")
    if lines[0].rstrip() != "---":
        message = "the front matter is missing"
        return "", text, 1, [Problem(shown_path, 1, 1, NO_FRONT_MATTER, message, hint="start the file with a line ---")]
    end = next((n for n, line in enumerate(lines[1:], 1) if line.rstrip() == "---"), None)
    if end is None:
        message = "the front matter that starts here never ends"
        return "", text, 1, [Problem(shown_path, 1, 1, NO_FRONT_MATTER, message, hint="close it with a line ---")]
    return "\n".join(["", *lines[1:end], ""]), "\n".join(lines[end + 1 :]), end + 2, []
