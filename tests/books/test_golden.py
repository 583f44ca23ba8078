"""The small book as a golden file: text in reading order by page, links, fields, bookmarks, fonts, metadata, tags."""

from __future__ import annotations

import copy
from collections.abc import Callable
from typing import Any

import pytest
import yaml
from pdf_facts import differences, facts
from support import TINY, Book

GOLDEN = TINY / "golden" / "pages.yaml"
Facts = dict[str, Any]


class _Dumper(yaml.SafeDumper):
    """Writes text of several lines as a block, so that a diff shows the line that changed."""


_Dumper.add_representer(
    str,
    lambda dumper, text: dumper.represent_scalar("tag:yaml.org,2002:str", text, style="|" if "\n" in text else None),
)


def test_small_book_is_as_before(tiny: Book, update_golden: bool) -> None:
    """Nothing that a reader or a screen reader meets has changed on any page."""
    seen = facts(tiny.pdf)
    if update_golden:
        GOLDEN.parent.mkdir(exist_ok=True)
        text = yaml.dump(seen, Dumper=_Dumper, sort_keys=False, allow_unicode=True, width=1000)
        GOLDEN.write_text(text, encoding="utf-8")
    golden = yaml.safe_load(GOLDEN.read_text(encoding="utf-8"))
    assert differences(golden, seen) == []
    assert len(golden["pages"]) == sum(fragment.pages for _, fragment in tiny.parts)


def _page(n: int) -> Callable[[Facts], Facts]:
    return lambda book: book["pages"][n]  # type: ignore[no-any-return]


CHANGES: dict[str, Callable[[Facts], object]] = {
    "a word on the first page": lambda b: _page(0)(b).update(text=_page(0)(b)["text"].replace("Wren", "Wrem")),
    "a word on the last page": lambda b: _page(-1)(b).update(text=_page(-1)(b)["text"] + "P: more\n"),
    "a page more": lambda b: b["pages"].append({"page": 99, "text": ""}),
    "a page less": lambda b: b["pages"].pop(),
    "two pages swapped": lambda b: b["pages"].insert(3, b["pages"].pop(4)),
    "a tag": lambda b: _page(2)(b).update(text=_page(2)(b)["text"].replace("H2: Who", "P: Who")),
    "a link more": lambda b: _page(1)(b)["links"].append("x → page 1"),
    "all links of a page gone": lambda b: _page(1)(b).pop("links"),
    "links where there were none": lambda b: _page(0)(b).update(links=["x → page 1"]),
    "a link's target": lambda b: _page(3)(b)["links"].__setitem__(0, "page 2 → page 3"),
    "a field gone": lambda b: _page(7)(b)["fields"].pop(),
    "a bookmark's level": lambda b: b["bookmarks"].__setitem__(1, "  " + b["bookmarks"][1]),
    "a font more": lambda b: b["fonts"].append("Type3 nameless"),
    "a count of tags": lambda b: b["tags"].update(H1=1),
    "a tag of a new kind": lambda b: b["tags"].update(Quote=1),
    "metadata": lambda b: b["metadata"].update(Title="Another"),
    "metadata more": lambda b: b["metadata"].update(Subject="anxiety"),
    "a new part": lambda b: b.update(attachments=[]),
    "a number as text": lambda b: _page(0)(b).update(page="1"),
}


@pytest.mark.parametrize("change", CHANGES.values(), ids=CHANGES)
def test_comparison_notices(change: Callable[[Facts], object], tiny: Book) -> None:
    """Whatever differs, and wherever, is found; also from the other side."""
    before = facts(tiny.pdf)
    after = copy.deepcopy(before)
    change(after)
    assert differences(before, after)
    assert differences(after, before)


def test_comparison_finds_nothing_where_nothing_differs(tiny: Book) -> None:
    """The same facts have no difference, and a difference names its place."""
    before = facts(tiny.pdf)
    assert differences(before, copy.deepcopy(before)) == []
    after = copy.deepcopy(before)
    after["pages"][5]["text"] = after["pages"][5]["text"].replace("page 9", "page 8")
    assert [place.split(":")[0] for place in differences(before, after)] == [".pages[5].text[4]"]


def test_golden_files_belong_to_a_test() -> None:
    """No golden file lies about that no test compares."""
    assert [path.name for path in GOLDEN.parent.iterdir()] == ["pages.yaml"]
    assert [path.name for path in TINY.parent.iterdir()] == ["tiny"]
