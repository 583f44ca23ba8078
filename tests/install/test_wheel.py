"""The wheel by itself: what is in it, and that a practice can work with nothing else.

The second half asks pip's registry for the run-time packages. Without one: ``make test ARGS="--ignore tests/install"``.
"""

from __future__ import annotations

import hashlib
import os
import shutil
import subprocess
import sys
import tarfile
import tomllib
import zipfile
from pathlib import Path, PurePosixPath

import pikepdf
import pytest

ROOT = Path(__file__).parents[2]
SOURCES = (
    *("workbook_builder", "content", "layouts", "profiles", "pyproject.toml", "hatch_build.py"),
    *("README.md", "LICENSE", "CHANGELOG.md", ".gitignore"),
)
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
EXAMPLES = {
    Path(path).name
    for path in PROJECT["tool"]["hatch"]["build"]["targets"]["wheel"]["only-include"]
    if path.startswith("profiles/")
}
EXAMPLE = "anxiety-five.yaml"
A_CLIENT = "zz99-a-client.yaml"


def run(*command: str | Path, **options: object) -> None:
    """Run a command; when it fails, the test's report shows what it said."""
    done = subprocess.run([str(word) for word in command], capture_output=True, text=True, check=False, **options)  # type: ignore[call-overload]
    assert done.returncode == 0, f"{command}\n{done.stdout}\n{done.stderr}"


def files_in(folder: Path) -> list[Path]:
    """Return the files of a folder, without what Python and desktops leave behind."""
    return [
        path
        for path in folder.rglob("*")
        if path.is_file() and not path.name.startswith(".") and path.suffix not in (".pyc", ".part")
    ]


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """The wheel and the sdist, made of a copy in which a client's profile lies beside the examples."""
    copy = tmp_path_factory.mktemp("a practice")
    for name in SOURCES:
        if (ROOT / name).is_dir():
            shutil.copytree(ROOT / name, copy / name, ignore=shutil.ignore_patterns("__pycache__"))
        else:
            shutil.copyfile(ROOT / name, copy / name)
    (copy / "profiles" / A_CLIENT).write_text("client: {name: Nobody}\n", encoding="utf-8")
    run(sys.executable, "-m", "build", "--no-isolation", "--wheel", "--sdist", "--outdir", copy / "dist", copy)
    (wheel,) = (copy / "dist").glob("*.whl")
    (sdist,) = (copy / "dist").glob("*.tar.gz")
    return {"wheel": wheel, "sdist": sdist}


@pytest.fixture(scope="module")
def names(built: dict[str, Path]) -> set[str]:
    """The paths of the files in the wheel."""
    with zipfile.ZipFile(built["wheel"]) as wheel:
        return set(wheel.namelist())


@pytest.fixture(scope="module")
def installed(built: dict[str, Path], tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An environment with the wheel and the locked run-time packages alone; returns its ``bin``."""
    folder = tmp_path_factory.mktemp("installed")
    digest = hashlib.sha256(built["wheel"].read_bytes()).hexdigest()
    wanted = folder / "wanted.txt"
    wanted.write_text(f"workbook-builder @ {built['wheel'].as_uri()} --hash=sha256:{digest}\n", encoding="utf-8")
    # pip of this environment installs into the other one, which needs none of its own: that saves seconds.
    run(sys.executable, "-m", "venv", "--without-pip", folder / "venv")
    pip = (sys.executable, "-m", "pip", "--python", folder / "venv" / "bin" / "python")
    run(*pip, "install", "--no-compile", "--require-hashes", "-r", wanted, "-c", ROOT / "requirements.lock")
    run(*pip, "check")
    return folder / "venv" / "bin"


@pytest.mark.parametrize("folder", ["content", "layouts"])
def test_shipped_library_is_whole(names: set[str], folder: str) -> None:
    """Every file of content and layouts is in the wheel."""
    files = files_in(ROOT / folder)
    assert files
    assert {f"workbook_builder/shipped/{path.relative_to(ROOT).as_posix()}" for path in files} <= names


def test_fonts_and_licences_are_in_the_wheel(names: set[str]) -> None:
    """Four faces, with the licence of each family beside them and among the package's licences."""
    faces = {name for name in names if name.startswith("workbook_builder/fonts/") and name.endswith(".ttf")}
    assert len(faces) == 4
    for licence in ("LICENSE-AtkinsonHyperlegible.txt", "LICENSE-Literata.txt"):
        assert f"workbook_builder/fonts/{licence}" in names
        assert any(name.endswith(f".dist-info/licenses/workbook_builder/fonts/{licence}") for name in names)
    assert any(name.endswith(".dist-info/licenses/LICENSE") for name in names)


def test_modules_and_data_of_the_package_are_in_the_wheel(names: set[str]) -> None:
    """All of the package is in the wheel: a table that was left out is missed late, on another machine."""
    assert files_in(ROOT / "workbook_builder")
    assert {path.relative_to(ROOT).as_posix() for path in files_in(ROOT / "workbook_builder")} <= names


def test_no_client_is_in_the_wheel(names: set[str]) -> None:
    """Of profiles/ the wheel holds the named examples, and nothing that a practice has put beside them."""
    prefix = "workbook_builder/shipped/profiles/"
    assert {name.removeprefix(prefix) for name in names if name.startswith(prefix)} == EXAMPLES
    assert not [name for name in names if A_CLIENT in name]


def test_no_client_is_in_the_sdist(built: dict[str, Path]) -> None:
    """The sdist leaves a client's profile out too, and has what the wheel is made of."""
    with tarfile.open(built["sdist"]) as sdist:
        paths = [PurePosixPath(name) for name in sdist.getnames()]
    assert {path.name for path in paths if path.parent.name == "profiles"} == EXAMPLES
    assert "hatch_build.py" in {path.name for path in paths}


def test_wheel_holds_no_tests_and_no_tools(names: set[str]) -> None:
    """Nothing lies outside the package and its metadata."""
    assert {name.split("/")[0] for name in names if ".dist-info" not in name} == {"workbook_builder"}


def test_every_module_finds_its_packages(installed: Path, tmp_path: Path) -> None:
    """Each module can be imported with the run-time packages alone: none leans on a tool that only developers have."""
    code = """
import importlib, pkgutil, workbook_builder
for module in pkgutil.walk_packages(workbook_builder.__path__, "workbook_builder."):
    if not module.name.endswith("__main__"):
        importlib.import_module(module.name)
"""
    run(installed / "python", "-I", "-c", code, cwd=tmp_path)


def test_workbook_is_built_from_an_empty_folder(installed: Path, tmp_path: Path) -> None:
    """The wheel alone makes a workbook of the example in ./build, and writes only the practice's key beside it."""
    (example,) = installed.parent.glob(f"lib/python*/site-packages/workbook_builder/shipped/profiles/{EXAMPLE}")
    practice = tmp_path / "practice"
    practice.mkdir()
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("PYTHON", "WORKBOOK_"))}
    home = {"HOME": str(tmp_path / "home"), "XDG_CACHE_HOME": str(tmp_path / "home" / "cache")}
    run(installed / "workbook", "build", example, cwd=practice, env={**kept, **home})
    written = {path.relative_to(practice).as_posix() for path in practice.rglob("*") if path.is_file()}
    (book,) = written - {".workbook-key"}
    assert book.startswith("build/") and book.endswith(".pdf")
    with pikepdf.open(practice / book) as pdf:
        assert len(pdf.pages) >= 25
