"""What `workbook plan --json` tells about the therapist's cases: exit codes, reasons, and what no client reads."""

from __future__ import annotations

import contextlib
import io
import json
import re
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from functools import cache
from typing import Any

import pytest
import yaml
from support import DAY, ROOT

from workbook_builder.cli import run
from workbook_builder.vocabulary import FLAGS, OBSTACLES

HOME = ROOT / "tests" / "cases" / "therapist"
RULES = set(yaml.safe_load((ROOT / "content" / "selection.yaml").read_text(encoding="utf-8"))["rules"])
TRIGGERS: Mapping[str, tuple[str, str]] = {
    "wks-what-got-in-the-way": ("missed-work", "homework.history"),
    "wks-obstacle-time": ("obstacle", "time-management"),
    "wks-obstacle-lft": ("obstacle", "low-frustration-tolerance"),
    "wks-obstacle-ego": ("obstacle", "ego-anxiety"),
    "wks-obstacle-resentment": ("obstacle", "anger-resentment"),
    "wks-obstacle-avoidance": ("obstacle", "avoidance-procrastination"),
    "psy-what-is-rebt": ("doubts", "homework.obstacle is doubts"),
}
"""Modules that come for one reason only: the rule, and the setting of the profile that the sentence names."""
EXITS = {
    "anger-eight-too-tedious": 0,
    "anger-five-sleeps-badly-too": 0,
    "guilt-eight-monthly-book": 0,
    "health-worry-five-walked-around": 0,
    "ladder-chapter-named-weekly": 0,
    "perfectionism-ten-messy-version": 0,
    "relationship-four-sent-here": 0,
    "self-worth-six-does-this-work": 0,
    "self-worth-six-thoughts-of-dying": 0,
    "work-stress-six-no-hour": 0,
    "log-says-otherwise": 3,
    "no-lines-for-the-country": 4,
    "refused-intent": 4,
    "refused-psychosis-overridden": 4,
}
Plan = Mapping[str, Any]


@pytest.fixture(scope="module")
def planned() -> Callable[[str], tuple[int, str, str]]:
    """Return a function that runs `workbook plan --json` on a case, once: exit code, stdout, stderr."""

    @cache
    def once(case: str) -> tuple[int, str, str]:
        profile = HOME / case / "in" / "profile.yaml"
        order = ["plan", str(profile), "--json", "--date", DAY.isoformat(), "--practice", str(ROOT)]
        with contextlib.redirect_stdout(io.StringIO()) as out, contextlib.redirect_stderr(io.StringIO()) as err:
            code = run(order)
        return code, out.getvalue(), err.getvalue()

    return once


def tasks(plan: Plan) -> Iterator[Mapping[str, Any]]:
    """All tasks of a plan."""
    for gap in plan["gaps"]:
        yield from gap["assignments"]


@pytest.mark.parametrize(("case", "code"), EXITS.items())
def test_exit_code(case: str, code: int, planned: Callable[[str], tuple[int, str, str]]) -> None:
    """A plan is 0, a contradiction 3, a refusal 4; without a plan nothing stands on stdout, and the place on stderr."""
    found, out, err = planned(case)
    assert found == code, err
    if code:
        assert out.strip() == ""
        assert re.search(r"profile\.yaml:\d+:\d+ ", err)


@pytest.mark.parametrize("case", [case for case, code in EXITS.items() if code == 0])
def test_reasons(case: str, planned: Callable[[str], tuple[int, str, str]]) -> None:
    """Rules exist, every module is chosen or left out once, and a reason names the setting that it comes from."""
    plan: Plan = json.loads(planned(case)[1])
    said = [(task["id"], reason["rule"], reason["text"]) for task in tasks(plan) for reason in task["reasons"]]
    said += [(out["id"], out["rule"], out["text"]) for out in plan["left_out"]]
    assert {rule for _, rule, _ in said} <= RULES
    library = {path.stem for path in (ROOT / "content" / "en").glob("*/*.md")}
    told = Counter([task["id"] for task in tasks(plan)] + [out["id"] for out in plan["left_out"]])
    assert set(told) == library
    assert [name for name, times in told.items() if times != 1] == []
    wrong = []
    for task in tasks(plan):
        if task["id"] in TRIGGERS:
            rule, setting = TRIGGERS[task["id"]]
            if not any(one["rule"] == rule and setting in one["text"] for one in task["reasons"]):
                wrong.append((task["id"], task["reasons"]))
    assert wrong == []


@pytest.mark.parametrize("case", [case for case, code in EXITS.items() if code == 0])
def test_a_setting_that_is_named_is_the_one_that_counts(
    case: str, planned: Callable[[str], tuple[int, str, str]]
) -> None:
    """No reason gives a setting that says no as its ground, and a page that is done is not said to be kept back."""
    profile = yaml.safe_load((HOME / case / "in" / "profile.yaml").read_text(encoding="utf-8"))
    done = profile.get("modules", {}).get("done", [])
    plan: Plan = json.loads(planned(case)[1])
    idle = re.compile(r"charged_situation is false|obstacle is none")
    wrong = [
        f"{task['id']}: {reason['text']}"
        for task in tasks(plan)
        for reason in task["reasons"]
        if idle.search(reason["text"])
        or (f"psy-{profile['topics'][0]}" in done and "No page of its own" in reason["text"])
    ]
    assert wrong == []


def test_titles_and_lines_of_the_client_hold_no_code() -> None:
    """Neither a title of the library nor a line for the client has the word of a flag, an obstacle or a rule in it."""
    selection = yaml.safe_load((ROOT / "content" / "selection.yaml").read_text(encoding="utf-8"))
    lines: list[str] = [selection["why"]["again"], *selection["why"]["kinds"].values()]
    for said in selection["why"]["modules"].values():
        lines += [said] if isinstance(said, str) else list(said.values())
    for path in sorted((ROOT / "content" / "en").glob("*/*.md")):
        head = yaml.safe_load(path.read_text(encoding="utf-8").split("---")[1])
        lines.append(head["title"])
    codes = [code for code in (*FLAGS, *OBSTACLES) if "-" in code] + [
        "psychosis",
        "mania",
        "ptsd",
        "obstacle",
        "override",
    ]
    assert len(lines) > 180
    assert [line for line in lines for code in codes if code in line.lower()] == []
