"""Five hundred made-up clients in one batch, some of them with a fault: all others get a workbook, and it is told."""

from __future__ import annotations

import csv
import re
from collections import Counter
from collections.abc import Callable
from io import BytesIO
from pathlib import Path

import pikepdf
import pytest
import yaml
from support import Ran

from benchmarks.clients import make_profiles

CLIENTS = 500
SEEN = 10
"""Of how many workbooks every page is looked at."""


@pytest.fixture
def source(tiny_home: Path) -> Path:
    """A folder of profiles with the small library's modules; every 50th has a wrong value, or is not cleared."""
    folder = tiny_home / "clients"
    folder.mkdir()
    small = yaml.safe_load((tiny_home / "profile.yaml").read_text(encoding="utf-8"))
    for number, made_up in enumerate(make_profiles(CLIENTS)):
        profile = {**small, **{key: made_up[key] for key in ("client", "goals", "letter")}}
        profile["client"] = {**made_up["client"], "country": "US"}  # the only one with lines in the small practice
        if number % 100 == 50:
            profile["program"] = {**small["program"], "sessions": "none"}
        if number % 100 == 99:
            profile["clearance"] = {**small["clearance"], "cleared": False, "reason": "not now"}
        (folder / f"{profile['client']['id']}.yaml").write_text(yaml.safe_dump(profile), encoding="utf-8")
    return folder


def test_five_hundred_clients(source: Path, tiny_home: Path, tmp_path: Path, workbook: Callable[..., Ran]) -> None:
    """Exit 6, since ten have no workbook; all others are whole, and each has a number of its own."""
    out = tmp_path / "out"
    ran = workbook("batch", source, "--practice", tiny_home, "--out", out, "--date", "2026-11-23")
    assert ran.code == 6
    with (out / "manifest.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    share = CLIENTS // 100
    assert Counter(row["status"] for row in rows) == {
        "made": CLIENTS - 2 * share, "invalid": share, "refused": share,
    }  # fmt: skip
    made = {row["id"]: row for row in rows if row["status"] == "made"}
    assert {path.stem for path in out.glob("*.pdf")} == set(made)
    assert all((out / f"{client}.pdf").stat().st_size == int(row["bytes"]) for client, row in made.items())
    for client in list(made)[:: len(made) // SEEN]:
        with pikepdf.open(BytesIO((out / f"{client}.pdf").read_bytes())) as pdf:
            assert len(pdf.pages) == int(made[client]["pages"])
    numbers = {_number(out / f"{client}.pdf") for client in list(made)[::50]}
    assert len(numbers) == len(list(made)[::50]), "each book has a number of its own"


def _number(path: Path) -> str:
    with pikepdf.open(path) as pdf, pdf.open_metadata() as metadata:
        found = re.search(r"[2-9A-Z]{4}-[2-9A-Z]{4}-[2-9A-Z]{4}", str(metadata))
    assert found
    return found[0]
