"""``make bench``: what a workbook costs: cold, warm and unchanged, beside one pass over the same sections.

The first numbers are of the first shipped example, commands timed as a user runs them, each in a new process. Then
comes a plan beside loading the library (``python -m benchmarks plans`` alone), and a batch of made-up clients
(``python -m benchmarks batch [CLIENTS]`` alone).
"""

from __future__ import annotations

import os
import platform
import subprocess
import sys
import tempfile
import time
from datetime import date
from pathlib import Path

from benchmarks.batch import measure_batch
from benchmarks.manuscript import example_sections
from benchmarks.onepass import typeset_one_pass
from benchmarks.plans import measure_plans
from workbook_builder.bind import Texts
from workbook_builder.folders import shipped_folder

ROUNDS = 3
EXAMPLE = shipped_folder() / "profiles" / "anxiety-five.yaml"


def main() -> None:
    """Measure and print a table: seconds, and the ratio to one pass."""
    with tempfile.TemporaryDirectory() as folder:
        home = Path(folder)
        rows = {
            "build, cold (empty cache)": _best(lambda n: _build(home, home / f"cold-{n}")),
            "build, warm (cached modules, new client)": _best(
                lambda n: _build(home, home / "cold-0", client=f"new-{n}")
            ),
            "build, unchanged (all but personal pages cached)": _best(lambda n: _build(home, home / "cold-0")),
            "one pass of WeasyPrint, new process": _best(lambda n: _one_pass(home)),
        }
        bound = (home / "build" / "r7k1-2026.pdf").stat().st_size
        one = (home / "one.pdf").stat().st_size
    reference = rows["one pass of WeasyPrint, new process"]
    print(f"{platform.machine()}, {os.cpu_count()} processors, Python {platform.python_version()}; best of {ROUNDS}")
    for name, seconds in rows.items():
        print(f"{name:50} {seconds:6.2f} s   {seconds / reference:5.2f} of one pass")
    print(f"{'size of the bound file':50} {bound / 1000:6.0f} kB  {bound / one:5.2f} of one pass ({one / 1000:.0f} kB)")


def _best(measure: object) -> float:
    times = []
    for number in range(ROUNDS):
        started = time.perf_counter()
        measure(number)  # type: ignore[operator]
        times.append(time.perf_counter() - started)
    return min(times)


def _build(home: Path, cache: Path, client: str | None = None) -> None:
    profile = EXAMPLE
    if client is not None:
        profile = home / f"{client}.yaml"
        profile.write_text(EXAMPLE.read_text(encoding="utf-8").replace("r7k1-2026", client), encoding="utf-8")
    command = [sys.executable, "-m", "workbook_builder", "build", str(profile), "--practice", str(home), "--force"]
    subprocess.run(command, check=True, capture_output=True, env={**os.environ, "WORKBOOK_CACHE": str(cache)})


def _one_pass(home: Path) -> None:
    subprocess.run(
        [sys.executable, "-m", "benchmarks", "one-pass", str(home / "one.pdf")], check=True, capture_output=True
    )


def one_pass_to(target: Path) -> None:
    """Typeset the example in one pass and write it: the work of the reference, in a process of its own."""
    sections, sheet, style = example_sections(EXAMPLE, date(2026, 11, 23))
    target.write_bytes(typeset_one_pass(sections, sheet, style, Texts("My workbook", "restartt", "")))


if __name__ == "__main__":
    if sys.argv[1:2] == ["one-pass"]:
        one_pass_to(Path(sys.argv[2]))
    elif sys.argv[1:2] == ["plans"]:
        measure_plans()
    else:
        if sys.argv[1:2] != ["batch"]:
            main()
            measure_plans()
        with tempfile.TemporaryDirectory() as batch_home:
            measure_batch(Path(batch_home), *map(int, sys.argv[2:3]))
