"""What holds for every plan, whoever the client is and whatever the library holds."""

from __future__ import annotations

import datetime
import random
from dataclasses import replace
from pathlib import Path
from typing import Any
from unittest.mock import patch

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from workbook_builder.book import Plan
from workbook_builder.library import Library, Module, VideoLink, load_library
from workbook_builder.library.rules import Rules
from workbook_builder.plan import make_plan, plan_to_json, planning_answers
from workbook_builder.plan.admission import Refusals
from workbook_builder.plan.climb import Climb
from workbook_builder.profile import Profile
from workbook_builder.vocabulary import (
    BOOKS,
    FEELINGS,
    FLAGS,
    FREQUENCIES,
    OBSTACLES,
    PHASES,
    REFERRED_TOPICS,
    TOPICS,
)

TODAY = datetime.date(2026, 11, 23)
LIBRARY = load_library(Path(__file__).parents[2] / "content", None)
LINK = VideoLink(
    **{"url": "https://example.org/a", "title": "A", "speaker": "B", "channel": "C", "language": "en"},
    **{"captions": True, "minutes": 6, "watched_by": "t", "checked": TODAY},
)
# A third of the time every video has a link, so that videos come in at all.
WITH_LINKS = replace(LIBRARY, videos={id_: (LINK,) for id_ in LIBRARY.modules if id_.startswith("vid-")})
SLOW_TO_DRAW = [HealthCheck.too_slow]


def some(values: Any, most: int = 3) -> st.SearchStrategy[list[Any]]:
    """Give a few of the values, each once."""
    return st.lists(st.sampled_from(sorted(values)), max_size=most, unique=True)


@st.composite
def profiles(draw: st.DrawFn, modules: list[str]) -> Profile:
    """Give any profile that the loader would accept, in a library of these modules."""
    sessions = draw(st.integers(1, 12))
    completed = draw(st.integers(0, sessions))
    block = draw(some(modules, 2))
    assign = [m for m in draw(some(modules)) if m not in block]
    logged = draw(some(modules, 2)) if completed else []
    outcome = st.sampled_from(["done", "partly", "missed"])
    log = [{"session": 1, "module": m, "outcome": draw(outcome)} for m in logged]
    preferences = {
        "reading": draw(st.sampled_from(["likes", "avoids"])),
        "video": draw(st.booleans()),
        "private_space": draw(st.booleans()),
        "charged_situation": draw(st.booleans()),
    }
    return Profile.model_validate(
        {
            "client": {"id": "made-up", "country": "US"},
            "program": {
                "setting": draw(st.sampled_from(["eap", "short-term", "ongoing"])),
                "sessions": sessions,
                "completed": completed,
                "frequency": draw(st.sampled_from(FREQUENCIES)),
                "minutes": draw(st.none() | st.integers(5, 120)),
            },
            "clearance": {"by": "t", "date": TODAY, "cleared": True, "flags": draw(some(FLAGS, 2)), "override": "x"},
            "topics": draw(st.lists(st.sampled_from([*TOPICS, *REFERRED_TOPICS]), min_size=1, max_size=3, unique=True)),
            "feeling": draw(st.none() | st.sampled_from(FEELINGS)),
            "goals": ["Made up."],
            "preferences": preferences,
            "homework": {
                "history": draw(st.sampled_from(["none-yet", "done", "partly", "missed"])),
                "obstacle": draw(st.none() | st.sampled_from(OBSTACLES)),
                "readiness": draw(st.integers(0, 10)),
                "log": log,
            },
            "modules": {
                "done": draw(some(modules, 8)),
                "assign": assign,
                "block": block,
                "reviewed": draw(st.just("all") | some(modules, 8)),
            },
            "books": draw(some(BOOKS)),
        }
    )


@st.composite
def tiny_libraries(draw: st.DrawFn) -> Library:
    """Give a library of a few modules, real ones changed at random and new ones that no rule names."""
    names = draw(some(LIBRARY.modules, 14)) + draw(some(["wks-own-one", "psy-own-two", "jrn-own-three"]))
    modules: dict[str, Module] = {}
    for name in names:
        model = LIBRARY.modules.get(name) or LIBRARY.modules["wks-coping-cards"]
        changes = {
            "id": name,
            "minutes": draw(st.integers(1, 50)),
            "requires": tuple(draw(some(names, 2))),
            "phase": draw(st.sampled_from(PHASES)),
            "review": draw(st.booleans()),
            "not_if": tuple(draw(some(FLAGS, 2))),
        }
        modules[name] = model.model_copy(update=changes)
    return replace(LIBRARY, modules=modules)


