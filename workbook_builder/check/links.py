"""Links and pictures of the pages, and the pictures themselves."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import parse_qsl, urlsplit

from workbook_builder.compose.environment import MAX_PICTURE_BYTES
from workbook_builder.errors import did_you_mean
from workbook_builder.markup.addresses import is_picture

from .codes import LARGE_PICTURE, NO_PICTURE, TRACKING, UNKNOWN_LINK, UNTITLED_SVG
from .findings import Finding, found
from .subject import Subject

_TRACKING = re.compile(r"utm_.*|fbclid|gclid|dclid|msclkid|igshid|igsh|mc_cid|mc_eid|si", re.IGNORECASE)


def check_links(subject: Subject) -> Iterator[Finding]:
    """A link between modules leads to one, and a link to the web tells nobody where the client came from."""
    for edition in subject.editions:
        for page in edition.pages.values():
            for link in page.body.links:
                spot = (link.line, link.column)
                if link.external:
                    names = [name for name, _ in parse_qsl(urlsplit(link.target).query, keep_blank_values=True)]
                    for name in filter(_TRACKING.fullmatch, names):
                        message = f'this link holds the tracking parameter "{name}"'
                        yield found(TRACKING, page.path, spot, message, "delete it, with what stands behind its =")
                elif link.target not in edition.known:
                    message = f'this link leads to "{link.target}", and there is no such module'
                    hint = did_you_mean(link.target, sorted(edition.known)) or "take the link out"
                    yield found(UNKNOWN_LINK, page.path, spot, message, hint)


def check_pictures(subject: Subject) -> Iterator[Finding]:
    """Each picture of a page is there, and not too large to print."""
    for page in subject.pages:
        for image in page.body.images:
            if not is_picture(image.source):
                continue
            path, spot = picture_path(subject.figures, image.source), (image.line, image.column)
            if not path.is_file():
                hint = did_you_mean(path.name, [file.name for file in subject.figures.glob("*.*")])
                yield found(
                    NO_PICTURE,
                    page.path,
                    spot,
                    f"there is no picture {image.source}",
                    hint or "put it into content/figures/",
                )
            elif path.stat().st_size > MAX_PICTURE_BYTES:
                message = f"{image.source} is larger than {MAX_PICTURE_BYTES // 1000} kB"
                yield found(LARGE_PICTURE, page.path, spot, message, "save it with fewer pixels")


def check_svgs(subject: Subject) -> Iterator[Finding]:
    """Each drawing says what it shows: a title, and a description for those who do not see it."""
    shown = {picture_path(subject.figures, image.source) for page in subject.pages for image in page.body.images}
    for path in sorted(path for path in shown if path.suffix == ".svg" and path.is_file()):
        drawing = path.read_text(encoding="utf-8", errors="replace")
        lacking = [name for name in ("title", "desc") if not re.search(rf"<{name}\b[^>]*>\s*[^<\s]", drawing)]
        if lacking:
            message = f"this drawing has no {' and no '.join(f'<{name}>' for name in lacking)}"
            yield found(UNTITLED_SVG, str(path), (1, 1), message, "write one below its first line")


def picture_path(figures: Path, source: str) -> Path:
    """Return the file of a page's picture."""
    return figures / source.removeprefix("figures/")
