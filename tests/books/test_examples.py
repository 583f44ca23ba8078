"""The shipped examples as a client receives them: accessible, complete, in order, every link and number right."""

from __future__ import annotations

import re
from io import BytesIO

import page as page_validation
import pikepdf
from pdf_facts import (
    bookmarks,
    elements,
    font_names,
    furniture_texts,
    links,
    page_numbers,
    page_texts,
    spoken,
    widgets,
)
from support import EXAMPLES, ROOT, Book

from workbook_builder.layout import MM
from workbook_builder.profile import load_profile

UA1_RULES = 104
LEAST_PAGES = 25


def test_examples_are_there() -> None:
    """The tests below have examples to look at: the first is of a client in the US with five sessions."""
    assert len(EXAMPLES) >= 2
    assert all((ROOT / "profiles" / f"{name}.yaml").is_file() for name in EXAMPLES)
    first = load_profile(ROOT / "profiles" / f"{EXAMPLES[0]}.yaml")
    assert (first.client.country, first.program.sessions, first.program.setting) == ("US", 5, "eap")


def test_passes_pdf_ua(example: Book) -> None:
    """All rules of PDF/UA-1 are checked, and none fails."""
    report = page_validation.validate_pdf(str(example.path), profile="ua1")
    assert report.rules.total == UA1_RULES
    assert [(failure.rule_id, failure.message) for failure in report.failures] == []
    assert report.is_compliant


def test_has_enough_pages(example: Book) -> None:
    """A workbook has 25 pages or more, and as many as its sections."""
    with pikepdf.open(BytesIO(example.pdf)) as pdf:
        assert len(pdf.pages) == sum(fragment.pages for _, fragment in example.parts) >= LEAST_PAGES


def test_parts_stand_in_the_order_of_the_book(example: Book) -> None:
    """Cover, safety page, privacy, how to use it, letter, plan, contents, each gap with its modules, tracker, close."""
    expected = ["My workbook", "If you need help now", "Your book, your privacy", "How to use this book"]
    expected += ["A letter to begin with", "Your plan at a glance", "Contents"]
    for gap in (gap for gap in example.plan.gaps if gap.assignments):
        after = gap.number == "after"
        expected.append("After our last session" if after else f"Before session {int(gap.number) + 1}")
        expected += [assignment.title for assignment in gap.assignments]
    expected += ["How far along am I?", "Notes for our next session"]
    with pikepdf.open(BytesIO(example.pdf)) as pdf:
        marks = bookmarks(pdf)
    headings = [text for _, tag, text in spoken(example.pdf) if tag == "H1"]
    assert [title for _, title, _ in marks] == expected
    assert headings == expected
    numbers = [place.page for _, _, place in marks]
    assert numbers == sorted(numbers)
    assert numbers == list(example.first_pages.values())


def test_safety_page_is_page_2_and_its_numbers_come_again_at_the_end(example: Book) -> None:
    """Page 2 holds the crisis lines of the client's country, and so does the close."""
    texts = page_texts(example.pdf)
    crisis = example.library.crisis[example.profile.client.country]
    assert example.first_pages["page-safety"] == 2
    assert texts[1].find("If you need help now") >= 0
    for line in (crisis.emergency, *(line.call for line in crisis.lines if line.call)):
        assert line in texts[1]
        assert line in " ".join(texts[example.first_pages["page-close"] - 1 :])


def test_a_crisis_line_in_another_language_is_said_in_it(example: Book) -> None:
    """A line that is answered in Spanish alone says so in the tags, on the safety page and at the end."""
    lines = example.library.crisis[example.profile.client.country].lines
    others = [line.languages[0] for line in lines if "en" not in line.languages]
    with pikepdf.open(BytesIO(example.pdf)) as pdf:
        spans = [element for element in elements(pdf) if element.S == "/Span" and "/Lang" in element]
        pages = [page_numbers(pdf)[span.Pg.objgen] for span in spans]
        assert str(pdf.Root.Lang) == "en"
        assert [str(span.Lang) for span in spans] == others * 2
    assert pages == [2] * len(others) + [example.first_pages["page-close"]] * len(others)
    assert others or example.profile.client.country != "US", "the US have such a line"


def test_each_gap_has_what_its_opener_needs(example: Book) -> None:
    """What, why, how long, a check-in for each task, the if-then plan, the confidence line, and what got in the way."""
    texts = page_texts(example.pdf)
    with pikepdf.open(BytesIO(example.pdf)) as pdf:
        fields = widgets(pdf)
    openers = [gap for gap in example.plan.gaps if gap.assignments]
    assert openers
    for gap in openers:
        section = f"gap-{gap.number}"
        start, count = example.first_pages[section], dict(_lengths(example))[section]
        text = " ".join(texts[start - 1 : start - 1 + count])
        states = {name: sorted(f.state for f in fields if f.name == name) for name in {f.name for f in fields}}
        for assignment in gap.assignments:
            assert assignment.summary.rstrip(".") in text
            assert assignment.why in text
            assert states[f"{section}__{assignment.id}"] == ["done", "not-yet", "partly"]
        assert states[f"{section}__confidence"] == sorted(str(n) for n in range(11))
        assert {f"{section}__when", f"{section}__where", f"{section}__in-the-way"} <= states.keys()


