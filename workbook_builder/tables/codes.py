"""The permanent codes of what can be wrong with a table of clients; a code is never given a second meaning."""

from __future__ import annotations

# What a file as such can have wrong is said with the codes of workbook_builder.source.
WRONG = "WB101"
NOT_TEXT = "WB104"
WRITTEN_TWICE = "WB105"
NOT_KNOWN = "WB106"
TOO_LARGE = "WB108"
SAME_CLIENT = "WB113"

NOT_A_TABLE = "WB130"
ODD_ROW = "WB131"
ODD_CELL = "WB132"

CODES = {
    NOT_A_TABLE: "a spreadsheet or CSV cannot be read as a table of clients",
    ODD_ROW: "a row of a table does not fit its column names",
    ODD_CELL: "a cell of a table cannot be taken as it is",
}
