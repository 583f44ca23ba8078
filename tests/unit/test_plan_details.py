"""Details of a plan that a therapist would not sign if they were otherwise; each has its ground in the rules."""

from __future__ import annotations

from pathlib import Path

import pytest
from test_plan import TODAY, left_out, profile, where

from workbook_builder.library import Library, load_library
from workbook_builder.plan import make_plan

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
