"""A made-up language in which every word of the layout is Greek: no English is left but a practice's own texts.

The catalogue is made on the fly: each letter of each message is put into a Greek one. What is still written in Latin
letters is then content (modules, profile, the practice's tables), or a word that somebody forgot to mark.
"""

from __future__ import annotations

import gettext
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import fields, is_dataclass, replace
from functools import cache
from html.parser import HTMLParser
from io import BytesIO
from pathlib import Path
from typing import Any
from urllib.parse import unquote

import jinja2
import pikepdf
import pytest
from babel import Locale
from jinja2 import nodes
from pdf_facts import bookmarks, elements, furniture_texts, links, widgets
from pydantic import BaseModel, RootModel
from support import DAY, ROOT

from workbook_builder import pipeline
from workbook_builder.book import DECORATIVE, LINK_SCHEME, Section
from workbook_builder.compose import Words, compose_atlas, compose_book, compose_sheet
from workbook_builder.compose.pages import Pages
from workbook_builder.folders import Folders, find_folders
from workbook_builder.layout import MM, Layout
from workbook_builder.library import Library, VideoLink
from workbook_builder.pipeline import Order, build_workbook, parse_bodies, plan_workbook, read_layout, read_library
from workbook_builder.profile import Letter, Profile
from workbook_builder.typeset import Typesetter

LAYOUTS = sorted(path.parent.name for path in (ROOT / "layouts").glob("*/layout.yaml"))
LATIN = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
GREEK = "αβψδεφγηιξκλμνοπϋρστθωςχυζΑΒΨΔΕΦΓΗΙΞΚΛΜΝΟΠΫΡΣΤΘΩΣΧΥΖ"
TABLE = str.maketrans(LATIN, GREEK)
SPOKEN = ("title", "alt", "aria-label", "placeholder")
NO_WORDS = ("style", "script")
FLAGS = {"yes"}
"""What a macro answers to a template, and no page shows."""
CODES = {"kind", "phase", "topics", "obstacles", "frequency", "status", "source_check", "requires", "language", "path"}
"""Settings of our vocabulary, which no page may show as they stand."""
VIDEO = VideoLink(
    url="https://video.example.org/ab", title="Boats", speaker="A. Example", channel="C", language="en", captions=True,
    minutes=4, watched_by="x", checked=DAY,
)  # fmt: skip


def into_greek(message: str) -> str:
    """Put each Latin letter into a Greek one; what is filled in later, ``%(name)s``, stays."""
    parts = re.split(r"(%\(\w+\)s)", message)
    return "".join(part if n % 2 else part.translate(TABLE) for n, part in enumerate(parts))


class Pseudo(gettext.NullTranslations):
    """A catalogue that has every message."""

    def gettext(self, message: str) -> str:
        return into_greek(message)

    def ngettext(self, one: str, many: str, number: int) -> str:
        return into_greek(one if number == 1 else many)


WORDS = Words("en", Locale("el"), Pseudo())


