"""Verifying files from anywhere: damaged, protected, hostile; what cannot be checked; what build does with findings."""

from __future__ import annotations

import json
import subprocess
import sys
import zlib
from collections.abc import Callable
from io import BytesIO
from pathlib import Path

import pikepdf
import pytest
from pikepdf import Array, Dictionary, Encryption, Name, Permissions, String
from support import DAY, TINY, Book, Ran, own_layout

from workbook_builder import pipeline
from workbook_builder.folders import find_folders
from workbook_builder.typeset import Typesetter
from workbook_builder.verify import Expected, find_files, verify, verify_file
from workbook_builder.verify.codes import CAUSED_BY_INPUT, CODES
from workbook_builder.verify.findings import Fault, Report, Unsound

Workbook = Callable[..., Ran]


def codes(report: Report) -> list[str]:
    """The codes of what was found."""
    return [finding.code for finding in report.findings]


def changed(book: Book, change: Callable[[pikepdf.Pdf], None], **how: object) -> bytes:
    """The small book after a change."""
    out = BytesIO()
    with pikepdf.open(BytesIO(book.pdf)) as pdf:
        change(pdf)
        pdf.save(out, **how)
    return out.getvalue()


def test_a_finished_book_passes(tiny: Book, workbook: Workbook) -> None:
    """Exit 0, nothing on standard output, one line that sums up; also when it is compared with its profile."""
    for more in ((), ("--profile", TINY / "in" / "profile.yaml")):
        ran = workbook("verify", tiny.path, *more)
        assert (ran.code, ran.out) == (0, "")
        assert "pages, nothing wrong" in ran.err
    assert json.loads(workbook("verify", tiny.path, "--json").out) == []


def test_all_files_are_looked_into(tiny: Book, tmp_path: Path, workbook: Workbook) -> None:
    """A missing and a broken file do not stop the others; of a folder each PDF is looked into, in order."""
    (tmp_path / "a.pdf").write_bytes(tiny.pdf)
    (tmp_path / "b.pdf").write_bytes(tiny.pdf[:5000])
    (tmp_path / "notes.txt").write_text("no PDF")
    ran = workbook("verify", tmp_path, tmp_path / "gone.pdf", "--plain")
    assert ran.code == 3
    assert [line.split("  ")[:2] for line in ran.out.splitlines()] == [
        [f"{tmp_path / 'b.pdf'}", "WB501 error"],
        [f"{tmp_path / 'gone.pdf'}", "WB501 error"],
    ]
    assert [line.partition(":")[0] for line in ran.err.splitlines()] == [
        str(tmp_path / name) for name in ("a.pdf", "b.pdf", "gone.pdf")
    ]
    found = json.loads(workbook("verify", tmp_path / "b.pdf", "--json").out)
    assert [(f["code"], f["severity"], f["page"], f["hint"]) for f in found] == [("WB501", "error", 0, "")]
    assert find_files([tmp_path, tmp_path / "a.pdf"]) == [tmp_path / "a.pdf", tmp_path / "b.pdf"]


@pytest.mark.parametrize(
    ("data", "says"),
    [
        (b"", "it is empty"),
        (b"a letter, and no PDF", "it is not a PDF"),
        (b"%PDF-1.7\n%half of a file", "it is not a PDF"),
        (b"%PDF-1.7\n1 0 obj\n" + b"[" * 100_000 + b"\nendobj\ntrailer<</Root 1 0 R>>\n%%EOF", "it is not a PDF"),
    ],
)
def test_what_is_no_pdf_is_told_in_one_line(data: bytes, says: str, tmp_path: Path, workbook: Workbook) -> None:
    """Exit 3 with one clear message and no traceback."""
    path = tmp_path / "x.pdf"
    path.write_bytes(data)
    ran = workbook("verify", path)
    assert ran.code == 3
    assert ran.out.startswith(f"{path}  WB501 error  {says}") and ran.out.count("\n") == 1
    assert "Traceback" not in ran.err


def test_a_password_is_asked_for_and_used(tiny: Book, tmp_path: Path, workbook: Workbook) -> None:
    """Without it exit 3 and how to give it; a wrong one is told apart; with it the book is looked into as any other."""
    path, password = tmp_path / "locked.pdf", tmp_path / "password"
    path.write_bytes(changed(tiny, lambda pdf: None, encryption=Encryption(user="süß", owner="süß", R=6)))
    ran = workbook("verify", path)
    assert ran.code == 3 and "WB502 error  it is protected by a password" in ran.out and "--password-file" in ran.out
    password.write_text("sour\n", encoding="utf-8")
    assert "the password does not open it" in workbook("verify", path, "--password-file", password).out
    password.write_text("süß\n", encoding="utf-8")
    ran = workbook("verify", path, "--password-file", password)
    assert (ran.code, ran.out) == (0, "")


