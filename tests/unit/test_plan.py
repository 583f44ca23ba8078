"""Plans: what an REBT therapist would give to whom and when, and what the program refuses."""

from __future__ import annotations

import datetime
import json
from dataclasses import replace
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest

from workbook_builder.book import Gap, Plan
from workbook_builder.library import Library, Module, VideoLink, load_library
from workbook_builder.plan import check_clearance, check_orders, make_plan, plan_to_json
from workbook_builder.profile import Profile, read_profile

ROOT = Path(__file__).parents[2]
CASES = ROOT / "tests" / "cases" / "plans"
EXAMPLES = sorted((ROOT / "profiles").glob("*.yaml"))
TODAY = datetime.date(2026, 11, 23)
PROFILES = {
    **{path.parents[1].name: path for path in sorted(CASES.glob("*/in/profile.yaml"))},
    **{f"shipped-{path.stem}": path for path in EXAMPLES},
}
FINDING, QUESTIONING = "wks-identify-beliefs", "wks-dispute-three-ways"


@pytest.fixture(scope="module")
def library() -> Library:
    """The library that ships with the program."""
    return load_library(ROOT / "content", None)


def profile(*topics: str, sessions: int, completed: int = 0, frequency: str = "weekly", **groups: Any) -> Profile:
    """Return a made-up profile; ``groups`` are further settings."""
    values = {
        "fictional": True,
        "client": {"id": "made-up", "country": "US"},
        "program": {
            "sessions": sessions,
            "completed": completed,
            "frequency": frequency,
            **groups.pop("program", {}),
        },
        "clearance": {"by": "therapist-1", "date": TODAY, "cleared": True, **groups.pop("clearance", {})},
        "topics": topics,
        "goals": ["Made up."],
        **groups,
    }
    return Profile.model_validate(values)


def gap(plan: Plan, number: int | str) -> Gap:
    """Return one gap of a plan."""
    return next(g for g in plan.gaps if g.number == number)


def ids(found: Gap, optional: bool = False) -> list[str]:
    """Return the modules of a gap in reading order, those for which there may be no time only when asked."""
    return [a.id for a in found.assignments if optional or not a.optional]


def where(plan: Plan, module: str) -> int:
    """Return in which gap of the plan a module stands, counted from 0."""
    return next(n for n, g in enumerate(plan.gaps) if module in ids(g, optional=True))


def left_out(plan: Plan) -> dict[str, str]:
    """Return the rule by which each module was left out."""
    return {out.id: out.rule for out in plan.left_out}


def rules_of(plan: Plan, module: str) -> list[str]:
    """Return the rules by which a module was chosen."""
    return [r.rule for g in plan.gaps for a in g.assignments if a.id == module for r in a.reasons]


# ---------------------------------------------------------------------------------------------------- whole plans


@pytest.mark.parametrize("name", PROFILES)
def test_golden(name: str, library: Library, update_golden: bool) -> None:
    """Each fictional client's plan is word for word the one that was read and approved."""
    loaded = read_profile(PROFILES[name])
    assert loaded.profile is not None, loaded.problems
    assert check_orders(loaded, library) == []
    told = json.dumps(plan_to_json(make_plan(loaded.profile, library, TODAY)), ensure_ascii=False, indent=1) + "\n"
    golden = CASES / name / "golden" / "plan.json"
    if update_golden:
        golden.parent.mkdir(parents=True, exist_ok=True)
        golden.write_text(told, encoding="utf-8")
    assert told == golden.read_text(encoding="utf-8")


def test_there_are_goldens() -> None:
    """The loop above has found its cases, and no golden plan is left without one."""
    assert len(PROFILES) >= 12
    assert len(EXAMPLES) >= 2
    assert {path.parents[1].name for path in CASES.glob("*/golden/plan.json")} == set(PROFILES)


def test_json_has_the_agreed_form(library: Library) -> None:
    """The JSON has the agreed keys in the agreed order, whole minutes, and 150 percent after the last session."""
    plan = make_plan(profile("anxiety", sessions=3, program={"minutes": 45}), library, TODAY)
    told = plan_to_json(plan)
    assert list(told) == ["client", "gaps", "left_out", "needs_review", "notes"]
    assert [(g["gap"], g["budget"]) for g in told["gaps"]] == [(1, 45), (2, 45), ("after", 67)]
    assert list(told["gaps"][0]) == ["gap", "budget", "minutes", "assignments"]
    first = told["gaps"][0]["assignments"][0]
    assert list(first) == ["id", "kind", "minutes", "in_session", "optional", "reasons"]
    assert list(first["reasons"][0]) == ["rule", "text"]
    assert list(told["left_out"][0]) == ["id", "rule", "text"]
    assert list(told["needs_review"][0]) == ["id", "caution"]
    assert json.loads(json.dumps(told)) == told


# ------------------------------------------------------------------------------------------------------ the start


def test_anxiety_in_five_weekly_sessions(library: Library) -> None:
    """The commonest workbook comes out as a therapist would make it by hand."""
    plan = make_plan(profile("anxiety", sessions=5, modules={"reviewed": ["wks-step-ladder"]}), library, TODAY)
    assert ids(gap(plan, 1)) == ["psy-why-homework", "psy-abc", "wks-abc-log"]
    assert ids(gap(plan, 2)) == ["psy-anxiety-concern", FINDING]
    assert QUESTIONING in ids(gap(plan, 3))
    assert {"wks-even-if", "wks-coping-cards"} <= set(ids(gap(plan, 4)))
    assert ids(gap(plan, "after")) == ["wks-step-ladder", "wks-staying-well"]
    assert 10 <= len(plan.module_ids) <= 14


@pytest.mark.parametrize(("sessions", "fewest", "most"), [(3, 6, 9), (6, 11, 15), (8, 15, 18)])
def test_length_of_the_workbook(library: Library, sessions: int, fewest: int, most: int) -> None:
    """Three weekly sessions hold 6-8 modules or few more, six 11-14, eight 15-18."""
    for topic in ("anxiety", "self-worth", "work-stress"):
        plan = make_plan(profile(topic, sessions=sessions), library, TODAY)
        counted = [a for g in plan.gaps for a in g.assignments if not a.optional]
        assert fewest <= len(counted) <= most, (topic, sessions)


