"""Opens a finished PDF as a stranger would, and checks what its client relies on.

``verify`` looks into bytes in this process, before a book is delivered; ``verify_file`` opens a file that may come
from anywhere, in a process of its own with limits. Each check is a small function over an opened PDF.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from io import BytesIO

import pikepdf

from .codes import ADVICE, BROKEN_PART, CODES, LOCKED, NOT_CHECKED, TOO_LARGE, UNREADABLE
from .contents import check_contents, check_essentials
from .drawn import NoViewer, Run, draw_text
from .findings import Expected, Fault, Finding, Report, Unsound
from .form import check_looks, check_names, check_order, check_room
from .geometry import check_edges, check_overlaps, check_sizes
from .guarded import find_files, verify_file
from .metadata import check_metadata, check_privacy
from .numbers import check_folios, check_numbers, check_safety_page
from .opened import Opened
from .places import check_bookmarks, check_links, check_places
from .ua import check_ua

__all__ = [
    "ADVICE",
    "CHECKS",
    "CODES",
    "Expected",
    "Finding",
    "Report",
    "Unsound",
    "find_files",
    "refuse_faults",
    "verify",
    "verify_file",
]

CHECKS: tuple[Callable[[Opened], Iterator[Fault]], ...] = (
    check_essentials,
    check_safety_page,
    check_numbers,
    check_folios,
    check_links,
    check_bookmarks,
    check_places,
    check_names,
    check_order,
    check_looks,
    check_room,
    check_metadata,
    check_privacy,
    check_contents,
    check_sizes,
    check_edges,
    check_overlaps,
)
MOST_BYTES = 200 * 1024 * 1024
MOST_PAGES = 3000
"""Far above the atlas, the largest book, which has under 200 pages and a megabyte."""


def verify(data: bytes, path: str, name: str = "", expected: Expected | None = None, password: str = "") -> Report:
    """Check the bytes of a PDF and return what was found, sorted by page. Never raises for what they hold.

    Args:
        path: what findings call the file.
        name: the file's name without its ending, which a stranger can read.
        expected: what is known beforehand.
        password: opens an encrypted file.
    """
    if not data:
        return _report(path, [Fault(UNREADABLE, 0, "it is empty")])
    if len(data) > MOST_BYTES:
        return _report(path, [Fault(TOO_LARGE, 0, "the file is larger than any workbook")])
    try:
        with pikepdf.open(BytesIO(data), password=password, suppress_warnings=True) as pdf:
            if len(pdf.pages) > MOST_PAGES:
                return _report(path, [Fault(TOO_LARGE, 0, "the file has more pages than any workbook")])
            return _report(path, _verify(pdf, data, name, expected or Expected()), len(pdf.pages))
    except pikepdf.PasswordError:
        wrong = "the password does not open it" if password else "it is protected by a password"
        return _report(path, [Fault(LOCKED, 0, wrong, "give the password's file with --password-file")])
    except Exception:  # whatever is wrong with a file, it is told in one line
        return _report(path, [Fault(UNREADABLE, 0, "it is not a PDF, or it is damaged")])


def refuse_faults(report: Report) -> None:
    """Raise Unsound when something is wrong in a book that is about to be delivered."""
    if report.has_errors:
        raise Unsound(report.findings)


def _verify(pdf: pikepdf.Pdf, data: bytes, name: str, expected: Expected) -> list[Fault]:
    if not len(pdf.pages):
        return [Fault(UNREADABLE, 0, "it has no pages")]
    plain = _decrypt(pdf) if pdf.is_encrypted else data
    faults: list[Fault] = []
    if pdf.get_warnings():
        faults.append(Fault(UNREADABLE, 0, "it is damaged, and each viewer repairs it in its own way"))
    book = Opened(pdf, name, expected, _draw(plain, faults))
    for check in CHECKS:
        try:
            faults += check(book)
        except Exception as error:  # a hostile file breaks one check, and the others still have their say
            what = check.__name__.removeprefix("check_").replace("_", " ")
            faults.append(Fault(BROKEN_PART, 0, f"{what}: broken beyond reading ({type(error).__name__})"))
    return [*faults, *check_ua(plain)]


def _decrypt(pdf: pikepdf.Pdf) -> bytes:
    out = BytesIO()
    pdf.save(out, encryption=False)
    return out.getvalue()


def _draw(data: bytes, faults: list[Fault]) -> tuple[tuple[Run, ...], ...] | None:
    """Return what a viewer draws, or None with the reason among the faults."""
    try:
        return draw_text(data)
    except NoViewer:
        hint = "pip install 'workbook-builder[verify]'"
        what = "page numbers, overlaps and edges were not checked: the package pypdfium2 is not installed"
        faults.append(Fault(NOT_CHECKED, 0, what, hint))
    except Exception as error:
        faults.append(Fault(BROKEN_PART, 0, f"no viewer can show the pages ({type(error).__name__})"))
    return None


def _report(path: str, faults: list[Fault], pages: int = 0) -> Report:
    found = sorted({fault.at(path) for fault in faults}, key=lambda f: (f.page, f.code, f.message))
    return Report(path, tuple(found), pages)
