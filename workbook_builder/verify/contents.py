"""What lies in the file besides its pages: nothing runs, nothing is attached, nothing is fetched, fonts are inside."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pikepdf
from pikepdf import Array, Dictionary, Name

from .codes import ATTACHMENT, FONT_OUTSIDE, FONT_WITHOUT_TEXT, LOCKS_OUT, MORE_METADATA, NO_LANGUAGE, RUNS
from .findings import Fault
from .opened import Opened

RUNNING_KEYS = ("/JS", "/JavaScript", "/OpenAction", "/AA", "/XFA", "/RichMediaContent", "/RichMediaSettings")
ATTACHED_KEYS = ("/EmbeddedFiles", "/EF", "/Collection", "/AF")
CARRIED_KEYS = ("/PieceInfo",)
FORBIDDEN_ACTIONS = frozenset(
    f"/{name}"
    for name in (
        *("GoToR", "GoToE", "Launch", "Thread", "Sound", "Movie", "Hide", "Named", "SubmitForm", "ResetForm"),
        *("ImportData", "JavaScript", "SetOCGState", "Rendition", "Trans", "GoTo3DView", "RichMediaExecute"),
    )
)
"""All actions but GoTo and URI: they run, send, or fetch (ISO 32000-1, table 198)."""
ATTACHED_KINDS = ("/FileAttachment", "/Sound", "/Movie", "/Screen", "/3D", "/RichMedia")
DEEPEST = 40


def check_contents(book: Opened) -> Iterator[Fault]:
    """Look at each object of the file, however deep, for what runs, what is attached, and fonts that lie elsewhere."""
    said: set[Fault] = set()
    pages = {**{item.objgen: page for page, item in book.annotations}, **book.numbers}
    for entry in book.pdf.objects:
        if not isinstance(entry, Dictionary | pikepdf.Stream | Array):
            continue
        for fault in _look_at(entry, pages.get(entry.objgen, 0), 0):
            if fault not in said:
                said.add(fault)
                yield fault
    if "/Metadata" not in book.pdf.Root:
        yield Fault(NO_LANGUAGE, 0, "there is no metadata stream with the title")


def _look_at(entry: Any, page: int, depth: int) -> Iterator[Fault]:
    if depth > DEEPEST:
        return
    if isinstance(entry, Array):
        children = list(entry)
    else:
        yield from _judge(entry, page)
        if entry.get("/Type") == Name.StructElem:  # a third of all objects; its kids are tags and references
            return
        children = [value for _, value in entry.items()]
    for child in children:
        if isinstance(child, Dictionary | Array) and not child.is_indirect:
            yield from _look_at(child, page, depth + 1)


def _judge(entry: Any, page: int) -> Iterator[Fault]:
    keys = set(entry.keys())
    if found := sorted(keys.intersection(RUNNING_KEYS)):
        yield Fault(RUNS, page, f"something runs when the file is opened or used ({found[0][1:]})")
    if found := sorted(keys.intersection(ATTACHED_KEYS)):
        yield Fault(ATTACHMENT, page, f"a file is attached ({found[0][1:]})")
    if keys.intersection(CARRIED_KEYS):
        yield Fault(MORE_METADATA, page, "another program's private data lie in the file (PieceInfo)")
    if entry.get("/Type") == Name.StructElem:
        return
    if str(entry.get("/S", "")) in FORBIDDEN_ACTIONS:
        yield Fault(RUNS, page, f"a link or field does more than lead somewhere ({str(entry.S)[1:]})")
    if str(entry.get("/Subtype", "")) in ATTACHED_KINDS and "/Rect" in keys:
        yield Fault(ATTACHMENT, page, f"sound, film or a file is attached ({str(entry.Subtype)[1:]})")
    if isinstance(entry, pikepdf.Stream) and "/F" in keys:
        yield Fault(RUNS, page, "a part of the file is to be fetched from elsewhere")
    if entry.get("/Type") == Name.Font:
        yield from _judge_font(entry)


def _judge_font(font: Any) -> Iterator[Fault]:
    kind, name = str(font.get("/Subtype", "")), str(font.get("/BaseFont", "/nameless"))[1:]
    if kind in ("/CIDFontType0", "/CIDFontType2", "/TrueType", "/Type1", "/MMType1"):
        files = font.get("/FontDescriptor", Dictionary()).keys()
        if not {"/FontFile", "/FontFile2", "/FontFile3"}.intersection(files):
            yield Fault(FONT_OUTSIDE, 0, f"the font {name} is not embedded, so pages look different elsewhere")
    if kind not in ("/CIDFontType0", "/CIDFontType2") and "/ToUnicode" not in font:
        yield Fault(FONT_WITHOUT_TEXT, 0, f"the font {name} has no map to letters: a screen reader stays silent")


def check_essentials(book: Opened) -> Iterator[Fault]:
    """Language, title, tags and rights: what a screen reader needs before it says a word."""
    root = book.pdf.Root
    language = str(root.get("/Lang", ""))
    if not language.strip():
        yield Fault(NO_LANGUAGE, 0, "the file does not say its language")
    elif book.expected.language and language != book.expected.language:
        yield Fault(NO_LANGUAGE, 0, f"the file says that its language is {language!r}")
    if not bool(root.get("/MarkInfo", Dictionary()).get("/Marked", False)) or not book.elements:
        yield Fault(NO_LANGUAGE, 0, "the file has no tags")
    if not bool(root.get("/ViewerPreferences", Dictionary()).get("/DisplayDocTitle", False)):
        yield Fault(NO_LANGUAGE, 0, "viewers show the file's name instead of its title")
    for number, page in enumerate(book.pages, start=1):
        if page.get("/Annots") and page.get("/Tabs") != Name.S:
            yield Fault(NO_LANGUAGE, number, "the tabulator does not follow the reading order")
    if book.pdf.is_encrypted:
        rights = book.pdf.allow
        if not (rights.accessibility and rights.extract and rights.modify_form and rights.print_highres):
            yield Fault(LOCKS_OUT, 0, "the file's rights forbid printing, typing or reading aloud")
