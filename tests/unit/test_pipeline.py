"""One workbook from start to end: the order of the steps, and what stops them."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path

import pytest
from support import DAY, ROOT, copy_tiny, own_layout

from workbook_builder import pipeline
from workbook_builder.book import Fragment, Plan, Section
from workbook_builder.compose import Manuscript
from workbook_builder.errors import InputProblems, Refused
from workbook_builder.folders import Folders, find_folders
from workbook_builder.library import Library
from workbook_builder.pipeline import (
    Order,
    Stock,
    build_workbook,
    parse_bodies,
    plan_workbook,
    read_layout,
    read_library,
    typeset_book,
    warn,
)
from workbook_builder.plan import make_plan
from workbook_builder.profile import Profile, load_profile
from workbook_builder.typeset import Sheet, TypesetProblem, Typesetter

SHEET = Sheet("", ())


@pytest.fixture
def folders(tiny_home: Path) -> Folders:
    """The small practice."""
    return find_folders(tiny_home)


class FakeTypesetter:
    """Gives each section the length that a function says, and remembers what it was asked for."""

    def __init__(self, length: Callable[[Section], int]) -> None:
        self.length = length
        self.asked: list[list[str]] = []

    def typeset(
        self, sections: Iterable[Section], sheet: Sheet, progress: Callable[[int, int], None] = lambda done, of: None
    ) -> dict[str, Fragment]:
        """Return fragments without content."""
        wanted = list(sections)
        self.asked.append([section.id for section in wanted])
        progress(len(wanted), len(wanted))
        return {section.id: Fragment(section.html, b"", self.length(section)) for section in wanted}


def manuscript() -> Manuscript:
    """A cover, contents that name the pages of two chapters, and these."""

    def number(first_pages: Mapping[str, int]) -> tuple[Section, ...]:
        return (Section("contents", "Contents", f"{first_pages['one']} {first_pages['two']}"),)

    fixed = {name: Section(name, name, name) for name in ("cover", "one", "two")}
    return Manuscript(("cover", "contents", "one", "two"), fixed, number)


def book(typesetter: FakeTypesetter, told: list[tuple[int, int]] | None = None) -> dict[str, str]:
    """Typeset the manuscript; return each section's HTML in reading order."""
    told = [] if told is None else told
    parts = typeset_book(manuscript(), SHEET, typesetter, lambda done, of: told.append((done, of)))  # type: ignore[arg-type]
    return {section.id: section.html for section, _ in parts}


def test_numbers_are_set_last() -> None:
    """All fixed sections first, then the numbered ones; numbers count pages from 1, and progress is told once."""
    typesetter, told = FakeTypesetter(lambda section: {"one": 3}.get(section.id, 1)), list[tuple[int, int]]()
    assert book(typesetter, told) == {"cover": "cover", "contents": "3 6", "one": "one", "two": "two"}
    assert typesetter.asked == [["cover", "one", "two"], ["contents"]]
    assert told == [(3, 3)]


def test_numbers_are_set_again_when_their_own_pages_grow() -> None:
    """Contents of two pages move what follows, so they are set once more with the new numbers."""
    typesetter = FakeTypesetter(lambda section: {"contents": 2}.get(section.id, 1))
    assert book(typesetter)["contents"] == "4 5"
    assert typesetter.asked[1:] == [["contents"], ["contents"]]


def test_numbers_that_never_settle_come_to_an_end() -> None:
    """Contents whose length depends on the numbers in them do not keep the program going for ever."""
    typesetter = FakeTypesetter(lambda section: 1 + (section.html == "3 4") if section.id == "contents" else 1)
    assert set(book(typesetter)) == {"cover", "contents", "one", "two"}
    assert len(typesetter.asked) == 1 + pipeline.printing.MAX_NUMBERINGS


