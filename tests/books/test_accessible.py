"""Every shipped profile in every edition, as a client with a screen reader receives it: PDF/UA-1, outloud, verify.

Three readers look at each book, and none of them shares code with what made it: page-validation (104 rules of ISO
14289-1), outloud (91 rules, also about sense), and `workbook verify` with all that it knows about the order.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, fields, replace
from functools import cache
from pathlib import Path
from typing import get_args

import outloud
import page as page_validation
import pytest
from support import DAY, ROOT

from workbook_builder.folders import Folders
from workbook_builder.pipeline import Order, build_sheet, build_workbook, private_words
from workbook_builder.profile import Profile, load_profile
from workbook_builder.typeset import Typesetter
from workbook_builder.verify import Expected, verify

UA1_RULES = 104
PROFILES = sorted(path.stem for path in (ROOT / "profiles").glob("*.yaml"))
IN_ORDER = "edition" in {field.name for field in fields(Order)}
EDITIONS = get_args(
    type(load_profile(ROOT / "profiles" / "anxiety-five.yaml").preferences).model_fields["edition"].annotation
)
"""All that a profile may prefer."""

EXPLAINED = {
    # Tags are in reading order (tests/books/test_structure.py), and so are links and fields. The engine paints marks of
    # lists and inline blocks after the lines around them, as CSS asks; a viewer that knows no tags and copies text in
    # painting order meets them late. Half of what outloud counts is its own: of an item it reads text before links.
    "ORD-001",
    # The line "Learn · 4 minutes" above a title stands at the same height on many pages. It is no running header: it
    # says what the page is.
    "PAG-001",
    # Cells of an answer table hold a field each, which a screen reader says; outloud counts text alone.
    "TBL-012",
}
"""Warnings of outloud that were looked into; each other warning fails."""


@dataclass(frozen=True)
class Made:
    """A book that was built for this test."""

    path: Path
    profile: Profile
    edition: str


@pytest.fixture(scope="module")
def make(practice: Folders, typesetter: Typesetter, tmp_path_factory: pytest.TempPathFactory) -> Callable[..., Made]:
    """Return a function that builds a profile's book in an edition, once."""

    @cache
    def made(name: str, edition: str) -> Made:
        path, out = ROOT / "profiles" / f"{name}.yaml", tmp_path_factory.mktemp(f"{name}-{edition}")
        order = Order(DAY, DAY, out=out, verify=False)
        if IN_ORDER:
            order = replace(order, **{"edition": edition})
        return Made(build_workbook(path, practice, order, typesetter).path, load_profile(path), edition)

    return made


def test_there_is_something_to_look_at() -> None:
    """Ten profiles and three editions."""
    assert len(PROFILES) >= 10
    assert EDITIONS[0] == "standard" and len(EDITIONS) >= 3


@pytest.mark.parametrize("edition", EDITIONS if IN_ORDER else EDITIONS[:1])
@pytest.mark.parametrize("name", PROFILES)
def test_every_book_is_accessible(name: str, edition: str, make: Callable[..., Made]) -> None:
    """No rule of PDF/UA-1 is broken, outloud finds no error and no warning that nobody has looked into, and verify,
    which also knows what was ordered, finds nothing."""
    book = make(name, edition)
    report = page_validation.validate_pdf(str(book.path), profile="ua1")
    assert report.rules.total == UA1_RULES
    assert [(failure.rule_id, failure.message) for failure in report.failures] == []
    assert_says_it_well(book.path)
    known = Expected("My workbook", "Restartt", "en", private=private_words(book.profile))
    found = verify(book.path.read_bytes(), book.path.name, book.path.stem, known).findings
    assert [(finding.place, finding.code, finding.message) for finding in found] == []


def test_a_sheet_is_accessible(practice: Folders, typesetter: Typesetter, tmp_path: Path) -> None:
    """Single pages with and without crisis lines go through the same readers."""
    for country in ("US", None):
        target = tmp_path / f"sheet-{country}.pdf"
        order = Order(DAY, DAY, verify=False)
        build_sheet(["wks-abc-log", "jrn-loss"], practice, order, typesetter, country, "a4", target)
        assert_says_it_well(target)
        assert verify(target.read_bytes(), target.name, target.stem).findings == ()


def assert_says_it_well(path: Path) -> None:
    """Let outloud look at a PDF."""
    result = outloud.check(str(path))
    assert result.error is None
    assert [(f.rule, f.message) for f in result.findings if f.severity == "error"] == []
    assert {f.rule for f in result.findings if f.severity == "warning"} <= EXPLAINED
