"""What stands in a PDF, as plain values: text by tag, links, bookmarks, fields, fonts, metadata. For tests."""

from __future__ import annotations

import functools
import re
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from io import BytesIO
from typing import Any

import pikepdf
import pypdfium2
from pikepdf import Array, Dictionary, Name

GROUPS = {"Document", "Sect", "Div", "NonStruct", "L", "LI", "Table", "THead", "TBody", "TR"}
BLOCKS = GROUPS | {"P", "H1", "H2", "H3", "LBody"}
TEXT_OPERATORS = {"Tj", "TJ", "'", '"'}


@dataclass(frozen=True)
class Place:
    """A place in a PDF: page from 1, and pt from the lower left corner."""

    page: int
    x: float
    y: float

    def near(self, other: Place, within: float = 1.0) -> bool:
        """Whether another place is the same but for rounding."""
        return self.page == other.page and abs(self.x - other.x) <= within and abs(self.y - other.y) <= within


@dataclass(frozen=True)
class Link:
    """A link: where it stands, what it says to a screen reader, and where it leads (an address, or a place)."""

    page: int
    rect: tuple[float, ...]
    tooltip: str
    target: str | Place
    name: str = ""


@dataclass(frozen=True)
class Widget:
    """A form field as it stands on a page. ``state`` is a tick's or a radio button's own value."""

    page: int
    name: str
    kind: str
    tooltip: str
    rect: tuple[float, ...]
    state: str = ""
    value: str = ""


def kids(element: Any, key: str = "/K") -> list[Any]:
    """Return what an element holds, as a list."""
    found = element.get(key)
    if found is None:
        return []
    return list(found) if isinstance(found, Array) else [found]


def is_element(kid: Any) -> bool:
    """Whether a kid is a tag, and not content."""
    return isinstance(kid, Dictionary) and "/S" in kid


def elements(pdf: pikepdf.Pdf) -> Iterator[Any]:
    """Give every tag below the root, in reading order."""
    stack = kids(pdf.Root.StructTreeRoot)[::-1]
    while stack:
        element = stack.pop()
        yield element
        stack += [kid for kid in kids(element) if is_element(kid)][::-1]


def flat(node: Any, key: str) -> list[Any]:
    """Return the leaves of a name tree or a number tree."""
    if "/Kids" in node:
        return [item for kid in node.Kids for item in flat(kid, key)]
    return list(node[key])


def parent_tree(pdf: pikepdf.Pdf) -> dict[int, Any]:
    """Return the parent tree: key → element, or a page's elements by MCID."""
    numbers = flat(pdf.Root.StructTreeRoot.ParentTree, "/Nums")
    return {int(numbers[n]): numbers[n + 1] for n in range(0, len(numbers), 2)}


def page_texts(pdf: bytes, foot: float = 0, head: float = 0) -> list[str]:
    """Return the text of each page as PDFium reads it, without so many pt at its foot and head."""
    texts = []
    with pypdfium2.PdfDocument(pdf) as document:
        for number in range(len(document)):
            page = document[number]
            text = page.get_textpage().get_text_bounded(bottom=foot, top=page.get_height() - head)
            texts.append(re.sub(r"\s+", " ", text.replace("\ufffe", "-")).strip())
    return texts


def furniture_texts(pdf: bytes, foot: float, head: float) -> list[str]:
    """Return what stands in the lowest and the highest so many pt of each page, as words between single spaces."""
    texts = []
    with pypdfium2.PdfDocument(pdf) as document:
        for number in range(len(document)):
            page = document[number]
            text, height = page.get_textpage(), page.get_height()
            parts = text.get_text_bounded(bottom=height - head), text.get_text_bounded(top=foot)
            texts.append(" ".join(" ".join(parts).split()))
    return texts


def page_numbers(pdf: pikepdf.Pdf) -> dict[tuple[int, int], int]:
    """Return each page's number, from 1, by its object."""
    return {page.obj.objgen: number for number, page in enumerate(pdf.pages, start=1)}


