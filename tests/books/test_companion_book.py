"""The therapist's companion as a PDF: accessible, marked on every page, apart from the client's book."""

from __future__ import annotations

import stat
from collections.abc import Callable
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path

import outloud
import page as page_validation
import pikepdf
import pytest
from pdf_facts import bookmarks, font_names, furniture_texts, links, page_texts, spoken, tag_counts, widgets
from support import DAY, ROOT, Ran

from workbook_builder.errors import ExitCode
from workbook_builder.folders import Folders, find_folders
from workbook_builder.layout import MM
from workbook_builder.pipeline import CompanionOrder, Order, build_companion, plan_workbook
from workbook_builder.profile import Profile
from workbook_builder.typeset import Cache, Typesetter

UA1_RULES = 104
CASES = ROOT / "tests" / "cases" / "therapist"
BUILT = {
    "a first book": ROOT / "profiles" / "anxiety-five.yaml",
    "flags and an override": CASES / "low-mood-six-suicidal-thoughts" / "in" / "profile.yaml",
    "maintenance": CASES / "self-worth-twelve-maintenance" / "in" / "profile.yaml",
}
NAME, GOAL, NOTE = "Wren", "Sail across the bay", "Small pages are on purpose"
Workbook = Callable[..., Ran]
PRINTED = ("--date", "2026-11-23")


@dataclass(frozen=True)
class Companion:
    """A built companion."""

    path: Path
    pdf: bytes
    profile: Profile
    pages: int


@pytest.fixture(scope="module", params=BUILT)
def companion(
    request: pytest.FixtureRequest, practice: Folders, typesetter: Typesetter, tmp_path_factory: pytest.TempPathFactory
) -> Companion:
    """The companions of three clients, each built once."""
    order = Order(DAY, DAY, out=tmp_path_factory.mktemp("companion"))
    planned = plan_workbook(BUILT[request.param], practice, order)
    built = build_companion(planned, practice, order, typesetter, CompanionOrder())
    return Companion(built.path, built.path.read_bytes(), planned[1], built.pages)


def test_passes_pdf_ua(companion: Companion) -> None:
    """All rules of PDF/UA-1 are checked, and none fails; nor does what a validator cannot see."""
    report = page_validation.validate_pdf(str(companion.path), profile="ua1")
    assert report.rules.total == UA1_RULES
    assert [(failure.rule_id, failure.message) for failure in report.failures] == []
    assert report.is_compliant
    findings = outloud.check(str(companion.path)).findings
    assert [(found.rule, found.page, found.message) for found in findings if found.severity == "error"] == []


def test_is_short_and_marked_on_every_page(companion: Companion) -> None:
    """A busy therapist reads it before the session; every page says for whom it is."""
    heads = furniture_texts(companion.pdf, foot=18 * MM, head=20 * MM)
    assert 4 <= companion.pages == len(heads) <= 8
    for number, text in enumerate(heads, start=1):
        assert "For the therapist" in text and "Companion" in text and text.split()[-1] == str(number)
    with pikepdf.open(BytesIO(companion.pdf)) as pdf:
        for page in pdf.pages:
            drawn = page.obj.Contents[len(page.obj.Contents) - 1].read_bytes()
            assert drawn.startswith(b"/Artifact <</Type /Pagination /Subtype /Header") and b" re f Q" in drawn


def test_structure(companion: Companion) -> None:
    """Headings in order, tables with header cells, a bookmark for each session, links that lead there, no field."""
    with pikepdf.open(BytesIO(companion.pdf)) as pdf:
        marks, inner, tags = bookmarks(pdf), links(pdf), tag_counts(pdf)
        assert widgets(pdf) == []
        assert {name.split()[0] for name in font_names(pdf)} == {"Type0", "CIDFontType2"}
    levels = [(level, title) for level, title, _ in marks]
    assert [title for level, title in levels if level == 1] == [
        "Companion", "Session by session", "What was left out", "Sources",
    ]  # fmt: skip
    sessions = [title for level, title in levels if level == 2]
    assert sessions[0] == "Giving the book" and sessions[-1] == "If you meet again" and len(sessions) > 3
    pages = {title: place.page for _, title, place in marks}
    assert {link.tooltip for link in inner} == {*sessions[:-1], "Sources", "What was left out"}
    assert all(not isinstance(link.target, str) and link.target.page == pages[link.tooltip] for link in inner)
    assert tags["Table"] >= 4 and tags["TH"] > 10
    parts = [title for level, title in levels if level == 1]
    assert [text for _, tag, text in spoken(companion.pdf) if tag == "H1"] == parts


