"""Findings: one case for each code, what the checks let pass, and that table, documentation and cases agree."""

from __future__ import annotations

import datetime
import json
import re
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from workbook_builder import cli
from workbook_builder.check import CODES, Finding, Report, check_practice
from workbook_builder.check.codes import TABLES
from workbook_builder.check.findings import found
from workbook_builder.check.layouts import contrast
from workbook_builder.check.page_words import read_passages
from workbook_builder.check.passages import Passage, Piece
from workbook_builder.check.readability import average_length, count_syllables, grade, split_sentences
from workbook_builder.check.stories import name_in
from workbook_builder.folders import find_folders
from workbook_builder.library import digest, load_module

ROOT = Path(__file__).parents[2]
BASE = ROOT / "tests" / "cases" / "check" / "base"
CASES = sorted(case for case in BASE.parent.iterdir() if case.name.startswith("WB"))
DOCS = ROOT / "docs" / "findings"
TODAY = datetime.date(2026, 11, 23)
GOALS = "content/en/worksheets/wks-goals.md"
THREE_WAYS = "content/en/worksheets/wks-dispute-three-ways.md"
INTRO = "Think of one thing that troubles you now. Say what you would do if it troubled you less."


@pytest.fixture
def practice(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The practice in which nothing is wrong, as the current folder."""
    shutil.copytree(BASE, tmp_path / "practice", symlinks=True)
    monkeypatch.chdir(tmp_path / "practice")
    return Path()


def check(*paths: str, today: datetime.date = TODAY) -> Report:
    """Check the practice in the current folder."""
    return check_practice(find_folders(Path()), [Path(path) for path in paths], today)


def codes(report: Report) -> list[str]:
    """The codes that were found, each as often as it was."""
    return [finding.code for finding in report.findings]


def change(path: str, old: str, new: str) -> None:
    """Replace what stands once in a file of the practice."""
    text = Path(path).read_text(encoding="utf-8")
    assert text.count(old) == 1
    Path(path).write_text(text.replace(old, new), encoding="utf-8")


def prepare(case: Path) -> None:
    """Lay a case's files over the practice; setup.yaml says what cannot lie in a folder of files."""
    shutil.copytree(case / "in", ".", symlinks=True, dirs_exist_ok=True)
    setup = Path("setup.yaml")
    todo = yaml.safe_load(setup.read_text(encoding="utf-8")) if setup.exists() else {}
    for path in todo.get("remove", []):
        shutil.rmtree(path) if Path(path).is_dir() else Path(path).unlink()
    for path, size in todo.get("grow", {}).items():
        Path(path).write_bytes(Path(path).read_bytes().ljust(size, b"\n"))
    for path, target in todo.get("link", {}).items():
        Path(path).symlink_to(target)


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_each_code(case: Path, practice: Path, update_golden: bool, capsys: pytest.CaptureFixture[str]) -> None:
    """A practice with one mistake is told of it, in the words of the golden file."""
    prepare(case)
    exit_code = cli.run(["check", "--plain", "--date", str(TODAY)])
    told = capsys.readouterr().out
    golden = case / "golden" / "stdout.txt"
    if update_golden:
        golden.parent.mkdir(exist_ok=True)
        golden.write_text(told, encoding="utf-8")
    code = case.name[:5]
    assert f"  {code} {CODES[code].severity}  " in told
    assert exit_code == (3 if " error  " in told else 0)
    assert golden.read_text(encoding="utf-8") == told


def test_nothing_is_wrong_with_the_base(practice: Path) -> None:
    """The practice that the cases spoil has no findings of its own."""
    assert check().findings == ()


def test_table_docs_and_cases_agree() -> None:
    """Each code has one page; each that `check` can say has a case, and its page quotes what the case is told."""
    cases = {case.name[:5]: case for case in CASES}
    assert cases.keys() == {code for code, about in CODES.items() if not about.elsewhere}
    assert {page.stem for page in DOCS.glob("WB*.md")} == set(CODES)
    index = (DOCS / "index.md").read_text(encoding="utf-8")
    for code, about in CODES.items():
        page = (DOCS / f"{code}.md").read_text(encoding="utf-8")
        assert page.startswith(f"# {code}: {about.meaning}\n\n{about.severity.capitalize()}"), code
        assert "\n## Example\n" in page and "\n## How to mend it\n" in page, code
        assert f"[{code}]({code}.md)" in index and about.meaning in index, code
        if code in cases:
            told = (cases[code] / "golden" / "stdout.txt").read_text(encoding="utf-8").splitlines()
            assert any(line in page for line in told if f"  {code} " in line), code


def test_codes_are_unique_and_all_in_the_table() -> None:
    """No two tables define one code, and no module of the program says a code that the table does not have."""
    defined = [code for table in TABLES for code in table]
    assert len(defined) == len(set(defined))
    said = {
        code
        for path in (ROOT / "workbook_builder").rglob("*.py")
        for code in re.findall(r"\bWB\d{3}\b", path.read_text(encoding="utf-8"))
    }
    assert said == set(CODES)


def test_the_shipped_library_has_no_errors() -> None:
    """What ships with the program is as its own check wants it."""
    report = check_practice(find_folders(ROOT), [], TODAY)
    assert [str(finding) for finding in report.findings if finding.severity == "error"] == []
    assert report.modules == 90


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("You must write it down.", True),
        ("You should not stop.", True),
        ("You have to write it down.", True),
        ("You need to write it down.", True),
        ("One must be kind.", True),
        ("Your page has to be full.", True),
        ("“I must write it down,” she said.", False),
        ("You do not have to write it down.", False),
        ("Nobody has to write it down.", False),
        ("Not everyone has to like it.", False),
        ("Does it have to be so?", False),
        ("Look for a must.", False),
        ("Find the must in it, and the should.", False),
        ("Say one must aloud.", False),
        ("Stop if you need to rest.", False),
        ("Nothing needs to be done.", False),
        ("There is a rule about what others must do.", False),
        ("If you are in danger you should call now.", False),
    ],
)
def test_demands(practice: Path, text: str, expected: bool) -> None:
    """A demand is told from a quoted belief, a word that is named, leave to skip, and safety."""
    change(GOALS, INTRO, text)
    assert codes(check(GOALS)) == (["WB324"] if expected else [])


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("If you failed to do it, no worries.", ["WB325", "WB325"]),
        ("Nobody here is lazy.", ["WB325"]),
        ("She told herself, “I am lazy.”", []),
        ("He fell over his laziness.", []),
        ("Close your eyes for a moment.", ["WB325"]),
        ("Close your eyes, or look at one spot.", []),
    ],
)
def test_banned_phrases(practice: Path, text: str, expected: list[str]) -> None:
    """A phrase that hurts is found as a whole word, and not in a quoted belief."""
    change(GOALS, INTRO, text)
    assert codes(check(GOALS)) == expected


