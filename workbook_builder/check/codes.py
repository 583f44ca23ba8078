"""All codes of the program, in one table. A code is permanent: it is never given a second meaning, and never reused.

Each has a page in docs/findings/ with an example and how to mend it. Errors end `workbook check` with exit code 3;
advice does not. What reading a file finds wrong is always an error.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

from workbook_builder import library, markup, profile, source, tables, verify
from workbook_builder.markup.codes import NOT_TEXT


@dataclass(frozen=True)
class Code:
    """What a code means, and how grave it is. ``elsewhere``: `workbook check` never says it, another command does."""

    meaning: str
    severity: Literal["error", "advice"] = "error"
    elsewhere: bool = False


PREREQUISITE_MISSING = "WB301"
PREREQUISITES_CIRCULAR = "WB302"
NOTHING_LEADS_HERE = "WB303"
EMPTY_CELL = "WB304"
EMPTY_OBSTACLE = "WB305"
RULE_WITHOUT_MODULE = "WB306"
NEVER_BUILT = "WB307"
EDITED_AFTER_SIGNING = "WB308"
SIGNED_FIELD_CHANGED = "WB309"
LONG_MESSAGE = "WB310"
PART_MISSING = "WB311"
EXAMPLE_WITHOUT_ANSWERS = "WB312"
WORD_COUNT = "WB313"
TOO_HARD = "WB320"
RATHER_HARD = "WB321"
LONG_SENTENCES = "WB322"
LONG_SENTENCE = "WB323"
DEMAND = "WB324"
BANNED = "WB325"
HALF_A_BELIEF = "WB326"
MAYBE_HALF_A_BELIEF = "WB327"
EMPHASIS = "WB328"
EXCLAMATION = "WB329"
MISSPELT = "WB330"
SAME_NAME = "WB331"
SAME_STORY = "WB332"
UNKNOWN_LINK = "WB340"
TRACKING = "WB341"
UNTITLED_SVG = "WB342"
CONTRAST = "WB343"
TEMPLATE = "WB344"
LONG_VIDEO = "WB350"
STALE_VIDEO = "WB351"
NO_EDITION = "WB352"
CRISIS_UNCHECKED = "WB353"
EXCEPTION_FOR_NOTHING = "WB360"
EXCEPTION_OUTLIVED = "WB361"

# Said by modules that have no table of their own.
NO_COUNTRY = "WB112"
SAME_CLIENT = "WB113"
DOES_NOT_FIT = "WB114"
NO_TEMPLATES = "WB150"
LAYOUT_LEADS_OUT = "WB151"
NO_FONT = "WB152"
NO_LAYOUT = "WB153"
NO_BASE = "WB154"
BAD_LOGO = "WB155"
NO_EDITION_CSS = "WB156"
NO_PICTURE = "WB160"
LARGE_PICTURE = "WB161"
NOT_TYPESET = "WB170"
NO_GLYPH = "WB171"

_OWN: Mapping[str, Code] = {
    PREREQUISITE_MISSING: Code("a module builds on one that the library does not have"),
    PREREQUISITES_CIRCULAR: Code("modules build on each other in a circle"),
    NOTHING_LEADS_HERE: Code("no rule leads to a module", "advice"),
    EMPTY_CELL: Code("no module fits a topic in one of the phases", "advice"),
    EMPTY_OBSTACLE: Code("nothing answers an obstacle", "advice"),
    RULE_WITHOUT_MODULE: Code("the rules name a module that the library does not have"),
    NEVER_BUILT: Code("no profile of this practice builds a module", "advice"),
    EDITED_AFTER_SIGNING: Code("a module was edited after it was signed", "advice"),
    SIGNED_FIELD_CHANGED: Code("a field that a signed module had is gone"),
    LONG_MESSAGE: Code("the main message has more than 20 words"),
    PART_MISSING: Code("a part of the module is missing"),
    EXAMPLE_WITHOUT_ANSWERS: Code("a worksheet's example has no answers"),
    WORD_COUNT: Code("a module has more or fewer words than its kind should have", "advice"),
    TOO_HARD: Code("the text is too hard to read"),
    RATHER_HARD: Code("the text is rather hard to read", "advice"),
    LONG_SENTENCES: Code("the sentences are long on average", "advice"),
    LONG_SENTENCE: Code("a sentence has more than 25 words", "advice"),
    DEMAND: Code("the text makes a demand"),
    BANNED: Code("a phrase hurts or blames"),
    HALF_A_BELIEF: Code("a rational belief has only one of its halves"),
    MAYBE_HALF_A_BELIEF: Code("a rational belief may have only one of its halves", "advice"),
    EMPHASIS: Code("italics or capitals are used for emphasis", "advice"),
    EXCLAMATION: Code("there is an exclamation mark", "advice"),
    MISSPELT: Code("a word is misspelt"),
    SAME_NAME: Code("two modules have an example about a person of the same name", "advice"),
    SAME_STORY: Code("two modules tell nearly the same story", "advice"),
    UNKNOWN_LINK: Code("a link leads to a module that the library does not have"),
    TRACKING: Code("a link holds a tracking parameter"),
    UNTITLED_SVG: Code("an SVG has no title or no description"),
    CONTRAST: Code("two colours of a layout have too little contrast"),
    TEMPLATE: Code("a template cannot be read"),
    LONG_VIDEO: Code("a video is too long to be used", "advice"),
    STALE_VIDEO: Code("a video's link was not tried for long", "advice"),
    NO_EDITION: Code("a book has no edition in a language of the library", "advice"),
    CRISIS_UNCHECKED: Code("crisis lines were never checked by the practice, or not for long", "advice"),
    EXCEPTION_FOR_NOTHING: Code("an exception is made for something that does not exist"),
    EXCEPTION_OUTLIVED: Code("an exception is no longer needed"),
}

_WITHOUT_TABLE: Mapping[str, Code] = {
    NO_COUNTRY: Code("there are no crisis lines for a country", elsewhere=True),
    SAME_CLIENT: Code("two profiles of one run have the same id", elsewhere=True),
    DOES_NOT_FIT: Code("what the last book was made by does not fit", elsewhere=True),
    NO_TEMPLATES: Code("a layout has no templates"),
    LAYOUT_LEADS_OUT: Code("a file leads out of the layout's folder"),
    NO_FONT: Code("a layout names a font file that does not exist"),
    NO_LAYOUT: Code("there is no layout of that name", elsewhere=True),
    NO_BASE: Code("the base of a layout cannot be used"),
    BAD_LOGO: Code("a logo cannot be used"),
    NO_EDITION_CSS: Code("a layout has no style sheet for an edition", elsewhere=True),
    NO_PICTURE: Code("a module shows a picture that does not exist"),
    LARGE_PICTURE: Code("a picture is too large"),
    NOT_TYPESET: Code("something cannot be typeset", elsewhere=True),
    NO_GLYPH: Code("no font has a character of a text that is printed", elsewhere=True),
}

# Reading the file as a whole finds it first; tables of clients are read by batch.
_NEVER_SAID_BY_CHECK = frozenset([NOT_TEXT, *tables.CODES])

TABLES = (source.CODES, profile.CODES, library.CODES, markup.CODES, tables.CODES)
"""The codes of what reading finds wrong, each beside the code that finds it."""

CODES: Mapping[str, Code] = dict(
    sorted(
        {
            **{
                code: Code(meaning, elsewhere=code in _NEVER_SAID_BY_CHECK)
                for table in TABLES
                for code, meaning in table.items()
            },
            **{
                code: Code(meaning, "advice" if code in verify.ADVICE else "error", elsewhere=True)
                for code, meaning in verify.CODES.items()
            },
            **_WITHOUT_TABLE,
            **_OWN,
        }.items()
    )
)
