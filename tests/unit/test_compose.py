"""Sections as HTML: what stands on which page, in whose words, and nothing personal but on two of them."""

from __future__ import annotations

import re
from collections.abc import Callable, Hashable
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest
from support import DAY, copy_tiny, tiny_plan

from workbook_builder.book import Plan, Section
from workbook_builder.compose import Manuscript, compose_book, compose_sheet, find_words, make_stylesheet
from workbook_builder.compose.environment import MAX_PICTURE_BYTES, ModuleHtml, dial, link
from workbook_builder.compose.outline import outline
from workbook_builder.errors import InputProblems
from workbook_builder.folders import find_folders
from workbook_builder.layout import PAPERS, Layout
from workbook_builder.library import Library
from workbook_builder.pipeline import parse_bodies, read_library
from workbook_builder.profile import Profile, load_profile

HOSTILE = "{{ 7*7 }}{% raw %}<b>x</b> **y** [z](http://a.example) &amp; \"q\" 'r' <script>"
SHOWN = "{{ 7*7 }}{% raw %}&lt;b&gt;x&lt;/b&gt; **y** [z](http://a.example) &amp;amp; "
SHOWN += "&#34;q&#34; &#39;r&#39; &lt;script&gt;"


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The small practice."""
    return copy_tiny(tmp_path_factory.mktemp("compose"))


@pytest.fixture(scope="module")
def library(home: Path) -> Library:
    """Its library."""
    return read_library(find_folders(home), "en")


@pytest.fixture(scope="module")
def profile(home: Path) -> Profile:
    """Its profile."""
    return load_profile(home / "profile.yaml")


@pytest.fixture
def compose(library: Library, profile: Profile, layout: Layout) -> Callable[..., Manuscript]:
    """Return a function that composes the small book for a changed profile."""

    def composed(**client: object) -> Manuscript:
        changed = profile.model_copy(update=client)
        plan = tiny_plan(library)
        bodies = parse_bodies(library, plan.module_ids)
        return compose_book(plan, changed, library, layout, bodies, find_words("en", "US"), DAY)

    return composed


def text(section: Section) -> str:
    """A section's HTML without its tags."""
    return re.sub(r"\s+", " ", re.sub(r"<[^>]*>", " ", section.html))


def test_order_of_the_book(compose: Callable[..., Manuscript]) -> None:
    """The fixed pages, each gap with its modules, tracker and close; a gap without tasks has no opener."""
    book = compose()
    assert book.order == (
        "page-cover", "page-safety", "page-privacy", "page-how-to-use", "page-letter", "page-plan", "page-contents",
        "gap-1", "psy-tiny", "wks-tiny", "gap-after", "jrn-tiny", "read-tiny", "page-tracker", "page-close",
    )  # fmt: skip
    assert set(book.order) - set(book.fixed) == {"page-plan", "page-contents"}
    assert [section.id for section in book.number(dict.fromkeys(book.order, 1))] == ["page-plan", "page-contents"]
    assert all(f'id="{name}"' in section.html for name, section in book.fixed.items())


def test_composing_is_pure(compose: Callable[..., Manuscript]) -> None:
    """The same input gives the same sections."""
    one, other = compose(), compose()
    assert one.fixed == other.fixed
    pages = {name: number for number, name in enumerate(one.order, start=1)}
    assert one.number(pages) == other.number(pages)


def test_two_sections_alone_are_personal(compose: Callable[..., Manuscript], profile: Profile) -> None:
    """Cover and letter are marked as personal; no other holds a word of the client's or about one."""
    book = compose()
    assert {name for name, section in book.fixed.items() if section.personal} == {"page-cover", "page-letter"}
    assert profile.letter is not None and profile.client.name and profile.letter.note and profile.letter.from_
    words = (profile.client.name, *profile.goals, profile.letter.note, profile.letter.from_, profile.client.id)
    shared = [*(s for s in book.fixed.values() if not s.personal), *book.number(dict.fromkeys(book.order, 1))]
    assert len(shared) == 13
    assert not [(section.id, word) for section in shared for word in words if word in section.html]


def test_another_client_shares_all_other_sections(compose: Callable[..., Manuscript], profile: Profile) -> None:
    """A client with the same plan and as many goals gets the same sections, so the cache serves both."""
    other = profile.client.model_copy(update={"name": "Ida", "id": "ida-2026"})
    one, two = compose(), compose(client=other, goals=("Row.", "Rest."), letter=None)
    differing = {name for name in one.order if one.fixed.get(name) != two.fixed.get(name)}
    assert differing == {"page-cover", "page-letter"}


