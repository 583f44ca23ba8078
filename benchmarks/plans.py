"""What a plan over the full library costs beside loading it, in processor time."""

from __future__ import annotations

import time
from datetime import date
from pathlib import Path

from workbook_builder.folders import find_folders, shipped_folder
from workbook_builder.pipeline import read_library
from workbook_builder.plan import make_plan
from workbook_builder.profile import load_profile

ROUNDS = 7
DAY = date(2026, 11, 23)
GOAL = 20.0
"""Milliseconds that a plan may take."""


def measure_plans() -> None:
    """Plan each shipped profile, best of some rounds, and print mean and most in ms, and beside loading the library."""
    folders = find_folders(Path())
    started = time.process_time()
    library = read_library(folders, "en")
    loading = (time.process_time() - started) * 1000
    profiles = [load_profile(path) for path in sorted((shipped_folder() / "profiles").glob("*-*.yaml"))]
    costs = []
    for profile in profiles:
        rounds = []
        for _ in range(ROUNDS):
            started = time.process_time()
            make_plan(profile, library, DAY)
            rounds.append((time.process_time() - started) * 1000)
        costs.append(min(rounds))
    mean = sum(costs) / len(costs)
    print(f"loading the library: {loading:.0f} ms of processor time")
    print(
        f"a plan of {len(profiles)} profiles: mean {mean:.1f} ms, most {max(costs):.1f} ms (to be below {GOAL:.0f} ms)"
    )
    print(f"that is 1/{loading / mean:.0f} of loading, at most 1/{loading / max(costs):.0f}")
