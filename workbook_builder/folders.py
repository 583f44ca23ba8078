"""Where a practice keeps its things, and where the library that ships with the program lies."""

from __future__ import annotations

import contextlib
import hashlib
import hmac
import os
import secrets
from dataclasses import dataclass, field, replace
from pathlib import Path

from workbook_builder.errors import CannotWrite

KEY_FILE = ".workbook-key"
KEY_BYTES = 32
BOOK_NUMBER_LETTERS = "23456789ABCDEFGHJKMNPQRSTVWXYZ"  # none that look alike


@dataclass(frozen=True)
class Folders:
    """The folders that a command works with. Each is the practice's own, or the shipped one when it has none.

    ``lent``: where the practice's key must not be, the keys for some purposes alone, as :func:`lend` gives them.
    """

    home: Path
    content: Path
    layouts: Path
    profiles: Path
    lent: tuple[tuple[str, bytes], ...] = field(default=(), repr=False)

    @property
    def build(self) -> Path:
        """Where PDFs go unless --out says otherwise."""
        return self.home / "build"


def shipped_folder() -> Path:
    """Return the folder with the shipped content, layouts and profiles: in the wheel, or in the checkout."""
    package = Path(__file__).parent
    inside = package / "shipped"
    return inside if inside.is_dir() else package.parent


def find_folders(home: Path) -> Folders:
    """Return the folders of the practice at ``home``; what it lacks comes from the shipped library."""
    shipped = shipped_folder()

    def own_or_shipped(name: str) -> Path:
        return home / name if (home / name).is_dir() else shipped / name

    return Folders(home, own_or_shipped("content"), own_or_shipped("layouts"), own_or_shipped("profiles"))


def find_layout(folders: Folders, name: str) -> Path | None:
    """Return the folder of a layout by its name: the practice's own first, then the shipped one; None if neither is."""
    for layouts in (folders.layouts, shipped_folder() / "layouts"):
        folder = layouts / name
        if Path(name).name == name and (folder / "layout.yaml").is_file():
            return folder
    return None


def book_number(folders: Folders, client: str) -> str:
    """Return the opaque number that stands on a client's book and in its metadata.

    It is an HMAC-SHA-256 of the client's id under a key that stays in the practice folder, so that the practice can
    match an answer sheet to its profile, and nobody else can guess the id from the number.

    Raises:
        CannotWrite: there is no key yet and it cannot be written.
    """
    digest = int.from_bytes(hmac.new(_practice_key(folders), client.encode(), hashlib.sha256).digest(), "big")
    letters = []
    for _ in range(12):
        digest, rest = divmod(digest, len(BOOK_NUMBER_LETTERS))
        letters.append(BOOK_NUMBER_LETTERS[rest])
    number = "".join(letters)
    return f"{number[:4]}-{number[4:8]}-{number[8:]}"


def seal(folders: Folders, purpose: str, data: bytes) -> str:
    """Return a keyed hash (HMAC-SHA-256 under the practice's key, hexadecimal) of data, for one purpose.

    Whoever lacks the key can neither guess what was hashed nor see that two purposes speak of the same.

    Raises:
        CannotWrite: there is no key yet and it cannot be written.
    """
    return hmac.new(_purpose_key(folders, purpose), data, hashlib.sha256).hexdigest()


def lend(folders: Folders, *purposes: str) -> Folders:
    """Return the folders with what other machines need to seal for these purposes, and nothing more: whoever has it can
    tell neither the practice's key nor a book number.

    Raises:
        CannotWrite: there is no key yet and it cannot be written.
    """
    return replace(folders, lent=tuple((purpose, _purpose_key(folders, purpose)) for purpose in purposes))


def _purpose_key(folders: Folders, purpose: str) -> bytes:
    if folders.lent:
        return dict(folders.lent)[purpose]
    # No client's id holds a zero byte, so that no book number is a piece of such a key.
    return hmac.new(_practice_key(folders), b"purpose\0" + purpose.encode(), hashlib.sha256).digest()


def _practice_key(folders: Folders) -> bytes:
    if folders.lent:
        raise RuntimeError("the practice's key is not lent")
    path = folders.home / KEY_FILE
    if not path.exists():
        _write_key(path)
    try:
        key = bytes.fromhex(path.read_text(encoding="ascii").strip())
    except (OSError, ValueError):
        key = b""
    if len(key) != KEY_BYTES:
        raise CannotWrite(f"{path}: is not a key. Put back the practice's own key from a copy, or delete the file.")
    return key


def _write_key(path: Path) -> None:
    """Make a new key. Two builds at once end with the same key: a link is made once, and the later one keeps it."""
    half = path.with_name(f"{path.name}.{os.getpid()}.{secrets.token_hex(4)}")
    try:
        try:
            handle = os.open(half, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
            with os.fdopen(handle, "w", encoding="ascii") as file:
                file.write(secrets.token_hex(KEY_BYTES) + "\n")
                file.flush()
                os.fsync(file.fileno())
            with contextlib.suppress(FileExistsError):
                os.link(half, path)
        finally:
            half.unlink(missing_ok=True)
    except OSError as error:
        raise CannotWrite(
            f"{path}: the practice's key could not be written ({error.strerror}). "
            "Choose another folder with --practice."
        ) from None