def test_rights_that_lock_out_a_screen_reader_are_told(tiny: Book) -> None:
    """A file that opens for everybody and forbids reading aloud or typing."""
    nothing = Permissions(accessibility=False, extract=False, modify_form=False, print_highres=False)
    data = changed(tiny, lambda pdf: None, encryption=Encryption(user="", owner="x", R=4, aes=True, allow=nothing))
    assert "WB507" in codes(verify(data, "x.pdf"))


def outline_in_a_circle(pdf: pikepdf.Pdf) -> None:
    pdf.Root.Outlines.First.Next = pdf.Root.Outlines.First


def tags_in_a_circle(pdf: pikepdf.Pdf) -> None:
    document = pdf.Root.StructTreeRoot.K[0]
    document.K[0].K = Array([document])


def fields_in_a_circle(pdf: pikepdf.Pdf) -> None:
    pdf.Root.AcroForm.Fields[0].Kids = Array([pdf.Root.AcroForm.Fields[0]])


def names_in_a_circle(pdf: pikepdf.Pdf) -> None:
    node = pdf.make_indirect(Dictionary())
    node.Kids = Array([node, node, node])
    pdf.Root.Names.Dests = node


def everything_of_a_wrong_kind(pdf: pikepdf.Pdf) -> None:
    pdf.Root.AcroForm.Fields = Name.Fields
    pdf.Root.Names = String("names")
    pdf.Root.Outlines = Array([1])
    pdf.Root.Lang = 3
    pdf.Root.MarkInfo = 1
    pdf.pages[3].obj.Annots = Dictionary()


@pytest.mark.filterwarnings("ignore::pikepdf.PageCopyWarning")
@pytest.mark.parametrize(
    "change",
    [outline_in_a_circle, tags_in_a_circle, fields_in_a_circle, names_in_a_circle, everything_of_a_wrong_kind],
)
def test_a_hostile_file_is_told_and_ends(change: Callable[[pikepdf.Pdf], None], tiny: Book) -> None:
    """Circles and wrong types: findings, no error of the program, and an end."""
    report = verify(changed(tiny, change), "x.pdf")
    assert report.has_errors
    assert report.pages > 10


def test_no_book_has_so_many_pages() -> None:
    """A file with thousands of pages is not looked into."""
    out = BytesIO()
    with pikepdf.new() as pdf:
        pdf.add_blank_page()
        kids = Array([pdf.pages[0].obj] + [pdf.make_indirect(Dictionary(pdf.pages[0].obj)) for _ in range(3000)])
        pdf.Root.Pages.Kids, pdf.Root.Pages.Count = kids, len(kids)
        pdf.save(out)
    assert codes(verify(out.getvalue(), "x.pdf")) == ["WB504"]


def test_a_file_that_takes_too_long_is_given_up(tmp_path: Path) -> None:
    """A page whose content unpacks to 100 megabytes of instructions: the time limit ends it."""
    with pikepdf.new() as pdf:
        pdf.add_blank_page()
        pdf.pages[0].obj.Contents = pdf.make_stream(b"")
        pdf.pages[0].obj.Contents.write(zlib.compress(b"q " * 50_000_000), filter=Name.FlateDecode)
        pdf.save(tmp_path / "bomb.pdf")
    assert codes(verify_file(tmp_path / "bomb.pdf", seconds=0.5)) == ["WB503"]


def test_a_process_that_dies_is_told(tiny: Book, monkeypatch: pytest.MonkeyPatch) -> None:
    """A parser that crashes ends its own process, and no other."""
    died = subprocess.CompletedProcess([], -11, b"", b"")
    monkeypatch.setattr(subprocess, "run", lambda *command, **how: died)
    assert codes(verify_file(tiny.path)) == ["WB503"]