@pytest.mark.parametrize("sessions", [4, 5, 6, 8])
@pytest.mark.parametrize("topic", ["anxiety", "self-worth", "work-stress", "procrastination"])
def test_essentials_come_early_for_clients_of_an_eap(library: Library, topic: str, sessions: int) -> None:
    """A first disputing sheet stands in the gap after session 3 at the latest, the cards there or in the next."""
    settings = {"program": {"setting": "eap"}, "modules": {"reviewed": "all"}}
    plan = make_plan(profile(topic, sessions=sessions, **settings), library, TODAY)
    question = next(e.id for e in library.rules.topics[topic].question or library.rules.every_topic.question)
    assert where(plan, "psy-abc") == 0
    assert where(plan, question) <= 2
    assert where(plan, "wks-coping-cards") <= 3
    assert ids(plan.gaps[-1])[-1] == "wks-staying-well"


def test_three_sessions_stay_short(library: Library) -> None:
    """Social anxiety in three sessions holds eight modules, and a note says what the path would hold besides."""
    plan = make_plan(profile("social-anxiety", sessions=3, modules={"reviewed": "all"}), library, TODAY)
    assert 6 <= sum(len(ids(g)) for g in plan.gaps) <= 8
    assert any("wks-big-i-little-i" in note and "3 sessions" in note for note in plan.notes)
    enough = make_plan(profile("anxiety", sessions=8, modules={"reviewed": "all"}), library, TODAY)
    assert not any("more than 8 sessions" in note for note in enough.notes)


@pytest.mark.parametrize("minutes", [15, 20, 22, 25, 30])
def test_page_of_the_second_topic_comes_with_its_sheet(library: Library, minutes: int) -> None:
    """With few minutes a second topic has neither, rather than a page with nothing to do after it."""
    settings = {"program": {"minutes": minutes}, "modules": {"reviewed": "all"}}
    plan = make_plan(profile("anger", "procrastination", sessions=6, **settings), library, TODAY)
    counted = [id_ for g in plan.gaps for id_ in ids(g)]
    sheets = {"wks-i-can-stand-it", "wks-ten-minute-start"}
    assert "psy-procrastination" not in counted or sheets & set(counted)


def test_reasons_name_the_line_of_the_profile_and_what_competed(library: Library) -> None:
    """A choice names the setting with its value, and what it came before where there was no room for both."""
    found = profile("anger", "anxiety", sessions=6, program={"minutes": 20}, modules={"reviewed": "all"})
    plan = make_plan(found, library, TODAY)
    texts = {a.id: " ".join(r.text for r in a.reasons) for g in plan.gaps for a in g.assignments}
    assert "main topic: anger (profile, topics)" in texts["psy-anger"]
    assert any("it came before" in text for text in texts.values())


def test_start_only_at_the_start(library: Library) -> None:
    """The reason for homework comes up to the first session held, and the ABCs whenever they are not done."""
    early = make_plan(profile("anxiety", sessions=5, completed=1), library, TODAY)
    late = make_plan(profile("anxiety", sessions=5, completed=2), library, TODAY)
    assert ids(early.gaps[0])[:2] == ["psy-why-homework", "psy-abc"]
    assert left_out(late)["psy-why-homework"] == "not-needed-yet"
    assert "psy-abc" in ids(late.gaps[0])


def test_resentment_gets_no_lecture(library: Library) -> None:
    """Somebody who resents homework is not told what homework is good for."""
    plan = make_plan(profile("anger", sessions=5, homework={"obstacle": "anger-resentment"}), library, TODAY)
    assert left_out(plan)["psy-why-homework"] == "not-needed-yet"


def test_what_rebt_is_only_for_doubts(library: Library) -> None:
    """The page on what REBT is comes with doubts only, and with them the sorting sheet in short programs as well."""
    without = make_plan(profile("anxiety", sessions=4), library, TODAY)
    doubting = make_plan(profile("anxiety", sessions=4, homework={"obstacle": "doubts"}), library, TODAY)
    assert left_out(without)["psy-what-is-rebt"] == "not-needed-yet"
    assert left_out(without)["wks-rational-vs-irrational"] == "not-needed-yet"
    assert "doubts" in rules_of(doubting, "psy-what-is-rebt")
    assert "wks-rational-vs-irrational" in doubting.module_ids


@pytest.mark.parametrize(("sessions", "comes"), [(5, False), (6, True), (8, True)])
def test_goals_and_setbacks_from_six_sessions(library: Library, sessions: int, comes: bool) -> None:
    """Goals at the start, setbacks before the staying-well plan, the sorting sheet: from six sessions on."""
    plan = make_plan(profile("anxiety", sessions=sessions), library, TODAY)
    for module in ("wks-goals", "psy-setbacks", "wks-rational-vs-irrational"):
        assert (module in plan.module_ids) == comes, module
    if comes:
        assert ids(plan.gaps[0])[0] == "wks-goals"
        assert plan.module_ids.index("psy-setbacks") < plan.module_ids.index("wks-staying-well")


def test_low_mood_begins_with_a_small_step(library: Library) -> None:
    """With low mood something small to do stands in the first gap."""
    plan = make_plan(profile("low-mood", sessions=3, modules={"reviewed": "all"}), library, TODAY)
    assert "wks-small-steps" in ids(plan.gaps[0])
    assert rules_of(plan, "wks-small-steps") == ["early"]


# ------------------------------------------------------------------------------------------------- topic and path


