"""A practice's logo: an SVG file → a drawing that can stand in a page, or what is wrong with it.

The drawing is written anew from what the parser has seen, so nothing reaches a page that was not looked at. What
programs for drawing leave behind (comments, their own settings) is left out; names of fonts are, too, since a page has
only the layout's. What would run, or ask for something outside of the file, is refused.
"""

from __future__ import annotations

import re
from html import escape
from xml.parsers import expat

from workbook_builder.book import DECORATIVE
from workbook_builder.errors import Problem

LOGO = "WB155"
PROGRAMS = ("script", "foreignobject", "iframe", "handler", "animate", "set", "animatetransform", "animatemotion")
LEFT_OUT = ("metadata", "desc")
PICTURES = ("data:image/png;base64,", "data:image/jpeg;base64,")
PAGE_FONTS = ("Body", "Head")
"""The families that every layout has; text in a logo is set in the first unless it names the other."""
_ELSEWHERE = re.compile(r"url\(\s*['\"]?(?!#)|@import|@font-face|@page|expression\(|javascript:", re.IGNORECASE)
_FONT = re.compile(r"\bfont(-family)?\s*:[^;}]*;?", re.IGNORECASE)
_LENGTH = re.compile(r"\s*([0-9.]+)\s*(px|pt|mm|cm|in)?\s*")
MAX_TOLD = 10


def clean_logo(text: str, shown: str, title: str) -> tuple[str, list[Problem]]:
    """Return an SVG file's text as an ``<svg>`` element for a page, and what is wrong with it, each with its line.

    Args:
        text: the file.
        shown: how messages call it.
        title: what a screen reader says of a logo that has no title of its own; empty: nothing.
    """
    reader = _Reader(shown, title)
    try:
        reader.parser.Parse(text.encode("utf-8"), True)
    except expat.ExpatError as error:
        hint = "export it as plain SVG"
        if error.lineno == 1 and not text.lstrip().startswith("<"):
            return "", [Problem(shown, 1, 1, LOGO, "this is no SVG file", hint=hint)]
        what = expat.ErrorString(error.code)
        reader.problems.append(Problem(shown, error.lineno, error.offset + 1, LOGO, f"not readable: {what}", hint=hint))
    return "".join(reader.out), reader.problems[:MAX_TOLD]


class _Reader:
    """Looks at one element after the other, and writes those that may stay."""

    def __init__(self, shown: str, title: str) -> None:
        self.shown, self.title = shown, title
        self.problems: list[Problem] = []
        self.out: list[str] = []
        self.open: list[str] = []
        self.skipping = 0
        self.parser = expat.ParserCreate()
        self.parser.StartElementHandler = self.start
        self.parser.EndElementHandler = self.end
        self.parser.CharacterDataHandler = self.text
        self.parser.EntityDeclHandler = self.entity
        self.parser.buffer_text = True

    def refuse(self, message: str, hint: str) -> None:
        line, column = self.parser.CurrentLineNumber, self.parser.CurrentColumnNumber + 1
        self.problems.append(Problem(self.shown, line, column, LOGO, message, hint=hint))

    def entity(self, *_: object) -> None:
        self.refuse("it defines entities of its own", "export it as plain SVG")

    def start(self, raw: str, given: dict[str, str]) -> None:
        name = raw.removeprefix("svg:")
        if not self.open and name != "svg":
            self.refuse(f"this is no SVG file: it starts with <{raw}>", "a logo is an SVG file; export it as plain SVG")
        self.open.append(name)
        if self.skipping or ":" in name or name in LEFT_OUT or (name == "title" and len(self.open) != 2):
            self.skipping += 1
            return
        if name.lower() in PROGRAMS:
            self.refuse(f"holds <{name}>, which a printed page cannot run", "export it as plain SVG")
        attributes = self.attributes(given)
        if name == "svg" and len(self.open) == 1:
            attributes = self.root(attributes)
        self.out.append("<" + name + "".join(f' {key}="{escape(value)}"' for key, value in attributes.items()) + ">")
        if len(self.open) == 1:
            self.first = len(self.out)

    def attributes(self, given: dict[str, str]) -> dict[str, str]:
        kept = {}
        for raw, value in given.items():
            key = "href" if raw == "xlink:href" else raw
            if key.startswith("xmlns") or ":" in key or key.lower() in ("font", "role"):
                continue
            if key.lower() == "font-family" and value not in PAGE_FONTS:
                continue
            if key.lower().startswith("on"):
                self.refuse(f"holds a script ({key})", "export it as plain SVG")
            elif key in ("href", "src") and not value.startswith(("#", *PICTURES)):
                self.refuse("refers to something outside of this file", "put the picture into the file, or draw it")
            elif _ELSEWHERE.search(value):
                self.refuse(f"refers to something outside of this file ({key})", "export it as plain SVG")
            else:
                kept[key] = _FONT.sub("", value) if key == "style" else value
        return kept

    def root(self, attributes: dict[str, str]) -> dict[str, str]:
        """A drawing without a viewBox could not be made larger or smaller."""
        sizes = [_LENGTH.fullmatch(attributes.get(side, "")) for side in ("width", "height")]
        if "viewBox" not in attributes:
            if not all(sizes):
                self.refuse("has no viewBox and no width and height", "export it with a viewBox")
                return attributes
            attributes["viewBox"] = "0 0 " + " ".join(size[1] for size in sizes if size)
        return {**attributes, "font-family": attributes.get("font-family", PAGE_FONTS[0]), "role": "img"}

    def end(self, _: str) -> None:
        name = self.open.pop()
        if self.skipping:
            self.skipping -= 1
            return
        self.out.append(f"</{name}>")
        if not self.open and "<title>" not in self.out:
            self.out.insert(self.first, f"<title>{escape(self.title or DECORATIVE)}</title>")

    def text(self, data: str) -> None:
        if self.skipping:
            return
        if self.open[-1] == "style":
            if _ELSEWHERE.search(data):
                self.refuse("its style sheet asks for a font or a file outside", "turn text into paths")
            data = _FONT.sub("", data)
            self.out.append(data.replace("<", ""))
        else:
            self.out.append(escape(data, quote=False))
