"""The practice's own tables: crisis lines, books and videos that want looking after."""

from __future__ import annotations

from collections.abc import Iterator

from .codes import CRISIS_UNCHECKED, LONG_VIDEO, NO_EDITION, STALE_VIDEO
from .findings import Finding, found
from .subject import Edition, Subject

VIDEO_MINUTES = 9
"""The longest film, since its length is rounded up: one of ten minutes is over 9:59, or may be."""
FRESH_DAYS = 180


def check_videos(subject: Subject) -> Iterator[Finding]:
    """A film is short, and its link was tried not long ago; else a plan passes it over."""
    table = subject.videos
    if table is None:
        return
    fresh = subject.rules.value.video_fresh_days if subject.rules else FRESH_DAYS
    modules = {id_: module for edition in subject.editions for id_, module in edition.modules.items()}
    for slot, links in table.value.items():
        most = (modules[slot].max_minutes if slot in modules else None) or VIDEO_MINUTES
        for n, link in enumerate(links):
            if link.minutes > most:
                message = f"this film has {link.minutes} minutes and is passed over; {most} are the most"
                yield found(LONG_VIDEO, table.path, table.marks.at(slot, n, "minutes"), message, "find a shorter one")
            if not 0 <= (days := (subject.today - link.checked).days) <= fresh:
                message = (
                    f"this link was tried {days} days ago and is passed over"
                    if days > 0
                    else "this day has not come yet"
                )
                hint = "watch the film again, and write the day on which you did"
                yield found(STALE_VIDEO, table.path, table.marks.at(slot, n, "checked"), message, hint)


def check_books(subject: Subject) -> Iterator[Finding]:
    """Each book that readings are taken from has an edition in their language."""
    for edition in subject.editions:
        own = subject.books.value if subject.books else edition.library.books if edition.library else {}
        editions = {str(book): {one.language for one in listed} for book, listed in own.items()}
        for book in sorted({module.book for module in edition.modules.values() if module.book}):
            if edition.language not in editions.get(book, ()):
                yield _without_edition(subject, edition, book)


def _without_edition(subject: Subject, edition: Edition, book: str) -> Finding:
    readings = [id_ for id_, module in edition.modules.items() if module.book == book]
    table = subject.books
    is_listed = table is not None and book in table.value
    spot = table.marks.at(book) if table and is_listed else (0, 0)
    path = table.path if table else f"{subject.content}/books.yaml"
    message = f'no edition of "{book}" in "{edition.language}" is listed, which {", ".join(readings)} needs'
    return found(NO_EDITION, path, spot, message, "list the edition that your clients have")


def check_crisis_lines(subject: Subject) -> Iterator[Finding]:
    """Somebody of the practice has called or looked, and not too long ago."""
    table = subject.crisis
    if table is None:
        return
    for country, lines in table.value.items():
        if lines.needs_check(subject.today, subject.crisis_days):
            if lines.checked is None:
                message = f"nobody of the practice has checked the crisis lines for {country}"
            else:
                since = f"checked on {lines.checked}, and {subject.crisis_days} days are the most"
                message = f"the crisis lines for {country} were {since}"
            hint = "call each number, or read it on the service's own page, and write the day"
            yield found(CRISIS_UNCHECKED, table.path, table.marks.at(country, "checked"), message, hint)
