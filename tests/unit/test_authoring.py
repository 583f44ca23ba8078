"""Beginning a practice, a module and a profile, and signing modules."""

from __future__ import annotations

import datetime
import errno
import os
import re
import shutil
import stat
import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import Any, get_args

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import BaseModel
from support import DAY, ROOT, Ran

from workbook_builder.authoring import begin_module, begin_practice, begin_profile, sign_modules
from workbook_builder.authoring.front import put_signature
from workbook_builder.book import Kind
from workbook_builder.check import Finding, check_practice
from workbook_builder.errors import CannotWrite, InputProblems
from workbook_builder.folders import find_folders
from workbook_builder.library import FOLDERS, FrontMatter, Module, Signature, load_module
from workbook_builder.markup import BLOCK_KINDS, parse_body
from workbook_builder.profile import Profile, load_profile

Workbook = Callable[..., Ran]
KINDS: tuple[Kind, ...] = get_args(Kind)
MODULE = """\
---
# A comment of the author's.
id: wks-one
kind: worksheet   # and another one
title: 'One: a sheet'

summary: One line.
main_message: One sentence.
call_to_action: Try it once.
topics: [general]
phase: disputing
minutes: 10
frequency: [weekly]
sources: [Made up]
source_check: U
status: draft            # only a clinician makes it reviewed
caution: ''
---

A body.   \t

/// write | What happened?
    id: happened
///

/// two-minute
/// write | In a word?
    id: word
///
///
""".replace("/// two-minute\n", "//// two-minute\n").replace("///\n///\n", "///\n////\n")


@pytest.fixture
def home(tmp_path: Path) -> Path:
    """A practice with a library of one worksheet."""
    folder = tmp_path / "practice" / "content"
    (folder / "en" / "worksheets").mkdir(parents=True)
    lines = 'IE: {emergency: "112", lines: [{name: Line, call: "116 123", languages: [en]}]}\n'
    (folder / "crisis-lines.yaml").write_text(lines, encoding="utf-8")
    write(folder.parent, MODULE)
    return folder.parent


def file_of(home: Path) -> Path:
    """The worksheet's file."""
    return home / "content" / "en" / "worksheets" / "wks-one.md"


def write(home: Path, text: str) -> None:
    """Write the worksheet's file, its line ends as they are in ``text``."""
    file_of(home).write_bytes(text.encode("utf-8"))


def read(home: Path) -> str:
    """The worksheet's text, with its own line ends."""
    return file_of(home).read_bytes().decode("utf-8")


def sign(home: Path, by: str = "A. Lee", day: datetime.date = DAY) -> str:
    """Sign the worksheet and return its text."""
    sign_modules(["wks-one"], find_folders(home), "en", by, day, DAY)
    return read(home)


def loaded(home: Path) -> Module:
    """The worksheet as the library reads it."""
    module, problems = load_module(file_of(home), "en")
    assert module is not None and not problems
    return module


def signed_lines(by: str, day: str, digest: str) -> list[str]:
    """The lines that a signature adds."""
    return ["reviewed:", f'  by: "{by}"', f"  date: {day}", f"  digest: {digest}", '  fields: ["happened", "word"]']


# ---------------------------------------------------------------------------------------------------------- signing


@pytest.mark.parametrize("line_end", ["\n", "\r\n", "\r"])
@pytest.mark.parametrize("start", ["", "\ufeff"])
def test_signing_changes_nothing_else(home: Path, line_end: str, start: str) -> None:
    """Comments, order, line ends, trailing blanks, byte order mark and body stay byte for byte."""
    before = start + MODULE.replace("\n", line_end)
    write(home, before)
    after = sign(home)
    module = loaded(home)
    assert module.status == "reviewed" and module.reviewed is not None
    added = line_end.join(signed_lines("A. Lee", "2026-11-23", module.reviewed.digest)) + line_end
    assert after == before.replace("status: draft  ", "status: reviewed  ").replace(
        "caution: ''", added + "caution: ''"
    )


