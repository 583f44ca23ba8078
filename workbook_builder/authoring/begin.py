"""New modules and profiles, with comments that explain each line."""

from __future__ import annotations

import datetime
import json
import textwrap
from collections.abc import Iterable, Mapping
from importlib.resources import files
from pathlib import Path
from string import Template
from typing import Any

from pydantic import TypeAdapter, ValidationError

from workbook_builder.authoring.files import own_content, write_new
from workbook_builder.book import Kind
from workbook_builder.errors import CannotWrite, InputProblems, Problem
from workbook_builder.folders import Folders
from workbook_builder.library import FOLDERS
from workbook_builder.library.folders import module_files
from workbook_builder.library.tables import CrisisLines
from workbook_builder.source import Id, ShortLine, load, read_text
from workbook_builder.vocabulary import BOOKS, FEELINGS, FLAGS, OBSTACLES, PHASES, REFERRED_TOPICS, TOPICS

WRONG = "WB101"
LANGUAGE = "en"
OWNER_ONLY = 0o600
COMMENT_WIDTH = 110

# What differs by kind: the phase and the minutes that are usual, and the settings that no other kind has.
_USUAL: dict[Kind, tuple[str, int]] = {
    "psychoeducation": ("psychoeducation", 6),
    "worksheet": ("disputing", 12),
    "reading": ("disputing", 30),
    "video": ("practising", 9),
    "journal": ("practising", 8),
}
_SPECIAL: dict[Kind, str] = {
    "reading": f"""
# The book: {" | ".join(BOOKS)}.
book: anxiety

# What the pages are about, in a few words; printed after "The pages on".
subject: one idea of the book
""",
    "video": """
# How long a film may be, in minutes; 9 at most. Links stand in content/videos.yaml.
max_minutes: 9
""",
}


def begin_module(id_: str, kind: Kind, title: str | None, folders: Folders) -> Path:
    """Write a new module with made-up text into the practice's library, and return its file.

    Raises:
        InputProblems: an id or a title that cannot be.
        CannotWrite: the practice has no library of its own, or has the module already; or the file cannot be written.
    """
    content = own_content(folders)
    title = title or _title_from(id_)
    problems = [*_problems_of("ID", id_, Id), *_problems_of("--title", title, ShortLine)]
    if problems:
        raise InputProblems(problems)
    for path in module_files(content, LANGUAGE):
        if path.stem == id_:
            raise CannotWrite(f"{path}: the library has a module of this id already. Choose another id.")
    phase, minutes = _USUAL[kind]
    words = {
        "id": id_,
        "kind": kind,
        "title": json.dumps(title, ensure_ascii=False),
        "phase": phase,
        "minutes": minutes,
        "phases": ", ".join(PHASES),
        "topics": _comment(TOPICS),
        "obstacles": _comment(OBSTACLES),
        "flags": _comment(FLAGS),
        "special": _SPECIAL.get(kind, ""),
    }
    path = content / LANGUAGE / FOLDERS[kind] / f"{id_}.md"
    write_new(path, fill("module.yaml", words) + fill(f"{kind}.md", {}))
    return path


def begin_profile(id_: str, folders: Folders, today: datetime.date) -> Path:
    """Write a new profile and return its file, which only its owner can read.

    Its clearance says no until the therapist answers it, so nothing can be built of it by mistake.

    Raises:
        InputProblems: an id that cannot be.
        CannotWrite: there is such a profile, or it cannot be written.
    """
    if problems := _problems_of("ID", id_, Id):
        raise InputProblems(problems)
    countries = _countries(folders)
    words = {
        "id": id_,
        "language": LANGUAGE,
        "country": countries[0],
        "countries": ", ".join(countries),
        "today": today.isoformat(),
        "topics": _comment((*TOPICS, *REFERRED_TOPICS)),
        "feelings": _comment(FEELINGS),
        "flags": _comment(FLAGS, "  "),
        "obstacles": _comment(OBSTACLES, "  "),
        "books": " | ".join(BOOKS),
    }
    path = folders.home / "profiles" / f"{id_}.yaml"
    write_new(path, fill("profile.yaml", words), OWNER_ONLY)
    return path


def fill(name: str, words: Mapping[str, object]) -> str:
    """Return one of our templates with its ``$words`` filled in."""
    text = (files("workbook_builder.authoring") / "templates" / name).read_text(encoding="utf-8")
    return Template(text).substitute(words)


def _countries(folders: Folders) -> list[str]:
    """The countries that the practice has crisis lines for, in its own order."""
    path = folders.content / "crisis-lines.yaml"
    try:
        table, _, _ = load(CrisisLines, read_text(path), str(path))
    except InputProblems:
        table = None
    return list(table.root) if table and table.root else ["US"]


def _comment(words: Iterable[str], indent: str = "") -> str:
    mark = f"{indent}# "
    text = ", ".join(words)
    return textwrap.fill(text, COMMENT_WIDTH, initial_indent=mark, subsequent_indent=mark, break_on_hyphens=False)


def _title_from(id_: str) -> str:
    """A title to begin with: the id's words without the letters for the kind that stand before it."""
    words = id_.split("-")
    return " ".join(words[1:] if len(words) > 1 else words).capitalize()


def _problems_of(where: str, value: str, kind: Any) -> list[Problem]:
    """What is wrong with one argument of a command; never quotes it, since an id may have been made of a name."""
    try:
        TypeAdapter(kind).validate_python(value)
    except ValidationError as error:
        context = error.errors(include_url=False, include_input=False)[0]
        message = context.get("ctx", {}).get("message") or "must be text on one line, with 60 characters at most"
        return [Problem(where, 0, 0, WRONG, str(message))]
    return []
