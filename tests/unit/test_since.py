"""The next edition: what the last book gave does not come again, and the therapist reads what is new."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from io import BytesIO
from pathlib import Path
from typing import Any

import pikepdf
import pytest
from pdf_facts import page_texts
from support import DAY, ROOT, Ran

from workbook_builder.book import Plan
from workbook_builder.compose import compose_book, find_words
from workbook_builder.errors import ExitCode, InputProblems
from workbook_builder.layout import Layout
from workbook_builder.library import Library, load_library
from workbook_builder.markup import Body
from workbook_builder.plan import continue_plan, make_plan, plan_to_json
from workbook_builder.profile import Profile, load_profile
from workbook_builder.since import read_earlier

Workbook = Callable[..., Ran]
EXAMPLES = sorted((ROOT / "profiles").glob("*.yaml"))
FIVE = ROOT / "profiles" / "anxiety-five.yaml"


@pytest.fixture(scope="module")
def library() -> Library:
    """The library that ships with the program."""
    return load_library(ROOT / "content", None)


def later(profile: Profile, completed: int, **groups: Any) -> Profile:
    """Return a profile some sessions later; ``groups`` are settings that have changed since."""
    values = profile.model_dump(by_alias=True, exclude_unset=True)
    for name, group in groups.items():
        values[name] = {**values.get(name, {}), **group} if isinstance(group, dict) else group
    values["program"] = {**values["program"], "completed": completed, **groups.get("program", {})}
    return Profile.model_validate(values)


def with_modules(profile: Profile, **settings: tuple[str, ...]) -> Profile:
    """Return a profile with some of its modules' settings changed."""
    return profile.model_copy(update={"modules": profile.modules.model_copy(update=settings)})


def log(*entries: tuple[int, str, str]) -> dict[str, Any]:
    """Return homework with a log of session, module and outcome."""
    return {"log": [{"session": session, "module": id_, "outcome": outcome} for session, id_, outcome in entries]}


def given(plan: Plan, before: int) -> list[str]:
    """Return what a plan gives in the gaps before one, without what is done in a session."""
    gaps = [gap for gap in plan.gaps if gap.number != "after" and gap.number < before]
    return [one.id for gap in gaps for one in gap.assignments if not one.in_session]


@pytest.fixture
def then(library: Library) -> tuple[Profile, Plan]:
    """A client after the first of five sessions, and the plan of the book that was made then."""
    profile = load_profile(FIVE)
    return profile, make_plan(profile, library, DAY)


@pytest.mark.parametrize("path", EXAMPLES, ids=[path.stem for path in EXAMPLES])
def test_nothing_is_repeated_and_gaps_go_on(path: Path, library: Library) -> None:
    """Every example, after each further session: what lies behind is not given again, and no module is lost."""
    first = load_profile(path)
    first = first.model_copy(update={"homework": first.homework.model_copy(update={"history": "done"})})
    plan = make_plan(first, library, DAY)
    started, sessions = first.program.completed, first.program.sessions
    assert started < sessions
    for completed in range(max(started, 1) + 1, sessions + 1):
        now = later(first, completed)
        found = continue_plan(now, library, DAY, plan)
        behind = given(plan, completed)
        assert behind and not set(behind) & set(found.module_ids)
        assert [gap.number for gap in found.gaps] == [*range(completed, sessions), "after"]
        left_out = {out.id: out for out in found.left_out}
        assert {*left_out, *found.module_ids} == set(library.modules)
        assert {left_out[id_].rule for id_ in behind} == {"given"}
        assert found.since and set(found.since.not_repeated) == set(behind)


def test_reason_names_the_gap(library: Library, then: tuple[Profile, Plan]) -> None:
    """The therapist reads in which gap the last book gave it; what modules.done says keeps its own reason."""
    now = with_modules(later(then[0], 3), done=("psy-abc",))
    left_out = {out.id: out for out in continue_plan(now, library, DAY, then[1]).left_out}
    assert left_out["psy-anxiety-concern"].text.startswith("Was in the last book, in gap 2,")
    assert (left_out["psy-abc"].rule, left_out["wks-abc-log"].rule) == ("done", "given")


