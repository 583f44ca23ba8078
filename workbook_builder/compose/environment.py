"""Jinja as the layouts see it: sandboxed, escaping everything, with the words of the book's language."""

from __future__ import annotations

import base64
import re
import traceback
from collections.abc import Mapping
from html import unescape
from pathlib import Path
from types import CodeType
from typing import ClassVar
from urllib.parse import quote

from jinja2 import BytecodeCache, FunctionLoader, StrictUndefined, TemplateError, TemplateNotFound, TemplateSyntaxError
from jinja2.bccache import Bucket
from jinja2.sandbox import ImmutableSandboxedEnvironment
from markupsafe import Markup, escape

from workbook_builder.book import DECORATIVE, GROUP_SEPARATOR, LINK_SCHEME
from workbook_builder.compose.outline import outline
from workbook_builder.compose.pictures import fit_picture
from workbook_builder.compose.qr import draw_qr
from workbook_builder.compose.tables import stack_tables
from workbook_builder.compose.words import Words
from workbook_builder.errors import InputProblems, Problem
from workbook_builder.layout import Layout

MAX_PICTURE_BYTES = 2_000_000
ATTRIBUTES = r'((?:\s+[a-z]+="[^"]*")*)\s*/?'
"""The attributes of a tag, as the cleaned HTML of markup writes them."""
PICTURE_TYPES = {".png": "image/png", ".jpg": "image/jpeg", ".jpeg": "image/jpeg"}


class Compiled(BytecodeCache):
    """Templates that this process has compiled, by name and source: compiling costs more than filling them in."""

    known: ClassVar[dict[tuple[str, str], CodeType]] = {}

    def load_bytecode(self, bucket: Bucket) -> None:
        """Give back the code of a template with this name and source."""
        bucket.code = self.known.get((bucket.key, bucket.checksum))

    def dump_bytecode(self, bucket: Bucket) -> None:
        """Keep the code of a template."""
        if bucket.code is not None:
            self.known[bucket.key, bucket.checksum] = bucket.code


def make_environment(layout: Layout, words: Words) -> ImmutableSandboxedEnvironment:
    """Return an environment with the layout's templates.

    Profile text is data: it reaches a template as a value and is always escaped, never compiled.
    """
    environment = ImmutableSandboxedEnvironment(
        # The name stands for the file as well, so that a failure knows in which template it happened.
        loader=FunctionLoader(lambda name: (layout.templates[name], name, None) if name in layout.templates else None),
        extensions=["jinja2.ext.i18n"],
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        bytecode_cache=Compiled(),
    )
    environment.install_gettext_translations(words.catalogue, newstyle=True)  # type: ignore[attr-defined]
    environment.globals.update(
        language=words.language,
        book_title=words("My workbook"),
        brand=layout.values.name or "",
        logo=Markup(layout.logo_svg),
        colours=layout.palette,
        shape=layout.edition,
        decorative=DECORATIVE,
        separator=GROUP_SEPARATOR,
        qr=draw_qr,
    )
    environment.filters["dial"] = dial
    return environment


def explain_failure(template: str, error: TemplateError) -> Problem:
    """Return what is wrong with a layout's template, with its line.

    What goes wrong while a page is filled in is told by its kind alone: Jinja's message may quote what a client wrote.
    """
    code, hint = "WB344", "compare it with the shipped layout's"
    if isinstance(error, TemplateNotFound):
        return Problem(str(error.name or template), 0, 0, code, "the layout lacks this template", hint=hint)
    if isinstance(error, TemplateSyntaxError):
        place = error.name or template
        return Problem(place, error.lineno, 1, code, f"the template cannot be read: {error.message}", hint=hint)
    steps = [(step.filename, step.lineno or 0) for step in traceback.extract_tb(error.__traceback__)]
    place, line = next(((name, line) for name, line in reversed(steps) if name.endswith(".html.j2")), (template, 0))
    undefined = re.fullmatch(r"'\w+' is undefined", error.message or "")
    what = undefined[0] if undefined else type(error).__name__
    return Problem(place, line, 1, code, f"the template cannot be filled in: {what}", hint=hint)


