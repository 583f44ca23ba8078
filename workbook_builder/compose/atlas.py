"""The atlas: a book of the whole library, for the practice itself. Pure, like all composing."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import date
from typing import Any, get_args

from workbook_builder.book import Kind, Section
from workbook_builder.compose.environment import link
from workbook_builder.compose.manuscript import Manuscript
from workbook_builder.compose.pages import Pages, edition_of
from workbook_builder.compose.words import Words
from workbook_builder.layout import Layout
from workbook_builder.library import Library, Module
from workbook_builder.markup import Body
from workbook_builder.vocabulary import PHASES

CONTENTS = "page-contents"
Parts = Mapping[Kind, Sequence[Module]]


def compose_atlas(
    library: Library, layout: Layout, bodies: Mapping[str, Body], words: Words, country: str, today: date
) -> Manuscript:
    """Compose a book of all modules: cover, safety page, contents, and a part for each kind.

    Args:
        bodies: the parsed body of every module.
        country: whose crisis lines stand on page 2, as in every workbook.
        today: the day whose month the cover names.
    """
    titles = {module.id: module.title for module in library.modules.values()}
    pages = Pages(layout, words, titles, library.figures)
    parts = {kind: in_reading_order(m for m in library.modules.values() if m.kind == kind) for kind in get_args(Kind)}
    parts = {kind: modules for kind, modules in parts.items() if modules}
    fixed = [_cover(pages, library, words, today), pages.safety(library.crisis[country], library.practice)]
    for kind, modules in parts.items():
        fixed.append(_part(pages, kind, modules, words))
        fixed += [pages.module(module, bodies[module.id], edition_of(module, library)) for module in modules]
    ids = [section.id for section in fixed]

    def number(first_pages: Mapping[str, int]) -> tuple[Section, ...]:
        entries = _entries(fixed, library.modules, first_pages)
        return (pages.section("contents", CONTENTS, words("Contents"), entries=entries),)

    return Manuscript((*ids[:2], CONTENTS, *ids[2:]), {section.id: section for section in fixed}, number)


def in_reading_order(modules: Iterable[Module]) -> list[Module]:
    """Return modules by phase; within one, each stands after those of them that it builds on."""
    by_id = {module.id: module for module in modules}

    def depth(module: Module, above: frozenset[str] = frozenset()) -> int:
        # A circle of prerequisites is a finding of its own and must not end in an endless one here.
        needs = [by_id[id_] for id_ in module.requires if id_ in by_id and id_ not in above]
        return max((1 + depth(need, above | {module.id}) for need in needs), default=0)

    return sorted(by_id.values(), key=lambda module: (PHASES.index(module.phase), depth(module), module.id))


def _cover(pages: Pages, library: Library, say: Words, today: date) -> Section:
    modules = library.modules.values()
    return pages.section(
        "atlas-cover", "page-cover", "", book_title=say("The library"), practice=library.practice.name,
        month=say.month(today), plain_cover=False, unsigned=_unsigned(modules),
        modules=_count(modules, say),
    )  # fmt: skip


def _part(pages: Pages, kind: Kind, modules: Sequence[Module], say: Words) -> Section:
    """The page before the modules of a kind: how many there are, and how long they take, by phase."""
    titles = {
        "psychoeducation": say("Psychoeducation"),
        "worksheet": say("Worksheets"),
        "reading": say("Reading assignments"),
        "video": say("Video reminders"),
        "journal": say("Journals"),
    }
    phases = {
        "orientation": say("orientation"),
        "psychoeducation": say("psychoeducation"),
        "disputing": say("disputing"),
        "practising": say("practicing"),
        "consolidating": say("consolidating"),
        "any": say("at any time"),
    }
    rows = [(name, [m for m in modules if m.phase == phase]) for phase, name in phases.items()]
    rows = [*((name, chosen) for name, chosen in rows if chosen), (say("in all"), list(modules))]
    minutes = say.count("%(count)s minute in all", "%(count)s minutes in all", sum(m.minutes for m in modules))
    id_ = f"part-{kind}"
    return pages.section(
        "part", id_, titles[kind], id=id_, kind=kind,
        lead=say("%(modules)s, %(minutes)s.") % {"modules": _count(modules, say), "minutes": minutes},
        rows=[{"name": name, **_sums(chosen)} for name, chosen in rows],
    )  # fmt: skip


def _sums(modules: Sequence[Module]) -> dict[str, int]:
    return {
        "modules": len(modules),
        "minutes": sum(module.minutes for module in modules),
        "waiting": sum(module.review for module in modules),
        "unsigned": _unsigned(modules),
    }


def _count(modules: Collection[Module], say: Words) -> str:
    return say.count("%(count)s module", "%(count)s modules", len(modules))


def _unsigned(modules: Iterable[Module]) -> int:
    return sum(module.status == "draft" for module in modules)


def _entries(
    sections: Iterable[Section], modules: Mapping[str, Module], first_pages: Mapping[str, int]
) -> list[dict[str, Any]]:
    """What the contents list: the parts, and below each its modules."""
    entries = []
    for section in sections:
        module = modules.get(section.id)
        if section.title:
            entries.append(
                {
                    "link": link(section.id, section.title),
                    "page": first_pages[section.id],
                    "level": 2 if module else 1,
                    "kind": module.kind if module else None,
                }
            )
    return entries
