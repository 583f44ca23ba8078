"""The only place that prints: results apart from messages, progress for those who wait."""

from __future__ import annotations

import json
from io import StringIO

import pytest
from rich.console import Console as Terminal

from workbook_builder import console as module
from workbook_builder.book import Assignment, Gap, LeftOut, NeedsReview, Plan, Reason
from workbook_builder.console import Console

IDENTIFIER = "wks-a-long-identifier"
LONG = "An identifier is never cut off, however narrow the window is, since somebody may want to copy it."
PLAN = Plan(
    "x-2026",
    (
        Gap(2, 45, (
            Assignment(IDENTIFIER, "worksheet", "T", "S", 12, (Reason("start", LONG),), "w"),
            Assignment("psy-b", "psychoeducation", "T", "S", 7, (Reason("topic", "[b]not[/b]"),), "w", in_session=True),
            Assignment("jrn-c", "journal", "T", "S", 5, (Reason("if-time", "z"),), "w", optional=True),
        )),
        Gap("after", 67, ()),
    ),
    (LeftOut("psy-x", "other-topic", "Belongs elsewhere."),),
    (NeedsReview("wks-y", "Weigh it."),),
    ("A note.",),
)  # fmt: skip


def test_messages_and_results_go_apart(capsys: pytest.CaptureFixture[str]) -> None:
    """What a script may read goes to standard output, all else to standard error; nothing is read as markup."""
    console = Console()
    console.result("build/[x].pdf")
    console.result_json({"ä": [1]})
    console.say("said [b]x[/b]")
    console.warn("warned")
    console.complain("complained")
    out, err = capsys.readouterr()
    assert out.startswith("build/[x].pdf\n")
    assert json.loads(out.partition("\n")[2]) == {"ä": [1]} and "ä" in out
    assert err == "said [b]x[/b]\nnote: warned\ncomplained\n"


def test_long_messages_stay_on_one_line(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    """A message is never broken by the program, so that it can be searched for; no colours in a pipe."""
    monkeypatch.setenv("COLUMNS", "20")
    Console().complain("word " * 40)
    assert capsys.readouterr().err.count("\n") == 1
    assert "\x1b" not in capsys.readouterr().err


@pytest.mark.parametrize("columns", ["60", "80", "200"])
def test_plan_as_a_table(columns: str, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    """Identifiers are whole in any window; minutes in brackets are optional; text is no markup."""
    monkeypatch.setenv("COLUMNS", columns)
    Console().table(PLAN)
    out = capsys.readouterr().out
    assert IDENTIFIER in out
    for word in ("Between session 2 and 3: 12 of 45 minutes", "After the last session: 0 of 67 minutes", "in session",
                 "(5)", "other-topic", "Weigh it.", "A note.", "modules.reviewed"):  # fmt: skip
        assert word in out, word
    assert "[b]not" in out
    assert "\x1b" not in out


def test_an_empty_list_has_no_heading(capsys: pytest.CaptureFixture[str]) -> None:
    """Nothing left out, nothing to tick, no notes: no headings for them."""
    Console().table(Plan("x", (Gap("after", 1, ()),)))
    assert "Left out" not in capsys.readouterr().out


def test_quick_work_shows_no_progress(capsys: pytest.CaptureFixture[str]) -> None:
    """What takes less than a second needs none."""
    with Console().progress("Typesetting") as show:
        for number in range(5):
            show(number, 5)
    assert capsys.readouterr() == ("", "")


def test_slow_work_is_told_once_in_a_pipe(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    """One line, on standard error."""
    clock = iter([0.0, 0.5, 1.5, 2.5])
    monkeypatch.setattr(module.time, "monotonic", lambda: next(clock))
    with Console().progress("Typesetting") as show:
        for number in (1, 2, 3):
            show(number, 27)
    assert capsys.readouterr() == ("", "Typesetting: 2 of 27 …\n")


def test_slow_work_has_a_bar_on_a_terminal(monkeypatch: pytest.MonkeyPatch) -> None:
    """The bar comes after a second and goes when the work is done, also when it fails."""
    monkeypatch.setattr(module, "PATIENCE", 0.0)
    screen = StringIO()
    console = Console()
    console._err = Terminal(file=screen, force_terminal=True, width=80)
    console._live = True
    with pytest.raises(ZeroDivisionError), console.progress("Typesetting") as show:
        show(3, 27)
        raise ZeroDivisionError
    assert "Typesetting" in screen.getvalue() and "3 of 27" in screen.getvalue()
    assert screen.getvalue().rstrip().endswith(("\x1b[2K", "\x1b[?25h")), "the line is cleared and the cursor is back"


def test_batch_in_a_pipe(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    """A line now and then with rate, failures and what remains, and one at the end; nothing on standard output."""
    clock = iter([0.0, 1.0, 12.0, 13.0, 30.0])
    monkeypatch.setattr(module.time, "monotonic", lambda: next(clock))
    with Console().batch_progress(4) as show:
        show(1, 0, 1)
        show(2, 1, 1)
        show(3, 2, 1)
        show(4, 3, 1)
    assert capsys.readouterr() == (
        "",
        "2 of 4 clients, 5 workbooks a minute, 1 failed, about 12 s remain\n"
        "4 of 4 clients, 6 workbooks a minute, 1 failed\n",
    )


def test_batch_on_a_terminal() -> None:
    """A bar with the same facts."""
    screen = StringIO()
    console = Console()
    console._err = Terminal(file=screen, force_terminal=True, width=120)
    console._live = True
    with console.batch_progress(4) as show:
        show(3, 2, 1)
    assert "3 of 4 clients" in screen.getvalue() and "1 failed" in screen.getvalue()
    assert "workbooks a minute" in screen.getvalue()
