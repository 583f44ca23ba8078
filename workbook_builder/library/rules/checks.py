"""What no single setting of selection.yaml can know: whether its names lead somewhere."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import get_args

from pydantic import BaseModel

from workbook_builder.book import Kind
from workbook_builder.errors import Problem, did_you_mean
from workbook_builder.source import Marks, dotted
from workbook_builder.vocabulary import FREQUENCIES

from .companion import History
from .model import Rules
from .paths import Pacing, Role, Row

LEADS_NOWHERE = "WB207"
INCOMPLETE = "WB208"
CODES = {
    LEADS_NOWHERE: "a name in the rules leads nowhere",
    INCOMPLETE: "the rules lack something that planning needs, or say it twice",
}

# The rules that the program itself applies; roles may name further ones.
RULE_NAMES = (
    *("prerequisite", "assigned", "if-time", "done", "blocked", "blocked-with", "flag", "language", "other-topic"),
    *("topic-later", "frequency", "assign-only", "needs-review", "no-fresh-link", "video-off", "reading-avoided"),
    *(
        "book-not-owned",
        "no-edition",
        "no-private-space",
        "prerequisite-missing",
        "not-needed-yet",
        "no-gap",
        "minutes",
    ),
    *(
        "tasks",
        "room-kept",
        "too-long",
        "too-hard",
        "one-per-gap",
        "too-early",
        "not-before",
        "pages-in-a-row",
        "never-alone",
    ),
)

# One more, where the rules know the order of a book.
BOOK_ORDER = "book-order"

# The roles that the program itself gives to modules; the rows of the pacing name all others.
ROLE_NAMES = ("assigned",)

# What stands in braces in a sentence, and is filled in.
CONTEXT_WORDS = frozenset(
    [
        *(
            "topic",
            "second",
            "sessions",
            "completed",
            "frequency",
            "history",
            "obstacle",
            "readiness",
            "feeling",
            "gap",
        ),
        *("budget", "limit", "minutes", "kept", "other", "needs", "for", "flag", "book", "language", "modules"),
        *("least", "most", "days", "kind", "because"),
        *("line", "second_line", "history_line", "obstacle_line", "charged", "private", "setting"),
    ]
)

Where = tuple[str | int, ...]
Finding = tuple[Where, str, str, str]


def find_contradictions(rules: Rules, marks: Marks, shown: str) -> list[Problem]:
    """Return what is wrong with the rules as a whole, sorted by place; ``shown`` is how messages call the file."""
    findings = [*_names(rules), *_order(rules), *_lengths(rules), *_doses(rules), *_completeness(rules), *_words(rules)]
    findings += _companion(rules)
    return sorted(
        Problem(shown, *marks.at(*where), code, message, dotted(where), hint) for where, code, message, hint in findings
    )


def _names(rules: Rules) -> Iterator[Finding]:
    roles, names = list(rules.roles), list(rules.rules)
    for where, name in _role_mentions(rules):
        if name not in rules.roles:
            yield where, LEADS_NOWHERE, f'there is no role "{name}"', did_you_mean(name, roles)
    for name, role in rules.roles.items():
        if role.rule not in rules.rules:
            message = f'there is no rule "{role.rule}" in rules'
            yield ("roles", name, "rule"), LEADS_NOWHERE, message, did_you_mean(role.rule, names)


def _role_mentions(rules: Rules) -> Iterator[tuple[Where, str]]:
    yield from _in_row(("opening",), rules.opening)
    yield from _in_row(("besides",), rules.besides)
    for n, pacing in enumerate(rules.pacing):
        yield from _in_pacing(("pacing", n), pacing)
    yield from _in_pacing(("maintenance",), rules.maintenance)
    for frequency, addition in rules.additions.items():
        yield from _in_row(("additions", frequency, "every_gap"), addition.every_gap)
        yield from _in_row(("additions", frequency, "after"), addition.after)
    lists = {"fill": rules.fill, "never_drop": rules.never_drop, "drop_order": rules.drop_order}
    lists["holds_room"] = rules.holds_room
    for setting, names in lists.items():
        yield from (((setting, n), name) for n, name in enumerate(names))
    yield from _in_row(("in_order",), rules.in_order)
    yield from ((("roles", name, "only_with"), r.only_with) for name, r in rules.roles.items() if r.only_with)
    for kind, rule in rules.kinds.items():
        yield from ((("kinds", kind, "begins_with", n), name) for n, name in enumerate(rule.begins_with))


def _in_pacing(where: Where, pacing: Pacing) -> Iterator[tuple[Where, str]]:
    for n, row in enumerate(pacing.gaps):
        yield from _in_row((*where, "gaps", n), row)
    for n, row in enumerate(pacing.extra):
        yield from _in_row((*where, "extra", n), row)
    yield from _in_row((*where, "after"), pacing.after)
    yield from (((*where, "gives_way", n), name) for n, name in enumerate(pacing.gives_way))


def _in_row(where: Where, row: Row) -> Iterator[tuple[Where, str]]:
    for n, slot in enumerate(row):
        yield from (((*where, n), name) for name in slot)


def _order(rules: Rules) -> Iterator[Finding]:
    ranked: Sequence[str] = (*rules.never_drop, *rules.drop_order)
    for name in rules.roles:
        if name not in ranked:
            message = f'"{name}" stands neither in never_drop nor in drop_order'
            yield ("roles", name), INCOMPLETE, message, "say when it is dropped"
    for setting, names in (("never_drop", rules.never_drop), ("drop_order", rules.drop_order)):
        for n, name in enumerate(names):
            if name in names[:n] or (setting == "drop_order" and name in rules.never_drop):
                yield (setting, n), INCOMPLETE, f'"{name}" has a place already', "delete one of them"


def _lengths(rules: Rules) -> Iterator[Finding]:
    lengths = [pacing.sessions for pacing in rules.pacing]
    for n, length in enumerate(lengths):
        if length in lengths[:n]:
            yield ("pacing", n, "sessions"), INCOMPLETE, f"there is a pacing for {length} sessions already", ""
        if (gaps := len(rules.pacing[n].gaps)) > max(length - 1, 1):
            message = f"{length} sessions have {length - 1} gaps between them (there are {gaps} rows)"
            yield ("pacing", n, "gaps"), INCOMPLETE, message, ""


def _doses(rules: Rules) -> Iterator[Finding]:
    """Find doses that give less to a client with more minutes; then more minutes could take something away."""
    for frequency, doses in rules.doses.items():
        for n in range(1, len(doses)):
            before, dose = doses[n - 1], doses[n]
            if before.up_to is None or (dose.up_to is not None and dose.up_to <= before.up_to):
                message = f"{frequency}: the lines go from few minutes to many, and the last has no up_to"
                yield ("doses", frequency, n), INCOMPLETE, message, "put them in order"
            for name in ("most", "longest"):
                if getattr(dose, name) < getattr(before, name):
                    message = f"{name} falls from {getattr(before, name)} to {getattr(dose, name)} as the minutes rise"
                    yield ("doses", frequency, n, name), INCOMPLETE, message, "more minutes never take anything away"


def _completeness(rules: Rules) -> Iterator[Finding]:
    for frequency in FREQUENCIES:
        if frequency not in rules.minutes:
            yield ("minutes",), INCOMPLETE, f"the minutes for {frequency} are missing", ""
        doses = rules.doses.get(frequency, ())
        if not doses or doses[-1].up_to is not None:
            message = f"{frequency} needs a last line without up_to, for all other budgets"
            yield ("doses", *([frequency] if frequency in rules.doses else [])), INCOMPLETE, message, ""
    for name in RULE_NAMES:
        if name not in rules.rules:
            yield ("rules",), INCOMPLETE, f'the sentence for "{name}" is missing', ""
    for name in ROLE_NAMES:
        if name not in rules.roles:
            yield ("roles",), INCOMPLETE, f'the role "{name}" is missing', "planning gives it to what a therapist names"
    if rules.chapters and BOOK_ORDER not in rules.rules:
        yield ("rules",), INCOMPLETE, f'the sentence for "{BOOK_ORDER}" is missing', "chapters needs it"
    for kind in get_args(Kind):
        if kind not in rules.why.kinds:
            yield ("why", "kinds"), INCOMPLETE, f"the line for a {kind} is missing", ""


def _companion(rules: Rules) -> Iterator[Finding]:
    if rules.companion is None:
        return
    for history in get_args(History):
        if history not in rules.companion.last_homework:
            yield ("companion", "last_homework"), INCOMPLETE, f"the question for {history} is missing", ""
    for kind in get_args(Kind):
        if kind not in rules.companion.kinds:
            yield ("companion", "kinds"), INCOMPLETE, f"the questions for a {kind} are missing", ""
    for where, sentence in _nested(("companion",), rules.companion):
        if word := re.search(r"\{[^{}]*\}", sentence):
            yield where, LEADS_NOWHERE, f'nothing fills in "{word[0]}" here', "leave the braces out"


def _nested(where: Where, value: object) -> Iterator[tuple[Where, str]]:
    """Give every text below a group, however deep, with its place."""
    if isinstance(value, str):
        yield where, value
    elif isinstance(value, BaseModel | Mapping):
        for name, inner in dict(value).items():
            yield from _nested((*where, name), inner)


def _words(rules: Rules) -> Iterator[Finding]:
    for where, sentence in _sentences(rules):
        for word in re.findall(r"\{([^{}]*)\}", sentence):
            if word not in CONTEXT_WORDS:
                message = f'nothing fills in "{{{word}}}"'
                yield where, LEADS_NOWHERE, message, did_you_mean(word, sorted(CONTEXT_WORDS))


def _sentences(rules: Rules) -> Iterator[tuple[Where, str]]:
    yield from _texts(("clearance",), rules.clearance)
    for flag, row in rules.flags.items():
        yield from _texts(("flags", flag), row)
    for name, role in rules.roles.items():
        yield from _role_texts(("roles", name), role)
    yield from ((("rules", name), sentence) for name, sentence in rules.rules.items())
    yield from _texts(("notes",), rules.notes)


def _role_texts(where: Where, role: Role) -> Iterator[tuple[Where, str]]:
    several = len(role.because) > 1
    for n, ground in enumerate(role.because):
        yield (*where, "because", *((n, "say") if several else ())), ground.say
    if role.otherwise:
        yield (*where, "otherwise"), role.otherwise


def _texts(where: Where, group: BaseModel) -> Iterator[tuple[Where, str]]:
    yield from (((*where, name), value) for name, value in group if isinstance(value, str))
