"""How pages look, as far as it can be measured: every module of the library, and whole books, in each edition."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace

import pytest
from page_looks import Box, PageLook, Text, look_at
from support import DAY, ROOT, Book

from workbook_builder.book import Fragment, Glyphs, Section
from workbook_builder.compose import compose_book, find_words, make_stylesheet
from workbook_builder.editions import MM, PAPERS, Edition
from workbook_builder.folders import Folders
from workbook_builder.furnish import make_sheet
from workbook_builder.pipeline import Order, parse_bodies, plan_workbook, read_layout
from workbook_builder.typeset import Typesetter
from workbook_builder.vocabulary import EDITIONS

LEAST_TYPE = {"standard": 12, "large-print": 18, "screen": 12}
"""pt, of everything that is read: body, labels, hints, cells, pictures, what is typed (quality.md, part 8)."""
LEAST_SMALL = {"standard": 9, "large-print": 18, "screen": 12}
"""pt, of captions, hints, minutes and the letters of pictures."""
LINE = {"standard": 8, "large-print": 12, "screen": 8}
"""mm for each line to write on."""
MOST_PAGES = {"standard": 2, "large-print": 4, "screen": 12}
THUMB = 10.1
"""mm: 44 CSS px of a phone that is 390 wide, on a page of 90 mm."""
FEW_LINES = 4
EDGE = 0.6
"""pt of rounding."""
COVER = "page-cover"
FOUR_TASKS = "anger-six"
"""A profile with four tasks in most of its gaps."""
ON_A4 = "sleep-worry-three"
"""A short book, for the other paper."""
FURNITURE = {"standard": 9, "large-print": 18, "screen": 10.5}
"""pt, of running header and folio; 10.5 pt of a page of 90 mm are 16 px on a phone."""
AT_ONCE = 3
"""Crisis lines, the emergency number included, that can be called from the first page of them on a phone."""
MANY_ANSWERS = 8
"""As many as this, with their question, are higher than a page of a phone."""
HALF_EMPTY = 0.45
"""How much of the type area a page before a section's last one holds at least, in large print."""

Parts = list[tuple[Section, Fragment]]


@dataclass(frozen=True)
class Looks:
    """The pages of many sections in one edition."""

    edition: Edition
    sections: Mapping[str, Section]
    pages: Mapping[str, list[PageLook]]
    faces: Mapping[str, tuple[Glyphs, ...]]

    def each(self) -> Iterator[tuple[str, int, PageLook]]:
        """Give each page but the cover's: section, number in the section, page."""
        for section, pages in self.pages.items():
            if section != COVER:
                for number, page in enumerate(pages, start=1):
                    yield section, number, page


def looks_of(parts: Parts, edition: Edition) -> Looks:
    """Take sections apart."""
    sections = {s.id: s for s, _ in parts}
    return Looks(
        edition,
        sections,
        {s.id: look_at(f.pdf) for s, f in parts},
        {s.id: f.glyphs for s, f in parts},
    )


def own_pages(
    name: str, edition: str, practice: Folders, typesetter: Typesetter, only: str = "", paper: str = "letter"
) -> Parts:
    """Return the sections of a shipped profile's book, those that name no page number; ``only``: whose id begins so."""
    plan, profile, library = plan_workbook(ROOT / "profiles" / f"{name}.yaml", practice, Order(DAY, DAY))
    layout = read_layout(practice, "restartt", edition)
    bodies, words = parse_bodies(library, plan.module_ids), find_words("en", "US")
    book = compose_book(plan, profile, library, layout, bodies, words, DAY)
    sections = [section for id_, section in book.fixed.items() if id_.startswith(only) and id_ != COVER]
    fragments = typesetter.typeset(sections, make_sheet(layout, make_stylesheet(layout, paper)))
    return [(replace(section, id=f"{name}-{section.id}"), fragments[section.id]) for section in sections]


