"""What verifying can find, by permanent code. Each has a page in docs/findings/."""

from __future__ import annotations

from collections.abc import Mapping

UNREADABLE = "WB501"
LOCKED = "WB502"
NO_ANSWER = "WB503"
TOO_LARGE = "WB504"
NOT_CHECKED = "WB505"
BROKEN_PART = "WB506"
LOCKS_OUT = "WB507"
NOT_UA = "WB510"
NO_LANGUAGE = "WB511"
NO_SAFETY_PAGE = "WB520"
NO_NUMBER_TO_CALL = "WB521"
WRONG_NUMBER = "WB522"
NO_NUMBER = "WB523"
WRONG_FOLIO = "WB524"
DEAD_LINK = "WB530"
DEAD_BOOKMARK = "WB531"
DEAD_PLACE = "WB532"
ADDRESS = "WB533"
SAME_FIELD = "WB540"
NAMELESS_FIELD = "WB541"
UNLABELLED_FIELD = "WB542"
LOST_FIELD = "WB543"
UNPRINTED_FIELD = "WB544"
NO_APPEARANCE = "WB545"
CUTS_TEXT = "WB546"
MORE_METADATA = "WB550"
PERSONAL_METADATA = "WB551"
ATTACHMENT = "WB552"
RUNS = "WB553"
FONT_OUTSIDE = "WB560"
FONT_WITHOUT_TEXT = "WB561"
PAGES_DIFFER = "WB570"
UNKNOWN_SIZE = "WB571"
BEYOND_EDGE = "WB572"
FIELDS_OVERLAP = "WB573"
TEXT_OVER_FIELD = "WB574"
TEXT_OVER_TEXT = "WB575"
EMPTY_PAGE = "WB576"

CODES: Mapping[str, str] = {
    UNREADABLE: "a file cannot be opened as a PDF",
    LOCKED: "a PDF needs a password, or another one",
    NO_ANSWER: "looking into a PDF took too long, or ended the process that did",
    TOO_LARGE: "a PDF is larger than any workbook",
    NOT_CHECKED: "something could not be checked",
    BROKEN_PART: "a part of a PDF is too broken to be looked into",
    LOCKS_OUT: "a password's rights lock out printing, typing or a screen reader",
    NOT_UA: "a rule of PDF/UA-1 is broken",
    NO_LANGUAGE: "a PDF lacks its language, its title or its tags",
    NO_SAFETY_PAGE: "page 2 is not the safety page",
    NO_NUMBER_TO_CALL: "the safety page shows no number to call",
    WRONG_NUMBER: "a page number in the contents or the plan is wrong",
    NO_NUMBER: "an entry of the contents or the plan has no page number",
    WRONG_FOLIO: "the number on a page is not that of the page",
    DEAD_LINK: "a link leads nowhere",
    DEAD_BOOKMARK: "a bookmark leads nowhere, or there are none",
    DEAD_PLACE: "a named place is on no page",
    ADDRESS: "a link leads to an address that a workbook may not have",
    SAME_FIELD: "two fields have one name",
    NAMELESS_FIELD: "a field has no name",
    UNLABELLED_FIELD: "a field has nothing that a screen reader could say",
    LOST_FIELD: "a field and the pages do not belong together",
    UNPRINTED_FIELD: "a field is hidden or does not print",
    NO_APPEARANCE: "a field has no appearance of its own",
    CUTS_TEXT: "a field cuts off or shrinks what is typed",
    MORE_METADATA: "the metadata say more than they may",
    PERSONAL_METADATA: "a name, a goal or a topic can be read without opening the book",
    ATTACHMENT: "a file is attached",
    RUNS: "something in a PDF runs, sends, or fetches",
    FONT_OUTSIDE: "a font is not embedded",
    FONT_WITHOUT_TEXT: "a font does not say which letters its signs stand for",
    PAGES_DIFFER: "the pages are not all of one size",
    UNKNOWN_SIZE: "the pages have a size that no edition has",
    BEYOND_EDGE: "something stands at or beyond the edge of the page",
    FIELDS_OVERLAP: "two fields overlap",
    TEXT_OVER_FIELD: "text is drawn over a field",
    TEXT_OVER_TEXT: "text is drawn over text",
    EMPTY_PAGE: "a page is empty",
}

ADVICE = frozenset({NOT_CHECKED})
"""What is only worth knowing; everything else is an error."""

CAUSED_BY_INPUT = frozenset(
    {DEAD_LINK, ADDRESS, FIELDS_OVERLAP, TEXT_OVER_FIELD, TEXT_OVER_TEXT, BEYOND_EDGE, UNLABELLED_FIELD, SAME_FIELD}
    | {NOT_UA, EMPTY_PAGE, UNKNOWN_SIZE, PERSONAL_METADATA}
)
"""What a practice's own layout, module or table can cause. A book that only has such findings is the input's fault
(exit code 3); any other finding in a book that was just built is ours (exit code 1)."""
