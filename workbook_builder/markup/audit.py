"""Compares a page before and after cleaning: whatever was taken away is a problem, at its place in the source."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections import defaultdict
from html import escape

from workbook_builder.markup.addresses import is_external, is_picture, module_of
from workbook_builder.markup.blocks import RawBlock
from workbook_builder.markup.codes import (
    HEADING,
    HTML_NOT_CLOSED,
    NO_ALT,
    REFUSED_LINK,
    REFUSED_PICTURE,
    REMOVED_HTML,
    RULE,
)
from workbook_builder.markup.findings import Findings, Spot
from workbook_builder.markup.nodes import Image, Link
from workbook_builder.markup.options import wrote
from workbook_builder.markup.reader import HtmlReader

MAX_REPORTED = 20

_ADDRESS = re.compile(r"""(?:\]\(\s*<?|\]:\s*<?|<(?:mailto:)?|=\s*["']?)([^\s)>"']*)""")
_CODE_SPAN = re.compile(r"(?<![\\`])(`+)(?!`)(.+?)(?<!`)\1(?!`)", re.DOTALL)
_BLANK_LINES = re.compile(r"(\n *\n)")
# What markdown itself makes: such a heading or rule has been reported; how cells are aligned belongs to the layout.
_TAGS_OF_MARKDOWN = frozenset({"h1", "h4", "h5", "h6", "hr"})
_ATTRIBUTES_OF_MARKDOWN = frozenset({("th", "style"), ("td", "style")})
_DECLARATIONS = {"!": r"(<)!(?!--)", "?": r"(<)\?"}
_CHECKED_BY_VALUE = frozenset({("a", "href"), ("img", "src")})


class Places:
    """Finds in the source what stands in the HTML that was made from it."""

    def __init__(self, page: RawBlock, line_count: int) -> None:
        self.start = page.spot
        lines = [""] * line_count
        for block in (page, *page.blocks()):
            for line in block.lines:
                if not line.code:
                    lines[line.number - self.start.line] = line.text
        parts = _BLANK_LINES.split("\n".join(lines))
        self._source = "".join(_CODE_SPAN.sub(lambda found: re.sub(".", " ", found[0]), part) for part in parts)
        self._line_starts = [0, *(found.end() for found in re.finditer("\n", self._source))]
        self._addresses: dict[str, list[Spot]] = defaultdict(list)
        for found in _ADDRESS.finditer(self._source):
            self._addresses[found[1]].append(self._spot(found.start(1)))

    def next_address(self, address: str) -> Spot:
        """Return where an address stands; each call for the same address returns the next place that has it."""
        for written in (address, escape(address), address.removeprefix("mailto:"), address.partition(")")[0]):
            if spots := self._addresses.get(written):
                return spots.pop(0) if len(spots) > 1 else spots[0]
        return self.start

    def matches(self, pattern: str) -> list[Spot]:
        """Return where the first group of each match of a pattern stands, in upper or lower case."""
        return [self._spot(found.start(1)) for found in re.finditer(pattern, self._source, re.IGNORECASE)]

    def _spot(self, index: int) -> Spot:
        line = bisect_right(self._line_starts, index) - 1
        return Spot(self.start.line + line, index - self._line_starts[line] + 1)


def report_removed(before: HtmlReader, after: HtmlReader, places: Places, findings: Findings) -> None:
    """Report the tags and attributes that cleaning took away."""
    tags = before.tags - after.tags
    for tag, count in list(tags.items())[:MAX_REPORTED]:
        spots = places.matches(_DECLARATIONS.get(tag) or rf"(<){re.escape(tag)}(?![\w-])")
        if not spots and tag in _TAGS_OF_MARKDOWN and findings.has(HEADING, RULE):
            continue
        for spot in spots[:count] or [places.start]:
            findings.add(
                spot, REMOVED_HTML, f"<{tag[:40]}> may not stand on a page: write it in markdown, or delete it"
            )
    lost = before.attributes - after.attributes
    names = [key for key in lost if key[0] not in tags and key not in _CHECKED_BY_VALUE]
    for tag, name in names[:MAX_REPORTED]:
        spots = places.matches(rf"<{re.escape(tag)}\s[^>]*?(?<![\w-])({re.escape(name)})(?=[\s=/>])")
        if not spots and (tag, name) in _ATTRIBUTES_OF_MARKDOWN:
            continue
        for spot in spots[: lost[tag, name]] or [places.start]:
            findings.add(spot, REMOVED_HTML, f'the attribute "{name[:40]}" may not stand in <{tag}>: delete it')


def report_unbalanced(before: HtmlReader, after: HtmlReader, places: Places, findings: Findings) -> None:
    """Report HTML that is not closed, which would change all that follows, or that closes what is not open."""
    for sign, tags, message in (
        ("<", before.not_closed, "is not closed in its place: write </{}>"),
        ("</", before.not_opened, "closes nothing: delete it"),
    ):
        for tag, number in tags[:MAX_REPORTED]:
            # What cleaning has taken away is reported as that.
            if sign == "<" and tag not in after.tags:
                continue
            spots = places.matches(rf"({sign}){re.escape(tag)}(?![\w-])") or [places.start]
            spot = spots[min(number, len(spots)) - 1]
            findings.add(spot, HTML_NOT_CLOSED, f"{sign}{tag[:40]}> {message.format(tag[:40])}")


def read_links(before: HtmlReader, places: Places, findings: Findings) -> tuple[Link, ...]:
    """Return the page's links; those that lead to what a page may not lead to are problems."""
    links = []
    for address in before.links:
        spot, module = places.next_address(address), module_of(address)
        if module or is_external(address):
            links.append(Link(module or address, spot.line, spot.column, external=not module))
        else:
            is_http = address.lower().startswith("http:")
            hint = "write https:" if is_http else "link to a module (#wks-abc-log), or to https:, tel: or mailto:"
            findings.add(spot, REFUSED_LINK, f"a page cannot link to this{wrote(address)}", hint=hint)
    return tuple(links)


def read_images(before: HtmlReader, places: Places, findings: Findings) -> tuple[Image, ...]:
    """Return the page's pictures; each must lie below ``figures/`` and say what it shows."""
    images = []
    for source, alt in before.images:
        spot = places.next_address(source)
        if not is_picture(source):
            hint = "put a .svg, .png or .jpg into content/figures/ and write figures/name.svg"
            findings.add(spot, REFUSED_PICTURE, f"a page cannot show this picture{wrote(source)}", hint=hint)
        if not alt:
            message = "the picture has no description: write what it shows, as in ![A chain of three links](figures/…)"
            findings.add(spot, NO_ALT, message)
        images.append(Image(source, alt, spot.line, spot.column))
    return tuple(images)