def test_log_decides(library: Library, then: tuple[Profile, Plan]) -> None:
    """Missed work comes again with its own line, what was done does not; what the log passes over does not either."""
    entries = ((2, "wks-identify-beliefs", "missed"), (2, "psy-anxiety-concern", "done"))
    plan = continue_plan(later(then[0], 3, homework=log(*entries)), library, DAY, then[1])
    tasks = {one.id: one for gap in plan.gaps for one in gap.assignments}
    assert tasks["wks-identify-beliefs"].why == library.rules.why.again
    assert not {"psy-anxiety-concern", "psy-abc", "wks-abc-log"} & tasks.keys()
    assert plan.since and plan.since.again == ("wks-identify-beliefs",)
    rules = {out.id: out.rule for out in plan.left_out}
    assert (rules["psy-anxiety-concern"], rules["psy-abc"]) == ("done", "given")


def test_an_older_entry_says_nothing_about_what_was_given_later(library: Library, then: tuple[Profile, Plan]) -> None:
    """Missed at session 1, given once more in gap 2, and no word since: it is not given a third time."""
    entries = ((1, "wks-identify-beliefs", "missed"),)
    plan = continue_plan(later(then[0], 3, homework=log(*entries)), library, DAY, then[1])
    assert "wks-identify-beliefs" not in plan.module_ids


@pytest.mark.parametrize("history", ["partly", "missed"])
def test_missed_without_a_log(history: str, library: Library, then: tuple[Profile, Plan]) -> None:
    """Nobody says which task it was: what the last gap gave comes again, what lies further back does not."""
    plan = continue_plan(later(then[0], 3, homework={"history": history}), library, DAY, then[1])
    last = [one.id for gap in then[1].gaps if gap.number == 2 for one in gap.assignments]
    assert plan.since and set(plan.since.again) == set(last)
    assert set(plan.since.not_repeated) == set(given(then[1], 2))
    note = next(note for note in plan.notes if "no log entry says which" in note)
    assert f"homework.history is {history}" in note and "gap 2" in note and ", ".join(last) in note


def test_work_done_in_a_session_is_not_counted(library: Library) -> None:
    """The sheet on what got in the way belongs to its session: after missed work it comes again."""
    first = load_profile(ROOT / "profiles" / "anger-six.yaml")
    plan = make_plan(first, library, DAY)
    assert plan.module_ids[0] == "wks-what-got-in-the-way"
    found = continue_plan(later(first, 3), library, DAY, plan)
    assert found.module_ids[0] == "wks-what-got-in-the-way"
    assert found.since and "wks-what-got-in-the-way" not in {*found.since.new, *found.since.carried}


def test_a_third_book_knows_the_first(library: Library, then: tuple[Profile, Plan]) -> None:
    """What the first book gave stands in the second plan as given, and so the third book leaves it out as well."""
    second = continue_plan(later(then[0], 3), library, DAY, then[1])
    third = continue_plan(later(then[0], 4), library, DAY, second)
    behind = [*given(then[1], 3), *given(second, 4)]
    assert len(behind) > 5 and not set(behind) & set(third.module_ids)
    assert {out.rule for out in third.left_out if out.id in behind} == {"given"}
    texts = {out.id: out.text for out in third.left_out}
    assert "gap 1" in texts["psy-abc"] and "gap 3" in texts["wks-dispute-three-ways"]


def test_further_sessions_were_granted(library: Library, then: tuple[Profile, Plan]) -> None:
    """What followed the last session lies behind once a session more has taken place."""
    after = [one.id for one in then[1].gaps[-1].assignments]
    for completed, comes in ((5, True), (6, False)):
        now = later(then[0], completed, program={"sessions": 8, "completed": completed})
        plan = continue_plan(now, library, DAY, then[1])
        assert ("wks-staying-well" in plan.module_ids) is comes
        assert plan.since and set(after).issubset(plan.since.not_repeated) is not comes


