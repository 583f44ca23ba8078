"""Demands: a page of REBT invites, since "must" and "should" are what its readers learn to question. English only.

They may stand in titles, in quoted beliefs, in an example's answers, where the word is named and not used ("look for a
must"), where the demand is let go ("you do not have to"), and in what is said about safety.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from .codes import DEMAND
from .findings import Finding, found
from .passages import Passage, Role
from .subject import Page

_SPOKEN: tuple[Role, ...] = ("front", "prose", "question", "hint", "item")
"""Titles may name a must, and answers are an example's own beliefs."""

_DEMAND = re.compile(r"\b(?:must|should|ought to|ha(?:ve|s) to|needs? to)\b", re.IGNORECASE)
# "You do not have to", "nobody has to", "not everyone has to": the flexible half of a belief, or leave to skip.
_NEGATED = re.compile(
    r"(?:\b(?:not|never|nobody|no one|nothing|none|without|cannot|no need)\b|n[’']t\b)(?:\s+\w+){0,2}\s*$",
    re.IGNORECASE,
)
# "Does it have to be so?" questions a demand.
_ASKED = re.compile(r"\b(?:do|does|did|would|will|why)\s+(?:\w+\s+){1,6}$", re.IGNORECASE)
# "A must", "the old must", "this should": the word is named and not used.
_NAMED = re.compile(
    r"\b(?:an?|the|this|which|one|each|every|any|no|your|my|its|old|hidden|rigid|silent|anxious|without)\s+$",
    re.IGNORECASE,
)
_NAMED_AFTER = re.compile(
    r"[”’\"']?\s*(?:$|[.,;:?)…”]|(?:of|in|into|is|was|and|or|about|on|behind|under|comes?|takes?|this week)\b)"
)
# "A rule about what others must do" is about a demand.
_TOLD = re.compile(r"\b(?:rule|demand|law|belief)s?\s+(?:about|on|of|for|that says?)\b[^.]*$", re.IGNORECASE)
# "If you need to stop" leaves it to the client.
_OWN_NEED = re.compile(
    r"\b(?:if|when|whenever|what|whatever|that|all|as|else|time)\s+(?:you|they|we|I)\s+(?:\w+\s+)?$", re.IGNORECASE
)
_SAFETY = re.compile(
    r"\b(?:safe(?:ty|ly|r)?|unsafe|danger(?:ous)?|crisis|emergency|abuse[ds]?|violen(?:ce|t)|harm(?:ed|s)?"
    r"|hurt (?:you|them)|doctor|medical)\b",
    re.IGNORECASE,
)


def check_demands(page: Page) -> Iterator[Finding]:
    """No sentence of the page demands anything; beliefs that do stand in quotation marks."""
    if not page.is_english:
        return
    for passage in page.words:
        for match in _DEMAND.finditer(passage.text) if passage.role in _SPOKEN else ():
            if not (passage.in_quotation(match.start()) or _is_harmless(passage, match)):
                message = f'"{match[0]}" demands, and a page invites'
                hint = "write “you might” or “try”, or put a quoted belief into “…”"
                yield found(DEMAND, page.path, passage.at(match.start()), message, hint)


def _is_harmless(passage: Passage, match: re.Match[str]) -> bool:
    text, word = passage.text, match[0].lower()
    sentence_start = max((text.rfind(mark, 0, match.start()) for mark in ".?!"), default=-1) + 1
    before, after = text[sentence_start : match.start()], text[match.end() :]
    sentence = before + match[0] + re.split(r"[.?!]", after, maxsplit=1)[0]
    if _TOLD.search(before) or _SAFETY.search(sentence) or _SAFETY.search(passage.title):
        return True
    if word in ("must", "should"):
        return bool(_NAMED.search(before) and before.strip().lower() != "one") or bool(_NAMED_AFTER.match(after))
    if _NEGATED.search(before):
        return True
    if word.startswith("need"):
        return not re.search(r"\b(?:you|we)\s+$", before, re.IGNORECASE) or bool(_OWN_NEED.search(before))
    return bool(_ASKED.search(before))
