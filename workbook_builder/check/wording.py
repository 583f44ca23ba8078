"""How a page speaks to the client: without demands, without phrases that hurt, without shouting. English only."""

from __future__ import annotations

import re
from collections.abc import Iterator

from .codes import BANNED, DEMAND, EMPHASIS, EXCLAMATION
from .findings import Finding, found
from .passages import Passage
from .subject import Page

_SPOKEN = ("front", "prose", "question", "hint", "item")
"""Titles may name a must, and answers are an example's own beliefs."""

_DEMAND = re.compile(r"\b(?:must|should|ought to|ha(?:ve|s) to|needs? to)\b", re.IGNORECASE)
# "You do not have to", "nobody has to", "not everyone has to": the flexible half of a belief, or leave to skip.
_NEGATED = re.compile(
    r"(?:\b(?:not|never|nobody|no one|nothing|none|without|cannot|no need)\b|n[’']t\b)(?:\s+\w+){0,3}\s*$", re.IGNORECASE
)
# "Does it have to be so?" questions a demand.
_ASKED = re.compile(r"\b(?:do|does|did|would|will|why)\s+(?:\w+\s+){1,6}$", re.IGNORECASE)
# "A must", "the old must", "this should": the word is named and not used.
_NAMED = re.compile(
    r"\b(?:an?|the|that|this|which|one|each|every|any|no|your|my|its|old|hidden|rigid|silent|anxious|without)\s+$", re.IGNORECASE
)
_NAMED_AFTER = re.compile(r"[”’\"']?\s*(?:$|[.,;:?)…”]|(?:of|in|into|is|was|and|or|about|on|behind|under|comes?|takes?|this week)\b)")
# "A rule about what others must do" is about a demand.
_TOLD = re.compile(r"\b(?:rule|demand|law|belief)s?\b[^.]*$", re.IGNORECASE)
# "If you need to stop" leaves it to the client.
_OWN_NEED = re.compile(r"\b(?:if|when|whenever|what|whatever|that|all|as|else|time)\s+(?:you|they|we|I)\s+(?:\w+\s+)?$", re.IGNORECASE)
_SAFETY = re.compile(
    r"\b(?:safe(?:ty|ly|r)?|unsafe|danger(?:ous)?|crisis|emergency|abuse[ds]?|violen(?:ce|t)|harm(?:ed|s)?|hurt (?:you|them)"
    r"|doctor|medical|illegal|law)\b",
    re.IGNORECASE,
)

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
_BANNED_PATTERN = re.compile(r"(?<![\w-])(?:" + "|".join(sorted(map(re.escape, _BANNED), key=len, reverse=True)) + r")(?![\w-])", re.I)

_ITALICS = re.compile(r"(?<![\w*])\*(?![\s*])[^*\n]+(?<![\s*])\*(?![\w*])|(?<![\w_])_(?![\s_])[^_\n]+(?<![\s_])_(?![\w_])")
_CAPITALS = re.compile(r"\b[A-Z]{2,}(?:[’'-]?[A-Z]+)*\b")
_INITIALS = frozenset(["REBT", "REI", "ABC", "ABCDEF", "US", "UK", "EAP", "PDF", "TV", "OK", "ID", "AM", "PM", "QR", "DJ", "GP", "IT", "HR"])


def check_demands(page: Page) -> Iterator[Finding]:
    """No sentence of the page demands anything; beliefs that do stand in quotation marks."""
    for passage in _spoken(page):
        for match in _DEMAND.finditer(passage.text):
            if not (passage.in_quotation(match.start()) or _is_harmless(passage, match)):
                message = f'"{match[0]}" demands, and a page invites'
                hint = "write “you might” or “try”, or put a quoted belief into “…”"
                yield found(DEMAND, page.path, passage.at(match.start()), message, hint)


def _is_harmless(passage: Passage, match: re.Match[str]) -> bool:
    text, word = passage.text, match[0].lower()
    sentence_start = max((text.rfind(mark, 0, match.start()) for mark in ".?!"), default=-1) + 1
    before, after = text[sentence_start : match.start()], text[match.end() :]
    sentence = before + match[0] + re.split(r"[.?!]", after, maxsplit=1)[0]
    if _NEGATED.search(before) or _TOLD.search(before) or _SAFETY.search(sentence) or _SAFETY.search(passage.title):
        return True
    if word in ("must", "should"):
        return bool(_NAMED.search(before) and before.strip().lower() != "one") or bool(_NAMED_AFTER.match(after))
    if word.startswith("need"):
        return not re.search(r"\b(?:you|we)\s+$", before, re.IGNORECASE) or bool(_OWN_NEED.search(before))
    return bool(_ASKED.search(before))


def check_banned(page: Page) -> Iterator[Finding]:
    """No phrase hurts, blames or speaks about the reader; a belief in quotation marks may, since beliefs do."""
    for passage in (*page.front, *page.passages):
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
            yield found(EMPHASIS, page.path, (number, match.start() + 1), "italics are hard to read", "write **bold**, or nothing")
    for passage in (*page.front, *page.passages):
        for match in _CAPITALS.finditer(passage.text):
            if match[0].removesuffix("s") not in _INITIALS:
                yield found(
                    EMPHASIS, page.path, passage.at(match.start()), f'"{match[0]}" in capitals is hard to read', "write **bold**, or nothing"
                )


def check_exclamations(page: Page) -> Iterator[Finding]:
    """Nobody is shouted at."""
    for passage in (*page.front, *page.passages):
        for match in re.finditer(r"!", passage.text):
            if not passage.in_quotation(match.start()):
                yield found(EXCLAMATION, page.path, passage.at(match.start()), "an exclamation mark shouts", "write a full stop")


def _spoken(page: Page) -> Iterator[Passage]:
    """Give what the page says to the client; what stands in an example's story is somebody's own."""
    yield from (passage for passage in (*page.front, *page.passages) if passage.role in _SPOKEN)
