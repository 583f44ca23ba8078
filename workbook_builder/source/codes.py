"""The permanent codes of what can be wrong with a file as such; a code is never given a second meaning."""

from __future__ import annotations

WRONG = "WB101"
NOT_YAML = "WB102"
NOT_READABLE = "WB103"
NOT_TEXT = "WB104"
WRITTEN_TWICE = "WB105"
NOT_KNOWN = "WB106"
NO_FRONT_MATTER = "WB107"
TOO_LARGE = "WB108"

CODES = {
    WRONG: "a setting is missing, or its value is wrong",
    NOT_YAML: "the YAML cannot be read",
    NOT_READABLE: "the file is missing, is a folder, or may not be read",
    NOT_TEXT: "the file is not UTF-8, or holds a character that cannot be printed",
    WRITTEN_TWICE: "a setting is written twice",
    NOT_KNOWN: "there is no such setting",
    NO_FRONT_MATTER: "the front matter is missing or never ends",
    TOO_LARGE: "the file is too large or nested too deep",
}
