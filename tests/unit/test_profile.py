"""A client's profile."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import yaml
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from workbook_builder.errors import ExitCode, InputProblems, Refused
from workbook_builder.profile import LoadedProfile, Profile, load_profile, profile_schema, read_profile, unknown_modules

EXAMPLES = sorted((Path(__file__).parents[2] / "profiles").glob("*.yaml"))
LEAST: dict[str, Any] = {
    "client": {"id": "r7k1-2026", "country": "US"},
    "program": {"sessions": 6, "completed": 3},
    "clearance": {"by": "therapist-1", "date": "2026-11-21", "cleared": "true"},
    "topics": ["anxiety"],
    "goals": ["Open the mail on the day it comes."],
}


def read(folder: Path, profile: dict[str, Any]) -> LoadedProfile:
    """Write a profile and read it."""
    path = folder / "profile.yaml"
    path.write_text(yaml.safe_dump(profile, allow_unicode=True), encoding="utf-8")
    return read_profile(path)


def with_log(*entries: dict[str, Any], **more: Any) -> dict[str, Any]:
    """Return the least profile with a homework log."""
    return {**LEAST, "homework": {"log": list(entries), **more}}


def test_least_profile_has_the_usual_values(tmp_path: Path) -> None:
    """What is not required has the documented default."""
    profile = read(tmp_path, LEAST).profile
    assert profile is not None
    assert (profile.fictional, profile.client.name, profile.client.language) == (False, None, "en")
    assert (profile.program.setting, profile.program.frequency, profile.program.minutes) == (
        "short-term",
        "weekly",
        None,
    )
    preferences = profile.preferences
    assert (preferences.reading, preferences.edition, preferences.paper) == ("neutral", "standard", "letter")
    assert (preferences.video, preferences.private_space, preferences.charged_situation) == (True, True, False)
    assert (profile.homework.history, profile.homework.obstacle, profile.homework.readiness) == ("none-yet", None, 7)
    assert (profile.letter, profile.feeling, profile.books, profile.modules.reviewed) == (None, None, (), ())


@pytest.mark.parametrize("path", EXAMPLES, ids=lambda path: path.stem)
def test_examples_are_right_and_fictional(path: Path) -> None:
    """Each example that ships can be read, says that it is one, and has an id without a name."""
    profile = load_profile(path)
    assert profile.fictional
    assert profile.clearance.cleared
    assert (profile.client.name or "").lower().strip(".") not in profile.client.id.split("-")


def test_there_are_examples() -> None:
    """The loop above has found examples, of more than one country."""
    assert len({load_profile(path).client.country for path in EXAMPLES}) > 1


def test_profile_is_frozen(tmp_path: Path) -> None:
    """A profile that was read cannot be changed."""
    profile = read(tmp_path, LEAST).profile
    assert profile is not None
    with pytest.raises(ValueError, match="frozen"):
        profile.client.name = "Other"  # type: ignore[misc]


def test_missing_clearance_alone_is_refused(tmp_path: Path) -> None:
    """Without a clearance, or without one of its three answers, the profile is refused with exit code 4."""
    path = tmp_path / "profile.yaml"
    for part in ("by", "date", "cleared", None):
        clearance = {name: value for name, value in LEAST["clearance"].items() if name != part}
        profile = {**LEAST, "clearance": clearance} if part else {k: v for k, v in LEAST.items() if k != "clearance"}
        assert read(tmp_path, profile).lacks_only_clearance
        with pytest.raises(Refused, match="therapist's answer") as error:
            load_profile(path)
        assert error.value.exit_code is ExitCode.REFUSED


def test_missing_clearance_with_other_problems_is_wrong_input(tmp_path: Path) -> None:
    """When anything else is wrong too, all of it is told, and it is exit code 3."""
    read(tmp_path, {**LEAST, "clearance": {"by": "therapist-1", "date": "soon"}})
    with pytest.raises(InputProblems) as error:
        load_profile(tmp_path / "profile.yaml")
    assert error.value.exit_code is ExitCode.INPUT
    assert [problem.code for problem in error.value.problems] == ["WB401", "WB101"]


def test_file_that_cannot_be_read_is_a_problem(tmp_path: Path) -> None:
    """A missing file and a folder do not raise where profiles are only read."""
    assert [p.code for p in read_profile(tmp_path / "none.yaml").problems] == ["WB103"]
    assert [p.code for p in read_profile(tmp_path).problems] == ["WB103"]


def test_topics_to_refer_select_nothing(tmp_path: Path) -> None:
    """Topics that need assessment are accepted, and kept apart from those with modules."""
    profile = read(tmp_path, {**LEAST, "topics": ["substance-use", "anger", "ocd"]}).profile
    assert profile is not None
    assert (profile.planned_topics, profile.referred_topics) == (("anger",), ("substance-use", "ocd"))


def test_history_and_obstacle_come_from_the_log(tmp_path: Path) -> None:
    """The last session of the log says how the homework went and what got in the way."""
    profile = read(
        tmp_path,
        with_log(
            {"session": 1, "module": "psy-abc", "outcome": "missed", "obstacle": "doubts"},
            {"session": 2, "module": "wks-abc-log", "outcome": "done"},
            {"session": 2, "module": "wks-even-if", "outcome": "missed", "obstacle": "reading"},
        ),
    ).profile
    assert profile is not None
    assert (profile.homework.history, profile.homework.obstacle) == ("partly", "reading")


def test_log_of_done_work_has_no_obstacle(tmp_path: Path) -> None:
    """When all of the last session's work was done, nothing is in the way any more."""
    profile = read(
        tmp_path,
        with_log(
            {"session": 1, "module": "psy-abc", "outcome": "missed", "obstacle": "doubts"},
            {"session": 2, "module": "wks-abc-log", "outcome": "done"},
        ),
    ).profile
    assert profile is not None
    assert (profile.homework.history, profile.homework.obstacle) == ("done", None)


