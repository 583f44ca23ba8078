"""selection.yaml: that the shipped one is whole, and that every slip in one is told with its place."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from pydantic import ValidationError

from workbook_builder.errors import InputProblems, Problem
from workbook_builder.library import load_library
from workbook_builder.library.rules import CODES, RULE_NAMES, Rules, load_rules, rules_schema
from workbook_builder.vocabulary import FLAGS, FREQUENCIES, OBSTACLES, REFERRED_TOPICS, TOPICS

CONTENT = Path(__file__).parents[2] / "content"
SHIPPED = CONTENT / "selection.yaml"
TEXT = SHIPPED.read_text(encoding="utf-8")
# What a page for a client never says.
DEMANDS = re.compile(r"\b(must|should|have to|need to|ought)\b", re.IGNORECASE)
BANNED = [
    *("kind of did it", "no worries", "failed to", "non-compliant", "resistant", "lazy", "excuse", "think positive"),
    *("calm down", "get over it", "everything happens for a reason", "toxic", "crazy", "self-sabotage", "should"),
]


@pytest.fixture(scope="module")
def rules() -> Rules:
    """The rules that ship with the program."""
    return load_rules(SHIPPED)


def problems_after(tmp_path: Path, old: str, new: str) -> tuple[tuple[Problem, ...], int]:
    """Return what is wrong when one passage of the shipped file is changed, and the line on which it stands."""
    assert TEXT.count(old) >= 1, old
    path = tmp_path / "selection.yaml"
    path.write_text(TEXT.replace(old, new, 1), encoding="utf-8")
    with pytest.raises(InputProblems) as caught:
        load_rules(path)
    return caught.value.problems, TEXT[: TEXT.index(old)].count("\n") + 1


def test_vocabulary_is_covered(rules: Rules) -> None:
    """Every topic, obstacle and frequency has its row, and every referred topic a note and no path."""
    assert set(rules.topics) == {*TOPICS, *REFERRED_TOPICS}
    assert set(rules.obstacles) == set(OBSTACLES)
    assert set(rules.minutes) == set(rules.doses) == set(FREQUENCIES)
    assert all(rules.topics[topic].note for topic in REFERRED_TOPICS)
    assert all(rules.topics[topic].learn for topic in TOPICS)


def test_every_module_of_the_tables_is_there(rules: Rules) -> None:
    """The shipped rules name no module that the shipped library lacks, and the library none without a line."""
    library = load_library(CONTENT, None)
    named = set(re.findall(r"\b(?:psy|wks|read|vid|jrn)-[a-z0-9-]+", TEXT))
    assert named == set(library.modules)
    assert set(rules.why.modules) == set(library.modules)


def test_every_topic_path_reaches_the_library(rules: Rules) -> None:
    """The path of a topic names modules that are about this topic, or general ones."""
    library = load_library(CONTENT, None)
    for topic in TOPICS:
        for entry in rules.topics[topic].learn:
            topics = library.modules[entry.id].topics
            assert topic in topics or "general" in topics or entry.id == "psy-two-problems", (topic, entry.id)


def test_lines_for_the_client(rules: Rules) -> None:
    """Each line is 8 to 22 words, asks for nothing, and holds no code, flag or banned phrase."""
    lines = [("again", rules.why.again), *rules.why.kinds.items()]
    for id_, why in rules.why.modules.items():
        lines += [(id_, line) for line in (why.line, why.again, why.obstacle) if line]
    assert len(lines) > 95
    for id_, line in lines:
        assert 8 <= len(line.split()) <= 22, (id_, len(line.split()))
        assert not DEMANDS.search(line), id_
        assert not [phrase for phrase in BANNED if phrase in line.lower()], id_
        assert not re.search(r"\b(psy|wks|read|vid|jrn|page)-\w", line), id_
        assert not [code for code in (*FLAGS, *OBSTACLES, *TOPICS) if "-" in code and code in line.lower()], id_
        assert not re.search(r"[!{}*_—]", line), id_
        assert line.endswith("."), id_
    assert len({line for _, line in lines}) == len(lines), "no line stands twice"
    assert set(load_library(CONTENT, None).modules) <= set(rules.why.modules), "every module has a line of its own"


def test_clearance_follows_the_gate(rules: Rules) -> None:
    """Psychosis and mania always stop; each stopping flag with an override has a reminder for the therapist."""
    assert rules.clearance.always == ("psychosis", "mania")
    for flag in rules.clearance.unless_override:
        assert rules.flags[flag].note, flag


def test_never_dropped_and_dropped_first(rules: Rules) -> None:
    """The drop order begins as agreed, and what is never dropped is what a client needs who does not come back."""
    assert {"missed-work", "obstacle", "abc", "question", "staying-well"} <= set(rules.never_drop)
    order = rules.drop_order
    first = [order.index(role) for role in ("video", "second-page", "next-page", "journal", "cards")]
    assert first == sorted(first)
    assert {*rules.never_drop, *order} == set(rules.roles)


def test_rules_are_frozen(rules: Rules) -> None:
    """Nothing can change the rules after they were read."""
    with pytest.raises(ValidationError):
        rules.tolerance = 200  # type: ignore[misc]


SLIPS = {
    "role in a row": (
        "stand-in], find, readiness, journal]",
        "stand-in], fnd, readiness, journal]",
        'did you mean "find"?',
    ),
    "role in the drop order": ("  - base-page\n", "  - basepage\n", 'did you mean "base-page"?'),
    "rule of a role": ("    rule: start\n", "    rule: strat\n", 'did you mean "start"?'),
    "topic": ("  social-anxiety:\n", "  socal-anxiety:\n", 'did you mean "social-anxiety"?'),
    "list": ("    learn: [psy-anxiety-concern]", "    lern: [psy-anxiety-concern]", 'did you mean "learn"?'),
    "word in braces": ("page for {topic} follows", "page for {topc} follows", 'did you mean "topic"?'),
    "flag": ("always: [psychosis, mania]", "always: [psychosis, manja]", 'did you mean "mania"?'),
    "kind in the companion": ("    journal:\n      opening", "    jurnal:\n      opening", 'did you mean "journal"?'),
    "obstacle in the companion": ('    ego-anxiety: "', '    ego-anxety: "', 'did you mean "ego-anxiety"?'),
    "feeling in the companion": ('    guilt: "', '    gilt: "', 'did you mean "guilt"?'),
    "braces in the companion": ("Which line did you mark", "Which {topic} did you mark", "leave the braces out"),
}


@pytest.mark.parametrize("slip", SLIPS)
def test_slips_are_told_with_place_and_remedy(tmp_path: Path, slip: str) -> None:
    """A misspelt name is told with its line and the word that was meant."""
    old, new, hint = SLIPS[slip]
    problems, line = problems_after(tmp_path, old, new)
    assert (line, hint) in [(p.line, p.hint) for p in problems]
    assert all(p.path.endswith("selection.yaml") and p.column for p in problems)


GAPS = {
    "no sentence for a rule": ("  no-gap:", "  nogap:", 'the sentence for "no-gap" is missing'),
    "no sentence for a book": ("  book-order:", "  bookorder:", 'the sentence for "book-order" is missing'),
    "a role without a rank": ("  - imagery\n", "", '"imagery" stands neither in never_drop nor in drop_order'),
    "a role ranked twice": ("  - imagery\n", "  - imagery\n  - imagery\n", '"imagery" has a place already'),
    "no role for what is assigned": (
        "  assigned:\n    rule: assigned\n",
        "  named:\n    rule: assigned\n",
        'the role "assigned" is missing',
    ),
    "no minutes": (", monthly: 75}", "}", "the minutes for monthly are missing"),
    "no last dose": (
        "    - {least: 3, most: 5, longest: 40}",
        "    - {up_to: 9, least: 3, most: 5, longest: 40}",
        "last line",
    ),
    "a dose that falls": ("most: 3, longest: 15}", "most: 3, longest: 9}", "longest falls from 12 to 9"),
    "doses out of order": (
        "{up_to: 25, least: 2, most: 2, longest: 12}\n",
        "{up_to: 25, least: 2, most: 2, longest: 12}\n    - {up_to: 20, least: 2, most: 2, longest: 12}\n",
        "go from few minutes to many",
    ),
    "too many gaps": ("  - sessions: 6 ", "  - sessions: 5 ", "5 sessions have 4 gaps between them (there are 5 rows)"),
    "a pacing twice": ("  - sessions: 8 ", "  - sessions: 6 ", "there is a pacing for 6 sessions already"),
    "no line for a kind": (
        '    video: "A few minutes',
        '    #video: "A few minutes',
        "the line for a video is missing",
    ),
    "no question about missed work": ('    missed: "Take', '    #missed: "Take', "the question for missed is missing"),
    "no questions for a kind": (
        TEXT[TEXT.index("    video:\n      opening") : TEXT.index("\n\n  # Where it matters")],
        "",
        "the questions for a video are missing",
    ),
}


@pytest.mark.parametrize("gap", GAPS)
def test_what_is_missing_or_double_is_told(tmp_path: Path, gap: str) -> None:
    """Rules that planning could not work with are told before anybody plans."""
    old, new, message = GAPS[gap]
    problems, _ = problems_after(tmp_path, old, new)
    assert any(message in p.message for p in problems), problems
    assert all(p.line for p in problems)


def test_all_slips_are_told_at_once(tmp_path: Path) -> None:
    """Two slips in different parts are both told, sorted by line."""
    path = tmp_path / "selection.yaml"
    changed = TEXT.replace("opening: [missed-work", "opening: [mised-work").replace(
        "fill: [obstacle-later", "fill: [obstacl-later"
    )
    path.write_text(changed, encoding="utf-8")
    with pytest.raises(InputProblems) as caught:
        load_rules(path)
    assert [p.where for p in caught.value.problems] == ["opening.1", "fill.1"]
    assert {p.code for p in caught.value.problems} <= set(CODES)


def test_missing_file(tmp_path: Path) -> None:
    """A file that is not there is an input problem like any other."""
    with pytest.raises(InputProblems):
        load_rules(tmp_path / "selection.yaml")


def test_schema_describes_the_file() -> None:
    """The schema knows the parts of the file, and that a table's entry may be a plain id."""
    schema = rules_schema()
    assert schema["$schema"].endswith("2020-12/schema")
    assert set(schema["required"]) <= set(schema["properties"])
    assert {"topics", "roles", "pacing", "drop_order", "why"} <= set(schema["properties"])
    entries = schema["$defs"]["TopicPath"]["properties"]["learn"]["items"]["anyOf"]
    assert {"type": "string"} in entries


def test_every_rule_name_of_the_program_is_known() -> None:
    """The program's own rule names are each named once."""
    assert len(set(RULE_NAMES)) == len(RULE_NAMES)


def test_a_reason_has_one_sentence_or_several(rules: Rules) -> None:
    """A role's sentence may be a text; of a list the first counts whose conditions hold, and a slip in it is found."""
    assert [ground.say for ground in rules.roles["log"].because] == ["The page on the ABCs gets its sheet at once."]
    assert [bool(ground.when) for ground in rules.roles["sort"].because] == [True, False]