def dial(number: str) -> str:
    """Return the digits of a telephone number as a tel: address takes them."""
    return re.sub(r"[^0-9+*#]", "", number)


def link(target: str, title: str) -> Markup:
    """Return a link to a section of this book, with its title as the link's text."""
    return Markup('<a href="{}{}#{}">{}</a>').format(LINK_SCHEME, target, quote(title), title)


class ModuleHtml:
    """Finishes a module's cleaned HTML: links between modules, and pictures drawn in the layout's colours."""

    def __init__(self, titles: Mapping[str, str], figures: Path, layout: Layout) -> None:
        self._titles, self._figures, self._palette = titles, figures, layout.palette
        self._outlined = layout.values.figures == "outlined"
        self._shape = layout.edition

    def __call__(self, html: str) -> Markup:
        """Return the HTML with links and pictures put in. A link to a module that is not in this book becomes text."""
        html = re.sub(rf"<a{ATTRIBUTES}>(.*?)</a>", self._link, html, flags=re.S)
        html = stack_tables(html, self._shape.columns)
        html = re.sub(rf"<p>\s*(<img{ATTRIBUTES}>)\s*</p>", r"\1", html)
        return Markup(re.sub(rf"<img{ATTRIBUTES}>", self._picture, html))

    def _link(self, found: re.Match[str]) -> str:
        address, text = _attributes(found[1]).get("href", ""), found[2]
        if not address.startswith("#"):
            return found[0]
        target = address.removeprefix("#")
        if target not in self._titles:
            return text
        return f'<a href="{LINK_SCHEME}{target}#{quote(self._titles[target])}">{text}</a>'

    def _picture(self, found: re.Match[str]) -> str:
        attributes = _attributes(found[1])
        path = self._inside(attributes["src"])
        alt = escape(attributes.get("alt", ""))
        if path.suffix == ".svg":
            picture = fit_picture(path, self._shape)
            if picture is None:
                return f'<p class="in-words">{alt}</p>'
            return str(self._draw(picture.svg, alt, picture.width))
        data = base64.b64encode(path.read_bytes()).decode()
        return f'<img class="figure" src="data:{PICTURE_TYPES[path.suffix]};base64,{data}" alt="{alt}">'

    def _inside(self, source: str) -> Path:
        path = (self._figures / source.removeprefix("figures/")).resolve()
        shown = f"content/{source}"
        inside = path.is_relative_to(self._figures.resolve())
        if not inside or path.suffix not in {".svg", *PICTURE_TYPES} or not path.is_file():
            raise InputProblems([Problem(shown, 0, 0, "WB160", "no such picture", hint="put it into content/figures/")])
        if path.stat().st_size > MAX_PICTURE_BYTES:
            raise InputProblems([Problem(shown, 0, 0, "WB161", f"larger than {MAX_PICTURE_BYTES // 1000} kB")])
        return path

    def _draw(self, svg: str, alt: Markup, width: float | None) -> Markup:
        """Put an SVG into the page: the page's own description as its title, the layout's colours for var(--…)."""
        svg = re.sub(r"<\?xml.*?\?>|<!DOCTYPE.*?>|<!--.*?-->|<(title|desc)\b.*?</\1>", "", svg, flags=re.S).strip()
        svg = re.sub(r"<(script|style|foreignObject|image|use|a)\b.*?(/>|</\1>)", "", svg, flags=re.S | re.I)
        svg = re.sub(r'(<svg\b[^>]*?)\srole="[^"]*"', r"\1", svg, count=1)
        svg = outline(svg) if self._outlined else svg
        svg = re.sub(r"var\(--([a-z-]+)\)", self._colour, svg)
        style = f' style="width:{width:g}pt"' if width else ""
        return Markup(
            re.sub(r"<svg\b([^>]*)>", rf'<svg class="figure"{style}\1 role="img"><title>{alt}</title>', svg, count=1)
        )

    def _colour(self, found: re.Match[str]) -> str:
        return self._palette.get(found[1], self._palette["ink"])


def _attributes(text: str) -> dict[str, str]:
    return {name: unescape(value) for name, value in re.findall(r'([a-z]+)="([^"]*)"', text)}