@pytest.mark.parametrize(
    ("section", "where"),
    [("page-cover", "client.name"), ("page-letter", "client.name, goals or letter"), ("psy-x", "psy-x")],
)
def test_typesetting_problems_are_told_to_whoever_wrote_the_input(section: str, where: str) -> None:
    """A problem on the client's own pages names the settings of the profile, any other the section."""
    typesetter = FakeTypesetter(lambda _: 1)

    def fail(*_: object) -> dict[str, Fragment]:
        raise TypesetProblem(section, "no font has the character U+4E2D", "中")

    typesetter.typeset = fail  # type: ignore[method-assign]
    with pytest.raises(InputProblems) as error:
        book(typesetter)
    (problem,) = error.value.problems
    assert str(problem) == f"{where}  no font has the character U+4E2D - leave the character out"


def test_layout_is_found_or_told(folders: Folders, tiny_home: Path) -> None:
    """The practice's own, then the shipped one; an unknown name lists both."""
    assert read_layout(folders, "restartt").values.name == "restartt"
    own_layout(tiny_home)
    assert read_layout(find_folders(tiny_home), "own").values.name == "restartt"
    with pytest.raises(InputProblems, match=r"layouts/x  there is no such layout - there are: own, plain, restartt"):
        read_layout(find_folders(tiny_home), "x")


def test_library_comes_from_both(folders: Folders) -> None:
    """Modules and crisis lines are the practice's own; the rules, which it lacks, are the shipped ones."""
    library = read_library(folders, "en")
    assert set(library.modules) == {"psy-tiny", "wks-tiny", "jrn-tiny", "read-tiny"}
    assert set(library.crisis) == {"US"}
    assert library.practice.name == "Harbour Practice"
    assert library.rules == read_library(find_folders(ROOT), "en").rules


def test_bodies_tell_all_that_is_wrong(folders: Folders, tiny_home: Path) -> None:
    """What is wrong in any module of the book, at once."""
    for name in ("psychoeducation/psy-tiny", "journals/jrn-tiny"):
        path = tiny_home / "content" / "en" / f"{name}.md"
        path.write_text(path.read_text(encoding="utf-8").replace("/// in-short", "/// in-shrt"), encoding="utf-8")
    library = read_library(folders, "en")
    with pytest.raises(InputProblems) as error:
        parse_bodies(library, library.modules)
    assert {Path(problem.path).name for problem in error.value.problems} == {"psy-tiny.md", "jrn-tiny.md"}
    assert set(parse_bodies(library, ["wks-tiny"])) == {"wks-tiny"}