@pytest.mark.parametrize(
    ("answer", "expected"),
    [
        ("“I want very much to be on time.”", ["WB326"]),
        ("I really want to be on time.", ["WB326"]),
        ("“I want to be on time.”", ["WB327"]),
        ("“I did a stupid thing.”", ["WB327"]),
        ("“It is hard. I have done it before.”", ["WB327"]),
        ("“I want very much to be on time, and it does not have to be so.”", []),
        ("“I want very much to be on time.” And I don’t have to be.", []),
        ("“I did a stupid thing, and I am not a stupid person.”", []),
        ("“It is hard, and I can bear it.”", []),
        ("Say what I want, and go home.", []),
        ("I want to call on Monday.", []),
        ("“When you shout, I would like you to stop.”", []),
        ("“What do I want?”", []),
        ("“I want very much to…”", []),
    ],
)
def test_half_beliefs(practice: Path, answer: str, expected: list[str]) -> None:
    """A half belief is told from a whole one, a plan, a request and a question."""
    change(THREE_WAYS, "“I want very much to be on time, and I do not have to be.”", answer)
    assert codes(check(THREE_WAYS)) == expected


def test_halves_in_two_answers(practice: Path) -> None:
    """A sheet may ask for the two halves one after the other."""
    change(
        THREE_WAYS, "“I want very much to be on time, and I do not have to be.”", "“I want very much to be on time.”"
    )
    change(THREE_WAYS, "\nPavel believed", "      half-2: “And I do not have to be.”\n\nPavel believed")
    change(THREE_WAYS, "/// two-minute", "/// write | And half 2?\n    id: half-2\n///\n\n/// two-minute")
    assert codes(check(THREE_WAYS)) == []


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Pick *one* thing.", ["WB328"]),
        ("Pick _one_ thing.", ["WB328"]),
        ("Pick **one** thing.", []),
        ("Read page_of_two and 2 * 3 * 4.", []),
        ("Pick ONE thing.", ["WB328"]),
        ("REBT has ABCs, and so does an EAP.", []),
        ("Stop!", ["WB329"]),
        ("“Stop!” she said.", []),
        ("Think of your beleif.", ["WB330"]),
    ],
)
def test_emphasis_and_spelling(practice: Path, text: str, expected: list[str]) -> None:
    """Italics, capitals, exclamation marks and misspellings are found, and what looks like them is not."""
    change(GOALS, INTRO, text)
    assert codes(check(GOALS)) == expected