def test_assigned_comes_again(library: Library, then: tuple[Profile, Plan]) -> None:
    """The therapist has the last word here as well."""
    plan = continue_plan(with_modules(later(then[0], 3), assign=("wks-abc-log",)), library, DAY, then[1])
    assert "wks-abc-log" in plan.module_ids
    assert plan.since and "wks-abc-log" in plan.since.again


def test_notes_say_what_is_new_carried_over_and_not_repeated(library: Library, then: tuple[Profile, Plan]) -> None:
    """One note each; every module of the plan is in one of them, and what is no longer planned is named."""
    now = later(then[0], 3, topics=["anxiety", "anger"], program={"sessions": 6, "completed": 3})
    now = with_modules(now, reviewed=("all",), block=("wks-even-if",))
    plan = continue_plan(now, library, DAY, then[1])
    assert plan.since
    assert "psy-anger" in plan.since.new and "wks-dispute-three-ways" in plan.since.carried
    assert {*plan.since.new, *plan.since.carried, *plan.since.again} == set(plan.module_ids)
    starts = (
        "New since the last book: ",
        "Carried over from the last book",
        "Not repeated",
        "Planned in the last book",
    )
    for start, ids in zip(
        starts, (plan.since.new, plan.since.carried, plan.since.not_repeated, ["wks-even-if"]), strict=True
    ):
        note = next(note for note in plan.notes if note.startswith(start))
        assert all(id_ in note for id_ in ids)


def test_same_day_again(library: Library, then: tuple[Profile, Plan]) -> None:
    """No session in between: the same plan, nothing new, nothing left behind."""
    plan = continue_plan(then[0], library, DAY, then[1])
    assert plan.gaps == then[1].gaps
    assert plan.since and (plan.since.new, plan.since.not_repeated) == ((), ())
    assert plan.notes[0] == "Nothing is new since the last book."


def test_letter(library: Library, then: tuple[Profile, Plan], layout: Layout) -> None:
    """One line about what is new; warm when nothing is; none in a first book."""

    def written(plan: Plan) -> str:
        bodies = dict.fromkeys(plan.module_ids, Body())
        book = compose_book(plan, then[0], library, layout, bodies, find_words("en", "US"), DAY)
        return book.fixed["page-letter"].html

    assert "last book" not in written(then[1]) and "after our first talks" in written(then[1])
    same = written(continue_plan(then[0], library, DAY, then[1]))
    assert "There is nothing new to learn this time" in same and "after our first talks" not in same
    for assigned in (("psy-anger", "wks-goals"), ("psy-anger", "wks-goals", "psy-perfectionism")):
        plan = continue_plan(with_modules(then[0], assign=assigned), library, DAY, then[1])
        assert plan.since and len(plan.since.new) == len(assigned)
        *titles, last = (f"“{library.modules[id_].title}”" for id_ in plan.since.new)
        comma = "," * (len(titles) > 1)
        assert f"New since your last book: {', '.join(titles)}{comma} and {last}." in written(plan)
    more = ("psy-anger", "wks-goals", "psy-low-mood", "psy-guilt-shame")
    many = continue_plan(with_modules(then[0], assign=more), library, DAY, then[1])
    assert many.since and (others := len(many.since.new) - 2) > 1
    assert f"”, and {others} more pages." in written(many)


def test_letter_names_nothing_about_missed_work(library: Library, layout: Layout) -> None:
    """A sheet about what got in the way is new to the client and to the therapist, and no news for the letter."""
    then = load_profile(FIVE)
    then = later(then, 1, homework={"log": [], "history": "none-yet", "obstacle": None})
    missed = {"log": [{"session": 1, "module": "psy-abc", "outcome": "missed", "obstacle": "ego-anxiety"}]}
    plan = continue_plan(later(then, 2, homework=missed), library, DAY, make_plan(then, library, DAY))
    assert plan.since and "wks-obstacle-ego" in plan.since.new
    assert "wks-obstacle-ego" in plan.notes[0]
    bodies = dict.fromkeys(plan.module_ids, Body())
    letter = compose_book(plan, then, library, layout, bodies, find_words("en", "US"), DAY).fixed["page-letter"].html
    assert library.modules["wks-obstacle-ego"].title not in letter
    news = [id_ for id_ in plan.since.new if id_ != "wks-obstacle-ego"]
    assert all((library.modules[id_].title in letter) == (id_ in news[:2] or len(news) <= 3) for id_ in news)
    only = replace(plan, since=replace(plan.since, new=("wks-obstacle-ego",)))
    letter = compose_book(only, then, library, layout, bodies, find_words("en", "US"), DAY).fixed["page-letter"].html
    assert "There is nothing new to learn this time" in letter


