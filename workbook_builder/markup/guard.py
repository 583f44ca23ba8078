"""Refuses text that would take the markdown parser minutes or end its recursion, before it is parsed.

Python-Markdown is quadratic and worse in unclosed brackets, in long paragraphs and in nesting. The limits are far above
what a page for a client needs, and keep the worst accepted text well under two seconds.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from workbook_builder.markup.codes import NOT_TEXT, TOO_LARGE, TOO_TANGLED
from workbook_builder.markup.findings import Findings, Spot

MAX_BYTES = 64 * 1024
MAX_LINES = 1000
MAX_PARAGRAPH = 4000
MAX_MARKS = {"[": 20, "<": 30, "(": 100, "`": 40, "*": 200, "_": 120, "&": 60, "\\": 60}
"""How often a mark may stand in one paragraph."""
MAX_ALL_MARKS = {"[": 200, "<": 200, "`": 200, "*": 800, "_": 400, "&": 300, "\\": 300}
"""How often a mark may stand in the body."""
MAX_DEPTH = 5

# What YAML calls not printable, and what Python or YAML take for a line break where an editor shows none.
_NOT_TEXT = re.compile("[^\n\x20-\x7e\xa0-\u2027\u202a-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
_NESTED = re.compile(rf" *(?:(?:>|[-*+] |\d{{1,9}}\. ) *){{{MAX_DEPTH + 1}}}")
_INDENTED = re.compile(rf" {{{4 * (MAX_DEPTH + 1)}}}")


def clean_characters(text: str, first_line: int, findings: Findings) -> str:
    """Return the text with ``\\n`` as its only line break, tabs as spaces, and no control characters.

    Each line that has a control character is a problem, at the first of them.
    """
    text = text.replace("\r\n", "\n").replace("\r", "\n").expandtabs(4)
    for number, line in enumerate(text.split("\n"), first_line):
        if found := _NOT_TEXT.search(line):
            findings.add(
                Spot(number, found.start() + 1),
                NOT_TEXT,
                f"the invisible character U+{ord(found[0]):04X} cannot be printed: delete it",
            )
    return _NOT_TEXT.sub("\ufffd", text)


def check_limits(text: str, first_line: int, findings: Findings) -> bool:
    """Return whether the text is safe to parse; each limit that is passed is a problem."""
    before = len(findings)
    start = Spot(first_line, 1)
    lines = text.split("\n")
    size = len(text.encode())
    if size > MAX_BYTES:
        findings.add(start, TOO_LARGE, f"the body has {size} bytes (at most {MAX_BYTES}): divide the module")
        return False
    if len(lines) > MAX_LINES:
        findings.add(start, TOO_LARGE, f"the body has {len(lines)} lines (at most {MAX_LINES}): divide the module")
    for mark, most in MAX_ALL_MARKS.items():
        if (count := text.count(mark)) > most:
            findings.add(start, TOO_TANGLED, f'the body has {count} times "{mark}" (at most {most})')
    for number, line in enumerate(lines, first_line):
        if _NESTED.match(line) or (line.strip() and _INDENTED.match(line)):
            message = f"lists and quotations are nested more than {MAX_DEPTH} deep here: keep them flatter"
            findings.add(Spot(number, 1), TOO_TANGLED, message)
            break
    for number, paragraph in _paragraphs(lines, first_line):
        _check_paragraph(paragraph, Spot(number, 1), findings)
    return len(findings) == before


def _check_paragraph(paragraph: str, spot: Spot, findings: Findings) -> None:
    if len(paragraph) > MAX_PARAGRAPH:
        message = f"this paragraph has {len(paragraph)} characters (at most {MAX_PARAGRAPH}): divide it by a blank line"
        findings.add(spot, TOO_LARGE, message)
    for mark, most in MAX_MARKS.items():
        if (count := paragraph.count(mark)) > most:
            message = f'this paragraph has {count} times "{mark}" (at most {most}): divide it by a blank line'
            findings.add(spot, TOO_TANGLED, message)


def _paragraphs(lines: list[str], first_line: int) -> Iterator[tuple[int, str]]:
    """Yield each run of lines that are not blank, with the number of its first line."""
    start, run = first_line, list[str]()
    for number, line in enumerate([*lines, ""], first_line):
        if line.strip():
            start = start if run else number
            run.append(line)
        elif run:
            yield start, "\n".join(run)
            run = []