class Texts(HTMLParser):
    """The texts of a page: what is printed, and what is said of it."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.found: list[str] = []
        self._within = ""
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self._within = tag
        given = dict(attrs)
        self.found += [value for name in SPOKEN if (value := given.get(name))]
        address = given.get("href") or ""
        if address.startswith(LINK_SCHEME):
            self.found.append(unquote(address.partition("#")[2]))

    def handle_endtag(self, tag: str) -> None:
        self._within = ""

    def handle_data(self, data: str) -> None:
        if self._within not in NO_WORDS:
            self.found.append(data)


def texts_of(html: str) -> list[str]:
    """Return the texts of a page, white space folded."""
    return [folded for text in Texts(html).found if (folded := " ".join(text.split()))]


def strings_in(value: Any) -> Iterator[str]:
    """Give every text that a value holds, however deep; of HTML its texts."""
    if isinstance(value, str):
        yield from texts_of(value) if "<" in value else [" ".join(value.split())]
    elif isinstance(value, RootModel):
        yield from strings_in(value.root)
    elif isinstance(value, BaseModel):
        for name in type(value).model_fields:
            if name not in CODES:
                yield from strings_in(getattr(value, name))
    elif is_dataclass(value):
        for one in fields(value):
            if one.name not in CODES:
                yield from strings_in(getattr(value, one.name))
    elif isinstance(value, Mapping):
        for key, one in value.items():
            yield from strings_in(key)
            yield from strings_in(one)
    elif isinstance(value, Iterable):
        for one in value:
            yield from strings_in(one)


def left_over(texts: Iterable[str], content: set[str]) -> list[str]:
    """Return the texts that hold Latin letters which come from no content."""
    longest = sorted((text for text in content if re.search("[A-Za-z]", text)), key=len, reverse=True)
    found = []
    for text in dict.fromkeys(texts):
        rest = text
        if text in content or text == DECORATIVE:
            continue
        for known in longest:
            if known in rest:
                rest = re.sub(rf"(?<!\w){re.escape(known)}(?!\w)", " ", rest)
        if re.search("[A-Za-z]", rest):
            found.append(text)
    return found


@cache
def _library(practice: Folders) -> Library:
    """The shipped library with a fresh film for each slot, and a practice that has written all that it can."""
    library = read_library(practice, "en")
    own = library.practice.model_copy(
        update={"phone": "555 010 0199", "hours": "Nine to five", "privacy": ("Kept.",), "eap": ("Nobody hears.",)}
    )
    videos = {id_: (VIDEO,) for id_, module in library.modules.items() if module.kind == "video"}
    return replace(library, videos=videos, practice=own)


def composed(practice: Folders, layout: Layout) -> list[Section]:
    """Every page that the program can make in a layout: a book with and without what is optional, sheets, the atlas."""
    library = _library(practice)
    bodies = parse_bodies(library, library.modules)
    plan, profile, _ = plan_workbook(ROOT / "profiles" / "anxiety-five.yaml", practice, Order(DAY, DAY))
    bare = profile.model_copy(update={"goals": profile.goals[:1], "letter": Letter(), "fictional": False})
    bare = bare.model_copy(update={"client": profile.client.model_copy(update={"name": None, "country": "GB"})})
    bare = bare.model_copy(update={"program": profile.program.model_copy(update={"next": None, "setting": "ongoing"})})
    danger = profile.clearance.model_copy(update={"flags": ("abuse-at-home",), "override": "x"})
    hidden = profile.model_copy(update={"clearance": danger})
    sections = []
    for client in (profile, bare, hidden):
        book = compose_book(plan, client, library, layout, bodies, WORDS, DAY)
        sections += [*book.fixed.values(), *book.number(dict.fromkeys(book.order, 3))]
    signed = replace(
        library,
        modules={id_: module.model_copy(update={"status": "reviewed"}) for id_, module in library.modules.items()},
    )
    for one in (library, signed):
        atlas = compose_atlas(one, layout, bodies, WORDS, "US", DAY)
        sections += [*atlas.fixed.values(), *atlas.number(dict.fromkeys(atlas.order, 3))]
    for country in ("US", None):
        sections += compose_sheet(library.modules.values(), library, layout, bodies, WORDS, DAY, country)
    return sections


def content_of(practice: Folders, layout: Layout, profile: Profile) -> set[str]:
    """Everything in a book that is not the layout's: modules, pictures, tables, the profile, the brand."""
    library = _library(practice)
    bodies = parse_bodies(library, library.modules)
    plan, _, _ = plan_workbook(ROOT / "profiles" / "anxiety-five.yaml", practice, Order(DAY, DAY))
    pictures = [path.read_text("utf-8") for path in library.figures.glob("*.svg")]
    address = VIDEO.url.removeprefix("https://")
    values = (library.modules, library.practice, library.crisis, library.books, VIDEO, address, profile, plan)
    return {*strings_in((*values, pictures, layout.values.name or "", list(bodies.values())))}


@pytest.mark.parametrize("name", LAYOUTS)
def test_no_english_is_left_over(name: str, practice: Folders, monkeypatch: pytest.MonkeyPatch) -> None:
    """Texts, titles, alternative texts and what fields and links say: each is a translation, or content."""
    used: set[str] = set()
    section = Pages.section

    def noted(self: Pages, template: str, *rest: Any, **values: Any) -> Section:
        used.add(f"{template}.html.j2")
        return section(self, template, *rest, **values)

    monkeypatch.setattr(Pages, "section", noted)
    layout = read_layout(practice, name)
    pages = composed(practice, layout)
    _, profile, _ = plan_workbook(ROOT / "profiles" / "anxiety-five.yaml", practice, Order(DAY, DAY))
    content = content_of(practice, layout, profile)
    assert len(used) >= 13 and used <= layout.templates.keys()
    texts = [text for page in pages for text in (*texts_of(page.html), page.title) if text]
    assert len(texts) > 5000 and any("QR"[0].translate(TABLE) in text for text in texts)
    assert left_over(texts, content) == []


