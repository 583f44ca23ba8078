"""YAML and front matter with line and column."""

from __future__ import annotations

import os
import time
from pathlib import Path
from typing import Annotated, Literal

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st
from pydantic import Field, RootModel

from workbook_builder.errors import InputProblems
from workbook_builder.source import (
    CODES,
    MAX_BYTES,
    PERSONAL,
    Date,
    Line,
    Marks,
    Strict,
    load,
    nodes,
    read_text,
    split_front_matter,
)


class Pet(Strict):
    """An animal."""

    name: Annotated[Line, PERSONAL]
    kind: Literal["cat", "dog"] = "cat"
    legs: int = Field(default=4, ge=0, le=8)


class Home(Strict):
    """A place with animals."""

    since: Date | None = None
    clean: bool = False
    pets: tuple[Pet, ...] = Field(default=(), max_length=2)


class Homes(RootModel[dict[Literal["here", "there"], Home]]):
    """A table."""


HOME = """\
since: 2026-11-21
clean: no
pets:
  - name: Tom
  - {name: Rex, kind: dog}
"""


def told(text: str) -> list[str]:
    """Return what is said about a home."""
    return [str(problem) for problem in load(Home, text, "home.yaml")[2]]


def test_values_and_places() -> None:
    """Values are typed by the model, and each setting's place is known."""
    home, marks, problems = load(Home, HOME, "home.yaml")
    assert home is not None
    assert not problems
    assert [pet.name for pet in home.pets] == ["Tom", "Rex"]
    assert home.clean is False
    assert marks.at("clean") == (2, 1)
    assert marks.at("pets", 1, "kind") == (5, 17)


def test_place_falls_back_to_the_nearest_group() -> None:
    """What is not written has the place of the group around it; nothing at all has the file's start."""
    marks = load(Home, HOME, "home.yaml")[1]
    assert marks.at("pets", 0, "legs") == marks.at("pets", 0) == (4, 5)
    assert marks.at("garden") == (1, 1)
    assert Marks().at("pets") == (1, 1)


def test_all_problems_at_once_in_order() -> None:
    """All problems of a file are told in its order, each with its place and what was written."""
    assert told("clean: perhaps\npets: [{name: Tom, legs: 9}, {kind: cow}]\nsince: 21.11.2026\n") == [
        'home.yaml:1:1  clean: must be true or false (you wrote "perhaps")',
        'home.yaml:2:20  pets.1.legs: must be 0-8 (you wrote "9")',
        "home.yaml:2:30  pets.2.name: is required",
        'home.yaml:2:31  pets.2.kind: must be one of cat, dog (you wrote "cow")',
        'home.yaml:3:1  since: must be a date such as 2026-11-21 (you wrote "21.11.2026")',
    ]


def test_did_you_mean() -> None:
    """A setting or word that is nearly right gets a proposal."""
    assert told("claen: yes\npets: [{name: Tom, kind: dgo}]\n") == [
        'home.yaml:1:1  claen: there is no such setting - did you mean "clean"?',
        'home.yaml:2:20  pets.1.kind: must be one of cat, dog (you wrote "dgo") - did you mean "dog"?',
    ]


def test_personal_words_are_never_quoted() -> None:
    """Neither a personal value nor the text of a line that is no YAML is repeated."""
    for text in ('pets: [{name: "Tom\\u0007"}]', "pets: [{name: [Tom]}]", "pets: [Tom]", "pets: Tom", "pets: {Tom: x}"):
        assert told(text)
        assert "Tom" not in "".join(told(text)), text
    for text in ("pets: [{Tom: x}]", "pets: 'Tom", "pets: Tom: x", "pets: *Tom", "pets: !Tom x", "- @Tom"):
        assert told(text)
        assert "Tom" not in "".join(told(text)), text


def test_yaml_guesses_nothing() -> None:
    """Words that YAML would turn into something else stay what was written, in quotes or not."""
    for word in ("no", "on", "1:30", "2026-11-21", "0x10", "1e3", ".inf", "012", "=", "'~'", "'null'"):
        home = load(Home, f"pets: [{{name: {word}}}]", "home.yaml")[0]
        assert home is not None, word
        assert home.pets[0].name == word.strip("'")


def test_nothing_after_the_colon_is_the_usual_value() -> None:
    """A group whose lines are all commented out counts as not written; a required setting is still required."""
    home, _, problems = load(Home, "pets:\n  # - name: Tom\nclean: ~\nsince: null\n", "home.yaml")
    assert home == Home()
    assert not problems
    assert told("pets: [{name: }]") == ["home.yaml:1:9  pets.1.name: is required, and nothing is written here"]


def test_text_is_folded_and_composed() -> None:
    """Printed text becomes one line of composed characters."""
    home = load(Home, 'pets:\n  - name: "Zoe\u0308\n\n      the\\tcat"\n', "home.yaml")[0]
    assert home is not None
    assert home.pets[0].name == "Zoë the cat"


def test_table_with_named_rows() -> None:
    """A table's rows are checked like settings, their names included."""
    problems = load(Homes, "here: {clean: maybe}\nthere: {}\nther: {}\n", "homes.yaml")[2]
    assert list(map(str, problems)) == [
        'homes.yaml:1:8  here.clean: must be true or false (you wrote "maybe")',
        'homes.yaml:3:1  ther: must be one of here, there (you wrote "ther") - did you mean "there"?',
    ]


