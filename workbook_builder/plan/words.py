"""Sentences of the rules, filled in."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from functools import lru_cache

_BRACES = re.compile(r"\{([^{}]*)\}")


def fill(sentence: str, *words: Mapping[str, object]) -> str:
    """Return the sentence with what stands in braces filled in; later ``words`` come before earlier ones.

    Lists are joined by commas. A word that nothing fills in becomes nothing. Nothing but plain names is looked up, so a
    sentence can never reach into the program.
    """
    # What stands in braces has the odd places.
    parts = [_plain(_find(part, words)) if n % 2 else part for n, part in enumerate(_split(sentence))]
    return "".join(parts)


@lru_cache(maxsize=1024)
def _split(sentence: str) -> tuple[str, ...]:
    return tuple(_BRACES.split(sentence))


def _find(name: str, words: Sequence[Mapping[str, object]]) -> object:
    return next((known[name] for known in reversed(words) if name in known), "")


def _plain(value: object) -> str:
    return ", ".join(map(str, value)) if isinstance(value, list | tuple) else str(value)
