"""What a batch tells: one row for each client, as manifest.csv for programs and report.html for the coordinator.

The manifest holds no health data and no name. The report adds where each client stands in the source, and the messages,
which never quote a client's own words.
"""

from __future__ import annotations

import csv
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from io import StringIO
from pathlib import Path
from typing import Literal

from jinja2 import Environment, FileSystemLoader, StrictUndefined

Status = Literal["made", "unchanged", "refused", "invalid", "failed", "kept-answers", "waiting"]
GOOD: tuple[Status, ...] = ("made", "unchanged")
COLUMNS = ("id", "status", "pages", "bytes", "sha256", "seconds", "code")
MANIFEST, REPORT = "manifest.csv", "report.html"
MEANINGS: dict[Status, str] = {
    "made": "made in this run",
    "unchanged": "made earlier, and nothing has changed since",
    "refused": "no workbook may be made now",
    "invalid": "something in the profile or the practice's files has to be mended",
    "failed": "the build broke, hung or ran out of memory, twice",
    "kept-answers": "the PDF holds answers that a client typed, and was left alone",
    "waiting": "the batch ended before it was this client's turn",
}
REMEDIES: dict[Status, str] = {
    "refused": "Only the therapist can lift this, in the clearance of the profile.",
    "invalid": "Mend these places in the source and run the same command again.",
    "failed": "Run the same command again. If it fails again, build this client alone with workbook build, "
    "or allow more with --seconds and --memory.",
    "kept-answers": "Move the PDF to where answers are kept, then run the same command again.",
    "waiting": "Run the same command again: it goes on where this run stopped.",
}


@dataclass(frozen=True)
class Row:
    """What became of one client. ``code`` is that of the first problem; ``messages`` say it all, with places."""

    id: str
    place: str
    status: Status
    pages: int = 0
    bytes: int = 0
    sha256: str = ""
    seconds: float = 0.0
    code: str = ""
    messages: tuple[str, ...] = ()

    @property
    def is_good(self) -> bool:
        """Whether there is a workbook as wanted."""
        return self.status in GOOD


@dataclass(frozen=True)
class Run:
    """The facts of a run: its day, how long it took in seconds, how many worked, and whether it was interrupted."""

    day: date
    seconds: float
    workers: int
    interrupted: bool = False


def write_manifest(rows: Sequence[Row]) -> str:
    """Return the manifest as CSV: a line for each client, in the order of the source."""
    out = StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(COLUMNS)
    for row in rows:
        figures = (row.pages, row.bytes, row.sha256, f"{row.seconds:.2f}") if row.bytes else ("", "", "", "")
        writer.writerow([defuse(str(cell)) for cell in (row.id, row.status, *figures, row.code)])
    return out.getvalue()


def defuse(cell: str) -> str:
    """Return a cell that no spreadsheet takes for a formula (OWASP, CSV injection)."""
    return f"'{cell}" if cell.startswith(("=", "+", "-", "@", "\t", "\r")) else cell


def write_report(rows: Sequence[Row], run: Run) -> str:
    """Return the report: one page of HTML that needs nothing else and asks nobody for anything."""
    environment = Environment(
        loader=FileSystemLoader(Path(__file__).parent), autoescape=True, undefined=StrictUndefined, trim_blocks=True
    )
    counts = Counter(row.status for row in rows)
    made = counts["made"]
    return environment.get_template("report.html.j2").render(
        run=run,
        total=len(rows),
        good=sum(row.is_good for row in rows),
        counts=[(status, counts[status], meaning) for status, meaning in MEANINGS.items() if counts[status]],
        pages=sum(row.pages for row in rows if row.is_good),
        rate=made / run.seconds * 60 if made and run.seconds else None,
        bad=[(status, [row for row in rows if row.status == status], remedy) for status, remedy in REMEDIES.items()],
        rows=rows,
        manifest=MANIFEST,
    )
