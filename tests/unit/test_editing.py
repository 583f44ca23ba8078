"""Adding to a profile's file: the addition alone changes, in whatever style the file is written."""

from __future__ import annotations

import os
import stat
from pathlib import Path

import pytest

from workbook_builder import halves
from workbook_builder.errors import CannotWrite, InputProblems
from workbook_builder.profile import add_entries, add_to_profile, find_change, load_profile

TICKS = ("modules", "reviewed")
LOG = ("homework", "log")
LEAST = """\
client: {id: made-up, country: US}
program: {sessions: 4, completed: 1}
clearance: {by: therapist-1, date: 2026-11-21, cleared: true}
topics: [anxiety]
goals: ["Made up."]
"""

STYLES = {
    "no modules": ("a: 1\n", "a: 1\nmodules:\n  reviewed: [x, y]\n"),
    "groups with a line between": ("a: 1\n\nb: 2\n# end\n", "a: 1\n\nb: 2\n# end\n\nmodules:\n  reviewed: [x, y]\n"),
    "an end mark": ("a: 1\n...\n", "a: 1\nmodules:\n  reviewed: [x, y]\n...\n"),
    "an empty group in brackets": ("modules: {}  # c\n", "modules: {reviewed: [x, y]}  # c\n"),
    "nothing behind the group": ("modules:   # c\n\nb: 2\n", "modules:   # c\n  reviewed: [x, y]\n\nb: 2\n"),
    "a word for nothing": ("modules: null # c\n", "modules: {reviewed: [x, y]} # c\n"),
    "comments alone": ("modules:\n  # done: []\nb: 2\n", "modules:\n  reviewed: [x, y]\n  # done: []\nb: 2\n"),
    "another setting": ("modules:\n    done: [a]\nb: 2\n", "modules:\n    done: [a]\n    reviewed: [x, y]\nb: 2\n"),
    "an empty setting at the end": ("modules:\n  block:\nb: 2\n", "modules:\n  block:\n  reviewed: [x, y]\nb: 2\n"),
    "a folded text at the end": (
        "modules:\n  a: >-\n    t\n\n\nb: 2\n",
        "modules:\n  a: >-\n    t\n  reviewed: [x, y]\n\n\nb: 2\n",
    ),
    "another setting in brackets": ("modules: {done: [a] }\n", "modules: {done: [a], reviewed: [x, y] }\n"),
    "nothing behind the list": (
        "modules:\n  reviewed:  # c\n  done: []\n",
        "modules:\n  reviewed: [x, y]  # c\n  done: []\n",
    ),
    "a word for no list": ("modules: {reviewed: ~, done: []}\n", "modules: {reviewed: [x, y], done: []}\n"),
    "an empty list": ("modules:\n  reviewed: [ ]  # c\n", "modules:\n  reviewed: [x, y]  # c\n"),
    "a list in brackets": ("modules: {reviewed: [ 'a' , b ]}\n", "modules: {reviewed: [ 'a' , b, x, y ]}\n"),
    "a comma at the end": ("modules: {reviewed: [a,]}\n", "modules: {reviewed: [a, x, y,]}\n"),
    "one on each line": (
        "modules:\n  reviewed: [\n    a,\n    b  # c\n  ]\n",
        "modules:\n  reviewed: [\n    a,\n    b,  # c\n    x,\n    y\n  ]\n",
    ),
    "one on each line, with a comma": (
        "modules:\n  reviewed: [\n    a,  # c\n  ]\n",
        "modules:\n  reviewed: [\n    a,  # c\n    x,\n    y,\n  ]\n",
    ),
    "several on each line": ("modules: {reviewed: [a,\n  b]}\n", "modules: {reviewed: [a,\n  b, x, y]}\n"),
    "hyphens": (
        "modules:\n  reviewed:\n    -   a  # c\n    # - b\n  done: []\n",
        "modules:\n  reviewed:\n    -   a  # c\n    -   x\n    -   y\n    # - b\n  done: []\n",
    ),
    "hyphens that are not indented": (
        "modules:\n  reviewed:\n  - a\nb: 2\n",
        "modules:\n  reviewed:\n  - a\n  - x\n  - y\nb: 2\n",
    ),
    "the whole in brackets": ('{"a": 1}\n', '{"a": 1, modules: {reviewed: [x, y]}}\n'),
    "names in quotes": ('"modules": {"reviewed": []}\n', '"modules": {"reviewed": [x, y]}\n'),
    "other line ends": (
        "a: 1\r\nmodules:\r\n  reviewed:\r\n  - a\r\n",
        "a: 1\r\nmodules:\r\n  reviewed:\r\n  - a\r\n  - x\r\n  - y\r\n",
    ),
    "mixed line ends": ("a: 1\r\nmodules: {}\nb: 1\r", "a: 1\r\nmodules: {reviewed: [x, y]}\nb: 1\r"),
    "no line end at the end": ("a: 1", "a: 1\nmodules:\n  reviewed: [x, y]"),
    "no line end behind a hyphen": (
        "modules:\r\n  reviewed:\r\n    - a",
        "modules:\r\n  reviewed:\r\n    - a\r\n    - x\r\n    - y",
    ),
    "a mark at the beginning": ("\ufeffmodules: {}\n", "\ufeffmodules: {reviewed: [x, y]}\n"),
}