TOPIC_PAGES = {
    "anxiety": "psy-anxiety-concern",
    "social-anxiety": "psy-social-anxiety",
    "health-worry": "psy-health-worry",
    "sleep-worry": "psy-sleep-worry",
    "anger": "psy-anger",
    "low-mood": "psy-low-mood",
    "guilt-shame": "psy-guilt-shame",
    "self-worth": "psy-self-acceptance",
    "perfectionism": "psy-perfectionism",
    "procrastination": "psy-procrastination",
    "work-stress": "psy-two-problems",
    "relationship-conflict": "psy-two-problems",
    "grief-adjustment": "psy-loss-and-change",
}
# Beside the page: what each topic's path holds when every caution is weighed, in six weekly sessions.
TOPIC_SHEETS = {
    "anxiety": ["wks-identify-beliefs", "wks-dispute-three-ways", "wks-even-if", "wks-coping-cards", "wks-step-ladder"],
    "social-anxiety": ["wks-identify-beliefs", "wks-big-i-little-i", "wks-dispute-three-ways", "wks-step-ladder"],
    "health-worry": ["wks-identify-beliefs", "wks-even-if", "wks-act-on-new-belief"],
    "sleep-worry": ["wks-even-if", "jrn-work-day-close"],
    "anger": [
        *("wks-costs-and-gains", "wks-identify-beliefs", "wks-rule-behind-anger", "wks-dispute-three-ways"),
        *("wks-pause-and-ask", "jrn-after-the-heat"),
    ],
    "low-mood": [
        "wks-small-steps",
        "wks-identify-beliefs",
        "wks-big-i-little-i",
        "wks-dispute-three-ways",
        "jrn-low-day",
    ],
    "guilt-shame": ["wks-my-part", "wks-big-i-little-i", "jrn-self-acceptance", "wks-act-on-new-belief"],
    "self-worth": ["wks-identify-beliefs", "wks-big-i-little-i", "jrn-self-acceptance"],
    "perfectionism": ["wks-must-to-want", "wks-dispute-three-ways", "wks-big-i-little-i", "wks-act-on-new-belief"],
    "procrastination": ["wks-costs-and-gains", "wks-i-can-stand-it", "wks-ten-minute-start"],
    "work-stress": ["wks-identify-beliefs", "wks-must-to-want", "wks-fix-what-i-can", "jrn-work-day-close"],
    "relationship-conflict": ["wks-identify-beliefs", "wks-dispute-three-ways", "wks-pause-and-ask"],
    "grief-adjustment": ["wks-identify-beliefs", "wks-small-steps"],
}


@pytest.mark.parametrize("topic", TOPIC_PAGES)
def test_path_of_each_topic(library: Library, topic: str) -> None:
    """Each topic's page comes by the second gap, and its own sheets come with it."""
    plan = make_plan(profile(topic, sessions=6, modules={"reviewed": "all"}), library, TODAY)
    assert where(plan, TOPIC_PAGES[topic]) <= 1
    assert plan.module_ids.index("psy-abc") < plan.module_ids.index(TOPIC_PAGES[topic])
    assert [m for m in TOPIC_SHEETS[topic] if m not in plan.module_ids] == []


@pytest.mark.parametrize("topic", TOPIC_PAGES)
@pytest.mark.parametrize("sessions", [1, 2, 3, 4, 5, 6, 7, 8, 12])
def test_find_then_question_then_act(library: Library, topic: str, sessions: int) -> None:
    """The belief is found before it is questioned, questioned before it is acted on, and every book ends well."""
    plan = make_plan(profile(topic, sessions=sessions), library, TODAY)
    order = [a.id for g in plan.gaps for a in g.assignments if not a.optional]
    assert {"psy-abc", "wks-staying-well", *([FINDING] if sessions > 1 else [])} <= set(order)
    for questioning in {QUESTIONING, "wks-even-if", "wks-must-to-want"} & set(order):
        assert order.index(FINDING) < order.index(questioning)
    if "wks-act-on-new-belief" in order:
        assert order.index(QUESTIONING) < order.index("wks-act-on-new-belief")
    if topic != "grief-adjustment":
        disputing = [m for m in order if library.modules[m].phase == "disputing"]
        assert disputing, "no disputing sheet"


@pytest.mark.parametrize("topic", TOPIC_PAGES)
def test_never_two_pages_in_a_row(library: Library, topic: str) -> None:
    """Something to do stands between two pages, but for the short pair that opens the workbook."""
    for sessions in range(2, 9):
        plan = make_plan(profile(topic, sessions=sessions, modules={"reviewed": "all"}), library, TODAY)
        for g in plan.gaps:
            kinds = [(a.id, a.kind) for a in g.assignments]
            pairs = {(a, b) for (a, ka), (b, kb) in pairwise(kinds) if ka == kb == "psychoeducation"}
            assert pairs <= {("psy-why-homework", "psy-abc")}


def test_grief_stays_light(library: Library) -> None:
    """With loss nothing is disputed, and no scale asks how bad it is."""
    plan = make_plan(profile("grief-adjustment", sessions=8, modules={"reviewed": "all"}), library, TODAY)
    assert not [m for m in plan.module_ids if library.modules[m].phase == "disputing" and m != "wks-big-i-little-i"]
    assert "jrn-loss" not in plan.module_ids
    assert left_out(plan)["jrn-loss"] == "assign-only"


@pytest.mark.parametrize(("feeling", "page"), [("hurt", "psy-hurt-jealousy-envy"), ("anger", "psy-anger")])
def test_conflict_follows_the_feeling(library: Library, feeling: str, page: str) -> None:
    """In a conflict the feeling decides which page comes."""
    found = profile("relationship-conflict", sessions=6, feeling=feeling, modules={"reviewed": "all"})
    plan = make_plan(found, library, TODAY)
    assert page in plan.module_ids


def test_the_topics_own_page_follows_the_first(library: Library) -> None:
    """With work stress the two problems are told apart first, and the page on the topic itself comes right after."""
    plan = make_plan(profile("work-stress", sessions=5, modules={"reviewed": "all"}), library, TODAY)
    assert where(plan, "psy-two-problems") == 1
    assert where(plan, "psy-work-stress") in (1, 2)
    assert plan.module_ids.index("psy-two-problems") < plan.module_ids.index("psy-work-stress")


def test_a_page_for_chapters_only_with_a_chapter(library: Library) -> None:
    """A page that is there for a chapter stays out when the chapter may not come, and is not told to be on the path."""
    book = {"books": ["stubbornly-refuse"], "modules": {"reviewed": ["read-stubborn-shoulds"]}}
    reads = make_plan(profile("self-worth", sessions=6, frequency="biweekly", **book), library, TODAY)
    assert rules_of(reads, "psy-four-beliefs") == ["reading"]
    unticked = {"books": ["stubbornly-refuse"]}
    plan = make_plan(profile("self-worth", sessions=6, frequency="biweekly", **unticked), library, TODAY)
    assert left_out(plan)["psy-four-beliefs"] == "not-needed-yet"


