"""Pictures as lines, for layouts that save ink."""

from __future__ import annotations

import re

SHAPE = re.compile(r"<(?:rect|circle|ellipse|polygon|path|g(?![^>]*\b(?:font|text)-))\b[^>]*>")
"""A shape, or a group of shapes: a group that says something of fonts or text holds words."""
LIGHT_WORDS = re.compile(r'(<(?:text|tspan|g(?=[^>]*\b(?:font|text)-))\b[^>]*\bfill=")var\(--paper\)"')


def outline(svg: str) -> str:
    """Return a drawing whose areas are white with a thin line around them, and its light words dark.

    Areas in ink stay, since those are marks such as heads of arrows.
    """
    return SHAPE.sub(_outline_shape, LIGHT_WORDS.sub(r'\1var(--ink)"', svg))


def _outline_shape(found: re.Match[str]) -> str:
    shape = found[0]
    line = "" if "stroke=" in shape else ' stroke="var(--field-line)" stroke-width="1.5"'
    return re.sub(r'\bfill="var\(--(?!ink\b)[a-z-]+\)"', f'fill="var(--paper)"{line}', shape)