@pytest.mark.parametrize(("old", "new"), STYLES.values(), ids=STYLES)
def test_every_style_keeps_its_form(old: str, new: str) -> None:
    """Two ids are added; comments, spaces, quotes, line ends and all else stay."""
    assert add_entries(old.encode(), TICKS, ["x", "y"], "p.yaml").decode() == new


REFUSED = {
    "all": "modules: {reviewed: all}\n",
    "a text in place of the group": "modules: none of them\n",
    "a list in place of the group": "modules: [a]\n",
    "a name without a colon": "{a: 1, modules}\n",
    "no YAML": "modules: [a\n",
    "two documents": "modules: {}\n---\nb: 1\n",
    "no text at all": "",
}


@pytest.mark.parametrize("old", REFUSED.values(), ids=REFUSED)
def test_what_is_not_sure_is_left_to_the_therapist(old: str) -> None:
    """Nothing is guessed: the message names file, place, and what to do."""
    with pytest.raises(CannotWrite, match=r"p\.yaml: nothing could be added to modules\.reviewed .* by hand"):
        add_entries(old.encode(), TICKS, ["x"], "p.yaml")


def test_bytes_that_are_no_text() -> None:
    """A file in another encoding is refused as well."""
    with pytest.raises(CannotWrite):
        add_entries("goals: [é]\n".encode("latin-1"), TICKS, ["x"], "p.yaml")


def test_groups_can_be_added_too() -> None:
    """An entry of the log is one line in brackets, in a list of either form; quotes come where they are needed."""
    entry = {"session": 1, "module": "wks-abc-log", "outcome": "missed", "obstacle": "doubts"}
    written = "{session: 1, module: wks-abc-log, outcome: missed, obstacle: doubts}"
    assert add_entries(b"homework: {log: []}", LOG, [entry], "p") == f"homework: {{log: [{written}]}}".encode()
    hyphens = "homework:\n  log:\n    - session: 1\n      module: x  # c\n  readiness: 7\n"
    expected = hyphens.replace("# c\n", f"# c\n    - {written}\n")
    assert add_entries(hyphens.encode(), LOG, [entry], "p").decode() == expected
    assert add_entries(b"modules: {}", TICKS, ["12", "no"], "p") == b"modules: {reviewed: ['12', no]}"


CHANGES = {
    "a line that reads differently": ("a\nb\nc\n", "a\nB\nc\n", (2, ("b",), ("B",))),
    "a line more": ("a\nb\n", "a\nx\nb\n", (2, (), ("x",))),
    "lines at the end": ("a", "a\nx\ny", (2, (), ("x", "y"))),
    "nothing": ("a\n", "a\n", (2, (), ())),
}


