"""The last stage: encrypt, and write whole or not at all, for the owner's eyes alone."""

from __future__ import annotations

from contextlib import suppress
from io import BytesIO
from pathlib import Path

import pikepdf

from workbook_builder.errors import CannotWrite
from workbook_builder.halves import half_written

OWNER_FOLDER = 0o700
COMMON_FOLDER = 0o777  # less what the umask takes


def deliver(pdf: bytes, target: Path, password: str | None = None, force: bool = False, private: bool = False) -> Path:
    """Write a finished PDF with mode 0600 and return its path.

    Args:
        password: opens the file (AES-256); filling, printing, copying and reading aloud stay allowed.
        force: overwrite a PDF that holds answers.
        private: a folder that has to be made for the file is made with mode 0700.

    Raises:
        CannotWrite: the folder cannot be written, the disk is full, or a client has typed into the file that stands
            there. The old file is then as it was, and no half file is left.
    """
    if not force:
        refuse_answers(target, password)
    data = encrypt(pdf, password) if password else pdf
    write_private(data, target, OWNER_FOLDER if private else COMMON_FOLDER)
    return target


def write_private(data: bytes, target: Path, folder_mode: int = COMMON_FOLDER) -> None:
    """Write a file that only its owner can read, whole or not at all, with its folder.

    Raises CannotWrite when the folder cannot be written or the disk is full; no half file and no new folder is left.
    """
    made = make_folder(target.parent, folder_mode)
    try:
        write_whole(data, target)
    except OSError as error:
        _remove(made)
        raise CannotWrite(
            f"{target}: could not be written ({error.strerror}). Free space or choose another --out."
        ) from None


def refuse_answers(target: Path, password: str | None = None) -> None:
    """Raise CannotWrite when ``target`` is a PDF that a client has typed into, or may have."""
    try:
        if not target.exists():
            return
    except OSError:
        pass  # then it cannot be opened either
    refuse_answers_in(target, str(target), password)


def refuse_answers_in(pdf_file: Path | BytesIO, name: str, password: str | None = None) -> None:
    """Raise CannotWrite when a PDF is one that a client has typed into, or may have; ``name`` is what it is called."""
    try:
        with pikepdf.open(pdf_file, password=password or "") as pdf:
            answered = any(
                _is_answered(field) for field in pdf.Root.get("/AcroForm", pikepdf.Dictionary()).get("/Fields", ())
            )
    except (pikepdf.PdfError, pikepdf.PasswordError, OSError):
        raise CannotWrite(
            f"{name}: stands there already and cannot be looked into, so it may hold answers. "
            "Move it away, choose another --out, or use --force."
        ) from None
    if answered:
        raise CannotWrite(
            f"{name}: holds answers that a client typed. Move it away, choose another --out, or use --force."
        )


def is_open(folder: Path) -> bool:
    """Say whether others than its owner may look into a folder."""
    return bool(folder.stat().st_mode & 0o077)


def close_folder(folder: Path) -> None:
    """Take a folder from everybody but its owner, where it is there and ours."""
    with suppress(OSError):
        folder.chmod(OWNER_FOLDER)


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


def make_folder(folder: Path, mode: int = COMMON_FOLDER) -> list[Path]:
    """Make a folder and its parents; return those that were made, innermost first. The innermost gets this mode.

    Raises:
        CannotWrite: it cannot be made; those that were are gone again.
    """
    missing: list[Path] = []
    try:
        missing += [path for path in (folder, *folder.parents) if not path.exists()]
        folder.mkdir(mode, parents=True, exist_ok=True)
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
    with half_written(target, data) as half:
        return half.replace(target)