class Client:
    """A profile and a library, told in few words when a check fails."""

    def __init__(self, profile: Profile, library: Library) -> None:
        self.profile = profile
        self.library = library

    def __repr__(self) -> str:
        modules = self.library.modules.values()
        full = "the full library" if len(modules) == len(LIBRARY.modules) else ""
        rows = "\n".join(f"{m.id} {m.minutes} min, needs {m.requires}, {m.phase}, {m.not_if}" for m in modules)
        return f"{self.profile.model_dump(exclude_defaults=True)}\n{full or rows}"


@st.composite
def cases(draw: st.DrawFn) -> Client:
    """Give a profile with the full library or with a tiny one."""
    library = {"full": LIBRARY, "with links": WITH_LINKS}.get(draw(st.sampled_from(["full", "with links", "tiny"])))
    library = library or draw(tiny_libraries())
    return Client(draw(profiles([*library.modules, "psy-abc", "wks-identify-beliefs"])), library)


def done(profile: Profile) -> set[str]:
    """Return what is done by the list, or by the log's last word."""
    last = {entry.module: entry.outcome for entry in sorted(profile.homework.log, key=lambda e: e.session)}
    return {*profile.modules.done, *(id_ for id_, outcome in last.items() if outcome == "done")}


def shuffled(library: Library, seed: int) -> Library:
    """Return the same library with its modules in another order."""
    modules = list(library.modules.items())
    random.Random(seed).shuffle(modules)
    return replace(library, modules=dict(modules))


def check_what_a_module_builds_on_comes_first(plan: Plan, profile: Profile, library: Library) -> None:
    """Everything a module builds on is done or stands before it, no module comes twice, none is both in and out."""
    seen = done(profile)
    for id_ in plan.module_ids:
        assert set(library.modules[id_].requires) <= seen, id_
        seen.add(id_)
    assert len(set(plan.module_ids)) == len(plan.module_ids)
    out = [one.id for one in plan.left_out]
    assert sorted([*plan.module_ids, *out]) == sorted(library.modules)


def check_what_counts_does_not_build_on_what_may_be_skipped(plan: Plan, profile: Profile, library: Library) -> None:
    """A task never builds on one that stands as "if you have time"; of those a gap holds two at most."""
    optional = {a.id for g in plan.gaps for a in g.assignments if a.optional}
    counted = {a.id for g in plan.gaps for a in g.assignments if not a.optional}
    known = done(profile)
    for id_ in counted:
        assert not (set(library.modules[id_].requires) - known) & optional
    assert all(sum(a.optional for a in g.assignments) <= 2 for g in plan.gaps)


def check_minutes(plan: Plan, profile: Profile, library: Library) -> None:
    """No gap takes more than 110 percent of its minutes, unless a note names what is never dropped."""
    for gap in plan.gaps:
        most = gap.budget if gap.number == "after" else gap.budget * 110 // 100
        if gap.minutes > most:
            tasks = [a.id for a in gap.assignments if not (a.optional or a.in_session)]
            notes = [n for n in plan.notes if f"({gap.minutes} of {gap.budget})" in n]
            assert any(all(task in note for task in tasks) for note in notes)


def check_nothing_comes_that_may_not(plan: Plan, profile: Profile, library: Library) -> None:
    """Nothing blocked, flagged, done, unticked, out of its frequency or only for naming comes in by itself."""
    frequency = "monthly" if profile.program.setting == "ongoing" else profile.program.frequency
    for id_ in plan.module_ids:
        module = library.modules[id_]
        assert id_ not in profile.modules.block
        assert not set(module.not_if) & set(profile.clearance.flags)
        if id_ in profile.modules.assign:
            continue
        assert id_ not in done(profile)
        assert not module.assign_only
        assert frequency in module.frequency
        assert not module.review or profile.modules.is_reviewed(id_)
        assert module.kind != "journal" or profile.preferences.private_space
        assert module.kind != "video" or (profile.preferences.video and id_ in library.videos)
        assert module.kind != "reading" or (profile.preferences.reading != "avoids" and module.book in profile.books)