@pytest.fixture(scope="module", params=EDITIONS)
def looks(request: pytest.FixtureRequest, practice: Folders, parts_in: Callable[[str], Parts],
          tiny_in: Callable[[str], Book], typesetter: Typesetter) -> Looks:  # fmt: skip
    """The library, the fixed pages of a small book, and the openers of one with four tasks, in each edition."""
    edition = read_layout(practice, "restartt", request.param).edition
    own = [(replace(s, id=f"tiny-{s.id}"), f) for s, f in tiny_in(request.param).parts if s.id != COVER]
    four = own_pages(FOUR_TASKS, request.param, practice, typesetter, only="gap-")
    return looks_of([*parts_in(request.param), *own, *four], edition)


def area(page: PageLook, edition: Edition) -> tuple[float, float, float, float]:
    """Return the type area: left, foot, right, head."""
    m = edition.margins
    return m.left * MM, m.bottom * MM, page.width - m.right * MM, page.height - m.top * MM


@pytest.mark.parametrize("looks", ["standard"], indirect=True)
def test_no_letter_is_too_small(looks: Looks) -> None:
    """Everything that stands on a page, pictures and what is typed included, by its size as it is shown."""
    assert too_small(looks) == set()
    assert sum(len(page.texts) for pages in looks.pages.values() for page in pages) > 5_000


def too_small(looks: Looks) -> set[tuple[str, int, float]]:
    """Return which letters are smaller than their edition allows: section, page, size."""
    least = LEAST_SMALL[looks.edition.name]
    return {
        (section, number, round(size, 1))
        for section, pages in looks.pages.items()
        for number, page in enumerate(pages, start=1)
        for size in [*(text.size for text in page.texts), *(box.size for box in page.fields if box.kind == "text")]
        if size < least - 0.05
    }


def test_what_is_typed_and_most_of_what_is_read_is_body_size(looks: Looks) -> None:
    """Fields have at least the size of the body, and most of the text has it too."""
    least = LEAST_TYPE[looks.edition.name] - 0.05
    typed = [box.size for _, _, page in looks.each() for box in page.fields if box.kind == "text"]
    assert len(typed) > 300 and min(typed) >= least
    read = [
        text.size >= least for _, _, page in looks.each() for text in page.texts if text.tag in ("P", "LBody", "TD")
    ]
    assert sum(read) > 0.85 * len(read) > 1000


def test_page_has_the_size_of_its_edition(looks: Looks) -> None:
    """Paper is paper; a screen page is as wide as a phone and taller than wide."""
    sizes = {(page.width, page.height) for _, _, page in looks.each()}
    assert len(sizes) == 1
    width, height = sizes.pop()
    if looks.edition.name == "screen":
        assert abs(width - 90 * MM) < 1 and 1.5 < height / width < 2.2
    else:
        assert (width, height) == (612, 792)


def test_nothing_leaves_the_type_area(looks: Looks) -> None:
    """Text begins, and fields end, inside the margins."""
    outside = []
    for section, number, page in looks.each():
        left, foot, right, head = area(page, looks.edition)
        for text in page.texts:
            if not (left - EDGE <= text.x <= right and foot - EDGE <= text.y <= head + EDGE):
                outside.append((section, number, text))
        for box in page.fields:
            x0, y0, x1, y1 = box.rect
            if x0 < left - EDGE or y0 < foot - EDGE or x1 > right + EDGE or y1 > head + EDGE:
                outside.append((section, number, box))
    assert outside == []


def test_fields_do_not_overlap(looks: Looks) -> None:
    """No field lies on another."""
    pairs = [
        (section, number, one.name, other.name)
        for section, number, page in looks.each()
        for n, one in enumerate(page.fields)
        for other in page.fields[:n]
        if one.overlaps(other)
    ]
    assert pairs == []


def test_no_heading_ends_a_page(looks: Looks) -> None:
    """What a heading announces stands below it."""
    assert [(s, n) for s, n, page in looks.each() if lowest(page).startswith("H") and n < len(looks.pages[s])] == []


def lowest(page: PageLook) -> str:
    """Return the tag of what stands lowest on a page; a field counts as *field*."""
    places = [(text.y, text.tag) for text in page.texts] + [(box.rect[1], "field") for box in page.fields]
    return min(places)[1]


def test_no_page_begins_with_a_field(looks: Looks) -> None:
    """A question and its field stand on one page: something is read before there is something to fill in."""
    assert [(s, n) for s, n, page in looks.each() if begins_with_field(page)] == []