def test_places_are_exact(practice: Path) -> None:
    """Line and column are those of the word, in text, options, titles and front matter alike."""
    change(GOALS, INTRO, "Think of **one** thing,\nsuch as a [beleif](#wks-abc-log) of yours.")
    change(GOALS, "summary: One goal", "summary: One beleif")
    change(GOALS, "    lines: 2", "    lines: 2\n    hint: 'Write your beleif.'")
    change(GOALS, "goal: Ask for the late shift", "goal: Ask for\n        the beleif")
    lines = Path(GOALS).read_text(encoding="utf-8").split("\n")
    places = [(finding.line, finding.column) for finding in check(GOALS).findings]
    assert len(places) == 4
    assert all(lines[line - 1][column - 1 :].startswith("beleif") for line, column in places)


def test_accepted_words(practice: Path) -> None:
    """A practice accepts words of its own in content/words.txt."""
    change(GOALS, INTRO, "Think of your beleif.")
    Path("content/words.txt").write_text("# ours\nBeleif   # a name\n", encoding="utf-8")
    assert codes(check(GOALS)) == []


BLOCKS = ["/// write | ", "/// example | ", "///", "    id: a", "    hint: ", "      a: ", "      - ", "    answers:"]
MARKUP = ["- ", "1. ", "## ", "| a | b |", "**", "*", "`", "_", "[x](#y)", "![z](f.svg)", "<b>", "“", "”", "'", '"']
PARTS = st.lists(st.sampled_from([*BLOCKS, *MARKUP, "\n", "\n\n", " ", "word", "é."]), max_size=30)


@given(PARTS.map("".join))
def test_each_word_stands_where_it_is_said_to(body: str) -> None:
    """Whatever is written, each sign of each passage is the sign at its place in the file."""
    lines = body.split("\n")
    for passage in read_passages(body, 1):
        for index, sign in enumerate(passage.text):
            line, column = passage.at(index)
            assert sign == " " or lines[line - 1][column - 1] == sign


KNOWN_SYLLABLES = {
    1: "a the thoughts strength through asked makes loved don't once eyes tea please friend's build treat real",
    2: "about very again anger minute healthy rigid away enough people maybe little table pages wanted settled "
    "didn't quiet something sometimes being trying Tuesday evening client anxious careful someone's coffee",
    3: "syllable idea everything nobody usual easier family exercise obstacle September behavior",
    4: "anxiety irrational situation consolidate disappointment's perfectionist self-acceptance",
    5: "perfectionism opportunity international",
}


def test_syllables() -> None:
    """Known words have their syllables; pyphen alone finds one in "about", "very" and "again"."""
    known = {word: count for count, words in KNOWN_SYLLABLES.items() for word in words.split()}
    assert {word: count_syllables(word) for word in known} == known


def passages(*texts: str) -> Iterator[Passage]:
    """Paragraphs of a page."""
    return (Passage("prose", "page", "", (Piece(text, 1, 1),)) for text in texts)


def test_grade_by_hand() -> None:
    """The grade is Kincaid's formula: six sentences of four words, three of them of two syllables."""
    sentences = split_sentences(passages(*["The dog sat down."] * 3, *["The puppy sat down."] * 3))
    assert average_length(sentences) == 4
    assert grade(sentences) == pytest.approx(0.39 * 4 + 11.8 * 27 / 24 - 15.59)
    assert grade(sentences[:4]) is None


def test_fixed_terms_are_taken_out() -> None:
    """A page is not harder because it teaches the words of REBT."""
    plain = split_sentences(passages(*["You may see it soon."] * 6))
    terms = split_sentences(passages(*["You may see irrational beliefs."] * 6))
    assert grade(terms) == pytest.approx(grade(plain), abs=0.01)