def test_second_topic_has_something_to_do(library: Library) -> None:
    """The second topic's page does not come alone: an action sheet follows when no disputing sheet may."""
    plan = make_plan(profile("anxiety", "procrastination", sessions=6, frequency="biweekly"), library, TODAY)
    assert rules_of(plan, "psy-procrastination") == rules_of(plan, "wks-ten-minute-start") == ["second-topic"]


@pytest.mark.parametrize("frequency", ["weekly", "biweekly"])
@pytest.mark.parametrize("topic", [topic for topic in TOPIC_PAGES if topic != "grief-adjustment"])
def test_what_fills_room(library: Library, topic: str, frequency: str) -> None:
    """No gap stays empty, and a page beside the path comes with a sheet that builds on it, in its gap or the next."""
    plan = make_plan(profile(topic, sessions=8, completed=1, frequency=frequency), library, TODAY)
    assert all(ids(g) for g in plan.gaps)
    for n, g in enumerate(plan.gaps):
        for page in (a for a in g.assignments if a.kind == "psychoeducation" and a.reasons[0].rule == "room"):
            near = [id_ for here in plan.gaps[n : n + 2] for id_ in ids(here)]
            assert any(page.id in library.modules[id_].requires for id_ in near), page.id


def test_reasons_for_omissions_are_true(library: Library) -> None:
    """Nothing that stands earlier is said not to be planned, and only the path's own modules are said to be on it."""
    found = profile("health-worry", sessions=4, completed=1, frequency="monthly", books=["anxiety"])
    ticked = found.model_copy(update={"modules": found.modules.model_copy(update={"reviewed": ("all",)})})
    plan = make_plan(ticked, library, TODAY)
    assert where(plan, "psy-anxiety-concern") < where(plan, "read-anxiety-maxims")
    assert left_out(plan)["read-anxiety-coping"] == "one-per-gap"
    assert left_out(plan)["psy-worth-and-comfort"] == "not-needed-yet"
    assert left_out(plan)["wks-step-ladder"] == "no-gap"


def test_second_topic_from_six_sessions(library: Library) -> None:
    """One second topic, page and sheet, from six sessions on; a third never."""
    topics = ("anxiety", "self-worth", "anger")
    five = make_plan(profile(*topics, sessions=5), library, TODAY)
    six = make_plan(profile(*topics, sessions=6, modules={"reviewed": "all"}), library, TODAY)
    assert left_out(five)["psy-self-acceptance"] == "topic-later"
    assert any("self-worth" in note for note in five.notes)
    assert rules_of(six, "psy-self-acceptance") == ["second-topic"]
    assert rules_of(six, "wks-big-i-little-i") == ["second-topic"]
    assert left_out(six)["psy-anger"] == "topic-later"


@pytest.mark.parametrize("topic", ["substance-use", "trauma", "eating-disorder", "ocd"])
def test_topic_that_needs_referral(library: Library, topic: str) -> None:
    """A topic that needs referral selects nothing and leaves a note."""
    plan = make_plan(profile(topic, "anxiety", sessions=3), library, TODAY)
    alone = make_plan(profile(topic, sessions=3), library, TODAY)
    assert any("referral" in note for note in plan.notes)
    assert "psy-anxiety-concern" in plan.module_ids
    assert "psy-anxiety-concern" not in alone.module_ids
    assert QUESTIONING in alone.module_ids


# ------------------------------------------------------------------------------------------- what may not come in


def test_cautions_wait_for_the_tick(library: Library) -> None:
    """What the plan would take if ticked is named with its caution, and nothing else is."""
    plan = make_plan(profile("anger", sessions=3), library, TODAY)
    assert [n.id for n in plan.needs_review] == ["psy-anger", "wks-pause-and-ask"]
    assert all(n.caution == library.modules[n.id].caution for n in plan.needs_review)
    assert {m for m, rule in left_out(plan).items() if rule == "needs-review"} == {n.id for n in plan.needs_review}
    assert any("psy-anger" in note for note in plan.notes), "the page of the topic is missing, and nobody is told"
    ticked = make_plan(profile("anger", sessions=3, modules={"reviewed": "all"}), library, TODAY)
    assert {"psy-anger", "wks-pause-and-ask"} <= set(ticked.module_ids)
    assert ticked.needs_review == ()


def test_flags_remove_modules(library: Library) -> None:
    """A flag removes what it rules out, even what is assigned, and the therapist is told."""
    clearance = {"flags": ["recent-trauma"], "override": "weighed"}
    modules = {"reviewed": "all", "assign": ["wks-imagery"]}
    plan = make_plan(profile("guilt-shame", sessions=6, clearance=clearance, modules=modules), library, TODAY)
    for module in ("psy-guilt-shame", "wks-my-part", "wks-imagery", "jrn-abc-moment"):
        assert left_out(plan)[module] == "flag", module
    assert any("wks-imagery" in note and "recent-trauma" in note for note in plan.notes)
    assert any("override" in note for note in plan.notes)
    assert not any("weighed" in note for note in plan.notes), "the therapist's own words are not repeated"


def test_bereavement_removes_imagery_by_the_rules(library: Library) -> None:
    """A flag may remove more than the modules themselves say."""
    clearance = {"flags": ["recent-bereavement"], "override": "weighed"}
    plan = make_plan(profile("anxiety", sessions=8, clearance=clearance, modules={"reviewed": "all"}), library, TODAY)
    assert "recent-bereavement" not in library.modules["wks-imagery"].not_if
    assert left_out(plan)["wks-imagery"] == "flag"


def test_done_is_skipped(library: Library) -> None:
    """What is done, by the list or by the log, does not come again."""
    homework = {"log": [{"session": 1, "module": "wks-abc-log", "outcome": "done"}]}
    found = profile("anxiety", sessions=5, completed=2, modules={"done": ["psy-abc"]}, homework=homework)
    plan = make_plan(found, library, TODAY)
    assert left_out(plan)["psy-abc"] == left_out(plan)["wks-abc-log"] == "done"


