"""workbook review: each module that waits is asked about once, and each answer is in the file at once."""

from __future__ import annotations

import io
import json
import re
from collections.abc import Callable
from pathlib import Path

import click
import pytest
from support import ROOT, Ran

from workbook_builder.errors import ExitCode
from workbook_builder.profile import load_profile

Workbook = Callable[..., Ran]


class Keyboard(io.StringIO):
    """Answers from a terminal, or from a pipe."""

    def __init__(self, answers: str, terminal: bool) -> None:
        super().__init__(answers)
        self.terminal = terminal

    def isatty(self) -> bool:
        """Say whether somebody sits there."""
        return self.terminal


@pytest.fixture
def answering(workbook: Workbook, monkeypatch: pytest.MonkeyPatch) -> Callable[..., Ran]:
    """The command line, with what is typed."""

    def run(*arguments: object, answers: str = "", terminal: bool = True) -> Ran:
        with monkeypatch.context() as patch:
            patch.setattr("sys.stdin", Keyboard(answers, terminal))
            return workbook(*arguments)

    return run


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """The example for anger without its ticks."""
    text = (ROOT / "profiles" / "anger-six.yaml").read_text(encoding="utf-8")
    path = tmp_path / "anger.yaml"
    text, count = re.subn(r"modules:\n  reviewed:\n(    - .*\n)+", "modules:\n  done: []  # so far\n", text)
    assert count == 1
    path.write_text(text, encoding="utf-8")
    return path


@pytest.fixture
def waiting(path: Path, workbook: Workbook) -> list[str]:
    """The modules that wait in that file."""
    return [one["id"] for one in json.loads(workbook("plan", path, "--json").out)["needs_review"]]


def test_plan_names_the_line_to_add(path: Path, waiting: list[str], workbook: Workbook) -> None:
    """The line fits what the file has already, with its number; JSON stays as it was."""
    lines = path.read_text(encoding="utf-8").splitlines()
    number = lines.index("  done: []  # so far") + 2
    shown = workbook("plan", path).out
    assert f"To tick them all, put this into {path} as line {number}:\n" in shown
    line = f"  reviewed: [{', '.join(waiting)}]"
    assert f"{number:>7} | {line}\n" in shown and f"workbook review {path}" in shown
    path.write_text("\n".join([*lines[: number - 1], line, *lines[number - 1 :], ""]), encoding="utf-8")
    assert load_profile(path).modules.reviewed == tuple(waiting)
    assert not set(waiting) & {one["id"] for one in json.loads(workbook("plan", path, "--json").out)["needs_review"]}


def test_plan_names_the_line_as_it_would_read(path: Path, waiting: list[str], workbook: Workbook) -> None:
    """A list in brackets is shown with the addition."""
    text = path.read_text(encoding="utf-8").replace("done: []  # so far", f"reviewed: [{waiting[0]}]  # seen")
    path.write_text(text, encoding="utf-8")
    number = text[: text.index("reviewed:")].count("\n") + 1
    shown = workbook("plan", path).out
    assert f", line {number} of {path} would read:\n{number:>7} |   reviewed: [{waiting[0]}, " in shown
    assert "]  # seen\n" in shown


def test_plan_of_a_file_that_nobody_can_be_sure_of(path: Path, workbook: Workbook) -> None:
    """No line is made up; the list's name is told."""
    text = path.read_text(encoding="utf-8").replace("modules:\n  done: []  # so far", "? modules\n: done: []")
    path.write_text(text, encoding="utf-8")
    ran = workbook("plan", path)
    assert ran.code == 0
    assert re.search(r"To tick them|name them in modules\.reviewed", ran.out)


def test_each_module_is_asked_about_with_what_there_is_to_weigh(
    path: Path, waiting: list[str], answering: Workbook
) -> None:
    """Title, kind, minutes, caution, and why it is on the path; skipping writes nothing."""
    before = path.read_bytes()
    ran = answering("review", path, answers="s\n" * len(waiting))
    assert (ran.code, ran.out) == (ExitCode.DONE, "")
    assert f"1 of {len(waiting)}  Hot anger and healthy anger  psy-anger\n" in ran.err
    assert "psychoeducation, 6 minutes, between session 2 and 3\n" in ran.err
    assert "Caution: The aim is healthy anger" in ran.err
    assert "Why: The page for anger follows the ABCs; main topic: anger (profile, topics)" in ran.err
    assert ran.err.count("Tick it?") == len(waiting)
    assert f"Nothing was written to {path}.\nStill waiting for your tick: {', '.join(waiting)}\n" in ran.err
    assert path.read_bytes() == before


