"""The permanent codes of what can be wrong with a module's body; a code is never given a second meaning."""

from __future__ import annotations

TOO_LARGE = "WB201"
TOO_TANGLED = "WB202"
NOT_TEXT = "WB203"
UNKNOWN_BLOCK = "WB210"
BLOCK_SPELLING = "WB211"
BLOCK_PLACE = "WB212"
NOT_CLOSED = "WB213"
CLOSES_NOTHING = "WB214"
NESTED_WRONG = "WB215"
NO_QUESTION = "WB216"
NOTHING_IN_IT = "WB217"
TEXT_IN_FIELD = "WB218"
SWALLOWED = "WB219"
UNKNOWN_OPTION = "WB220"
WRONG_OPTION = "WB221"
OPTIONS_PLACE = "WB222"
NOT_YAML = "WB223"
NO_ID = "WB224"
ID_TWICE = "WB225"
UNKNOWN_ANSWER = "WB230"
WRONG_ANSWER = "WB231"
NO_ANSWER = "WB232"
REMOVED_HTML = "WB240"
REFUSED_LINK = "WB241"
REFUSED_PICTURE = "WB242"
NO_ALT = "WB243"
HTML_NOT_CLOSED = "WB244"
HEADING = "WB250"
LIST = "WB251"
TABLE = "WB252"
RULE = "WB253"
CODE_NOT_CLOSED = "WB254"

CODES = {
    TOO_LARGE: "the body, or a paragraph of it, is too large",
    TOO_TANGLED: "there are too many marks in one place, or the nesting is too deep",
    NOT_TEXT: "a character cannot be printed",
    UNKNOWN_BLOCK: "there is no such block",
    BLOCK_SPELLING: "a block's opening or closing line is written wrong",
    BLOCK_PLACE: "a block is indented, in a list or in a quotation",
    NOT_CLOSED: "a block is not closed",
    CLOSES_NOTHING: "slashes close nothing",
    NESTED_WRONG: "a block may not stand inside that block, or has as many slashes as the one around it",
    NO_QUESTION: "a field has no question, or a callout no title",
    NOTHING_IN_IT: "a block holds nothing",
    TEXT_IN_FIELD: "a field holds text",
    SWALLOWED: "a block stands inside HTML, which hides it",
    UNKNOWN_OPTION: "there is no such option, or it is written twice",
    WRONG_OPTION: "an option is missing, or its value is wrong",
    OPTIONS_PLACE: "options do not stand right below the opening line, indented by four spaces",
    NOT_YAML: "options cannot be read as YAML",
    NO_ID: "a field has no id, or one with other characters than a-z, 0-9 and hyphens",
    ID_TWICE: "two fields have the same id",
    UNKNOWN_ANSWER: "an example answers a field that the page does not have",
    WRONG_ANSWER: "an example's answer does not fit its field",
    NO_ANSWER: "an example leaves a field of the page unanswered",
    REMOVED_HTML: "HTML that a page may not hold",
    REFUSED_LINK: "a link leads to what a page may not lead to",
    REFUSED_PICTURE: "a picture lies elsewhere than in figures/, or is of another type",
    NO_ALT: "a picture has no description",
    HTML_NOT_CLOSED: "HTML that opens and does not close, or the other way round",
    HEADING: "a heading of another level than ## and ###",
    LIST: "a list that markdown does not take for one",
    TABLE: "a table that markdown does not take for one",
    RULE: "a horizontal rule, which is not printed",
    CODE_NOT_CLOSED: "a fenced code block is not closed",
}
