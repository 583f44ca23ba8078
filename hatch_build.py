"""Build hook: puts the static font faces into the package.

WeasyPrint instances a variable font anew for every document, which triples the time of typesetting small fragments.
So the faces are made once, when the package is built or installed for development, never in a user's build.
"""

from __future__ import annotations

import importlib
import shutil
from pathlib import Path
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface

FONTS = Path(__file__).parent / "workbook_builder" / "fonts"

# file in the package → (package, source file, axes); axes None: the source is static and only copied.
# Optical sizes: 14 pt is the lead's size, 24 pt lies between second-level and first-level headings.
FACES: dict[str, tuple[str, str, dict[str, float] | None]] = {
    "AtkinsonHyperlegible-Regular.ttf": ("fontpkg_atkinson_hyperlegible", "AtkinsonHyperlegible-Regular.ttf", None),
    "AtkinsonHyperlegible-Bold.ttf": ("fontpkg_atkinson_hyperlegible", "AtkinsonHyperlegible-Bold.ttf", None),
    "Literata-Regular.ttf": ("fontpkg_literata", "Literata[opsz,wght].ttf", {"opsz": 14, "wght": 400}),
    "Literata-SemiBold.ttf": ("fontpkg_literata", "Literata[opsz,wght].ttf", {"opsz": 24, "wght": 600}),
}
LICENSES = {
    "LICENSE-AtkinsonHyperlegible.txt": "fontpkg_atkinson_hyperlegible",
    "LICENSE-Literata.txt": "fontpkg_literata",
}


def make_faces(folder: Path = FONTS) -> list[Path]:
    """Write every face and licence that is missing into ``folder``; return what was written."""
    folder.mkdir(exist_ok=True)
    written = []
    for name, (package, source, axes) in FACES.items():
        target = folder / name
        if target.exists():
            continue
        origin = _folder(package) / "files" / source
        half = target.with_suffix(".part")
        if axes is None:
            shutil.copyfile(origin, half)
        else:
            _instance(origin, half, axes)
        half.replace(target)
        written.append(target)
    for name, package in LICENSES.items():
        shutil.copyfile(_folder(package) / "LICENSE", folder / name)
    return written


def _folder(package: str) -> Path:
    return Path(str(importlib.import_module(package).__file__)).parent


def _instance(origin: Path, target: Path, axes: dict[str, float]) -> None:
    from fontTools.ttLib import TTFont
    from fontTools.varLib.instancer import instantiateVariableFont

    # recalcTimestamp: the same bytes on every machine, since the fonts' digests are part of the cache key.
    font = TTFont(origin, recalcTimestamp=False)
    instantiateVariableFont(font, axes, inplace=True, static=True)
    font.save(target)


class FontsHook(BuildHookInterface):  # type: ignore[type-arg]
    """Runs before a wheel, an sdist or a development install is made."""

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        """Make the faces that are missing."""
        make_faces()
