"""The markdown body of a module to the tree that a layout renders: all steps, in their order."""

from __future__ import annotations

from workbook_builder.errors import Problem
from workbook_builder.markup.audit import Places, read_images, read_links, report_removed, report_unbalanced
from workbook_builder.markup.blocks import RawBlock
from workbook_builder.markup.build import PageBuilder
from workbook_builder.markup.codes import NESTED_WRONG, NOTHING_IN_IT, TOO_TANGLED, UNKNOWN_OPTION
from workbook_builder.markup.convert import clean, new_token, to_html
from workbook_builder.markup.examples import read_answers
from workbook_builder.markup.fields import read_fields
from workbook_builder.markup.findings import Findings, Spot
from workbook_builder.markup.guard import check_limits, clean_characters
from workbook_builder.markup.nodes import Body, find_fields
from workbook_builder.markup.prose import check_prose
from workbook_builder.markup.reader import HtmlReader, plain_text
from workbook_builder.markup.scan import scan


def parse_body(text: str, module_id: str, path: str, first_line: int = 1) -> tuple[Body, list[Problem]]:
    """Return the page of a module and all that is wrong with it.

    ``text`` is the body (markdown), ``path`` how messages call its file, and ``first_line`` the number of the body's
    first line in that file. Never raises for wrong content. The HTML of the body is safe also when there are
    problems; but then blocks may be missing from it, so it should not be printed.
    """
    findings = Findings(path)
    text = clean_characters(text, first_line, findings)
    if not check_limits(text, first_line, findings):
        return Body(), findings.sorted()
    page = scan(text, first_line, findings)
    fields = read_fields(page, module_id, findings)
    answers = {
        block.number: read_answers(block, list(fields.values()), findings)
        for block in page.blocks()
        if block.kind == "example"
    }
    _check_blocks(page, findings)
    token = new_token()
    try:
        html = to_html(page, token)
    except RecursionError:
        message = "markdown cannot read this body: its lists, quotations or links are too tangled"
        findings.add(page.spot, TOO_TANGLED, message)
        return Body(), findings.sorted()
    cleaned = clean(html, token)
    before, places = HtmlReader(html), Places(page, text.count("\n") + 1)
    after = HtmlReader(cleaned)
    report_removed(before, after, places, findings)
    report_unbalanced(before, after, places, findings)
    links, images = read_links(before, places, findings), read_images(before, places, findings)
    builder = PageBuilder(page, fields, answers)
    nodes = builder.build(cleaned, token)
    # HTML that is not closed hides all blocks below it: to have said so is enough.
    if before.is_balanced:
        builder.report_hidden(findings)
    return Body(nodes, find_fields(nodes), links, images, plain_text(nodes)), findings.sorted()


def _check_blocks(page: RawBlock, findings: Findings) -> None:
    """Check what concerns the text and the inner blocks of each block but fields."""
    check_prose(page.lines, findings)
    for block in page.blocks():
        if block.is_field:
            continue
        check_prose(block.lines, findings)
        if block.options and block.kind and block.kind != "example":
            message = f"a {block.kind} takes no options: begin its text at the left margin"
            findings.add(Spot(block.options[0].number, 5), UNKNOWN_OPTION, message)
        has_text = any(line.text.strip() for line in block.lines)
        if block.kind and block.closed and not (has_text or block.options or block.blocks()):
            findings.add(block.spot, NOTHING_IN_IT, f"this {block.kind} holds nothing: fill it, or delete it")
        if block.kind == "example" and block.closed:
            for inner in block.blocks():
                if inner.is_field or inner.kind == "example":
                    message = f"a {inner.kind} cannot stand in an example: an example shows answers, under answers:"
                    findings.add(inner.spot, NESTED_WRONG, message)
