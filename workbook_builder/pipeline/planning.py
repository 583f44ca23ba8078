"""The first half of the way: a profile is read, judged and planned."""

from __future__ import annotations

from pathlib import Path

from workbook_builder.errors import InputProblems, Problem, Refused
from workbook_builder.folders import Folders
from workbook_builder.library import Library
from workbook_builder.plan import check_clearance, check_orders, continue_plan
from workbook_builder.profile import LoadedProfile, Profile, read_profile
from workbook_builder.since import read_earlier

from .order import Order, Planned
from .stock import Stock

__all__ = ["Planned", "plan_workbook", "refuse_unknown_country"]


def plan_workbook(source: Path | LoadedProfile, folders: Folders, order: Order, stock: Stock | None = None) -> Planned:
    """Plan the workbook of a profile: of a file, or of one that was read elsewhere (a row of a spreadsheet).

    ``stock`` spares reading what an earlier client has needed as well.

    Raises:
        InputProblems: all that is wrong in the profile, in the library, or in what the last book was made by.
        Refused: no workbook may be made for this client now.
    """
    loaded = source if isinstance(source, LoadedProfile) else read_profile(source)
    profile = loaded.profile
    language = profile.client.language if profile else "en"
    _refuse_unknown_language(language, loaded, folders)
    stock = stock or Stock(folders)
    library = stock.library(language)
    problems = [*loaded.problems, *(check_orders(loaded, library) if profile else ())]
    if problems and not loaded.lacks_only_clearance:
        raise InputProblems(problems)
    if profile is None:
        raise Refused("\n".join(str(problem) for problem in problems))
    _refuse_by_judgement(loaded, profile, library, order)
    if order.since is None:
        return stock.plan(profile, library, order.today), profile, library
    earlier = read_earlier(order.since, profile, loaded.path, library)
    return continue_plan(profile, library, order.today, earlier), profile, library


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


def refuse_unknown_country(country: str, library: Library) -> None:
    """Raise InputProblems for a country whose crisis lines the practice does not have."""
    if country not in library.crisis:
        known = ", ".join(sorted(library.crisis))
        raise InputProblems(
            [Problem("--country", 0, 0, "WB112", f"no crisis lines for {country}", hint=f"there are: {known}")]
        )