@pytest.mark.parametrize(("old", "new", "change"), CHANGES.values(), ids=CHANGES)
def test_change_is_told_with_its_line(old: str, new: str, change: tuple[int, tuple[str, ...], tuple[str, ...]]) -> None:
    """The first line that differs, what stood there, and what stands there then."""
    found = find_change(old.encode(), new.encode())
    assert (found.line, found.old, found.new) == change


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """A profile that a therapist alone may read."""
    path = tmp_path / "p.yaml"
    path.write_text(LEAST, encoding="utf-8")
    path.chmod(0o600)
    return path


def test_file_keeps_its_mode_and_nothing_is_left_behind(path: Path) -> None:
    """0600 stays 0600, 0640 stays 0640; no temporary file remains."""
    for mode in (0o600, 0o640):
        path.chmod(mode)
        add_to_profile(path, TICKS, [f"wks-{mode}"], path.read_bytes())
        assert stat.S_IMODE(path.stat().st_mode) == mode
    assert load_profile(path).modules.reviewed == ("wks-384", "wks-416")
    assert [one.name for one in path.parent.iterdir()] == ["p.yaml"]


def test_link_still_leads_to_its_file(path: Path, tmp_path: Path) -> None:
    """What a link leads to is changed, in its own folder; the link stays a link."""
    (tmp_path / "links").mkdir()
    link = tmp_path / "links" / "client.yaml"
    link.symlink_to(path)
    add_to_profile(link, TICKS, ["wks-x"], path.read_bytes())
    assert link.is_symlink() and load_profile(path).modules.reviewed == ("wks-x",)
    assert [one.name for one in link.parent.iterdir()] == ["client.yaml"]


def test_file_that_somebody_changed_is_left_alone(path: Path) -> None:
    """An editor has saved in the meantime: its words stay, and the message says to start again."""
    read = path.read_bytes()
    theirs = LEAST.replace("anxiety", "anger")
    path.write_text(theirs, encoding="utf-8")
    with pytest.raises(CannotWrite, match="somebody has changed it in the meantime"):
        add_to_profile(path, TICKS, ["wks-x"], read)
    assert path.read_text(encoding="utf-8") == theirs
    assert [one.name for one in path.parent.iterdir()] == ["p.yaml"]


def test_addition_that_makes_the_profile_wrong_is_refused(path: Path) -> None:
    """The product's own reader looks at the new file first; its problems are those of the profile itself."""
    entry = {"session": 3, "module": "wks-abc-log", "outcome": "done"}
    with pytest.raises(InputProblems, match=r"p\.yaml:\d+:\d+  homework\.log\.1\.session: is after the last session"):
        add_to_profile(path, LOG, [entry], path.read_bytes())
    assert path.read_text(encoding="utf-8") == LEAST
    assert [one.name for one in path.parent.iterdir()] == ["p.yaml"]


@pytest.mark.parametrize("step", ["open", "fsync", "replace"])
def test_disk_that_fails(step: str, path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A full disk at any step leaves the old file, and nothing else."""

    def full(*_: object, **__: object) -> None:
        raise OSError(28, "No space left on device")

    owner = Path if step == "replace" else halves.os
    with monkeypatch.context() as patch:
        patch.setattr(owner, step, full)
        with pytest.raises(CannotWrite, match="No space left on device"):
            add_to_profile(path, TICKS, ["wks-x"], path.read_bytes())
    assert path.read_text(encoding="utf-8") == LEAST
    assert [one.name for one in path.parent.iterdir()] == ["p.yaml"]


def test_interruption_leaves_no_torn_file(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Ctrl-C in the middle of writing: the old file is whole."""

    def interrupt(*_: object) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(os, "fsync", interrupt)
        with pytest.raises(KeyboardInterrupt):
            add_to_profile(path, TICKS, ["wks-x"], path.read_bytes())
    assert path.read_text(encoding="utf-8") == LEAST
    assert [one.name for one in path.parent.iterdir()] == ["p.yaml"]


def test_write_protected_file(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Replacing it would be possible, but somebody has said that it stays as it is."""
    with monkeypatch.context() as patch:
        patch.setattr(os, "access", lambda *_: False)  # for root every file may be written
        with pytest.raises(CannotWrite, match="write-protected"):
            add_to_profile(path, TICKS, ["wks-x"], path.read_bytes())
    assert path.read_text(encoding="utf-8") == LEAST
