"""Layouts: colours that can be told apart, and templates that can be read."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from jinja2 import Environment, TemplateSyntaxError

from .codes import CONTRAST, TEMPLATE
from .findings import Finding, found
from .subject import LayoutFile, Subject

TEXT = 4.5
"""The least contrast of text to what lies behind it (WCAG 2.2, success criterion 1.4.3, level AA)."""
SHAPES = 3.0
"""The least contrast of what has to be seen, such as the border of a field (1.4.11)."""

_KINDS = ("learn", "write", "read", "watch", "journal")
TEXT_PAIRS = (
    *(("ink", behind) for behind in ("paper", "tint", "brand-soft", "accent-soft")),
    *(("muted", behind) for behind in ("paper", "tint")),
    *(("brand", behind) for behind in ("paper", "tint", "brand-soft")),
    *(("accent", behind) for behind in ("paper", "accent-soft")),
    *((kind, behind) for kind in _KINDS for behind in ("paper", "tint")),
    ("paper", "brand"),
    ("brand-soft", "brand"),
)
"""Colour of the text, colour behind it: headings, boxes, the names of kinds, the cover."""
SHAPE_PAIRS = (("field-line", "paper"), ("brand", "paper"), ("accent", "paper"), *((kind, "paper") for kind in _KINDS))
"""Borders of fields and boxes, tick boxes, the dots that stand for a kind."""


def check_contrast(subject: Subject) -> Iterator[Finding]:
    """Text and fields stand out from what lies behind them, also for eyes that see less."""
    for layout in subject.layouts:
        colours = layout.values.colours.model_dump(by_alias=True)
        for pairs, least, what in ((TEXT_PAIRS, TEXT, "text"), (SHAPE_PAIRS, SHAPES, "a mark")):
            for front, behind in pairs:
                if (ratio := contrast(colours[front], colours[behind])) < least:
                    told = int(ratio * 10) / 10  # rounded down, so that 4.49 is not told as 4.5
                    message = f"{front} on {behind} has a contrast of {told} : 1; {what} needs {least} : 1"
                    hint = "make one of the two darker, or the other lighter"
                    yield found(CONTRAST, layout.path, layout.marks.at("colours", front), message, hint)


def contrast(one: str, other: str) -> float:
    """Return the contrast ratio of two colours written #rrggbb, 1 to 21, by WCAG 2.2."""
    light, dark = sorted((_luminance(one), _luminance(other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


def _luminance(colour: str) -> float:
    """Return the relative luminance of a colour: 0 black, 1 white."""
    parts = [int(colour[n : n + 2], 16) / 255 for n in (1, 3, 5)]
    red, green, blue = (part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def check_templates(subject: Subject) -> Iterator[Finding]:
    """Each template is what Jinja can read."""
    environment = Environment(extensions=["jinja2.ext.i18n"], trim_blocks=True, autoescape=True)
    for layout in subject.layouts:
        for name, source in layout.templates.items():
            try:
                environment.parse(source)
            except TemplateSyntaxError as error:
                message = f"the template cannot be read: {' '.join((error.message or 'its syntax is wrong').split())}"
                yield found(
                    TEMPLATE,
                    str(_folder(layout) / name),
                    (error.lineno, 1),
                    message,
                    "compare it with the shipped layout's",
                )


def _folder(layout: LayoutFile) -> Path:
    return Path(layout.path).parent