def test_mid_course_covers_what_remains(library: Library) -> None:
    """From the last session held on, and what the earlier gaps would have held comes first."""
    plan = make_plan(profile("anxiety", sessions=6, completed=3), library, TODAY)
    assert [g.number for g in plan.gaps] == [3, 4, 5, "after"]
    assert "psy-abc" in ids(plan.gaps[0])
    assert where(plan, QUESTIONING) <= 1
    fresh = make_plan(profile("anxiety", sessions=6, completed=0), library, TODAY)
    assert [g.number for g in fresh.gaps] == [1, 2, 3, 4, 5, "after"]
    over = make_plan(profile("anxiety", sessions=6, completed=6), library, TODAY)
    assert [g.number for g in over.gaps] == ["after"]
    assert {"psy-abc", FINDING, QUESTIONING, "wks-staying-well"} <= set(over.module_ids)


def test_readings(library: Library) -> None:
    """Chapters: not weekly, not for one who avoids them, only from a book the client has, one a gap, after its page."""
    books = {"books": ["anxiety"], "modules": {"reviewed": "all"}}
    weekly = make_plan(profile("anxiety", sessions=6, **books), library, TODAY)
    assert left_out(weekly)["read-anxiety-what"] == "frequency"
    avoids = profile("anxiety", sessions=6, frequency="biweekly", preferences={"reading": "avoids"}, **books)
    assert left_out(make_plan(avoids, library, TODAY))["read-anxiety-what"] == "reading-avoided"
    without = profile("anxiety", sessions=6, frequency="biweekly", modules={"reviewed": "all"})
    assert left_out(make_plan(without, library, TODAY))["read-anxiety-what"] == "book-not-owned"
    plan = make_plan(profile("anxiety", sessions=6, frequency="biweekly", **books), library, TODAY)
    chapters = [[m for m in ids(g) if m.startswith("read-")] for g in plan.gaps]
    assert sum(map(len, chapters)) >= 2
    assert max(map(len, chapters)) == 1
    for module in (m for here in chapters for m in here):
        assert all(where(plan, need) < where(plan, module) for need in library.modules[module].requires)


def test_reading_in_another_language(library: Library) -> None:
    """A book that the practice has in another language only is not given."""
    editions = tuple(edition.model_copy(update={"language": "es"}) for edition in library.books["anxiety"])
    spanish = replace(library, books={**library.books, "anxiety": editions})
    found = profile("anxiety", sessions=6, frequency="biweekly", books=["anxiety"], modules={"reviewed": "all"})
    assert left_out(make_plan(found, spanish, TODAY))["read-anxiety-what"] == "no-edition"


@pytest.mark.parametrize(
    ("days", "minutes", "language", "rule"),
    [
        (10, 6, "en", ""),
        (180, 9, "en", ""),
        (181, 6, "en", "no-fresh-link"),
        (10, 10, "en", "no-fresh-link"),
        (10, 6, "es", "no-fresh-link"),
    ],
)
def test_videos_need_a_fresh_link(library: Library, days: int, minutes: int, language: str, rule: str) -> None:
    """A reminder comes with a link in the client's language, short, and watched within 180 days."""
    link = VideoLink(
        **{"url": "https://example.org/a", "title": "A", "speaker": "B", "channel": "C", "language": language},
        **{"captions": True, "minutes": minutes, "watched_by": "t", "checked": TODAY - datetime.timedelta(days)},
    )
    found = profile("anxiety", sessions=6, modules={"reviewed": "all"})
    plan = make_plan(found, replace(library, videos={"vid-anxiety": (link,)}), TODAY)
    if rule:
        assert left_out(plan)["vid-anxiety"] == rule
    else:
        assert rules_of(plan, "vid-anxiety") == ["video"]
    avoids = found.model_copy(update={"preferences": found.preferences.model_copy(update={"video": False})})
    assert left_out(make_plan(avoids, library, TODAY))["vid-anxiety"] == "video-off"


def test_journals(library: Library) -> None:
    """Journals begin with the disputing phase, or earlier in a charged situation, and need a private place."""
    calm = make_plan(profile("anxiety", sessions=6), library, TODAY)
    begins = min(where(calm, m) for m in ("wks-rational-vs-irrational", QUESTIONING))
    journals = [m for m in calm.module_ids if m.startswith("jrn-")]
    assert journals
    assert all(where(calm, m) >= begins for m in journals)
    charged = make_plan(profile("anxiety", sessions=6, preferences={"charged_situation": True}), library, TODAY)
    assert where(charged, "jrn-abc-moment") == 1
    watched = make_plan(profile("anxiety", sessions=6, preferences={"private_space": False}), library, TODAY)
    assert not [m for m in watched.module_ids if m.startswith("jrn-")]
    assert left_out(watched)["jrn-even-if"] == "no-private-space"
    assert any("tear" in note for note in watched.notes)


# ---------------------------------------------------------------------------------------------------- missed work


def missed(obstacle: str | None, **groups: Any) -> Profile:
    """Return a profile of somebody who has missed the log."""
    entry = {"session": 1, "module": "wks-abc-log", "outcome": "missed", "obstacle": obstacle}
    done = {"done": ["psy-why-homework", "psy-abc"]}
    return profile("anxiety", sessions=6, completed=2, homework={"log": [entry]}, modules=done, **groups)


OBSTACLE_SHEETS = {
    "time-management": "wks-obstacle-time",
    "low-frustration-tolerance": "wks-obstacle-lft",
    "ego-anxiety": "wks-obstacle-ego",
    "anger-resentment": "wks-obstacle-resentment",
    "avoidance-procrastination": "wks-obstacle-avoidance",
    "doubts": "psy-what-is-rebt",
}


@pytest.mark.parametrize("obstacle", OBSTACLE_SHEETS)
def test_missed_work_begins_with_what_got_in_the_way(library: Library, obstacle: str) -> None:
    """The first sheet is done in session, exactly one answer follows, and the gap is lighter by a third."""
    plan = make_plan(missed(obstacle), library, TODAY)
    first = plan.gaps[0]
    assert first.assignments[0].id == "wks-what-got-in-the-way"
    assert first.assignments[0].in_session
    assert ids(first)[1] == OBSTACLE_SHEETS[obstacle]
    answers = [[a.id for a in g.assignments if a.reasons[0].rule == "obstacle"] for g in plan.gaps]
    assert answers[0] == [OBSTACLE_SHEETS[obstacle]]
    assert max(map(len, answers)) == 1
    assert first.budget == 20
    assert [g.budget for g in plan.gaps[1:]] == [30, 30, 30, 45]
    assert first.minutes <= 22