def test_metadata_tell_nothing(companion: Companion) -> None:
    """Title and author; no id, no topic, and no book number by which it could be taken for the client's book."""
    with pikepdf.open(BytesIO(companion.pdf)) as pdf:
        info = {key: str(value) for key, value in pdf.trailer.Info.items()}
        xmp = pdf.Root.Metadata.read_bytes().decode()
    assert info == {
        "/Title": "Companion", "/Author": "Restartt", "/Producer": "workbook_builder",
        "/CreationDate": "D:20261123000000Z",
    }  # fmt: skip
    for word in (companion.profile.client.id, *companion.profile.topics, "identifier"):
        assert word not in xmp


@pytest.fixture
def build(tiny_home: Path, quick_workbook: Workbook) -> Workbook:
    """``build`` for the small practice."""

    def built(*more: object, profile: str = "profile.yaml") -> Ran:
        return quick_workbook("build", tiny_home / profile, "--practice", tiny_home, *PRINTED, *more)

    return built


def mode(path: Path) -> int:
    """The permissions of a file or folder."""
    return stat.S_IMODE(path.stat().st_mode)


def secret(folder: Path, name: str, word: str) -> Path:
    """Write a password file."""
    path = folder / name
    path.write_text(word + "\n", encoding="utf-8")
    return path


def test_is_built_only_when_asked_for(build: Workbook, tiny_home: Path) -> None:
    """Without --companion there is none; with it, one line more, and the workbook is the same to the byte."""
    ran = build()
    target = tiny_home / "build" / "tiny-2026.pdf"
    assert (ran.code, ran.out) == (ExitCode.DONE, f"{target}\n")
    assert [path.name for path in target.parent.iterdir()] == ["tiny-2026.pdf"]
    before = target.read_bytes()
    ran = build("--companion")
    own = tiny_home / "build" / "companions" / "tiny-2026-companion.pdf"
    assert (ran.code, ran.out) == (ExitCode.DONE, f"{target}\n{own}\n")
    assert target.read_bytes() == before
    assert (mode(own), mode(own.parent)) == (0o600, 0o700)
    assert "has no password" in ran.err
    texts = " ".join(page_texts(own.read_bytes()))
    assert "tiny-2026" in texts and "You assigned it" in texts
    assert not [word for word in (NAME, GOAL, NOTE) if word in texts]
    assert "You assigned it" not in " ".join(page_texts(before))


def test_where_it_goes(build: Workbook, tmp_path: Path) -> None:
    """Beside the PDFs of --out, or where --companion-out says; never into the folder of the workbooks."""
    out, other = tmp_path / "out", tmp_path / "other"
    ran = build("--companion", "--out", out)
    assert ran.out.splitlines()[1] == str(out / "companions" / "tiny-2026-companion.pdf")
    ran = build("--companion", "--out", out, "--companion-out", other)
    assert ran.out.splitlines()[1] == str(other / "tiny-2026-companion.pdf")
    assert mode(other) == 0o700
    ran = build("--companion", "--out", out, "--companion-out", f"{out}/../out")
    assert ran.code == ExitCode.USAGE and "never in the folder of the workbooks" in ran.err


def test_a_folder_that_others_may_look_into(build: Workbook, tmp_path: Path) -> None:
    """The own folder is closed again; one that was chosen is left as it is, and a note tells."""
    own, chosen = tmp_path / "out" / "companions", tmp_path / "chosen"
    for folder in (own, chosen):
        folder.mkdir(parents=True)
        folder.chmod(0o755)
    assert "others may look into" not in build("--companion", "--out", own.parent).err
    assert mode(own) == 0o700
    assert "others may look into" in build("--companion", "--out", own.parent, "--companion-out", chosen).err
    assert mode(chosen) == 0o755


def test_each_file_has_its_own_password(build: Workbook, tiny_home: Path, tmp_path: Path) -> None:
    """The client's password does not open the companion, nor the other way round."""
    client, therapist = secret(tmp_path, "client", "calm-river"), secret(tmp_path, "therapist", "tall-cedar")
    ran = build("--companion", "--password-file", client, "--companion-password-file", therapist)
    assert ran.code == ExitCode.DONE and "has no password" not in ran.err
    book, own = map(Path, ran.out.split())
    for path, right, wrong in ((book, "calm-river", "tall-cedar"), (own, "tall-cedar", "calm-river")):
        with pikepdf.open(path, password=right) as pdf:
            assert len(pdf.pages) > 1 and pdf.encryption.R == 6
        for other in (wrong, ""):
            with pytest.raises(pikepdf.PasswordError):
                pikepdf.open(path, password=other)
    with pytest.raises(pikepdf.PasswordError):
        pikepdf.open(build("--companion", "--companion-password-file", therapist, "--force").out.split()[1])


