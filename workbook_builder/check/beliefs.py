"""Rational beliefs in examples, whole: the negated half is what makes a belief flexible. English only.

“I want very much to do well” is half a belief: people add a silent “so I must”. Whole it is “…, and I do not have to”.
The same holds for “it is bad, and not the end of everything”, “it is hard, and I can bear it”, and “I did a bad thing,
and I am not a bad person” (Dryden). Only what an example says is looked at, since there a client learns how a finished
belief sounds; pages that teach about halves quote them.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from .codes import HALF_A_BELIEF, MAYBE_HALF_A_BELIEF
from .findings import Finding, found
from .passages import Passage
from .subject import Page

_STRONG = r"(?:very much|so much|badly|dearly|deeply|strongly)"
# A wish with an intensifier is a belief; without one, in quotation marks, it may be a request or a plan.
_WISH = re.compile(
    rf"[“\"‘]?(?:and |but )?I (?:(?P<strong>{_STRONG}|really) )?"
    rf"(?:(?:want|wish|prefer|hope)(?P<past>ed|red|d)?\b|(?:would|’d|'d) (?:{_STRONG} )?(?:like|prefer|love)\b)"
    rf"(?P<after>(?: \w+){{0,6}} {_STRONG})?",
    re.IGNORECASE,
)
_BADNESS = re.compile(
    r"[“\"‘]?(?:(?:it|this|that)(?: is|’s|'s| was| feels| would be) (?:very |really |so |quite )?"
    r"(?:bad|hard|unpleasant|painful|uncomfortable|tough|difficult|sad|unfair)\b"
    r"|I (?:did|said|made) (?:a |an |some)\w* ?(?:bad|wrong|unkind|stupid|foolish|mistake)\b)",
    re.IGNORECASE,
)
_NOT = r"(?:\b(?:not|never|no|nobody|neither|nor|without)\b|n[’']t\b)"
_BEAR = r"\b(?:can|could|will) (?:\w+ )?(?:stand|bear|take|live|cope)\b|\bworth it\b"
_SECOND_CLAUSE = re.compile(rf"(?:[,;:]|\band\b|\bbut\b).*?(?:{_NOT}|{_BEAR})", re.IGNORECASE)
_GOES_ON = re.compile(rf"[“\"‘]?(?:and|but)\b.*?(?:{_NOT}|{_BEAR})", re.IGNORECASE)
_LETS_GO = re.compile(
    rf"{_NOT}.*\b(?:have to|need|must|law|the end)\b|\b(?:want|wanting|wish)\b.*{_NOT}|{_BEAR}", re.IGNORECASE
)
_SENTENCE = re.compile(r"[^\s].*?(?:[.!?…]+[”\"’]*(?=\s|$)|$)")

_REQUEST = re.compile(r"[“\"]?when\b", re.IGNORECASE)


@dataclass(frozen=True)
class _FirstHalf:
    """A sentence that begins a rational belief. One that is not ``is_strong`` may be a plan or a plain fact."""

    hint: str
    is_wish: bool = False
    is_strong: bool = False
    is_past: bool = False


def check_beliefs(page: Page) -> Iterator[Finding]:
    """Each rational belief of an example has both of its halves."""
    if not page.is_english:
        return
    told = [passage for passage in page.passages if passage.block == "example" and passage.role in ("prose", "answer")]
    for n, passage in enumerate(told):
        is_answer = passage.role == "answer"
        # A sheet may ask for the two halves one after the other.
        follows = told[n + 1].text if is_answer and n + 1 < len(told) and told[n + 1].role == "answer" else ""
        for start, end in passage.quotations:
            yield from _look(page, passage, (start, end), follows)
        if is_answer and not passage.quotations:
            yield from _look(page, passage, (0, len(passage.text)), follows)


def _look(page: Page, passage: Passage, span: tuple[int, int], follows: str) -> Iterator[Finding]:
    """Look at the sentences of a quotation, or of an answer without any; ``follows`` is the answer after it."""
    sentences = list(_SENTENCE.finditer(passage.text, *span))
    # Where one belief is whole, "it is unfair" beside it is a plain fact.
    is_whole = any(_SECOND_CLAUSE.search(sentence[0]) for sentence in sentences)
    is_spoken = bool(passage.quotations) and not _REQUEST.match(passage.text, span[0])
    for n, sentence in enumerate(sentences):
        half = _first_half(sentence[0].strip('“”"‘’ '))
        if half is None or (is_whole and not half.is_wish):
            continue
        is_last = n + 1 == len(sentences)
        after = (passage.text[span[1] :].lstrip(" .,") or follows) if is_last else sentences[n + 1][0]
        if _GOES_ON.match(after) or (not is_last and _LETS_GO.search(after)):
            continue
        if half.is_strong or (is_spoken and not half.is_past):
            code, has = (HALF_A_BELIEF, "has") if half.is_strong else (MAYBE_HALF_A_BELIEF, "may have")
            message = f"this rational belief {has} only one of its halves: what does not follow from it is missing"
            yield found(code, page.path, passage.at(sentence.start()), message, half.hint)


def _first_half(said: str) -> _FirstHalf | None:
    """Return what a sentence begins, unless it is a question, is left open, or has the second half in it."""
    if "?" in said or said.endswith("…") or _SECOND_CLAUSE.search(said):
        return None
    if wish := _WISH.match(said):
        is_strong = bool(wish["strong"] or wish["after"])
        return _FirstHalf("add: and it does not have to be so", True, is_strong, bool(wish["past"]))
    if _BADNESS.match(said):
        return _FirstHalf("add: and it is not the end of everything, or: and I can bear it")
    return None