def test_nothing_new_and_hard_after_missed_work(library: Library) -> None:
    """After missed work the gap holds short things, and what was missed before anything new."""
    plan = make_plan(missed("ego-anxiety"), library, TODAY)
    assert "wks-abc-log" in ids(plan.gaps[0])
    assert FINDING not in ids(plan.gaps[0], optional=True)
    assert all(a.minutes <= 12 for a in plan.gaps[0].assignments)
    log = next(a for a in plan.gaps[0].assignments if a.id == "wks-abc-log")
    assert "once more" in log.why


@pytest.mark.parametrize("obstacle", ["time-management", "avoidance-procrastination"])
def test_further_answers_come_later(library: Library, obstacle: str) -> None:
    """The answers after the first come in a later gap when there is time, one of them in a gap."""
    plan = make_plan(missed(obstacle), library, TODAY)
    first, later = (entry.id for entry in library.rules.obstacles[obstacle].answers)
    assert where(plan, first) == 0 < where(plan, later)
    assert rules_of(plan, later) == ["obstacle"]


def test_a_further_answer_that_the_path_has_keeps_its_place(library: Library) -> None:
    """What the path asks for anyway comes by the path and in its gap, and not once more as an answer."""
    homework = {"history": "missed", "obstacle": "low-frustration-tolerance"}
    found = profile("procrastination", sessions=6, completed=2, homework=homework, modules={"reviewed": "all"})
    plan = make_plan(found, library, TODAY)
    assert rules_of(plan, "wks-i-can-stand-it") == ["question"]


def test_missed_work_without_a_named_obstacle(library: Library) -> None:
    """Before anybody has talked about it, the plan stops after the first sheet and says so."""
    plan = make_plan(missed(None), library, TODAY)
    assert plan.gaps[0].assignments[0].id == "wks-what-got-in-the-way"
    assert not [m for m in plan.module_ids if m.startswith("wks-obstacle-")]
    assert any("homework.obstacle" in note for note in plan.notes)


def test_no_such_sheet_when_work_was_done(library: Library) -> None:
    """Nobody who did the work is asked what got in the way."""
    plan = make_plan(profile("anxiety", sessions=5, homework={"history": "done"}), library, TODAY)
    assert left_out(plan)["wks-what-got-in-the-way"] == "not-needed-yet"


def test_low_energy_is_light_too(library: Library) -> None:
    """Low energy lightens the next gap, and its answer comes as soon as what it builds on is there."""
    found = profile("low-mood", sessions=6, completed=2, homework={"history": "partly", "obstacle": "low-energy"})
    plan = make_plan(found, library, TODAY)
    assert plan.gaps[0].budget == 20
    assert rules_of(plan, "wks-coping-cards") == ["obstacle"]
    assert where(plan, "wks-coping-cards") >= where(plan, FINDING)


# ------------------------------------------------------------------------------------------------------- minutes


@pytest.mark.parametrize(
    ("frequency", "minutes", "budget", "after"),
    [("weekly", None, 30, 45), ("biweekly", None, 60, 90), ("monthly", None, 75, 112), ("weekly", 45, 45, 67)],
)
def test_budgets(library: Library, frequency: str, minutes: int | None, budget: int, after: int) -> None:
    """Minutes come from the profile, or from the frequency; after the last session there is half as much again."""
    found = profile("anxiety", sessions=3, frequency=frequency, program={"minutes": minutes})
    assert [g.budget for g in make_plan(found, library, TODAY).gaps] == [budget, budget, after]


def test_drop_order(library: Library) -> None:
    """With little time the second topic, the second page, the journal and the cards go first, the path last."""
    wide = make_plan(profile("social-anxiety", "anger", sessions=6, modules={"reviewed": "all"}), library, TODAY)
    found = profile("social-anxiety", "anger", sessions=6, program={"minutes": 15}, modules={"reviewed": "all"})
    tight = make_plan(found, library, TODAY)
    kept = {a.id for g in tight.gaps for a in g.assignments if not a.optional}
    dropped = {a.id for g in wide.gaps for a in g.assignments if not a.optional} - kept
    assert {"psy-anger", "wks-rule-behind-anger"} <= dropped
    assert {"psy-abc", FINDING, QUESTIONING, "wks-staying-well"} <= kept


def test_what_is_never_dropped_stays(library: Library) -> None:
    """Ten minutes do not hold the first disputing sheet and the staying-well plan: they stay, and the plan says so."""
    plan = make_plan(profile("anxiety", sessions=3, program={"minutes": 10}), library, TODAY)
    assert {"psy-abc", FINDING, QUESTIONING, "wks-staying-well"} <= {a.id for g in plan.gaps for a in g.assignments}
    assert gap(plan, "after").minutes == 24 > gap(plan, "after").budget
    assert any("24 of 15" in note and "wks-staying-well" in note for note in plan.notes)


def test_what_had_no_room_may_stand_as_optional(library: Library) -> None:
    """What found no room stands as "if you have time", two a gap at most, and its minutes do not count."""
    plan = make_plan(profile("anxiety", sessions=3, program={"minutes": 10}), library, TODAY)
    optional = [a for g in plan.gaps for a in g.assignments if a.optional]
    assert optional
    assert all(a.reasons[-1].rule == "if-time" for a in optional)
    assert all(sum(a.optional for a in g.assignments) <= 2 for g in plan.gaps)
    assert gap(plan, 1).minutes == 10


# -------------------------------------------------------------------------------------------------------- orders


def test_assigned_beats_frequency_and_review(library: Library) -> None:
    """What the therapist names comes in spite of frequency, review and a missing link, and brings its base along."""
    assign = ["wks-shame-attack", "read-anxiety-what", "vid-abc", "psy-health-worry"]
    plan = make_plan(profile("anxiety", sessions=5, modules={"assign": assign}), library, TODAY)
    for module in assign:
        assert "assigned" in rules_of(plan, module), module
    assert rules_of(plan, "psy-self-acceptance") == ["prerequisite"]
    assert where(plan, "wks-big-i-little-i") <= where(plan, "wks-shame-attack")


