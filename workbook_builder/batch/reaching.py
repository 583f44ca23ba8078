"""The way to a dask cluster: which addresses are allowed, TLS, and the connection itself."""

from __future__ import annotations

import ipaddress
import logging
import warnings
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from workbook_builder.errors import CannotWrite, ExitCode, WorkbookError

CONNECT_SECONDS = 10
MISSING = "--scheduler needs the package distributed: install workbook-builder[cluster]"
OPEN_WAY = "{} is not encrypted, and profiles are health data. Use {}, or say --force-insecure."


class Unsafe(WorkbookError):
    """What was asked for would send health data where others can read it."""

    exit_code = ExitCode.USAGE


class NoCluster(CannotWrite):
    """There is no cluster at the address, or no worker in it that can be used."""


@dataclass(frozen=True)
class Way:
    """How to reach a scheduler: its address, and the files for TLS; without them, dask's own configuration holds."""

    address: str
    ca: Path | None = None
    cert: Path | None = None
    key: Path | None = None
    insecure: bool = False


def check_way(way: Way) -> None:
    """Look at an address before anything is read or sent.

    Raises:
        Unsafe: it is no address, it is not encrypted and leads elsewhere, or files for TLS are missing.
    """
    scheme = _scheme(way.address)
    if scheme not in ("tls", "tcp"):
        raise Unsafe(f"--scheduler {way.address}: is not an address like tls://host:8786")
    files = (way.ca, way.cert, way.key)
    if scheme == "tcp" and any(files):
        raise Unsafe(f"--scheduler {way.address}: --tls-ca, --tls-cert and --tls-key go with tls://, not with tcp://")
    if any(files) and not all(files):
        raise Unsafe("--tls-ca, --tls-cert and --tls-key go together")
    for file in files:
        if file and not file.is_file():
            raise Unsafe(f"{file}: there is no such file")
    if not is_safe(way.address) and not way.insecure:
        raise Unsafe(OPEN_WAY.format(f"--scheduler {way.address}", "tls://"))


def is_safe(address: str) -> bool:
    """Say whether what is sent to this address is encrypted, or stays on this machine."""
    try:
        host = urlsplit(address).hostname or ""
    except ValueError:
        return False
    return _scheme(address) == "tls" or is_loopback(host)


def is_loopback(host: str) -> bool:
    """Say whether a host is this machine. Names are not looked up: a name server is not to be trusted with this."""
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


def reach(way: Way, seconds: float = CONNECT_SECONDS) -> Any:
    """Connect to a scheduler; return dask's client, which has no types of its own.

    Raises:
        Unsafe: as :func:`check_way`; also when dask is set up for no TLS.
        NoCluster: the package is missing, nobody answers, or they do not trust each other.
    """
    check_way(way)
    try:
        import distributed
    except ImportError:
        raise NoCluster(MISSING) from None
    logging.getLogger("distributed").setLevel(logging.CRITICAL)  # what goes wrong is told here, once
    encrypted = _scheme(way.address) == "tls"
    named = {"tls_ca_file": way.ca, "tls_client_cert": way.cert, "tls_client_key": way.key} if way.ca else {}
    dask: Any = distributed
    security = dask.Security(**{key: str(path) for key, path in named.items()}, require_encryption=encrypted)
    if encrypted and not (security.tls_ca_file and security.tls_client_cert and security.tls_client_key):
        raise Unsafe(
            f"--scheduler {way.address}: needs --tls-ca, --tls-cert and --tls-key, or the same in dask's configuration"
        )
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # about versions of packages; ours are compared by ourselves
            return dask.Client(way.address, security=security, timeout=seconds, set_as_default=False)
    except Exception as error:  # OSError, ssl.SSLError, TimeoutError, and those of distributed
        reason = f"{type(error).__name__}: {error}" if str(error) else type(error).__name__
        raise NoCluster(
            f"--scheduler {way.address}: no scheduler answers there ({reason.splitlines()[0][:200]}). "
            "Is it running, is the address right, and do both sides trust the same authority? See docs/cluster.md."
        ) from None


def _scheme(address: str) -> str:
    return address.partition("://")[0] if "://" in address else ""