def test_file_keeps_its_mode_and_nothing_is_left_beside_it(home: Path) -> None:
    """The new file has the old one's permissions, and no half file stays."""
    file_of(home).chmod(0o640)
    sign(home)
    assert stat.S_IMODE(file_of(home).stat().st_mode) == 0o640
    assert [path.name for path in file_of(home).parent.iterdir()] == ["wks-one.md"]


def test_an_edit_makes_it_a_draft_again(home: Path) -> None:
    """A signature is bound to what was read; a comment does not count, a word does."""
    signed = sign(home)
    write(home, signed.replace("# A comment", "# Another comment"))
    assert loaded(home).status == "reviewed"
    write(home, signed.replace("A body.", "Another body."))
    assert loaded(home).status == "draft"


def test_signing_again_updates_the_signature_alone(home: Path) -> None:
    """The second signature stands in the first one's place, and comments of a person among its lines stay."""
    first = sign(home, "A. Lee", datetime.date(2026, 1, 2)).replace("2026-01-02", "2026-01-02  # in a break")
    write(home, first.replace("A body.", "Another body."))
    second = sign(home, 'B. "Bo" Roe: PhD')
    digest = loaded(home).reviewed.digest  # type: ignore[union-attr]
    expected = first.replace("A body.", "Another body.").replace("2026-01-02", "2026-11-23")
    expected = re.sub(r"digest: \w+", f"digest: {digest}", expected)
    assert second == expected.replace('"A. Lee"', '"B. \\"Bo\\" Roe: PhD"')
    assert sign(home, 'B. "Bo" Roe: PhD') == second


@pytest.mark.parametrize(
    "status",
    [
        "",
        "status:",
        'status: "draft"',
        "status: reviewed\nreviewed: {by: X, date: 2026-01-01, digest: " + "0" * 64 + "}   # once",
        "reviewed: {by: X, date: 2026-01-01, digest: " + "0" * 64 + ", fields: [a]}",
        "status: draft\nreviewed:   # not yet",
        "status: draft\nreviewed:\n  by: X\n  # a note\n  date: 2026-01-01\n  digest: " + "0" * 64 + "\n\n# and more",
        "reviewed:\n  fields:\n    - a\n    - b\n  digest: "
        + "0" * 64
        + "\n  date: 2026-01-01\n  by: >-\n    X\nstatus: draft",
    ],
)
def test_every_way_to_write_a_status(home: Path, status: str) -> None:
    """Whatever an author or an earlier version wrote, it is signed or refused; never is a file made wrong."""
    before = MODULE.replace("status: draft            # only a clinician makes it reviewed\n", status and status + "\n")
    write(home, before)
    try:
        after = sign(home)
    except InputProblems as error:
        assert ">-" in status and "no signature can be put" in str(error)
        assert read(home) == before
        return
    module = loaded(home)
    assert module.status == "reviewed" and module.reviewed is not None
    assert (module.reviewed.by, module.reviewed.fields) == ("A. Lee", ("happened", "word"))
    assert after.partition("\n---\n")[2] == before.partition("\n---\n")[2]
    assert [line for line in before.split("\n") if line.startswith("# ")] == [
        line for line in after.split("\n") if line.startswith("# ")
    ]


def test_front_matter_in_braces_is_refused(home: Path) -> None:
    """A form into which no line can be put is told, with what to do, and the file stays."""
    front = re.sub(r" *#.*", "", MODULE.split("---\n")[1]).strip().replace("\n\n", "\n").replace("\n", ",\n")
    before = f"---\n{{{front}}}\n---\nA body.\n"
    write(home, before)
    with pytest.raises(InputProblems, match="each setting on a line of its own"):
        sign(home)
    assert read(home) == before


