"""One workbook from start to end. The page to read first:

profile + library + layout → plan → compose → typeset → bind → deliver.
"""

from __future__ import annotations

from collections.abc import Callable, Container, Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cache, partial
from pathlib import Path

from workbook_builder.bind import Imprint, Texts, bind, first_pages
from workbook_builder.book import Fragment, Plan, Section
from workbook_builder.compose import (
    Manuscript,
    compose_atlas,
    compose_book,
    compose_sheet,
    find_words,
    make_stylesheet,
)
from workbook_builder.deliver import deliver, refuse_answers
from workbook_builder.errors import InputProblems, Problem, Refused, did_you_mean
from workbook_builder.folders import Folders, book_number, find_layout, shipped_folder
from workbook_builder.furnish import furniture_style, make_sheet
from workbook_builder.layout import Layout, load_layout
from workbook_builder.library import Library, load_library
from workbook_builder.markup import Body, parse_body
from workbook_builder.plan import check_clearance, check_orders, make_plan
from workbook_builder.profile import LoadedProfile, Profile, read_profile
from workbook_builder.typeset import Sheet, TypesetProblem, Typesetter

Progress = Callable[[int, int], None]
"""Is told how many sections are ready, and of how many."""

DEFAULT_COUNTRY = "US"
"""Whose crisis lines the atlas shows, unless it is told another country."""
MAX_NUMBERINGS = 5
"""Page numbers settle when plan page and contents keep their lengths: the second time at the latest, as a rule."""


@dataclass(frozen=True)
class Order:
    """What a command asks for besides the profile. ``today`` is the day that is printed; None stands for a default."""

    today: date
    real_today: date
    layout: str = "restartt"
    out: Path | None = None
    password: str | None = None
    force: bool = False


@dataclass(frozen=True)
class Built:
    """A finished workbook: where it lies, its pages, and what the therapist needs to know."""

    path: Path
    pages: int
    notes: tuple[str, ...]


@dataclass(frozen=True)
class Draft:
    """A workbook before it is typeset: all that its PDF is made of, and what the therapist needs to know."""

    client: str
    manuscript: Manuscript
    sheet: Sheet
    layout: Layout
    paper: str
    imprint: Imprint
    notes: tuple[str, ...]


class Stock:
    """What is the same for many clients of one practice: read once, and kept as long as this lives."""

    def __init__(self, folders: Folders) -> None:
        self.folders = folders
        self.library = cache(partial(read_library, folders))
        self.layout = cache(partial(read_layout, folders))
        self.words = cache(find_words)
        self.sheet = cache(self._make_sheet)
        self.known = cache(self._known_modules)
        self._bodies: dict[tuple[str, str], Body] = {}

    def bodies(self, library: Library, modules: Iterable[str]) -> dict[str, Body]:
        """Return the parsed bodies of these modules; see :func:`parse_bodies`."""
        wanted = {(library.language, name): name for name in modules}
        missing = [name for key, name in wanted.items() if key not in self._bodies]
        self._bodies |= {(library.language, name): body for name, body in parse_bodies(library, missing).items()}
        return {name: self._bodies[key] for key, name in wanted.items()}

    @staticmethod
    def _known_modules(layout: str, language: str, country: str) -> dict[Hashable, Section]:
        """Modules that were composed with this layout, and with the words of this language and country."""
        return {}

    def _make_sheet(self, layout: str, paper: str) -> Sheet:
        return make_sheet(self.layout(layout), make_stylesheet(self.layout(layout), paper))


def read_library(folders: Folders, language: str) -> Library:
    """Read the practice's library in one language; tables that it lacks are the shipped ones.

    Raises:
        InputProblems: everything that is wrong in it.
    """
    shipped = shipped_folder() / "content"
    fallback = shipped if shipped.resolve() != folders.content.resolve() else None
    return load_library(folders.content, fallback, language)


