"""What an REBT therapist expects of the plan, written down from the clinical notes before the engine was looked at.

Each folder of tests/cases/therapist holds ``in/profile.yaml`` of a made-up client and ``expect.yaml``: a story that
says why a therapist wants this, and expectations. Their kinds are the keys of CHECKS below. ``in/videos.yaml``, where
there is one, stands in for the practice's list of films. What holds for every plan is in HOUSE_RULES, so that a case
has to say only what is special about it. ``open`` names the kinds of expectations that the planner does not meet yet,
with a comment that says why: they stay as they are, must fail, and are taken out of ``open`` when they are met.
"""

from __future__ import annotations

import itertools
import re
import shutil
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import pytest
import yaml
from support import DAY, ROOT

from workbook_builder.book import Assignment, Gap, GapNumber, Plan
from workbook_builder.compose import compose_book, find_words
from workbook_builder.errors import InputProblems, Refused
from workbook_builder.folders import Folders, find_folders
from workbook_builder.library import Library
from workbook_builder.pipeline import Order, parse_bodies, plan_workbook, read_layout
from workbook_builder.profile import Profile
from workbook_builder.vocabulary import FLAGS, OBSTACLES

HOME = ROOT / "tests" / "cases" / "therapist"
CASES = sorted(case for case in HOME.iterdir() if case.is_dir())
ONE_A_GAP = ("reading", "video", "journal")
STAYING_WELL = "wks-staying-well"
Expected = Mapping[str, Any]


@dataclass(frozen=True)
class Outcome:
    """What became of a case: a plan with what it was made of, or why there is none."""

    folders: Folders
    plan: Plan | None = None
    profile: Profile | None = None
    library: Library | None = None
    refused: str = ""
    problem: str = ""

    def planned(self) -> Planned:
        """Return the plan, to look things up in. Fails when there is none."""
        assert self.plan and self.profile and self.library, f"no plan: {self.refused or self.problem}"
        return Planned(self.plan, self.profile, self.library)


@dataclass(frozen=True)
class Planned:
    """A plan, and where each module stands in it."""

    plan: Plan
    profile: Profile
    library: Library

    @property
    def tasks(self) -> Sequence[tuple[GapNumber, Assignment]]:
        """All tasks in reading order, each with the number of its gap."""
        return [(gap.number, task) for gap in self.plan.gaps for task in gap.assignments]

    @property
    def ids(self) -> Sequence[str]:
        """The modules in reading order."""
        return self.plan.module_ids

    @property
    def firm(self) -> set[str]:
        """The modules that are not offered "if you have time"."""
        return {task.id for _, task in self.tasks if not task.optional}

    def gap(self, number: GapNumber) -> Gap:
        """Return a gap by its number. Fails when the book does not have it."""
        found = [gap for gap in self.plan.gaps if gap.number == number]
        assert found, f"there is no gap {number}, only {[gap.number for gap in self.plan.gaps]}"
        return found[0]

    def gap_index(self, number: GapNumber) -> int:
        """Return which gap of the book this is, from 0."""
        return self.plan.gaps.index(self.gap(number))

    def gap_of(self, name: str) -> GapNumber:
        """Return the gap in which a module stands. Fails when it is not in the plan."""
        for number, task in self.tasks:
            if task.id == name:
                return number
        return pytest.fail(f"{name} is not in the plan; {self.why_not(name)}")

    def why_not(self, name: str) -> str:
        """Say what the plan tells about a module that it does not hold."""
        told = [f"left out ({out.rule}): {out.text}" for out in self.plan.left_out if out.id == name]
        return told[0] if told else "the plan does not say why"

    def everything_told(self) -> str:
        """All that the plan tells the therapist."""
        reasons = [reason.text for _, task in self.tasks for reason in task.reasons]
        left_out = [out.text for out in self.plan.left_out]
        return "\n".join([*self.plan.notes, *reasons, *left_out])


