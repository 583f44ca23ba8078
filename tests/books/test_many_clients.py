"""Five hundred made-up clients out of one spreadsheet: all get a workbook, and later exactly those that changed."""

from __future__ import annotations

import csv
import hashlib
import random
import stat
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from openpyxl import load_workbook
from support import Ran
from tables import rows_of, write_xlsx

from benchmarks.clients import make_profiles
from workbook_builder.verify import verify

CLIENTS = 500
SEEN = 10
"""Workbooks that are looked into after the batch, drawn by lot: to look into all takes longer than to make them."""
NAMED = 5
"""Every fifth client's cover bears a name: the others share theirs, and typesetting five hundred is no news."""
TOPIC = "low-mood"


@pytest.fixture
def rows() -> list[list[Any]]:
    """Clients with names, goals and notes of their own, for the modules of the small library."""
    clients = []
    for number, made_up in enumerate(make_profiles(CLIENTS)):
        client, letter = made_up["client"], made_up["letter"]
        goals = {f"goal {n}": goal for n, goal in enumerate(made_up["goals"], start=1)}
        clients.append(
            {
                "id": client["id"], "fictional": "yes", "name": None if number % NAMED else client["name"],
                "sessions": 3, "topics": TOPIC, "assign": "wks-tiny", "goal": None, **goals,
                "letter from": letter["from"], "letter note": letter["note"],
            }
        )  # fmt: skip
    return rows_of(*clients)


def test_five_hundred_clients(
    rows: list[list[Any]], tiny_home: Path, fragment_cache: Path, workbook: Callable[..., Ran]
) -> None:
    """A first run, one that finds nothing to do, and one after three changed, one broke and one left."""
    source, out = write_xlsx(tiny_home / "intake.xlsx", rows), tiny_home / "out"

    def run() -> tuple[int, list[dict[str, str]], dict[str, int]]:
        ran = workbook("batch", source, "--practice", tiny_home, "--out", out, "--date", "2026-11-23", "--no-verify")
        with (out / "manifest.csv").open(encoding="utf-8", newline="") as file:
            return ran.code, list(csv.DictReader(file)), {p.stem: p.stat().st_mtime_ns for p in out.glob("*.pdf")}

    ids = [row[rows[0].index("id")] for row in rows[1:]]
    code, first, written = run()
    assert code == 0 and [line["id"] for line in first] == ids and sorted(written) == sorted(ids)
    assert {line["status"] for line in first} == {"made"}
    for line in first:
        path = out / f"{line['id']}.pdf"
        assert stat.S_IMODE(path.stat().st_mode) == 0o600
        pdf = path.read_bytes()
        assert (hashlib.sha256(pdf).hexdigest(), str(len(pdf))) == (line["sha256"], line["bytes"])
    dice = random.Random(2026)
    for id_ in dice.sample(ids, SEEN):
        assert not verify((out / f"{id_}.pdf").read_bytes(), id_).findings
    _tells_nothing(rows, [p for p in out.iterdir() if p.suffix != ".pdf"], [*fragment_cache.rglob("*.fragment")])

    code, second, unchanged = run()
    assert code == 0 and unchanged == written
    assert [{**line, "status": "made"} for line in second] == first

    book = load_workbook(source)
    sheet = book["Clients"]
    column = {name: number for number, name in enumerate(rows[0], start=1)}
    changed, broken, left = dice.sample(ids, 3), ids[77], ids[400]
    changed = [id_ for id_ in changed if id_ not in (broken, left)]
    for id_ in changed:
        sheet.cell(ids.index(id_) + 2, column["goal 1"]).value = "Something new."
    sheet.cell(ids.index(broken) + 2, column["sessions"]).value = "none"
    sheet.delete_rows(ids.index(left) + 2)
    book.save(source)
    code, third, last = run()
    assert code == 6 and [line["id"] for line in third] == [id_ for id_ in ids if id_ != left]
    status = {line["id"]: line["status"] for line in third}
    assert Counter(status.values()) == {"unchanged": CLIENTS - 2 - len(changed), "made": len(changed), "invalid": 1}
    assert status[broken] == "invalid" and {status[id_] for id_ in changed} == {"made"}
    assert {id_ for id_ in ids if last[id_] != written[id_]} == set(changed), "what is there stays, wanted or not"


def _tells_nothing(rows: list[list[Any]], files: list[Path], cached: list[Path]) -> None:
    """Assert that no name, goal, note or topic of a client is in what lies beside the PDFs, nor in the cache."""
    assert {path.name for path in files} >= {"manifest.csv", "report.html", ".batch-ledger.sqlite"} and cached
    private = [n for n, name in enumerate(rows[0]) if name == "name" or name.startswith(("goal", "letter note"))]
    words = {str(row[n]).encode() for row in rows[1:] for n in private if row[n]}
    told = b"\n".join(path.read_bytes() for path in files).replace(b"color-scheme", b"")
    assert TOPIC.encode() not in told
    assert not [word for word in words if b" " in word and word in told]
    assert not [word for word in words if b" " not in word and (b">" + word in told or b"," + word in told)]
    kept = b"\n".join(path.read_bytes() for path in cached)
    assert not [word for word in words if b" " in word and word in kept]
