"""What a batch costs: a hundred made-up clients over a dozen plans, with a warm cache, beside one pass of WeasyPrint.

Processor time is that of the command and of all its workers and their engines, start-up included, as /proc tells it.
"""

from __future__ import annotations

import csv
import os
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from benchmarks.clients import PLANS, write_profiles
from benchmarks.manuscript import example_sections
from benchmarks.onepass import typeset_one_pass
from workbook_builder.bind import Texts

CLIENTS = 100
DAY = date(2026, 11, 23)
WATCH_SECONDS = 0.1
TICKS = os.sysconf("SC_CLK_TCK")


@dataclass
class Cost:
    """Processor seconds and the most memory (bytes) of one process."""

    seconds: float = 0.0
    memory: int = 0


def measure_batch(home: Path, clients: int = CLIENTS) -> None:
    """Measure and print a table."""
    everybody = write_profiles(home / "everybody", clients)
    one_each = write_profiles(home / "one-each", PLANS)
    _batch(home, one_each, home / "cold", "--no-verify")  # fills the cache
    few = _seconds(_batch(home, one_each, home / "warm", "--no-verify"))
    few_pages = _pages(home / "warm", PLANS)
    looked_into = (_seconds(_batch(home, one_each, home / "verified")) - few) / few_pages * 1000
    started = time.perf_counter()
    costs = _batch(home, everybody, home / "out", "--no-verify")
    wall = time.perf_counter() - started
    pages, seconds = _pages(home / "out", clients), _seconds(costs)
    page, reference = seconds / pages * 1000, _one_pass_page(home)
    further = (seconds - few) / (pages - few_pages) * 1000
    print(f"batch of {clients} clients over {PLANS} plans, {pages} pages, cached modules, {wall:.1f} s by the clock")
    print("processor time a page:")
    for name, cost in (
        ("one pass of WeasyPrint", reference), ("batch with --no-verify, start-up included", page),
        ("the same, start-up left out", further), ("batch, start-up left out", further + looked_into),
    ):  # fmt: skip
        print(f"  {name:48} {cost:6.1f} ms  1/{reference / cost:.1f} of one pass")
    for kind in ("command", "worker", "engine"):
        found = [cost for (name, _), cost in costs.items() if name == kind]
        share = sum(cost.seconds for cost in found) / clients * 1000
        memory = max(cost.memory for cost in found) / 1e6
        print(f"  {f'{kind} ({len(found)}), --no-verify':48} {share:6.1f} ms a workbook, {memory:.0f} MB at most")
    print(f"{'workbooks a processor minute, --no-verify':50} {clients / seconds * 60:6.0f}")
    print(f"{'workbooks a processor minute':50} {60_000 / (seconds * 1000 + looked_into * pages) * clients:6.0f}")


def _seconds(costs: dict[tuple[str, int], Cost]) -> float:
    return sum(cost.seconds for cost in costs.values())


def _pages(out: Path, clients: int) -> int:
    """Return how many pages a batch has made, after a look whether all were made."""
    with (out / "manifest.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    assert [row["status"] for row in rows] == ["made"] * clients
    return sum(int(row["pages"]) for row in rows)


def _batch(home: Path, source: Path, out: Path, *more: str) -> dict[tuple[str, int], Cost]:
    """Run the command and return what each of its processes has cost."""
    command = [sys.executable, "-m", "workbook_builder", "batch", str(source), "--out", str(out)]
    command += ["--practice", str(home), "--date", DAY.isoformat(), "--seconds", "600", *more]
    environment = {**os.environ, "WORKBOOK_CACHE": str(home / "cache")}
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, env=environment)
    costs: dict[tuple[str, int], Cost] = {}
    while process.poll() is None:
        for kind, number in _family(process.pid):
            _look(costs.setdefault((kind, number), Cost()), number)
        time.sleep(WATCH_SECONDS)
    assert process.returncode == 0, process.returncode
    return costs


def _family(command: int) -> Iterator[tuple[str, int]]:
    """The command, its workers, and their engines."""
    yield "command", command
    for worker in _children(command):
        yield "worker", worker
        for engine in _children(worker):
            yield "engine", engine


def _children(process: int) -> list[int]:
    try:
        tasks = Path(f"/proc/{process}/task").glob("*/children")
        return [int(child) for task in tasks for child in task.read_text(encoding="ascii").split()]
    except OSError:
        return []


def _look(cost: Cost, process: int) -> None:
    try:
        stat = Path(f"/proc/{process}/stat").read_text(encoding="utf-8").rpartition(")")[2].split()
        status = Path(f"/proc/{process}/status").read_text(encoding="utf-8")
    except OSError:  # it ended: the last look holds
        return
    cost.seconds = (int(stat[11]) + int(stat[12])) / TICKS
    for line in status.splitlines():
        if line.startswith("VmHWM:"):
            cost.memory = int(line.split()[1]) * 1024


def _one_pass_page(home: Path) -> float:
    """Processor time in ms that one pass takes for a page, warm, over every third plan."""
    seconds, pages = 0.0, 0
    for path in sorted((home / "one-each").glob("*.yaml"))[::3]:
        sections, sheet, style = example_sections(path, DAY)
        for _ in range(2 if not pages else 1):  # the very first time, the engine is imported
            started = time.process_time()
            pdf = typeset_one_pass(sections, sheet, style, Texts("My workbook", "restartt", ""))
            took = time.process_time() - started
        seconds += took
        pages += _count_pages(pdf)
    return seconds / pages * 1000


def _count_pages(pdf: bytes) -> int:
    from io import BytesIO

    import pikepdf

    with pikepdf.open(BytesIO(pdf)) as opened:
        return len(opened.pages)
