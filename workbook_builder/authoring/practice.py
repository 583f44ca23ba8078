"""A practice of one's own: its library, its layout, an example and a short README, in a folder that it may change."""

from __future__ import annotations

import contextlib
import shutil
import tempfile
from dataclasses import dataclass
from pathlib import Path

from workbook_builder.authoring.begin import fill
from workbook_builder.errors import CannotWrite
from workbook_builder.folders import shipped_folder
from workbook_builder.halves import PREFIX
from workbook_builder.profile import load_profile

EXAMPLE = "anxiety-five.yaml"
"""The example that goes along. Named, since profiles/ of a checkout may hold clients beside it."""
FOLDERS = ("content", "layouts")


@dataclass(frozen=True)
class Practice:
    """A practice that was begun: its folder, and the example to build first."""

    home: Path
    example: Path


def begin_practice(home: Path) -> Practice:
    """Put all that a practice needs into a folder, and return it: all of it, or nothing when something fails.

    Raises:
        CannotWrite: something of the same name stands there already, or the folder cannot be written.
    """
    names = (*FOLDERS, f"profiles/{EXAMPLE}", "README.md", ".gitignore")
    if in_the_way := [name for name in names if _is_in_the_way(home / name)]:
        raise CannotWrite(
            f"{home}: {_listed(in_the_way)} there already, and nothing is overwritten. "
            "Choose an empty folder, or move that away."
        )
    made = [folder for folder in (home, *home.parents) if not folder.exists()]
    placed: list[Path] = []
    try:
        home.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(dir=home, prefix=PREFIX) as stage:
            _fill_stage(Path(stage))
            for name in names:
                target = home / name
                if not target.parent.exists():
                    target.parent.mkdir()
                    placed.append(target.parent)
                (Path(stage) / name).rename(target)  # also over an empty folder
                placed.append(target)
    except (OSError, shutil.Error) as error:
        for path in reversed(placed):
            _remove(path)
        for folder in made:
            with contextlib.suppress(OSError):
                folder.rmdir()
        reason = getattr(error, "strerror", None) or "not all could be copied"
        raise CannotWrite(f"{home}: could not be written ({reason}). Nothing was left behind.") from None
    return Practice(home, home / "profiles" / EXAMPLE)


def _is_in_the_way(path: Path) -> bool:
    """Whether something stands here that is not an empty folder. A library is never mixed with another one."""
    if path.is_dir() and not path.is_symlink() and path.name in FOLDERS:
        return any(path.iterdir())
    return path.exists() or path.is_symlink() or any(part.is_file() for part in path.parents)


def _listed(names: list[str]) -> str:
    return f"{', '.join(names)} {'stand' if len(names) > 1 else 'stands'}"


def _fill_stage(stage: Path) -> None:
    """Copy and write everything into a folder beside its place, so that it can be moved in at once."""
    shipped = shipped_folder()
    for name in FOLDERS:
        for source in sorted(path for path in (shipped / name).rglob("*") if path.is_file()):
            inside = source.relative_to(shipped)
            if not any(part.startswith(".") or part == "__pycache__" for part in inside.parts):
                (stage / inside).parent.mkdir(parents=True, exist_ok=True)
                shutil.copyfile(source, stage / inside)
    example = stage / "profiles" / EXAMPLE
    example.parent.mkdir()
    shutil.copyfile(shipped / "profiles" / EXAMPLE, example)
    words = {"example": EXAMPLE, "client": load_profile(example).client.id}
    (stage / "README.md").write_text(fill("README.md", words), encoding="utf-8")
    (stage / ".gitignore").write_text(fill("gitignore", words), encoding="utf-8")


def _remove(path: Path) -> None:
    if path.is_dir():
        shutil.rmtree(path, ignore_errors=True)
    else:
        path.unlink(missing_ok=True)
