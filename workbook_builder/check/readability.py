"""How hard a text is to read: syllables, sentences, and the Flesch-Kincaid grade.

Grade = 0.39 · words per sentence + 11.8 · syllables per word - 15.59 (Kincaid and others, 1975). The fixed terms of
REBT are taken out of the syllables, since every client learns them; they still count as words of their sentence.

pyphen knows where a word may be hyphenated, and a word is not hyphenated after one letter: it finds one syllable in
"about", "very" and "again", and over a whole page 3 % too few. So syllables are counted as groups of vowels, with
what is silent taken out and what is spoken apart put in, and pyphen's count is taken where it is higher. Against the
CMU pronouncing dictionary this is right for 99 of 100 different words of the shipped library (pyphen alone: 88) and
for 97 of 100 in other texts, and the sum of syllables is off by less than one percent.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache

import pyphen  # type: ignore[import-untyped]

from .passages import Passage

MOST = 8
"""The highest grade that clients can be expected to read."""
AIM = 7
LONGEST_AVERAGE = 14
"""Words in a sentence, on average over a module."""
LONGEST_SENTENCE = 25
LEAST_SENTENCES = 5
"""With fewer sentences a grade says nothing."""

_TERMS = frozenset(
    [
        *("rebt", "rational", "irrational", "belief", "beliefs", "emotive", "behavior", "behaviour", "therapy"),
        *("awful", "awfulizing", "unconditional", "acceptance", "self-acceptance", "disputing"),
        *(
            "anxiety",
            "concern",
            "depression",
            "sadness",
            "guilt",
            "remorse",
            "shame",
            "disappointment",
            "hurt",
            "sorrow",
        ),
        *("anger", "jealousy", "envy", "healthy", "unhealthy"),
    ]
)

_WORD = re.compile(r"[^\W_]+(?:[’'-][^\W_]+)*")
# A sentence ends with its mark and whatever closes behind it, when a capital or a number opens the next one.
_END = re.compile(r"[.!?…]+[”’\")\]]*(?=\s+[“‘\"'(\[]?[^\W_a-z])")

_SILENT = re.compile(
    r"(?<=[aeiouy]l)es?$"  # smile, smiles; but table
    r"|(?<=[^aeiouyl])e$"  # make
    r"|(?<![aeiouydt])(?<![^aeiouylr]l)e(?=d$)"  # asked; but wanted, settled
    r"|(?<![aeiouycgsxzl])(?<!sh)(?<!ch)e(?=s$)"  # makes; but pages
    r"|(?<=[^aeiouyl])e(?=(?:ly|ful|fully|less|lessness|ment|ness|thing|times?|where|body|one|day|ty|nings?)s?$)"
    r"|(?<=^ev)e(?=ry)|(?<=^som)e(?=[^aeiouyrt])|(?<=^hom)e(?=[^aeiouyr])|(?<=^lif)e(?=[^sd])"
)
_APART = re.compile(
    r"(?<![tcsgxv])i(?=[ao])(?!age)"  # radio, but nation, special, marriage
    r"|i(?=er|est|et)"  # easier, quiet
    r"|[aeouy](?=ing)"  # being, trying
    r"|(?<=cl)i(?=en)|(?<=or)i(?=en)"  # client, orientation
    r"|(?<=d)e(?=as?$)|(?<=ar)e(?=as?$)|e(?=o(?!u))|(?<=cr)e(?=at)"  # idea, area, video, create
    r"|(?<![qgb])u(?=[aeo](?!$))"  # usual
    r"|s(?=m$)"  # perfectionism
    r"|(?<=[ds]n)'(?=t$)"  # didn't; but don't
)
_KNOWN = {
    **{"people": 2, "anyone": 3, "everyone": 3, "tired": 2, "maybe": 2, "business": 2, "behaviors": 3, "marriage": 2},
    **{
        "tuesday": 2,
        "wednesday": 2,
        "union": 2,
        "abc": 3,
        "abcs": 3,
        "sometimes": 2,
        "real": 1,
        "really": 2,
        "evening": 2,
    },
}


@dataclass(frozen=True)
class Sentence:
    """A sentence of a passage: where it begins in its text, and its words."""

    passage: Passage
    start: int
    text: str
    words: tuple[str, ...]


@cache
def count_syllables(word: str) -> int:
    """Return the syllables of an English word, at least one; parts joined by hyphens are counted one by one."""
    word = word.lower().replace("’", "'")
    if "-" in word:
        return sum(count_syllables(part) for part in word.split("-") if part)
    word = re.sub(r"'(s|d|ll|m|re|ve)$", r"\1" if word.endswith(("ses", "ces")) else "", word)
    if word in _KNOWN:
        return _KNOWN[word]
    spoken = _SILENT.sub("", word)
    groups = len(re.findall(r"[aeiouyé]+", spoken)) + len(_APART.findall(spoken))
    return max(1, groups, len(_hyphenation().positions(word)) + 1)


@cache
def _hyphenation() -> pyphen.Pyphen:
    return pyphen.Pyphen(lang="en_US")


def split_sentences(passages: Iterable[Passage]) -> list[Sentence]:
    """Return the sentences of passages; a passage ends its last sentence, with or without a full stop."""
    sentences = []
    for passage in passages:
        start = 0
        for end in [*(found.end() for found in _END.finditer(passage.text)), len(passage.text)]:
            text = passage.text[start:end]
            if words := tuple(_WORD.findall(text)):
                sentences.append(Sentence(passage, start + len(text) - len(text.lstrip()), text.strip(), words))
            start = end
    return sentences


def words_of(text: str) -> list[str]:
    """Return the words of a text; a word may hold hyphens and apostrophes."""
    return _WORD.findall(text)


def average_length(sentences: Iterable[Sentence]) -> float:
    """Return the words of a sentence on average, 0 when there is none."""
    lengths = [len(sentence.words) for sentence in sentences]
    return sum(lengths) / len(lengths) if lengths else 0.0


def grade(sentences: Iterable[Sentence]) -> float | None:
    """Return the Flesch-Kincaid grade without the fixed terms; None for too few sentences."""
    sentences = list(sentences)
    plain = [word for sentence in sentences for word in sentence.words if word.lower() not in _TERMS]
    if len(sentences) < LEAST_SENTENCES or not plain:
        return None
    syllables = sum(map(count_syllables, plain)) / len(plain)
    return 0.39 * average_length(sentences) + 11.8 * syllables - 15.59