def test_every_sheet_about_an_obstacle_is_no_news(library: Library) -> None:
    """What answers an obstacle with a sheet of its own is in the list, and so is the one before it."""
    sheets = {id_ for id_ in library.modules if id_.startswith("wks-obstacle-")}
    assert {*sheets, "wks-what-got-in-the-way"} == set(library.rules.why.not_news)
    assert len(sheets) == 5


# --- reading what the last book was made by --------------------------------------------------------------------------


@pytest.fixture
def plan_file(tmp_path: Path, then: tuple[Profile, Plan]) -> Path:
    """What ``plan --json`` printed then."""
    path = tmp_path / "then.json"
    path.write_text(json.dumps(plan_to_json(then[1]), ensure_ascii=False, indent=2), encoding="utf-8")
    return path


@pytest.fixture
def now_file(tmp_path: Path) -> Path:
    """The profile two sessions later."""
    path = tmp_path / "now.yaml"
    path.write_text(FIVE.read_text(encoding="utf-8").replace("completed: 1 ", "completed: 3 "), encoding="utf-8")
    return path


def test_profile_and_plan_of_then_say_the_same(plan_file: Path, now_file: Path, workbook: Workbook) -> None:
    """Either may be given; standard output stays what it is without --since, and gets no key more."""
    plans = [workbook("plan", now_file, "--json", "--since", path) for path in (plan_file, FIVE)]
    assert [ran.code for ran in plans] == [0, 0]
    first, second = (json.loads(ran.out) for ran in plans)
    assert first == second
    assert list(first) == ["client", "gaps", "left_out", "needs_review", "notes"]
    assert "psy-abc" not in [one["id"] for gap in first["gaps"] for one in gap["assignments"]]
    assert "Not repeated" in workbook("plan", now_file, "--since", plan_file).out


FORMS: dict[str, Callable[[str], str]] = {
    "in one line": lambda text: json.dumps(json.loads(text), separators=(",", ":")),
    "with tabs": lambda text: json.dumps(json.loads(text), indent="\t"),
    "with more in it": lambda text: json.dumps({**json.loads(text), "version": 2, "extra": {"a": [1, None]}}),
    "without what was left out": lambda text: json.dumps({name: json.loads(text)[name] for name in ("client", "gaps")}),
    "with a mark at the beginning": lambda text: "\ufeff" + text,
}  # fmt: skip


@pytest.mark.parametrize("suffix", [".json", ".txt", ".yaml"])
@pytest.mark.parametrize("form", FORMS.values(), ids=FORMS)
def test_forms_of_a_plan(
    form: Callable[[str], str], suffix: str, plan_file: Path, library: Library, then: tuple[Profile, Plan]
) -> None:
    """However it was saved, and whatever it is called; a later version may have added to it."""
    path = plan_file.with_suffix(suffix)
    path.write_text(form(plan_file.read_text(encoding="utf-8")), encoding="utf-8")
    plan = read_earlier(path, then[0], "now.yaml", library)
    assert [(gap.number, [one.id for one in gap.assignments]) for gap in plan.gaps] == [
        (gap.number, [one.id for one in gap.assignments]) for gap in then[1].gaps
    ]


