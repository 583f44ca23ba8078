"""What is kept for the next time it is asked for, and not without end."""

from __future__ import annotations

from typing import TypeVar

K = TypeVar("K")
V = TypeVar("V")


class Kept(dict[K, V]):
    """A dictionary that holds so many at most: for a new one it lets go of what was put in the longest ago.

    Whoever takes something out with ``pop`` and puts it in again makes it the newest.
    """

    def __init__(self, most: int) -> None:
        super().__init__()
        self.most = most

    def __setitem__(self, key: K, value: V) -> None:
        """Keep something."""
        while key not in self and len(self) >= self.most:
            del self[next(iter(self))]
        super().__setitem__(key, value)