def home_work(gap: Gap) -> list[Assignment]:
    """What the client does at home in a gap, and has to."""
    return [task for task in gap.assignments if not task.in_session and not task.optional]


def mentions(text: str, words: Sequence[str]) -> bool:
    """Whether a text has one of the words, in capitals or not."""
    return any(word.lower() in text.lower() for word in words)


# Kinds of expectations. Each yields a sentence for whatever is not as expected.

Check = Callable[[Planned, Any], Iterator[str]]


def _gaps(it: Planned, wanted: list[GapNumber]) -> Iterator[str]:
    found = [gap.number for gap in it.plan.gaps]
    if found != wanted:
        yield f"the gaps are {found}, not {wanted}"


def _budget(it: Planned, wanted: Mapping[GapNumber, int]) -> Iterator[str]:
    for number, minutes in wanted.items():
        if it.gap(number).budget != minutes:
            yield f"gap {number} has {it.gap(number).budget} minutes to give, not {minutes}"


def _minutes_at_most(it: Planned, wanted: Mapping[GapNumber, int]) -> Iterator[str]:
    for number, most in wanted.items():
        if it.gap(number).minutes > most:
            yield f"gap {number} takes {it.gap(number).minutes} minutes, more than {most}"


def _tasks_at_most(it: Planned, wanted: Mapping[GapNumber, int]) -> Iterator[str]:
    for number, most in wanted.items():
        tasks = [task.id for task in home_work(it.gap(number))]
        if len(tasks) > most:
            yield f"gap {number} has {len(tasks)} tasks, more than {most}: {tasks}"


def _longest_task_at_most(it: Planned, wanted: Mapping[GapNumber, int]) -> Iterator[str]:
    for number, most in wanted.items():
        for task in home_work(it.gap(number)):
            if task.minutes > most:
                yield f"{task.id} in gap {number} takes {task.minutes} minutes, more than {most}"


def _modules_count(it: Planned, wanted: tuple[int, int]) -> Iterator[str]:
    least, most = wanted
    if not least <= len(it.firm) <= most:
        yield f"the book has {len(it.firm)} modules, not {least}-{most}: {[i for i in it.ids if i in it.firm]}"


def _must(it: Planned, wanted: list[str]) -> Iterator[str]:
    for name in wanted:
        if name not in it.ids:
            yield f"{name} is missing; {it.why_not(name)}"
        elif name not in it.firm:
            yield f"{name} is only offered if there is time"


def _must_any(it: Planned, wanted: list[list[str]]) -> Iterator[str]:
    for names in wanted:
        if not it.firm & set(names):
            yield f"none of these is there: {'; '.join(f'{name}: {it.why_not(name)}' for name in names)}"


def _offered(it: Planned, wanted: list[str]) -> Iterator[str]:
    for name in wanted:
        if name not in it.ids:
            yield f"{name} is missing, and not even offered; {it.why_not(name)}"


def _must_not(it: Planned, wanted: list[str]) -> Iterator[str]:
    for name in wanted:
        if name in it.ids:
            yield f"{name} is in gap {it.gap_of(name)}, and should not be in the book"


def _in_gap(it: Planned, wanted: Mapping[str, GapNumber]) -> Iterator[str]:
    for name, number in wanted.items():
        if it.gap_of(name) != number:
            yield f"{name} is in gap {it.gap_of(name)}, not {number}"


def _not_before_gap(it: Planned, wanted: Mapping[str, GapNumber]) -> Iterator[str]:
    for name, number in wanted.items():
        if it.gap_index(it.gap_of(name)) < it.gap_index(number):
            yield f"{name} comes in gap {it.gap_of(name)}, before {number}"


def _not_after_gap(it: Planned, wanted: Mapping[str, GapNumber]) -> Iterator[str]:
    for name, number in wanted.items():
        if it.gap_index(it.gap_of(name)) > it.gap_index(number):
            yield f"{name} comes in gap {it.gap_of(name)}, later than {number}"


