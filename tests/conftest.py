"""What all tests share: the example books and a small stable one, each built once in a run, and the command line."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import nullcontext
from dataclasses import replace
from functools import cache as once
from pathlib import Path

import pytest
from support import DAY, EXAMPLES, KEY, ROOT, Book, Ran, copy_tiny, take_apart, tiny_plan

from workbook_builder import cli, typeset
from workbook_builder.bind import Imprint, Texts, bind
from workbook_builder.book import Fragment, Section
from workbook_builder.compose import compose_atlas, find_words, make_stylesheet
from workbook_builder.folders import Folders, find_folders
from workbook_builder.furnish import make_sheet
from workbook_builder.layout import Layout
from workbook_builder.pipeline import Order, build_workbook, parse_bodies, plan_workbook, read_layout, read_library
from workbook_builder.profile import load_profile
from workbook_builder.typeset import Cache, Typesetter
from workbook_builder.vocabulary import STANDARD

if str(ROOT) not in sys.path:  # for benchmarks, wherever pytest was started
    sys.path.insert(0, str(ROOT))


def pytest_addoption(parser: pytest.Parser) -> None:
    """Add the option that writes golden files anew."""
    parser.addoption("--update-golden", action="store_true", help="write the golden files anew, and compare nothing")


@pytest.fixture
def update_golden(request: pytest.FixtureRequest) -> bool:
    """Whether golden files are to be written instead of compared with."""
    return bool(request.config.getoption("--update-golden"))


@pytest.fixture(scope="session", autouse=True)
def fragment_cache(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """A cache folder for this run, so that the user's own is never touched; all workers of the run share it."""
    base = tmp_path_factory.getbasetemp()
    folder = (base.parent if "PYTEST_XDIST_WORKER" in os.environ else base) / "cache"
    folder.mkdir(exist_ok=True)
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("WORKBOOK_CACHE", str(folder))
        yield folder


@pytest.fixture(scope="session")
def typesetter(fragment_cache: Path) -> Iterator[Typesetter]:
    """One typesetter for all tests that do not harm it."""
    with Typesetter(Cache(fragment_cache)) as one:
        yield one


@pytest.fixture(scope="session")
def practice(tmp_path_factory: pytest.TempPathFactory) -> Folders:
    """A practice that has nothing of its own but a key: all comes from the shipped library."""
    home = tmp_path_factory.mktemp("practice")
    (home / ".workbook-key").write_text(KEY, encoding="ascii")
    return find_folders(home)


@pytest.fixture(scope="session")
def layout(practice: Folders) -> Layout:
    """The default layout."""
    return read_layout(practice, "restartt")


@pytest.fixture(scope="session")
def parts_in(
    practice: Folders, typesetter: Typesetter, fragment_cache: Path
) -> Callable[[str], list[tuple[Section, Fragment]]]:
    """Return a function that gives the library in an edition: every module and the pages around them, as the atlas has
    them, typeset by two at once and only once in a run."""

    @once
    def parts(edition: str) -> list[tuple[Section, Fragment]]:
        layout, library = read_layout(practice, "restartt", edition), read_library(practice, "en")
        bodies, words = parse_bodies(library, library.modules), find_words("en", "US")
        sections = list(compose_atlas(library, layout, bodies, words, "US", DAY).fixed.values())
        sheet = make_sheet(layout, make_stylesheet(layout, "letter"))
        with Typesetter(Cache(fragment_cache)) as other, ThreadPoolExecutor(2) as pool:
            halves = pool.map(
                lambda one, part: one.typeset(part, sheet), (typesetter, other), (sections[::2], sections[1::2])
            )
        fragments = {id_: fragment for half in halves for id_, fragment in half.items()}
        return [(section, fragments[section.id]) for section in sections]

    return parts


@pytest.fixture(scope="session")
def library_parts(parts_in: Callable[[str], list[tuple[Section, Fragment]]]) -> list[tuple[Section, Fragment]]:
    """The library in the standard edition."""
    return parts_in(STANDARD)


@pytest.fixture(scope="session")
def built_example(practice: Folders, typesetter: Typesetter) -> Callable[[str], Book]:
    """Return a function that builds a shipped example, once in a run."""

    @once
    def built(name: str) -> Book:
        path = ROOT / "profiles" / f"{name}.yaml"
        order = Order(DAY, DAY, force=True)
        target = build_workbook(path, practice, order, typesetter).path
        plan, profile, library = plan_workbook(path, practice, order)
        return take_apart(target, target.read_bytes(), profile, plan, library, practice, typesetter)

    return built


@pytest.fixture(params=EXAMPLES)
def example(request: pytest.FixtureRequest, built_example: Callable[[str], Book]) -> Book:
    """Each shipped example in turn."""
    return built_example(request.param)


@pytest.fixture(scope="session")
def tiny_in(tmp_path_factory: pytest.TempPathFactory, typesetter: Typesetter) -> Callable[[str], Book]:
    """Return a function that gives a small book of made-up modules in an edition. It stays the same when the shipped
    content or the rules change."""

    @once
    def tiny(edition: str) -> Book:
        return bind_tiny(copy_tiny(tmp_path_factory.mktemp("tiny")), typesetter, "restartt", "restartt", edition)

    return tiny


@pytest.fixture(scope="session")
def tiny(tiny_in: Callable[[str], Book]) -> Book:
    """The small book in the standard edition."""
    return tiny_in(STANDARD)


@pytest.fixture(scope="session")
def tiny_plain(tmp_path_factory: pytest.TempPathFactory, typesetter: Typesetter) -> Book:
    """The same small book in the layout for grey printers."""
    return bind_tiny(copy_tiny(tmp_path_factory.mktemp("tiny-plain")), typesetter, "plain", "")


def bind_tiny(home: Path, typesetter: Typesetter, layout: str, brand: str, edition: str = STANDARD) -> Book:
    """Bind the small book of the practice at ``home`` in a layout."""
    folders = find_folders(home)
    profile = load_profile(home / "profile.yaml")
    library = read_library(folders, "en")
    plan = tiny_plan(library)
    book = take_apart(home / "tiny.pdf", b"", profile, plan, library, folders, typesetter, layout, edition)
    faces = {face.name: Path(face.path) for face in book.sheet.faces}
    imprint = Imprint("My workbook", library.practice.name, "en", DAY, "2222-3333-4444")
    pdf = bind(book.parts, faces, book.style, Texts("My workbook", brand, imprint.number), imprint)
    book.path.write_bytes(pdf)
    return replace(book, pdf=pdf)


@pytest.fixture
def tiny_home(tmp_path: Path) -> Path:
    """A practice with the small book's profile and modules, to be changed by a test."""
    return copy_tiny(tmp_path / "practice")


@pytest.fixture
def workbook(capfd: pytest.CaptureFixture[str]) -> Callable[..., Ran]:
    """The command line, run in this process; what the child process says is caught as well."""

    def run(*arguments: object) -> Ran:
        capfd.readouterr()
        code = cli.run([str(argument) for argument in arguments])
        out, err = capfd.readouterr()
        return Ran(int(code), out, err)

    return run


@pytest.fixture
def quick_workbook(
    workbook: Callable[..., Ran], typesetter: Typesetter, monkeypatch: pytest.MonkeyPatch
) -> Callable[..., Ran]:
    """The command line with this run's one typesetter: a command does not wait for an engine of its own."""
    monkeypatch.setattr(typeset, "Typesetter", lambda: nullcontext(typesetter))
    return workbook
