"""Details of a plan that a therapist would not sign if they were otherwise; each has its ground in the rules."""

from __future__ import annotations

from pathlib import Path

import pytest
from test_plan import TODAY, TOPIC_PAGES, gap, left_out, profile, rules_of, where

from workbook_builder.book import Plan
from workbook_builder.library import Library, load_library
from workbook_builder.plan import continue_plan, make_plan

ROOT = Path(__file__).parents[2]


@pytest.fixture(scope="module")
def library() -> Library:
    """The library that ships with the program."""
    return load_library(ROOT / "content", None)


# ---------------------------------------------------------------------------------------------- what flags mean


@pytest.mark.parametrize("flag", ["recent-trauma", "ptsd", "recent-bereavement"])
def test_what_a_flag_names_is_not_written_about(library: Library, flag: str) -> None:
    """Something upsetting opens a journal at once, but not when it may be what the flag names; a note says why."""
    clearance = {"flags": [flag], "override": "weighed"}
    settings = {"clearance": clearance, "modules": {"reviewed": "all"}}
    charged = {"preferences": {"charged_situation": True}}
    plan = make_plan(profile("anxiety", sessions=6, **settings, **charged), library, TODAY)
    calm = make_plan(profile("anxiety", sessions=6, **settings), library, TODAY)
    assert [g.assignments for g in plan.gaps] == [g.assignments for g in calm.gaps]
    assert any("charged_situation" in note and flag in note for note in plan.notes)
    assert not any("charged_situation" in note for note in calm.notes)
    unflagged = make_plan(profile("anxiety", sessions=6, modules={"reviewed": "all"}, **charged), library, TODAY)
    assert where(unflagged, "jrn-abc-moment") == 1
    assert not any("charged_situation" in note for note in unflagged.notes)


def test_danger_at_home_leaves_no_private_space(library: Library) -> None:
    """With danger at home there is no journal, whatever the client says of private space; the note names the flag."""
    clearance = {"flags": ["abuse-at-home"], "override": "weighed"}
    plan = make_plan(profile("anxiety", sessions=6, clearance=clearance), library, TODAY)
    assert not [m for m in plan.module_ids if m.startswith("jrn-")]
    assert left_out(plan)["jrn-even-if"] == "no-private-space"
    assert any("tear" in note and "abuse-at-home" in note for note in plan.notes)
    said = make_plan(profile("anxiety", sessions=6, preferences={"private_space": False}), library, TODAY)
    assert any("tear" in note and "preferences.private_space is false" in note for note in said.notes)
    assert not any("abuse-at-home" in note for note in said.notes)


# -------------------------------------------------------------------------------------------- what reasons say


def told(plan: Plan) -> dict[str, str]:
    """Return what is said of each module that was chosen."""
    return {a.id: " ".join(r.text for r in a.reasons) for g in plan.gaps for a in g.assignments}


MISSED_LOG = {"log": [{"session": 2, "module": "wks-abc-log", "outcome": "missed", "obstacle": "ego-anxiety"}]}


def test_reasons_name_the_line_that_was_written(library: Library) -> None:
    """What is taken from the log names the log and its session; what the therapist wrote down names that line."""
    logged = told(make_plan(profile("anxiety", sessions=6, completed=3, homework=MISSED_LOG), library, TODAY))
    assert "homework.log of session 2" in logged["wks-what-got-in-the-way"]
    assert "homework.log of session 2: ego-anxiety" in logged["wks-obstacle-ego"]
    assert "homework.obstacle" not in logged["wks-obstacle-ego"]
    both = {**MISSED_LOG, "history": "missed", "obstacle": "doubts"}
    for homework in ({"history": "missed", "obstacle": "doubts"}, both):
        written = told(make_plan(profile("anxiety", sessions=6, completed=3, homework=homework), library, TODAY))
        assert "missed (profile, homework.history)" in written["wks-what-got-in-the-way"]
        assert "(profile, homework.obstacle is doubts)" in written["psy-what-is-rebt"]
        assert not any("homework.log" in text for text in written.values())


def test_reasons_say_topics_in_words(library: Library) -> None:
    """A topic is named in words beside the profile's line, the second as the second."""
    found = profile("anger", "anxiety", sessions=6, modules={"reviewed": "all"})
    texts = told(make_plan(found, library, TODAY))
    assert "main topic: anger (profile, topics)" in texts["psy-anger"]
    assert "second topic: anxiety (profile, topics)" in texts["psy-anxiety-concern"]
    assert not any("topics[" in text for text in texts.values())
    general = told(make_plan(profile("trauma", sessions=6), library, TODAY))
    assert "no topic with a path of its own (profile, topics)" in general["wks-identify-beliefs"]