def test_answers_are_looked_for_before_the_work(
    folders: Folders, tiny_home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A book that cannot be overwritten is told at once, and nothing is typeset."""
    from workbook_builder.errors import CannotWrite

    (tiny_home / "build").mkdir()
    (tiny_home / "build" / "tiny-2026.pdf").write_bytes(b"mine")
    typesetter = FakeTypesetter(lambda _: 1)
    with pytest.raises(CannotWrite):
        build_workbook(tiny_home / "profile.yaml", folders, Order(DAY, DAY), typesetter)  # type: ignore[arg-type]
    assert typesetter.asked == []


@pytest.mark.parametrize(
    ("old", "new", "place"),
    [("country: US", "country: BR", r"profile.yaml:3:\d+  client.country: .*has no lines for BR \(it has US\)"),
     ("cleared: true", "cleared: false", r"profile.yaml:5:\d+  clearance: "),
     ("name: Wren", "language: fi", r"client.language: there is no edition in \"fi\" \(there is: en\)")],
)  # fmt: skip
def test_refusals_have_a_reason(old: str, new: str, place: str, folders: Folders, tiny_home: Path) -> None:
    """No workbook without crisis lines, without clearance, or in a language that the client does not read."""
    path = tiny_home / "profile.yaml"
    path.write_text(path.read_text(encoding="utf-8").replace(old, new), encoding="utf-8")
    with pytest.raises(Refused, match=place):
        plan_workbook(path, folders, Order(DAY, DAY))


def test_other_problems_come_before_a_missing_clearance(folders: Folders, tiny_home: Path) -> None:
    """A profile that lacks its clearance and has another fault is wrong input, with both told."""
    path = tiny_home / "profile.yaml"
    text = path.read_text(encoding="utf-8").replace("topics: [anxiety]", "topics: [anxeity]")
    path.write_text(text.replace("clearance:", "clearance: {}\n# "), encoding="utf-8")
    with pytest.raises(InputProblems) as error:
        plan_workbook(path, folders, Order(DAY, DAY))
    assert {problem.where.partition(".")[0] for problem in error.value.problems} == {"clearance", "topics"}


@pytest.fixture(scope="module")
def checked(tmp_path_factory: pytest.TempPathFactory) -> tuple[Library, Profile]:
    """The small practice's library and profile; its crisis lines were checked on 2026-11-20."""
    home = copy_tiny(tmp_path_factory.mktemp("warn"))
    return read_library(find_folders(home), "en"), load_profile(home / "profile.yaml")


@pytest.mark.parametrize(("days", "told"), [(0, ""), (180, ""), (181, "181 days ago"), (1000, "1000 days ago")])
def test_old_crisis_lines_are_warned_about(days: int, told: str, checked: tuple[Library, Profile]) -> None:
    """After half a year they want checking again."""
    library, profile = checked
    notes = warn(library, profile, date(2026, 11, 20) + timedelta(days))
    assert told in " ".join(notes)
    assert bool(notes) == bool(told)


def test_unchecked_crisis_lines_are_warned_about(checked: tuple[Library, Profile]) -> None:
    """Lines that nobody of the practice has checked."""
    library, profile = checked
    unchecked = library.crisis["US"].model_copy(update={"checked": None})
    (note,) = warn(replace(library, crisis={"US": unchecked}), profile, DAY)
    assert "Nobody of the practice has checked" in note and "US" in note


def test_clients_with_the_same_answers_are_planned_once(folders: Folders, monkeypatch: pytest.MonkeyPatch) -> None:
    """Neither name nor goals nor days make a plan of their own, but a topic and a day of its own do."""
    profile = load_profile(ROOT / "profiles" / "anxiety-five.yaml")
    clearance = profile.clearance.model_copy(update={"by": "Somebody else", "date": date(2026, 11, 20)})
    other = profile.model_copy(
        update={
            "client": profile.client.model_copy(update={"id": "x-9", "name": "Ines", "country": "CA"}),
            "goals": ("Say no once a day",), "letter": None, "clearance": clearance, "fictional": False,
        }
    )  # fmt: skip
    planned = []

    def spy(answers: Profile, library: Library, today: date) -> Plan:
        planned.append(answers)
        return make_plan(answers, library, today)

    monkeypatch.setattr("workbook_builder.pipeline.stock.make_plan", spy)
    stock = Stock(folders)
    library = read_library(find_folders(ROOT), "en")
    one, two = (stock.plan(each, library, DAY) for each in (profile, other))
    assert (one.client, two.client) == (profile.client.id, "x-9") and one.gaps == two.gaps
    assert len(planned) == 1
    assert not any(word in repr(planned) for word in ("Ines", "Say no", *profile.goals))
    stock.plan(other.model_copy(update={"topics": ("anger",)}), library, DAY)
    stock.plan(other, library, DAY + timedelta(days=1))
    assert len(planned) == 3


def test_build_returns_what_the_therapist_needs(folders: Folders, tiny_home: Path, typesetter: Typesetter) -> None:
    """Where the file lies, how many pages it has, and the notes of the plan."""
    built = build_workbook(tiny_home / "profile.yaml", folders, Order(DAY, DAY), typesetter)
    assert built.path == tiny_home / "build" / "tiny-2026.pdf"
    assert built.path.is_file()
    assert built.pages > 10
    assert any("library" in note for note in built.notes)
