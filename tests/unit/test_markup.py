"""The markdown body of a module: what comes out of a right one, and where each slip of a wrong one is."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from workbook_builder.errors import Problem
from workbook_builder.markup import (
    BLOCK_KINDS,
    CODES,
    Answered,
    Body,
    Box,
    Choose,
    Example,
    Grid,
    Html,
    Image,
    Link,
    Rate,
    Tick,
    Value,
    Write,
    find_fields,
    parse_body,
    plain_text,
)
from workbook_builder.markup.guard import MAX_ALL_MARKS, MAX_BYTES, MAX_LINES, MAX_MARKS, MAX_PARAGRAPH

CONTENT = Path(__file__).parents[2] / "content" / "en"
MODULES = sorted(path for path in CONTENT.rglob("*.md") if "TODO" not in path.read_text(encoding="utf-8"))
FILE = "wks-sample.md"

SHEET = """\
Read, then [look back](#wks-abc-log).

/// example | Dana, who drives a night bus
    answers:
      told-myself: "They must not: I can't stand it."
      kinds: 1 | 3
      log:
        - The text came late. | He must answer. | Angry
        - A call | | Sad, and I waited
      strength: 8
      again: 2

The evening before her day off, Dana got a text.
///

## Your turn

/// write | What did you tell yourself?
    id: told-myself
    lines: 2
    hint: The words as they came.
///

/// rate | How strong is it?
    id: strength
    low: no
    high: as strong as can be
///

/// grid | My ABC log
    id: log
    columns: What happened (A) | What I told myself (B) | What I felt (C)
    rows: 3
///

/// tick | What was in it?
    id: kinds
    items: A must | The end of the world | "I can't"
///

//// two-minute
Only this one.

/// choose | Try it again?
    id: again
    items: Yes | No
///
////
"""


def parse(text: str) -> Body:
    """Return the body of a text in which nothing is wrong."""
    body, problems = parse_body(text, "wks-sample", FILE)
    assert problems == []
    return body


def problems_of(text: str, first_line: int = 1) -> list[Problem]:
    """Return what is wrong with a text."""
    return parse_body(text, "wks-sample", FILE, first_line)[1]


def places_of(text: str, first_line: int = 1) -> list[tuple[str, int, int]]:
    """Return code, line and column of all that is wrong."""
    return [(problem.code, problem.line, problem.column) for problem in problems_of(text, first_line)]


def html_of(text: str) -> str:
    """Return all HTML of a page, also of a wrong one."""

    def pieces(nodes: tuple[object, ...]) -> list[str]:
        return [
            piece
            for node in nodes
            for piece in ([node.html] if isinstance(node, Html) else pieces(getattr(node, "children", ())))
        ]

    return "\n".join(pieces(parse_body(text, "wks-sample", FILE)[0].nodes))


class TestPage:
    """What a right page becomes."""

    def test_nodes_stand_in_the_order_of_the_page(self) -> None:
        """Text, fields and boxes come in reading order, each with its kind."""
        body = parse(SHEET)
        assert [node.kind for node in body.nodes] == [
            "html", "example", "html", "write", "rate", "grid", "tick", "box",
        ]  # fmt: skip
        assert body.nodes[0] == Html('<p>Read, then <a href="#wks-abc-log">look back</a>.</p>')
        box = body.nodes[-1]
        assert isinstance(box, Box)
        assert (box.style, box.title, box.children[0]) == ("two-minute", "", Html("<p>Only this one.</p>"))

    def test_fields(self) -> None:
        """Each field has its options, its defaults, and a name that begins with the module's id."""
        hint = "The words as they came."
        columns = ("What happened (A)", "What I told myself (B)", "What I felt (C)")
        name = "wks-sample__"
        assert parse(SHEET).fields == (
            Write("told-myself", f"{name}told-myself", "What did you tell yourself?", hint, 2),
            Rate("strength", f"{name}strength", "How strong is it?", "", "no", "as strong as can be", 0, 10),
            Grid("log", f"{name}log", "My ABC log", "", columns, 3, (), 2),
            Tick("kinds", f"{name}kinds", "What was in it?", "", ("A must", "The end of the world", '"I can\'t"')),
            Choose("again", f"{name}again", "Try it again?", "", ("Yes", "No")),
        )

    def test_answers_stand_in_the_order_of_the_fields(self) -> None:
        """An example's answers follow the page, whatever their order in the example, and have the fields' types."""
        body = parse(SHEET)
        shown = body.nodes[1]
        assert isinstance(shown, Example)
        assert shown.title == "Dana, who drives a night bus"
        assert shown.children == (Html("<p>The evening before her day off, Dana got a text.</p>"),)
        rows = (("The text came late.", "He must answer.", "Angry"), ("A call", "", "Sad, and I waited"))
        values: tuple[Value, ...] = ("They must not: I can't stand it.", 8, rows, (1, 3), 2)
        assert shown.answered == tuple(Answered(field, value) for field, value in zip(body.fields, values, strict=True))

    def test_names_of_parts(self) -> None:
        """Cells and tick boxes have names of their own, counted from 1."""
        _, rate, grid, tick, _ = parse(SHEET).fields
        assert isinstance(grid, Grid) and isinstance(tick, Tick) and isinstance(rate, Rate)
        assert grid.cell_name(1, 2) == "wks-sample__log__r1c2"
        assert tick.item_name(3) == "wks-sample__kinds__3"
        assert list(rate.numbers) == list(range(11))

    def test_every_block_of_the_guide(self) -> None:
        """All twelve blocks are known, and boxes keep their style and title."""
        boxes = [kind for kind in BLOCK_KINDS if kind not in ("write", "rate", "grid", "tick", "choose", "example")]
        nodes = parse("\n".join(f"/// {kind} | Title\ntext\n///\n" for kind in boxes)).nodes
        assert [(box.style, box.title) for box in nodes if isinstance(box, Box)] == [(kind, "Title") for kind in boxes]
        assert len(BLOCK_KINDS) == 12

    def test_row_names_say_how_many_rows(self) -> None:
        """A grid with named rows has one row for each, and may have cells of more lines."""
        grid = parse(
            "/// grid | Week\n    id: w\n    columns: a | b\n    row_names: Mon | Tue\n    lines: 4\n///"
        ).fields[0]
        assert isinstance(grid, Grid)
        assert (grid.rows, grid.row_names, grid.lines) == (2, ("Mon", "Tue"), 4)

    def test_scale_from_to(self) -> None:
        """A scale may begin and end elsewhere."""
        rate = parse("/// rate | How?\n    id: r\n    from: 1\n    to: 5\n///").fields[0]
        assert isinstance(rate, Rate)
        assert (rate.first, rate.last) == (1, 5)

    def test_words_stay_words(self) -> None:
        """What YAML would take for a number, a date or a yes stays as written."""
        text = "/// choose | Which?\n    id: c\n    items: Yes | No | 08 | 1:30 | 2026-01-01\n    hint: no\n///"
        field = parse(text).fields[0]
        assert isinstance(field, Choose)
        assert (field.items, field.hint) == (("Yes", "No", "08", "1:30", "2026-01-01"), "no")
        answer = "/// example | A\n    answers:\n      w: {}\n///\n/// write | Q\n    id: w\n///"
        for written in ("true", "007", "2026-01-01", "null", "1_000"):
            shown = parse(answer.format(written)).nodes[0]
            assert isinstance(shown, Example)
            assert shown.answered[0].value == written

    def test_question_may_hold_anything(self) -> None:
        """A question is plain text to the end of its line, with colons, bars and signs."""
        question = "A: 1 | 2 <b> **x** & # no?"
        assert parse(f"/// write | {question}\n    id: q\n///").fields[0].question == question

    def test_links(self) -> None:
        """All ways to write a link to a module lead to its id; the place is that of the target."""
        text = (
            "[a](#wks-abc-log) [b](wks-abc-log)\n[c](wks-abc-log.md) [d](../worksheets/wks-abc-log.md)\n\n"
            "- [e](module:wks-abc-log)\n- [f](https://example.org/a?b=1&c=2) <https://example.org>\n"
            "- [g](tel:+1-800-555-0100) [h](mailto:desk@example.org) [i][ref]\n\n[ref]: #psy-abc\n"
        )
        body = parse(text)
        module = "wks-abc-log"
        assert body.links == (
            Link(module, 1, 5, False), Link(module, 1, 23, False), Link(module, 2, 5, False),
            Link(module, 2, 25, False), Link(module, 4, 7, False),
            Link("https://example.org/a?b=1&c=2", 5, 7, True), Link("https://example.org", 5, 39, True),
            Link("tel:+1-800-555-0100", 6, 7, True), Link("mailto:desk@example.org", 6, 32, True),
            Link("psy-abc", 8, 8, False),
        )  # fmt: skip
        assert html_of(text).count('<a href="#wks-abc-log">') == 5

    def test_place_of_a_link_passes_over_code_and_blocks(self) -> None:
        """The same address in a code span or in a field's hint is no link, and the place is not taken from there."""
        text = "`[x](#psy-abc)`\n\n/// write | Q\n    id: q\n    hint: <a href=#psy-abc>\n///\n\n[x](#psy-abc)"
        assert parse(text).links == (Link("psy-abc", 8, 5, False),)

    def test_images(self) -> None:
        """A picture keeps its path and description."""
        body = parse("![A chain of three links.](figures/abc-chain.svg)")
        assert body.images == (Image("figures/abc-chain.svg", "A chain of three links.", 1, 28),)
        assert body.nodes == (Html('<p><img alt="A chain of three links." src="figures/abc-chain.svg"></p>'),)

    def test_markdown(self) -> None:
        """Headings, lists, tables, definitions and allowed HTML come through."""
        text = (
            "## Two\n### Three\n\n- a\n- b\n\n| A | B |\n|---|--:|\n| 1 | **2** |\n\nTerm\n:   Meaning\n\n> Quote\n\n"
            'H<sub>2</sub>O <span lang="es">hola</span> "straight"'
        )
        html = html_of(text)
        assert parse(text)
        wanted = ("<h2>", "<h3>", "<ul>", "<th>", "<td>", "<dl>", "<blockquote>", "<sub>", '<span lang="es">')
        assert [tag for tag in wanted if tag not in html] == []
        assert '"straight"' in html
        assert "style" not in html

    def test_numbers_go_on_after_a_field(self) -> None:
        """A list that a field interrupts does not begin again at 1."""
        body = parse("1. one\n\n/// write | Q\n    id: q\n///\n\n2. two")
        assert body.nodes[2] == Html('<ol start="2">\n<li>two</li>\n</ol>')

    def test_indented_text_is_no_listing(self) -> None:
        """Four spaces too many do not make a listing."""
        assert html_of("text\n\n    indented") == "<p>text</p>\n<p>indented</p>"

    @pytest.mark.parametrize(
        "text",
        ["see https://example.org", "and/or", "mid-line /// write | x", "/or so", "// a remark", r"\/// write | Q"],
    )
    def test_slashes_in_text(self, text: str) -> None:
        """Slashes that open no block are text."""
        assert html_of(text) == f"<p>{text.removeprefix(chr(92))}</p>"
        assert parse(text).fields == ()

    @pytest.mark.parametrize("fence", ["```", "~~~~", "``` yaml"])
    def test_code_is_exempt(self, fence: str) -> None:
        """Inside a code fence, blocks, HTML, links and headings are shown as they are."""
        inside = "/// wirte\n# x\n<script>\n[a](javascript:b)"
        body = parse(f"//// callout | How to\n{fence}\n{inside}\n{fence.split()[0]}\n////")
        box = body.nodes[0]
        assert isinstance(box, Box)
        assert box.children == (
            Html("<pre><code>/// wirte\n# x\n&lt;script&gt;\n[a](javascript:b)\n</code></pre>"),
        )  # fmt: skip
        assert body.links == ()

    def test_text(self) -> None:
        """The page's words hold titles, questions, items and answers, a line each."""
        body = parse(
            "One *two*\nthree\n\n- four\n\n/// choose | Five?\n    id: c\n    items: six | seven\n    hint: eight\n///"
        )
        assert body.text == "One two three\nfour\nFive?\neight\nsix\nseven"
        outside = plain_text(node for node in parse(SHEET).nodes if node.kind != "example")
        assert "Dana" in parse(SHEET).text
        assert "Dana" not in outside and "He must answer." not in outside

    def test_windows_line_ends_and_tabs(self) -> None:
        """Line ends of other systems and tabs change nothing."""
        assert parse(SHEET.replace("\n", "\r\n").replace("    ", "\t")) == parse(SHEET)

    def test_same_text_gives_the_same_body(self) -> None:
        """The mark that is new for each page leaves no trace."""
        assert parse(SHEET) == parse(SHEET)

    def test_empty_body(self) -> None:
        """Nothing is an empty page, and not a problem."""
        assert parse("") == Body()


WRITE = "/// write | Q\n    id: a\n///\n"
RATE = "/// rate | R\n    id: r\n    to: 5\n///\n"
TICK = "/// tick | T\n    id: t\n    items: x | y\n///\n"
CHOOSE = "/// choose | C\n    id: c\n    items: x | y\n///\n"
GRID = "/// grid | G\n    id: g\n    columns: A | B\n    rows: 1\n///\n"


def shown(answers: str) -> str:
    """Return an example with these lines of answers; the first answer stands on line 3."""
    return f"/// example | Dana\n    answers:\n{answers}\n///\n"


SLIPS = {
    # Opening and closing lines.
    "misspelt": ("/// wirte | Q\n    id: a\n///", [("WB210", 1, 5)]),
    "misspelt with four": ("//// exampel | Q\ntext\n////", [("WB210", 1, 6)]),
    "capital": ("/// Write | Q\n    id: a\n///", [("WB210", 1, 5)]),
    "unknown": ("text\n\n/// zzz | Q\nmore\n///", [("WB210", 3, 5)]),
    "no kind": ("/// | Q\nmore\n///", [("WB210", 1, 4)]),
    "no space": ("///write | Q\n    id: a\n///", [("WB211", 1, 1)]),
    "no space at the bar": ("/// write|Q\n    id: a\n///", [("WB211", 1, 1)]),
    "no bar": ("/// write What helped?\n    id: a\n///", [("WB211", 1, 1)]),
    "two slashes": ("// write | Q\n    id: a\n//", [("WB211", 1, 1), ("WB211", 3, 1)]),
    "one slash": ("/ wirte | Q\n    id: a\n///", [("WB210", 1, 3), ("WB211", 1, 1)]),
    "in a list": ("- item\n\n    /// write | Q\n        id: a\n    ///", [("WB212", 3, 5), ("WB212", 5, 5)]),
    "as an item": ("- /// write | Q", [("WB212", 1, 3)]),
    "in a quotation": ("> /// stuck\n> text\n> ///", [("WB212", 1, 3), ("WB212", 3, 3)]),
    "in a numbered list": ("1. one\n2. //// stuck", [("WB212", 2, 4)]),
    "not closed": ("text\n\n/// stuck\nmore", [("WB213", 3, 1)]),
    "field not closed": ("/// write | Q\n    id: a\n\n" + WRITE.replace("id: a", "id: b"), [("WB213", 1, 1)]),
    "box not closed before others": ("/// stuck\nx\n\n/// in-short\ny\n///\n\n/// bring\nz\n///", [("WB213", 1, 1)]),
    "inner not closed": ("//// stuck\n/// callout | C\nx\n////", [("WB213", 2, 1)]),
    "closes nothing": ("text\n\n  ///\n\nmore", [("WB214", 3, 3)]),
    "closed with too many": ("/// stuck\nx\n////", [("WB214", 3, 1)]),
    "same number of slashes": (f"text\n/// two-minute\n{WRITE}///", [("WB215", 3, 1)]),
    "more slashes inside": (
        f"/// two-minute\n/{WRITE.replace(chr(10) + '///', chr(10) + '////')}///",
        [("WB215", 2, 1)],
    ),
    "field in an example": (f"//// example | E\n{WRITE}////", [("WB215", 2, 1)]),
    "example in an example": ("//// example | E\n/// example | F\nx\n///\n////", [("WB215", 2, 1)]),
    "too deep": (
        "\n".join(["/" * n + " stuck" for n in range(8, 2, -1)] + ["x"] + ["/" * n for n in range(3, 9)]),
        [("WB215", 6, 1)],
    ),
    "no question": ("/// write\n    id: a\n///", [("WB216", 1, 5)]),
    "empty question": ("/// write |\n    id: a\n///", [("WB216", 1, 5)]),
    "callout without a title": ("/// callout\nx\n///", [("WB216", 1, 5)]),
    "empty box": ("/// stuck\n\n///", [("WB217", 1, 1)]),
    "empty example": ("/// example | E\n///", [("WB217", 1, 1)]),
    "text in a field": ("/// write | Q\n    id: a\n\n  More words.\n///", [("WB218", 4, 3)]),
    "in open HTML": (f"<div>\n\n{WRITE}\n</div>", [("WB219", 3, 1)]),
    "behind a space of another kind": ("/// stuck\nx\n\xa0///", [("WB212", 3, 2)]),
    "in a definition": ("Term\n:   /// stuck", [("WB212", 2, 5)]),
    "in a table": ("| /// write | Q |", [("WB212", 1, 3)]),
    "behind HTML": ("<div>/// write | Q\n</div>", [("WB212", 1, 6)]),
    "in a comment": (f"<!--\n\n{WRITE}\n-->", [("WB219", 3, 1)]),
    # Options.
    "unknown option": ("/// write | Q\n    id: a\n    lnes: 3\n///", [("WB220", 3, 5)]),
    "option of another field": ("/// rate | Q\n    id: a\n    items: x | y\n///", [("WB220", 3, 5)]),
    "option twice": ("/// write | Q\n    id: a\n    lines: 3\n    lines: 4\n///", [("WB220", 4, 5)]),
    "options of a box": ("/// stuck\n    title: x\n\ntext\n///", [("WB220", 2, 5)]),
    "option of an example": ("/// example | E\n    id: x\n\ntext\n///", [("WB220", 2, 5)]),
    "too many lines": ("/// write | Q\n    id: a\n    lines: 26\n///", [("WB221", 3, 12)]),
    "no number": ("/// write | Q\n    id: a\n    lines:   three\n///", [("WB221", 3, 14)]),
    "no line": ("/// write | Q\n    id: a\n    lines: 0\n///", [("WB221", 3, 12)]),
    "empty hint": ("/// write | Q\n    id: a\n    hint:\n///", [("WB221", 3, 5)]),
    "hint as a list": ("/// write | Q\n    id: a\n    hint: [x, y]\n///", [("WB221", 3, 11)]),
    "scale upside down": ("/// rate | Q\n    id: a\n    from: 5\n    to: 5\n///", [("WB221", 4, 9)]),
    "scale from its end": ("/// rate | Q\n    id: a\n    from: 10\n///", [("WB221", 3, 11)]),
    "scale too long": ("/// rate | Q\n    id: a\n    to: 100\n///", [("WB221", 3, 9)]),
    "no columns": ("text\n\n/// grid | Q\n    id: a\n///", [("WB221", 3, 1)]),
    "five columns": ("/// grid | Q\n    id: a\n    columns: a | b | c | d | e\n///", [("WB221", 3, 14)]),
    "one column": ("/// grid | Q\n    id: a\n    columns: a\n///", [("WB221", 3, 14)]),
    "empty column": ("/// grid | Q\n    id: a\n    columns: a | | c\n///", [("WB221", 3, 14)]),
    "thirteen rows": ("/// grid | Q\n    id: a\n    columns: a | b\n    rows: 13\n///", [("WB221", 4, 11)]),
    "rows and their names": (
        "/// grid | Q\n    id: a\n    columns: a | b\n    rows: 2\n    row_names: x | y\n///",
        [("WB221", 4, 5)],
    ),
    "seven lines a cell": ("/// grid | Q\n    id: a\n    columns: a | b\n    lines: 7\n///", [("WB221", 4, 12)]),
    "no items": ("/// tick | Q\n    id: a\n///", [("WB221", 1, 1)]),
    "empty item": ("/// tick | Q\n    id: a\n    items: x ||  y\n///", [("WB221", 3, 12)]),
    "bar at the end": ("/// tick | Q\n    id: a\n    items: x |\n///", [("WB221", 3, 12)]),
    "items as a list": ("/// tick | Q\n    id: a\n    items: [x, y]\n///", [("WB221", 3, 12)]),
    "only one to choose": ("/// choose | Q\n    id: a\n    items: x\n///", [("WB221", 3, 12)]),
    "options at the margin": ("/// write | Q\n  id: a\n///", [("WB222", 2, 3), ("WB224", 1, 1)]),
    "options below a blank line": ("/// write | Q\n\n    id: a\n///", [("WB222", 3, 5), ("WB224", 1, 1)]),
    "answers below a blank line": ("/// example | Q\n\nanswers:\n  a: b\n///", [("WB222", 3, 1)]),
    "colon in a hint": ("/// write | Q\n    id: a\n    hint: Note: more\n///", [("WB223", 3, 15)]),
    "quote not closed": ('/// write | Q\n    id: a\n    hint: "more\n///', [("WB223", 3, 11)]),
    "text after a quote": ('/// tick | Q\n    id: a\n    items: "x" | y\n///', [("WB223", 3, 16)]),
    "star": ("/// write | Q\n    id: a\n    hint: *more*\n///", [("WB223", 3, 11)]),
    "number sign": ("/// write | Q\n    id: a\n    hint: Song # 5\n///", [("WB223", 3, 16)]),
    "no name": ("/// write | Q\n    just words\n///", [("WB223", 2, 5)]),
    "nested deep": ("/// write | Q\n    id: [[[[[x]]]]]\n///", [("WB223", 2, 12)]),
    "many brackets": (f"/// write | Q\n    id: {'{' * 15}\n    hint: {'[' * 19}{'{' * 9}\n///", [("WB223", 2, 5)]),
    "no id": ("text\n\n/// write | Q\n///", [("WB224", 3, 1)]),
    "wrong id": ("/// write | Q\n    id: Told_Myself\n///", [("WB224", 2, 9)]),
    "id twice": (WRITE + WRITE, [("WB225", 5, 9)]),
    "id twice in a box": (f"{WRITE}//// two-minute\n{WRITE}////", [("WB225", 6, 9)]),
    # Answers.
    "answer to nothing": (shown("      a: x\n      b: y") + WRITE, [("WB230", 4, 7)]),
    "answer twice": (shown("      a: x\n      a: y") + WRITE, [("WB230", 4, 7)]),
    "answers without fields": (shown("      a: x"), [("WB230", 3, 7)]),
    "answers as text": ("/// example | E\n    answers: x\n///\n" + WRITE, [("WB231", 2, 5)]),
    "empty answer": (shown("      a:") + WRITE, [("WB231", 3, 9)]),
    "list for a line": (shown("      a: [x]") + WRITE, [("WB231", 3, 10)]),
    "rating too high": (shown("      r: 6") + RATE, [("WB231", 3, 10)]),
    "rating in words": (shown("      r: five") + RATE, [("WB231", 3, 10)]),
    "no such item": (shown("      t: 1 | 3") + TICK, [("WB231", 3, 10)]),
    "item zero": (shown("      c: 0") + CHOOSE, [("WB231", 3, 10)]),
    "rows as text": (shown("      g: a | b") + GRID, [("WB231", 3, 10)]),
    "one row too many": (shown("      g:\n        - a | b\n        - c | d") + GRID, [("WB231", 5, 11)]),
    "one cell too many": (shown("      g:\n        - a | b | c") + GRID, [("WB231", 4, 11)]),
    "colon in a row": (shown("      g:\n        - a: b | c") + GRID, [("WB231", 4, 11)]),
    "one answer missing": (shown("      a: x") + WRITE + RATE, [("WB232", 2, 5)]),
    # HTML, links, pictures.
    "script": ("text <script>alert(1)</script>", [("WB240", 1, 6)]),
    "style": ("<style>p {color: red}</style>\n\ntext", [("WB240", 1, 1)]),
    "event": ('one\ntwo <b onclick="x()">three</b>', [("WB240", 2, 8)]),
    "class": ('<span class="x">a</span>', [("WB240", 1, 7)]),
    "id": ('a <span lang="en" id="x">a</span>', [("WB240", 1, 19)]),
    "second of two": ('`<i class="x">` <i>a</i> <i class="x">b</i>', [("WB240", 1, 29)]),
    "frame": ("<iframe src='https://example.org'></iframe>", [("WB240", 1, 1)]),
    "forged mark": ('<wb-block data-n="1">x</wb-block>', [("WB240", 1, 1)]),
    "declaration": ("a\n\n<!DOCTYPE html>", [("WB240", 3, 1)]),
    "instruction": ("a <?php b ?>", [("WB240", 1, 3)]),
    "not closed, before a block": (f"<b>one</b> <b>two\n\n{WRITE}", [("WB244", 1, 12)]),
    "tag not closed": ("a <sup>1\n\n`<sup>` <sup>2</sup>", [("WB244", 1, 3)]),
    "not opened": ("a</sub> b", [("WB244", 1, 2)]),
    "closed in another order": ("<b>a <i>b</b> c</i>", [("WB244", 1, 6), ("WB244", 1, 16)]),
    "javascript": ("[a](javascript:alert(1))", [("WB241", 1, 5)]),
    "http": ("one\n[a](http://example.org)", [("WB241", 2, 5)]),
    "data": ("[a](data:text/html,x)", [("WB241", 1, 5)]),
    "raw javascript": ('<a href="javascript:x">a</a>', [("WB241", 1, 10)]),
    "by reference": ("[a][b]\n\n[b]: ftp://example.org", [("WB241", 3, 6)]),
    "file": ("[a](notes/plan.pdf)", [("WB241", 1, 5)]),
    "no target": ("[a]()", [("WB241", 1, 5)]),
    "no protocol": ("[a](//example.org)", [("WB241", 1, 5)]),
    "capitals": ("[a](#WKS-ABC)", [("WB241", 1, 5)]),
    "picture elsewhere": ("![alt](https://example.org/x.png)", [("WB242", 1, 8)]),
    "picture above": ("![alt](figures/../x.png)", [("WB242", 1, 8)]),
    "picture of another type": ("![alt](figures/x.gif)", [("WB242", 1, 8)]),
    "no description": ("text ![](figures/x.svg)", [("WB243", 1, 10)]),
    "no description, raw": ('<img src="figures/x.svg">', [("WB243", 1, 11)]),
    # Markdown that would print otherwise than meant.
    "title": ("# Title", [("WB250", 1, 1)]),
    "small heading": ("text\n\n#### Small", [("WB250", 3, 1)]),
    "heading in a list": ("- # a\n- #b\n\n> #### c", [("WB250", 1, 3), ("WB250", 2, 3), ("WB250", 4, 3)]),
    "rule in a list": ("- a\n\n    ---", [("WB253", 3, 5)]),
    "underlined": ("Title\n=====", [("WB250", 2, 1)]),
    "list without a blank line": ("Try:\n- a\n- b", [("WB251", 2, 1)]),
    "numbers without a blank line": ("Try:\n1. a\n2. b", [("WB251", 2, 1)]),
    "bracket": ("1) a", [("WB251", 1, 1)]),
    "list in a list": ("- a\n  - b", [("WB251", 2, 3)]),
    "table below text": ("Look:\n| a | b |\n|---|---|\n| 1 | 2 |", [("WB252", 2, 1)]),
    "rule": ("a\n\n---\n\nb\n\n * * *", [("WB253", 3, 1), ("WB253", 7, 2)]),
    "code not closed": (f"text\n\n ```\n{WRITE}", [("WB254", 3, 2)]),
    # Characters and size.
    "control character": ("one\ntw\x07o", [("WB203", 2, 3)]),
    "line separator": ("one\u2028two", [("WB203", 1, 4)]),
    "too large": ("x\n\n" * MAX_BYTES, [("WB201", 1, 1)]),
    "too many lines in all": ("x\n\n" * MAX_LINES, [("WB201", 1, 1)]),
    "long paragraph": ("a\n\n" + "word " * MAX_PARAGRAPH, [("WB201", 3, 1)]),
    "many brackets in text": ("a\n\n" + "[" * (MAX_MARKS["["] + 1), [("WB202", 3, 1)]),
    "many brackets in all": ("[\n\n" * (MAX_ALL_MARKS["["] + 1), [("WB202", 1, 1)]),
    "quotation in quotations": ("a\n\n" + "> " * 6 + "b", [("WB202", 3, 1)]),
    "list in lists": ("- a\n" + " " * 24 + "- b", [("WB202", 2, 1)]),
}


class TestSlips:
    """Each kind of slip is one problem, at its place."""

    @pytest.mark.parametrize(("text", "expected"), SLIPS.values(), ids=SLIPS.keys())
    def test_place(self, text: str, expected: list[tuple[str, int, int]]) -> None:
        """A slip is reported with its code, line and column, and as nothing else."""
        assert sorted(places_of(text)) == sorted(expected)

    @pytest.mark.parametrize("text", ["/// wirte | Q\n///", "[a](http:x)", "# x", '/// write | Q\n    hint: "x\n///'])
    def test_lines_are_those_of_the_file(self, text: str) -> None:
        """Lines count from the body's first line in its file."""
        assert places_of(text, 24) == [(code, line + 23, column) for code, line, column in places_of(text)]

    def test_every_code_has_a_slip(self) -> None:
        """No code lacks a test of its place."""
        assert {code for _, expected in SLIPS.values() for code, _, _ in expected} == set(CODES)

    def test_all_slips_at_once(self) -> None:
        """Slips do not hide each other, and come in the order of the file."""
        text = "# x\n\n/// wirte | Q\n    id: a\n    lnes: 2\n///\n\n[a](http://x)\n\n///"
        assert places_of(text) == [("WB250", 1, 1), ("WB210", 3, 5), ("WB220", 5, 5), ("WB241", 8, 5), ("WB214", 10, 1)]

    @pytest.mark.parametrize(
        ("text", "hint"),
        [
            ("//// exampel | E\nx\n////", 'did you mean "example"?'),
            ("/// two-minutes\nx\n///", 'did you mean "two-minute"?'),
            ("/// write | Q\n    id: a\n    lnes: 2\n///", 'did you mean "lines"?'),
            ("/// write | Q\n    id: Told Myself\n///", 'did you mean "told-myself"?'),
            (shown("      told-mysel: x") + WRITE.replace("id: a", "id: told-myself"), 'did you mean "told-myself"?'),
            ("[a](http://example.org)", "write https:"),
        ],
    )
    def test_did_you_mean(self, text: str, hint: str) -> None:
        """A near miss says what was most likely meant."""
        assert hint in [problem.hint for problem in problems_of(text)]

    def test_where_names_block_and_option(self) -> None:
        """A message about an option says which one, and what stands there."""
        problem = problems_of("/// write | Q\n    id: a\n    lines: 99\n///", 20)[0]
        told = 'write.lines: must be a whole number from 1 to 25 (you wrote "99")'
        assert str(problem) == f"{FILE}:22:12  {told}"

    def test_long_values_are_shortened(self) -> None:
        """A message stays one sentence, however long the value."""
        problem = problems_of(f"/// write | Q\n    id: a\n    lines: {'x' * 3000}\n///")[0]
        assert len(problem.message) < 150

    def test_a_wrong_block_is_never_text(self) -> None:
        """Whatever line of the sheet is damaged, no slashes are printed unless a problem says so."""
        lines = SHEET.split("\n")
        for number, line in enumerate(lines):
            for damaged in (line[1:], line.replace(" | ", " ", 1), f"  {line}", line.replace("/", "", 1), ""):
                text = "\n".join([*lines[:number], damaged, *lines[number + 1 :]])
                assert "//" not in html_of(text) or problems_of(text)

    def test_a_missing_line_is_noticed(self) -> None:
        """Without one of its slashes the sheet is wrong."""
        lines = SHEET.split("\n")
        fences = [number for number, line in enumerate(lines) if line.startswith("//")]
        assert len(fences) == 14
        for number in fences:
            assert problems_of("\n".join(lines[:number] + lines[number + 1 :]))

    def test_answers_are_not_compared_with_a_wrong_field(self) -> None:
        """A field that is wrong does not make its answer wrong too."""
        assert places_of(shown("      t: 2") + "/// tick | T\n    id: t\n    items: x || y\n///") == [("WB221", 7, 12)]
        assert places_of(shown("      t: 2") + "/// tick | T\n    items: x | y\n///") == [("WB224", 5, 1)]


HOSTILE = [
    "<script>alert(1)</script>",
    "<SCRIPT SRC=https://evil.example/x.js></SCRIPT>",
    "<scr<script>ipt>alert(1)</scr</script>ipt>",
    '<img src=x onerror="alert(1)">',
    "<img src=javascript:alert(1)>",
    '<svg onload="alert(1)"><script>alert(1)</script></svg>',
    "<math><mi xlink:href='javascript:alert(1)'>x</mi></math>",
    '<a href="jAvAsCrIpT:alert(1)">x</a>',
    '<a href="java\tscript:alert(1)">x</a>',
    '<a href=" &#106;avascript:alert(1)">x</a>',
    "[x](javascript:alert(1))",
    "[x](  JAVASCRIPT:alert(1))",
    "[x](&#x6A;avascript:alert(1))",
    "[x][y]\n\n[y]: javascript:alert(1)",
    "<javascript:alert(1)>",
    "![x](javascript:alert(1))",
    '![x](figures/a.svg"onerror="alert(1))',
    '![x" onerror="alert(1)](figures/a.svg)',
    '[x](https://example.org "a\\" onclick=\\"alert(1)")',
    '<div style="background:url(javascript:alert(1))">x</div>',
    "<style>@import 'https://evil.example/x.css';</style>",
    "<link rel=stylesheet href=https://evil.example/x.css>",
    "<link rel=attachment href=file:///etc/passwd>",
    "<meta http-equiv=refresh content='0;url=javascript:alert(1)'>",
    "<base href='https://evil.example/'>",
    "<iframe srcdoc='<script>alert(1)</script>'></iframe>",
    "<object data='data:text/html,<script>alert(1)</script>'></object>",
    "<form action='https://evil.example'><input name=x onfocus=alert(1) autofocus></form>",
    "<noscript><p title='</noscript><img src=x onerror=alert(1)>'></noscript>",
    "<textarea><script>alert(1)</script></textarea>",
    "<!--><script>alert(1)</script>-->",
    "<![CDATA[<script>alert(1)</script>]]>",
    "<?php <script>alert(1)</script> ?>",
    '<p>a\n\n<p onmouseover="alert(1)">b',
    "| a |\n|---|\n| <b onclick=alert(1)>x</b> |",
    "Term\n:   <b onclick=alert(1)>x</b>",
    "<table><tr><td background='javascript:alert(1)'>x</td></tr></table>",
]
ALLOWED_ATTRIBUTES = {"href", "src", "alt", "lang", "title", "start", "colspan", "rowspan", "scope"}


def dangers_in(html: str) -> list[str]:
    """Return the tags that a page may not hold, or that have an attribute or address it may not have."""
    dangers = []
    for tag in re.findall(r"<(?:[^<>\"]|\"[^\"]*\")*>", html):
        attributes = dict(re.findall(r'([^\s=<>"/]+)="([^"]*)"', tag))
        link, source = attributes.get("href", "#a"), attributes.get("src", "figures/a.svg")
        if (
            re.match(r"</?(?:script|style|iframe|object|form|input|svg|math|link|meta|base|textarea|wb)", tag)
            or not set(attributes) <= ALLOWED_ATTRIBUTES
            or not re.match(r"#[a-z0-9-]+$|https://|tel:|mailto:", link, re.IGNORECASE)
            or not re.fullmatch(r"figures/[\w/-]+\.(svg|png|jpg)", source)
        ):
            dangers.append(tag)
    return dangers


class TestSafety:
    """What an author writes can neither run nor load anything, nor pass for a field."""

    @pytest.mark.parametrize("text", HOSTILE)
    def test_hostile_html(self, text: str) -> None:
        """No script, event handler, style or refused address is left, in text and in every kind of block."""
        for page in (text, f"/// callout | T\n{text}\n///", f"- {text}", f"/// example | E\n\n> {text}\n///"):
            assert dangers_in(html_of(page)) == []
            assert "<script" not in html_of(page).lower()

    @pytest.mark.parametrize("text", [text for text in HOSTILE if not text.startswith(("<!", "<?", "<javascript:"))])
    def test_hostile_html_is_reported(self, text: str) -> None:
        """What was taken away, or is not a tag but looks like one, is never taken away in silence."""
        assert problems_of(text) or "&lt;" in html_of(text) or "&quot;" in html_of(text)

    def test_the_dangers_are_found(self) -> None:
        """The search for dangers finds them."""
        bad = ['<b onclick="x">', "<script>", '<a href="javascript:x">', '<img src="https://x/y.png">', '<p style="a">']
        assert [tag for tag in bad if not dangers_in(tag)] == []

    def test_marks_cannot_be_forged(self) -> None:
        """An author's own mark is no field, whether as HTML or as a block."""
        forged = '<wb-block data-n="1">x</wb-block>\n\n/// wb-block | 1\n///\n\n> /// wb-0000000000000000 | 1\n'
        body, problems = parse_body(WRITE + forged, "m", FILE)
        assert [field.id for field in body.fields] == ["a"]
        assert {problem.code for problem in problems} == {"WB240", "WB210", "WB212"}
        assert "<wb-" not in html_of(WRITE + forged)

    def test_profile_like_text_is_not_a_template(self) -> None:
        """Signs of a template language are text."""
        assert html_of("{{ client.name }} {% raw %}") == "<p>{{ client.name }} {% raw %}</p>"


FENCES = ("/// write | Q\n", "/// tick | T\n", "/// grid | G\n    columns: a | b\n", "/// stuck\n", "//// two-minute\n")
OPTIONS = ("    id: a\n", "    id: b\n", "    items: x | y\n", "/// example | E\n    answers:\n", "      a: x\n")
CLOSINGS = ("///\n", "////\n", "```\n", "-->", "\n", "\n", "text\n")
TEXTS = (
    "- a\n",
    "> b\n",
    "<b>",
    "<div>\n",
    "[a](#b)",
    "![](x)",
    "| a | b |\n|---|---|\n",
    "# h\n",
    "    ",
    "*",
    "`",
    "<!--",
)
PIECES = st.sampled_from(FENCES + OPTIONS + CLOSINGS + TEXTS)
QUICK = settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])