def _kind_not_after_gap(it: Planned, wanted: Mapping[str, GapNumber]) -> Iterator[str]:
    for kind, number in wanted.items():
        gaps = [gap for gap, task in it.tasks if task.kind == kind]
        if not gaps or it.gap_index(gaps[0]) > it.gap_index(number):
            yield f"the first {kind} comes in gap {gaps[0] if gaps else '(none)'}, later than {number}"


def _first_in_gap(it: Planned, wanted: Mapping[GapNumber, str]) -> Iterator[str]:
    for number, name in wanted.items():
        tasks = [task.id for task in it.gap(number).assignments]
        if tasks[:1] != [name]:
            yield f"gap {number} begins with {tasks[:1]}, not {name}"


def _in_session(it: Planned, wanted: list[str]) -> Iterator[str]:
    for name in wanted:
        if not any(task.id == name and task.in_session for _, task in it.tasks):
            yield f"{name} is not done in session"


def _order(it: Planned, wanted: list[tuple[str, str]]) -> Iterator[str]:
    for first, then in wanted:
        missing = [f"{name} is missing; {it.why_not(name)}" for name in (first, then) if name not in it.ids]
        yield from missing
        if not missing and it.ids.index(first) > it.ids.index(then):
            yield f"{then} (gap {it.gap_of(then)}) comes before {first} (gap {it.gap_of(first)})"


def _next_page(it: Planned, wanted: list[tuple[str, str]]) -> Iterator[str]:
    pages = [task.id for _, task in it.tasks if task.kind == "psychoeducation"]
    for page, following in wanted:
        rest = pages[pages.index(page) + 1 :] if page in pages else []
        if rest[:1] != [following]:
            yield f"the next page after {page} is {rest[:1]}, not {following}"


def _same_or_next_gap(it: Planned, wanted: list[tuple[str, str]]) -> Iterator[str]:
    for first, then in wanted:
        if it.gap_index(it.gap_of(then)) - it.gap_index(it.gap_of(first)) not in (0, 1):
            yield f"{then} is in gap {it.gap_of(then)}, but {first} in gap {it.gap_of(first)}"


def _kinds_present(it: Planned, wanted: list[str]) -> Iterator[str]:
    for kind in wanted:
        if not any(task.kind == kind and not task.optional for _, task in it.tasks):
            yield f"there is no {kind}"


def _no_kind(it: Planned, wanted: list[str]) -> Iterator[str]:
    for number, task in it.tasks:
        if task.kind in wanted:
            yield f"{task.id} is a {task.kind}, in gap {number}"


def _at_most_per_gap(it: Planned, wanted: Mapping[str, int]) -> Iterator[str]:
    for gap in it.plan.gaps:
        yield from _at_most_in_gap(it, {gap.number: wanted})


def _at_most_in_gap(it: Planned, wanted: Mapping[GapNumber, Mapping[str, int]]) -> Iterator[str]:
    for number, kinds in wanted.items():
        for kind, most in kinds.items():
            found = [task.id for task in it.gap(number).assignments if task.kind == kind]
            if len(found) > most:
                yield f"gap {number} has {len(found)} of kind {kind}, more than {most}: {found}"


def _every_gap_has_a_task(it: Planned, wanted: bool) -> Iterator[str]:
    empty = [gap.number for gap in it.plan.gaps if not home_work(gap)]
    if wanted and empty:
        yield f"nothing to do at home in gap {empty}"


def _no_two_pages_in_a_row(it: Planned, wanted: bool) -> Iterator[str]:
    tasks = [(number, task) for number, task in it.tasks if not task.in_session]
    pairs = [
        (before, one.id, other.id)
        for (before, one), (_, other) in itertools.pairwise(tasks)
        if one.kind == other.kind == "psychoeducation"
    ]
    opening = it.plan.gaps[0].number
    for n, (number, one, other) in enumerate(pairs):
        if wanted and (n > 0 or number != opening):  # a very short pair may open the book
            yield f"{one} and {other} are two pages in a row, with nothing to do between them"