def test_many_problems_are_cut_off() -> None:
    """Of very many problems the first hundred are told, and how many more there are."""
    problems = load(Home, "".join(f"k{n}: 1\n" for n in range(300)), "home.yaml")[2]
    assert len(problems) == 101
    assert str(problems[-1]) == "home.yaml:101:1  and 200 problems more"


@pytest.mark.parametrize("loader", dict.fromkeys([nodes.Loader, yaml.SafeLoader]))
@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("a: " + "[" * 100_000, "WB108"),
        ("{" * 200_000, "WB102"),
        ("a: [" + "x," * 120_000 + "]", "WB108"),
        ("- " * 100_000, "WB108"),
        ("? " * 100_000, "WB102"),
        ("a: " * 80_000, "WB102"),
        ("&a " * 80_000, "WB102"),
        ("x" * (MAX_BYTES + 1), "WB108"),
        ("x: \ud800", "WB104"),
        ("\x00" * 1000, "WB104"),
    ],
)
def test_large_hostile_text_ends_soon(text: str, code: str, loader: type, monkeypatch: pytest.MonkeyPatch) -> None:
    """What would crash, hang or exhaust a YAML library ends in a problem, within seconds even without the C loader."""
    monkeypatch.setattr(nodes, "Loader", loader)
    start = time.monotonic()
    value, _, problems = load(Home, text, "home.yaml")
    assert value is None
    assert problems[0].code == code
    assert time.monotonic() - start < 20


YAML_PIECES = st.lists(
    st.sampled_from([*"[]{}:,-?&*!|>%@`'\"#\\ \n\tab0~", "\n  ", "pets", ": ", "- ", "---\n", "name", "é", "\u202e"]),
    max_size=40,
).map("".join)


@given(st.text(max_size=60) | YAML_PIECES)
def test_any_text_ends_in_a_value_or_problems(text: str) -> None:
    """Whatever the text is: a value without problems, or problems with a place in the text and a known code."""
    value, _, problems = load(Home, text, "home.yaml")
    assert (value is None) == bool(problems)
    lines = text.count("\n") + text.count("\r") + 2
    assert all(problem.code in CODES and 0 < problem.line <= lines for problem in problems)


def test_read_text_takes_bom_and_crlf(tmp_path: Path) -> None:
    """A byte order mark and Windows' line ends are taken off."""
    path = tmp_path / "a.yaml"
    path.write_bytes("\ufeffa: é\r\nb: 1\r".encode())
    assert read_text(path) == "a: é\nb: 1\n"


def refused(path: Path, **more: int) -> str:
    """Return what is said about a file that cannot be read."""
    with pytest.raises(InputProblems) as error:
        read_text(path, shown="a.yaml", **more)
    return str(error.value)


def test_read_text_says_why_a_file_cannot_be_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A missing file, a folder, a pipe, an endless device, a name that cannot be, and a forbidden file are told."""
    assert refused(tmp_path / "none.yaml") == "a.yaml  there is no such file"
    assert refused(tmp_path) == "a.yaml  this is a folder, and a file is needed"
    os.mkfifo(tmp_path / "pipe")
    assert refused(tmp_path / "pipe") == "a.yaml  this is not an ordinary file"
    assert refused(Path("/dev/zero")) == "a.yaml  this is not an ordinary file"
    assert refused(Path("a\x00b")) == "a.yaml  this file cannot be read (its name is not possible)"
    assert "cannot be read" in refused(tmp_path / ("x" * 5000))

    def forbidden(*_: object, **__: object) -> None:
        raise PermissionError

    monkeypatch.setattr(Path, "open", forbidden)
    (tmp_path / "mine.yaml").touch()
    assert refused(tmp_path / "mine.yaml") == "a.yaml  you may not read this file; check its permissions"


def test_read_text_limits_the_size(tmp_path: Path) -> None:
    """A file may be as large as said, and not a byte larger."""
    path = tmp_path / "a.yaml"
    path.write_bytes(b"x" * 3000)
    assert len(read_text(path, max_bytes=3000)) == 3000
    assert refused(path, max_bytes=2999) == "a.yaml  this file is larger than 2 kB"


def test_read_text_finds_what_is_not_utf8(tmp_path: Path) -> None:
    """The first byte that is not UTF-8 has a line and a column, whatever the line ends are."""
    path = tmp_path / "a.yaml"
    path.write_bytes("\ufeffa: é\r\nb: ".encode() + b"\xe9\n")
    assert refused(path) == "a.yaml:2:4  this is not UTF-8 text - save the file as UTF-8"


def test_front_matter_keeps_its_lines() -> None:
    """Places in the front matter and the body's first line are the file's."""
    text = "---\nname: Tom\nlegs: many\n--- \n\nBody\n---\nmore\n"
    front, body, line, problems = split_front_matter(text, "pet.md")
    assert not problems
    assert body == "\nBody\n---\nmore\n"
    assert text.split("\n")[line:][0] == "Body"
    assert [str(p) for p in load(Pet, front, "pet.md")[2]] == ['pet.md:3:1  legs: must be 0-8 (you wrote "many")']


def test_front_matter_that_is_missing_or_never_ends() -> None:
    """Without front matter all is body, and the problem names the remedy."""
    for text in ("", "Body\n", "\n---\nname: Tom\n---\n", "---\nname: Tom\n", "----\n---\n"):
        front, body, line, problems = split_front_matter(text, "pet.md")
        assert (front, body, line) == ("", text, 1)
        assert [(p.code, p.line, p.column) for p in problems] == [("WB107", 1, 1)]
        assert "---" in problems[0].hint