def destinations(pdf: pikepdf.Pdf) -> dict[str, Place]:
    """Return the named places of a PDF."""
    numbers = page_numbers(pdf)
    names = flat(pdf.Root.Names.Dests, "/Names") if "/Names" in pdf.Root else []
    return {str(names[n]): _place(names[n + 1], numbers) for n in range(0, len(names), 2)}


def links(pdf: pikepdf.Pdf) -> list[Link]:
    """Return all links, page by page."""
    places, numbers = destinations(pdf), page_numbers(pdf)
    found = []
    for page, annotation in _annotations(pdf, Name.Link):
        rect, tooltip = _rect(annotation), str(annotation.get("/Contents", ""))
        target = annotation.get("/Dest", annotation.get("/A", Dictionary()).get("/D"))
        if target is None:
            found.append(Link(page, rect, tooltip, str(annotation.A.URI)))
        elif isinstance(target, Array):
            found.append(Link(page, rect, tooltip, _place(target, numbers)))
        else:
            found.append(Link(page, rect, tooltip, places[str(target)], str(target)))
    return found


def bookmarks(pdf: pikepdf.Pdf) -> list[tuple[int, str, Place]]:
    """Return the outline as a flat list: level from 1, title, place."""
    numbers, places = page_numbers(pdf), destinations(pdf)

    def walk(item: Any, level: int) -> Iterator[tuple[int, str, Place]]:
        while item is not None:
            target = item.get("/Dest", item.get("/A", Dictionary()).get("/D"))
            place = _place(target, numbers) if isinstance(target, Array) else places[str(target)]
            yield level, str(item.Title), place
            if "/First" in item:
                yield from walk(item.First, level + 1)
            item = item.get("/Next")

    return list(walk(pdf.Root.Outlines.First, 1)) if "/Outlines" in pdf.Root else []


def widgets(pdf: pikepdf.Pdf) -> list[Widget]:
    """Return all widgets, page by page, in the order of the pages' annotations."""
    found = []
    for page, annotation in _annotations(pdf, Name.Widget):
        holder = annotation if "/FT" in annotation and "/Parent" not in annotation else annotation.get("/Parent")
        states = []
        if Name.Btn == holder.FT:
            states = [key[1:] for key in annotation.AP.N.keys() if key != "/Off"]  # noqa: SIM118
        found.append(
            Widget(
                page, str(holder.T), _kind(holder), str(annotation.get("/TU", holder.get("/TU", ""))),
                _rect(annotation), states[0] if states else "", str(holder.get("/V", "")).lstrip("/"),
            )
        )  # fmt: skip
    return found


def font_names(pdf: pikepdf.Pdf) -> list[str]:
    """Return every font that is embedded, as subtype and name, sorted."""
    found = set()
    for entry in pdf.objects:
        if isinstance(entry, Dictionary) and entry.get("/Type") == "/Font":
            found.add(f"{str(entry.Subtype)[1:]} {str(entry.BaseFont)[1:]}" if "/BaseFont" in entry else "nameless")
    return sorted(found)


def tag_counts(pdf: pikepdf.Pdf) -> dict[str, int]:
    """Return how often each tag stands in the tree."""
    return dict(sorted(Counter(str(element.S)[1:] for element in elements(pdf)).items()))


def tagged_lines(pdf: pikepdf.Pdf) -> list[tuple[int, str, str]]:
    """Return what a screen reader meets, in its order: page from 1, tag, text. Fields are not in it."""
    reader = _TagReader(pdf)
    return [line for top in kids(pdf.Root.StructTreeRoot) for line in reader.lines(top)]


@functools.lru_cache(maxsize=8)
def spoken(data: bytes) -> tuple[tuple[int, str, str], ...]:
    """Return the tagged lines of a PDF given as bytes, and remember them."""
    with pikepdf.open(BytesIO(data)) as pdf:
        return tuple(tagged_lines(pdf))


