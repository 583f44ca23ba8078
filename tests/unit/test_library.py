"""A practice's content: modules, tables, and all that can be wrong with them at once."""

from __future__ import annotations

import datetime
import pickle
import re
from pathlib import Path

import pytest

from workbook_builder.errors import InputProblems
from workbook_builder.library import (
    FOLDERS,
    Library,
    VideoLink,
    digest,
    fresh_link,
    library_schema,
    load_library,
    load_module,
)
from workbook_builder.profile import read_profile, unknown_modules

CONTENT = Path(__file__).parents[2] / "content"
EXAMPLES = sorted((Path(__file__).parents[2] / "profiles").glob("*.yaml"))
TODAY = datetime.date(2026, 11, 23)
MODULE = """\
---
id: {id}
kind: worksheet
title: A sheet
summary: One line.
main_message: One sentence.
call_to_action: Try it once.
topics: [general]
phase: disputing
minutes: 10
frequency: [weekly]
sources: [Made up]
source_check: U
---

Body of the sheet.
"""
LINES = 'US: {emergency: "911", lines: [{name: Line, call: "988", languages: [en]}]}\n'


@pytest.fixture
def content(tmp_path: Path) -> Path:
    """A library of one module and one country; the rest comes from the shipped one."""
    folder = tmp_path / "content"
    (folder / "en" / "worksheets").mkdir(parents=True)
    (folder / "crisis-lines.yaml").write_text(LINES, encoding="utf-8")
    write(folder, "wks-one")
    return folder


def write(content: Path, id_: str, folder: str = "worksheets", text: str = MODULE) -> Path:
    """Write a module and return its file."""
    path = content / "en" / folder / f"{id_}.md"
    path.parent.mkdir(exist_ok=True)
    path.write_text(text.format(id=id_), encoding="utf-8")
    return path


def told(content: Path) -> list[str]:
    """Return code and text of all that is wrong, with paths below the content folder."""
    with pytest.raises(InputProblems) as error:
        load_library(content, CONTENT)
    return [f"{p.code} {p}".replace(f"{content}/", "").replace(str(content), ".") for p in error.value.problems]


@pytest.fixture(scope="module")
def shipped() -> Library:
    """The library that ships with the program."""
    return load_library(CONTENT, None)


def test_cautions_speak_to_the_therapist(shipped: Library) -> None:
    """What waits for a tick says what to weigh, in words for the one who gives the page and not for its author."""
    cautions = {id_: module.caution for id_, module in shipped.modules.items()}
    assert [id_ for id_, module in shipped.modules.items() if module.review and not module.caution] == []
    to_authors = re.compile(
        r"\bslot\b|on the page|wording|layout|must not turn|therapist|needs a tick|structured lines", re.I
    )
    assert [(id_, text) for id_, text in cautions.items() if to_authors.search(text)] == []


def test_shipped_library_is_complete(shipped: Library) -> None:
    """All modules of the catalogue, crisis lines for seven countries, rules, and no video links or phone number."""
    assert len(shipped.modules) == 90
    assert list(shipped.modules) == sorted(shipped.modules)
    assert list(shipped.crisis) == ["AU", "CA", "ES", "GB", "IE", "MX", "US"]
    assert {slot for slot, links in shipped.videos.items() if not links} == {
        id_ for id_, module in shipped.modules.items() if module.kind == "video"
    }
    assert (shipped.practice.name, shipped.practice.phone) == ("Restartt", None)
    assert (shipped.practice.clearance_days, shipped.practice.crisis_days) == (14, 180)
    assert shipped.figures == CONTENT / "figures"


def test_nobody_of_a_practice_has_checked_the_shipped_lines(shipped: Library) -> None:
    """Shipped crisis lines want checking, and each country has an emergency number and somebody to call."""
    for country in shipped.crisis.values():
        assert country.checked is None
        assert country.needs_check(TODAY, 180)
        assert any(line.call for line in country.lines)


def test_shipped_chapters_are_for_the_practice_to_fill(shipped: Library) -> None:
    """The three books are there with their authors, and no chapter or page was made up."""
    assert set(shipped.books) == {"anxiety", "stubbornly-refuse", "anger"}
    assert not any(edition.chapters for editions in shipped.books.values() for edition in editions)
    assert "Tafrate" in str(shipped.books["anger"][0].authors)


def test_examples_name_modules_of_the_shipped_library(shipped: Library) -> None:
    """Every module that an example profile names is there."""
    for path in EXAMPLES:
        assert not unknown_modules(read_profile(path), shipped.modules.keys())


