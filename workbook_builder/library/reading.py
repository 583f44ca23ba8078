"""The whole library of a practice, read at once."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar

from pydantic import BaseModel

from workbook_builder.errors import InputProblems, Problem, did_you_mean
from workbook_builder.source import Marks, load, read_text

from .folders import is_inside, leads_out, load_modules, module_files
from .modules import FrontMatter, Module
from .rules import Rules, load_rules, rules_schema
from .tables import BookEdition, Books, CrisisCountry, CrisisLines, Practice, VideoLink, Videos

NO_LIBRARY = "WB124"
NO_SUCH_MODULE = "WB125"
M = TypeVar("M", bound=BaseModel)
TABLES: dict[str, type[BaseModel]] = {
    "practice": Practice,
    "crisis-lines": CrisisLines,
    "books": Books,
    "videos": Videos,
}


@dataclass(frozen=True)
class Library:
    """What a practice has to give to its clients, and the rules by which it is chosen."""

    modules: Mapping[str, Module]
    crisis: Mapping[str, CrisisCountry]
    practice: Practice
    books: Mapping[str, tuple[BookEdition, ...]]
    videos: Mapping[str, tuple[VideoLink, ...]]
    rules: Rules
    figures: Path
    language: str


def load_library(content: Path, fallback: Path | None, language: str = "en") -> Library:
    """Return the library of a content folder in one language.

    practice.yaml, books.yaml, videos.yaml, selection.yaml and figures/ come from ``fallback``, the content that ships
    with the program, where the folder has none; modules and crisis lines never do. Raises InputProblems with
    everything that is wrong in all files.
    """
    reader = _Reader(content, fallback)
    modules = reader.modules(language)
    crisis = reader.table("crisis-lines", CrisisLines, required=True)
    practice = reader.table("practice", Practice)
    books = reader.books(language)
    videos = reader.videos(language)
    rules = reader.rules()
    if reader.problems or crisis is None or rules is None:
        raise InputProblems(reader.problems)
    return Library(
        modules=modules,
        crisis=dict(sorted(crisis.root.items())),
        practice=practice or Practice(name="Your practice"),
        books={str(name): editions for name, editions in books.root.items()} if books else {},
        videos=dict(videos.root) if videos else {},
        rules=rules,
        figures=reader.place("figures") or content / "figures",
        language=language,
    )


def library_schema(name: str) -> dict[str, Any]:
    """Return the JSON Schema (draft 2020-12) of module, selection, practice, crisis-lines, books or videos.

    Raises KeyError for any other name.
    """
    if name == "selection":
        return rules_schema()
    model = FrontMatter if name == "module" else TABLES[name]
    return {"$schema": "https://json-schema.org/draft/2020-12/schema", **model.model_json_schema()}


class _Reader:
    """Reads the files of a content folder and collects what is wrong."""

    def __init__(self, content: Path, fallback: Path | None) -> None:
        self.content = content
        self.fallback = fallback
        self.problems: list[Problem] = []

    def modules(self, language: str) -> dict[str, Module]:
        if not (self.content / language).is_dir():
            message = f'there is no folder "{language}" with modules here'
            self.problems.append(Problem(str(self.content), 0, 0, NO_LIBRARY, message))
        modules, problems = load_modules(self.content, language)
        self.problems += problems
        return modules

    def place(self, name: str, fallback: bool = True) -> Path | None:
        """Return the practice's own file or folder, else the shipped one, else None."""
        for folder in (self.content, self.fallback if fallback else None):
            if folder and ((path := folder / name).exists() or path.is_symlink()):
                if is_inside(path, folder):
                    return path
                self.problems.append(leads_out(path))
                return None
        return None

    def table(self, name: str, model: type[M], required: bool = False) -> M | None:
        path = self.place(f"{name}.yaml", fallback=not required)
        if path is None and required:
            message = f"{name}.yaml is missing; no workbook is made without it"
            self.problems.append(Problem(str(self.content), 0, 0, NO_LIBRARY, message))
        return self.read(path, model)[0] if path else None

    def read(self, path: Path, model: type[M]) -> tuple[M | None, Marks]:
        try:
            text = read_text(path)
        except InputProblems as error:
            self.problems += error.problems
            return None, Marks()
        table, marks, problems = load(model, text, str(path))
        self.problems += problems
        return table, marks

    def books(self, language: str) -> Books | None:
        if (path := self.place("books.yaml")) is None:
            return None
        books, marks = self.read(path, Books)
        for book, editions in books.root.items() if books else ():
            for n, edition in enumerate(editions):
                named = [(book, n, "chapters", id_) for id_ in edition.chapters]
                self.check_ids(path, marks, named, language)
        return books

    def videos(self, language: str) -> Videos | None:
        if (path := self.place("videos.yaml")) is None:
            return None
        videos, marks = self.read(path, Videos)
        self.check_ids(path, marks, [(slot,) for slot in videos.root] if videos else [], language)
        return videos

    def check_ids(self, path: Path, marks: Marks, named: Iterable[tuple[str | int, ...]], language: str) -> None:
        """A misspelt id in the practice's own table would be passed over in silence; the shipped one may name more."""
        if path.parent != self.content:
            return
        known = [file.stem for file in module_files(self.content, language)]
        for where in named:
            if (id_ := str(where[-1])) not in known:
                message = f'there is no module "{id_}" in the library'
                hint = did_you_mean(id_, known)
                self.problems.append(Problem(str(path), *marks.at(*where), NO_SUCH_MODULE, message, hint=hint))

    def rules(self) -> Rules | None:
        path = self.place("selection.yaml")
        if path is None:
            message = "selection.yaml with the rules is missing"
            self.problems.append(Problem(str(self.content), 0, 0, NO_LIBRARY, message))
            return None
        try:
            return load_rules(path)
        except InputProblems as error:
            self.problems += error.problems
            return None