def test_assigned_is_not_dropped_for_minutes(library: Library) -> None:
    """Minutes never drop what the therapist names; what may be dropped makes room."""
    found = profile("anxiety", sessions=3, program={"minutes": 15}, modules={"assign": ["wks-abcdef"]})
    plan = make_plan(found, library, TODAY)
    assert rules_of(plan, "wks-abcdef") == ["assigned"]
    assert not next(a for g in plan.gaps for a in g.assignments if a.id == "wks-abcdef").optional


def test_assigned_comes_again_when_done(library: Library) -> None:
    """A module that is done comes again when it is named."""
    found = profile("anxiety", sessions=5, modules={"done": ["psy-abc"], "assign": ["psy-abc"]})
    assert "assigned" in rules_of(make_plan(found, library, TODAY), "psy-abc")


def test_the_base_of_an_assigned_module_needs_its_own_tick(library: Library) -> None:
    """To name a sheet ticks that sheet; a caution on the page before it still waits for the therapist."""
    plan = make_plan(profile("anxiety", sessions=5, modules={"assign": ["wks-i-can-stand-it"]}), library, TODAY)
    assert left_out(plan)["wks-i-can-stand-it"] == "prerequisite-missing"
    assert left_out(plan)["psy-frustration-tolerance"] == "needs-review"
    assert "psy-frustration-tolerance" in [n.id for n in plan.needs_review]
    assert any("wks-i-can-stand-it" in note for note in plan.notes)


def test_block_says_what_fell_with_it(library: Library) -> None:
    """A blocked module names what the path would have built on it, and a note says it as well."""
    plan = make_plan(profile("anxiety", sessions=5, modules={"block": [FINDING]}), library, TODAY)
    out = {o.id: o for o in plan.left_out}
    assert out[FINDING].rule == "blocked-with"
    assert QUESTIONING in out[FINDING].text
    assert out[QUESTIONING].rule == "prerequisite-missing"
    assert FINDING in out[QUESTIONING].text
    alone = make_plan(profile("anxiety", sessions=5, modules={"block": ["wks-coping-cards"]}), library, TODAY)
    assert left_out(alone)["wks-coping-cards"] == "blocked"
    assert [n for n in plan.notes if FINDING in n and QUESTIONING in n]
    assert not [n for n in alone.notes if "wks-coping-cards" in n]


ORDERS = """\
client: {id: made-up, country: US}
program: {sessions: 5, completed: 1}
clearance: {by: therapist-1, date: 2026-11-20, cleared: true}
topics: [anxiety]
goals: [Made up.]
modules:
  assign: [wks-even-if]
  block: [wks-identify-beliefs]
  reviewed: [wks-step-lader]
"""


def test_orders_that_cannot_be_met(library: Library, tmp_path: Path) -> None:
    """An assigned module whose base is blocked is told with both places, and an unknown id with the nearest."""
    path = tmp_path / "profile.yaml"
    path.write_text(ORDERS, encoding="utf-8")
    problems = check_orders(read_profile(path), library)
    assert [(p.line, p.where) for p in problems] == [(7, "modules.assign.1"), (9, "modules.reviewed.1")]
    assert "wks-even-if" in problems[0].message
    assert 'wks-identify-beliefs" is blocked (modules.block, line 8, column 11)' in problems[0].message
    assert problems[1].hint == 'did you mean "wks-step-ladder"?'


ASSIGNED = """\
client: {id: made-up, country: US, language: LANGUAGE}
program: {sessions: 5, completed: 1}
clearance: {by: therapist-1, date: 2026-11-20, cleared: true, override: weighed, flags: [FLAGS]}
topics: [anxiety]
goals: [Made up.]
modules: {assign: [ASSIGN], block: [BLOCK]}
"""


@pytest.mark.parametrize(
    ("assign", "block", "flags", "language", "words"),
    [
        (
            "wks-shame-attack",
            "psy-self-acceptance",
            "",
            "en",
            ["wks-shame-attack", "psy-self-acceptance", "line 6, column"],
        ),
        ("jrn-self-acceptance", "", "suicidal-thoughts", "en", ["is assigned, but", "clearance.flags, line 3, column"]),
        ("jrn-after-the-heat", "", "violence-risk", "en", ["jrn-after-the-heat", "psy-anger", "violence-risk"]),
        ("wks-imagery", "", "recent-bereavement", "en", ["wks-imagery", "recent-bereavement"]),
        ("wks-even-if", "", "", "es", ["wks-even-if", "the client's language is es", "line 1, column"]),
        ("wks-evenif", "", "", "en", ["no module", "wks-evenif"]),
    ],
)
def test_each_order_that_cannot_be_met_names_both_sides(
    library: Library, tmp_path: Path, assign: str, block: str, flags: str, language: str, words: list[str]
) -> None:
    """Assigned and blocked, flagged, in another language, unknown, or any of these for what it builds on."""
    path = tmp_path / "profile.yaml"
    text = ASSIGNED.replace("ASSIGN", assign).replace("BLOCK", block).replace("FLAGS", flags)
    path.write_text(text.replace("LANGUAGE", language), encoding="utf-8")
    loaded = read_profile(path)
    assert loaded.profile is not None, loaded.problems
    problems = check_orders(loaded, library)
    assert problems
    assert all(p.line == 6 and p.column and p.where == "modules.assign.1" for p in problems)
    assert any(all(word in p.message for word in words) for p in problems), problems


def test_orders_are_fine_when_the_base_is_done(library: Library, tmp_path: Path) -> None:
    """A block on what is done takes nothing away, and of an unreadable profile nothing is said."""
    path = tmp_path / "profile.yaml"
    path.write_text(ORDERS.replace("reviewed: [wks-step-lader]", "done: [wks-identify-beliefs]"), encoding="utf-8")
    assert check_orders(read_profile(path), library) == []
    path.write_text("topics: none", encoding="utf-8")
    assert check_orders(read_profile(path), library) == []


# ---------------------------------------------------------------------------------------------- maintenance, rest


