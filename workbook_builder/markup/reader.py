"""Reads HTML for what it holds: tags, links, pictures and words."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from html.parser import HTMLParser

from workbook_builder.markup.nodes import Box, Example, Grid, Html, Node, Rate, Value, Write

_VOID = {"area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "param", "source", "track", "wbr"}
_INLINE = {"a", "abbr", "b", "code", "em", "i", "img", "span", "strong", "sub", "sup"}


class HtmlReader(HTMLParser):
    """What a piece of HTML holds.

    ``links`` and ``images`` (source, description) are in reading order. ``not_closed`` and ``not_opened`` hold tags,
    each with its number among the opening or closing tags of that name. Declarations count as tags "!" and "?".
    """

    def __init__(self, html: str) -> None:
        super().__init__()
        self.tags: Counter[str] = Counter()
        self.attributes: Counter[tuple[str, str]] = Counter()
        self.links: list[str] = []
        self.images: list[tuple[str, str]] = []
        self.not_closed: list[tuple[str, int]] = []
        self.not_opened: list[tuple[str, int]] = []
        self._open: list[tuple[str, int]] = []
        self._closings: Counter[str] = Counter()
        self._text: list[str] = []
        self.feed(html)
        self.close()
        self.not_closed += self._open

    @property
    def is_balanced(self) -> bool:
        """Whether each tag that opens is closed in the right order."""
        return not (self.not_closed or self.not_opened)

    @property
    def text(self) -> str:
        """The words, one line for each paragraph, item or cell."""
        lines = (" ".join(line.split()) for line in "".join(self._text).split("\0"))
        return "\n".join(line for line in lines if line)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Called by HTMLParser."""
        self.tags[tag] += 1
        values = {name: value or "" for name, value in reversed(attrs)}
        self.attributes.update((tag, name) for name in values)
        if tag == "a" and "href" in values:
            self.links.append(values["href"].strip())
        if tag == "img":
            self.images.append((values.get("src", "").strip(), values.get("alt", "").strip()))
        if tag not in _VOID:
            self._open.append((tag, self.tags[tag]))
        self._divide(tag)

    def handle_endtag(self, tag: str) -> None:
        """Called by HTMLParser."""
        self._closings[tag] += 1
        if tag not in {name for name, _ in self._open}:
            self.not_opened.append((tag, self._closings[tag]))
            return
        while self._open[-1][0] != tag:
            self.not_closed.append(self._open.pop())
        self._open.pop()
        self._divide(tag)

    def handle_decl(self, decl: str) -> None:
        """Called by HTMLParser."""
        self.tags["!"] += 1

    def unknown_decl(self, data: str) -> None:
        """Called by HTMLParser."""
        self.tags["!"] += 1

    def handle_pi(self, data: str) -> None:
        """Called by HTMLParser."""
        self.tags["?"] += 1

    def handle_data(self, data: str) -> None:
        """Called by HTMLParser."""
        self._text.append(data.replace("\0", ""))

    def _divide(self, tag: str) -> None:
        if tag not in _INLINE:
            self._text.append("\0")


def plain_text(nodes: Iterable[Node]) -> str:
    """Return all words of these nodes as the client reads them, a line for each paragraph, item, question or answer.

    Words that a layout adds are not among them, nor are descriptions of pictures.
    """
    return "\n".join(line for node in nodes for line in _lines(node) if line)


def _lines(node: Node) -> list[str]:
    if isinstance(node, Html):
        return [HtmlReader(node.html).text]
    if isinstance(node, Box):
        return [node.title, plain_text(node.children)]
    if isinstance(node, Example):
        answers = [line for answered in node.answered for line in _answer_lines(answered.value)]
        return [node.title, plain_text(node.children), *answers]
    lines = [node.question, node.hint]
    if isinstance(node, Write):
        return lines
    if isinstance(node, Rate):
        return [*lines, node.low, node.high]
    return [*lines, *node.columns, *node.row_names] if isinstance(node, Grid) else [*lines, *node.items]


def _answer_lines(value: Value) -> list[str]:
    if isinstance(value, str):
        return [value]
    if isinstance(value, int):
        return []
    return [cell for row in value if isinstance(row, tuple) for cell in row]
