"""Where finished workbooks go when it is an object store: the same as a folder, put whole, object by object.

The ledger and the lock stay on this machine, in the practice's folder. Credentials, endpoint and encryption at rest are
settings of the store's own package and its environment; they are neither read nor told here.
"""

from __future__ import annotations

import hashlib
import importlib
import os
import re
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from io import BytesIO
from types import TracebackType
from typing import Any, Self
from urllib.parse import urlsplit

from workbook_builder.batch.reaching import OPEN_WAY, Unsafe, is_loopback
from workbook_builder.batch.shelf import Shelf
from workbook_builder.deliver import OWNER_FOLDER, make_folder, refuse_answers_in
from workbook_builder.errors import CannotWrite
from workbook_builder.folders import Folders, seal

MISSING = "--out {} needs the packages universal-pathlib and {}: install workbook-builder[object-store]{}"
PACKAGES = {
    "s3": "s3fs", "s3a": "s3fs", "gs": "gcsfs", "gcs": "gcsfs", "az": "adlfs", "abfs": "adlfs", "abfss": "adlfs",
}  # fmt: skip
"""Stores in which an object is there whole or not at all, and what each is reached with."""
OPEN_SETTINGS = ("STORAGE_EMULATOR_HOST", "AZURE_STORAGE_CONNECTION_STRING")
"""Settings of the environment that may lead the other stores' packages to an address without encryption."""
ADDRESS = re.compile(r"http://(\[[^\]]*\]|[^/:;,\s'\"]*)")
CONNECT_SECONDS, ATTEMPTS = 10, 3
PROBE = ".batch-probe"


def check_url(url: str) -> str:
    """Return the address without a slash at its end.

    Raises:
        Unsafe: it is no store that objects can be put into whole, or holds credentials.
    """
    parts = urlsplit(url)
    if parts.scheme not in PACKAGES:
        known = ", ".join(f"{name}://" for name in PACKAGES)
        raise Unsafe(f"--out {parts.scheme}://…: is no store of a kind that a batch can write into ({known})")
    if ("@" in parts.netloc and not parts.scheme.startswith("ab")) or parts.query or parts.password:
        raise Unsafe("--out: an address holds no key and no password; they belong into the environment")
    if not parts.netloc:
        raise Unsafe(f"--out {url}: names no bucket")
    return url.rstrip("/")


