"""How a page speaks to the client: without phrases that hurt, without shouting."""

from __future__ import annotations

import re
from collections.abc import Iterator

from .codes import BANNED, EMPHASIS, EXCLAMATION
from .findings import Finding, found
from .subject import Page

_BANNED = {
    "you kind of did it in your head": "ask what got in the way",
    "no worries": "ask what got in the way",
    "failed to": "say what happened, without a verdict",
    "non-compliant": "say what happened, without a verdict",
    "noncompliant": "say what happened, without a verdict",
    "resistant": "say what the client wants or doubts",
    "lazy": "say what made it hard to begin",
    "excuses": "ask what got in the way",
    "just think positive": "think flexibly and realistically",
    "think positive": "think flexibly and realistically",
    "calm down": "name the healthy feeling that helps",
    "get over it": "leave the feeling its place",
    "everything happens for a reason": "leave it out",
    "toxic": "say what somebody does",
    "crazy": "say rigid, extreme or unhelpful",
    "self-sabotage": "say what the client does, and what it is for",
    "the client": 'speak to the reader: "you"',
    "the patient": 'speak to the reader: "you"',
    "patients": 'speak to the reader: "you"',
    "close your eyes": 'add "or look at one spot"',
}
_BANNED_PATTERN = re.compile(
    r"(?<![\w-])(?:" + "|".join(sorted(map(re.escape, _BANNED), key=len, reverse=True)) + r")(?![\w-])", re.I
)

_ITALICS = re.compile(
    r"(?<![\w*])\*(?![\s*])[^*\n]+(?<![\s*])\*(?![\w*])|(?<![\w_])_(?![\s_])[^_\n]+(?<![\s_])_(?![\w_])"
)
_CAPITALS = re.compile(r"\b[A-Z]{2,}(?:[’'-]?[A-Z]+)*\b")
_INITIALS = frozenset(
    [
        "REBT",
        "REI",
        "ABC",
        "ABCDEF",
        "US",
        "UK",
        "EAP",
        "PDF",
        "TV",
        "OK",
        "ID",
        "AM",
        "PM",
        "QR",
        "DJ",
        "GP",
        "IT",
        "HR",
    ]
)


def check_banned(page: Page) -> Iterator[Finding]:
    """No phrase hurts, blames or speaks about the reader; a belief in quotation marks may, since beliefs do."""
    if not page.is_english:
        return
    for passage in page.words:
        for match in _BANNED_PATTERN.finditer(passage.text):
            hint = _BANNED[match[0].lower()]
            if match[0].lower() == "close your eyes" and "or look at one spot" in passage.text:
                continue
            if passage.role != "answer" and not passage.in_quotation(match.start()):
                yield found(BANNED, page.path, passage.at(match.start()), f'"{match[0]}" can hurt a reader', hint)


def check_emphasis(page: Page) -> Iterator[Finding]:
    """Nothing stands in italics or capitals, which are hard to read; bold is there for emphasis."""
    for number, line in enumerate(page.lines[page.module.body_line - 1 :], page.module.body_line):
        for match in _ITALICS.finditer(line):
            yield found(
                EMPHASIS,
                page.path,
                (number, match.start() + 1),
                "italics are hard to read",
                "write **bold**, or nothing",
            )
    for passage in page.words:
        for match in _CAPITALS.finditer(passage.text):
            if match[0].removesuffix("s") not in _INITIALS:
                yield found(
                    EMPHASIS,
                    page.path,
                    passage.at(match.start()),
                    f'"{match[0]}" in capitals is hard to read',
                    "write **bold**, or nothing",
                )


def check_exclamations(page: Page) -> Iterator[Finding]:
    """Nobody is shouted at."""
    for passage in page.words:
        for match in re.finditer(r"!", passage.text):
            if not passage.in_quotation(match.start()):
                yield found(
                    EXCLAMATION, page.path, passage.at(match.start()), "an exclamation mark shouts", "write a full stop"
                )