def test_plan_and_contents_name_the_pages_where_titles_stand(example: Book) -> None:
    """Each entry's number is that of the page on which its title stands, for every section but the cover."""
    lines = spoken(example.pdf)
    heading_pages = {text: number for number, tag, text in lines if tag == "H1"}
    plan_page, contents, opener = (
        example.first_pages[name] for name in ("page-plan", "page-contents", _openers(example)[0])
    )
    on_contents = " ".join(text for number, _, text in lines if contents <= number < opener)
    on_plan = " ".join(text for number, _, text in lines if plan_page <= number < contents)
    titles = [section.title for section, _ in example.parts if section.title and section.id != "page-contents"]
    assert len(titles) > 10
    for title in titles:
        found = re.search(rf"{re.escape(title)} (\d+)", on_contents)
        assert found and int(found[1]) == heading_pages[title], title
    for module in example.plan.module_ids:
        title = example.library.modules[module].title
        found = re.search(rf"{re.escape(title)} [^·]* · page (\d+)", on_plan)
        assert found and int(found[1]) == heading_pages[title], title


def test_folios_and_running_headers_are_right_on_each_page(example: Book) -> None:
    """Each page but the cover shows its number and its section's title; the last shows the book number."""
    texts = furniture_texts(example.pdf, foot=18 * MM, head=20 * MM)
    titles = [section.title for section, fragment in example.parts for _ in range(fragment.pages)]
    assert len(texts) == len(titles)
    assert not titles[0] and all(titles[1:])
    for number, (text, title) in enumerate(zip(texts, titles, strict=True), start=1):
        if title:
            assert title[:20] in text and "My workbook" in text and "restartt" in text, number
            assert text.split()[-1] == str(number)
    number = "-".join(["[2-9A-Z]{4}"] * 3)
    assert re.search(number, texts[-1])
    assert not any(re.search(number, text) for text in page_texts(example.pdf)[:-1])


def test_links_inside_the_book_lead_to_the_section_that_they_name(example: Book) -> None:
    """Each internal link has its target's title as a tooltip, and leads to the page where that section starts."""
    with pikepdf.open(BytesIO(example.pdf)) as pdf:
        inner = [link for link in links(pdf) if link.name]
    titles = {section.id: section.title for section, _ in example.parts}
    assert len(inner) > 30
    for link in inner:
        assert not isinstance(link.target, str)
        assert link.target.page == example.first_pages[link.name], link
        assert link.tooltip == titles[link.name] or link.name in ("page-safety", "page-letter"), link


def test_links_to_the_outside_are_telephone_numbers_and_web_addresses(example: Book) -> None:
    """Nothing else leads out of the book, and each such link says where to."""
    with pikepdf.open(BytesIO(example.pdf)) as pdf:
        outer = [link for link in links(pdf) if isinstance(link.target, str)]
    assert outer
    for link in outer:
        assert str(link.target).startswith(("tel:", "https://"))
        assert link.tooltip


def test_fonts_are_embedded_once_for_each_face(example: Book) -> None:
    """Every font is a composite TrueType font with its own file and a map to Unicode; none is of type 3."""
    with pikepdf.open(BytesIO(example.pdf)) as pdf:
        names = font_names(pdf)
        assert {name.split()[0] for name in names} == {"Type0", "CIDFontType2"}
        files = [e.FontFile2.objgen for e in pdf.objects if isinstance(e, pikepdf.Dictionary) and "/FontFile2" in e]
        faces = {name.partition("+")[2] for name in names}
        assert len(set(files)) == len(faces) <= 4
        fonts = [e for e in pdf.objects if isinstance(e, pikepdf.Dictionary) and e.get("/Subtype") == "/Type0"]
        assert fonts and all("/ToUnicode" in font for font in fonts)


def test_metadata_holds_no_name_and_no_topic(example: Book) -> None:
    """Title, author, language and book number, in both places; nothing of the profile."""
    with pikepdf.open(BytesIO(example.pdf)) as pdf:
        info = {key: str(value) for key, value in pdf.trailer.Info.items()}
        xmp = pdf.Root.Metadata.read_bytes().decode()
        assert str(pdf.Root.Lang) == "en"
        assert pdf.Root.ViewerPreferences.DisplayDocTitle
    assert info == {
        "/Title": "My workbook", "/Author": "Restartt", "/Producer": "workbook_builder",
        "/CreationDate": "D:20261123000000Z",
    }  # fmt: skip
    for word in (example.profile.client.name or "", *example.profile.topics, example.profile.client.id):
        assert f">{word}<" not in xmp and word.lower() not in xmp.lower().replace("2026-11-23", "")


def test_furniture_is_no_part_of_what_is_spoken(example: Book) -> None:
    """Running headers and folios are artifacts: a screen reader says the book's title once, on the cover."""
    with pikepdf.open(BytesIO(example.pdf)) as pdf:
        contents = [page.obj.Contents for page in pdf.pages][1:]
        assert all(b"/Artifact <</Type /Pagination" in parts[len(parts) - 1].read_bytes() for parts in contents)
    texts = [(page, text) for page, _, text in spoken(example.pdf)]
    assert [page for page, text in texts if text == "My workbook"] == [1]
    assert [page for page, text in texts if text == "restartt"] == [1]


def _lengths(book: Book) -> list[tuple[str, int]]:
    return [(section.id, fragment.pages) for section, fragment in book.parts]


def _openers(book: Book) -> list[str]:
    return [section.id for section, _ in book.parts if section.id.startswith("gap-")]