def _needs_review(it: Planned, wanted: list[str]) -> Iterator[str]:
    waiting = {one.id for one in it.plan.needs_review}
    for name in wanted:
        if name not in waiting:
            yield f"{name} is not listed as waiting for a tick; there are {sorted(waiting)}"


def _notes_contain(it: Planned, wanted: list[list[str]]) -> Iterator[str]:
    for words in wanted:
        if not any(mentions(note, words) for note in it.plan.notes):
            yield f"no note has one of {words}: {list(it.plan.notes)}"


def _told(it: Planned, wanted: list[list[str]]) -> Iterator[str]:
    for words in wanted:
        if not mentions(it.everything_told(), words):
            yield f"neither a note nor a reason has one of {words}; notes: {list(it.plan.notes)}"


def _left_out_words(it: Planned, wanted: Mapping[str, list[str]]) -> Iterator[str]:
    for name, words in wanted.items():
        texts = [out.text for out in it.plan.left_out if out.id == name]
        if not any(mentions(text, words) for text in texts):
            yield f"the reason for leaving out {name} has none of {words}: {texts}"


def _plain_cover(it: Planned, wanted: bool) -> Iterator[str]:
    layout = read_layout(find_folders(ROOT), "restartt")
    words = find_words(it.profile.client.language, it.profile.client.country)
    bodies = parse_bodies(it.library, it.plan.module_ids)
    manuscript = compose_book(it.plan, it.profile, it.library, layout, bodies, words, DAY)
    html = manuscript.fixed[manuscript.order[0]].html
    text = re.sub(r"<[^>]*>", " ", html[html.index("<body") :])
    telling = [it.profile.client.name or "", it.library.practice.name, "workbook", "therap", *it.profile.topics]
    shown = [word for word in telling if word and word.lower() in text.lower()]
    if wanted == bool(shown):
        yield f"the cover shows {shown}"


def _nothing(it: Planned, wanted: object) -> Iterator[str]:
    yield from ()


CHECKS: Mapping[str, Check] = {
    "gaps": _gaps,  # the numbers of all gaps
    "budget": _budget,  # gap: minutes to give
    "minutes_at_most": _minutes_at_most,  # gap: minutes
    "tasks_at_most": _tasks_at_most,  # gap: tasks at home
    "longest_task_at_most": _longest_task_at_most,  # gap: minutes of a single task
    "modules_count": _modules_count,  # at least and at most in the whole book
    "must": _must,  # in the book, and not only "if you have time"
    "must_any": _must_any,  # of each list at least one
    "offered": _offered,  # in the book, be it "if you have time"
    "must_not": _must_not,
    "in_gap": _in_gap,
    "not_before_gap": _not_before_gap,
    "not_after_gap": _not_after_gap,
    "kind_not_after_gap": _kind_not_after_gap,  # the first of its kind comes by then
    "first_in_gap": _first_in_gap,
    "in_session": _in_session,
    "order": _order,  # pairs, both in the book, in this order
    "next_page": _next_page,  # pairs of psychoeducation pages with no other such page between
    "same_or_next_gap": _same_or_next_gap,  # the second not later than one gap after the first
    "kinds_present": _kinds_present,
    "no_kind": _no_kind,
    "at_most_per_gap": _at_most_per_gap,  # kind: number, for every gap
    "at_most_in_gap": _at_most_in_gap,
    "every_gap_has_a_task": _every_gap_has_a_task,
    "no_two_pages_in_a_row": _no_two_pages_in_a_row,  # psychoeducation, but for the opening pair
    "needs_review": _needs_review,
    "notes_contain": _notes_contain,  # of each list one word, in one note
    "told": _told,  # of each list one word, in any note or reason
    "left_out_words": _left_out_words,  # module: one of these words in the reason for leaving it out
    "plain_cover": _plain_cover,
    "over_budget": _nothing,  # gaps that may take more minutes than there are; see _minutes
}
OPEN: Mapping[str, set[str]] = {}
"""What is not met yet, by case."""
WITHOUT_PLAN = ("refused", "problem", "never")
"""Expectations of cases that need not have a plan: words of the refusal, words of the problem, modules never given."""


