"""The layout's own words in the book's language: gettext for texts, Babel for dates."""

from __future__ import annotations

import gettext
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from babel import Locale, UnknownLocaleError
from babel.dates import format_date, format_skeleton
from babel.lists import format_list

CATALOGUES = Path(__file__).parents[1] / "locale"
DOMAIN = "workbook"


@dataclass(frozen=True)
class Words:
    """Translations and the locale of one book."""

    language: str
    locale: Locale
    catalogue: gettext.NullTranslations

    def __call__(self, message: str) -> str:
        """Return a text of the layout in the book's language."""
        return self.catalogue.gettext(message)

    def count(self, one: str, many: str, number: int) -> str:
        """Return the form for ``number``, with ``%(count)s`` filled in."""
        return self.catalogue.ngettext(one, many, number) % {"count": number}

    def together(self, parts: Sequence[str]) -> str:
        """Parts of a sentence as the language lists them, such as *one, two, and three*."""
        return format_list(parts, locale=self.locale)

    def day(self, day: date) -> str:
        """A date with its weekday, such as *Tuesday, December 1, 2026*."""
        return format_date(day, "full", locale=self.locale)

    def month(self, day: date) -> str:
        """A month and year, such as *November 2026*."""
        return format_skeleton("yMMMM", day, locale=self.locale)


def find_words(language: str, country: str = "", catalogues: Path = CATALOGUES) -> Words:
    """Return the words for a language (``en``) and, for dates, a country (``US``).

    English is what the layout is written in; another language without a catalogue falls back to it.
    """
    try:
        locale = Locale.parse(f"{language}_{country}" if country else language)
    except (UnknownLocaleError, ValueError):
        locale = Locale.parse(language)
    catalogue = gettext.translation(DOMAIN, catalogues, languages=[language], fallback=True)
    return Words(language, locale, catalogue)