def test_module_has_front_matter_and_body(content: Path) -> None:
    """A module knows its settings, its text, and where the text starts."""
    module = load_library(content, CONTENT).modules["wks-one"]
    assert (module.title, module.minutes, module.requires, module.review) == ("A sheet", 10, (), False)
    assert (module.body, module.body_line, module.language) == ("\nBody of the sheet.\n", 15, "en")
    assert module.path == str(content / "en/worksheets/wks-one.md")


def test_tables_come_from_the_practice_first(content: Path) -> None:
    """A table of the practice stands in place of the shipped one, and only of that one."""
    (content / "practice.yaml").write_text("name: Harbor Street\nclearance_days: 7\n", encoding="utf-8")
    (content / "figures").mkdir()
    library = load_library(content, CONTENT)
    assert (library.practice.name, library.practice.clearance_days, library.practice.crisis_days) == (
        "Harbor Street",
        7,
        180,
    )
    assert library.figures == content / "figures"
    assert set(library.books) == {"anxiety", "stubbornly-refuse", "anger"}
    assert list(library.crisis) == ["US"]


def test_tables_have_defaults_without_shipped_ones(content: Path) -> None:
    """Rules are needed from somewhere; the other tables may be missing."""
    (content / "selection.yaml").write_bytes((CONTENT / "selection.yaml").read_bytes())
    library = load_library(content, None)
    assert (library.books, library.videos, library.practice.phone) == ({}, {}, None)
    assert library.figures == content / "figures"


def test_all_files_are_told_at_once(content: Path) -> None:
    """Problems of modules and tables come together, sorted by place."""
    write(content, "wks-two", text=MODULE.replace("minutes: 10", "minutes: long"))
    write(content, "wks-three", "journals")
    write(content, "wks-one", "psychoeducation", MODULE.replace("worksheet", "psychoeducation"))
    (content / "practice.yaml").write_text("nam: x\n", encoding="utf-8")
    (content / "videos.yaml").write_text("vid-one: []\n", encoding="utf-8")
    (content / "books.yaml").write_text(
        "anger:\n  - {language: en, edition: X, chapters: {wks-oen: {pages: '1'}}}\n", encoding="utf-8"
    )
    (content / "crisis-lines.yaml").unlink()
    assert told(content) == [
        "WB124 .  crisis-lines.yaml is missing; no workbook is made without it",
        'WB125 books.yaml:2:43  there is no module "wks-oen" in the library - did you mean "wks-one"?',
        "WB121 en/journals/wks-three.md:3:1  kind: a worksheet belongs into the folder worksheets,"
        " and this is journals",
        'WB122 en/worksheets/wks-one.md  the library has a module "wks-one" already, in en/psychoeducation/wks-one.md',
        'WB101 en/worksheets/wks-two.md:10:1  minutes: must be 1-120 (you wrote "long")',
        "WB101 practice.yaml:1:1  name: is required",
        'WB106 practice.yaml:1:1  nam: there is no such setting - did you mean "name"?',
        'WB125 videos.yaml:1:1  there is no module "vid-one" in the library',
    ]


def test_language_without_modules(content: Path) -> None:
    """A language that the library does not have is one clear problem."""
    with pytest.raises(InputProblems, match='no folder "es" with modules'):
        load_library(content, CONTENT, "es")


def test_missing_content_folder(tmp_path: Path) -> None:
    """A content folder that is not there is told, and nothing is taken for it."""
    assert [line.split()[0] for line in told(tmp_path / "none")] == ["WB124", "WB124"]


def test_hidden_files_are_passed_over(content: Path) -> None:
    """What editors and systems leave behind is no module."""
    write(content, ".#wks-one", text="half")
    write(content, "wks-x", ".trash")
    (content / "en/worksheets/wks-one.md~").write_text("half", encoding="utf-8")
    assert list(load_library(content, CONTENT).modules) == ["wks-one"]


def test_links_that_lead_out_are_refused(content: Path) -> None:
    """Links out of the content folder, links to nowhere and links to folders are told; a link inside is fine."""
    outside = content.parent / "outside.md"
    outside.write_text(MODULE.format(id="wks-out"), encoding="utf-8")
    (content / "en/worksheets/wks-out.md").symlink_to(outside)
    (content / "en/worksheets/wks-nowhere.md").symlink_to(content / "nothing.md")
    (content / "en/journals").symlink_to(content / "en/worksheets")
    (content / "crisis-lines.yaml").rename(content.parent / "lines.yaml")
    (content / "crisis-lines.yaml").symlink_to(content.parent / "lines.yaml")
    assert [line.split(" - ")[0] for line in told(content)] == [
        "WB124 .  crisis-lines.yaml is missing; no workbook is made without it",
        "WB123 crisis-lines.yaml  this link leads out of the content folder, or nowhere",
        "WB123 en/journals  this is a link to a folder, and such links are not followed",
        "WB123 en/worksheets/wks-nowhere.md  this link leads out of the content folder, or nowhere",
        "WB123 en/worksheets/wks-out.md  this link leads out of the content folder, or nowhere",
    ]