def test_old_log_contradicts_nothing(tmp_path: Path) -> None:
    """A log that ends sessions ago says nothing about the last homework."""
    profile = read(
        tmp_path, with_log({"session": 1, "module": "psy-abc", "outcome": "missed"}, history="done", obstacle="reading")
    ).profile
    assert profile is not None
    assert (profile.homework.history, profile.homework.obstacle) == ("done", "reading")


def test_contradictions_are_located(tmp_path: Path) -> None:
    """A log that says otherwise than history and obstacle is told at each of them."""
    loaded = read(
        tmp_path,
        with_log(
            {"session": 2, "module": "psy-abc", "outcome": "missed", "obstacle": "doubts"},
            history="done",
            obstacle="reading",
        ),
    )
    assert [problem.where for problem in loaded.problems] == ["homework.history", "homework.obstacle"]
    assert all(problem.line > 1 for problem in loaded.problems)


def test_reviewed_is_a_list_or_all(tmp_path: Path) -> None:
    """The word all ticks every module, and assigning a module ticks it."""
    every = read(tmp_path, {**LEAST, "modules": {"reviewed": "all"}}).profile
    some = read(tmp_path, {**LEAST, "modules": {"reviewed": ["wks-imagery"], "assign": ["jrn-loss"]}}).profile
    assert every is not None
    assert some is not None
    assert every.modules.is_reviewed("wks-imagery")
    assert [some.modules.is_reviewed(id_) for id_ in ("wks-imagery", "jrn-loss", "wks")] == [True, True, False]


def test_unknown_modules_are_located(tmp_path: Path) -> None:
    """Each module that the library lacks is told at its place, with a proposal."""
    entry = {"session": 2, "module": "wks-abc-logs", "outcome": "done"}
    loaded = read(tmp_path, {**with_log(entry), "modules": {"done": ["psy-abc"], "reviewed": "all", "block": ["x"]}})
    told = [(problem.where, problem.hint) for problem in unknown_modules(loaded, {"psy-abc", "wks-abc-log"})]
    assert told == [("homework.log.1.module", 'did you mean "wks-abc-log"?'), ("modules.block.1", "")]


def test_schema_describes_every_setting() -> None:
    """The JSON Schema names its draft, refuses unknown settings, and describes each setting."""
    schema = profile_schema()
    assert schema["$schema"] == "https://json-schema.org/draft/2020-12/schema"
    groups = [schema, *schema["$defs"].values()]
    assert all(group["additionalProperties"] is False for group in groups)
    for group in groups:
        for name, setting in group["properties"].items():
            assert "$ref" in setting or setting.get("description"), name
    assert "from" in schema["$defs"]["Letter"]["properties"]


PLACES = [(group, name) for group in Profile.model_fields for name in ("", "id", "log", "note", "reviewed")]
JUNK = st.none() | st.booleans() | st.integers() | st.text(max_size=8) | st.lists(st.text(max_size=3), max_size=2)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    st.recursive(JUNK, lambda inner: st.dictionaries(st.text(max_size=4), inner, max_size=2), max_leaves=4),
    st.sampled_from(
        [(group, name) for group in Profile.model_fields for name in ("", "id", "log", "note", "reviewed")]
    ),
)
def test_any_value_anywhere_ends_in_a_profile_or_problems(tmp_path: Path, junk: Any, place: tuple[str, str]) -> None:
    """Whatever stands in place of a setting or a group: a profile, or problems, never an exception."""
    group, name = place
    loaded = read(tmp_path, {**LEAST, group: {name: junk} if name else junk})
    assert (loaded.profile is None) == bool(loaded.problems)
