"""The last stage: encrypt, and write whole or not at all, for the owner's eyes alone."""

from __future__ import annotations

import os
import tempfile
from contextlib import suppress
from io import BytesIO
from pathlib import Path

import pikepdf

from workbook_builder.errors import CannotWrite

OWNER_ONLY = 0o600


def deliver(pdf: bytes, target: Path, password: str | None = None, force: bool = False) -> Path:
    """Write a finished PDF with mode 0600 and return its path.

    Args:
        password: opens the file (AES-256); filling, printing, copying and reading aloud stay allowed.
        force: overwrite a PDF that holds answers.

    Raises:
        CannotWrite: the folder cannot be written, the disk is full, or a client has typed into the file that stands
            there. The old file is then as it was, and no half file is left.
    """
    if not force:
        refuse_answers(target, password)
    data = encrypt(pdf, password) if password else pdf
    made = make_folder(target.parent)
    try:
        write_whole(data, target)
    except OSError as error:
        _remove(made)
        raise CannotWrite(
            f"{target}: could not be written ({error.strerror}). Free space or choose another --out."
        ) from None
    return target


def refuse_answers(target: Path, password: str | None = None) -> None:
    """Raise CannotWrite when ``target`` is a PDF that a client has typed into, or may have."""
    try:
        if not target.exists():
            return
        with pikepdf.open(target, password=password or "") as pdf:
            answered = any(
                _is_answered(field) for field in pdf.Root.get("/AcroForm", pikepdf.Dictionary()).get("/Fields", ())
            )
    except (pikepdf.PdfError, pikepdf.PasswordError, OSError):
        raise CannotWrite(
            f"{target}: stands there already and cannot be looked into, so it may hold answers. "
            "Move it away, choose another --out, or use --force."
        ) from None
    if answered:
        raise CannotWrite(
            f"{target}: holds answers that a client typed. Move it away, choose another --out, or use --force."
        )


def encrypt(pdf: bytes, password: str) -> bytes:
    """Encrypt with AES-256 (PDF 2.0, revision 6). A screen reader, a printer and typing are never locked out."""
    allowed = pikepdf.Permissions(modify_assembly=False, modify_other=False)
    out = BytesIO()
    with pikepdf.open(BytesIO(pdf)) as opened:
        opened.save(out, encryption=pikepdf.Encryption(user=password, owner=password, R=6, allow=allowed))
    return out.getvalue()


def _is_answered(field: pikepdf.Object) -> bool:
    value = field.get("/V")
    return value is not None and str(value) not in ("", "/Off")


def make_folder(folder: Path) -> list[Path]:
    """Make a folder and its parents; return those that were made, innermost first.

    Raises:
        CannotWrite: it cannot be made; those that were are gone again.
    """
    missing: list[Path] = []
    try:
        missing += [path for path in (folder, *folder.parents) if not path.exists()]
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        _remove(missing)
        raise CannotWrite(f"{folder}: could not be made ({error.strerror}). Choose another --out.") from None
    return missing


def _remove(folders: list[Path]) -> None:
    """Remove folders that were made for nothing, unless another build has begun to use them."""
    for folder in folders:
        with suppress(OSError):
            folder.rmdir()


def write_whole(data: bytes, target: Path) -> Path:
    """Write a file whole or not at all, with mode 0600, and return its path. Raises OSError."""
    handle, half = tempfile.mkstemp(dir=target.parent, prefix=".half-", suffix=target.suffix)  # made with mode 0600
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        Path(half).chmod(OWNER_ONLY)
        return Path(half).replace(target)
    except BaseException:
        Path(half).unlink(missing_ok=True)
        raise