class TestAnyText:
    """Whatever is written, the answer is a page and a list of problems."""

    @QUICK
    @given(st.one_of(st.text(max_size=200), st.lists(PIECES, max_size=25).map("".join)))
    @example("///\x00")
    @example("\ud800")
    @example("/// write | \ud800\n    id: \ufeff\n///")
    @example("/// write | Q\n    id: &a [*a]\n///")
    @example("/// write | Q\n    ? x\n///")
    @example("/// write | Q\n    %YAML 1.1\n///")
    @example("<a href='" + "&#1;" * 9 + "'>")
    @example("/// stuck\n" * 990)
    @example("- " * 5 + "> " * 400)
    @example("/// write | Q\n    id: " + "- " * 1500 + "\n///")
    def test_never_raises(self, text: str) -> None:
        """Any text gives a page whose HTML is safe, and problems that lie in it."""
        body, problems = parse_body(text, "m", FILE)
        assert dangers_in(html_of(text)) == []
        lines = text.replace("\r\n", "\n").replace("\r", "\n").expandtabs(4).split("\n")
        assert all(1 <= problem.line <= len(lines) for problem in problems)
        assert all(1 <= problem.column <= len(lines[problem.line - 1]) + 1 for problem in problems)
        assert body.fields == find_fields(body.nodes)

    @QUICK
    @given(st.lists(PIECES, max_size=25).map("".join))
    def test_names_are_unique(self, text: str) -> None:
        """A page without problems has as many names as fields, one field for each opening line, and no slashes."""
        body, problems = parse_body(text, "m", FILE)
        if not problems:
            names = [field.name for field in body.fields]
            assert len(names) == len(set(names))
            outside_code = re.sub(r"(?ms)^```.*?^```$", "", text)
            assert len(names) == len(re.findall(r"(?m)^/// (?:write|tick|grid)", outside_code))

    @pytest.mark.parametrize(
        "mark", ["[", "![", "<a ", "**a*", "_a_ ", "`", "&a", "[a](", "\\", "> ", "- ", "<!--", "|"]
    )
    def test_tangles_end_soon(self, mark: str) -> None:
        """What would take markdown minutes is refused before it is parsed."""
        assert {problem.code for problem in problems_of(mark * 20_000)} & {"WB201", "WB202"}


class TestLibrary:
    """The practice's own modules."""

    def test_modules_are_found(self) -> None:
        """There are modules to read."""
        assert len(MODULES) > 10

    @pytest.mark.parametrize("path", MODULES, ids=lambda path: path.stem)
    def test_module(self, path: Path) -> None:
        """A module that is written has no problem, and its parts are in its page."""
        front, _, text = path.read_text(encoding="utf-8").partition("\n---\n")
        body, problems = parse_body(text, path.stem, path.name, front.count("\n") + 3)
        assert problems == []
        styles = {node.style for node in body.nodes if isinstance(node, Box)}
        assert styles >= {"stuck", "in-short", "bring"}
        assert any(isinstance(node, Example) for node in body.nodes)
