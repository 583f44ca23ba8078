"""Takes a body apart into blocks and lines of text, each with its place.

The markdown extension leaves a block that is written wrong as plain text and says nothing. So the structure is read
here, where each slip is a problem with its line, and markdown is given only what was found to be a block.
"""

from __future__ import annotations

from workbook_builder.markup.blocks import MAX_NESTED, Line, RawBlock
from workbook_builder.markup.codes import (
    CLOSES_NOTHING,
    CODE_NOT_CLOSED,
    NESTED_WRONG,
    NO_QUESTION,
    NOT_CLOSED,
    OPTIONS_PLACE,
    TEXT_IN_FIELD,
)
from workbook_builder.markup.findings import Findings, Spot
from workbook_builder.markup.lines import Closing, Opening, find_fence, read_line

__all__ = ["Line", "RawBlock", "scan"]


def scan(text: str, first_line: int, findings: Findings) -> RawBlock:
    """Return the page as a tree of blocks; ``first_line`` is the number of the text's first line in its file."""
    scanner = _Scanner(findings, first_line)
    lines = text.split("\n")
    index = 0
    while index < len(lines):
        index = scanner.take(lines, index, first_line)
    return scanner.finish()


class _Scanner:
    def __init__(self, findings: Findings, first_line: int) -> None:
        self.findings = findings
        self.page = RawBlock("page", "", 0, Spot(first_line, 1), closed=True)
        self.open = [self.page]
        self.count = 0
        self.too_few_slashes: list[tuple[RawBlock, RawBlock]] = []
        self.too_deep: list[tuple[RawBlock, RawBlock]] = []

    def take(self, lines: list[str], index: int, first_line: int) -> int:
        """Read one line, with the options or the code that belong to it; return the index of the next."""
        number = first_line + index
        if fence := find_fence(lines, index):
            return self.take_code(lines, index, first_line, *fence)
        read = read_line(lines[index], number, self.findings)
        if isinstance(read, Closing):
            self.close(read)
        elif isinstance(read, Opening):
            block = self.start(read)
            while index + 1 < len(lines) and _is_option(lines[index + 1]):
                index += 1
                block.options.append(Line(first_line + index, lines[index]))
        else:
            self.open[-1].body.append(Line(number, lines[index]))
        return index + 1

    def take_code(self, lines: list[str], index: int, first_line: int, fence: str, end: int) -> int:
        number = first_line + index
        if end == index:
            column = len(lines[index]) - len(lines[index].lstrip()) + 1
            message = f'this code is not closed: write "{fence}" below it'
            self.findings.add(Spot(number, column), CODE_NOT_CLOSED, message)
            return index + 1
        code = [fence, *lines[index + 1 : end], fence]
        self.open[-1].body.extend(Line(number + k, line, code=True) for k, line in enumerate(code))
        return end + 1

    def start(self, opening: Opening) -> RawBlock:
        while self.open[-1].is_field:
            self.not_closed(self.open.pop())
        self.count += 1
        block = RawBlock(opening.kind, opening.title, opening.slashes, opening.spot, self.count)
        around = self.open[-1]
        if around is not self.page and around.slashes <= block.slashes:
            self.too_few_slashes.append((around, block))
        if not block.title and (block.is_field or block.kind == "callout"):
            what, example = ("a question", "What helped?") if block.is_field else ("a title", "Safe steps only")
            message = f'a {block.kind} needs {what}: write "{"/" * block.slashes} {block.kind} | {example}"'
            self.findings.add(opening.kind_spot, NO_QUESTION, message)
        if len(self.open) > MAX_NESTED:
            self.too_deep.append((around, block))
        # Beyond the limit the tree stays as flat as it may be, so that nobody who walks it runs out of stack.
        self.open[: MAX_NESTED + 1][-1].body.append(block)
        self.open.append(block)
        return block

    def close(self, closing: Closing) -> None:
        if closing.slashes not in [block.slashes for block in self.open[1:]]:
            self.closes_nothing(closing)
            return
        while self.open[-1].slashes != closing.slashes:
            self.not_closed(self.open.pop())
        self.check_text(self.open.pop())

    def closes_nothing(self, closing: Closing) -> None:
        if len(self.open) == 1:
            message = "these slashes close nothing: delete the line, or open a block above"
        else:
            block = self.open.pop()
            block.closed = True
            message = f"these slashes close nothing: close {_name(block)} with {'/' * block.slashes}"
        self.findings.add(closing.spot, CLOSES_NOTHING, message)

    def check_text(self, block: RawBlock) -> None:
        block.closed = True
        first = next((line for line in block.lines if line.text.strip()), None)
        if first is None:
            return
        spot = Spot(first.number, len(first.text) - len(first.text.lstrip()) + 1)
        words = first.text.split()
        if words[0].endswith(":") and (block.is_field or words[0] == "answers:"):
            message = "options stand right below the opening line, each indented by four spaces"
            self.findings.add(spot, OPTIONS_PLACE, message)
        elif block.is_field:
            message = f"a {block.kind} field holds options only: move this text below the slashes that close it"
            self.findings.add(spot, TEXT_IN_FIELD, message)

    def not_closed(self, block: RawBlock) -> None:
        message = f"{_name(block)} is not closed: write {'/' * block.slashes} on a line below it"
        self.findings.add(block.spot, NOT_CLOSED, message)

    def finish(self) -> RawBlock:
        for block in self.open[1:]:
            self.not_closed(block)
        for around, block in self.too_deep:
            if around.closed:
                self.findings.add(block.spot, NESTED_WRONG, f"blocks are nested more than {MAX_NESTED} deep here")
        for around, block in self.too_few_slashes:
            # A block that was never closed seems to hold all that follows; to say so once is enough.
            if around.closed:
                more = "/" * (block.slashes + 1)
                message = (
                    f"{_name(block)} stands in {_name(around)} (line {around.spot.line}), which needs {more} for it"
                )
                self.findings.add(block.spot, NESTED_WRONG, message)
        return self.page


def _is_option(line: str) -> bool:
    return line.startswith("    ") and bool(line.strip()) and not line.lstrip().startswith("///")


def _name(block: RawBlock) -> str:
    return f'the block "{block.kind}"' if block.kind else "this block"
