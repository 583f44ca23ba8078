"""What is kept for the next time, and what is let go."""

from __future__ import annotations

from workbook_builder.kept import Kept


def test_the_oldest_is_let_go() -> None:
    """Room is made for a new one alone; what is taken out and put in again is the newest."""
    kept = Kept[str, int](2)
    kept["a"], kept["b"] = 1, 2
    kept["a"] = 3
    assert dict(kept) == {"a": 3, "b": 2}
    kept["a"] = kept.pop("a")
    kept["c"] = 4
    assert dict(kept) == {"a": 3, "c": 4}