@settings(deadline=None, max_examples=40)
@given(by=st.text(min_size=1, max_size=60), fields=st.lists(st.from_regex(r"[a-z0-9]+(-[a-z0-9]+)*", fullmatch=True)))
def test_any_name_and_any_ids_come_back(by: str, fields: list[str]) -> None:
    """What a signature says is what is read back, whatever signs a name holds."""
    try:
        signature = Signature(by=by, date=DAY, digest="0" * 64, fields=tuple(fields))
    except ValueError:
        return
    signed = put_signature(MODULE, signature, "wks-one.md")
    assert put_signature(signed, signature, "wks-one.md") == signed


def test_unknown_module_is_told_with_the_nearest(home: Path, workbook: Workbook) -> None:
    """Exit 3, and no module is signed when one of several is unknown."""
    ran = workbook("sign", "wks-one", "wks-onne", "--by", "A. Lee", "--practice", home)
    assert ran.code == 3 and 'did you mean "wks-one"?' in ran.err
    assert read(home) == MODULE


def test_module_with_problems_is_not_signed(home: Path, workbook: Workbook) -> None:
    """Exit 3 with all that is wrong, in front matter or body."""
    write(home, MODULE.replace("    id: happened\n", ""))
    ran = workbook("sign", "wks-one", "--by", "A. Lee", "--practice", home)
    assert ran.code == 3 and "every field needs an id" in ran.err
    write(home, MODULE.replace("minutes: 10", "minutes: ten"))
    ran = workbook("sign", "wks-one", "--by", "A. Lee", "--practice", home)
    assert ran.code == 3 and "minutes" in ran.err
    assert "reviewed:" not in read(home)


def test_command_says_what_was_signed(home: Path, workbook: Workbook) -> None:
    """Who, when, how many; standard output holds the files."""
    ran = workbook("sign", "wks-one", "wks-one", "--by", "A. Lee", "--date", "2026-11-02", "--practice", home)
    assert ran.code == 0
    assert ran.out == f"{file_of(home)}\n"
    assert "Signed 1 module by A. Lee on 2026-11-02" in ran.err


@pytest.mark.parametrize("by", ["", "x" * 61, "A\u202eLee"])
def test_name_that_cannot_be_printed_is_refused(home: Path, by: str) -> None:
    """A signature names somebody."""
    with pytest.raises(InputProblems, match="--by"):
        sign(home, by)


def test_nobody_signs_tomorrow(home: Path) -> None:
    """A day that has not come yet is no day on which somebody has read."""
    with pytest.raises(InputProblems, match="future"):
        sign(home, day=DAY + datetime.timedelta(days=1))


def test_shipped_library_is_not_signed_in_place(tmp_path: Path, workbook: Workbook) -> None:
    """A practice without a library of its own is told how to begin one; the program's files stay as they are."""
    before = (ROOT / "content" / "en" / "psychoeducation" / "psy-abc.md").read_bytes()
    ran = workbook("sign", "psy-abc", "--by", "A. Lee", "--practice", tmp_path)
    assert ran.code == 5 and "workbook init" in ran.err
    assert (ROOT / "content" / "en" / "psychoeducation" / "psy-abc.md").read_bytes() == before


def test_no_shipped_module_pretends_to_be_signed() -> None:
    """Only a clinician signs, and none has."""
    files = sorted((ROOT / "content").rglob("*.md"))
    assert len(files) >= 90
    for path in files:
        module, _ = load_module(path, "en")
        assert module is None or (module.status, module.reviewed) == ("draft", None)


