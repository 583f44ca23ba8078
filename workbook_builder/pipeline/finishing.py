"""The last look at a finished PDF, and its delivery."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from workbook_builder.bind import Imprint
from workbook_builder.deliver import deliver
from workbook_builder.profile import Profile, load_profile
from workbook_builder.verify import Expected, refuse_faults, verify

from .order import Built, Order


def look_into(
    pdf: bytes, name: str, imprint: Imprint, size: tuple[float, float], private: tuple[str, ...] = ()
) -> None:
    """Look into a finished PDF as a stranger would.

    Args:
        name: the file's name, for messages.
        size: of its pages, in pt.
        private: what nobody may find without opening the book.

    Raises:
        Unsound: its client could not rely on it; exit code 3 when the practice's own layout or modules can be the
            cause, else 1.
    """
    known = Expected(imprint.title, imprint.author, imprint.language, imprint.number, private, (size,))
    refuse_faults(verify(pdf, name, expected=known))


def finish(
    pdf: bytes, pages: int, target: Path, order: Order, imprint: Imprint, size: tuple[float, float],
    notes: Sequence[str] = (),
    private: tuple[str, ...] = (), own_folder: bool = False,
) -> Built:  # fmt: skip
    """Look into a finished PDF with pages of ``size`` (pt), unless the order says not to, and deliver it.

    Raises:
        Unsound: as :func:`look_into`; nothing is delivered then.
        CannotWrite: the PDF could not be written; nothing is left behind.
    """
    if order.verify:
        look_into(pdf, target.name, imprint, size, private)
    deliver(pdf, target, order.password, order.force, own_folder)
    return Built(target, pages, tuple(notes))


def private_words(profile: Profile) -> tuple[str, ...]:
    """What nobody may learn of a client without opening the book: name, goals, topics."""
    return (*filter(None, [profile.client.name]), *profile.goals, *profile.topics)


def expect_private(path: Path) -> Expected:
    """Return what `workbook verify --profile` looks for.

    Raises:
        InputProblems, Refused: the profile cannot be read, or is wrong.
    """
    return Expected(private=private_words(load_profile(path)))
