"""Sentences of the rules, filled in."""

from __future__ import annotations

import re
from collections.abc import Mapping

_BRACES = re.compile(r"\{([^{}]*)\}")


def fill(sentence: str, *words: Mapping[str, object]) -> str:
    """Return the sentence with what stands in braces filled in; later ``words`` come before earlier ones.

    Lists are joined by commas. A word that nothing fills in becomes nothing. Nothing but plain names is looked up, so a
    sentence can never reach into the program.
    """
    known: dict[str, object] = {}
    for more in words:
        known.update(more)
    return _BRACES.sub(lambda match: _plain(known.get(match[1], "")), sentence)


def _plain(value: object) -> str:
    return ", ".join(map(str, value)) if isinstance(value, list | tuple) else str(value)
