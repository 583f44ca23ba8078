"""The layout's words: every one goes through gettext, and the catalogue's template is what the sources say."""

from __future__ import annotations

import subprocess
import sys
from datetime import date
from pathlib import Path

from workbook_builder.compose.words import CATALOGUES, find_words

ROOT = Path(__file__).parents[2]
EXTRACT = "extract -F babel.cfg -k say -k _words -k words -k count:1,2 --omit-header --no-location --sort-output -o"


def test_template_of_the_catalogue_is_current(tmp_path: Path) -> None:
    """`make messages` was run after the last change of a word."""
    fresh = tmp_path / "workbook.pot"
    command = [sys.executable, "-m", "babel.messages.frontend", *EXTRACT.split(), str(fresh), "."]
    subprocess.run(command, cwd=ROOT, check=True, capture_output=True)
    assert fresh.read_text(encoding="utf-8") == (CATALOGUES / "workbook.pot").read_text(encoding="utf-8")


def test_dates_follow_the_country() -> None:
    """A date stands as the client's country writes it."""
    day = date(2026, 12, 1)
    assert find_words("en", "US").day(day) == "Tuesday, December 1, 2026"
    assert find_words("en", "GB").day(day) in ("Tuesday, 1 December 2026", "Tuesday 1 December 2026")
    assert find_words("en", "US").month(day) == "December 2026"


def test_unknown_country_falls_back_to_the_language() -> None:
    """A country that Babel does not know with this language still gives dates."""
    assert find_words("en", "XX").month(date(2026, 12, 1)) == "December 2026"


def test_counts_take_the_right_form() -> None:
    """One minute, two minutes."""
    words = find_words("en")
    assert words.count("%(count)s minute", "%(count)s minutes", 1) == "1 minute"
    assert words.count("%(count)s minute", "%(count)s minutes", 2) == "2 minutes"
