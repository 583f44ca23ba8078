"""How modules hang together: what they build on, and how a plan comes to them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import get_args

from workbook_builder.errors import did_you_mean
from workbook_builder.library import Module, Rules
from workbook_builder.library.rules import Entry, ListName

from .codes import NOTHING_LEADS_HERE, PREREQUISITE_MISSING, PREREQUISITES_CIRCULAR, RULE_WITHOUT_MODULE
from .findings import Finding, found
from .subject import Edition, Subject

Where = tuple[str | int, ...]


def check_prerequisites(subject: Subject) -> Iterator[Finding]:
    """What a module builds on is in the library, and does not build on it in turn."""
    for edition in subject.editions:
        yield from _missing(edition)
        yield from _circles(edition)


def _missing(edition: Edition) -> Iterator[Finding]:
    for page in edition.pages.values():
        for n, id_ in enumerate(page.module.requires):
            if id_ not in edition.known:
                message = f'builds on "{id_}", and there is no such module'
                hint = did_you_mean(id_, sorted(edition.known)) or "write the module, or take it out of requires"
                yield found(PREREQUISITE_MISSING, page.path, page.at("requires", n), message, hint)


def _circles(edition: Edition) -> Iterator[Finding]:
    modules = edition.modules
    told: set[str] = set()
    for id_ in modules:
        circle = _circle_from(id_, modules)
        if circle and not told & set(circle):
            told |= set(circle)
            page = edition.pages[id_]
            message = f"builds on itself: {' needs '.join([*circle, id_])}"
            yield found(PREREQUISITES_CIRCULAR, page.path, page.at("requires"), message, "take out one of these")


def _circle_from(start: str, modules: Mapping[str, Module]) -> list[str]:
    """Return a way from a module back to itself, or nothing."""
    ways = [[start]]
    seen = {start}
    while ways:
        way = ways.pop(0)
        for need in modules[way[-1]].requires:
            if need == start:
                return way
            if need in modules and need not in seen:
                seen.add(need)
                ways.append([*way, need])
    return []


def check_reach(subject: Subject) -> Iterator[Finding]:
    """Each module can come into a plan: a rule names it, something builds on it, or only the therapist assigns it."""
    for edition in subject.editions:
        rules = subject.rules.value if subject.rules else edition.library.rules if edition.library else None
        if rules is None:
            continue
        reached = {id_ for _, id_, leads in mentions(rules) if leads}
        waiting = list(reached)
        while waiting:
            module = edition.modules.get(waiting.pop())
            new = set(module.requires) - reached if module else set()
            reached |= new
            waiting += new
        for id_, page in edition.pages.items():
            if id_ not in reached and not page.module.assign_only:
                message = "no rule leads to this module, so it comes only when a therapist assigns it by name"
                hint = "give it a place in selection.yaml, or write assign_only: true"
                yield found(NOTHING_LEADS_HERE, page.path, page.at("id"), message, hint)


def check_rules(subject: Subject) -> Iterator[Finding]:
    """The practice's own rules name no module that the library does not have; the shipped rules may know more."""
    if subject.rules is None:
        return
    known = sorted({id_ for edition in subject.editions for id_ in edition.known})
    for where, id_, _ in mentions(subject.rules.value) if known else ():
        if id_ not in known:
            message = f'there is no module "{id_}" in the library'
            hint = did_you_mean(id_, known) or "take it out, or write the module"
            yield found(RULE_WITHOUT_MODULE, subject.rules.path, subject.rules.marks.at(*where), message, hint)


def mentions(rules: Rules) -> Iterator[tuple[Where, str, bool]]:
    """Give where rules name a module, its id, and whether that can bring it into a plan."""
    yield from ((("every_topic", *where), id_, True) for where, id_ in _in_lists(rules.every_topic))
    for topic, path in rules.topics.items():
        yield from ((("topics", topic, *where), id_, True) for where, id_ in _in_lists(path))
    for obstacle, row in rules.obstacles.items():
        yield from ((("obstacles", obstacle, "answers", n), entry.id, True) for n, entry in enumerate(row.answers))
    for name, role in rules.roles.items():
        yield from ((("roles", name, "modules", n), entry.id, True) for n, entry in enumerate(role.modules))
    for flag, removed in rules.flags.items():
        yield from ((("flags", flag, "removes", n), id_, False) for n, id_ in enumerate(removed.removes))
    yield from ((("light", "easy", "modules", n), id_, False) for n, id_ in enumerate(rules.light.easy.modules))
    for later, rule in rules.comes_after.items():
        yield ("comes_after", later), later, False
        yield from ((("comes_after", later, "any_of", n), id_, False) for n, id_ in enumerate(rule.any_of))
    for book, steps in rules.chapters.items():
        for step, chapters in enumerate(steps):
            yield from ((("chapters", book, step, n), id_, False) for n, id_ in enumerate(chapters))
    yield from ((("why", "modules", id_), id_, False) for id_ in rules.why.modules)
    yield from ((("why", "not_news", n), id_, False) for n, id_ in enumerate(rules.why.not_news))
    talks = rules.companion.modules if rules.companion else ()
    yield from ((("companion", "modules", id_), id_, False) for id_ in talks)


def _in_lists(path: object) -> Iterator[tuple[Where, str]]:
    for name in get_args(ListName):
        entries: tuple[Entry, ...] = getattr(path, name)
        yield from (((name, n), entry.id) for n, entry in enumerate(entries))