def test_cover_without_a_name_is_for_everybody(compose: Callable[..., Manuscript], profile: Profile) -> None:
    """It shows nothing of the client, and so it is shared; the letter never is."""
    book = compose(client=profile.client.model_copy(update={"name": None}))
    assert {name for name, section in book.fixed.items() if section.personal} == {"page-letter"}


def test_pages_composed_before(library: Library, profile: Profile, layout: Layout) -> None:
    """What was composed for another client is taken as it is, unless this book shows something else on it. Nothing with
    a client's own words is ever kept."""
    plan, words, known = tiny_plan(library), find_words("en", "US"), {}
    bodies = parse_bodies(library, plan.module_ids)
    pages = {"page-plan": 6, "page-contents": 7}

    def composed(plan: Plan, profile: Profile, known: dict[Hashable, Section] | None) -> dict[str, Section]:
        book = compose_book(plan, profile, library, layout, bodies, words, DAY, known)
        numbers = dict.fromkeys(book.order, 9) | pages
        return {**book.fixed, **{section.id: section for section in book.number(numbers)}}

    first = composed(plan, profile, known)
    shared = {name for name, section in first.items() if not section.personal}
    assert shared == set(first) - {"page-cover", "page-letter"}
    assert len(known) == len(shared) and not any(section.personal for section in known.values())
    other = profile.model_copy(update={"goals": ("Another goal.",) * len(profile.goals)})
    again = composed(plan, other, known)
    assert {name for name in first if again[name] is first[name]} == shared
    assert again["page-letter"] == composed(plan, other, None)["page-letter"] != first["page-letter"]
    program = profile.program.model_copy(update={"setting": "short-term", "sessions": 8})
    shorter = replace(plan, gaps=tuple(replace(gap, assignments=gap.assignments[:1]) for gap in plan.gaps))
    for changed in (
        (shorter, profile), (plan, profile.model_copy(update={"program": program})),
        (plan, profile.model_copy(update={"goals": ("One.", "Two.", "Three.")})),
    ):  # fmt: skip
        assert composed(*changed, known) == composed(*changed, None)
    pages["page-plan"] = 5
    assert composed(plan, profile, known) == composed(plan, profile, None)


@pytest.mark.parametrize("place", ["name", "goal", "note", "from"])
def test_profile_text_is_data(place: str, compose: Callable[..., Manuscript], profile: Profile) -> None:
    """Text that looks like a template, like HTML or like markdown is printed as it was written."""
    assert profile.letter is not None
    changes: dict[str, object] = {
        "name": {"client": profile.client.model_copy(update={"name": HOSTILE})},
        "goal": {"goals": (HOSTILE,)},
        "note": {"letter": profile.letter.model_copy(update={"note": HOSTILE})},
        "from": {"letter": profile.letter.model_copy(update={"from_": HOSTILE})},
    }[place]  # type: ignore[assignment]
    book = compose(**changes)
    assert SHOWN in book.fixed["page-letter"].html
    assert (SHOWN in book.fixed["page-cover"].html) == (place == "name")
    assert "49" not in book.fixed["page-letter"].html
    assert "<script" not in book.fixed["page-letter"].html


def test_nameless_letter_and_cover(compose: Callable[..., Manuscript], profile: Profile) -> None:
    """Without a name, a note, a signature or a next appointment the pages still read well."""
    book = compose(
        client=profile.client.model_copy(update={"name": None}), letter=None, fictional=False,
        program=profile.program.model_copy(update={"next": None}),
    )  # fmt: skip
    assert "Hello," in text(book.fixed["page-letter"]) and "your therapist" in text(book.fixed["page-letter"])
    assert "We meet again" not in text(book.fixed["page-letter"])
    assert "For" not in text(book.fixed["page-cover"]).replace("Made for you", "").split()
    assert "None" not in text(book.fixed["page-cover"]) + text(book.fixed["page-letter"])
    assert "example" not in text(book.fixed["page-cover"])


def test_cover_names_practice_month_and_name(compose: Callable[..., Manuscript]) -> None:
    """And says of a made-up client that it is one."""
    cover = text(compose().fixed["page-cover"])
    for word in ("restartt", "My workbook", "For Wren", "November 2026", "An example. The person in it is made up."):
        assert word in cover