def test_sentences_end_where_they_end() -> None:
    """A quotation's end ends a sentence, a number or a comma behind a quotation does not."""
    text = "She said, “I can.” Then she went. It took 2.5 hours, or so; “fine,” he said. “Is it? Yes.”"
    assert [sentence.text for sentence in split_sentences(passages(text))] == [
        "She said, “I can.”",
        "Then she went.",
        "It took 2.5 hours, or so; “fine,” he said.",
        "“Is it?",
        "Yes.”",
    ]


@pytest.mark.parametrize(
    ("title", "name"),
    [
        ("Omar, who bakes bread", "Omar"),
        ("Zoë’s week", "Zoë"),
        ("Ana and her brother", "Ana"),
        ("Lena", "Lena"),
        ("A page like yours", ""),
        ("How a row may look", ""),
        ("An example, filled in", ""),
    ],
)
def test_names_in_titles(title: str, name: str) -> None:
    """The person of an example is named first in its title."""
    assert name_in(title) == name


def test_contrast_of_known_colours() -> None:
    """Black on white has 21 : 1, and the lightest grey that passes on white is the one that WCAG's examples name."""
    assert contrast("#000000", "#ffffff") == pytest.approx(21)
    assert contrast("#ffffff", "#767676") == pytest.approx(4.54, abs=0.005)
    assert contrast("#777777", "#ffffff") < 4.5
    assert contrast("#123456", "#123456") == 1


def test_paths_limit_what_is_told(practice: Path) -> None:
    """Only findings in the files and folders that were asked for are told, also when they lie outside."""
    change(GOALS, INTRO, "Stop!")
    change("content/crisis-lines.yaml", "checked: 2026-11-02", "checked: null")
    assert codes(check()) == ["WB353", "WB329"]
    assert codes(check(GOALS)) == ["WB329"]
    assert codes(check("content/en")) == ["WB329"]
    assert codes(check("content/crisis-lines.yaml", "profiles")) == ["WB353"]
    assert codes(check("content/en/worksheets/wks-gaols.md")) == ["WB103"]


def test_files_outside_of_the_practice(practice: Path, tmp_path: Path) -> None:
    """A profile, a module and a layout may be checked before they are put in their place."""
    outside = tmp_path / "drafts" / "worksheets"
    outside.mkdir(parents=True)
    module = Path(GOALS).read_text(encoding="utf-8").replace("id: wks-goals", "id: wks-new").replace("Omar", "Ilse")
    module = module.replace("wrote it on the bus. He has not asked yet.", "is still thinking.")
    (outside / "wks-new.md").write_text(module.replace(INTRO, "Stop!"), encoding="utf-8")
    (outside.parent / "client.yaml").write_text("topics: [anger]\n", encoding="utf-8")
    shutil.copytree("layouts/mine", outside.parent / "theirs")
    change(str(outside.parent / "theirs" / "layout.yaml"), 'muted: "#4f6166"', 'muted: "#ffffff"')
    assert codes(check(str(outside / "wks-new.md"))) == ["WB303", "WB329"]
    assert set(codes(check(str(outside.parent / "client.yaml")))) == {"WB101", "WB401"}
    assert set(codes(check(str(outside.parent / "theirs")))) == {"WB343"}


def test_exception_with_a_reason(practice: Path) -> None:
    """An exception takes out its finding, by module or by path, and only that code there."""
    change(GOALS, INTRO, "Stop! Pick *one*.")
    change("content/crisis-lines.yaml", "checked: 2026-11-02", "checked: null")
    exceptions = Path("content/exceptions.yaml")
    exceptions.write_text(
        "- {code: WB329, module: wks-goals, reason: It is the name of a song.}\n"
        "- {code: WB353, path: content/crisis-lines.yaml, reason: Called them on Friday.}\n",
        encoding="utf-8",
    )
    report = check()
    assert codes(report) == ["WB328"]
    assert report.excepted == 2
    assert "2 exceptions made" in report.summary


@pytest.mark.parametrize(
    ("exception", "code"),
    [
        ("{code: WB329, module: wks-goals, reason: short}", "WB101"),
        ("{code: WB329, module: wks-goals}", "WB101"),
        ("{code: WB329, reason: It is the name of a song.}", "WB101"),
        ("{code: WB329, module: wks-goals, path: a.md, reason: It is the name of a song.}", "WB101"),
        ("{code: everything, module: wks-goals, reason: It is the name of a song.}", "WB101"),
        ("{code: WB329, module: wks-gaols, reason: It is the name of a song.}", "WB360"),
        ("{code: WB329, path: content/en/no.md, reason: It is the name of a song.}", "WB360"),
        ("{code: WB329, module: wks-goals, reason: It is the name of a song.}", "WB361"),
    ],
)
def test_exceptions_that_are_wrong(practice: Path, exception: str, code: str) -> None:
    """An exception without a reason, for nothing, or no longer needed is an error itself."""
    Path("content/exceptions.yaml").write_text(f"- {exception}\n", encoding="utf-8")
    report = check()
    assert codes(report) == [code]
    assert report.has_errors