def check_one_of_a_kind_in_a_gap(plan: Plan, profile: Profile, library: Library) -> None:
    """A gap holds one reading, one video, one journal, one answer to an obstacle; a video is never alone."""
    for gap in plan.gaps:
        chosen = [a for a in gap.assignments if a.id not in profile.modules.assign]
        for kind in ("reading", "video", "journal"):
            assert sum(a.kind == kind for a in chosen) <= 1
        assert sum(a.reasons[0].rule == "obstacle" for a in chosen) <= 1
        counted = [a for a in gap.assignments if not (a.optional or a.in_session)]
        assert not counted or any(a.kind != "video" or a.id in profile.modules.assign for a in counted)


def check_every_reason_has_its_rule(plan: Plan, profile: Profile, library: Library) -> None:
    """Each choice and each omission names a rule of the table, and its sentence has no gaps."""
    said = [(r.rule, r.text) for g in plan.gaps for a in g.assignments for r in a.reasons]
    said += [(out.rule, out.text) for out in plan.left_out]
    for rule, text in said:
        assert rule in library.rules.rules
        assert text and "{" not in text and "  " not in text and "()" not in text, text
    assert all(a.reasons and a.why for g in plan.gaps for a in g.assignments)
    assert all(note and "{" not in note for note in plan.notes)


def check_assigned_comes_unless_ruled_out(plan: Plan, profile: Profile, library: Library) -> None:
    """What the therapist names is in the book, and counts, unless a fact rules it out; then a note says so."""
    out = {one.id: one for one in plan.left_out}
    counted = {a.id for g in plan.gaps for a in g.assignments if not a.optional}
    for id_ in profile.modules.assign:
        if id_ in library.modules and id_ not in counted:
            assert out[id_].rule in ("flag", "prerequisite-missing")
            assert any(id_ in note for note in plan.notes)


def check_after_missed_work(plan: Plan, profile: Profile, library: Library) -> None:
    """After missed work the next gap holds nothing that is new and hard, as long as there is a later one."""
    if profile.homework.history in ("partly", "missed") and len(plan.gaps) > 1:
        assert hard_modules(plan, profile, library) == []


def hard_modules(plan: Plan, profile: Profile, library: Library) -> list[str]:
    """Return what stands in the first gap, is not easy, was never given before, and was not named."""
    easy = library.rules.light.easy
    given_before = {entry.module for entry in profile.homework.log} | set(profile.modules.assign)
    named = [library.modules[id_] for id_ in profile.modules.assign if id_ in library.modules]
    needed = {need for module in named for need in module.requires}
    return [
        a.id
        for a in plan.gaps[0].assignments
        if a.id not in easy.modules
        and a.kind not in easy.kinds
        and library.modules[a.id].phase not in easy.phases
        and a.id not in given_before | needed
    ]


CHECKS = [
    check_what_a_module_builds_on_comes_first,
    check_what_counts_does_not_build_on_what_may_be_skipped,
    check_minutes,
    check_nothing_comes_that_may_not,
    check_one_of_a_kind_in_a_gap,
    check_every_reason_has_its_rule,
    check_assigned_comes_unless_ruled_out,
    check_after_missed_work,
]


@settings(max_examples=120, deadline=None, suppress_health_check=SLOW_TO_DRAW)
@given(cases())
def test_what_holds_for_every_plan(client: Client) -> None:
    """All that is checked above holds for one plan after the other."""
    profile, library = client.profile, client.library
    plan = make_plan(profile, library, TODAY)
    for check in CHECKS:
        check(plan, profile, library)


@settings(max_examples=30, deadline=None, suppress_health_check=SLOW_TO_DRAW)
@given(cases(), st.integers(0, 99))
def test_same_profile_same_plan(client: Client, seed: int) -> None:
    """The same profile gives the same plan, in whatever order the files were read."""
    profile, library = client.profile, client.library
    told = plan_to_json(make_plan(profile, library, TODAY))
    assert plan_to_json(make_plan(profile, library, TODAY)) == told
    assert plan_to_json(make_plan(profile, shuffled(library, seed), TODAY)) == told


