"""Reads a practice for checking: as much as can be read, with everything that is wrong as findings."""

from __future__ import annotations

import datetime
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Any, TypeVar

from pydantic import BaseModel

from workbook_builder.errors import InputProblems, Problem
from workbook_builder.folders import Folders, find_layout, shipped_folder
from workbook_builder.layout import load_layout, read_values
from workbook_builder.library import Library, Module, Practice, Rules, load_library, load_module
from workbook_builder.library.folders import load_modules, module_files
from workbook_builder.library.tables import Books, CrisisLines, Videos
from workbook_builder.markup import parse_body
from workbook_builder.plan import check_orders
from workbook_builder.profile import LoadedProfile, read_profile, unknown_modules
from workbook_builder.source import Marks, load, read_text

from .findings import Finding, from_problem
from .subject import Edition, LayoutFile, Page, Subject, Table

M = TypeVar("M", bound=BaseModel)
_LANGUAGE = re.compile(r"[a-z]{2}(-[A-Z]{2})?")
WORDS_FILE = "words.txt"


def read_subject(folders: Folders, paths: Sequence[Path], today: datetime.date) -> tuple[Subject, list[Finding]]:
    """Return what there is to check, and what reading it has found wrong.

    ``paths`` that lie outside of the practice's folders are read as well: a module by its .md, a layout by the
    layout.yaml in it, anything else as a profile. Never raises for what the files hold.
    """
    reader = _Reader(folders)
    reader.read_content()
    is_shipped = folders.content.resolve() == (shipped_folder() / "content").resolve()
    if is_shipped or folders.layouts.parent == folders.home or any(_is_in(path, folders.layouts) for path in paths):
        reader.read_layouts(sorted(file.parent for file in folders.layouts.glob("*/layout.yaml")))
    if is_shipped or folders.profiles.parent == folders.home or any(_is_in(path, folders.profiles) for path in paths):
        reader.read_profiles(_profiles_in(folders.profiles))
    for path in paths:
        if not any(_is_in(path, folder) for folder in (folders.content, folders.layouts, folders.profiles)):
            reader.read_other(path)
        elif not path.exists():
            reader.problems.append(_no_file(path))
    subject = reader.subject(today)
    return subject, sorted({from_problem(p) for p in reader.problems}, key=lambda one: one.order)