def test_plain_cover(compose: Callable[..., Manuscript], profile: Profile) -> None:
    """With a flag that asks for it, the cover tells nothing to someone who finds the book."""
    flagged = profile.clearance.model_copy(update={"flags": ("abuse-at-home",), "override": "Talked over."})
    book = compose(clearance=flagged)
    cover = book.fixed["page-cover"]
    assert text(cover).split() == ["My", "workbook", "-", "Notes"]
    for word in ("restartt", "Wren", "Harbour", "example", "2026"):
        assert word not in text(cover)
    assert book.fixed["page-letter"] == compose().fixed["page-letter"]


def test_letter_has_goals_note_and_date(compose: Callable[..., Manuscript], profile: Profile) -> None:
    """In the client's and the therapist's own words."""
    letter = text(compose().fixed["page-letter"])
    for word in (
        "Dear Wren,",
        *profile.goals,
        "Small pages are on purpose.",
        "Tuesday, December 1, 2026",
        "M. Example",
    ):
        assert word in letter


def test_links_to_modules(compose: Callable[..., Manuscript]) -> None:
    """A link to a module of this book is a link with that module's title; to any other it is plain text."""
    html = compose().fixed["psy-tiny"].html
    assert '<a href="wb:wks-tiny#My%20own%20storm">My own storm</a>' in html
    assert "and not on A page that is not here." in html
    assert "wks-not-here" not in html
    assert '<a href="wb:page-safety#' in compose().fixed["jrn-tiny"].html


def test_opener_has_all_that_a_gap_needs(compose: Callable[..., Manuscript]) -> None:
    """For each task what, why, how long and a check-in; then the if-then plan, confidence, and what got in the way."""
    opener = compose().fixed["gap-1"]
    shown = text(opener)
    for word in ("Before session 2", "10 minutes", "Two boats", "What a boat can teach about worry", "4 min",
                 "My own storm", "Write down one storm and how you steered.", "A made-up reason to do it now.",
                 "done", "partly", "not yet", "7"):  # fmt: skip
        assert word in shown
    names = re.findall(r'<input type="radio" name="([^"]+)" value="([^"]+)"', opener.html)
    assert [value for name, value in names if name == "gap-1__wks-tiny"] == ["done", "partly", "not-yet"]
    assert [value for name, value in names if name == "gap-1__confidence"] == [str(n) for n in range(11)]
    for field in ("when", "where", "in-the-way"):
        assert f'name="gap-1__{field}"' in opener.html
    later = text(compose().fixed["gap-after"])
    assert "After our last session" in later and "if you have time" in later and "in our session" in later


def test_numbers_on_plan_and_contents(compose: Callable[..., Manuscript]) -> None:
    """Both name the first page of each section that they list; the contents list all but the cover."""
    book = compose()
    pages = {name: 10 * number for number, name in enumerate(book.order, start=1)}
    plan, contents = book.number(pages)
    for module, title in (("psy-tiny", "Two boats"), ("read-tiny", "A chapter on weather")):
        assert re.search(rf"{title} [^·]*· page {pages[module]} ", text(plan))
        assert re.search(rf"{title} {pages[module]} ", text(contents))
    targets = re.findall(r'href="wb:([a-z0-9-]+)#', contents.html)
    assert targets == [name for name in book.order if name not in ("page-cover", "page-contents")]
    assert "page-plan__psy-tiny" in plan.html


def test_tracker_has_a_row_for_each_session_left(compose: Callable[..., Manuscript], profile: Profile) -> None:
    """And one for a month later; the goals are numbers there, since their words stand in the letter alone."""
    tracker = text(compose().fixed["page-tracker"])
    assert re.findall(r"Session \d", tracker) == ["Session 2", "Session 3"]
    assert "A month later" in tracker and "Goal 2" in tracker and "Goal 3" not in tracker
    long = profile.program.model_copy(update={"sessions": 52, "completed": 0})
    assert len(re.findall(r"Session \d+ ", text(compose(program=long).fixed["page-tracker"]))) == 12
    over = profile.program.model_copy(update={"completed": 3})
    assert re.findall(r"Session \d", text(compose(program=over).fixed["page-tracker"])) == ["Session 3"]


def test_privacy_page_knows_the_program(compose: Callable[..., Manuscript], profile: Profile) -> None:
    """The practice's own paragraphs always, those on the assistance program for its clients alone."""
    assert "Your employer hears" in text(compose().fixed["page-privacy"])
    other = compose(program=profile.program.model_copy(update={"setting": "short-term"}))
    assert "Your employer hears" not in text(other.fixed["page-privacy"])
    assert "seven years" in text(other.fixed["page-privacy"])