def test_profile_of_then_in_brackets(tmp_path: Path, library: Library) -> None:
    """YAML in brackets begins like JSON, and is a profile all the same."""
    path = tmp_path / "then.yaml"
    path.write_text(
        "{client: {id: made-up, country: US}, program: {sessions: 4}, topics: [anxiety], goals: [Made up.],\n"
        "clearance: {by: t, date: 2026-01-02, cleared: true}}\n",
        encoding="utf-8",
    )
    assert read_earlier(path, load_profile(path), "now.yaml", library).client == "made-up"


NOT_PLANS = {
    "broken": ('{"client": "a",\n "gaps": [}', ":2:11  this cannot be read as JSON: "),
    "empty": ("", ":1:1  this cannot be read as JSON: "),
    "a table": ("Between session 1 and 2", ":1:1  this cannot be read as JSON: "),
    "a list": ("[1, 2]", ":1:1  this is not a plan: it has no gaps"),
    "a number": ("7", ":1:1  this is not a plan: it has no gaps"),
    "another thing": ('{"client": "r7k1-2026"}', ":1:1  this is not a plan: it has no gaps"),
    "nested too deep": ("[" * 100_000 + "]" * 100_000, "  this "),
    "gaps nested too deep": ('{"gaps": ' + "[" * 500 + "]" * 500 + "}", "nested deeper than"),
    "too large": ('{"gaps": [' + "1," * 200_000 + "1]}", "  this file is larger than"),
    "a number too large": ('{"gaps": ' + "9" * 5_000 + "}", "  this is not a plan"),
    "gaps that are none": ('{"client": "r7k1-2026", "gaps": "all"}', ":1:25  gaps: must be a list"),
    "no gaps": ('{"client": "r7k1-2026", "gaps": []}', ":1:25  gaps: must hold at least 1 entries"),
    "no client": ('{"gaps": []}', "client: is required"),
    "a gap that is none": (
        '{"client": "r7k1-2026", "gaps": [{"gap": "soon", "budget": 1, "assignments": []}]}',
        ":1:35  gaps.1.gap: must be the number of a gap, or after",
    ),
    "a name that is none": (
        '{"client": "r7k1-2026", "gaps": [{"gap": 1, "budget": 1, "assignments": [{"id": "../x", "kind": "video",'
        ' "minutes": 1, "in_session": false, "optional": false}]}]}',
        "gaps.1.assignments.1.id: must be a-z, 0-9 and hyphens",
    ),
}  # fmt: skip


@pytest.mark.parametrize(("text", "message"), NOT_PLANS.values(), ids=NOT_PLANS)
def test_file_that_is_no_plan(text: str, message: str, plan_file: Path, now_file: Path, workbook: Workbook) -> None:
    """Exit 3, the place, and what to give instead; nothing on standard output, and no crash."""
    plan_file.write_text(text, encoding="utf-8")
    ran = workbook("plan", now_file, "--since", plan_file)
    assert (ran.code, ran.out) == (ExitCode.INPUT, "")
    assert all(line.startswith(str(plan_file)) for line in ran.err.splitlines())
    assert message in ran.err


def test_file_that_is_no_plan_names_the_remedy(plan_file: Path, now_file: Path, workbook: Workbook) -> None:
    """What is broken or something else altogether is told what was meant."""
    for text in ("{", "[]"):
        plan_file.write_text(text, encoding="utf-8")
        assert (
            'give what "workbook plan PROFILE --json" printed' in workbook("plan", now_file, "--since", plan_file).err
        )


def test_profile_of_then_that_is_wrong(tmp_path: Path, now_file: Path, workbook: Workbook) -> None:
    """Its problems are told under its own name; a file that is missing is one of them."""
    wrong = tmp_path / "then.yaml"
    wrong.write_text(FIVE.read_text(encoding="utf-8").replace("[anxiety]", "[anxietie]", 1), encoding="utf-8")
    ran = workbook("plan", now_file, "--since", wrong)
    assert ran.code == ExitCode.INPUT and ran.err.startswith(f"{wrong}:")
    ran = workbook("plan", now_file, "--since", tmp_path / "none.json")
    assert ran.code == ExitCode.INPUT and "none.json  there is no such file" in ran.err


