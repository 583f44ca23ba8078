"""The typesetter itself: HTML → a small PDF without fonts. Alone in importing WeasyPrint; runs in the child."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from contextlib import contextmanager
from io import BytesIO
from pathlib import Path

import pikepdf
import weasyprint
from weasyprint.text.fonts import FontConfiguration
from weasyprint.urls import URLFetcher, URLFetcherResponse

from workbook_builder.book import Bookmark, Fragment, Glyphs
from workbook_builder.typeset.job import Face, Job, Sheet, TypesetProblem
from workbook_builder.typeset.languages import mark_languages
from workbook_builder.typeset.mend import mend

FONT_SCHEME = "font"
SAVED_BY = {"tight": 0.35, "tight tighter": 0.18}
"""The layout's classes for closer spacing, and how much of a page each saves at best for each page of a section: a last
page that holds less than that is worth trying to save."""
NEARLY_FULL = 0.95
"""A last page that is filled that far is not worth trying to save."""
TOO_LITTLE = 0.18
"""A last page that is filled less than this gets more from the pages before it."""
BALANCED = "balanced"
"""The layout's class for pages that end earlier."""
ABOUT_THE_MACHINE = "fontTools instead of HarfBuzz-Subset"  # costs time; says nothing about the layout


class FaceFetcher(URLFetcher):
    """Serves the faces of the job by name, and data: addresses; nothing else can be read, neither file nor network."""

    def __init__(self, faces: tuple[Face, ...]) -> None:
        super().__init__(allowed_protocols=(FONT_SCHEME, "data"), allow_redirects=False)
        self.faces = {face.name: Path(face.path) for face in faces}
        self.refused: list[str] = []

    def fetch(self, url: str, headers: dict[str, str] | None = None) -> URLFetcherResponse:
        """Return the face that ``font:NAME`` names; note and refuse everything else but data: addresses."""
        scheme, _, rest = url.partition(":")
        if scheme == FONT_SCHEME and rest in self.faces:
            return URLFetcherResponse(url, self.faces[rest].read_bytes(), {"Content-Type": "font/ttf"})
        if scheme == "data":
            return super().fetch(url, headers)
        what = f"{scheme}:" if rest else "relative"
        self.refused.append(what)
        raise PermissionError(f"only the layout's own fonts and pictures can be used, not a {what} address")