class _Reader:
    """Reads one thing after the other, and collects what is wrong."""

    def __init__(self, folders: Folders) -> None:
        self.folders, self.content = folders, folders.content
        shipped = shipped_folder() / "content"
        self.fallback = shipped if shipped.resolve() != folders.content.resolve() else None
        self.problems: list[Problem] = []
        self.editions: list[Edition] = []
        self.layouts: list[LayoutFile] = []
        self.profiles: list[LoadedProfile] = []

    def read_content(self) -> None:
        inside = self.content.iterdir() if self.content.is_dir() else ()
        languages = sorted(path.name for path in inside if path.is_dir() and _LANGUAGE.fullmatch(path.name))
        for language in languages or ["en"]:
            library: Library | None = None
            try:
                library = load_library(self.content, self.fallback, language)
                modules: Mapping[str, Module] = library.modules
            except InputProblems as error:
                self.problems += error.problems
                modules, _ = load_modules(self.content, language)
            pages = {id_: self.page(module) for id_, module in modules.items()}
            known = frozenset(file.stem for file in module_files(self.content, language))
            self.editions.append(Edition(language, pages, known, library))

    def page(self, module: Module) -> Page:
        body, problems = parse_body(module.body, module.id, module.path, module.body_line)
        self.problems += problems
        return Page(module, read_text(Path(module.path)), body)

    def read_layouts(self, layouts: Iterable[Path]) -> None:
        for folder in layouts:
            path, templates = folder / "layout.yaml", dict[str, str]()
            find = partial(find_base, self.folders, folder)
            try:
                own = {file.name for file in folder.glob("*.html.j2")}
                templates = {name: text for name, text in load_layout(folder, find).templates.items() if name in own}
            except InputProblems as error:
                # A layout is read under its folder's name alone, since its files may lie in a wheel.
                self.problems += [replace(p, path=str(folder.parent / p.path)) for p in error.problems]
            values, marks = read_values(folder, find)
            if values:
                self.layouts.append(LayoutFile(str(path), values, marks, templates))

    def read_profiles(self, paths: Iterable[Path]) -> None:
        for path in paths:
            loaded = read_profile(path)
            edition = self.edition_of(loaded)
            self.problems += [*loaded.problems, *self.orders(loaded, edition)]
            self.profiles.append(loaded)

    def orders(self, loaded: LoadedProfile, edition: Edition | None) -> list[Problem]:
        if edition is None or not edition.known:
            return []
        return check_orders(loaded, edition.library) if edition.library else unknown_modules(loaded, edition.known)

    def edition_of(self, loaded: LoadedProfile) -> Edition | None:
        language = loaded.profile.client.language if loaded.profile else None
        return next((edition for edition in self.editions if edition.language == language), None)

    def read_other(self, path: Path) -> None:
        """Read a file or folder that lies outside of the practice's folders."""
        if path.is_dir() and (path / "layout.yaml").is_file():
            self.read_layouts([path])
        elif path.name == "layout.yaml":
            self.read_layouts([path.parent])
        elif path.is_dir():
            for file in sorted([*path.glob("*.md"), *_profiles_in(path)]):
                self.read_other(file)
        elif path.suffix == ".md":
            self.read_module(path)
        else:
            self.read_profiles([path])

    def read_module(self, path: Path) -> None:
        module, problems = load_module(path, self.editions[0].language)
        self.problems += problems
        if module:
            edition = self.editions[0]
            self.editions[0] = replace(
                edition, pages={**edition.pages, module.id: self.page(module)}, known=edition.known | {module.id}
            )

    def load(self, model: type[M], path: Path) -> tuple[M | None, Marks, str]:
        """Return what a file holds; what is wrong with it has been told by then."""
        try:
            value, marks, _ = load(model, read_text(path), str(path))
        except InputProblems:
            return None, Marks(), str(path)
        return value, marks, str(path)

    def table(self, model: type[M], name: str) -> Table[Any] | None:
        value, marks, path = self.load(model, self.content / f"{name}.yaml")
        return Table(path, getattr(value, "root", value), marks) if value is not None else None

    def words(self) -> frozenset[str]:
        path = self.content / WORDS_FILE
        try:
            lines = read_text(path).splitlines() if path.exists() else []
        except InputProblems as error:
            self.problems += error.problems
            return frozenset()
        return frozenset(word for line in lines if (word := line.partition("#")[0].strip().lower()))

    def subject(self, today: datetime.date) -> Subject:
        practice = self.table(Practice, "practice")
        library = next((edition.library for edition in self.editions if edition.library), None)
        return Subject(
            today=today,
            content=self.content,
            editions=tuple(self.editions),
            figures=library.figures if library else self.content / "figures",
            accepted_words=self.words(),
            rules=self.table(Rules, "selection"),
            crisis=self.table(CrisisLines, "crisis-lines"),
            crisis_days=(practice.value if practice else Practice(name="Your practice")).crisis_days,
            books=self.table(Books, "books"),
            videos=self.table(Videos, "videos"),
            layouts=tuple(self.layouts),
            profiles=tuple(self.profiles),
        )


def find_base(folders: Folders, layout: Path, name: str) -> Path | None:
    """Return the folder of a layout's base: of the practice, beside the layout, or shipped."""
    beside = layout.parent / name
    return find_layout(folders, name) or (beside if (beside / "layout.yaml").is_file() else None)


def _profiles_in(folder: Path) -> list[Path]:
    files = folder.iterdir() if folder.is_dir() else ()
    return sorted(path for path in files if path.suffix in (".yaml", ".yml") and not path.name.startswith("."))


def _is_in(path: Path, folder: Path) -> bool:
    return path.resolve().is_relative_to(folder.resolve())


def _no_file(path: Path) -> Problem:
    return Problem(str(path), 0, 0, "WB103", "there is no such file")