def test_each_reason_says_what_its_page_does(library: Library) -> None:
    """Costs and gains find no belief, and a session of one's own after the end is not in between."""
    texts = told(make_plan(profile("procrastination", sessions=6, frequency="biweekly"), library, TODAY))
    assert "belief behind" in texts["wks-identify-beliefs"]
    assert "belief behind" not in texts["wks-costs-and-gains"] and "costs" in texts["wks-costs-and-gains"]
    plan = make_plan(profile("anxiety", sessions=6, frequency="biweekly"), library, TODAY)
    assert where(plan, "wks-self-session") == len(plan.gaps) - 1
    assert "After the last session" in told(plan)["wks-self-session"]
    done = {"done": ["psy-abc", "wks-identify-beliefs", "wks-staying-well"]}
    ongoing = profile("anxiety", sessions=12, completed=8, program={"setting": "ongoing"}, modules=done)
    assert "between those that are monthly" in told(make_plan(ongoing, library, TODAY))["wks-self-session"]


# ------------------------------------------------------------------------------------------ what comes after what

TAUGHT = {"wks-dispute-three-ways", "wks-even-if", "wks-must-to-want", "wks-i-can-stand-it", "wks-big-i-little-i"}
PATHS = [topic for topic in TOPIC_PAGES if topic != "grief-adjustment"]


@pytest.mark.parametrize("topic", PATHS)
@pytest.mark.parametrize("module", ["jrn-question-a-belief", "wks-coping-cards"])
def test_a_new_belief_is_found_before_it_is_used(library: Library, module: str, topic: str) -> None:
    """The three questions are taught before they are asked again, and a card has a new belief to hold."""
    found = 0
    for sessions in (4, 5, 6, 8):
        for setting in ("eap", "short-term"):
            for frequency in ("weekly", "biweekly"):
                case = profile(topic, sessions=sessions, frequency=frequency, program={"setting": setting})
                plan = make_plan(case, library, TODAY)
                if module in plan.module_ids:
                    found += 1
                    assert min(where(plan, m) for m in TAUGHT & set(plan.module_ids)) <= where(plan, module)
    assert found, "it never comes"


def test_a_sheet_that_is_done_teaches_as_well(library: Library) -> None:
    """Once a disputing sheet is done, cards and the journal may come at once."""
    done = {"done": ["psy-abc", "wks-abc-log", "wks-identify-beliefs", "wks-dispute-three-ways"]}
    for module in ("wks-coping-cards", "jrn-question-a-belief"):
        alone = {**done, "block": [m for m in TAUGHT if m not in done["done"]]}
        case = profile("perfectionism", sessions=6, completed=4, frequency="biweekly", modules=alone)
        assert module in make_plan(case, library, TODAY).module_ids


def test_cards_answer_low_energy_at_once(library: Library) -> None:
    """Cards are the first answer to low energy, so they wait for no sheet; nor does a card that was assigned."""
    done = {"done": ["psy-abc", "wks-abc-log", "wks-identify-beliefs"]}
    homework = {"history": "missed", "obstacle": "low-energy"}
    plan = make_plan(profile("anxiety", sessions=6, completed=2, homework=homework, modules=done), library, TODAY)
    assert where(plan, "wks-coping-cards") == 0
    named = {**done, "assign": ["jrn-question-a-belief"], "block": list(TAUGHT)}
    assert (
        "jrn-question-a-belief" in make_plan(profile("anxiety", sessions=4, modules=named), library, TODAY).module_ids
    )
    del named["assign"]
    plan = make_plan(profile("anxiety", sessions=4, modules=named), library, TODAY)
    assert "jrn-question-a-belief" not in plan.module_ids
    reason = next(out for out in plan.left_out if out.id == "jrn-question-a-belief")
    assert reason.rule == "not-before" and "wks-dispute-three-ways" in reason.text


# ------------------------------------------------------------------------------------------------- the way back