def test_answers_are_written(path: Path, waiting: list[str], answering: Workbook) -> None:
    """Yes ticks; no blocks when that is wanted and otherwise leaves it waiting; all else in the file stays."""
    before = path.read_text(encoding="utf-8").splitlines()
    first, second, third = waiting[:3]
    ran = answering("review", path, answers="y\nno\ny\nn\n\nquit\n")
    assert (ran.code, ran.out) == (ExitCode.DONE, f"{path}\n")
    modules = load_profile(path).modules
    assert (modules.reviewed, modules.block) == ((first,), (second,))
    assert f"Written to modules.reviewed of {path}: {first}\n" in ran.err
    assert f"Written to modules.block of {path}: {second}\n" in ran.err
    assert third in ran.err.rpartition("Still waiting")[2]
    after = path.read_text(encoding="utf-8").splitlines()
    assert [line for line in after if line not in (f"  reviewed: [{first}]", f"  block: [{second}]")] == before


def test_plan_is_made_anew_after_each_tick(path: Path, waiting: list[str], answering: Workbook) -> None:
    """What a tick brings up is asked as well; in the end nothing waits, and everything stands in the file."""
    ran = answering("review", path, answers="y\n" * 20)
    assert ran.code == ExitCode.DONE
    ticked = load_profile(path).modules.reviewed
    assert set(ticked) >= set(waiting) and len(set(ticked)) == len(ticked)
    assert ran.err.count("Tick it?") == len(ticked)
    assert "Nothing waits for a tick.\n" in ran.err


def test_what_a_tick_brings_up(path: Path, workbook: Workbook) -> None:
    """A chapter that builds on a page which waits comes up once the page is ticked; --all ticks it too."""
    waiting = {one["id"] for one in json.loads(workbook("plan", path, "--json").out)["needs_review"]}
    ran = workbook("review", path, "--tick", "psy-anger")
    assert (ran.code, ran.out) == (0, f"{path}\n")
    assert load_profile(path).modules.reviewed == ("psy-anger",)
    after = {one["id"] for one in json.loads(workbook("plan", path, "--json").out)["needs_review"]}
    assert ("That brings up" in ran.err) == bool(after - waiting)
    assert workbook("review", path, "--all").code == 0
    assert json.loads(workbook("plan", path, "--json").out)["needs_review"] == []


def test_blocking_says_what_falls_with_it(path: Path, answering: Workbook) -> None:
    """A therapist who blocks a page learns which modules on the path build on it."""
    ran = answering("review", path, answers="n\nn\n" * 3 + "q\n")
    assert "What builds on it falls with it: " in ran.err
    assert "Nothing was written" in ran.err


def test_block_that_contradicts_an_order(path: Path, answering: Workbook) -> None:
    """Something that is assigned builds on it: both are named, nothing is written, and it goes on waiting."""
    text = path.read_text(encoding="utf-8").replace("done: []  # so far", "assign: [wks-rule-behind-anger]")
    path.write_text(text, encoding="utf-8")
    before = path.read_bytes()
    ran = answering("review", path, answers="n\ny\n" + "s\n" * 9)
    assert ran.code == ExitCode.DONE
    assert "modules.assign.1:" in ran.err and '"psy-anger" is blocked' in ran.err
    assert "psy-anger goes on waiting." in ran.err
    assert path.read_bytes() == before


def test_word_that_is_no_answer_is_asked_again(path: Path, answering: Workbook) -> None:
    """Nothing is guessed."""
    ran = answering("review", path, answers="perhaps\nQ\n")
    assert ran.code == 0 and "answer y, n, s or q" in ran.err
    assert "Nothing was written" in ran.err


def test_nobody_to_answer(path: Path, answering: Workbook) -> None:
    """Not a terminal and no input: exit 2, a remedy, nothing written, nothing on standard output."""
    before = path.read_bytes()
    ran = answering("review", path, terminal=False)
    assert (ran.code, ran.out) == (ExitCode.USAGE, "")
    assert "there is nobody to answer, and nothing was written" in ran.err and "--tick ID or --all" in ran.err
    assert path.read_bytes() == before