@settings(max_examples=60, deadline=None, suppress_health_check=SLOW_TO_DRAW)
@given(cases())
def test_same_answers_same_plan(client: Client) -> None:
    """What is left out of the answers changes nothing of a plan but the id that it names."""
    plan = make_plan(client.profile, client.library, TODAY)
    shared = make_plan(planning_answers(client.profile), client.library, TODAY)
    assert replace(shared, client=client.profile.client.id) == plan


@settings(max_examples=80, deadline=None, suppress_health_check=SLOW_TO_DRAW)
@given(cases())
def test_short_cuts_change_nothing(client: Client) -> None:
    """What planning does not try again, and the plans that it does not make, would have changed nothing."""
    told = repr(make_plan(client.profile, client.library, TODAY))
    every_turn = patch.object(Climb, "stands_still", lambda self, wanted: False)
    every_plan = patch.object(Refusals, "matter", lambda self, fewer: True)
    with every_turn, every_plan:
        assert repr(make_plan(client.profile, client.library, TODAY)) == told


@settings(max_examples=30, deadline=None, suppress_health_check=SLOW_TO_DRAW)
@given(cases())
def test_ticks(client: Client) -> None:
    """What waits for a tick is not ticked, stands among what was left out, and comes in once it is ticked."""
    profile, library = client.profile, client.library
    plan = make_plan(profile, library, TODAY)
    waiting = {one.id for one in plan.needs_review}
    assert waiting == {out.id for out in plan.left_out if out.rule == "needs-review"}
    assert not any(profile.modules.is_reviewed(id_) for id_ in waiting)
    ticked = profile.model_copy(update={"modules": profile.modules.model_copy(update={"reviewed": ("all",)})})
    assert waiting <= set(make_plan(ticked, library, TODAY).module_ids)


def counted_with(client: Client, minutes: int) -> set[str]:
    """Return what counts in the plan of a client who gives so many minutes."""
    program = client.profile.program.model_copy(update={"minutes": minutes})
    plan = make_plan(client.profile.model_copy(update={"program": program}), client.library, TODAY)
    return {a.id for gap in plan.gaps for a in gap.assignments if not a.optional}


@settings(max_examples=50, deadline=None, suppress_health_check=SLOW_TO_DRAW)
@given(cases(), st.lists(st.integers(5, 240), min_size=2, max_size=4, unique=True))
def test_adding_minutes_never_removes_anything(client: Client, minutes: list[int]) -> None:
    """What counts with fewer minutes counts with more as well, whoever the client is and whatever the library holds."""
    before: set[str] = set()
    for more in sorted(minutes):
        now = counted_with(client, more)
        assert before <= now, (more, sorted(before - now))
        before = now


@settings(max_examples=3, deadline=None, suppress_health_check=SLOW_TO_DRAW)
@given(profiles([*LIBRARY.modules]))
def test_adding_minutes_one_by_one(profile: Profile) -> None:
    """It holds at each single minute, where gaps grow and doses change."""
    client = Client(profile, WITH_LINKS)
    before: set[str] = set()
    for minutes in range(5, 76):
        now = counted_with(client, minutes)
        assert before <= now, (minutes, sorted(before - now))
        before = now


def reversed_mappings(value: Any) -> Any:
    """Return the same YAML with the keys of all mappings the other way round, where their order says nothing."""
    if isinstance(value, dict):
        return {key: reversed_mappings(value[key]) for key in reversed(value)}
    return [reversed_mappings(one) for one in value] if isinstance(value, list) else value


@settings(max_examples=20, deadline=None, suppress_health_check=SLOW_TO_DRAW)
@given(cases())
def test_order_of_keys_is_irrelevant(client: Client) -> None:
    """A profile, and all tables but the roles (whose order is the order in a gap), may be written in any order."""
    turned = Profile.model_validate(reversed_mappings(client.profile.model_dump(mode="json", exclude_unset=True)))
    told = client.library.rules.model_dump(mode="json", exclude_unset=True)
    rules = Rules.model_validate(reversed_mappings(told) | {"roles": told["roles"]})
    library = replace(client.library, rules=rules)
    expected = plan_to_json(make_plan(client.profile, client.library, TODAY))
    assert plan_to_json(make_plan(turned, library, TODAY)) == expected