# What holds for every plan, by the clinical notes.


def _nothing_twice(it: Planned, expected: Expected) -> Iterator[str]:
    for name, times in Counter(it.ids).items():
        if times > 1:
            yield f"{name} is given {times} times"


def _nothing_unwanted(it: Planned, expected: Expected) -> Iterator[str]:
    orders, flags = it.profile.modules, set(it.profile.clearance.flags)
    for name in it.ids:
        module = it.library.modules[name]
        if name in orders.done:
            yield f"{name} is done"
        if name in orders.block:
            yield f"{name} is blocked"
        if hit := flags & set(module.not_if):
            yield f"{name} must not be given with {sorted(hit)}"
        if module.review and not orders.is_reviewed(name):
            yield f"{name} has not been ticked"
        if module.assign_only and name not in orders.assign:
            yield f"{name} is given only when the therapist names it"
        if it.profile.program.frequency not in module.frequency and name not in orders.assign:
            yield f"{name} is not for this frequency"


def _right_kinds(it: Planned, expected: Expected) -> Iterator[str]:
    wishes = it.profile.preferences
    for _, task in it.tasks:
        if task.id in it.profile.modules.assign:
            continue
        if task.kind == "journal" and not wishes.private_space:
            yield f"{task.id}: a journal without a private place"
        if task.kind == "video" and not wishes.video:
            yield f"{task.id}: no videos are wanted"
        if task.kind == "reading" and wishes.reading == "avoids":
            yield f"{task.id}: a chapter for somebody who avoids reading"
        if task.kind == "reading" and it.library.modules[task.id].book not in it.profile.books:
            yield f"{task.id}: from a book that the client does not have"


def _one_of_a_kind(it: Planned, expected: Expected) -> Iterator[str]:
    yield from _at_most_per_gap(it, dict.fromkeys(ONE_A_GAP, 1))
    answers = [name for name in it.ids if name.startswith("wks-obstacle-")]
    if len(answers) > 1:
        yield f"more than one answer to an obstacle: {answers}"


def _prerequisites_first(it: Planned, expected: Expected) -> Iterator[str]:
    seen = set(it.profile.modules.done)
    for number, task in it.tasks:
        if missing := set(it.library.modules[task.id].requires) - seen:
            yield f"{task.id} in gap {number} comes before {sorted(missing)}"
        seen.add(task.id)


def _minutes(it: Planned, expected: Expected) -> Iterator[str]:
    for gap in it.plan.gaps:
        if gap.minutes > 1.1 * gap.budget and gap.number not in expected.get("over_budget", ()):
            tasks = [f"{task.id} {task.minutes}" for task in home_work(gap)]
            yield f"gap {gap.number} takes {gap.minutes} of {gap.budget} minutes: {tasks}"
        optional = [task.id for task in gap.assignments if task.optional]
        if len(optional) > 2:
            yield f"gap {gap.number} has more than two things for more time: {optional}"


def _video_never_alone(it: Planned, expected: Expected) -> Iterator[str]:
    for gap in it.plan.gaps:
        if gap.assignments and all(task.kind == "video" for task in gap.assignments):
            yield f"gap {gap.number} has only a video"