def begins_with_field(page: PageLook) -> bool:
    """Whether a field to write into stands above all text."""
    fields = [box.rect[3] for box in page.fields if box.kind == "text"]
    return bool(fields) and max(fields) > max((text.y + text.size for text in page.texts), default=0.0)


def test_no_last_page_is_nearly_empty(looks: Looks) -> None:
    """A section's last page holds more than a few lines, unless the section is that short."""
    short = [(s, page.lines) for s, n, page in looks.each() if n > 1 and n == len(looks.pages[s]) and forgotten(page)]
    assert short == []


def forgotten(page: PageLook) -> bool:
    """Whether a page holds a few lines and nothing to fill in."""
    return page.lines < FEW_LINES


def test_lines_are_high_enough_to_write_on(looks: Looks) -> None:
    """Each field is as high as its lines need, and a line of one as high as a hand needs."""
    line = LINE[looks.edition.name] * MM - EDGE
    low, seen = [], 0
    for section, _, page in looks.each():
        lines = lines_of(looks.sections[section].html)
        for box in page.fields:
            if box.kind == "text":
                seen += 1
                if box.height < lines.get(box.name, 1) * line:
                    low.append((section, box.name, box.height / MM))
    assert low == [] and seen > 300


def lines_of(html: str) -> dict[str, int]:
    """Return how many lines each long field of a section's HTML has."""
    found = {}
    for tag in re.findall(r"<textarea\b[^>]*>", html):
        name, lines = re.search(r'name="([^"]+)"', tag), re.search(r"--lines: (\d+)", tag)
        assert name and lines
        found[name[1]] = int(lines[1])
    return found


def test_modules_are_short(looks: Looks) -> None:
    """Two pages, in large print four (quality.md, part 4)."""
    name = looks.edition.name
    long = {
        section: len(pages)
        for section, pages in looks.pages.items()
        if re.match("psy|wks|read|vid|jrn", section) and len(pages) > MOST_PAGES[name]
    }
    assert long == {}


def test_openers_fit_their_page(looks: Looks) -> None:
    """Four tasks with their check-ins and the plan stand on one page, in large print on two."""
    lengths = {s: len(pages) for s, pages in looks.pages.items() if s.startswith(FOUR_TASKS)}
    assert len(lengths) > 4
    assert max(lengths.values()) <= {"standard": 1, "large-print": 2, "screen": 5}[looks.edition.name]
    assert all(looks.sections[s].html.count('class="card ') > 1 for s in lengths)


def test_five_tasks_fit_the_page_of_a_gap(practice: Folders, typesetter: Typesetter) -> None:
    """An opener with one card more than the shipped profiles ask for still is one page, on both papers."""
    section, _ = own_pages(FOUR_TASKS, "standard", practice, typesetter, only="gap-")[0]
    cards = re.findall(r'<div class="card .*?</ul></div>', section.html, re.DOTALL)
    assert len(cards) == 4
    fifth = re.sub(r'name="([^"]+)"', r'name="\1-again"', max(cards, key=len)).replace('id="', 'id="again-')
    five = replace(section, html=section.html.replace(cards[-1], cards[-1] + fifth))
    layout = read_layout(practice, "restartt", "standard")
    for paper in PAPERS:
        fragment = typesetter.typeset([five], make_sheet(layout, make_stylesheet(layout, paper)))[five.id]
        assert fragment.pages == 1


def test_a_single_task_is_not_spread_over_days(practice: Folders, typesetter: Typesetter) -> None:
    """The lead of an opener fits the number of its tasks."""
    leads = {
        section.html.count('class="card '): "Spread them" in section.html
        for section, _ in own_pages("low-mood-six", "standard", practice, typesetter, only="gap-")[:-1]
    }
    assert leads[1] is False and leads[4] is leads[3] is True


