"""The tag tree as lists: what an element holds, and whether that is an element too."""

from __future__ import annotations

from typing import Any

from pikepdf import Array, Dictionary


def tag_kids(element: Any) -> list[Any]:
    """Return what an element holds, as a list: elements, marked-content ids, references."""
    kids = element.get("/K")
    if kids is None:
        return []
    return list(kids) if isinstance(kids, Array) else [kids]


def is_element(kid: Any) -> bool:
    """Whether a kid is an element, and not content."""
    return isinstance(kid, Dictionary) and "/S" in kid