def test_maintenance_is_planned_by_month(library: Library) -> None:
    """Ongoing work begins with a look at what has changed, and is dosed by month whatever the frequency."""
    done = ["psy-abc", FINDING, QUESTIONING, "wks-staying-well"]
    found = profile("anxiety", sessions=12, completed=8, program={"setting": "ongoing"}, modules={"done": done})
    plan = make_plan(found, library, TODAY)
    assert ids(plan.gaps[0])[0] == "wks-progress-review"
    assert "wks-self-session" in ids(plan.gaps[0])
    assert [g.budget for g in plan.gaps] == [75, 75, 75, 75, 112]
    assert all(g.assignments for g in plan.gaps)


def test_tiny_library(library: Library) -> None:
    """Tables may name modules that a library does not have: they are passed over, with one note."""
    few = {id_: library.modules[id_] for id_ in ("psy-abc", FINDING, "wks-staying-well")}
    plan = make_plan(profile("anxiety", sessions=6), replace(library, modules=few), TODAY)
    assert set(plan.module_ids) == set(few)
    assert len([note for note in plan.notes if "does not have" in note]) == 1
    nothing = make_plan(profile("anxiety", sessions=6), replace(library, modules={}), TODAY)
    assert nothing.module_ids == ()


def test_module_that_a_practice_adds(library: Library) -> None:
    """A module that no rule names comes when it is assigned, with a line for its kind."""
    own = library.modules["wks-coping-cards"].model_copy(update={"id": "wks-own", "title": "Our own"})
    with_own = replace(library, modules={**library.modules, "wks-own": own})
    plan = make_plan(profile("anxiety", sessions=5), with_own, TODAY)
    assert left_out(plan)["wks-own"] == "not-needed-yet"
    named = make_plan(profile("anxiety", sessions=5, modules={"assign": ["wks-own"]}), with_own, TODAY)
    line = next(a.why for g in named.gaps for a in g.assignments if a.id == "wks-own")
    assert line == library.rules.why.kinds["worksheet"]


def test_modules_that_wait_for_each_other(library: Library) -> None:
    """Two modules that need each other never come, and say so."""
    ring: dict[str, Module] = {
        "psy-abc": library.modules["psy-abc"].model_copy(update={"requires": (FINDING,)}),
        FINDING: library.modules[FINDING],
    }
    plan = make_plan(profile("anxiety", sessions=5), replace(library, modules=ring), TODAY)
    assert set(left_out(plan).values()) == {"prerequisite-missing"}


def test_base_of_a_base_stays_with_it(library: Library) -> None:
    """What a module in an early gap builds on is not drawn to a later one by a third module."""
    own = library.modules["wks-coping-cards"].model_copy(update={"id": "wks-own", "requires": ()})
    first = library.modules["psy-why-homework"].model_copy(update={"requires": ("wks-own",)})
    last = library.modules["wks-act-on-new-belief"].model_copy(update={"requires": ("psy-why-homework",)})
    modules = {module.id: module for module in (own, first, last)}
    plan = make_plan(profile("anxiety", sessions=2), replace(library, modules=modules), TODAY)
    assert [ids(g) for g in plan.gaps] == [["wks-own", "psy-why-homework"], ["wks-act-on-new-belief"]]


def test_other_language(library: Library) -> None:
    """A module in another language is left out, assigned or not."""
    spanish = library.modules["wks-coping-cards"].model_copy(update={"language": "es"})
    mixed = replace(library, modules={**library.modules, "wks-coping-cards": spanish})
    plan = make_plan(profile("anxiety", sessions=5, modules={"assign": ["wks-coping-cards"]}), mixed, TODAY)
    assert left_out(plan)["wks-coping-cards"] == "language"


# ----------------------------------------------------------------------------------------------------- clearance


@pytest.mark.parametrize("flag", ["psychosis", "mania"])
def test_flags_that_always_stop(library: Library, flag: str) -> None:
    """Psychosis and mania stop a workbook whatever the override says."""
    found = profile("anxiety", sessions=5, clearance={"flags": [flag], "override": "weighed"})
    assert flag in (check_clearance(found, library, TODAY, TODAY) or "")


STOPPING = [
    *("suicidal-thoughts", "severe-depression", "ptsd", "recent-trauma", "recent-bereavement", "abuse-at-home"),
    *("violence-risk", "eating-disorder"),
]


@pytest.mark.parametrize("flag", STOPPING)
def test_flags_that_stop_unless_overridden(library: Library, flag: str) -> None:
    """The other flags of the gate stop a workbook until the therapist writes why one is made."""
    stopped = profile("anxiety", sessions=5, clearance={"flags": [flag]})
    weighed = profile("anxiety", sessions=5, clearance={"flags": [flag], "override": "weighed"})
    assert flag in (check_clearance(stopped, library, TODAY, TODAY) or "")
    assert check_clearance(weighed, library, TODAY, TODAY) is None


def test_flags_that_do_not_stop(library: Library) -> None:
    """Flags that only remove modules stop nothing."""
    flags = ["harassment-at-work", "job-at-risk", "ocd", "unchecked-symptoms", "serious-illness"]
    assert check_clearance(profile("anxiety", sessions=5, clearance={"flags": flags}), library, TODAY, TODAY) is None


def test_not_cleared(library: Library) -> None:
    """A refusal always stops, and the reason that the therapist wrote is not repeated."""
    clearance = {"cleared": False, "reason": "private words", "override": "weighed"}
    told = check_clearance(profile("anxiety", sessions=5, clearance=clearance), library, TODAY, TODAY)
    assert told
    assert "private" not in told


@pytest.mark.parametrize(("age", "stops"), [(-1, True), (0, False), (14, False), (15, True)])
def test_age_of_a_clearance(library: Library, age: int, stops: bool) -> None:
    """A clearance counts for 14 days by the calendar; the day of the command does not move it."""
    dated = {"date": TODAY - datetime.timedelta(age)}
    found = profile("anxiety", sessions=5, clearance=dated, fictional=False)
    elsewhen = TODAY - datetime.timedelta(400)
    assert bool(check_clearance(found, library, elsewhen, TODAY)) == stops


def test_examples_do_not_grow_old(library: Library) -> None:
    """An example's clearance is judged by the day of the command, and never grows old."""
    found = profile("anxiety", sessions=5, clearance={"date": datetime.date(2020, 1, 1)})
    assert check_clearance(found, library, TODAY, TODAY) is None
    assert check_clearance(found, library, datetime.date(2019, 12, 31), TODAY)