def test_old_clearance_of_then_is_no_reason_to_refuse(
    tmp_path: Path, library: Library, then: tuple[Profile, Plan]
) -> None:
    """It was made months ago, and nothing is built of it; it is planned for the day of its own clearance."""
    old = tmp_path / "then.yaml"
    text = FIVE.read_text(encoding="utf-8").replace("fictional: true ", "fictional: false ")
    old.write_text(text.replace("date: 2026-11-21", "date: 2024-01-31"), encoding="utf-8")
    assert read_earlier(old, then[0], "now.yaml", library).gaps == then[1].gaps


def test_another_client(plan_file: Path, now_file: Path, workbook: Workbook) -> None:
    """Two clients' files were mixed up: the place, and both ids; for a plan as for a profile."""
    other = ROOT / "profiles" / "anxiety-three.yaml"
    number = next(n for n, line in enumerate(other.read_text(encoding="utf-8").splitlines(), 1) if "id: " in line)
    ran = workbook("plan", now_file, "--since", other)
    assert (ran.code, ran.out) == (ExitCode.INPUT, "")
    message = f'is of the client "t3m9-2026", and {now_file} is of "r7k1-2026"'
    assert f"{other}:{number}:3  client.id: {message}" in ran.err
    plan_file.write_text(plan_file.read_text(encoding="utf-8").replace("r7k1-2026", "t3m9-2026"), encoding="utf-8")
    ran = workbook("plan", now_file, "--since", plan_file)
    assert ran.code == ExitCode.INPUT and f"{plan_file}:2:3  client: {message}" in ran.err


def test_files_that_changed_places(plan_file: Path, now_file: Path, library: Library, workbook: Workbook) -> None:
    """What is called earlier is later: told with both numbers."""
    ran = workbook("plan", FIVE, "--since", now_file)
    assert (ran.code, ran.out) == (ExitCode.INPUT, "")
    assert f"program.completed: begins with gap 3, and {FIVE} has 1 session completed" in ran.err
    assert "have the two files changed places?" in ran.err
    plan_file.write_text(workbook("plan", now_file, "--json").out, encoding="utf-8")
    with pytest.raises(InputProblems, match=r"then\.json:\d+:\d+  gaps\.1\.gap: begins with gap 3"):
        read_earlier(plan_file, load_profile(FIVE), str(FIVE), library)


def test_one_client_at_a_time(plan_file: Path, now_file: Path, workbook: Workbook) -> None:
    """A plan belongs to one client: several profiles are wrong usage."""
    ran = workbook("build", now_file, FIVE, "--since", plan_file)
    assert (ran.code, ran.out) == (ExitCode.USAGE, "")
    assert "--since belongs to one client" in ran.err


def test_next_edition_as_a_book(tiny_home: Path, quick_workbook: Workbook) -> None:
    """Its letter says what is new, notes tell the therapist; a book that holds answers is not overwritten."""
    profile = tiny_home / "profile.yaml"
    then = tiny_home / "then.json"
    then.write_text(quick_workbook("plan", profile, "--practice", tiny_home, "--json").out, encoding="utf-8")
    text = profile.read_text(encoding="utf-8")
    profile.write_text(text.replace("completed: 1", "completed: 2"), encoding="utf-8")
    command = ("build", profile, "--practice", tiny_home, "--since", then)
    ran = quick_workbook(*command)
    target = tiny_home / "build" / "tiny-2026.pdf"
    assert (ran.code, ran.out) == (0, f"{target}\n")
    assert "note: Nothing is new since the last book." in ran.err
    letter = page_texts(target.read_bytes())[4]
    assert "This book goes on where your last one stopped." in letter
    assert "There is nothing new to learn this time" in letter
    with pikepdf.open(BytesIO(target.read_bytes())) as pdf:
        pdf.Root.AcroForm.Fields[0].V = pikepdf.String("mine")
        pdf.save(target)
    ran = quick_workbook(*command)
    assert ran.code == ExitCode.CANNOT_WRITE and "choose another --out" in ran.err