def _staying_well_at_the_end(it: Planned, expected: Expected) -> Iterator[str]:
    if STAYING_WELL in (*it.profile.modules.done, *it.profile.modules.block):
        return
    last = [gap.number for gap in it.plan.gaps][-2:]
    if it.profile.program.setting == "ongoing":  # no end is in sight, and "My own session" builds on it
        last = [gap.number for gap in it.plan.gaps]
    if it.gap_of(STAYING_WELL) not in last:
        yield f"{STAYING_WELL} is in gap {it.gap_of(STAYING_WELL)}, not in one of {last}"


def _everything_has_a_reason(it: Planned, expected: Expected) -> Iterator[str]:
    for _, task in it.tasks:
        if not task.reasons or not all(reason.text.strip() for reason in task.reasons):
            yield f"{task.id} has no reason"
    left_out = Counter(out.id for out in it.plan.left_out)
    for name in it.library.modules:
        if (name in it.ids) + left_out[name] != 1:
            yield f"{name}: in the plan {it.ids.count(name)} times, left out {left_out[name]} times"
    for out in it.plan.left_out:
        if not out.text.strip():
            yield f"{out.id} is left out without a reason"


def _client_reads_no_codes(it: Planned, expected: Expected) -> Iterator[str]:
    codes = [code for code in (*FLAGS, *OBSTACLES, *it.library.modules) if "-" in code] + ["obstacle", "override"]
    for _, task in it.tasks:
        if not task.why.strip():
            yield f"{task.id} has no line for the client"
        for code in codes:
            if code in task.why.lower():
                yield f"{task.id} tells the client {code!r}: {task.why}"


HOUSE_RULES = (
    _nothing_twice,
    _nothing_unwanted,
    _right_kinds,
    _one_of_a_kind,
    _prerequisites_first,
    _minutes,
    _video_never_alone,
    _staying_well_at_the_end,
    _everything_has_a_reason,
    _client_reads_no_codes,
)


def expectations(case: Path) -> Expected:
    """Read what a case expects."""
    found: Expected = yaml.safe_load((case / "expect.yaml").read_text(encoding="utf-8"))
    return found


WITH_PLAN = [case for case in CASES if not set(expectations(case)) & set(WITHOUT_PLAN)]
EXPECTED = [(case, kind) for case in WITH_PLAN for kind in expectations(case) if kind in CHECKS]


@pytest.fixture(scope="module")
def outcome(tmp_path_factory: pytest.TempPathFactory) -> Callable[[Path], Outcome]:
    """Return a function that plans a case, once in a run."""

    @cache
    def planned(case: Path) -> Outcome:
        folders = find_folders(ROOT)
        if (films := case / "in" / "videos.yaml").exists():
            home = tmp_path_factory.mktemp(case.name)
            shutil.copytree(folders.content, home / "content")
            shutil.copy(films, home / "content" / "videos.yaml")
            folders = find_folders(home)
        try:
            return Outcome(folders, *plan_workbook(case / "in" / "profile.yaml", folders, Order(DAY, DAY)))
        except Refused as error:
            return Outcome(folders, refused=str(error))
        except InputProblems as error:
            return Outcome(folders, problem=str(error))

    return planned


@pytest.mark.parametrize(("case", "kind"), EXPECTED, ids=lambda value: getattr(value, "name", value))
def test_plan_is_what_a_therapist_expects(case: Path, kind: str, outcome: Callable[[Path], Outcome]) -> None:
    """Each expectation of a case holds, but for those that are known to be open, which do not."""
    expected = expectations(case)
    failed = _failures(CHECKS[kind], outcome(case).planned(), expected[kind])
    if kind in expected.get("open", ()):
        assert failed, f"{case.name}, {kind}: mended: take it out of open"
    else:
        assert not failed, f"{case.name}, {kind}: " + "\n".join(failed)


def _failures(check: Check, planned: Planned, wanted: object) -> list[str]:
    """Return what is not as expected; also what a check needs to find in the plan and does not."""
    try:
        return list(check(planned, wanted))
    except (AssertionError, pytest.fail.Exception) as missing:
        return [str(missing)]


