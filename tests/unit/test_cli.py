"""The commands: exit codes, what goes to which stream, and that every word of them is documented."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator
from io import BytesIO
from pathlib import Path

import click
import pikepdf
import pytest
from pdf_facts import page_texts
from support import ROOT, TINY, Ran, own_layout

from workbook_builder import cli, pipeline
from workbook_builder.cli.options import worst
from workbook_builder.errors import CannotWrite, ExitCode, InputProblems, Refused, WorkbookError

DAY = ("--date", "2026-11-23")
Workbook = Callable[..., Ran]


@pytest.fixture
def workbook(quick_workbook: Workbook) -> Workbook:
    """The command line; tests/faults and tests/books run it in a process of its own as well."""
    return quick_workbook


@pytest.fixture
def profile(tiny_home: Path) -> Path:
    """The small practice's profile."""
    return tiny_home / "profile.yaml"


def other(profile: Path, client: str, old: str = "", new: str = "") -> Path:
    """Write a profile of another client beside the first, with something replaced."""
    text = profile.read_text(encoding="utf-8").replace("tiny-2026", client)
    assert old in text
    path = profile.with_name(f"{client}.yaml")
    path.write_text(text.replace(old, new) if old else text, encoding="utf-8")
    return path


def test_build(profile: Path, tiny_home: Path, workbook: Workbook) -> None:
    """The path goes to standard output and nothing else does; count of pages and notes go to standard error."""
    ran = workbook("build", profile, "--practice", tiny_home, *DAY)
    target = tiny_home / "build" / "tiny-2026.pdf"
    assert (ran.code, ran.out) == (ExitCode.DONE, f"{target}\n")
    with pikepdf.open(target) as pdf:
        assert f"{len(pdf.pages)} pages:" in ran.err
    assert "note: " in ran.err
    assert sorted(path.name for path in tiny_home.iterdir()) == sorted(
        [".workbook-key", "build", *(path.name for path in (TINY / "in").iterdir())]
    )


def test_build_where_it_was_asked_for(profile: Path, tiny_home: Path, tmp_path: Path, workbook: Workbook) -> None:
    """--out is made when it is missing, and build/ of the practice is left alone."""
    ran = workbook("build", profile, "--practice", tiny_home, "--out", tmp_path / "new" / "folder")
    assert ran.out == f"{tmp_path / 'new' / 'folder' / 'tiny-2026.pdf'}\n"
    assert not (tiny_home / "build").exists()


