"""What markdown would print otherwise than its author meant, and says nothing about."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from workbook_builder.markup.blocks import Line
from workbook_builder.markup.codes import HEADING, LIST, RULE, TABLE
from workbook_builder.markup.findings import Findings, Spot

_INSIDE = r"(?:(?:\s*(?:>|[-*+]\s|\d{1,9}\.\s))+\s*| {4,})?"
_HEADING = re.compile(_INSIDE + r"(#+) *[^#\s]")
_UNDERLINE = re.compile(r"=+ *")
_RULE = re.compile(_INSIDE + r" {0,3}([-_*])(?: {0,2}\1){2,} *")
_ITEM = re.compile(r"( *)(?:[-*+]|\d{1,9}\.) +\S")
_STARTS_LIST = re.compile(r" {0,3}(?:[-*+]|1\.) +\S")
_BRACKET_ITEM = re.compile(r" {0,3}\d{1,9}\) +\S")
_TABLE_RULE = re.compile(r" *\|? *:?-+:? *(?:\| *:?-+:? *)+\|? *")


def check_prose(lines: Iterable[Line], findings: Findings) -> None:
    """Report headings of a wrong level, rules, and lists and tables that would come out as plain text."""
    for run in _runs(lines):
        _check_lines(run, findings)
        if not run[0].text.lstrip().startswith((">", ": ")):
            _check_lists(run, findings)
        _check_table(run, findings)


def _runs(lines: Iterable[Line]) -> Iterator[list[Line]]:
    """Yield the runs of lines without a blank one; a heading is a run of its own, as it is for markdown."""
    run: list[Line] = []
    for line in lines:
        follows = bool(run) and line.number == run[-1].number + 1
        is_heading = line.text.startswith("#")
        if run and (not follows or line.code or is_heading or run[-1].text.startswith("#")):
            yield run
            run = []
        if line.text.strip() and not line.code:
            run.append(line)
        elif run:
            yield run
            run = []
    if run:
        yield run


def _check_lines(run: list[Line], findings: Findings) -> None:
    for index, line in enumerate(run):
        heading = _HEADING.match(line.text)
        underlined = index == 1 and _UNDERLINE.fullmatch(line.text)
        if underlined or (heading and len(heading[1]) not in (2, 3)):
            spot = Spot(line.number, heading.start(1) + 1 if heading else 1)
            findings.add(spot, HEADING, "headings have two levels: begin the line with ## or ###")
        # Hyphens below the first line of a paragraph make a heading of it.
        if _RULE.fullmatch(line.text) and not (index == 1 and line.text.startswith("-")):
            message = "a horizontal rule is not printed: delete it, or use a heading"
            findings.add(_start(line), RULE, message)


def _check_lists(run: list[Line], findings: Findings) -> None:
    first = _ITEM.match(run[0].text)
    in_list = bool(first) or run[0].text.startswith("    ")
    for line in run:
        if _BRACKET_ITEM.match(line.text):
            findings.add(_start(line), LIST, "this does not begin an item of a list: write 1. instead of 1)")
        if line is run[0] or _RULE.fullmatch(line.text):
            continue
        if not in_list and _STARTS_LIST.match(line.text):
            findings.add(_start(line), LIST, "a list needs a blank line above it, else it is printed as one paragraph")
            in_list = True
        item = _ITEM.match(line.text)
        if first and item and len(first[1]) < len(item[1]) < len(first[1]) + 4:
            findings.add(_start(line), LIST, "an item of a list inside a list is indented by four spaces")


def _check_table(run: list[Line], findings: Findings) -> None:
    for index, line in enumerate(run):
        if index > 1 and _TABLE_RULE.fullmatch(line.text) and "|" in run[index - 1].text:
            findings.add(
                _start(run[index - 1]), TABLE, "a table needs a blank line above it, else it is printed as text"
            )


def _start(line: Line) -> Spot:
    return Spot(line.number, len(line.text) - len(line.text.lstrip()) + 1)