@pytest.mark.parametrize("frequency", ["weekly", "biweekly", "monthly"])
@pytest.mark.parametrize("completed", [1, 2, 3])
@pytest.mark.parametrize("topic", ["anxiety", "low-mood", "work-stress", "perfectionism"])
def test_the_way_back_is_a_step(library: Library, topic: str, completed: int, frequency: str) -> None:
    """The gap after a light one has its usual minutes, and is not filled with all that was due before."""
    for homework in ({"history": "missed", "obstacle": "ego-anxiety"}, {"obstacle": "low-energy"}):
        case = profile(
            *(topic, "self-worth"),
            **{"sessions": 6, "completed": completed, "frequency": frequency, "homework": homework},
            **{"books": ["anxiety", "stubbornly-refuse"], "modules": {"reviewed": "all"}},
        )
        light, then, *_ = make_plan(case, library, TODAY).gaps
        usual = library.rules.minutes[case.program.frequency]
        assert (light.budget, then.budget) == (usual * 67 // 100, usual)
        home = [a for a in then.assignments if not (a.in_session or a.optional)]
        assert 1 <= len(home) <= 4
        assert max(a.minutes for a in home) <= 15
        assert not any(a.kind == "reading" for a in home)
        assert then.minutes <= 46


def test_what_follows_the_last_session_is_no_step(library: Library) -> None:
    """With one gap left the time after the end keeps its own measure, with a long task at the client's own pace."""
    homework = {"history": "missed", "obstacle": "ego-anxiety"}
    case = profile("anxiety", sessions=4, completed=3, frequency="biweekly", homework=homework)
    plan = make_plan(case, library, TODAY)
    assert [g.budget for g in plan.gaps] == [40, 90]
    assert "wks-self-session" in [a.id for a in plan.gaps[1].assignments]


@pytest.mark.parametrize("obstacle", ["time-management", "low-energy", "ego-anxiety", "doubts"])
def test_a_missed_chapter_waits_for_a_quieter_week(library: Library, obstacle: str) -> None:
    """A missed chapter returns neither in the light gap nor in the step after it, and one page of it is asked for."""
    settings = {"books": ["anxiety"], "modules": {"reviewed": "all"}, "frequency": "biweekly"}
    then = profile("anxiety", sessions=8, completed=1, **settings)
    earlier = make_plan(then, library, TODAY)
    returned = 0
    for number in range(2, 6):
        for task in (a for a in gap(earlier, number).assignments if a.kind == "reading"):
            entry = {"session": number, "module": task.id, "outcome": "missed", "obstacle": obstacle}
            now = profile("anxiety", sessions=8, completed=number + 1, homework={"log": [entry]}, **settings)
            plan = continue_plan(now, library, TODAY, earlier)
            assert task.minutes > 15
            if task.id in plan.module_ids:
                returned += 1
                assert where(plan, task.id) >= 2
                line = next(a.why for g in plan.gaps for a in g.assignments if a.id == task.id)
                assert line == library.rules.why.again_kinds["reading"]
    assert returned


# ------------------------------------------------------------------------------------------- the paths of topics


@pytest.mark.parametrize("frequency", ["weekly", "biweekly"])
@pytest.mark.parametrize("private", [True, False])
def test_sleep_worry_in_three_sessions_acts(library: Library, private: bool, frequency: str) -> None:
    """The work day is closed in a journal; where nobody may keep one, the new belief goes along on a card."""
    settings = {"frequency": frequency, "preferences": {"private_space": private}, "modules": {"reviewed": "all"}}
    plan = make_plan(profile("sleep-worry", sessions=3, **settings), library, TODAY)
    assert rules_of(plan, "jrn-work-day-close" if private else "wks-coping-cards") == ["act"]
    assert not any("holds more" in note for note in plan.notes), "the path is complete"


@pytest.mark.parametrize("frequency", ["weekly", "biweekly"])
@pytest.mark.parametrize("history", ["none-yet", "done", "partly", "missed"])
def test_doubts_get_their_further_answers(library: Library, history: str, frequency: str) -> None:
    """Acceptance, and costs and gains, follow the plain answer whenever there is time, missed work or not."""
    for topic in ("anxiety", "self-worth", "perfectionism", "sleep-worry"):
        for sessions in (5, 6, 8):
            homework = {"obstacle": "doubts", "history": history}
            settings = {"frequency": frequency, "homework": homework, "modules": {"reviewed": "all"}}
            plan = make_plan(profile(topic, sessions=sessions, completed=1, **settings), library, TODAY)
            for later in ("psy-acceptance-not-giving-up", "wks-costs-and-gains"):
                assert where(plan, "psy-what-is-rebt") < where(plan, later)
                assert rules_of(plan, later)[0] in ("obstacle", "find")
            assert max(len(g.assignments) for g in plan.gaps) <= 5


@pytest.mark.parametrize("setting", ["eap", "short-term"])
@pytest.mark.parametrize("frequency", ["weekly", "biweekly", "monthly"])
@pytest.mark.parametrize("obstacle", [None, "reading"])
def test_the_last_gap_is_not_thin(library: Library, obstacle: str | None, frequency: str, setting: str) -> None:
    """Low mood in five sessions without chapters: an act stands before the last session, seldom alone."""
    homework = {"obstacle": obstacle, "history": "partly" if obstacle else "none-yet"}
    settings = {"preferences": {"reading": "avoids"}, "homework": homework, "program": {"setting": setting}}
    case = profile("low-mood", sessions=5, completed=1, frequency=frequency, modules={"reviewed": "all"}, **settings)
    last = gap(make_plan(case, library, TODAY), 4)
    assert "wks-act-on-new-belief" in [a.id for a in last.assignments]
    assert last.minutes >= 16 or (frequency == "weekly" and last.minutes >= 10)


@pytest.mark.parametrize("frequency", ["biweekly", "monthly"])
@pytest.mark.parametrize("topic", ["anxiety", "health-worry", "anger", "self-worth", "perfectionism", "work-stress"])
def test_a_book_is_read_from_front_to_back(library: Library, topic: str, frequency: str) -> None:
    """Of one book no chapter comes after one of a later step; "Meeting the book" comes first or not at all."""
    books = {"books": ["anxiety", "stubbornly-refuse", "anger"], "modules": {"reviewed": "all"}}
    chapters = 0
    for sessions in (4, 6, 8):
        for completed in (0, 1, 2):
            case = profile(topic, sessions=sessions, completed=completed, frequency=frequency, **books)
            plan = make_plan(case, library, TODAY)
            for book in library.rules.chapters.values():
                steps = {id_: number for number, step in enumerate(book) for id_ in step}
                read = [steps[id_] for id_ in plan.module_ids if id_ in steps]
                chapters += len(read)
                assert read == sorted(read)
    assert chapters >= 9


def test_a_chapter_that_was_passed_comes_by_name_alone(library: Library) -> None:
    """What stands before a chapter that is done is passed, unless the therapist names it."""
    done = {"done": ["psy-abc", "psy-four-beliefs", "read-stubborn-shoulds"], "reviewed": "all"}
    settings = {"frequency": "biweekly", "books": ["stubbornly-refuse"]}
    plan = make_plan(profile("self-worth", sessions=6, completed=2, modules=done, **settings), library, TODAY)
    assert left_out(plan)["read-stubborn-start"] == "book-order"
    named = {**done, "assign": ["read-stubborn-start"]}
    plan = make_plan(profile("self-worth", sessions=6, completed=2, modules=named, **settings), library, TODAY)
    assert "read-stubborn-start" in plan.module_ids


def test_every_reading_has_its_place_in_its_book(library: Library) -> None:
    """The order of a book names all readings of it, and none of another."""
    for book, steps in library.rules.chapters.items():
        assert {m.id for m in library.modules.values() if m.book == book} == {id_ for step in steps for id_ in step}
    assert set(library.rules.chapters) == set(library.books)


@pytest.mark.parametrize("feeling", [None, "anger", "hurt"])
@pytest.mark.parametrize("frequency", ["weekly", "biweekly"])
@pytest.mark.parametrize("sessions", [3, 4, 5, 6, 8])
def test_conflict_finds_questions_and_acts_in_that_order(
    library: Library, sessions: int, frequency: str, feeling: str | None
) -> None:
    """In a conflict the belief is found, then questioned, then acted on; the page of the feeling comes in between."""
    page = "psy-hurt-jealousy-envy" if feeling == "hurt" else "psy-anger"
    order = ["wks-identify-beliefs", "wks-dispute-three-ways", "wks-pause-and-ask"]
    for setting in ("eap", "short-term"):
        for completed in (0, 1):
            settings = {"feeling": feeling, "program": {"setting": setting}, "modules": {"reviewed": "all"}}
            case = profile(
                "relationship-conflict", sessions=sessions, completed=completed, frequency=frequency, **settings
            )
            read = make_plan(case, library, TODAY).module_ids
            assert sorted(order, key=read.index) == order
            assert read.index(page) < read.index("wks-dispute-three-ways")
