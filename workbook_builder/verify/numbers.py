"""Page numbers and the safety page: what is printed is where it leads."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from pikepdf import Dictionary, Name

from .codes import NO_NUMBER, NO_NUMBER_TO_CALL, NO_SAFETY_PAGE, WRONG_FOLIO, WRONG_NUMBER
from .findings import Fault
from .opened import Opened, is_element, kids

SAFETY_PAGE = 2
NUMBERED = ("page-contents", "page-plan")
"""Sections whose entries name the pages on which they lead."""
NUMBER = re.compile(r"\d+")


def check_safety_page(book: Opened) -> Iterator[Fault]:
    """Page 2 of a client's book is the safety page, and the numbers to call can be read on it, also in a sheet."""
    page = book.places.get("page-safety", 0)
    if book.is_of_a_client and page != SAFETY_PAGE:
        where = f"it is on page {page}" if page else "there is none"
        yield Fault(NO_SAFETY_PAGE, SAFETY_PAGE, f"page 2 is not the safety page; {where}")
    if not page:
        return
    numbers = [
        str(link.A.get("/URI", ""))[4:]
        for at, link in book.annotations
        if at == page and isinstance(link.get("/A"), Dictionary) and str(link.A.get("/URI", "")).startswith("tel:")
    ]
    if not numbers:
        yield Fault(NO_NUMBER_TO_CALL, page, "the safety page has no number that can be tapped")
    if book.drawn is None:
        return
    shown = _digits("".join(run.text for run in book.drawn[page - 1] if not run.artifact))
    for number in numbers:
        if _digits(number) not in shown:
            yield Fault(NO_NUMBER_TO_CALL, page, f"the number {number} can be tapped, and cannot be read")


def check_numbers(book: Opened) -> Iterator[Fault]:
    """In the contents and the plan, the number beside each link is that of the page to which the link leads."""
    if book.drawn is None:
        return
    targets = {link.objgen: book.page_of(_target(link)) for _, link in book.annotations if _target(link) is not None}
    listed = {page for name in NUMBERED for page in book.section_pages(name)}
    for element in book.elements:
        if element.S != Name.Link or not (to := _leads_to(element, targets)):
            continue
        page = book.numbers.get(element.Pg.objgen, 0) if "/Pg" in element else 0
        if page in listed:
            yield from _check_entry(book, element, page, to, targets)


def _check_entry(book: Opened, link: Any, page: int, to: int, targets: dict[tuple[int, int], int]) -> Iterator[Fault]:
    """Look for the number in the nearest element around the link that holds text besides it."""
    around = link
    for _ in range(3):
        around = around.get("/P")
        if not is_element(around) or len({_leads_to(e, targets) for e in _links_in(around)}) > 1:
            break
        if numbers := NUMBER.findall(_text_beside(book, around)):
            if int(numbers[-1]) != to:
                yield Fault(WRONG_NUMBER, page, f"an entry says page {numbers[-1]}, and its link leads to page {to}")
            return
    yield Fault(NO_NUMBER, page, f"an entry that leads to page {to} has no page number beside it")


def check_folios(book: Opened) -> Iterator[Fault]:
    """The folio on each page is the page's number; when pages have folios, all but the cover have one."""
    if book.drawn is None:
        return
    folios = [[run.text.strip() for run in page if run.artifact and run.text.strip().isdigit()] for page in book.drawn]
    expected = any(folios)
    for page, found in enumerate(folios, start=1):
        if any(int(folio) != page for folio in found):
            yield Fault(WRONG_FOLIO, page, f"the number printed on page {page} is {', '.join(found)}")
        elif expected and not found and page > 1:
            yield Fault(WRONG_FOLIO, page, f"page {page} has no number")


def _target(link: Any) -> Any:
    action = link.get("/A")
    return link.get("/Dest", action.get("/D") if isinstance(action, Dictionary) else None)


def _leads_to(element: Any, targets: dict[tuple[int, int], int]) -> int:
    found = (targets.get(kid.Obj.objgen, 0) for kid in kids(element) if isinstance(kid, Dictionary) and "/Obj" in kid)
    return next((page for page in found if page), 0)


def _links_in(element: Any, depth: int = 0) -> Iterator[Any]:
    for kid in kids(element):
        if is_element(kid) and depth < 8:
            if kid.S == Name.Link:
                yield kid
            yield from _links_in(kid, depth + 1)


def _text_beside(book: Opened, element: Any, depth: int = 0) -> str:
    """The text of an element without that of its links, in reading order."""
    parts = []
    for kid in kids(element):
        if isinstance(kid, int) and "/Pg" in element:
            parts.append(book.text_of(book.numbers.get(element.Pg.objgen, 0), int(kid)))
        elif is_element(kid) and kid.S != Name.Link and depth < 8:
            parts.append(_text_beside(book, kid, depth + 1))
    return " ".join(parts)


def _digits(text: str) -> str:
    return re.sub(r"[^0-9]", "", text)