def read_layout(folders: Folders, name: str) -> Layout:
    """Read a layout by its name.

    Raises:
        InputProblems: there is none of that name, or it is wrong.
    """
    folder = find_layout(folders, name)
    if folder is None:
        known = {
            p.parent.name
            for home in (folders.layouts, shipped_folder() / "layouts")
            for p in home.glob("*/layout.yaml")
        }
        hint = did_you_mean(name, sorted(known)) or f"there are: {', '.join(sorted(known))}"
        raise InputProblems([Problem(f"layouts/{name}", 0, 0, "WB153", "there is no such layout", hint=hint)])
    return load_layout(folder)


def plan_workbook(
    source: Path | LoadedProfile, folders: Folders, order: Order, stock: Stock | None = None
) -> tuple[Plan, Profile, Library]:
    """Plan the workbook of a profile: of a file, or of one that was read elsewhere (a row of a spreadsheet).

    ``stock`` spares reading what an earlier client has needed as well.

    Raises:
        InputProblems: all that is wrong in the profile, or in the library.
        Refused: no workbook may be made for this client now.
    """
    loaded = source if isinstance(source, LoadedProfile) else read_profile(source)
    profile = loaded.profile
    language = profile.client.language if profile else "en"
    _refuse_unknown_language(language, loaded, folders)
    library = (stock or Stock(folders)).library(language)
    problems = [*loaded.problems, *(check_orders(loaded, library) if profile else ())]
    if problems and not loaded.lacks_only_clearance:
        raise InputProblems(problems)
    if profile is None:
        raise Refused("\n".join(str(problem) for problem in problems))
    _refuse_by_judgement(loaded, profile, library, order)
    return make_plan(profile, library, order.today), profile, library


def _refuse_unknown_language(language: str, loaded: LoadedProfile, folders: Folders) -> None:
    if not (folders.content / language).is_dir():
        there = sorted(p.name for p in folders.content.iterdir() if p.is_dir() and len(p.name) == 2)
        line, column = loaded.marks.at("client", "language")
        raise Refused(
            f'{loaded.path}:{line}:{column}  client.language: there is no edition in "{language}" '
            f"(there is: {', '.join(there)}). "
            "No workbook is made in a language that the client does not read."
        )


def _refuse_by_judgement(loaded: LoadedProfile, profile: Profile, library: Library, order: Order) -> None:
    if reason := check_clearance(profile, library, order.today, order.real_today):
        line, column = loaded.marks.at("clearance")
        raise Refused(f"{loaded.path}:{line}:{column}  clearance: {reason}")
    if profile.client.country not in library.crisis:
        line, column = loaded.marks.at("client", "country")
        raise Refused(
            f"{loaded.path}:{line}:{column}  client.country: content/crisis-lines.yaml has no lines for "
            f"{profile.client.country} (it has {', '.join(sorted(library.crisis))}). "
            "A workbook is never made without them; add the country's lines."
        )


def parse_bodies(library: Library, modules: Iterable[str]) -> dict[str, Body]:
    """Parse the bodies of these modules.

    Raises:
        InputProblems: what is wrong in any of them.
    """
    bodies, problems = {}, []
    for name in modules:
        module = library.modules[name]
        bodies[name], found = parse_body(module.body, module.id, module.path, module.body_line)
        problems += found
    if problems:
        raise InputProblems(problems)
    return bodies


def build_workbook(
    source: Path | LoadedProfile,
    folders: Folders,
    order: Order,
    typesetter: Typesetter,
    progress: Progress = lambda done, of: None,
    taken: Container[Path] = (),
) -> Built:
    """Make one client's workbook and return where it lies.

    Args:
        source: the profile's file, or a profile that was read elsewhere.
        taken: PDFs that were made in the same run; two profiles with one id must not overwrite each other.

    Raises:
        InputProblems, Refused: as :func:`plan_workbook`; also a character that no font has, and an id that is taken.
        CannotWrite: the PDF could not be written; nothing is left behind.
        CannotTypeset: the engine failed.
    """
    stock = Stock(folders)
    planned = plan_workbook(source, folders, order, stock)
    target = (order.out or folders.build) / f"{planned[1].client.id}.pdf"
    if target in taken:
        hint = "give each client an id of their own"
        shown = source.path if isinstance(source, LoadedProfile) else str(source)
        raise InputProblems([Problem(shown, 0, 0, "WB113", "another profile has this id", "client.id", hint)])
    if not order.force:
        refuse_answers(target, order.password)  # before the work, so that the answer comes at once
    draft = draft_workbook(*planned, order, stock)
    pdf, pages = print_workbook(draft, typesetter, progress)
    deliver(pdf, target, order.password, order.force)
    return Built(target, pages, draft.notes)