class Store:
    """A prefix of a bucket while a batch works in it. Use it in a ``with`` statement, like a shelf."""

    def __init__(self, url: str, folders: Folders, insecure: bool = False) -> None:
        """Take hold of the address on this machine, and see whether objects can be put there.

        ``insecure``: a store elsewhere may be reached without encryption.

        Raises:
            Unsafe: the address, or the way to it, is not one for health data.
            CannotWrite: a package is missing, another batch of this practice works there, or the store refuses.
        """
        self.url = check_url(url)
        self._root = _open(self.url)
        self.folder = folders.home / f".store-{seal(folders, 'store', self.url.encode())[:16]}"
        self._fs: Any = None
        with self._asking(""):
            self._fs = self._root.fs
            endpoint = _endpoint(self._fs)
        _check_way(self._fs, endpoint, self.url, insecure)
        make_folder(self.folder, OWNER_FOLDER)
        self._local = Shelf(self.folder)
        try:
            self._put(PROBE, b"")
        except BaseException:
            self._local.__exit__(None, None, None)
            raise
        with suppress(Exception):  # the right to delete is not needed for anything else
            self._fs.rm_file(self._path(PROBE))

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._local.__exit__(kind, error, trace)

    @property
    def name(self) -> str:
        """What it is called in the names of other files."""
        return self.url.rpartition("/")[2]

    def place(self, name: str) -> str:
        """Return the address of an object."""
        return f"{self.url}/{name}"

    def digest(self, name: str) -> str | None:
        """Return the SHA-256 (hexadecimal) of an object, or None when it is not there.

        Raises:
            CannotWrite: it cannot be read.
        """
        data = self._get(name)
        return None if data is None else hashlib.sha256(data).hexdigest()

    def refuse_answers(self, name: str, password: str | None) -> None:
        """Raise CannotWrite when a client has typed into this object, or may have."""
        data = self._get(name)
        if data is not None:
            refuse_answers_in(BytesIO(data), self.place(name), password)

    def publish(self, name: str, pdf: bytes) -> None:
        """Put a finished PDF in its place: whole or not at all.

        Raises:
            CannotWrite: the store cannot be reached, or refuses.
        """
        self._put(name, pdf, "application/pdf")

    def write(self, name: str, text: str) -> str:
        """Put a text beside the PDFs in the same way; return its address."""
        self._put(name, text.encode(), "text/html" if name.endswith(".html") else "text/csv")
        return self.place(name)

    def _get(self, name: str) -> bytes | None:
        with self._asking(name):
            try:
                return bytes(self._fs.cat_file(self._path(name)))
            except FileNotFoundError:
                return None

    def _put(self, name: str, data: bytes, kind: str = "application/octet-stream") -> None:
        is_s3 = PACKAGES[urlsplit(self.url).scheme] == "s3fs"
        with self._asking(name):
            self._fs.pipe_file(self._path(name), data, **({"ContentType": kind} if is_s3 else {}))

    def _path(self, name: str) -> str:
        return f"{str(self._root.path).rstrip('/')}/{name}"

    @contextmanager
    def _asking(self, name: str) -> Iterator[None]:
        """Tell what a store says in our words: its own may hold keys, or whole requests."""
        try:
            yield
        except Exception as error:
            if isinstance(error, FileNotFoundError):
                reason, remedy = "there is no such bucket", "Make it, or choose another --out."
            elif isinstance(error, PermissionError):
                reason, remedy = "the store does not allow it", "See docs/batches.md for the rights that are needed."
            else:
                reason = f"the store cannot be reached or refuses ({type(error).__name__})"
                remedy = "Check address, credentials and connection, then run the same command again."
            raise CannotWrite(f"{self.place(name).rstrip('/')}: {reason}. {remedy}") from None


def _open(url: str) -> Any:
    package = PACKAGES[urlsplit(url).scheme]
    more = "" if package == "s3fs" else f" and {package}"
    try:
        import upath

        importlib.import_module(package)
    except ImportError:
        raise CannotWrite(MISSING.format(url, package, more)) from None
    make: Any = upath.UPath
    if package != "s3fs":
        return make(url)
    from fsspec.config import conf

    # A store that is not there is told within seconds; what the practice has set up itself comes first.
    patience = {"connect_timeout": CONNECT_SECONDS, "retries": {"max_attempts": ATTEMPTS}}
    settings = {} if "config_kwargs" in conf.get("s3", {}) else {"config_kwargs": patience}
    return make(url, **settings)


def _endpoint(fs: Any) -> str:
    """Return the address that will really be asked, where the package tells it."""
    if not hasattr(fs, "set_session"):
        return ""
    fs.connect()
    return str(fs.s3.meta.endpoint_url)


def _check_way(fs: Any, endpoint: str, url: str, insecure: bool) -> None:
    access = getattr(fs, "s3_additional_kwargs", None) or {}
    if str(access.get("ACL", "")).startswith(("public", "authenticated")):
        raise Unsafe(f"--out {url}: the settings of s3fs would let everybody read the PDFs (ACL)")
    told = [endpoint] if endpoint else [str(fs.storage_options), *(os.environ.get(name, "") for name in OPEN_SETTINGS)]
    open_hosts = [host.strip("[]") for text in told for host in ADDRESS.findall(text)]
    if any("EndpointsProtocol=http;" in text for text in told):
        open_hosts.append("?")
    if not insecure and any(not is_loopback(host) for host in open_hosts):
        raise Unsafe(OPEN_WAY.format(f"the way to {url}", "an endpoint with https://"))
