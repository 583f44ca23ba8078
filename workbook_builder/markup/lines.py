"""What a single line of a body is: the opening or closing of a block, or text; and how it is misspelt."""

from __future__ import annotations

import difflib
import re
from dataclasses import dataclass

from workbook_builder.errors import did_you_mean
from workbook_builder.markup.codes import BLOCK_PLACE, BLOCK_SPELLING, UNKNOWN_BLOCK
from workbook_builder.markup.findings import Findings, Spot
from workbook_builder.markup.nodes import BLOCK_KINDS

_SLASHES = re.compile(r"(?P<indent>\s*)(?P<slashes>/+)(?P<rest>.*)")
_REST = re.compile(r" *(?P<kind>[A-Za-z][\w-]*)?(?P<gap> *)(?P<bar>\|?) *(?P<title>.*?) *")
_WELL_SPELT = re.compile(r" +[a-z-]+(?: +\|(?: +.*)?)? *")
_BEHIND_A_SIGN = re.compile(r"\s*(?:(?:>|[-*+:]\s|\d{1,9}[.)]\s|\||<[^<>]*>)\s*)+(?P<slashes>/{3,})")
_FENCE = re.compile(r" {0,3}(?P<fence>`{3,}|~{3,}) *[\w+#.-]* *")


@dataclass(frozen=True)
class Opening:
    """A line that opens a block; ``kind`` is empty when nobody can tell what was meant."""

    spot: Spot
    kind_spot: Spot
    slashes: int
    kind: str
    title: str


@dataclass(frozen=True)
class Closing:
    """A line that closes a block."""

    spot: Spot
    slashes: int


def read_line(text: str, number: int, findings: Findings) -> Opening | Closing | None:
    """Return the opening or closing that this line is, or None for text.

    A line that was meant as one, and is written wrong, is a problem; it is read as what was most likely meant, so that
    one slip does not show as many.
    """
    if found := _BEHIND_A_SIGN.match(text):
        message = "a block cannot stand in a list, a quotation, a table or HTML: begin the line with the slashes"
        findings.add(Spot(number, found.start("slashes") + 1), BLOCK_PLACE, message)
        return None
    found = _SLASHES.fullmatch(text)
    if not found:
        return None
    spot, rest = Spot(number, found.start("slashes") + 1), found["rest"]
    parts = _REST.fullmatch(rest)
    if len(found["slashes"]) < 3 and not (parts and _was_meant(found["slashes"], parts)):
        return None
    if len(found["slashes"]) < 3:
        findings.add(spot, BLOCK_SPELLING, "a block opens and closes with three slashes at least: write ///")
    elif found["indent"].strip(" ") or len(found["indent"]) > 3:
        message = "a block's slashes stand at the left margin: a block cannot be indented or stand in a list"
        findings.add(spot, BLOCK_PLACE, message)
    slashes = max(3, len(found["slashes"]))
    if not rest.strip():
        return Closing(spot, slashes)
    name = (parts["kind"] if parts else None) or ""
    title = parts["title"] if parts else ""
    kind_spot = Spot(number, found.start("rest") + (parts.start("kind") if parts and name else 0) + 1)
    kind = name if name in BLOCK_KINDS else _guess_kind(name, kind_spot, findings)
    if name and name == kind and not _WELL_SPELT.fullmatch(rest):
        right = f"{'/' * slashes} {kind}" + (" | …" if title else "")
        findings.add(spot, BLOCK_SPELLING, f'a space or a bar is missing here: write "{right}"')
    return Opening(spot, kind_spot, slashes, kind, title)


def find_fence(lines: list[str], start: int) -> tuple[str, int] | None:
    """Return the code fence that opens in line ``start`` and the index of its closing line (``start`` if none does)."""
    opening = _FENCE.fullmatch(lines[start])
    if not opening:
        return None
    fence = opening["fence"]
    for index in range(start + 1, len(lines)):
        line = lines[index].strip()
        if line.startswith(fence) and set(line) == {fence[0]} and len(lines[index]) - len(lines[index].lstrip()) < 4:
            return fence, index
    return fence, start


def _was_meant(slashes: str, parts: re.Match[str]) -> bool:
    """Whether one or two slashes were meant for a block: text may begin with a slash."""
    kind, title = parts["kind"], parts["title"]
    if not kind:
        return slashes == "//" and not parts["bar"] and not title
    if parts["bar"]:
        return bool(difflib.get_close_matches(kind.lower(), BLOCK_KINDS, n=1))
    return not title and kind in BLOCK_KINDS


def _guess_kind(name: str, spot: Spot, findings: Findings) -> str:
    near = difflib.get_close_matches(name.lower(), BLOCK_KINDS, n=1)
    known = f"the blocks are {', '.join(BLOCK_KINDS)}"
    message = f'there is no block "{name}"' if name else "the kind of the block is missing after the slashes"
    findings.add(spot, UNKNOWN_BLOCK, message, hint=did_you_mean(name.lower(), BLOCK_KINDS) or known)
    return near[0] if near else ""