def test_no_more_is_open_than_is_known() -> None:
    """What the planner does not meet yet is listed here once more, so that the list can only shrink."""
    found = {case.name: set(expectations(case)["open"]) for case in CASES if "open" in expectations(case)}
    assert found == OPEN
    assert all(kinds <= set(expectations(HOME / name)) & set(CHECKS) for name, kinds in found.items())


@pytest.mark.parametrize("rule", HOUSE_RULES, ids=lambda rule: rule.__name__.strip("_"))
@pytest.mark.parametrize("case", WITH_PLAN, ids=lambda case: case.name)
def test_what_holds_for_every_plan(
    case: Path, rule: Callable[[Planned, Expected], Iterator[str]], outcome: Callable[[Path], Outcome]
) -> None:
    """Nothing unwanted, unsafe, out of order, too much or unexplained is in any plan."""
    failed = list(rule(outcome(case).planned(), expectations(case)))
    assert not failed, f"{case.name}: " + "\n".join(failed)


@pytest.mark.parametrize("case", [case for case in CASES if case not in WITH_PLAN], ids=lambda case: case.name)
def test_no_plan_where_a_therapist_would_make_none(case: Path, outcome: Callable[[Path], Outcome]) -> None:
    """A refusal ends with exit code 4, an order that cannot be met with 3, and each says what it is about."""
    expected, result = expectations(case), outcome(case)
    assert (int(Refused.exit_code), int(InputProblems.exit_code)) == (4, 3)
    if "never" in expected:
        given = [name for name in expected["never"] if result.plan and name in result.plan.module_ids]
        assert not given, f"{case.name}: {given} is in the plan"
        return
    kind = "refused" if "refused" in expected else "problem"
    message = result.refused if kind == "refused" else result.problem
    assert message, f"{case.name}: not {kind}, but {result.refused or result.problem or 'a plan was made'}"
    missing = [word for word in expected[kind] if word.lower() not in message.lower()]
    assert not missing, f"{case.name}: the message lacks {missing}: {message}"


def test_there_are_enough_cases() -> None:
    """The loops above have found their cases, and a story and a made-up profile in each."""
    assert len(CASES) >= 14
    for case in CASES:
        assert len(expectations(case)["story"]) > 40, case.name
        assert yaml.safe_load((case / "in" / "profile.yaml").read_text(encoding="utf-8"))["fictional"] is True


def test_every_expectation_is_known() -> None:
    """No expectation is passed over because of a slip in its name, and every module that is named exists."""
    known = {"story", "open", *CHECKS, *WITHOUT_PLAN}
    modules = {path.stem for path in (ROOT / "content" / "en").glob("*/*.md")}
    for case in CASES:
        assert set(expectations(case)) <= known, f"{case.name}: {set(expectations(case)) - known}"
        text = (case / "expect.yaml").read_text(encoding="utf-8")
        named = set(re.findall(r"\b(?:psy|wks|read|vid|jrn)-[a-z-]*[a-z]", text))
        assert named <= modules, f"{case.name}: {sorted(named - modules)}"


def test_cases_cover_what_therapists_meet() -> None:
    """Among the cases are every obstacle, every frequency, and courses of many lengths."""
    profiles = [yaml.safe_load((case / "in" / "profile.yaml").read_text(encoding="utf-8")) for case in WITH_PLAN]
    homework = [profile.get("homework", {}) for profile in profiles]
    obstacles = {work.get("obstacle") for work in homework} | {
        entry.get("obstacle") for work in homework for entry in work.get("log", ())
    }
    assert set(OBSTACLES) <= obstacles
    assert {"weekly", "biweekly", "monthly"} == {profile["program"]["frequency"] for profile in profiles}
    assert {3, 4, 5, 6, 8} <= {profile["program"]["sessions"] for profile in profiles}
    assert any(profile["program"].get("setting") == "ongoing" for profile in profiles)
