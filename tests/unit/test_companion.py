"""The therapist's companion as text: the whole plan with its reasons, questions for each session, no name."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from html import unescape
from pathlib import Path

import pytest
from support import DAY, ROOT

from workbook_builder.book import Gap, Plan, Section
from workbook_builder.compose import compose_companion, find_words
from workbook_builder.layout import Layout
from workbook_builder.library import Library, Module, load_library
from workbook_builder.library.rules import CompanionRules
from workbook_builder.plan import make_plan
from workbook_builder.profile import Profile, load_profile

CASES = ROOT / "tests" / "cases" / "therapist"
SHIPPED = sorted((ROOT / "profiles").glob("*.yaml"))
OVERRIDE = CASES / "low-mood-six-suicidal-thoughts" / "in" / "profile.yaml"
MAINTENANCE = CASES / "self-worth-twelve-maintenance" / "in" / "profile.yaml"
PARTLY = CASES / "perfectionism-six" / "in" / "profile.yaml"
UNTICKED = CASES / "grief-six-unticked" / "in" / "profile.yaml"
SHORT = ROOT / "profiles" / "anxiety-three.yaml"
NUMBER = "2222-3333-4444"
Compose = Callable[..., Sequence[Section]]


@pytest.fixture(scope="module")
def library() -> Library:
    """The shipped library."""
    return load_library(ROOT / "content", None)


@pytest.fixture(scope="module")
def talk(library: Library) -> CompanionRules:
    """The shipped questions."""
    assert library.rules.companion is not None
    return library.rules.companion


@pytest.fixture
def compose(library: Library, talk: CompanionRules, layout: Layout) -> Compose:
    """Return a function that composes a companion from a profile, and a plan where one is given."""

    def composed(profile: Profile, plan: Plan | None = None, books: Library = library) -> Sequence[Section]:
        plan = plan or make_plan(profile, books, DAY)
        return compose_companion(plan, profile, books, talk, layout, find_words("en", "US"), DAY, NUMBER)

    return composed


def text(*sections: Section) -> str:
    """What sections say, without tags, with single spaces."""
    html = " ".join(section.html for section in sections)
    return " ".join(unescape(re.sub(r"<title>.*?</title>|<[^>]*>", " ", html)).split())


def folded(sentence: str) -> str:
    """A sentence with single spaces."""
    return " ".join(sentence.split())


def meetings(sessions: Section) -> dict[str, str]:
    """The text of each session, by its heading."""
    parts = re.split(r'<div class="meeting"', sessions.html)[1:]
    return {text(Section("", "", found[1])): text(Section("", "", f"<div {part}")) for part in parts
            if (found := re.search(r"<h2>(.*?)</h2>", part))}  # fmt: skip


def changed(profile: Profile, part: str, **values: object) -> Profile:
    """A profile with some settings of one part changed."""
    return profile.model_copy(update={part: getattr(profile, part).model_copy(update=values)})


@pytest.mark.parametrize("path", [*SHIPPED, OVERRIDE, MAINTENANCE, PARTLY, UNTICKED], ids=lambda path: str(path)[-40:])
def test_says_all_that_the_plan_says(path: Path, compose: Compose, library: Library) -> None:
    """Each task with time, reasons and caution; every rule and id of what was left out; notes, ticks, sources."""
    profile = load_profile(path)
    plan = make_plan(profile, library, DAY)
    first, sessions, background = compose(profile)
    one, two, three = text(first), text(sessions), text(background)
    assert plan.left_out and any(gap.assignments for gap in plan.gaps)
    for assignment in (a for gap in plan.gaps for a in gap.assignments):
        module = library.modules[assignment.id]
        assert assignment.title in one and f"{assignment.title} {assignment.id}" in two
        assert all(folded(reason.text) in two for reason in assignment.reasons)
        assert folded(module.caution) in two
        assert f"{assignment.minutes} min" in two or assignment.in_session or assignment.optional
        assert f"{module.title} {'; '.join(module.sources)} {module.source_check}" in three
    for out in plan.left_out:
        assert re.search(rf"\b{out.rule}\b", three) and folded(out.text) in three
        assert re.search(rf"\b{out.id}\b", three)
    assert all(folded(note) in one for note in plan.notes)
    for waiting in plan.needs_review:
        assert f"{library.modules[waiting.id].title} {waiting.caution or 'none is noted; read the page'}" in one
        assert f"- {waiting.id}" in one
    assert all(f"{gap.minutes} of {gap.budget}" in one for gap in plan.gaps)
    assert plan.client in one and NUMBER in one and profile.clearance.by in one


def test_all_of_it_is_personal_and_composing_is_pure(compose: Compose) -> None:
    """No part is ever kept in a cache, and the same input gives the same sections."""
    profile = load_profile(OVERRIDE)
    sections = compose(profile)
    assert len(sections) == 3
    assert all(section.personal and section.title and section.id.startswith("page-companion") for section in sections)
    assert sections == compose(profile)


def test_marked_in_words_in_each_part(compose: Compose) -> None:
    """The bar and the running header are passed over by a screen reader, so each part says it in its text as well."""
    for section in compose(load_profile(SHORT)):
        assert "For the therapist" in text(section)
    assert "Not for the client. Confidential." in text(compose(load_profile(SHORT))[0])


def test_clearance_with_flags_and_override(compose: Compose) -> None:
    """Who answered, when, for which flags, and why a book was made all the same."""
    profile = load_profile(OVERRIDE)
    first = text(compose(profile)[0])
    assert profile.clearance.override and profile.clearance.flags
    assert f"given by {profile.clearance.by} on Saturday, November 21, 2026" in first
    assert f"Flags: {', '.join(profile.clearance.flags)}." in first
    assert f"Override: {profile.clearance.override}" in first
    assert "No flags." in text(compose(load_profile(SHORT))[0])
    assert "Override" not in text(compose(load_profile(SHORT))[0])


def test_holds_no_name_and_no_goal(compose: Compose) -> None:
    """The client's own words stay in the client's book: the id is enough."""
    profile = load_profile(ROOT / "profiles" / "anxiety-five.yaml")
    assert profile.client.name and profile.letter and profile.letter.note
    said = text(*compose(profile))
    for words in (profile.client.name, *profile.goals, profile.letter.note[:30], profile.letter.from_ or "-"):
        assert words not in said


def test_profile_text_is_escaped(compose: Compose) -> None:
    """An override is data: never a tag, never a template."""
    hostile = "{{ 7*7 }}<b>x</b>"
    profile = changed(load_profile(OVERRIDE), "clearance", override=hostile)
    html = compose(profile)[0].html
    assert "{{ 7*7 }}&lt;b&gt;x&lt;/b&gt;" in html and hostile not in html


def test_each_session_opens_with_the_task_that_was_due(
    compose: Compose, talk: CompanionRules, library: Library
) -> None:
    """Session k asks about the first sheet given for the time before it, and then gives the next."""
    profile = load_profile(SHORT)
    plan = make_plan(profile, library, DAY)
    found = meetings(compose(profile)[1])
    assert list(found) == ["Giving the book", "Session 2", "Session 3", "If you meet again"]
    log, beliefs = talk.modules["wks-abc-log"], talk.modules["wks-identify-beliefs"]
    assert next(a.id for a in plan.gaps[0].assignments if a.kind == "worksheet") == "wks-abc-log"
    assert str(log.opening) in found["Session 2"] and str(log.not_done) in found["Session 2"]
    assert str(log.watch) in found["Session 2"]
    assert str(beliefs.opening) in found["Session 3"]
    assert "Give for the time until session 3" in found["Session 2"]
    assert "Give for the time after the last session" in found["Session 3"]
    assert talk.after.opening in found["If you meet again"] and talk.after.not_done in found["If you meet again"]
    assert talk.last_homework["none-yet"] in found["Giving the book"]
    for title in ("Session 2", "Session 3"):
        due = plan.gaps[0 if title == "Session 2" else 1]
        assert f"Due: {' · '.join(a.title for a in due.assignments)}" in found[title]
        assert "If it was not done" in found[title]


def test_first_session_when_none_was_held(compose: Compose) -> None:
    """A book made before the first session is given in it."""
    found = meetings(compose(changed(load_profile(SHORT), "program", completed=0))[1])
    assert list(found)[:2] == ["Session 1", "Session 2"]


def test_module_without_questions_takes_those_of_its_kind(
    compose: Compose, talk: CompanionRules, library: Library
) -> None:
    """A module that a practice added is asked about as its kind is."""
    profile = load_profile(SHORT)
    plan = make_plan(profile, library, DAY)
    reading = next(m for m in library.modules.values() if m.kind == "reading" and m.id not in talk.modules)
    task = plan.gaps[0].assignments[0]
    task = type(task)(reading.id, "reading", reading.title, "", 20, (), "")
    other = Plan(plan.client, (Gap(1, 30, (task,)), *plan.gaps[1:]), plan.left_out)
    assert talk.kinds["reading"].opening in meetings(compose(profile, other)[1])["Session 2"]


def test_partly_done_work_with_an_obstacle(compose: Compose, talk: CompanionRules, library: Library) -> None:
    """The log's outcome, the obstacle's own question, its advice, and the sheet that is done together."""
    profile = load_profile(PARTLY)
    assert profile.homework.obstacle == "ego-anxiety" and profile.homework.history == "partly"
    found = meetings(compose(profile)[1])
    first = found["Giving the book"]
    assert "Due: My ABC log (partly)" in first
    assert talk.last_homework["partly"] in first
    assert talk.obstacles["ego-anxiety"] in first
    assert library.rules.obstacles["ego-anxiety"].advice in first
    assert "in our session" in first and str(talk.modules["wks-what-got-in-the-way"].watch) in first
    assert talk.obstacles["ego-anxiety"] in found["Session 3"]
    assert talk.obstacles["ego-anxiety"] not in found["Session 4"]


def test_missed_work_without_a_log(compose: Compose, talk: CompanionRules) -> None:
    """The last homework is named by its outcome alone, and every obstacle has a question."""
    profile = changed(load_profile(SHORT), "homework", history="missed", obstacle=None)
    first = meetings(compose(profile)[1])["Giving the book"]
    assert "The last homework: missed" in first and talk.last_homework["missed"] in first
    for obstacle, question in talk.obstacles.items():
        profile = changed(load_profile(SHORT), "homework", history="missed", obstacle=obstacle)
        assert question in meetings(compose(profile)[1])["Giving the book"]


@pytest.mark.parametrize("history", ["none-yet", "done", "partly", "missed"])
def test_what_is_known_is_not_asked_as_if_it_were_new(compose: Compose, talk: CompanionRules, history: str) -> None:
    """When the book is given, how the homework went is known: one question, and one about what got in the way."""
    short = load_profile(SHORT)
    first = meetings(compose(changed(short, "homework", history=history, obstacle=None))[1])["Giving the book"]
    assert talk.last_homework[history] in first
    assert "If it was not done" not in first and "About what got in the way" not in first
    assert sum(question in first for question in talk.last_homework.values()) == 1
    named = meetings(compose(changed(short, "homework", history=history, obstacle="doubts"))[1])["Giving the book"]
    assert "About what got in the way" in named and talk.obstacles["doubts"] in named
    assert "If it was not done" not in named


def test_no_session_left(compose: Compose, library: Library) -> None:
    """Only the time after the last session is given, and only a talk after it is foreseen."""
    profile = changed(load_profile(SHORT), "program", completed=3)
    plan = make_plan(profile, library, DAY)
    assert [gap.number for gap in plan.gaps] == ["after"]
    found = meetings(compose(profile)[1])
    assert list(found) == ["Giving the book", "If you meet again"]
    assert "Give for the time after the last session" in found["Giving the book"]


def test_a_gap_without_tasks(compose: Compose, talk: CompanionRules, library: Library) -> None:
    """Nothing is due and nothing is given, and the page says so instead of showing an empty table."""
    profile = load_profile(SHORT)
    plan = make_plan(profile, library, DAY)
    empty = Plan(
        plan.client, (plan.gaps[0], Gap(2, 30, ()), plan.gaps[2]), plan.left_out, plan.needs_review, plan.notes
    )
    first, sessions, _ = compose(profile, empty)
    found = meetings(sessions)
    assert "Nothing new to give." in found["Session 2"] and "nothing new" in text(first)
    assert "Nothing new was given." in found["Session 3"] and talk.last_homework["done"] in found["Session 3"]


def test_which_modules_are_signed(compose: Compose, library: Library) -> None:
    """All, some or none: each case is said on the first page and before the sources."""
    profile = load_profile(SHORT)
    plan = make_plan(profile, library, DAY)
    count = len(plan.module_ids)

    def signed(*ids: str) -> Library:
        modules: dict[str, Module] = {
            id_: module.model_copy(update={"status": "reviewed"}) if id_ in ids else module
            for id_, module in library.modules.items()
        }
        return Library(**{**vars(library), "modules": modules})

    first, _, background = compose(profile)
    assert f"No clinician has signed any of the {count} modules" in text(first)
    assert "No clinician has signed any module" in text(background)
    first, _, background = compose(profile, books=signed(*plan.module_ids))
    assert "A clinician has signed every module" in text(first) and "A clinician has signed every" in text(background)
    first, _, background = compose(profile, books=signed(*plan.module_ids[1:]))
    assert f"1 of the {count} modules in this workbook is signed by no clinician" in text(first)
    unsigned = f"Signed by no clinician, so read them before you give them: {library.modules[plan.module_ids[0]].title}"
    assert unsigned in text(background)


def test_where_the_work_leads(compose: Compose, talk: CompanionRules) -> None:
    """The healthy counterpart of the profile's feeling; without a feeling, no line."""
    profile = load_profile(SHORT)
    first = text(compose(profile.model_copy(update={"feeling": "guilt"}))[0])
    assert talk.feelings["guilt"] in first
    assert "Feeling" not in text(compose(profile.model_copy(update={"feeling": None}))[0])


def test_questions_ask_for_beliefs_and_blame_nobody(talk: CompanionRules) -> None:
    """Each question that opens a talk about work not done is a question, and none scolds or waves it through."""
    blunt = re.compile(
        r"\b(fail(ed)? to|excuses?|lazy|why didn't|why did you not|no worries|it's fine|resistan\w+)\b", re.I
    )
    asked = [*talk.last_homework.values(), *talk.obstacles.values(), talk.after.opening, talk.after.not_done]
    asked += [text for one in talk.kinds.values() for text in (one.opening, one.not_done)]
    asked += [text for one in talk.modules.values() for text in (one.opening, one.not_done) if text]
    assert len(asked) > 80
    assert [question for question in asked if "?" not in question] == []
    assert [question for question in asked if blunt.search(question)] == []
    missed = [*talk.obstacles.values(), talk.last_homework["missed"], *(one.not_done for one in talk.kinds.values())]
    belief = re.compile(
        r"tell(ing)? (me|yourself)|told yourself|went through your mind|goes through your mind|believe", re.I
    )
    assert [question for question in missed if not belief.search(question)] == []