def test_safety_page_has_every_line(compose: Callable[..., Manuscript]) -> None:
    """Numbers can be dialled, and the practice's own stands below them; the close has them again."""
    for name in ("page-safety", "page-close"):
        html = compose().fixed[name].html
        for address in ("tel:911", "tel:5550100", "https://lifeline.example", "tel:5550100199"):
            assert f'href="{address}"' in html
        assert "HELLO to 55501" in html


def test_sheet(library: Library, layout: Layout) -> None:
    """Modules alone point to the emergency number; with a country the safety page stands behind them."""
    modules = [library.modules[name] for name in ("jrn-tiny", "psy-tiny")]
    bodies = parse_bodies(library, library.modules)
    alone = compose_sheet(modules, library, layout, bodies, find_words("en"), DAY)
    assert [section.id for section in alone] == ["jrn-tiny", "psy-tiny"]
    assert "call your local emergency number" in text(alone[0])
    assert "wb:page-safety" not in alone[0].html
    assert "My own storm" in alone[1].html and "wb:wks-tiny" not in alone[1].html
    safe = compose_sheet(modules, library, layout, bodies, find_words("en", "US"), DAY, "US")
    assert [section.id for section in safe] == ["jrn-tiny", "psy-tiny", "page-safety"]
    assert "wb:page-safety" in safe[0].html


@pytest.fixture
def finish(library: Library, layout: Layout, tmp_path: Path) -> Callable[[str], str]:
    """Return a function that finishes a module's HTML, with pictures of the test's own folder."""
    figures = tmp_path / "figures"
    figures.mkdir()
    return ModuleHtml({"wks-tiny": "Mine & yours"}, figures, layout)


def test_drawings_take_the_layouts_colours(finish: Callable[[str], str], tmp_path: Path, layout: Layout) -> None:
    """A drawing gets the page's own description, and nothing in it can run or load."""
    svg = """<?xml version="1.0"?><!DOCTYPE svg><!-- c --><svg viewBox="0 0 9 9" role="img"><title>Old</title>
        <desc>Old</desc><script>x()</script><style>@import url(http://a.example)</style><image href="http://a.example/x.png"/>
        <use href="file:///etc/passwd"/><a href="http://a.example"><text>t</text></a>
        <rect fill="var(--brand)" stroke="var(--no-such)"/></svg>"""
    (tmp_path / "figures" / "x.svg").write_text(svg, encoding="utf-8")
    html = finish('<p><img alt="Two &lt;boats&gt;" src="figures/x.svg" /></p>')
    assert html.startswith("<svg") and html.count("role=") == 1
    assert "<title>Two &lt;boats&gt;</title>" in html and "Old" not in html
    assert f'fill="{layout.colour("brand")}"' in html and f'stroke="{layout.colour("ink")}"' in html
    for word in ("script", "import", "image", "use ", "href", "http"):
        assert word not in html


@pytest.mark.parametrize(
    "source", ["figures/none.svg", "figures/../../x.svg", "/etc/hostname", "figures/x.gif", "figures"]
)
def test_pictures_stay_in_their_folder(source: str, finish: Callable[[str], str], tmp_path: Path) -> None:
    """What is not a picture in the folder is refused by its name."""
    (tmp_path / "x.svg").write_text("<svg/>", encoding="utf-8")
    (tmp_path / "figures" / "x.gif").write_bytes(b"GIF89a")
    with pytest.raises(InputProblems, match="no such picture"):
        finish(f'<img alt="x" src="{source}" />')


def test_links_out_of_the_folder_and_large_pictures_are_refused(finish: Callable[[str], str], tmp_path: Path) -> None:
    """A link to elsewhere is not followed; a picture of many megabytes is told."""
    (tmp_path / "x.png").write_bytes(b"x")
    (tmp_path / "figures" / "link.png").symlink_to(tmp_path / "x.png")
    with pytest.raises(InputProblems, match="no such picture"):
        finish('<img alt="x" src="figures/link.png" />')
    (tmp_path / "figures" / "large.png").write_bytes(b"x" * (MAX_PICTURE_BYTES + 1))
    with pytest.raises(InputProblems, match="larger than 2000 kB"):
        finish('<img alt="x" src="figures/large.png" />')


def test_pictures_come_as_data(finish: Callable[[str], str], tmp_path: Path) -> None:
    """A photograph is part of the section, so that its fragment's key knows it."""
    (tmp_path / "figures" / "x.png").write_bytes(b"png")
    assert finish('<img alt="A &quot;dot&quot;" src="figures/x.png" />') == (
        '<img class="figure" src="data:image/png;base64,cG5n" alt="A &#34;dot&#34;">'
    )


