"""Puts the nodes of a page together: cleaned HTML, and fields and boxes in the places that markdown has marked."""

from __future__ import annotations

from collections.abc import Mapping

from workbook_builder.markup.blocks import RawBlock
from workbook_builder.markup.codes import SWALLOWED
from workbook_builder.markup.convert import cut
from workbook_builder.markup.fields import ReadField
from workbook_builder.markup.findings import Findings
from workbook_builder.markup.nodes import Answered, Box, Example, Html, Node
from workbook_builder.markup.reader import HtmlReader


class PageBuilder:
    """Puts nodes in place of the marks that the blocks have left in the HTML."""

    def __init__(
        self,
        page: RawBlock,
        fields: Mapping[int, ReadField],
        answers: Mapping[int, tuple[Answered, ...]],
    ) -> None:
        self.blocks = {block.number: block for block in page.blocks() if block.kind}
        self.fields, self.answers = fields, answers
        self.hidden = dict(self.blocks)

    def build(self, cleaned: str, token: str) -> tuple[Node, ...]:
        """Return the page's nodes; blocks that stand in HTML, or that markdown has not reached, stay hidden."""
        open_lists: list[list[Node]] = [[]]
        is_balanced = True
        for part in cut(cleaned, token):
            if isinstance(part, str):
                is_balanced = is_balanced and HtmlReader(part).is_balanced
                open_lists[-1].append(Html(part))
            elif part[0] == "open":
                if is_balanced:
                    self.hidden.pop(part[1], None)
                open_lists.append([])
            else:
                children = tuple(open_lists.pop())
                open_lists[-1].append(self.node(self.blocks[part[1]], children))
        return tuple(open_lists[0])

    def report_hidden(self, findings: Findings) -> None:
        """Report the blocks that are hidden."""
        for block in self.hidden.values():
            message = "HTML around this block hides it: close the HTML before the block, or delete it"
            findings.add(block.spot, SWALLOWED, message)

    def node(self, block: RawBlock, children: tuple[Node, ...]) -> Node:
        if block.is_field:
            return self.fields[block.number].field
        if block.kind == "example":
            return Example(block.title, children, self.answers[block.number])
        return Box(block.kind, block.title, children)