def test_signed_module(practice: Path) -> None:
    """A module that is as it was signed has no finding, and counts as signed."""
    module, _ = load_module(Path(GOALS), "en")
    assert module is not None
    signature = f"{{by: Dr. Example, date: 2026-10-01, digest: {digest(module, module.body)}, fields: [goal]}}"
    signed = f"status: reviewed\nreviewed: {signature}"
    change(GOALS, "status: draft", signed)
    report = check()
    assert codes(report) == []
    assert (report.modules, report.drafts) == (8, 7)
    assert report.summary == "Nothing found. 8 modules, 7 drafts not signed by a clinician."


def test_a_broken_file_makes_no_findings_in_others(practice: Path) -> None:
    """A module that cannot be read still counts as there for links, prerequisites and rules."""
    change("content/en/worksheets/wks-abc-log.md", "phase: psychoeducation", "phase: beginning")
    assert set(codes(check())) == {"WB101"}


def test_other_languages_are_read_by_their_own_rules(practice: Path) -> None:
    """What is said about English words is not said about Spanish ones."""
    shutil.copytree("content/en", "content/es")
    spanish = Path("content/es/worksheets/wks-goals.md")
    spanish.write_text(
        spanish.read_text(encoding="utf-8").replace(INTRO, "Usted must, beleif, no worries."), encoding="utf-8"
    )
    assert codes(check(str(spanish))) == []
    assert codes(check()) == ["WB352"]


def test_coverage_counts_each_topic_of_a_module(practice: Path) -> None:
    """The table counts a module in each of its topics, and in no other."""
    change(GOALS, "topics: [general]", "topics: [anger, low-mood]")
    (coverage,) = check().coverage
    assert coverage.as_dict()["topics"]["anger"]["orientation"] == 1
    assert coverage.as_dict()["topics"]["anxiety"]["orientation"] == 0
    assert ("anxiety", "orientation") in coverage.empty and ("anger", "orientation") not in coverage.empty
    assert coverage.as_dict()["obstacles"]["doubts"] == 1


def test_printed_as_json(practice: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """--json prints a list of findings with all they hold, and --coverage its table."""
    change(GOALS, "main_message: A goal", "main_message: A must! A goal")
    assert cli.run(["check", "--json", "--date", str(TODAY)]) == 0
    (printed,) = json.loads(capsys.readouterr().out)
    assert printed == {
        **{"code": "WB329", "severity": "advice", "path": GOALS, "line": 6, "column": 21},
        **{"message": "an exclamation mark shouts", "hint": "write a full stop"},
    }
    assert cli.run(["check", "--json", "--coverage"]) == 0
    assert json.loads(capsys.readouterr().out)[0]["topics"]["general"]["disputing"] == 1


def test_printed_for_people(practice: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Findings go to standard output, the summary to standard error; --coverage shows a table."""
    change(GOALS, INTRO, "You must stop.")
    assert cli.run(["check", "--date", str(TODAY)]) == 3
    out, err = capsys.readouterr()
    assert out.startswith(f'{GOALS}:19:5  WB324 error  "must" demands')
    assert err == "1 error, 0 advice. 8 modules, 8 drafts not signed by a clinician.\n"
    assert cli.run(["check", "--coverage", "--plain"]) == 0
    assert "general\t1\t2\t1\t3\t1\t0\n" in capsys.readouterr().out


def test_findings_know_their_severity() -> None:
    """How grave a finding is follows from its code alone."""
    finding = found("WB329", "a.md", (3, 4), "an exclamation mark shouts")
    assert finding == Finding("WB329", "advice", "a.md", 3, 4, "an exclamation mark shouts")
    assert finding.place == "a.md:3:4"
    assert found("WB304", "content/en", (0, 0), "…").place == "content/en"
    with pytest.raises(KeyError):
        found("WB999", "a.md", (1, 1), "…")