def test_practice_is_the_current_folder(
    profile: Path, tiny_home: Path, workbook: Workbook, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Without --practice the current folder is meant, and paths stay as they were written."""
    monkeypatch.chdir(tiny_home)
    ran = workbook("build", "profile.yaml")
    assert (ran.code, ran.out) == (0, "build/tiny-2026.pdf\n")


def test_empty_practice_folder_uses_the_shipped_library(tmp_path: Path, workbook: Workbook) -> None:
    """A plan can be made in an empty folder."""
    ran = workbook("plan", ROOT / "profiles" / "anxiety-three.yaml", "--practice", tmp_path, "--json")
    assert ran.code == 0
    assert json.loads(ran.out)["client"] == "t3m9-2026"


def test_several_profiles_one_broken(profile: Path, tiny_home: Path, workbook: Workbook) -> None:
    """What is wrong with one does not stop the others; each problem is told, and the exit code is that of the worst."""
    broken = other(profile, "broken-2026", "country: US", "country: usa")
    refused = other(profile, "refused-2026", "cleared: true", "cleared: false")
    ran = workbook("build", broken, profile, refused, other(profile, "last-2026"), "--practice", tiny_home)
    build = tiny_home / "build"
    assert ran.code == ExitCode.INPUT
    assert ran.out.splitlines() == [str(build / "tiny-2026.pdf"), str(build / "last-2026.pdf")]
    assert "broken-2026.yaml:" in ran.err and "client.country" in ran.err
    assert "refused-2026.yaml:" in ran.err
    assert sorted(path.name for path in build.iterdir()) == ["last-2026.pdf", "tiny-2026.pdf"]


@pytest.mark.parametrize(
    ("failures", "code"),
    [((Refused("a"), InputProblems([])), ExitCode.INPUT), ((Refused("a"),), ExitCode.REFUSED),
     ((InputProblems([]), CannotWrite("x"), Refused("a")), ExitCode.CANNOT_WRITE)],
)  # fmt: skip
def test_worst_of_several(failures: tuple[WorkbookError, ...], code: ExitCode) -> None:
    """A full disk comes before wrong input, and that before a refusal."""
    assert worst(list(failures)) == code


WRONG_USAGE = {
    "no command": (),
    "an unknown command": ("bild",),
    "no profile": ("build",),
    "an unknown option": ("build", "x.yaml", "--fast"),
    "a day that is none": ("build", "x.yaml", "--date", "2026-13-01"),
    "a day in words": ("plan", "x.yaml", "--date", "today"),
    "two profiles for a plan": ("plan", "x.yaml", "y.yaml"),
    "a practice that is a file": ("build", "x.yaml", "--practice", __file__),
    "a practice that is not there": ("plan", "x.yaml", "--practice", "/no/such/folder"),
    "an unknown schema": ("schema", "profil"),
    "no module": ("sheet",),
    "unknown paper": ("sheet", "psy-abc", "--paper", "a5"),
}


@pytest.mark.parametrize("arguments", WRONG_USAGE.values(), ids=WRONG_USAGE)
def test_wrong_usage(arguments: tuple[str, ...], workbook: Workbook) -> None:
    """Exit 2, one sentence on what was expected, nothing on standard output, and no traceback."""
    ran = workbook(*arguments)
    assert ran.code == ExitCode.USAGE
    assert ran.out == ""
    assert "Usage:" in ran.err and "Traceback" not in ran.err


def test_wrong_usage_says_what_there_is(workbook: Workbook) -> None:
    """An unknown schema lists the known ones; a practice that is no folder is named."""
    assert "profile, module, practice" in workbook("schema", "profil").err
    assert "/no/such/folder is not a folder" in workbook("plan", "x.yaml", "--practice", "/no/such/folder").err


def test_two_profiles_with_one_id(profile: Path, tiny_home: Path, workbook: Workbook) -> None:
    """The second would overwrite the first, so it is not built, and the message names its file."""
    twin = profile.with_name("twin.yaml")
    twin.write_text(profile.read_text(encoding="utf-8"), encoding="utf-8")
    ran = workbook("build", profile, twin, "--practice", tiny_home, *DAY)
    assert ran.code == ExitCode.INPUT
    assert "twin.yaml  client.id: another profile has this id" in ran.err
    assert ran.out == f"{tiny_home / 'build' / 'tiny-2026.pdf'}\n"


def test_wrong_input(profile: Path, tiny_home: Path, workbook: Workbook) -> None:
    """Exit 3, and every problem of the profile at once, each with its place."""
    path = other(profile, "x-2026", "topics: [anxiety]", "topics: [anxeity]\nbooks2: []")
    ran = workbook("build", path, "--practice", tiny_home)
    assert (ran.code, ran.out) == (ExitCode.INPUT, "")
    lines = ran.err.splitlines()
    assert len(lines) == 2
    assert all(re.match(rf"{re.escape(str(path))}:\d+:\d+  ", line) for line in lines)
    assert 'did you mean "anxiety"?' in ran.err


def test_profile_that_is_not_there(tiny_home: Path, workbook: Workbook) -> None:
    """A path that leads nowhere, or to a folder, is wrong input."""
    for path in (tiny_home / "none.yaml", tiny_home):
        ran = workbook("build", path, "--practice", tiny_home)
        assert (ran.code, ran.out) == (ExitCode.INPUT, "")
        assert str(path) in ran.err and "Traceback" not in ran.err


def test_unknown_layout(profile: Path, tiny_home: Path, workbook: Workbook) -> None:
    """Exit 3, and what was meant."""
    ran = workbook("build", profile, "--practice", tiny_home, "--layout", "restart")
    assert ran.code == ExitCode.INPUT
    assert "layouts/restart" in ran.err and 'did you mean "restartt"?' in ran.err
    assert "there are: plain, restartt" in workbook("build", profile, "--practice", tiny_home, "--layout", "zzz").err


def test_own_layout(profile: Path, tiny_home: Path, workbook: Workbook) -> None:
    """A practice's own layout is used by its name: colours, words and all."""
    folder = own_layout(tiny_home)
    values = (folder / "layout.yaml").read_text(encoding="utf-8").replace("name: restartt", "name: Harbour")
    (folder / "layout.yaml").write_text(values, encoding="utf-8")
    assert workbook("build", profile, "--practice", tiny_home, "--layout", "own").code == 0
    texts = page_texts((tiny_home / "build" / "tiny-2026.pdf").read_bytes())
    assert "Harbour" in texts[0] and "restartt" not in " ".join(texts)


@pytest.mark.parametrize("address", ["http://example.org/x.png", "file:///etc/hostname"])
def test_layout_that_asks_for_the_world(address: str, profile: Path, tiny_home: Path, workbook: Workbook) -> None:
    """A template that wants something from the net or the disk: exit 3, with the section."""
    page = f'<section class="p"><img src="{address}" alt="x"></section>'
    own_layout(tiny_home, privacy__html__j2=f'{{% extends "base.html.j2" %}}{{% block body %}}{page}{{% endblock %}}')
    ran = workbook("build", profile, "--practice", tiny_home, "--layout", "own")
    assert (ran.code, ran.out) == (ExitCode.INPUT, "")
    assert ran.err.splitlines()[-1] == f"page-privacy  asks for a {address.split(':')[0]}: address"
    assert not (tiny_home / "build").exists()


def test_hostile_profile_is_printed_as_written(profile: Path, tiny_home: Path, workbook: Workbook) -> None:
    """Templates, HTML and markdown in a profile are words like others, on the page as in the file."""
    words = "{{ 7*7 }} <b>bold</b> **y** [z](#psy-tiny) &amp; {% raw %} /// write"
    path = other(profile, "x-2026", "Mend the net on Fridays.", f"'{words}'")
    assert workbook("build", path, "--practice", tiny_home).code == 0
    texts = page_texts((tiny_home / "build" / "x-2026.pdf").read_bytes())
    assert words in texts[4]
    assert not [text for number, text in enumerate(texts) if number != 4 and "7*7" in text]


REFUSALS = {
    "not cleared": ("cleared: true", "cleared: false"),
    "psychosis": ("cleared: true", "cleared: true, flags: [psychosis], override: yes I know"),
    "a flag without an override": ("cleared: true", "cleared: true, flags: [abuse-at-home]"),
    "no clearance": ("clearance: {by: therapist-1, date: 2026-11-21, cleared: true}\n", ""),
    "a country without crisis lines": ("country: US", "country: BR"),
    "a language without an edition": ("name: Wren,", "name: Wren, language: fi,"),
}


@pytest.mark.parametrize(("old", "new"), REFUSALS.values(), ids=REFUSALS)
def test_refused(old: str, new: str, profile: Path, tiny_home: Path, workbook: Workbook) -> None:
    """Exit 4 and a reason; no PDF, for a plan as for a build."""
    path = other(profile, "x-2026", old, new)
    for command in ("build", "plan"):
        ran = workbook(command, path, "--practice", tiny_home)
        assert (ran.code, ran.out) == (ExitCode.REFUSED, "")
        assert ran.err.strip() and "Traceback" not in ran.err
        assert "I know" not in ran.err
    assert not (tiny_home / "build").exists()


def test_plain_cover_with_an_override(profile: Path, tiny_home: Path, workbook: Workbook) -> None:
    """Somebody at home may find the book: page 1 names neither the practice nor the client."""
    flagged = "cleared: true, flags: [abuse-at-home], override: kept at the practice"
    path = other(profile, "x-2026", "cleared: true", flagged)
    ran = workbook("build", path, "--practice", tiny_home)
    assert ran.code == 0
    assert "abuse-at-home" in ran.err and "kept at the practice" not in ran.err
    with pikepdf.open(tiny_home / "build" / "x-2026.pdf") as pdf:
        first = page_texts((tiny_home / "build" / "x-2026.pdf").read_bytes())[0]
        assert first == "Notes"
        assert str(pdf.Root.Outlines.First.Title) == "Notes"
        everything = b"".join(page.obj.Contents.read_bytes() for page in list(pdf.pages)[:1])
        assert b"Wren" not in everything


def test_bug_is_reported_without_values(
    profile: Path, tiny_home: Path, workbook: Workbook, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Exit 1: the version, the error's class and the places in the code, and no value at all."""

    def broken(*_: object) -> None:
        raise ZeroDivisionError("Wren and the secret 4711")

    monkeypatch.setattr(pipeline.printing, "furniture_style", broken)
    ran = workbook("build", profile, "--practice", tiny_home)
    assert (ran.code, ran.out) == (ExitCode.BUG, "")
    assert "A bug in workbook_builder" in ran.err and "ZeroDivisionError" in ran.err
    assert re.search(r"workbook\.py:\d+ build_workbook", ran.err)
    assert "Wren" not in ran.err and "4711" not in ran.err and str(tiny_home) not in ran.err


@pytest.mark.parametrize("error", [KeyboardInterrupt, click.Abort])
def test_interrupted(
    error: type[BaseException], profile: Path, tiny_home: Path, workbook: Workbook, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Exit 130 and one line."""

    def interrupt(*_: object) -> None:
        raise error

    monkeypatch.setattr(pipeline.workbook, "read_profile", interrupt)
    ran = workbook("build", profile, "--practice", tiny_home)
    assert (ran.code, ran.out) == (ExitCode.INTERRUPTED, "")
    assert ran.err.splitlines()[-1].startswith("Interrupted")


def test_plan_as_a_table(profile: Path, tiny_home: Path, workbook: Workbook) -> None:
    """Every module by its whole id, with minutes, rule and reason; gaps by their sessions; then the notes."""
    ran = workbook("plan", profile, "--practice", tiny_home)
    assert ran.code == 0
    for word in ("psy-tiny", "wks-tiny", "jrn-tiny", "read-tiny", "assigned", "Between session 1 and 2",
                 "After the last session", "Notes"):  # fmt: skip
        assert word in ran.out, word
    assert ran.err == ""


def test_plan_as_json(profile: Path, tiny_home: Path, workbook: Workbook) -> None:
    """The form is an interface: these keys, in this order, with these kinds of values."""
    assigned = "assign: [psy-tiny, wks-tiny, jrn-tiny, read-tiny]"
    path = other(profile, "x-2026", assigned, "assign: [wks-tiny]")
    ran = workbook("plan", path, "--practice", tiny_home, "--json")
    assert (ran.code, ran.err) == (0, "")
    plan = json.loads(ran.out)
    assert list(plan) == ["client", "gaps", "left_out", "needs_review", "notes"]
    assert plan["client"] == "x-2026"
    assert [gap["gap"] for gap in plan["gaps"]] == [1, 2, "after"]
    for gap in plan["gaps"]:
        assert list(gap) == ["gap", "budget", "minutes", "assignments"]
        counted = [one["minutes"] for one in gap["assignments"] if not (one["in_session"] or one["optional"])]
        assert gap["minutes"] == sum(counted)
        for one in gap["assignments"]:
            assert list(one) == ["id", "kind", "minutes", "in_session", "optional", "reasons"]
            assert one["kind"] in ("psychoeducation", "worksheet", "reading", "video", "journal")
            assert all(list(reason) == ["rule", "text"] for reason in one["reasons"]) and one["reasons"]
            assert isinstance(one["in_session"], bool) and isinstance(one["optional"], bool)
    assert {one["id"] for gap in plan["gaps"] for one in gap["assignments"]} >= {"psy-tiny", "wks-tiny"}
    assert plan["left_out"] and all(list(out) == ["id", "rule", "text"] for out in plan["left_out"])
    assert all(list(one) == ["id", "caution"] for one in plan["needs_review"])
    assert all(isinstance(note, str) for note in plan["notes"])


def test_sheet(tiny_home: Path, workbook: Workbook) -> None:
    """Modules to hand over now: their pages alone, under a name that tells no topic."""
    ran = workbook("sheet", "jrn-tiny", "wks-tiny", "--practice", tiny_home, *DAY)
    assert ran.code == 0
    path = Path(ran.out.strip())
    assert re.fullmatch(r"sheet-[0-9a-f]{8}\.pdf", path.name)
    texts = " ".join(page_texts(path.read_bytes()))
    assert "Log of the sea" in texts and "My own storm" in texts and "Two boats" in texts
    assert "call your local emergency number" in texts and "555 0100" not in texts
    with pikepdf.open(path) as pdf:
        assert {str(field.T).partition("__")[0] for field in pdf.Root.AcroForm.Fields} == {"jrn-tiny", "wks-tiny"}
        assert b"dc:identifier" not in pdf.Root.Metadata.read_bytes()
    assert not (tiny_home / "build" / "tiny-2026.pdf").exists()


def test_sheet_with_crisis_lines(tiny_home: Path, tmp_path: Path, workbook: Workbook) -> None:
    """With a country its lines stand behind the modules, on the paper that was asked for."""
    ran = workbook(
        "sheet", "psy-tiny", "--country", "US", "--paper", "a4", "--out", tmp_path / "out", "--practice", tiny_home
    )
    assert ran.code == 0
    path = Path(ran.out.strip())
    assert path.parent == tmp_path / "out"
    texts = page_texts(path.read_bytes())
    assert "555 0100" in texts[-1] and "If you need help now" in texts[-1]
    with pikepdf.open(path) as pdf:
        assert [round(float(side)) for side in pdf.pages[0].MediaBox] == [0, 0, 595, 842]


def test_sheet_of_nothing_known(tiny_home: Path, workbook: Workbook) -> None:
    """Each unknown module, with what was meant; an unknown country, with those that there are."""
    ran = workbook("sheet", "psy-tinny", "wks-tiny", "jrn-none-such", "--practice", tiny_home)
    assert (ran.code, ran.out) == (ExitCode.INPUT, "")
    assert 'psy-tinny  there is no such module - did you mean "psy-tiny"?' in ran.err
    assert "jrn-none-such  there is no such module" in ran.err and len(ran.err.splitlines()) == 2
    ran = workbook("sheet", "psy-tiny", "--country", "GB", "--practice", tiny_home)
    assert ran.code == ExitCode.INPUT
    assert "no crisis lines for GB - there are: US" in ran.err


def test_sheet_with_a_character_that_no_font_has(tiny_home: Path, workbook: Workbook) -> None:
    """A module's own fault is wrong input, for a sheet as for a book."""
    path = tiny_home / "content" / "en" / "psychoeducation" / "psy-tiny.md"
    path.write_text(path.read_text(encoding="utf-8").replace("Read the list", "Read 中 list"), encoding="utf-8")
    ran = workbook("sheet", "psy-tiny", "--practice", tiny_home)
    assert ran.code == ExitCode.INPUT
    assert len(ran.err.splitlines()) == 1
    assert ran.err.startswith("psy-tiny  no font has the character") and "U+4E2D" in ran.err


def test_sheet_with_answers_is_kept(tiny_home: Path, workbook: Workbook) -> None:
    """A sheet that somebody typed into is not overwritten either."""
    path = Path(workbook("sheet", "wks-tiny", "--practice", tiny_home).out.strip())
    with pikepdf.open(BytesIO(path.read_bytes())) as pdf:
        pdf.Root.AcroForm.Fields[0].V = pikepdf.String("mine")
        pdf.save(path)
    ran = workbook("sheet", "wks-tiny", "--practice", tiny_home)
    assert ran.code == ExitCode.CANNOT_WRITE and "holds answers" in ran.err
    assert workbook("sheet", "wks-tiny", "--practice", tiny_home, "--force").code == 0


def test_schemas(workbook: Workbook) -> None:
    """Each schema is a JSON Schema of an object, in the draft that editors know, whose references lead somewhere."""
    names = re.findall(r"[a-z-]+", workbook("schema", "?").err.rpartition("there are:")[2])
    assert {"profile", "module", "practice", "crisis-lines", "books", "videos", "selection", "layout"} <= set(names)
    for name in names:
        ran = workbook("schema", name)
        assert (ran.code, ran.err) == (0, "")
        schema = json.loads(ran.out)
        assert schema["$schema"] == "https://json-schema.org/draft/2020-12/schema", name
        assert schema["type"] == "object", name
        assert "properties" in schema or "additionalProperties" in schema or "patternProperties" in schema
        for reference in re.findall(r'"\$ref": "#/\$defs/([^"]+)"', ran.out):
            assert reference.replace("~1", "/") in schema["$defs"], (name, reference)


PASSWORDS = {"missing": None, "empty": "", "first line empty": "\nsecret", "no text": b"\xff\xfe\x00"}


@pytest.mark.parametrize("content", PASSWORDS.values(), ids=PASSWORDS)
def test_password_file_without_a_password(
    content: str | bytes | None, profile: Path, tiny_home: Path, tmp_path: Path, workbook: Workbook
) -> None:
    """Exit 3: a book that should be protected is never written without protection."""
    path = tmp_path / "password"
    if content is not None:
        path.write_bytes(content if isinstance(content, bytes) else content.encode())
    ran = workbook("build", profile, "--practice", tiny_home, "--password-file", path)
    assert (ran.code, ran.out) == (ExitCode.INPUT, "")
    assert str(path) in ran.err and "--password-file" in ran.err and "secret" not in ran.err
    assert not (tiny_home / "build").exists()


def commands(group: click.Group = cli.workbook, before: str = "") -> Iterator[tuple[str, click.Command]]:
    """Give every command with its whole name, such as *new module*."""
    for name, command in group.commands.items():
        if isinstance(command, click.Group):
            yield from commands(command, f"{before}{name} ")
        else:
            yield before + name, command


def test_every_command_and_option_is_documented() -> None:
    """README.md or docs/ name each command, each option, and each exit code."""
    text = "\n".join(path.read_text(encoding="utf-8") for path in [ROOT / "README.md", *(ROOT / "docs").glob("*.md")])
    missing = []
    for name, command in commands():
        if not re.search(rf"workbook {name}\b", text):
            missing.append(f"workbook {name}")
        options = [one for parameter in command.params for one in parameter.opts if one.startswith("--")]
        missing += [f"{name} {option}" for option in options if not re.search(rf"{option}\b", text)]
    missing += [f"exit code {code.value}" for code in ExitCode if not re.search(rf"\b{code.value}\b", text)]
    assert missing == []


def test_every_command_says_what_it_does(workbook: Workbook) -> None:
    """--help works everywhere, and no command or option is without a sentence."""
    assert workbook("--help").code == 0
    assert re.match(r"workbook, version \d", workbook("--version").out)
    names = dict(commands())
    assert {"build", "plan", "sheet", "check", "schema"} <= names.keys()
    for name, command in names.items():
        ran = workbook(*name.split(), "--help")
        assert ran.code == 0 and f"workbook {name}" in ran.out
        assert command.help
        for parameter in command.params:
            if isinstance(parameter, click.Option) and not isinstance(parameter.type, click.Choice):
                assert parameter.help, f"{name} {parameter.name}"
