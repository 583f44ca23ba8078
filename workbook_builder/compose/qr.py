"""QR codes, drawn as SVG: black squares on white whatever the layout's colours are, so that every camera reads them."""

from __future__ import annotations

import segno
from markupsafe import Markup

QUIET_ZONE = 4
"""Modules of white on each side (ISO/IEC 18004:2015, 6.3.8)."""
ERROR_CORRECTION = "m"
"""At least 15 % of a code may be unreadable; segno takes more where it costs no larger code."""


def draw_qr(address: str, label: str) -> Markup:
    """Return a QR code of an address as an ``<svg>`` with ``label`` for screen readers.

    Its custom property ``--side`` says how many times wider it is, quiet zone included, than the code itself, so that a
    style sheet can give the code's own size.
    """
    rows = [bytes(row) for row in segno.make(address, error=ERROR_CORRECTION, micro=False).matrix]
    count = len(rows)
    side = count + 2 * QUIET_ZONE
    runs = [
        f"M{start + QUIET_ZONE} {y + QUIET_ZONE}h{end - start}v1h{start - end}z"
        for y, row in enumerate(rows)
        for start, end in _dark_runs(row)
    ]
    return Markup(
        '<svg viewBox="0 0 {side} {side}" style="--side: {times:.4f}" role="img"><title>{label}</title>'
        '<rect width="{side}" height="{side}" fill="#ffffff"/><path fill="#000000" d="{path}"/></svg>'
    ).format(side=side, times=side / count, label=label, path="".join(runs))


def _dark_runs(row: bytes) -> list[tuple[int, int]]:
    """Return start and end of each run of dark squares in a row."""
    edges = [x for x in range(len(row) + 1) if (row[x - 1] if x else 0) != (row[x] if x < len(row) else 0)]
    return list(zip(edges[::2], edges[1::2], strict=True))
