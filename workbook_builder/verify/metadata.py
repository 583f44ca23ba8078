"""What a stranger can learn without opening the book: file name, document information, XMP, names of fields."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import get_args
from xml.etree import ElementTree

from pikepdf import Name

from workbook_builder.vocabulary import ClientTopic

from .codes import MORE_METADATA, NO_LANGUAGE, PERSONAL_METADATA
from .findings import Fault
from .form import find_fields
from .opened import Opened, kids

INFO_KEYS = ("/Title", "/Author", "/Producer", "/CreationDate")
"""All that the document information may say."""
XMP_KEYS = (
    "{http://purl.org/dc/elements/1.1/}title",
    "{http://purl.org/dc/elements/1.1/}creator",
    "{http://purl.org/dc/elements/1.1/}language",
    "{http://purl.org/dc/elements/1.1/}identifier",
    "{http://ns.adobe.com/xap/1.0/}CreateDate",
    "{http://ns.adobe.com/pdf/1.3/}Producer",
    "{http://www.aiim.org/pdfua/ns/id/}part",
)
"""All that the XMP may say."""
RDF = "{http://www.w3.org/1999/02/22-rdf-syntax-ns#}"
BOOK_NUMBER = re.compile(r"[2-9A-Z]{4}-[2-9A-Z]{4}-[2-9A-Z]{4}")
LARGEST = 64 * 1024
"""Bytes of XMP; ours has under two thousand."""
SHORTEST = 2
"""Letters of a word that counts as a name."""


def check_metadata(book: Opened) -> Iterator[Fault]:
    """Document information and XMP say title, practice, language, day and book number, and say the same."""
    info = read_info(book)
    for key in info.keys() - {key[1:] for key in INFO_KEYS}:
        yield Fault(MORE_METADATA, 0, f"the document information has an entry {key!r}")
    xmp, wrong = read_xmp(book)
    if wrong:
        yield Fault(MORE_METADATA, 0, wrong)
    for key in xmp.keys() - set(XMP_KEYS):
        yield Fault(MORE_METADATA, 0, f"the XMP has an entry {key.rpartition('}')[2]!r}")
    title, author = (xmp.get(key, "") for key in XMP_KEYS[:2])
    if not info.get("Title", "").strip() or not title.strip():
        yield Fault(NO_LANGUAGE, 0, "the file has no title")
    if (info.get("Title", ""), info.get("Author", "")) != (title, author):
        yield Fault(MORE_METADATA, 0, "document information and XMP differ in title or author")
    number = xmp.get(XMP_KEYS[3], "")
    if number and not BOOK_NUMBER.fullmatch(number):
        yield Fault(MORE_METADATA, 0, "the book number is none of this program's")
    yield from _compare(book, {"title": title, "author": author, "number": number})


def _compare(book: Opened, said: Mapping[str, str]) -> Iterator[Fault]:
    """Against what is expected; without that, a title must be one that is printed on the pages."""
    wanted = {"title": book.expected.title, "author": book.expected.author, "number": book.expected.number}
    for what, value in wanted.items():
        if value is not None and said[what] != value:
            yield Fault(MORE_METADATA, 0, f"the {what} in the metadata is not the one that was ordered")
    pages = [" ".join(run.text for run in page) for page in book.drawn or ()]
    if wanted["title"] is None and pages and not any(said["title"] in text for text in pages):
        yield Fault(PERSONAL_METADATA, 0, "the title is not one that is printed on the pages")


def check_privacy(book: Opened) -> Iterator[Fault]:
    """No name, goal or topic in the file's name, its metadata, and the names of fields and places."""
    info = read_info(book)
    xmp, _ = read_xmp(book)
    ours = {info.get("Author", ""), xmp.get(XMP_KEYS[1], ""), *_printed_title(book)}
    open_words = {"file name": book.name, **info, **{key.rpartition("}")[2]: value for key, value in xmp.items()}}
    private = [*book.expected.private, *_name_on_the_cover(book)]
    for where, value in open_words.items():
        if value == book.expected.title or value == book.expected.author:
            continue
        if any(_holds(value, word) for word in private):
            yield Fault(PERSONAL_METADATA, 0, f"the client's own words can be read in the {where}")
        elif value not in ours and any(_holds(value, topic) for topic in get_args(ClientTopic)):
            yield Fault(PERSONAL_METADATA, 0, f"a topic can be read in the {where}")
    # One word may be a name and a word of the program's own, such as Page; several are no accident.
    phrases = [words for words in private if len(_words(words)) > 1]
    names = [field.name for field in find_fields(book)] + list(book.places)
    if any(_holds(name, words) for name in names for words in phrases):
        yield Fault(PERSONAL_METADATA, 0, "the client's own words stand in the name of a field or place")


def _printed_title(book: Opened) -> set[str]:
    """The title, when it is printed at the foot of the pages and so cannot be a secret."""
    title = read_info(book).get("Title", "")
    printed = (run.text for page in (book.drawn or ())[1:] for run in page if run.artifact)
    return {title} if title and any(title == text for text in printed) else set()


def _name_on_the_cover(book: Opened) -> Iterator[str]:
    """The words of the cover's line below its title, *For Ruth*, but the first and what each page shows anyway."""
    if book.drawn is None or "page-plan" not in book.places or not book.elements:
        return
    furniture = {word.casefold() for page in book.drawn for run in page if run.artifact for word in _words(run.text)}
    on_cover = [e for e in book.elements if "/Pg" in e and book.numbers.get(e.Pg.objgen) == 1]
    below = next((n for n, element in enumerate(on_cover) if element.S == Name.H1), len(on_cover)) + 1
    if below >= len(on_cover):
        return
    tags = [int(kid) for kid in kids(on_cover[below]) if isinstance(kid, int)]
    for word in _words(" ".join(book.text_of(1, tag) for tag in tags))[1:]:
        if word[0].isupper() and len(word) >= SHORTEST and word.casefold() not in furniture:
            yield word


def read_info(book: Opened) -> dict[str, str]:
    """Return the document information: key → text."""
    info = book.pdf.trailer.get("/Info")
    return {} if info is None else {key[1:]: str(value) for key, value in info.items()}


def read_xmp(book: Opened) -> tuple[dict[str, str], str]:
    """Return the XMP's entries, name → text, and what is wrong with it as a whole."""
    stream = book.pdf.Root.get("/Metadata")
    if stream is None:
        return {}, "there is no XMP"
    data = stream.read_bytes()
    if len(data) > LARGEST or b"<!" in data:
        return {}, "the XMP is too large, or declares entities"
    try:
        root = ElementTree.fromstring(data)
    except ElementTree.ParseError:
        return {}, "the XMP cannot be read"
    found: dict[str, str] = {}
    for description in root.iter(f"{RDF}Description"):
        found |= {key: value for key, value in description.attrib.items() if key != f"{RDF}about"}
        found |= {
            child.tag: " ".join(text.strip() for text in child.itertext() if text.strip()) for child in description
        }
    return found, ""


def _words(text: str) -> list[str]:
    return re.findall(r"[^\W\d_]+(?:['’-][^\W\d_]+)*", text)


def _holds(text: str, words: str) -> bool:
    """Whether a text holds these words as whole words, whatever stands between them."""
    wanted, there = (" ".join(re.findall(r"\w+", value.casefold())) for value in (words, text))
    return bool(wanted) and f" {wanted} " in f" {there.replace('_', ' ')} "