def test_telephone_numbers_and_links() -> None:
    """What a telephone dials; a link's title is escaped in both places."""
    assert dial("+1 (555) 010-0199 ext #2*") == "+15550100199#2*"
    assert link("psy-x", "A <b> & #1") == '<a href="wb:psy-x#A%20%3Cb%3E%20%26%20%231">A &lt;b&gt; &amp; #1</a>'


@pytest.mark.parametrize(
    ("country", "day", "month"),
    [("US", "Tuesday, December 1, 2026", "December 2026"), ("GB", "Tuesday 1 December 2026", "December 2026"),
     ("ZZ", "Tuesday, December 1, 2026", "December 2026"), ("", "Tuesday, December 1, 2026", "December 2026")],
)  # fmt: skip
def test_dates_are_written_as_in_the_country(country: str, day: str, month: str) -> None:
    """Also for a country that nobody knows."""
    words = find_words("en", country)
    assert words.day(date(2026, 12, 1)).replace(", 1", " 1") in (day, day.replace(", 1", " 1"))
    assert words.month(date(2026, 12, 1)) == month


def test_numbers_and_words_agree() -> None:
    """One minute, two minutes."""
    words = find_words("en")
    assert [words.count("%(count)s minute", "%(count)s minutes", n) for n in (1, 2)] == ["1 minute", "2 minutes"]


def test_stylesheet_has_the_brand_and_the_page(layout: Layout) -> None:
    """Colours as custom properties, the paper's size and margins, then the layout's own CSS."""
    for paper, (width, height) in PAPERS.items():
        css = make_stylesheet(layout, paper)
        assert f"--brand:{layout.colour('brand')}" in css
        assert f"@page{{size:{width}pt {height}pt;margin:25mm 21mm 21mm 21mm}}" in css
        assert css.endswith(layout.css)


TEMPLATES = {
    "{{ no_such }}": "cover.html.j2:1:1  the template cannot be filled in: 'no_such' is undefined",
    "a\n{% if %}": "cover.html.j2:2:1  the template cannot be read",
    "{% extends 'nothing.html.j2' %}": "nothing.html.j2  the layout lacks this template",
    "\n\n{{ {}[name] }}": "cover.html.j2:3:1  the template cannot be filled in: UndefinedError",
    "{{ ''.__class__.__mro__ }}": "cover.html.j2:1:1  the template cannot be filled in: SecurityError",
}


@pytest.mark.parametrize("template", TEMPLATES)
def test_faults_of_a_template_are_told_with_their_line(
    template: str, library: Library, profile: Profile, layout: Layout
) -> None:
    """A practice's own template that is wrong, or asks for what is not its own, is a problem of the input."""
    own = replace(layout, templates={**layout.templates, "cover.html.j2": template})
    plan = tiny_plan(library)
    bodies = parse_bodies(library, plan.module_ids)
    with pytest.raises(InputProblems) as error:
        compose_book(plan, profile, library, own, bodies, find_words("en", "US"), DAY)
    assert str(error.value).startswith(TEMPLATES[template])
    assert "Wren" not in str(error.value)


def test_outlined_pictures_have_no_areas() -> None:
    """Areas become white with a line, also in a group; words on dark become dark; ink and lines stay."""
    drawing = (
        '<svg><rect fill="var(--brand)"/><rect fill="var(--tint)" stroke="var(--brand)"/>'
        '<g fill="var(--sun)"><rect/></g>'
        '<path fill="none" stroke="var(--sun)"/><path fill="var(--ink)"/>'
        '<g font-size="9" fill="var(--brand)"><text fill="var(--paper)">B</text></g>'
        '<g fill="var(--paper)" text-anchor="middle"><text>C</text></g></svg>'
    )
    line = 'fill="var(--paper)" stroke="var(--field-line)" stroke-width="1.5"'
    assert outline(drawing) == (
        f'<svg><rect {line}/><rect fill="var(--paper)" stroke="var(--brand)"/><g {line}><rect/></g>'
        '<path fill="none" stroke="var(--sun)"/><path fill="var(--ink)"/>'
        '<g font-size="9" fill="var(--brand)"><text fill="var(--ink)">B</text></g>'
        '<g fill="var(--ink)" text-anchor="middle"><text>C</text></g></svg>'
    )
