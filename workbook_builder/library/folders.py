"""The folders of content modules: which files count, and one module from each of them."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

from workbook_builder.book import Kind
from workbook_builder.errors import InputProblems, Problem, did_you_mean
from workbook_builder.source import load, read_text, split_front_matter

from .modules import FrontMatter, Module, digest

MAX_BYTES = 64_000
FOLDERS: dict[Kind, str] = {
    "psychoeducation": "psychoeducation",
    "worksheet": "worksheets",
    "reading": "readings",
    "video": "videos",
    "journal": "journals",
}
WRONG_ID = "WB120"
WRONG_FOLDER = "WB121"
SAME_ID = "WB122"
LEADS_OUT = "WB123"


def load_modules(content: Path, language: str) -> tuple[dict[str, Module], list[Problem]]:
    """Return the modules of one language by id, sorted, and everything that is wrong with their files."""
    modules: dict[str, Module] = {}
    problems = linked_folders(content, language)
    places: dict[str, str] = {}
    for path in module_files(content, language):
        shown = str(path)
        if not is_inside(path, content):
            problems.append(leads_out(path))
            continue
        if path.stem in places:
            message = f'the library has a module "{path.stem}" already, in {places[path.stem]}'
            problems.append(Problem(shown, 0, 0, SAME_ID, message))
            continue
        places[path.stem] = shown
        module, found = load_module(path, language)
        problems += found
        if module:
            modules[module.id] = module
    return dict(sorted(modules.items())), problems


def linked_folders(content: Path, language: str) -> list[Problem]:
    """Return a problem for each link to a folder among the modules: what lies behind it would be passed over."""
    found = []
    for folder, inner, _ in os.walk(content / language):
        paths = [Path(folder, name) for name in sorted(inner) if not name.startswith(".")]
        message = "this is a link to a folder, and such links are not followed"
        hint = "put the folder itself here"
        found += [Problem(str(path), 0, 0, LEADS_OUT, message, hint=hint) for path in paths if path.is_symlink()]
    return found


def load_module(path: Path, language: str, shown: str | None = None) -> tuple[Module | None, list[Problem]]:
    """Return the module of one file, or None, and what is wrong with it. Never raises for what the file holds."""
    shown = str(path) if shown is None else shown
    try:
        text = read_text(path, shown, MAX_BYTES)
    except InputProblems as error:
        return None, list(error.problems)
    front, body, body_line, problems = split_front_matter(text, shown)
    if problems:
        return None, problems
    settings, marks, problems = load(FrontMatter, front, shown)
    if settings is None:
        return None, problems
    if settings.id != path.stem:
        message = f'must be the name of the file, "{path.stem}" (you wrote "{settings.id}")'
        problems.append(Problem(shown, *marks.at("id"), WRONG_ID, message, "id"))
    if (folder := path.parent.name) != FOLDERS[settings.kind]:
        message = f"a {settings.kind} belongs into the folder {FOLDERS[settings.kind]}, and this is {folder}"
        hint = did_you_mean(folder, list(FOLDERS.values())) if folder not in FOLDERS.values() else ""
        problems.append(Problem(shown, *marks.at("kind"), WRONG_FOLDER, message, "kind", hint))
    if problems:
        return None, problems
    values = dict(settings)
    if settings.reviewed and settings.reviewed.digest != digest(settings, body):
        values["status"] = "draft"
    module = Module.model_construct(**values, body=body, body_line=body_line, path=shown, language=language)
    return module, []


def module_files(content: Path, language: str) -> Iterator[Path]:
    """Give the markdown files of one language, in order; hidden files and folders are passed over."""
    for folder, inner, files in os.walk(content / language):
        inner[:] = sorted(name for name in inner if not name.startswith("."))
        for name in sorted(files):
            if name.endswith(".md") and not name.startswith("."):
                yield Path(folder, name)


def is_inside(path: Path, folder: Path) -> bool:
    """Say whether a file lies in the folder when all links are followed."""
    try:
        return path.resolve(strict=True).is_relative_to(folder.resolve(strict=True))
    except (OSError, RuntimeError):
        return False


def leads_out(path: Path) -> Problem:
    """Return the problem of a link that leads out of its folder, or nowhere."""
    message = "this link leads out of the content folder, or nowhere"
    return Problem(str(path), 0, 0, LEADS_OUT, message, hint="put the file itself here")
