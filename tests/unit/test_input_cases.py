"""Wrong input, one folder for each kind: tests/cases/input/<name>/in holds the file, golden/stderr.txt what is said."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
import yaml

from workbook_builder import library, profile, source
from workbook_builder.errors import InputProblems, Problem
from workbook_builder.library.reading import TABLES
from workbook_builder.source import load, nodes, read_text

CASES = sorted(case for case in (Path(__file__).parents[1] / "cases" / "input").iterdir() if case.is_dir())
LOADERS = {loader.__name__: loader for loader in (nodes.Loader, yaml.SafeLoader)}
CODES = {**source.CODES, **profile.CODES, **library.CODES}
# Personal words that stand in the cases, and in no message.
PERSONAL = ("Quillon", "Zephyrine", "brother", "kindly")


def problems_of(folder: Path) -> list[Problem]:
    """Read the one file of a case's folder as what its name says."""
    path = next(file for file in sorted(folder.rglob("*")) if file.is_file())
    shown = path.relative_to(folder)
    if path.name == "profile.yaml":
        return list(profile.read_profile(shown).problems)
    if path.suffix == ".md":
        return sorted(library.load_module(shown, "en")[1])
    try:
        return load(TABLES[path.stem], read_text(shown), str(shown))[2]
    except InputProblems as error:
        return list(error.problems)


@pytest.mark.parametrize("loader", LOADERS.values(), ids=LOADERS)
@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_wrong_input(case: Path, loader: type, update_golden: bool, monkeypatch: pytest.MonkeyPatch) -> None:
    """Each kind of wrong input is told with its place, and with either loader in the same words."""
    monkeypatch.setattr(nodes, "Loader", loader)
    monkeypatch.chdir(case / "in")
    problems = problems_of(Path.cwd())
    told = "".join(f"{problem.code} {problem}\n" for problem in problems) or "nothing is wrong\n"
    golden = case / "golden" / "stderr.txt"
    if update_golden:
        golden.parent.mkdir(exist_ok=True)
        golden.write_text(told, encoding="utf-8")
    assert golden.read_text(encoding="utf-8") == told
    assert {problem.code for problem in problems} <= CODES.keys()
    assert not [word for word in PERSONAL if word.lower() in told.lower()]


def test_there_are_cases() -> None:
    """The loop above has found its cases, and each holds one input and one golden file."""
    assert len(CASES) > 60
    for case in CASES:
        files = sorted(file.relative_to(case).parts[0] for file in case.rglob("*") if file.is_file())
        assert files == ["golden", "in"], case.name


def test_codes_are_permanent() -> None:
    """No two meanings share a code, and every code is of one form."""
    tables = (source.CODES, profile.CODES, library.CODES)
    assert len(CODES) == sum(map(len, tables))
    assert all(re.fullmatch(r"WB[1-9]\d\d", code) for code in CODES)