def facts(data: bytes) -> dict[str, Any]:
    """Return what a reader of a PDF meets, for a golden file that reads well in a diff."""
    with pikepdf.open(BytesIO(data)) as pdf:
        lines, all_links, all_widgets = spoken(data), links(pdf), widgets(pdf)
        pages = []
        for number in range(1, len(pdf.pages) + 1):
            page: dict[str, Any] = {
                "page": number,
                "text": "".join(f"{tag}: {text}\n" for on, tag, text in lines if on == number),
            }
            if here := [f"{link.tooltip} → {_shown(link.target)}" for link in all_links if link.page == number]:
                page["links"] = here
            if here := [
                f"{w.name}{'=' + w.state if w.state else ''} ({w.kind}) {w.tooltip}"
                for w in all_widgets
                if w.page == number
            ]:
                page["fields"] = here
            pages.append(page)
        return {
            "metadata": {key[1:]: str(value) for key, value in sorted(pdf.trailer.Info.items())},
            "language": str(pdf.Root.Lang),
            "fonts": font_names(pdf),
            "tags": tag_counts(pdf),
            "bookmarks": [f"{'  ' * (level - 1)}{title} → {_shown(place)}" for level, title, place in bookmarks(pdf)],
            "pages": pages,
        }


def differences(golden: Any, seen: Any, where: str = "") -> list[str]:
    """Return every place where two facts differ, also what one of them has more."""
    if isinstance(golden, dict) and isinstance(seen, dict):
        keys = [*golden, *(key for key in seen if key not in golden)]
        return [d for key in keys for d in _compare_at(golden, seen, key, f"{where}.{key}")]
    if isinstance(golden, list) and isinstance(seen, list):
        found = [d for n in range(max(len(golden), len(seen))) for d in _compare_at(golden, seen, n, f"{where}[{n}]")]
        return found
    if isinstance(golden, str) and isinstance(seen, str) and "\n" in golden + seen:
        return differences(golden.splitlines(), seen.splitlines(), where)
    return [] if type(golden) is type(seen) and golden == seen else [f"{where}: golden {golden!r}, seen {seen!r}"]


def decode(content: bytes, fonts: Mapping[str, Mapping[int, str]], pdf: pikepdf.Pdf | None = None) -> dict[int, str]:
    """Return the text of a content stream by MCID (-1: outside of all), with each font's glyph → text."""
    with pikepdf.new() as holder:
        stream = (pdf or holder).make_stream(content)
        found: dict[int, list[str]] = {}
        nested: list[int | None] = []
        font: Mapping[int, str] = {}
        for operands, operator in pikepdf.parse_content_stream(stream):
            sign = str(operator)
            if sign == "Tf":
                font = fonts.get(str(operands[0])[1:], {})
            elif sign in ("BDC", "BMC"):
                marked = sign == "BDC" and isinstance(operands[1], Dictionary) and "/MCID" in operands[1]
                nested.append(int(operands[1].MCID) if marked else None)
            elif sign == "EMC":
                nested.pop()
            elif sign in TEXT_OPERATORS:
                mcid = next((m for m in reversed(nested) if m is not None), -1)
                found.setdefault(mcid, []).append(_glyph_text(operands[-1], font))
        return {mcid: "".join(parts) for mcid, parts in found.items()}


def to_unicode(font: Any) -> dict[int, str]:
    """Return a font's glyph → text, from its ToUnicode map."""
    text = font.ToUnicode.read_bytes().decode("latin-1")
    blocks = "".join(re.findall(r"beginbfchar(.*?)endbfchar", text, flags=re.S))
    pairs = re.findall(r"<([0-9a-fA-F]+)>\s*<([0-9a-fA-F]*)>", blocks)
    return {int(glyph, 16): bytes.fromhex(letters).decode("utf-16-be") for glyph, letters in pairs}