class Engine:
    """Typesets sections with one style sheet and one set of faces, which are read once."""

    def __init__(self, sheet: Sheet) -> None:
        self._fetcher = FaceFetcher(sheet.faces)
        self._fonts = FontConfiguration()
        with _engine_log() as self._sheet_log:
            self._css = weasyprint.CSS(
                string=font_faces(sheet.faces) + sheet.css, font_config=self._fonts, url_fetcher=self._fetcher
            )
        self._face_names = {(face.family, face.weight): face.name for face in sheet.faces}

    def typeset(self, job: Job) -> Fragment:
        """Return the fragment of one section.

        Raises:
            TypesetProblem: a character that no face has, or an address outside the layout.
        """
        self._fetcher.refused.clear()
        with _engine_log() as log:
            document, spacing = self._copyfit(mark_languages(job.html))
            raw = BytesIO()
            document.write_pdf(raw, pdf_variant="pdf/ua-1", pdf_forms=True, uncompressed_pdf=True)
        if self._fetcher.refused:
            raise TypesetProblem(job.section, f"asks for a {self._fetcher.refused[0]} address", "")
        self._refuse_missing_glyphs(job, document)
        with pikepdf.open(raw) as pdf:
            anchors = mend(pdf, job.section)
            out = BytesIO()
            # Compressed here, once: binding then copies the streams as they are.
            pdf.save(out, object_stream_mode=pikepdf.ObjectStreamMode.disable, compress_streams=True, static_id=True)
        return Fragment(
            key=job.key,
            pdf=out.getvalue(),
            pages=len(document.pages),
            bookmarks=tuple(_bookmarks(document)),
            anchors=anchors,
            glyphs=tuple(self._glyphs(document)),
            spacing=spacing,
            warnings=tuple(dict.fromkeys(self._sheet_log + log)),
        )

    def _copyfit(self, html: str) -> tuple[weasyprint.Document, str]:
        """Lay out a section, and return by which of the layout's spacings.

        When its last page would hold little, closer spacings are tried to save that page. When none of them does, the
        pages before it end earlier, so that it does not look forgotten.
        """
        loose = self._render(html)
        best, spacing, last = loose, "", loose
        for classes, saved in SAVED_BY.items():
            pages = len(last.pages)
            if pages == 1 or _fill(last.pages[-1]) >= min(saved * pages, NEARLY_FULL):
                break
            last = self._render(respace(html, classes))
            if len(last.pages) < len(best.pages):
                best, spacing = last, classes
        pages = len(best.pages)
        if pages > 1 and _fill(best.pages[-1]) < TOO_LITTLE:
            balanced = self._render(respace(html, f"{spacing} {BALANCED}".strip()))
            if len(balanced.pages) == pages and _fill(balanced.pages[-1]) > _fill(best.pages[-1]):
                return balanced, f"{spacing} {BALANCED}".strip()
        return best, spacing

    def _render(self, html: str) -> weasyprint.Document:
        source = weasyprint.HTML(string=html, url_fetcher=self._fetcher, base_url="wb:")
        return source.render(font_config=self._fonts, stylesheets=[self._css], pdf_forms=True)

    def _glyphs(self, document: weasyprint.Document) -> Iterator[Glyphs]:
        for font in document.fonts.values():
            name = self._face_names[_family(font.family), int(font.weight)]
            yield Glyphs(name, font.hash, dict(font.to_unicode), bool(font.used_in_forms))

    @staticmethod
    def _refuse_missing_glyphs(job: Job, document: weasyprint.Document) -> None:
        missing = sorted({point for font in document.fonts.values() for point in font.missing})
        if missing:
            point = missing[0]
            raise TypesetProblem(job.section, f"no font has the character {chr(point)} (U+{point:04X})", chr(point))


def respace(html: str, classes: str) -> str:
    """Return a section's HTML with the classes that one of a layout's spacings hangs on."""
    return html.replace('<section class="', f'<section class="{classes} ', 1)


def _fill(page: weasyprint.Page) -> float:
    """Return how much of a page's type area is used, from 0 to 1."""
    box = page._page_box
    root = box.children[0]
    return float((root.position_y + root.height - box.content_box_y()) / box.height)


def font_faces(faces: tuple[Face, ...]) -> str:
    """Return the @font-face rules for these faces."""
    return "".join(
        f'@font-face{{font-family:"{face.family}";font-weight:{face.weight};src:url({FONT_SCHEME}:{face.name})}}\n'
        for face in faces
    )


def _family(name: str) -> str:
    return name.split(",")[0].strip().strip('"')


def _bookmarks(document: weasyprint.Document) -> Iterator[Bookmark]:
    for number, page in enumerate(document.pages):
        for level, label, (x, y), _state in page.bookmarks:
            # WeasyPrint counts px from the top; PDF counts pt from the foot.
            yield Bookmark(level, label, number, x * 0.75, (page.height - y) * 0.75)


@contextmanager
def _engine_log() -> Iterator[list[str]]:
    """Collect what WeasyPrint warns about."""
    lines: list[str] = []
    handler = logging.Handler(logging.WARNING)
    handler.emit = lambda record: None if ABOUT_THE_MACHINE in record.msg else lines.append(record.getMessage())  # type: ignore[method-assign]
    logger = logging.getLogger("weasyprint")
    before = logger.handlers[:], logger.propagate
    logger.handlers, logger.propagate = [handler], False
    try:
        yield lines
    finally:
        logger.handlers, logger.propagate = before