def test_link_inside_the_content_folder_is_read(content: Path) -> None:
    """A link that stays inside is read like a file."""
    write(content, "wks-two").rename(content / "draft.md")
    (content / "en/worksheets/wks-two.md").symlink_to(content / "draft.md")
    assert list(load_library(content, CONTENT).modules) == ["wks-one", "wks-two"]


def test_large_module_is_refused(content: Path) -> None:
    """A module has 64 kB at most."""
    write(content, "wks-two", text=MODULE + "x" * 64_000)
    assert told(content) == ["WB108 en/worksheets/wks-two.md  this file is larger than 64 kB"]


def test_signature_holds_until_the_module_is_edited(content: Path) -> None:
    """A signed module is reviewed; an edit of text or settings makes it a draft again, one of a comment does not."""
    draft = load_module(write(content, "wks-one"), "en")[0]
    assert draft is not None
    seal = digest(draft, draft.body)
    signature = f"status: reviewed\nreviewed: {{by: Dr. Example, date: 2026-11-20, digest: {seal}}}\n---\n\nBody"
    signed = MODULE.replace("---\n\nBody", signature.replace("{", "{{").replace("}", "}}"))
    for text, status in (
        (signed, "reviewed"),
        (signed.replace("minutes: 10", "minutes: 10  # about"), "reviewed"),
        (signed.replace("Body of", "Text of"), "draft"),
        (signed.replace("minutes: 10", "minutes: 11"), "draft"),
        (signed.replace("topics:", "caution: Take care.\ntopics:"), "draft"),
    ):
        module, problems = load_module(write(content, "wks-one", text=text), "en")
        assert not problems
        assert module is not None
        assert module.status == status
        assert module.reviewed is not None


def test_lines_want_checking_after_a_while(content: Path) -> None:
    """A check counts for the days the practice says, and one in the future does not count."""
    for days, wanted in ((-1, True), (0, False), (180, False), (181, True)):
        text = LINES.replace("{emergency", "{checked: 2026-01-10, emergency")
        (content / "crisis-lines.yaml").write_text(text, encoding="utf-8")
        lines = load_library(content, CONTENT).crisis["US"]
        assert lines.needs_check(datetime.date(2026, 1, 10) + datetime.timedelta(days), 180) is wanted


def link(**changes: object) -> VideoLink:
    """Return a link of 2026-11-01, in English, 6 minutes long."""
    film = {"title": "T", "speaker": "S", "channel": "C", "captions": "true", "watched_by": "t-1"}
    usual = {"url": "https://example.org/a", "language": "en", "minutes": "6", "checked": "2026-11-01"}
    return VideoLink.model_validate({**film, **usual, **changes})


def test_first_fresh_link_is_taken() -> None:
    """The first link in the client's language that is short and fresh enough is taken, or none."""
    spanish, old, long, later, good = (
        link(language="es"),
        link(checked="2026-01-01"),
        link(minutes="10"),
        link(checked="2027-01-01"),
        link(url="https://example.org/b"),
    )
    assert fresh_link((spanish, old, long, later, good), "en", TODAY, max_minutes=9) is good
    assert fresh_link((spanish, old, long, later), "en", TODAY, max_minutes=9) is None
    assert fresh_link((), "en", TODAY, max_minutes=9) is None


def test_library_can_be_sent_to_a_worker(shipped: Library) -> None:
    """A library survives pickling, as it is handed to the workers of a batch."""
    assert pickle.loads(pickle.dumps(shipped)) == shipped


@pytest.mark.parametrize("name", ["module", "selection", "practice", "crisis-lines", "books", "videos"])
def test_schemas(name: str) -> None:
    """Each file of a library has a JSON Schema that names its draft."""
    schema = library_schema(name)
    assert schema["$schema"].endswith("2020-12/schema")
    assert {"properties", "additionalProperties", "patternProperties", "propertyNames"} & schema.keys()


def test_schema_of_anything_else() -> None:
    """There is no schema for what is no file of a library."""
    with pytest.raises(KeyError):
        library_schema("menu")


def test_each_kind_has_its_folder(shipped: Library) -> None:
    """Every kind has a folder of its own, and every module lies in it."""
    assert len(set(FOLDERS.values())) == 5
    assert all(Path(module.path).parent.name == FOLDERS[module.kind] for module in shipped.modules.values())
