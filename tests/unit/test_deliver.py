"""The last stage: protected, whole or not at all, and never over somebody's answers."""

from __future__ import annotations

import os
import stat
from io import BytesIO
from pathlib import Path

import pikepdf
import pytest
from pikepdf import Array, Dictionary, Name, String

from workbook_builder import halves
from workbook_builder.deliver import deliver, encrypt, refuse_answers
from workbook_builder.errors import CannotWrite


def make_pdf(*values: object) -> bytes:
    """A PDF with a field for each value."""
    with pikepdf.new() as pdf:
        pdf.add_blank_page()
        fields = [Dictionary(T=String(f"f{n}"), FT=Name.Tx) for n, _ in enumerate(values)]
        for field, value in zip(fields, values, strict=True):
            if value is not None:
                field.V = pdf.make_stream(value) if isinstance(value, bytes) else value
        pdf.Root.AcroForm = Dictionary(Fields=Array(fields))
        out = BytesIO()
        pdf.save(out, static_id=True)
    return out.getvalue()


EMPTY = make_pdf(None, String(""), Name.Off)


def test_written_for_the_owner_alone(tmp_path: Path) -> None:
    """The file has mode 0600, its folder is made when it is missing, and nothing else lies there."""
    target = tmp_path / "a" / "b" / "book.pdf"
    assert deliver(EMPTY, target) == target
    assert target.read_bytes() == EMPTY
    assert stat.S_IMODE(target.stat().st_mode) == 0o600
    assert [path.name for path in target.parent.iterdir()] == ["book.pdf"]


def test_mode_of_an_older_file_is_mended(tmp_path: Path) -> None:
    """A file that others could read is replaced by one that they cannot."""
    target = tmp_path / "book.pdf"
    target.write_bytes(EMPTY)
    target.chmod(0o644)
    deliver(EMPTY, target)
    assert stat.S_IMODE(target.stat().st_mode) == 0o600


@pytest.mark.parametrize("value", [String("yes"), Name("/on"), Name("/3"), b"a long answer"])
def test_answers_are_kept(value: object, tmp_path: Path) -> None:
    """Text, a tick, a choice, and text that a viewer saved as a stream: each is an answer."""
    target = tmp_path / "book.pdf"
    target.write_bytes(make_pdf(None, value))
    before = target.read_bytes()
    with pytest.raises(CannotWrite, match="holds answers"):
        deliver(EMPTY, target)
    assert target.read_bytes() == before
    deliver(EMPTY, target, force=True)
    assert target.read_bytes() == EMPTY


@pytest.mark.parametrize("content", [b"", b"x", b"%PDF-1.7\n", EMPTY[:300]])
def test_what_cannot_be_read_is_kept(content: bytes, tmp_path: Path) -> None:
    """It may hold answers."""
    target = tmp_path / "book.pdf"
    target.write_bytes(content)
    with pytest.raises(CannotWrite, match="cannot be looked into"):
        refuse_answers(target)
    target.unlink()
    target.mkdir()
    with pytest.raises(CannotWrite, match="cannot be looked into"):
        refuse_answers(target)


def test_nothing_there_nothing_refused(tmp_path: Path) -> None:
    """A file that is not there, a PDF without a form, and one whose fields are empty."""
    refuse_answers(tmp_path / "none.pdf")
    with pikepdf.new() as pdf:
        pdf.add_blank_page()
        pdf.save(tmp_path / "plain.pdf")
    refuse_answers(tmp_path / "plain.pdf")
    (tmp_path / "empty.pdf").write_bytes(EMPTY)
    refuse_answers(tmp_path / "empty.pdf")


def test_protected_file_opens_with_its_password(tmp_path: Path) -> None:
    """AES-256; typing, printing, copying and reading aloud are allowed; it is looked into with the same password."""
    target = tmp_path / "book.pdf"
    deliver(EMPTY, target, password="geheim")
    with pytest.raises(pikepdf.PasswordError):
        pikepdf.open(target)
    with pikepdf.open(target, password="geheim") as pdf:
        assert (pdf.encryption.R, pdf.encryption.stream_method.name) == (6, "aesv3")
        allow = pdf.allow
        assert (allow.accessibility, allow.extract, allow.modify_annotation, allow.modify_form) == (True,) * 4
        assert (allow.print_lowres, allow.print_highres) == (True, True)
    refuse_answers(target, "geheim")
    for password in (None, "wrong"):
        with pytest.raises(CannotWrite, match="cannot be looked into"):
            refuse_answers(target, password)


def test_encryption_changes_no_content() -> None:
    """Decrypted, the file has the same fields."""
    with pikepdf.open(BytesIO(encrypt(make_pdf(String("yes")), "geheim")), password="geheim") as pdf:
        assert str(pdf.Root.AcroForm.Fields[0].V) == "yes"


@pytest.mark.parametrize("step", ["fsync", "fdopen"])
def test_failed_write_leaves_nothing(step: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Neither a half file nor the folders that were made for it."""

    def fail(*_: object, **__: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(halves.os, step, fail)
    with pytest.raises(CannotWrite, match=r"No space left on device.*--out"):
        deliver(EMPTY, tmp_path / "a" / "b" / "book.pdf")
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("step", ["open", "fsync"])
def test_interruption_leaves_no_half_file(step: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Ctrl-C while the file is written, be it in the moment in which it has just been made."""
    own = getattr(os, step)

    def interrupt(*arguments: object) -> None:
        own(*arguments)
        raise KeyboardInterrupt

    monkeypatch.setattr(halves.os, step, interrupt)
    with pytest.raises(KeyboardInterrupt):
        deliver(EMPTY, tmp_path / "book.pdf")
    assert list(tmp_path.iterdir()) == []


def test_folder_that_cannot_be_made(tmp_path: Path) -> None:
    """A file stands where the folder should be, or its name is too long: nothing is made on the way."""
    (tmp_path / "file").write_bytes(b"")
    for folder in (tmp_path / "file", tmp_path / "file" / "b", tmp_path / "new" / ("x" * 300)):
        with pytest.raises(CannotWrite, match="could not be made"):
            deliver(EMPTY, folder / "book.pdf")
    assert [path.name for path in tmp_path.iterdir()] == ["file"]


def test_name_that_is_too_long(tmp_path: Path) -> None:
    """A name that the disk refuses is told like any other place that cannot be looked into."""
    with pytest.raises(CannotWrite):
        deliver(EMPTY, tmp_path / ("x" * 300 + ".pdf"))
    assert list(tmp_path.iterdir()) == []


def test_folder_in_use_by_another_build_is_kept(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A failed write removes the folder that it made, but not with somebody else's file in it."""

    def fail(*_: object) -> None:
        (tmp_path / "out" / "other.pdf").write_bytes(b"")
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(halves.os, "fsync", fail)
    with pytest.raises(CannotWrite, match="No space"):
        deliver(EMPTY, tmp_path / "out" / "book.pdf")
    assert [path.name for path in (tmp_path / "out").iterdir()] == ["other.pdf"]