@pytest.mark.parametrize("paper", PAPERS)
def test_name_and_number_of_a_crisis_line_stand_side_by_side(
    paper: str, practice: Folders, typesetter: Typesetter, library_parts: Parts
) -> None:
    """On every paper a number shares its base line with the name that it belongs to."""
    layout = read_layout(practice, "restartt", "standard")
    section = next(section for section, _ in library_parts if section.id == "page-safety")
    fragment = typesetter.typeset([section], make_sheet(layout, make_stylesheet(layout, paper)))[section.id]
    (page,) = look_at(fragment.pdf)
    left = layout.edition.margins.left * MM
    names = [text.y for text in page.texts if abs(text.x - left) < EDGE]
    numbers = [link for link in page.links if link.name.startswith("Call") or link.name[:1].isdigit()]
    middles = [(link.rect[1] + link.rect[3]) / 2 for link in numbers]
    assert len(numbers) > 4
    assert [y for y in middles if not any(0 < y - name < 6 for name in names)] == []


@pytest.mark.parametrize("looks", ["standard"], indirect=True)
def test_fields_of_a_row_are_level(looks: Looks) -> None:
    """What stands side by side in a table begins and ends at the same heights, whatever kinds of fields there are."""
    rows: dict[tuple[str, int, str], list[Box]] = {}
    for section, number, page in looks.each():
        for box in page.fields:
            if match := re.fullmatch(r"(.*__(?:r\d+c|s\d+))(?:g?\d+|helped)", box.name):
                rows.setdefault((section, number, match[1]), []).append(box)
    uneven = [
        place
        for place, boxes in rows.items()
        if any(abs(a - b) > EDGE for box in boxes for a, b in zip(box.rect[1::2], boxes[0].rect[1::2], strict=True))
    ]
    assert uneven == [] and len(rows) > 30


@pytest.mark.parametrize("looks", ["screen"], indirect=True)
def test_answers_to_a_task_stand_side_by_side(looks: Looks) -> None:
    """Done, partly, not yet: in one row, whatever the edition; and the two halves of a plan on one page."""
    checks: dict[tuple[str, str], set[tuple[int, int]]] = {}
    plans: dict[str, set[int]] = {}
    for section, number, page in looks.each():
        if section.startswith(FOUR_TASKS):
            for box in page.fields:
                if box.kind == "button" and "__confidence" not in box.name:
                    checks.setdefault((section, box.name), set()).add((number, round(box.rect[1])))
                elif box.name.endswith(("__when", "__where")):
                    plans.setdefault(section, set()).add(number)
    assert [name for name, rows in checks.items() if len(rows) > 1] == [] and len(checks) > 10
    assert [section for section, pages in plans.items() if len(pages) > 1] == [] and len(plans) > 4


def test_no_page_turns_within_a_row_or_a_question(looks: Looks) -> None:
    """The fields of one row of a table, and the answers to one question, stand on one page where one page holds them;
    in large print the third field of a row may go overleaf."""
    together = 2 if looks.edition.name == "large-print" else MANY_ANSWERS
    places: dict[tuple[str, str], list[int]] = {}
    for section, number, page in looks.each():
        for box in page.fields:
            whole = re.sub(r"(__r\d+)c\d+$", r"\1", box.name)
            if whole != box.name or box.kind == "button":
                places.setdefault((section, re.sub(r"__i?\d+$", "", whole)), []).append(number)
    parted = [
        (section, name)
        for (section, name), pages in places.items()
        if len(set(pages[: together if "__r" in name else None])) > 1
        and len(pages) < MANY_ANSWERS
        and not section.endswith(("page-plan", "page-contents"))
    ]
    assert parted == [] and len(places) > 60


def test_running_headers_can_be_read(looks: Looks) -> None:
    """Headers and folios are no smaller than the edition's readers can bear."""
    furniture = looks.edition.furniture
    assert min(furniture.size, furniture.folio_size) >= FURNITURE[looks.edition.name]


@pytest.mark.parametrize("looks", ["screen"], indirect=True)
def test_crisis_lines_can_be_called_at_once(looks: Looks) -> None:
    """On a phone the first page of crisis lines has most of them, and no page of them holds a few lines only."""
    pages = looks.pages["page-safety"]
    assert len([link for link in pages[0].links if link.height >= THUMB * MM - EDGE]) >= AT_ONCE
    assert len(pages) == 2


