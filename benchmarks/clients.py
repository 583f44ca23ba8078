"""Made-up clients, as many as wanted: the same ones every time, over a dozen plans. Nobody in them exists."""

from __future__ import annotations

import random
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import yaml

from workbook_builder.folders import shipped_folder

PLANS = 12
NAMES = (
    "Ada",
    "Ben",
    "Cleo",
    "Dag",
    "Edda",
    "Finn",
    "Gwen",
    "Hugo",
    "Ines",
    "Jonas",
    "Kaya",
    "Lars",
    "Mina",
    "Noor",
    "Otto",
    "Pia",
    "Quinn",
    "Rosa",
    "Sami",
    "Tove",
    "Uma",
    "Vito",
    "Wren",
    "Xenia",
    "Yara",
    "Zeno",
    "Alba",
    "Bruno",
    "Carl",
    "Dina",
    "Emil",
    "Frida",
    "Gina",
    "Hana",
    "Ivo",
    "Jule",
    "Kurt",
    "Lena",
    "Mats",
    "Nils",
)
UNNAMED = 4
"""Every fourth client has no name on the cover, as many practices prefer."""
STARTS = ("Feel concerned instead of upset", "Say what I think", "Keep calm enough to go on", "Take one small step")
ENDS = ("before the meeting on Monday", "when the letter comes", "at my sister's table", "while the phone rings")
NOTES = ("Small steps suit you.", "You said mornings are best.", "Write as little as you like.", "Bring what you have.")


def make_profiles(count: int) -> Iterator[dict[str, Any]]:
    """Yield the profiles of ``count`` clients as plain values: a dozen plans in turn, personal words drawn by lot."""
    dice = random.Random(2026)
    bases = list(_bases())
    for number in range(count):
        base = bases[number % PLANS]
        client = {**base["client"], "id": f"mu-{number:04d}", "name": dice.choice(NAMES) if number % UNNAMED else None}
        goals = [f"{dice.choice(STARTS)} {dice.choice(ENDS)}, {n} times a week." for n in range(1, dice.randint(2, 4))]
        letter = {"from": "M. Example", "note": dice.choice(NOTES)}
        yield {**base, "fictional": True, "client": client, "goals": goals, "letter": letter}


def write_profiles(folder: Path, count: int) -> Path:
    """Write the profiles of ``count`` clients into a folder, and return it."""
    folder.mkdir(parents=True, exist_ok=True)
    for profile in make_profiles(count):
        path = folder / f"{profile['client']['id']}.yaml"
        path.write_text(yaml.safe_dump(profile, allow_unicode=True, sort_keys=False), encoding="utf-8")
    return folder


def _bases() -> Iterator[dict[str, Any]]:
    """The shipped examples, and the first ones again at another pace, until there are a dozen."""
    shipped = [
        yaml.safe_load(path.read_text(encoding="utf-8"))
        for path in sorted((shipped_folder() / "profiles").glob("*.yaml"))
    ]
    shipped = [profile for profile in shipped if profile.get("fictional")]
    yield from shipped[:PLANS]
    for profile in shipped[: max(0, PLANS - len(shipped))]:
        minutes = profile["program"].get("minutes", 45)
        yield {**profile, "program": {**profile["program"], "minutes": minutes + 15}}