def draft_workbook(plan: Plan, profile: Profile, library: Library, order: Order, stock: Stock) -> Draft:
    """Compose what was planned, up to the point where typesetting begins.

    Raises:
        InputProblems: what is wrong in a module or in the layout.
        CannotWrite: the practice's key is missing and cannot be made.
    """
    layout = stock.layout(order.layout)
    words = stock.words(profile.client.language, profile.client.country)
    bodies = stock.bodies(library, plan.module_ids)
    known = stock.known(order.layout, profile.client.language, profile.client.country)
    manuscript = compose_book(plan, profile, library, layout, bodies, words, order.today, known)
    paper = profile.preferences.paper
    number = book_number(stock.folders, profile.client.id)
    imprint = Imprint(words("My workbook"), library.practice.name, words.language, order.today, number)
    notes = (*plan.notes, *warn(library, profile, order.real_today))
    return Draft(profile.client.id, manuscript, stock.sheet(order.layout, paper), layout, paper, imprint, notes)


def print_workbook(
    draft: Draft, typesetter: Typesetter, progress: Progress = lambda done, of: None
) -> tuple[bytes, int]:
    """Typeset and bind a workbook; return its PDF and the number of its pages. Nothing is written.

    Raises:
        InputProblems: a character that no font has.
        CannotTypeset: the engine failed.
    """
    parts = typeset_book(draft.manuscript, draft.sheet, typesetter, progress)
    pdf = _bind(parts, draft.sheet, draft.layout, draft.paper, draft.imprint)
    return pdf, sum(fragment.pages for _, fragment in parts)


def typeset_book(
    manuscript: Manuscript, sheet: Sheet, typesetter: Typesetter, progress: Progress
) -> list[tuple[Section, Fragment]]:
    """Typeset all sections, those with page numbers last, until their own lengths no longer move the numbers.

    Raises:
        InputProblems: a character that no font has.
    """
    fragments = _typeset(typesetter, manuscript.fixed.values(), sheet, progress)
    lengths = {name: fragments[name].pages if name in fragments else 1 for name in manuscript.order}
    for _ in range(MAX_NUMBERINGS):
        numbered = manuscript.number(first_pages([(name, lengths[name]) for name in manuscript.order]))
        fragments |= _typeset(typesetter, numbered, sheet)
        settled = {name: fragments[name].pages for name in manuscript.order}
        if settled == lengths:
            break
        lengths = settled
    sections = {**manuscript.fixed, **{section.id: section for section in numbered}}
    return [(sections[name], fragments[name]) for name in manuscript.order]


def _typeset(
    typesetter: Typesetter, sections: Iterable[Section], sheet: Sheet, progress: Progress = lambda done, of: None
) -> dict[str, Fragment]:
    """Typeset sections; what is the input's fault becomes a problem of the input."""
    try:
        return typesetter.typeset(sections, sheet, progress)
    except TypesetProblem as problem:
        raise InputProblems([_explain(problem)]) from None


def _explain(problem: TypesetProblem) -> Problem:
    """A problem of typesetting in words for the one who wrote the input."""
    personal = {"page-cover": "client.name", "page-letter": "client.name, goals or letter"}
    where = personal.get(problem.section, problem.section)
    hint = "leave the character out" if problem.character else ""
    return Problem(where, 0, 0, "WB170", problem.message, hint=hint)


