"""A module's words: titles, paragraphs, questions, hints, items and answers, one passage each.

The tree that a layout renders has no places. Here the same source is read once more for its words alone: markup is
taken out, and each passage remembers on which line and in which column its words stand.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from workbook_builder.markup.findings import Findings
from workbook_builder.markup.scan import Line, RawBlock, scan

from .passages import Passage, Piece, Role

_MARKUP = re.compile(
    r"!\[[^\]]*\]\([^)]*\)"  # a picture, whose description is read elsewhere
    r"|\[(?P<text>[^\]]*)\]\([^)]*\)"
    r"|\*+|`+|<[^<>]*>|(?<!\w)_+|_+(?!\w)"
)
_START = re.compile(r"\s*(?:(?:[-*+]|\d{1,9}\.)\s+|>\s?|#+\s*)*")
_NEW_ITEM = re.compile(r"\s*(?:[-*+]|\d{1,9}\.)\s+\S")
_OPTION = re.compile(r" *(?P<dash>- +)?(?:(?P<key>[A-Za-z0-9_-]+):(?: +|$))?(?P<value>.*?) *$")
_LISTS = ("items", "columns", "row_names", "low", "high")


def read_passages(body: str, first_line: int) -> tuple[Passage, ...]:
    """Return a body's words, in the order of the file; ``first_line`` is the line on which the body starts.

    What is wrong with the body's blocks is found when it is parsed, and is passed over here.
    """
    page = scan(body, first_line, Findings(""))
    lines = body.split("\n")
    passages = [*_block(page), *(_title(block, lines[block.spot.line - first_line]) for block in page.blocks())]
    return tuple(sorted((passage for passage in passages if passage.text.strip()), key=lambda passage: passage.spot))


def _title(block: RawBlock, line: str) -> Passage:
    """Return what stands behind the bar of a block's first line."""
    role: Role = "question" if block.is_field else "title"
    return Passage(role, block.kind, block.title, (Piece(block.title, block.spot.line, line.rfind(block.title) + 1),))


def _block(block: RawBlock) -> Iterator[Passage]:
    yield from _options(block)
    lines: list[Line] = []
    for part in block.body:
        if isinstance(part, RawBlock):
            yield from _prose(block, lines)
            lines = []
            yield from _block(part)
        else:
            lines.append(part)
    yield from _prose(block, lines)


def _prose(block: RawBlock, lines: Iterable[Line]) -> Iterator[Passage]:
    pieces: list[Piece] = []

    def flush() -> Iterator[Passage]:
        if pieces:
            yield Passage("prose", block.kind, block.title, tuple(pieces))
            pieces.clear()

    for line in lines:
        text = line.text
        if line.code or not text.strip() or text.lstrip().startswith(("#", "|")) or _NEW_ITEM.match(text):
            yield from flush()
        if line.code or not text.strip():
            continue
        if text.lstrip().startswith("|"):
            yield from _cells(block, line)
        elif text.startswith("#"):
            yield Passage("heading", block.kind, block.title, tuple(_pieces(text, line.number)))
        else:
            pieces += _pieces(text, line.number)
    yield from flush()


def _cells(block: RawBlock, line: Line) -> Iterator[Passage]:
    for cell in re.finditer(r"[^|]+", line.text):
        if cell[0].strip(" :-"):
            pieces = tuple(_pieces(cell[0], line.number, cell.start()))
            yield Passage("item", block.kind, block.title, pieces)


def _pieces(text: str, line: int, offset: int = 0) -> list[Piece]:
    """Return what is left of a line without its markup."""
    begin = _START.match(text)
    at = begin.end() if begin else 0
    pieces = []
    for found in [*_MARKUP.finditer(text, at), None]:
        end = found.start() if found else len(text.rstrip())
        if end > at:
            pieces.append(Piece(text[at:end], line, offset + at + 1))
        if found:
            if found["text"]:
                pieces.append(Piece(found["text"], line, offset + found.start("text") + 1))
            at = found.end()
    return pieces


def _options(block: RawBlock) -> Iterator[Passage]:
    """Give the words in a block's options, read as text: what is not YAML has been found elsewhere."""
    key, entries = "", list[list[Piece]]()
    for line in block.options:
        found = _OPTION.match(line.text)
        if not found:
            continue
        begins = found["key"] is not None or found["dash"] is not None
        if begins:
            yield from _option(block, key, entries)
            entries = []
            if found["key"] is not None:
                indented = block.kind == "example" and len(line.text) - len(line.text.lstrip()) > 4
                key = "answer" if indented else found["key"]
        if found["value"]:
            entries.append(_unquoted(found["value"], line.number, found.start("value") + 1))
    yield from _option(block, key, entries)


def _unquoted(value: str, line: int, column: int) -> list[Piece]:
    if value in (">", ">-", "|", "|-"):
        return []
    inner = 1 if value[0] in "'\"" else 0
    end = len(value) - 1 if inner and value[-1] == value[0] and len(value) > 1 else len(value)
    return [Piece(value[inner:end], line, column + inner)]


def _option(block: RawBlock, key: str, entries: list[list[Piece]]) -> Iterator[Passage]:
    pieces = [piece for entry in entries for piece in entry]
    if key == "hint":
        yield Passage("hint", block.kind, block.title, tuple(pieces))
    elif key in _LISTS or key == "answer":
        role: Role = "answer" if key == "answer" else "item"
        yield from (Passage(role, block.kind, block.title, tuple(part)) for part in _between_bars(pieces) if part)


def _between_bars(pieces: Iterable[Piece]) -> list[list[Piece]]:
    parts: list[list[Piece]] = [[]]
    for piece in pieces:
        for n, found in enumerate(re.finditer(r"[^|]*(?:\||$)", piece.text)):
            if n:
                parts.append([])
            words = found[0].strip(" |")
            if words:
                parts[-1].append(Piece(words, piece.line, piece.column + found.start() + found[0].index(words)))
    return parts