@pytest.mark.parametrize(
    ("client", "therapist", "message"),
    [("calm-river", "calm-river", "is the workbooks' password too"), ("calm-river", "", "the first line is empty")],
)
def test_password_that_does_not_do(
    client: str, therapist: str, message: str, build: Workbook, tiny_home: Path, tmp_path: Path
) -> None:
    """One password for both, or none where one was promised: exit 3, and neither file is made."""
    files = secret(tmp_path, "client", client), secret(tmp_path, "therapist", therapist)
    ran = build("--companion", "--password-file", files[0], "--companion-password-file", files[1])
    assert (ran.code, ran.out) == (ExitCode.INPUT, "")
    assert f"{files[1]}:1:1  --companion-password-file: {message}" in ran.err.replace("\n", "")
    assert "calm-river" not in ran.err
    assert not (tiny_home / "build").exists()


@pytest.mark.parametrize("option", ["--companion-out", "--companion-password-file"])
def test_options_of_a_companion_nobody_asked_for(option: str, build: Workbook, tmp_path: Path) -> None:
    """They are wrong usage: a companion that is missed later is worse than a message now."""
    ran = build(option, tmp_path)
    assert (ran.code, ran.out) == (ExitCode.USAGE, "")
    assert "add --companion" in ran.err


def test_several_profiles(build: Workbook, tiny_home: Path) -> None:
    """Each gets both files; a refused client gets neither, and stops nobody."""
    text = (tiny_home / "profile.yaml").read_text(encoding="utf-8")
    for client, change in (("other-2026", ""), ("refused-2026", "cleared: false, reason: Not now.")):
        changed = text.replace("tiny-2026", client).replace("cleared: true", change or "cleared: true")
        (tiny_home / f"{client}.yaml").write_text(changed, encoding="utf-8")
    ran = build("--companion", tiny_home / "refused-2026.yaml", tiny_home / "other-2026.yaml")
    assert ran.code == ExitCode.REFUSED
    assert [Path(line).name for line in ran.out.splitlines()] == [
        "tiny-2026.pdf", "tiny-2026-companion.pdf", "other-2026.pdf", "other-2026-companion.pdf",
    ]  # fmt: skip
    assert not list((tiny_home / "build").rglob("refused*"))


def test_companion_that_cannot_be_written(build: Workbook, tiny_home: Path) -> None:
    """The workbook is whole and told; of the companion nothing is left, and the exit code says it."""
    (tiny_home / "build").mkdir()
    (tiny_home / "build" / "companions").write_text("in the way", encoding="utf-8")
    ran = build("--companion")
    assert ran.code == ExitCode.CANNOT_WRITE
    assert ran.out == f"{tiny_home / 'build' / 'tiny-2026.pdf'}\n"
    assert (tiny_home / "build" / "companions").read_text(encoding="utf-8") == "in the way"
    assert sorted(path.name for path in (tiny_home / "build").iterdir()) == ["companions", "tiny-2026.pdf"]


def test_rules_without_questions(build: Workbook, tiny_home: Path) -> None:
    """An older selection.yaml of a practice still builds workbooks; a companion is refused with the remedy."""
    shipped = (ROOT / "content" / "selection.yaml").read_text(encoding="utf-8")
    older = shipped[: shipped.index("\ncompanion:\n")]
    (tiny_home / "content" / "selection.yaml").write_text(older, encoding="utf-8")
    assert build().code == ExitCode.DONE
    ran = build("--companion")
    assert ran.code == ExitCode.INPUT and "copy this part from the shipped selection.yaml" in ran.err
    assert not (tiny_home / "build" / "companions").exists()


def test_nothing_of_it_is_kept_and_it_is_the_same_each_time(tiny_home: Path, tmp_path: Path) -> None:
    """No part of a companion enters the cache, and the same input gives the same bytes."""
    folders, order = find_folders(tiny_home), Order(DAY, DAY, out=tmp_path / "out")
    planned = plan_workbook(tiny_home / "profile.yaml", folders, order)
    with Typesetter(Cache(tmp_path / "cache")) as typesetter:
        one, two = (
            build_companion(planned, folders, order, typesetter, CompanionOrder()).path.read_bytes() for _ in range(2)
        )
    assert one == two
    assert list((tmp_path / "cache").rglob("*.fragment")) == []
    assert [path.name for path in (tmp_path / "out").rglob("*.*")] == ["tiny-2026-companion.pdf"]