def build_sheet(
    modules: Sequence[str],
    folders: Folders,
    order: Order,
    typesetter: Typesetter,
    country: str | None,
    paper: str,
    target: Path,
) -> Built:
    """Make one or a few modules as a PDF to hand over now, with the safety page behind them when a country is named.

    Raises:
        InputProblems: an unknown module or country, or what is wrong in a module.
        CannotWrite, CannotTypeset: as :func:`build_workbook`.
    """
    library = read_library(folders, "en")
    unknown = [name for name in modules if name not in library.modules]
    if unknown:
        raise InputProblems(
            Problem(name, 0, 0, "WB111", "there is no such module", hint=did_you_mean(name, list(library.modules)))
            for name in unknown
        )
    if country is not None:
        _refuse_unknown_country(country, library)
    layout = read_layout(folders, order.layout)
    words = find_words("en", country or "")
    bodies = parse_bodies(library, modules)
    chosen = [library.modules[name] for name in dict.fromkeys(modules)]
    sections = compose_sheet(chosen, library, layout, bodies, words, order.today, country)
    sheet = make_sheet(layout, make_stylesheet(layout, paper))
    fragments = _typeset(typesetter, sections, sheet)
    parts = [(section, fragments[section.id]) for section in sections]
    title = words("My workbook")
    pdf = _bind(parts, sheet, layout, paper, Imprint(title, library.practice.name, words.language, order.today, ""))
    return _deliver(pdf, target, order, parts)


def build_atlas(
    folders: Folders,
    order: Order,
    typesetter: Typesetter,
    country: str | None,
    paper: str,
    target: Path,
    progress: Progress = lambda done, of: None,
) -> Built:
    """Make a book of the whole library, for the practice itself; page 2 has the crisis lines of ``country``.

    Without a country they are those of the US, or of the practice's first country when it has none for the US.

    Raises:
        InputProblems: an unknown country, or what is wrong in the library.
        CannotWrite, CannotTypeset: as :func:`build_workbook`.
    """
    if not order.force:
        refuse_answers(target, order.password)
    library = read_library(folders, "en")
    if country is None:
        known = sorted(library.crisis)
        country = known[0] if known and DEFAULT_COUNTRY not in known else DEFAULT_COUNTRY
    _refuse_unknown_country(country, library)
    layout = read_layout(folders, order.layout)
    words = find_words("en", country)
    manuscript = compose_atlas(library, layout, parse_bodies(library, library.modules), words, country, order.today)
    sheet = make_sheet(layout, make_stylesheet(layout, paper))
    parts = typeset_book(manuscript, sheet, typesetter, progress)
    title = words("The library")
    pdf = _bind(parts, sheet, layout, paper, Imprint(title, library.practice.name, words.language, order.today, ""))
    return _deliver(pdf, target, order, parts)


def _refuse_unknown_country(country: str, library: Library) -> None:
    if country not in library.crisis:
        known = ", ".join(sorted(library.crisis))
        raise InputProblems(
            [Problem("--country", 0, 0, "WB112", f"no crisis lines for {country}", hint=f"there are: {known}")]
        )


def _bind(
    parts: Sequence[tuple[Section, Fragment]], sheet: Sheet, layout: Layout, paper: str, imprint: Imprint
) -> bytes:
    faces: Mapping[str, Path] = {face.name: Path(face.path) for face in sheet.faces}
    texts = Texts(imprint.title, layout.values.name, imprint.number)
    return bind(parts, faces, furniture_style(layout, paper), texts, imprint)


def _deliver(
    pdf: bytes, target: Path, order: Order, parts: Sequence[tuple[Section, Fragment]], notes: Sequence[str] = ()
) -> Built:
    deliver(pdf, target, order.password, order.force)
    return Built(target, sum(fragment.pages for _, fragment in parts), tuple(notes))


def warn(library: Library, profile: Profile, today: date) -> list[str]:
    """Return what the practice needs to look after: crisis lines that nobody has checked, or not for long."""
    country = profile.client.country
    checked = library.crisis[country].checked
    if checked is None:
        return [f"Nobody of the practice has checked the crisis lines for {country} (content/crisis-lines.yaml)."]
    days = (today - checked).days
    if days > library.practice.crisis_days:
        return [f"The crisis lines for {country} were checked {days} days ago (content/crisis-lines.yaml)."]
    return []