@pytest.mark.parametrize("looks", ["large-print"], indirect=True)
def test_no_page_is_left_half_empty(looks: Looks) -> None:
    """In large print a picture or an example that finds no room leaves no page half empty before it."""
    empty = [
        (section, number, round(used(page, looks.edition), 2))
        for section, number, page in looks.each()
        if number < len(looks.pages[section]) and used(page, looks.edition) < HALF_EMPTY
    ]
    assert empty == []


def used(page: PageLook, edition: Edition) -> float:
    """Return how much of a page's type area lies above what stands lowest."""
    _, foot, _, head = area(page, edition)
    low = min([text.y for text in page.texts] + [box.rect[1] for box in page.fields])
    return (head - low) / (head - foot)


@pytest.mark.parametrize("looks", ["large-print"], indirect=True)
def test_large_print_has_one_face(looks: Looks, tiny_in: Callable[[str], Book]) -> None:
    """No letters with serifs, in pictures and names neither (American Council of the Blind)."""
    faces = {glyphs.face for faces in looks.faces.values() for glyphs in faces}
    assert faces and not {face for face in faces if "Literata" in face}


@pytest.mark.parametrize("looks", ["screen"], indirect=True)
def test_no_space_stands_before_a_hint(looks: Looks) -> None:
    """A line that a question fills would break behind its first word (``question`` in fields.html.j2)."""
    assert [id_ for id_, section in looks.sections.items() if ' <span class="hint">' in section.html] == []
    assert sum('<span class="hint"> ' in section.html for section in looks.sections.values()) > 20


def test_large_print_on_a4(practice: Folders, typesetter: Typesetter) -> None:
    """One book on the other paper: its pages pass what the pages of the library on letter pass."""
    edition = read_layout(practice, "restartt", "large-print").edition
    book = looks_of(own_pages(ON_A4, "large-print", practice, typesetter, paper="a4"), edition)
    assert {(round(page.width), round(page.height)) for _, _, page in book.each()} == {(595, 842)}
    assert too_small(book) == set()
    for check in (
        test_nothing_leaves_the_type_area, test_fields_do_not_overlap,
        test_no_heading_ends_a_page, test_no_page_begins_with_a_field, test_no_last_page_is_nearly_empty,
        test_modules_are_short,
    ):  # fmt: skip
        check(book)


@pytest.mark.parametrize("looks", ["screen"], indirect=True)
def test_a_thumb_hits_what_is_on_a_screen(looks: Looks) -> None:
    """Fields, tick boxes and links that stand alone: 44 px of a phone; a link within a sentence may be lower."""
    least = THUMB * MM - EDGE
    small = [(s, n, b.name) for s, n, p in looks.each() for b in p.fields if min(b.width, b.height) < least]
    assert small == []
    lists = ("tiny-page-plan", "tiny-page-contents", "tiny-page-safety", "tiny-gap-1")
    low = [
        (s, b.name) for s, n, p in looks.each() if s in lists for b in p.links if b.height < least and not wraps(b, p)
    ]
    assert low == []


def wraps(link: Box, page: PageLook) -> bool:
    """Whether a link is one of several boxes of the same name."""
    return sum(other.name == link.name for other in page.links) > 1


def test_pictures_are_drawn_in_every_edition(looks: Looks) -> None:
    """No shipped picture has to be told in words: a narrow drawing stands in where the wide one is too small."""
    shipped = {s.id: s.html for s in looks.sections.values() if not s.id.startswith("tiny-")}
    assert len([id_ for id_, html in shipped.items() if 'class="figure"' in html]) >= 9
    assert [id_ for id_, html in shipped.items() if 'class="in-words"' in html] == []


def test_faults_are_seen() -> None:
    """The checks above notice a page that is wrong."""
    page = PageLook(400, 300)
    page.texts = [Text("P", 12, 40, 200), Text("H2", 14, 40, 60)]
    assert lowest(page) == "H2" and forgotten(page) and not begins_with_field(page)
    page.fields = [Box("a", "text", (40, 20, 300, 50), 12), Box("b", "text", (40, 45, 300, 90), 12)]
    assert lowest(page) == "field" and page.fields[0].overlaps(page.fields[1])
    page.fields.append(Box("c", "text", (40, 220, 300, 260), 12))
    assert begins_with_field(page)
    assert lines_of('<textarea style="--lines: 3" name="a__b" title="x">') == {"a__b": 3}