def test_full_disk_leaves_all_modules_as_they_were(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """When the second of two files cannot be written, the first is not signed either."""
    second = file_of(home).with_name("wks-two.md")
    second.write_text(MODULE.replace("wks-one", "wks-two"), encoding="utf-8")
    calls: list[int] = []

    def full(handle: int) -> None:
        calls.append(handle)
        if len(calls) == 2:
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    monkeypatch.setattr("workbook_builder.authoring.files.os.fsync", full)
    with pytest.raises(CannotWrite, match="No space left"):
        sign_modules(["wks-one", "wks-two"], find_folders(home), "en", "A. Lee", DAY, DAY)
    assert "reviewed" not in read(home).replace("makes it reviewed", "") + second.read_text(encoding="utf-8").replace(
        "makes it reviewed", ""
    )
    assert sorted(path.name for path in second.parent.iterdir()) == ["wks-one.md", "wks-two.md"]


# ------------------------------------------------------------------------------------------- new modules and profiles


@pytest.fixture(scope="module")
def begun(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A practice as `workbook init` makes it, with a new module of each kind and a new profile."""
    home = begin_practice(tmp_path_factory.mktemp("begun") / "ours").home
    for kind in KINDS:
        begin_module(f"new-{kind}", kind, None, find_folders(home))
    begin_profile("r9a-2026", find_folders(home), DAY)
    return home


@pytest.fixture(scope="module")
def findings(begun: Path) -> tuple[Finding, ...]:
    """What `workbook check` finds in it."""
    return check_practice(find_folders(begun), [], DAY).findings


def new_file(home: Path, kind: Kind) -> Path:
    """The file of a new module."""
    return home / "content" / "en" / FOLDERS[kind] / f"new-{kind}.md"


def test_what_was_begun_passes_check_at_once(findings: tuple[Finding, ...]) -> None:
    """No error anywhere, and what was written anew gives not even advice."""
    assert [finding for finding in findings if finding.severity == "error"] == []
    assert [finding for finding in findings if "new-" in finding.path or "r9a" in finding.path] == []


@pytest.mark.parametrize("kind", KINDS)
def test_new_module_explains_each_setting(begun: Path, kind: Kind) -> None:
    """Every setting of the front matter stands there, and all but the kind have a comment above or beside them."""
    lines = new_file(begun, kind).read_text(encoding="utf-8").split("---\n")[1].split("\n")
    own = {"book": "reading", "subject": "reading", "max_minutes": "video"}
    expected = {name for name in FrontMatter.model_fields if own.get(name, kind) == kind} - {"reviewed"}
    named = [n for n, line in enumerate(lines) if re.match(r"[a-z_]+:", line)]
    assert {lines[n].partition(":")[0] for n in named} == expected
    assert [lines[n] for n in named if not lines[n - 1].startswith("#") and not lines[n].startswith("kind:")] == []


@pytest.mark.parametrize("kind", KINDS)
def test_notes_to_the_author_are_never_printed(begun: Path, kind: Kind) -> None:
    """The body has notes, and none of their words reaches the page."""
    module, _ = load_module(new_file(begun, kind), "en")
    assert module is not None
    notes = re.findall(r"<!-- (.*?) -->", module.body)
    body, problems = parse_body(module.body, module.id, module.path, module.body_line)
    assert len(notes) >= 5 and not problems
    assert [note for note in notes if note[:30] in body.text] == []
    assert "<!--" not in repr(body)


def test_new_worksheet_shows_every_field_and_the_parts_of_its_kind(begun: Path) -> None:
    """Between them the five kinds show each block but one: a box for what stands out."""
    kinds = {kind: set(re.findall(r"^/// ([a-z-]+)", new_file(begun, kind).read_text("utf-8"), re.M)) for kind in KINDS}
    parts = {"example", "stuck", "in-short", "bring"}
    assert all(parts <= blocks for blocks in kinds.values())
    assert {"write", "rate", "grid", "tick", "choose", "two-minute"} <= kinds["worksheet"]
    assert set.union(*kinds.values()) == set(BLOCK_KINDS) - {"callout"}


def test_title_may_hold_any_sign(home: Path) -> None:
    """A colon, quotes or a hash in a title are text."""
    title = 'What "if": # or \\ not?'
    path = begin_module("new-one", "worksheet", title, find_folders(home))
    module, problems = load_module(path, "en")
    assert not problems and module is not None and module.title == title


def test_nothing_is_overwritten(home: Path, workbook: Workbook) -> None:
    """A module of that id, in whatever folder, or a profile: exit 5, and the file stays."""
    ran = workbook("new", "module", "wks-one", "--kind", "journal", "--practice", home)
    assert ran.code == 5 and "already" in ran.err and read(home) == MODULE
    assert workbook("new", "profile", "r9a", "--practice", home).code == 0
    path = home / "profiles" / "r9a.yaml"
    path.write_text("mine", encoding="utf-8")
    ran = workbook("new", "profile", "r9a", "--practice", home)
    assert ran.code == 5 and "already" in ran.err and path.read_text(encoding="utf-8") == "mine"


@pytest.mark.parametrize("what", [("profile",), ("module", "--kind", "video")])
@pytest.mark.parametrize("id_", ["Ruth Miller", "../ruth", "ruth/miller", "", "-ruth-", "r" * 41])
def test_id_that_cannot_be_is_not_repeated(home: Path, workbook: Workbook, what: tuple[str, ...], id_: str) -> None:
    """Exit 3 with what an id is made of; it may be a name, so no message repeats it. Nothing is written."""
    before = sorted(home.rglob("*"))
    ran = workbook("new", *what, "--practice", home, "--", id_)
    assert ran.code == 3 and "a-z, 0-9 and hyphens" in ran.err
    assert not id_ or id_ not in ran.err
    assert sorted(home.rglob("*")) == before


def test_module_needs_a_library_of_ones_own(tmp_path: Path, workbook: Workbook) -> None:
    """Where only the shipped library is, a single module would hide it; so init comes first."""
    ran = workbook("new", "module", "new-one", "--kind", "video", "--practice", tmp_path)
    assert ran.code == 5 and "workbook init" in ran.err
    assert list(tmp_path.iterdir()) == []


def test_folder_that_cannot_be_written(home: Path) -> None:
    """A file where a folder is needed is told, and nothing is left behind."""
    (home / "profiles").write_text("", encoding="utf-8")
    with pytest.raises(CannotWrite, match="could not be written"):
        begin_profile("r9a", find_folders(home), DAY)


def test_new_profile_waits_for_the_therapist(begun: Path, workbook: Workbook) -> None:
    """Nothing is planned of it before the clearance is answered; then all is there to plan."""
    path = begun / "profiles" / "r9a-2026.yaml"
    ran = workbook("plan", path, "--practice", begun, "--date", "2026-11-23")
    assert ran.code == 4 and "clearance.cleared is false" in ran.err
    answered = path.with_name("answered.yaml")
    text = path.read_text(encoding="utf-8").replace("cleared: false", "cleared: true")
    answered.write_text(re.sub(r"date: \S+", f"date: {datetime.date.today()}", text), encoding="utf-8")
    ran = workbook("plan", answered, "--practice", begun)
    answered.unlink()
    assert (ran.code, ran.err) == (0, "")


def test_new_profile_is_its_owners_alone(begun: Path) -> None:
    """It will hold health data."""
    assert stat.S_IMODE((begun / "profiles" / "r9a-2026.yaml").stat().st_mode) == 0o600


def test_new_profile_shows_every_setting(begun: Path) -> None:
    """A setting that the model gains is explained here as well."""
    text = (begun / "profiles" / "r9a-2026.yaml").read_text(encoding="utf-8")
    shown = set(re.findall(r"([a-z_]+):", text))
    assert names_of(Profile) - {"fictional"} - shown == set()
    assert load_profile(begun / "profiles" / "r9a-2026.yaml").clearance.cleared is False


def test_new_profile_names_the_practices_own_countries(home: Path) -> None:
    """The first country of the practice's crisis lines is the one to begin with."""
    assert load_profile(begin_profile("r9a", find_folders(home), DAY)).client.country == "IE"


def names_of(model: type[BaseModel]) -> set[str]:
    """The names of a model's settings, and of those in its groups and lists of groups."""
    names = set()
    for name, info in model.model_fields.items():
        names.add(info.alias or name)
        groups = [info.annotation, *get_args(info.annotation)]
        for group in groups:
            if isinstance(group, type) and issubclass(group, BaseModel):
                names |= names_of(group)
    return names


# ------------------------------------------------------------------------------------------ a practice of one's own


def test_begun_practice_has_all_but_clients(tmp_path: Path, workbook: Workbook) -> None:
    """Library, layout, one example, README and .gitignore; what the checkout has beside them stays there."""
    home = tmp_path / "a" / "new practice"
    ran = workbook("init", home)
    assert (ran.code, ran.out) == (0, f"{home}\n")
    assert {path.name for path in home.iterdir()} == {"content", "layouts", "profiles", "README.md", ".gitignore"}
    assert [path.name for path in (home / "profiles").iterdir()] == ["anxiety-five.yaml"]
    for name in ("content", "layouts"):
        mine, theirs = (
            {p.relative_to(at): p.read_bytes() for p in (at / name).rglob("*") if p.is_file()} for at in (home, ROOT)
        )
        assert mine == theirs and mine
    assert "workbook build" in ran.err and "$" not in (home / "README.md").read_text(encoding="utf-8")


def test_begun_practice_keeps_clients_from_git(begun: Path, tmp_path: Path) -> None:
    """git add takes no profile but the example, no PDF and no key."""
    subprocess.run(["git", "init", "--quiet", str(tmp_path)], check=True)
    shutil.copy(begun / ".gitignore", tmp_path)

    def is_ignored(path: str) -> bool:
        command = ["git", "-C", str(tmp_path), "check-ignore", "--quiet", path]
        return subprocess.run(command, check=False).returncode == 0

    assert all(map(is_ignored, ["profiles/r9a-2026.yaml", "profiles/x.csv", "build/r9a-2026.pdf", ".workbook-key"]))
    assert not any(map(is_ignored, ["profiles/anxiety-five.yaml", "content/practice.yaml", "README.md"]))


def test_begun_practice_overwrites_nothing(tmp_path: Path, workbook: Workbook) -> None:
    """Exit 5 with a list of what is in the way; other things may stand in the folder, and stay."""
    (tmp_path / "content").mkdir()
    (tmp_path / "profiles").mkdir()
    (tmp_path / "profiles" / "r1.yaml").write_text("a client", encoding="utf-8")
    (tmp_path / "notes.txt").write_text("mine", encoding="utf-8")
    (tmp_path / "README.md").write_text("mine", encoding="utf-8")
    (tmp_path / "layouts" / "own").mkdir(parents=True)
    before = sorted(tmp_path.rglob("*"))
    ran = workbook("init", tmp_path)
    assert ran.code == 5 and "layouts, README.md stand there already" in ran.err
    assert sorted(tmp_path.rglob("*")) == before
    (tmp_path / "README.md").unlink()
    (tmp_path / "layouts" / "own").rmdir()
    assert workbook("init", tmp_path).code == 0
    assert (tmp_path / "profiles" / "r1.yaml").read_text(encoding="utf-8") == "a client"
    assert (tmp_path / "content" / "selection.yaml").is_file()
    assert workbook("init", tmp_path).code == 5


def test_begun_practice_is_not_put_into_a_file(tmp_path: Path, workbook: Workbook) -> None:
    """A file of that name, or above it, is told."""
    (tmp_path / "file").write_text("", encoding="utf-8")
    assert workbook("init", tmp_path / "file").code == 5
    assert workbook("init", tmp_path / "file" / "inside").code == 5


@pytest.mark.parametrize("failing", range(5))
def test_begun_practice_is_whole_or_not_there(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, failing: int) -> None:
    """Whichever step fails, nothing is left behind, not even the folder."""
    rename, calls = Path.rename, list[Path]()

    def fail(source: Path, target: Path) -> Any:
        calls.append(source)
        if len(calls) > failing:
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
        return rename(source, target)

    monkeypatch.setattr(Path, "rename", fail)
    with pytest.raises(CannotWrite, match="Nothing was left behind"):
        begin_practice(tmp_path / "a" / "b")
    assert list(tmp_path.iterdir()) == []