@pytest.mark.parametrize(("package", "what"), [("page", "PDF/UA-1"), ("pypdfium2", "page numbers")])
def test_what_could_not_be_checked_is_advice(
    package: str, what: str, tiny: Book, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Without a package of the extra the other checks go on, and one line says what was left out."""
    monkeypatch.setitem(sys.modules, package, None)
    report = verify(tiny.pdf, "x.pdf")
    assert [(f.code, f.severity) for f in report.findings] == [("WB505", "advice")]
    assert what in report.findings[0].message and "[verify]" in report.findings[0].hint
    assert not report.has_errors


def test_a_validator_that_panics_is_no_end(tiny: Book, monkeypatch: pytest.MonkeyPatch) -> None:
    """What Rust throws is no Exception; the other findings are told all the same."""
    import page as page_validation

    class Panic(BaseException):
        pass

    def panic(*anything: object, **more: object) -> None:
        raise Panic("index out of bounds")

    monkeypatch.setattr(page_validation, "validate_pdf_bytes", panic)
    assert codes(verify(tiny.pdf, "x.pdf")) == ["WB506"]


def test_names_goals_and_topics_are_looked_for(tiny: Book, tmp_path: Path, workbook: Workbook) -> None:
    """In the file's name without a profile; with one also goals, and a title that is not the ordered one."""
    for name, code in (("wren-2026", 3), ("my-low-mood", 3), ("tiny-2026", 0)):
        path = tmp_path / f"{name}.pdf"
        path.write_bytes(tiny.pdf)
        ran = workbook("verify", path)
        assert ran.code == code, name
        assert ran.out.count("WB551") == (1 if code else 0)
    goal = tiny.profile.goals[0]
    spoiled = changed(tiny, lambda pdf: pdf.trailer.Info.__setitem__("/Subject", String(goal)))
    path.write_bytes(spoiled)
    assert "WB551" not in workbook("verify", path).out
    ran = workbook("verify", path, "--profile", TINY / "in" / "profile.yaml")
    assert ran.code == 3 and "WB551" in ran.out and "WB550" in ran.out
    assert goal not in ran.out + ran.err
    report = verify(tiny.pdf, "x.pdf", expected=Expected(title="Another", author="Nobody", number="1111-1111-1111"))
    assert codes(report) == ["WB550"] * 3


def test_a_one_word_name_may_be_a_word_of_the_program(tiny: Book) -> None:
    """A client called Page, or My, gets a book: places are called page-plan, and the title is My workbook."""
    known = Expected("My workbook", tiny.library.practice.name, "en", "2222-3333-4444", ("Page", "My"))
    assert verify(tiny.pdf, "x.pdf", expected=known).findings == ()


@pytest.mark.parametrize(
    ("code", "exit_code", "whose"), [("WB530", 3, "of the practice"), ("WB560", 1, "of the program")]
)
def test_build_delivers_no_book_that_is_broken(
    code: str, exit_code: int, whose: str, tiny_home: Path, quick_workbook: Workbook, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What an input can cause is exit 3, all else exit 1; nothing is written, and what stood there stays."""
    target = tiny_home / "build" / "tiny-2026.pdf"
    fault = Fault(code, 7, CODES[code])
    report = Report("tiny-2026.pdf", (fault.at("tiny-2026.pdf"),))
    monkeypatch.setattr(pipeline.finishing, "verify", lambda *data, **more: report)
    ran = quick_workbook("build", tiny_home / "profile.yaml", "--practice", tiny_home)
    assert ran.code == exit_code
    assert f"tiny-2026.pdf, page 7  {code}" in ran.err and whose in ran.err and "not delivered" in ran.err
    assert not target.exists()
    assert "Wren" not in ran.err


def test_a_layout_with_a_broken_link_is_noticed(tiny_home: Path, quick_workbook: Workbook) -> None:
    """The whole way: a layout of the practice leads to a page that no book has."""
    close = own_layout(tiny_home) / "close.html.j2"
    text = close.read_text(encoding="utf-8")
    close.write_text(text.replace("</section>", '<p><a href="wb:page-nowhere#Nowhere">Nowhere</a></p></section>'))
    ran = quick_workbook("build", tiny_home / "profile.yaml", "--practice", tiny_home, "--layout", "own")
    assert ran.code == 3
    assert "WB530" in ran.err and "page-nowhere" in ran.err
    assert not (tiny_home / "build").exists()


def test_an_order_may_leave_verifying_out(
    tiny_home: Path, typesetter: Typesetter, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A batch may be told to do so; every other door looks."""
    seen: list[str] = []

    def watch(data: bytes, path: str, **more: object) -> Report:
        seen.append(path)
        return Report(path)

    monkeypatch.setattr(pipeline.finishing, "verify", watch)
    folders = find_folders(tiny_home)
    order = pipeline.Order(DAY, DAY, verify=False)
    pipeline.build_workbook(tiny_home / "profile.yaml", folders, order, typesetter)
    assert seen == []
    order = pipeline.Order(DAY, DAY)
    pipeline.build_workbook(tiny_home / "profile.yaml", folders, order, typesetter)
    target = tiny_home / "build" / "sheet.pdf"
    pipeline.build_sheet(["wks-tiny"], folders, order, typesetter, None, "letter", target)
    assert seen == ["tiny-2026.pdf", "sheet.pdf"]


def test_codes_that_an_input_can_cause_are_codes() -> None:
    """The table that decides about exit codes names no code that does not exist, and not all of them."""
    assert set(CODES) > CAUSED_BY_INPUT
    ours = Unsound([Fault("WB530", 1, "a").at("x"), Fault("WB501", 0, "b").at("x")])
    assert ours.exit_code == 1
    assert len(ours.findings) == 2
