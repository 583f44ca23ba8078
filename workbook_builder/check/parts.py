"""The parts of a module: is each there that its kind needs, and is it of the right length?"""

from __future__ import annotations

from collections.abc import Iterator

from workbook_builder.markup.findings import Findings
from workbook_builder.markup.scan import RawBlock, scan

from .codes import EXAMPLE_WITHOUT_ANSWERS, LONG_MESSAGE, PART_MISSING, WORD_COUNT
from .findings import Finding, found
from .passages import Passage
from .readability import words_of
from .subject import Page

MESSAGE_WORDS = 20
WORDS = {
    "psychoeducation": (250, 450),
    "worksheet": (0, 150),
    "reading": (0, 150),
    "journal": (0, 120),
    "video": (0, 100),
}
"""Words of text outside of fields and examples: at least, at most."""

_PARTS = {
    "example": "an example with a person, an ordinary trouble and a partial success",
    "stuck": "a word for when the client gets stuck",
    "in-short": "a line or two that say it in short",
    "bring": "a line on what to bring to the session",
}
_TWO_MINUTE = "a two-minute version for the week in which nothing else is possible"


def check_message(page: Page) -> Iterator[Finding]:
    """The main message is short enough to be kept in mind."""
    if (count := len(words_of(page.module.main_message))) > MESSAGE_WORDS:
        message = f"the main message has {count} words, and {MESSAGE_WORDS} are the most"
        yield found(
            LONG_MESSAGE, page.path, page.at("main_message"), message, "keep the one thing the client is to remember"
        )


def check_parts(page: Page) -> Iterator[Finding]:
    """Each part that the kind of module needs is there."""
    there = {block.kind for block in _blocks(page)}
    needed = {**_PARTS, "two-minute": _TWO_MINUTE} if page.module.kind == "worksheet" else _PARTS
    for kind, what in needed.items():
        if kind not in there:
            yield found(
                PART_MISSING,
                page.path,
                (page.module.body_line, 1),
                f"a part is missing: {what}",
                f"write a block /// {kind}",
            )


def check_worked_example(page: Page) -> Iterator[Finding]:
    """A worksheet's example is filled in, in the same layout as the blank."""
    blocks = _blocks(page)
    examples = [block for block in blocks if block.kind == "example"]
    has_answers = any(line.text.strip() == "answers:" for example in examples for line in example.options)
    if page.module.kind == "worksheet" and examples and not has_answers and any(block.is_field for block in blocks):
        message = "the example of a worksheet answers each of its fields, and this one has no answers"
        yield found(
            EXAMPLE_WITHOUT_ANSWERS,
            page.path,
            examples[0].spot,
            message,
            "write answers: below the example's first line",
        )


def check_word_count(page: Page) -> Iterator[Finding]:
    """The text outside of fields and examples is as long as the kind allows."""
    count = sum(len(words_of(passage.text)) for passage in page.passages if _is_counted(passage))
    least, most = WORDS[page.module.kind]
    if not least <= count <= most:
        allowed = f"{least} to {most}" if least else f"{most} at most"
        message = f"{count} words outside of examples and fields; a {page.module.kind} has {allowed}"
        hint = (
            "leave out what the client can do without"
            if count > most
            else "say more, or make it part of another module"
        )
        yield found(WORD_COUNT, page.path, (page.module.body_line, 1), message, hint)


def _is_counted(passage: Passage) -> bool:
    return passage.role == "prose" and passage.block != "example"


def _blocks(page: Page) -> list[RawBlock]:
    return scan(page.module.body, page.module.body_line, Findings("")).blocks()