class _TagReader:
    """Reads a document along its tags."""

    def __init__(self, pdf: pikepdf.Pdf) -> None:
        self._numbers = page_numbers(pdf)
        self._texts: dict[tuple[int, int], str] = {}
        known: dict[tuple[int, int], dict[int, str]] = {}
        for number, page in enumerate(pdf.pages, start=1):
            fonts = {}
            for name, font in page.obj.Resources.get("/Font", Dictionary()).items():
                fonts[name[1:]] = known.setdefault(font.objgen, to_unicode(font))
            for mcid, text in decode(_content(page), fonts).items():
                self._texts[number, mcid] = text

    def lines(self, element: Any) -> Iterator[tuple[int, str, str]]:
        """Give one line for each element that holds text and no block of its own."""
        tag = str(element.S)[1:]
        if tag in GROUPS or any(str(kid.S)[1:] in BLOCKS for kid in kids(element) if is_element(kid)):
            for kid in kids(element):
                if is_element(kid):
                    yield from self.lines(kid)
            return
        page, text = self._gather(element)
        text = re.sub(r" +([,.;:?!])", r"\1", re.sub(r"\s+", " ", text)).strip()
        if text:
            yield page, tag, text

    def _gather(self, element: Any) -> tuple[int, str]:
        if element.S == Name.Figure:
            return self._page(element), f"[{element.get('/Alt', '')}]"
        page, parts = 0, []
        for kid in kids(element):
            if isinstance(kid, int):
                page = page or self._page(element)
                parts.append(self._texts.get((self._page(element), int(kid)), ""))
            elif is_element(kid):
                on, text = self._gather(kid)
                page = page or on
                parts.append(text)
        return page, " ".join(parts)

    def _page(self, element: Any) -> int:
        return self._numbers[element.Pg.objgen]


def _content(page: pikepdf.Page) -> bytes:
    contents = page.obj.Contents
    streams = list(contents) if isinstance(contents, Array) else [contents]
    return b"\n".join(stream.read_bytes() for stream in streams)


def _glyph_text(operand: Any, font: Mapping[int, str]) -> str:
    strings = operand if isinstance(operand, Array) else [operand]
    codes = b"".join(bytes(part) for part in strings if isinstance(part, pikepdf.String))
    return "".join(font.get(int.from_bytes(codes[n : n + 2], "big"), "\ufffd") for n in range(0, len(codes), 2))


def _annotations(pdf: pikepdf.Pdf, kind: Name) -> Iterator[tuple[int, Any]]:
    for number, page in enumerate(pdf.pages, start=1):
        for annotation in page.obj.get("/Annots", []):
            if annotation.Subtype == kind:
                yield number, annotation


def _rect(annotation: Any) -> tuple[float, ...]:
    x0, y0, x1, y1 = map(float, annotation.Rect)
    return min(x0, x1), min(y0, y1), max(x0, x1), max(y0, y1)


def _place(target: Any, numbers: Mapping[tuple[int, int], int]) -> Place:
    return Place(numbers[target[0].objgen], float(target[2]), float(target[3]))


def _kind(field: Any) -> str:
    flags = int(field.get("/Ff", 0))
    if Name.Tx == field.FT:
        return "long text" if flags & 1 << 12 else "text"  # ISO 32000-1, table 228
    return "radio" if flags & 1 << 15 else "tick"  # table 226


def _shown(target: str | Place) -> str:
    return target if isinstance(target, str) else f"page {target.page}"


def _compare_at(golden: Any, seen: Any, key: Any, where: str) -> list[str]:
    for owner, name in ((golden, "seen"), (seen, "golden")):
        if key not in (owner if isinstance(owner, dict) else range(len(owner))):
            other = seen if owner is golden else golden
            return [f"{where}: only {name} {other[key]!r}"]
    return differences(golden[key], seen[key], where)
