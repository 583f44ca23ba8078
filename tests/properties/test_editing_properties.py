"""What holds for every addition to a profile, however its file is written: the addition is all that changes."""

from __future__ import annotations

import re
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from workbook_builder.profile import Profile, add_entries, find_change
from workbook_builder.source import load

TICKS = ("modules", "reviewed")
IDS = ["wks-a", "psy-b", "jrn-c", "12"]
GROUPS = {
    "client": ("client: {id: made-up, country: US}",),
    "program": ("program:", "  sessions: 4", "  completed:   1"),
    "clearance": ("clearance: {by: 'therapist-1', date: 2026-11-21,", "  cleared: true}"),
    "topics": ("topics:", "- anxiety", "-   anger"),
    "goals": ('goals: ["Made: up.  # no comment"]',),
    "letter": ("letter:", "  note: >-", "    A note.", "", "    It goes on."),
    "homework": ("homework:", "  readiness:", "  log: []"),
}
COMMENT = st.sampled_from(["", "", "# all", "# modules: {}", "#  - wks-x", "# é “quoted” [ ] { }"])


@st.composite
def lists(draw: st.DrawFn, name: str, indent: str) -> list[str]:
    """Lines of one list of ids, in brackets or with hyphens."""
    ids = draw(st.lists(st.sampled_from(IDS), max_size=3, unique=True))
    quoted = [draw(st.sampled_from([id_, f"'{id_}'", f'"{id_}"'])) for id_ in ids]
    form = draw(st.sampled_from(["brackets", "hyphens", "each", "nothing"] if ids else ["brackets", "nothing"]))
    space = " " * draw(st.integers(0, 2))
    if form == "nothing":
        return [f"{indent}{name}: {draw(st.sampled_from(['', '~', 'null']))}".rstrip()]
    if form == "brackets":
        return [f"{indent}{name}: [{space}{f',{space}'.join(quoted)}{space}]"]
    if form == "hyphens":
        inner = indent + draw(st.sampled_from(["", "  ", "   "]))
        return [f"{indent}{name}:", *(f"{inner}-{space or ' '}{id_}" for id_ in quoted)]
    last = draw(st.sampled_from(["", ","]))
    rows = [f"{indent}   {id_}{',' if n < len(quoted) - 1 else last}" for n, id_ in enumerate(quoted)]
    return [f"{indent}{name}: [", *rows, f"{indent}]"]


@st.composite
def modules(draw: st.DrawFn) -> list[str]:
    """Lines of the group, or none."""
    form = draw(st.sampled_from(["missing", "empty", "brackets", "block", "block"]))
    if form == "missing":
        return []
    if form == "empty":
        return [draw(st.sampled_from(["modules:", "modules: {}", "modules: { }", "modules: ~", "modules: null"]))]
    names = draw(st.lists(st.sampled_from(["done", "reviewed"]), min_size=1, unique=True))
    if form == "brackets":
        return ["modules: {" + ", ".join(f"{name}: [{draw(st.sampled_from(['', ' wks-a ']))}]" for name in names) + "}"]
    indent = " " * draw(st.integers(1, 4))
    return ["modules:", *(line for name in names for line in draw(lists(name, indent)))]


@st.composite
def files(draw: st.DrawFn) -> bytes:
    """A right profile, with comments, order, line ends and all else as it comes."""
    groups: list[Any] = [*GROUPS.values(), draw(modules())]
    lines: list[str] = []
    for group in draw(st.permutations(groups)):
        for number, line in enumerate(group):
            is_text = group == GROUPS["letter"] and number > 1
            comment = "" if is_text or not line else draw(COMMENT)
            lines.append(f"{line}{'  ' * bool(comment)}{comment}")
        lines += draw(st.lists(st.sampled_from(["", "# between", "  # indented"]), max_size=2))
    end = draw(st.sampled_from(["\n", "\r\n", "\r"]))
    text = end.join(lines) + draw(st.sampled_from(["", end, end * 2]))
    return draw(st.sampled_from([b"", b"\xef\xbb\xbf"])) + text.encode()


def read(data: bytes) -> Profile:
    """Return the profile in a file, which is right."""
    text = data.decode("utf-8-sig").replace("\r\n", "\n").replace("\r", "\n")
    profile, _, problems = load(Profile, text, "p.yaml")
    assert profile and not problems, problems
    return profile


def rows(data: bytes) -> list[bytes]:
    """Return a file's lines without what ends the last of them."""
    return re.split(rb"(?<=\n)|(?<=\r)(?!\n)", data)


@settings(max_examples=120, deadline=None)
@given(files(), st.lists(st.sampled_from(["wks-new", "psy-new"]), min_size=1, unique=True))
def test_the_addition_is_all_that_changes(old: bytes, ids: list[str]) -> None:
    """The new file says what the old one said and the ticks; every other byte is where it was."""
    new = add_entries(old, TICKS, ids, "p.yaml")
    before, after = read(old), read(new)
    ticked = before.modules.model_copy(update={"reviewed": (*before.modules.reviewed, *ids)})
    assert after == before.model_copy(update={"modules": ticked})

    change = find_change(old, new)
    assert len(change.old) <= 1
    was, now = rows(old), rows(new)
    first = change.line - 1
    kept_now = now[:first] + now[first + len(change.new) :]
    kept_was = was[:first] + was[first + len(change.old) :]
    assert [line.rstrip(b"\r\n") for line in kept_now] == [line.rstrip(b"\r\n") for line in kept_was]
    ends_kept = [line for line in kept_now if line.endswith((b"\r", b"\n"))]
    assert all(line in now for line in ends_kept)
    if old.endswith((b"\n", b"\r")):
        assert kept_now == kept_was
    assert new.startswith(b"\xef\xbb\xbf") == old.startswith(b"\xef\xbb\xbf")
    assert new.endswith((b"\n", b"\r")) == old.endswith((b"\n", b"\r"))
    assert re.findall(rb"#[^\r\n]*", new) == re.findall(rb"#[^\r\n]*", old)
