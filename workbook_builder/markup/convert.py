"""From markdown to HTML that is safe to print, cut into pieces at the blocks."""

from __future__ import annotations

import re
import secrets
from collections.abc import Iterator
from typing import Literal
from xml.etree import ElementTree

import markdown
import nh3
from pymdownx.blocks import BlocksExtension
from pymdownx.blocks.block import Block

from workbook_builder.markup.addresses import is_picture, printed_address
from workbook_builder.markup.blocks import MAX_NESTED, Line, RawBlock

_TEXT_TAGS = {
    "p",
    "h2",
    "h3",
    "blockquote",
    "div",
    "pre",
    "code",
    "br",
    "strong",
    "em",
    "b",
    "i",
    "sup",
    "sub",
    "span",
    "abbr",
}
_LIST_TAGS = {"ul", "ol", "li", "dl", "dt", "dd", "table", "thead", "tbody", "tr", "th", "td"}
_TAGS = _TEXT_TAGS | _LIST_TAGS | {"a", "img"}
_ATTRIBUTES = {
    "*": {"lang", "title"},
    "a": {"href"},
    "img": {"src", "alt"},
    "ol": {"start"},
    "th": {"colspan", "rowspan", "scope"},
    "td": {"colspan", "rowspan"},
}
_SCHEMES = {"https", "tel", "mailto", "module"}

Mark = tuple[Literal["open", "close"], int]
"""The beginning or end of a block in the page, by the block's number."""


def new_token() -> str:
    """Return the name of the element that marks blocks: new for each page, so that no author can write it."""
    return f"wb-{secrets.token_hex(8)}"


def to_html(page: RawBlock, token: str) -> str:
    """Return the page as HTML that has not been cleaned, with an element ``token`` for each block."""
    parser = markdown.Markdown(
        extensions=["tables", "def_list", "fenced_code", _BlockMarks(token)], output_format="html"
    )
    # Numbers go on after a field between two steps.
    parser.parser.blockprocessors["olist"].LAZY_OL = False  # type: ignore[attr-defined]
    # Indented text would become a listing: four spaces too many are a slip, never a program.
    parser.parser.blockprocessors.deregister("code")
    return parser.convert("\n".join(_source(page, token, MAX_NESTED)))


def clean(html: str, token: str) -> str:
    """Return the HTML without anything that runs, hides, styles or loads; links and pictures in their printed form."""

    def keep(tag: str, attribute: str, value: str) -> str | None:
        if (tag, attribute) == ("a", "href"):
            return printed_address(value)
        if (tag, attribute) == ("img", "src"):
            return value if is_picture(value) else None
        return value

    return nh3.clean(
        html,
        tags={*_TAGS, token},
        attributes={**_ATTRIBUTES, token: {"data-n"}},
        attribute_filter=keep,
        url_schemes=_SCHEMES,
        clean_content_tags={"script", "style"},
        link_rel=None,
    )


def cut(html: str, token: str) -> Iterator[str | Mark]:
    """Yield the pieces of cleaned HTML and the marks between them, in reading order."""
    open_blocks: list[int] = []
    pieces = re.split(rf'<{token} data-n="(\d+)">|(</{token}>)', html)
    for piece, number, end in zip(pieces[::3], [*pieces[1::3], None], [*pieces[2::3], None], strict=True):
        if piece.strip():
            yield piece.strip()
        if number:
            open_blocks.append(int(number))
            yield "open", int(number)
        elif end:
            yield "close", open_blocks.pop()


def _source(block: RawBlock, token: str, depth: int) -> Iterator[str]:
    """Yield the lines of a block with marks in place of the blocks in it, their slashes and blank lines put right."""
    slashes = "/" * (3 + depth)
    for part in block.body:
        if isinstance(part, Line):
            yield part.text
        elif part.kind:
            yield from ("", f"{slashes} {token} | {part.number}", "")
            if not part.is_field:
                yield from _source(part, token, depth - 1)
            yield from ("", slashes, "")
        else:
            yield from _source(part, token, depth)


class _BlockMarks(BlocksExtension):  # type: ignore[misc]
    """Knows one block, which leaves an empty element with the number of the author's block."""

    def __init__(self, token: str) -> None:
        super().__init__()
        self._token = token

    def extendMarkdownBlocks(self, md: markdown.Markdown, block_mgr: object) -> None:  # noqa: N802
        """Register the block; pymdown-extensions calls this."""
        block_mgr.register(type("_Mark", (_Mark,), {"NAME": self._token}), {})  # type: ignore[attr-defined]


class _Mark(Block):  # type: ignore[misc]
    NAME = ""
    ARGUMENT = True

    def on_markdown(self) -> str:
        return "block"

    def on_create(self, parent: ElementTree.Element) -> ElementTree.Element:
        return ElementTree.SubElement(parent, self.NAME, {"data-n": self.argument})
