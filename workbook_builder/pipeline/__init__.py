"""From input to PDF. The page to read first is ``workbook.py``, one workbook from start to end:

profile + library + layout → plan → compose → typeset → bind → verify → deliver.

``order`` holds what a command asks for and what it gets, ``stock`` what is the same for many clients, ``planning`` the
first half of the way and its refusals, ``printing`` typesetting and binding, ``finishing`` the last look and the
writing. ``companion``, ``sheet`` and ``atlas`` are the other books.
"""

from __future__ import annotations

from .atlas import build_atlas
from .companion import (
    COMPANIONS,
    CompanionDraft,
    CompanionOrder,
    build_companion,
    companion_name,
    draft_companion,
    print_companion,
)
from .finishing import expect_private, look_into, private_words
from .order import Built, Order, Progress
from .planning import Planned, plan_workbook
from .printing import typeset_book
from .sheet import build_sheet
from .stock import Stock, parse_bodies, read_layout, read_library
from .workbook import Draft, build_workbook, draft_workbook, file_name, print_workbook, warn, workbook_name

__all__ = [
    "COMPANIONS",
    "Built",
    "CompanionDraft",
    "CompanionOrder",
    "Draft",
    "Order",
    "Planned",
    "Progress",
    "Stock",
    "build_atlas",
    "build_companion",
    "build_sheet",
    "build_workbook",
    "companion_name",
    "draft_companion",
    "draft_workbook",
    "expect_private",
    "file_name",
    "look_into",
    "parse_bodies",
    "plan_workbook",
    "print_companion",
    "print_workbook",
    "private_words",
    "read_layout",
    "read_library",
    "typeset_book",
    "warn",
    "workbook_name",
]
