"""What git, pip and the wheel are told about this project: the lock, the lists of examples, the targets of make."""

from __future__ import annotations

import re
import subprocess
import tomllib
from importlib.metadata import metadata
from pathlib import Path

import pytest
import yaml
from packaging.requirements import Requirement
from packaging.specifiers import SpecifierSet
from packaging.utils import canonicalize_name

ROOT = Path(__file__).parents[2]
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
LOCK = (ROOT / "requirements.lock").read_text(encoding="utf-8")
LOCKED = dict(re.findall(r"^([a-z0-9.-]+)==(\S+) \\$", LOCK, re.MULTILINE))
OLDEST_PYTHON = "3.11.0"


def shipped_examples() -> set[str]:
    """Return the examples that pyproject.toml puts into the wheel."""
    included = PROJECT["tool"]["hatch"]["build"]["targets"]["wheel"]["only-include"]
    return {path for path in included if path.startswith("profiles/")}


def tracked_examples() -> set[str]:
    """Return the examples that .gitignore leaves to git."""
    lines = (ROOT / ".gitignore").read_text(encoding="utf-8").splitlines()
    return {line.removeprefix("!/") for line in lines if line.startswith("!/profiles/")}


def test_examples_are_the_same_for_git_and_for_the_wheel() -> None:
    """.gitignore and pyproject.toml name the same examples, each of which is there and fictional."""
    assert tracked_examples() == shipped_examples()
    assert shipped_examples()
    for path in shipped_examples():
        assert yaml.safe_load((ROOT / path).read_text(encoding="utf-8"))["fictional"] is True, path


def test_no_example_is_forgotten() -> None:
    """A fictional profile in profiles/ is in both lists: name it there, or keep it in another folder."""
    for path in (ROOT / "profiles").glob("*.yaml"):
        if re.search(r"^fictional: *true\b", path.read_text(encoding="utf-8"), re.MULTILINE):
            assert path.relative_to(ROOT).as_posix() in tracked_examples()


@pytest.mark.parametrize(
    "path",
    [
        "profiles/r7k1-2026.yaml",
        "profiles/group/a.yaml",
        "profiles/clients.csv",
        "intake.xlsx",
        "intake/november.csv",
        "build/r7k1-2026.pdf",
        ".workbook-key",
    ],
)
def test_clients_are_ignored_by_git(path: str, tmp_path: Path) -> None:
    """A client's profile, workbook and the practice's key are never picked up by `git add`."""
    assert is_ignored(path, tmp_path)


def test_examples_and_licences_are_not_ignored_by_git(tmp_path: Path) -> None:
    """What the project ships is tracked."""
    for path in (*shipped_examples(), "build/.gitkeep", "workbook_builder/fonts/LICENSE-Literata.txt"):
        assert not is_ignored(path, tmp_path)


def is_ignored(path: str, folder: Path) -> bool:
    """Ask git whether our .gitignore, in a repository of its own in ``folder``, ignores a path."""
    subprocess.run(["git", "init", "--quiet", str(folder)], check=True)
    (folder / ".gitignore").write_bytes((ROOT / ".gitignore").read_bytes())
    return subprocess.run(["git", "-C", str(folder), "check-ignore", "--quiet", path], check=False).returncode == 0


def test_lock_names_no_place() -> None:
    """No registry, folder or host stands in the lock: pip takes them from the machine's own configuration."""
    assert not re.search(r"://|^ *-|--(index-url|extra-index-url|find-links|trusted-host)|/(home|root|tmp|work)/", LOCK)


def test_lock_pins_everything_by_hash() -> None:
    """Each package has one exact version and at least one SHA-256."""
    entries = re.findall(r"^(\S+==\S+) \\\n((?:    --hash=sha256:[0-9a-f]{64}(?: \\)?\n)+)", LOCK, re.MULTILINE)
    assert len(entries) == len(LOCKED) > 40
    unpinned = [line for line in LOCK.splitlines() if line and line[0] not in "# " and "==" not in line]
    assert unpinned == []


def test_lock_agrees_with_the_project() -> None:
    """Every requirement of pyproject.toml is in the lock, in a version that it allows. If not: make lock."""
    project = PROJECT["project"]
    wanted = [*project["dependencies"], *project["optional-dependencies"]["dev"], *PROJECT["build-system"]["requires"]]
    for requirement in map(Requirement, wanted):
        assert LOCKED[canonicalize_name(requirement.name)] in requirement.specifier, requirement


def test_lock_suits_the_oldest_python() -> None:
    """No locked package asks for a later 3.11 than the first: Debian 12 has 3.11.2, and pip finds nothing there."""
    assert SpecifierSet(PROJECT["project"]["requires-python"]).contains(OLDEST_PYTHON)
    for name in LOCKED:
        assert OLDEST_PYTHON in SpecifierSet(",".join(metadata(name).get_all("Requires-Python") or [])), name


def test_make_help_names_every_target() -> None:
    """`make help` lists the targets that people call, and each of them is there."""
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
    told = re.findall(r"^([a-z]+):.*## ", makefile, re.MULTILINE)
    assert set(told) == {"help", "setup", "workbook", "test", "check", "messages", "bench", "lock", "clean"}


def test_first_example_of_make_workbook_is_shipped() -> None:
    """The example that `make workbook` builds is one of those that are tracked."""
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
    found = re.search(r"^EXAMPLE = (\S+)$", makefile, re.MULTILINE)
    assert found and found[1] in shipped_examples()


def test_changelog_has_a_place_for_what_comes_next() -> None:
    """The changelog opens with the unreleased changes."""
    headings = re.findall(r"^## (.*)$", (ROOT / "CHANGELOG.md").read_text(encoding="utf-8"), re.MULTILINE)
    assert headings[0] == "[Unreleased]"