def test_a_forgotten_word_is_noticed() -> None:
    """The measure itself: an English word beside content, in a tooltip, in a title."""
    content = {"Sail across the bay", "Boats", "A"}
    html = '<p title="Row 1: Boats">Sail across the bay · page 3</p><h1>Boats</h1><p>A</p><p>A page</p><p>Βοατς</p>'
    assert left_over(texts_of(html), content) == ["Row 1: Boats", "Sail across the bay · page 3", "A page"]


def raw_words(source: str) -> list[str]:
    """Return the words that a template would print in any language: outside of gettext, in its HTML or expressions."""
    bare = re.sub(r"\{%-?\s*trans\b.*?endtrans\s*-?%\}", "", source, flags=re.S)
    bare = re.sub(r"\{#.*?#\}|\{\{.*?\}\}|\{%.*?%\}", "", bare, flags=re.S)
    found = [text for text in texts_of(bare) if re.search("[A-Za-z]", text)]
    environment = jinja2.Environment(extensions=["jinja2.ext.i18n"])
    for output in environment.parse(source).find_all(nodes.Output):
        found += [
            value for expression in output.nodes for value in _printed(expression) if re.search("[A-Za-z]", value)
        ]
    return [text for text in found if text not in FLAGS]


def _printed(expression: nodes.Node) -> Iterator[str]:
    """Give the constants that an expression may print as they stand."""
    if isinstance(expression, nodes.Const) and isinstance(expression.value, str):
        yield expression.value
    elif isinstance(expression, nodes.Or | nodes.And | nodes.CondExpr | nodes.Concat | nodes.Add):
        for kid in expression.iter_child_nodes():
            if not (isinstance(expression, nodes.CondExpr) and kid is expression.test):
                yield from _printed(kid)


@pytest.mark.parametrize("name", LAYOUTS)
def test_every_template_marks_its_words(name: str, practice: Folders) -> None:
    """All templates that a layout offers, also those that no test above composes."""
    templates = read_layout(practice, name).templates
    assert len(templates) >= 17
    assert {file: words for file, source in templates.items() if (words := raw_words(source))} == {}


def test_words_that_no_template_marks_are_noticed() -> None:
    """The measure itself."""
    source = '{{ _("Fine") }}{% trans n=1 %}Fine{% endtrans %}<p title="Bad">{{ x or "Worse" }} {{ y }} min</p>'
    assert raw_words(source) == ["Bad", "min", "Worse"]


def test_finished_book_holds_no_english(
    tiny_home: Path, typesetter: Typesetter, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What is written into the PDF itself: bookmarks, furniture, title, what links, fields and figures say."""
    monkeypatch.setattr(pipeline.stock, "find_words", lambda *_: WORDS)
    folders = find_folders(tiny_home)
    order = Order(DAY, DAY)
    built = build_workbook(tiny_home / "profile.yaml", folders, order, typesetter)
    plan, profile, library = plan_workbook(tiny_home / "profile.yaml", folders, order)
    layout = read_layout(folders, "restartt")
    bodies = list(parse_bodies(library, library.modules).values())
    drawn = [path.read_text("utf-8") for path in library.figures.glob("*.svg")]
    values = (library.modules, library.practice, library.crisis, library.books, profile, plan, bodies, drawn)
    content = {*strings_in((*values, layout.values.name or ""))}
    data = built.path.read_bytes()
    with pikepdf.open(BytesIO(data)) as pdf:
        marks = [title for _, title, _ in bookmarks(pdf)]
        tooltips = [link.tooltip for link in links(pdf)]
        names = [widget.tooltip for widget in widgets(pdf)]
        said = [str(e.Alt) for e in elements(pdf) if "/Alt" in e]
        title, author = str(pdf.trailer.Info.Title), str(pdf.trailer.Info.Author)
        xmp = re.findall(r"<dc:title>.*?>([^<>]+)</rdf:li>", pdf.Root.Metadata.read_bytes().decode())
    furniture = furniture_texts(data, foot=18 * MM, head=20 * MM)
    furniture = [re.sub(r"[2-9A-Z]{4}(-[2-9A-Z]{4}){2}", "", " ".join(text.split())) for text in furniture]
    assert title == into_greek("My workbook") and xmp == [title] and author == library.practice.name
    for texts in (marks, tooltips, names, said):
        assert texts and left_over(texts, content) == []
    assert all(title in text for text in furniture[1:])
    assert left_over(furniture, content | {word[:60] for word in content}) == []