def test_input_that_ends_in_the_middle(path: Path, waiting: list[str], answering: Workbook) -> None:
    """What was answered is kept and told; exit 130, from a pipe as from a terminal."""
    ran = answering("review", path, answers="y\n", terminal=False)
    assert (ran.code, ran.out) == (ExitCode.INTERRUPTED, f"{path}\n")
    assert load_profile(path).modules.reviewed == (waiting[0],)
    assert f"Written to modules.reviewed of {path}: {waiting[0]}" in ran.err and "Interrupted" in ran.err
    assert answering("review", path, answers="").code == ExitCode.INTERRUPTED


def test_interruption(path: Path, workbook: Workbook, monkeypatch: pytest.MonkeyPatch) -> None:
    """Ctrl-C at the first question: exit 130 though nobody sits at a terminal, and nothing is written."""

    def interrupt(*_: object) -> str:
        raise KeyboardInterrupt

    before = path.read_bytes()
    with monkeypatch.context() as patch:
        patch.setattr(click.termui, "visible_prompt_func", interrupt)
        ran = workbook("review", path)
    assert (ran.code, ran.out) == (ExitCode.INTERRUPTED, "")
    assert path.read_bytes() == before


def test_file_that_changed_while_it_was_asked(path: Path, answering: Workbook, monkeypatch: pytest.MonkeyPatch) -> None:
    """The therapist has saved it in an editor meanwhile: exit 5, and the editor's words stay."""
    theirs = path.read_text(encoding="utf-8") + "# a note\n"

    def edit(_: str = "") -> str:
        path.write_text(theirs, encoding="utf-8")
        return "y"

    with monkeypatch.context() as patch:
        patch.setattr(click.termui, "visible_prompt_func", edit)
        ran = answering("review", path)
    assert (ran.code, ran.out) == (ExitCode.CANNOT_WRITE, "")
    assert "somebody has changed it in the meantime" in ran.err
    assert path.read_text(encoding="utf-8") == theirs


def test_ticks_for_scripts(path: Path, workbook: Workbook) -> None:
    """Named ticks are written without a question; what needs none is told, and an unknown name is wrong input."""
    before = path.read_bytes()
    ran = workbook("review", path, "--tick", "psy-angre", "--tick", "wks-none-such")
    assert (ran.code, ran.out) == (ExitCode.INPUT, "")
    assert 'psy-angre  --tick: there is no such module - did you mean "psy-anger"?' in ran.err
    assert "wks-none-such" in ran.err and path.read_bytes() == before
    ran = workbook("review", path, "--tick", "psy-abc", "--tick", "psy-anger", "--tick", "wks-step-ladder")
    assert ran.code == 0 and "psy-abc needs no tick" in ran.err
    assert load_profile(path).modules.reviewed == ("psy-anger", "wks-step-ladder")
    assert "note: wks-step-ladder is ticked and still left out." in ran.err


def test_nothing_waits(workbook: Workbook, path: Path) -> None:
    """All is ticked: no question, exit 0, and the file is not touched."""
    path.write_text(path.read_text(encoding="utf-8").replace("done: []  # so far", "reviewed: all"), encoding="utf-8")
    before = path.stat()
    for more in ((), ("--all",), ("--tick", "psy-anger")):
        ran = workbook("review", path, *more)
        assert (ran.code, ran.out) == (0, "")
        assert "Nothing waits for a tick." in ran.err
    assert path.stat().st_mtime_ns == before.st_mtime_ns and path.stat().st_ino == before.st_ino


def test_profile_that_is_refused_or_wrong(path: Path, workbook: Workbook) -> None:
    """Without a clearance nothing is asked (exit 4), nor with a wrong profile (exit 3)."""
    text = path.read_text(encoding="utf-8")
    path.write_text(text.replace("cleared: true", "cleared: false"), encoding="utf-8")
    assert workbook("review", path, "--all").code == ExitCode.REFUSED
    path.write_text(text.replace("topics: [anger", "topics: [angre"), encoding="utf-8")
    assert workbook("review", path, "--all").code == ExitCode.INPUT
