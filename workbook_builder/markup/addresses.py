"""Where a link or a picture of a page may lead."""

from __future__ import annotations

import re

MODULE_FOLDERS = ("psychoeducation", "worksheets", "readings", "videos", "journals")

_MODULE = re.compile(rf"(?:#|module:|\.\./(?:{'|'.join(MODULE_FOLDERS)})/)?(?P<id>[a-z0-9]+(?:-[a-z0-9]+)*)(?:\.md)?")
_EXTERNAL = re.compile(r"https://[^\s/@]+(?:/\S*)?|tel:[+0-9().-]+|mailto:[^\s@]+@[^\s@]+", re.IGNORECASE)
_PICTURE = re.compile(r"figures/(?:[A-Za-z0-9_-]+/)*[A-Za-z0-9_-]+\.(?:svg|png|jpg)")


def module_of(address: str) -> str:
    """Return the id of the module that an author's link leads to, or an empty text when it leads elsewhere."""
    found = _MODULE.fullmatch(address)
    return found["id"] if found else ""


def is_external(address: str) -> bool:
    """Whether a link leads to the web (https), a telephone or a mailbox."""
    return bool(_EXTERNAL.fullmatch(address))


def is_picture(source: str) -> bool:
    """Whether this is the path of a picture below ``figures/``."""
    return bool(_PICTURE.fullmatch(source))


def printed_address(address: str) -> str | None:
    """Return a link's address as it stands in the page (``#<id>`` for a module), or None when it is refused."""
    if module := module_of(address):
        return f"#{module}"
    return address if is_external(address) else None
