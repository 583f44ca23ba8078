"""The values that pass between the stages. All are frozen; none knows how it was made."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

# Agreements between a section's HTML and typesetting, for what HTML has no attribute for.
LINK_SCHEME = "wb:"
"""A link to another section is ``wb:<section>#<title, percent-encoded>``."""
DECORATIVE = "-"
"""An SVG with this title is an artifact: a screen reader passes it over."""
GROUP_SEPARATOR = "\u241f"
"""A radio button's title is its question, this sign, and its own answer."""

Kind = Literal["psychoeducation", "worksheet", "reading", "video", "journal"]
GapNumber = int | Literal["after"]


@dataclass(frozen=True)
class Reason:
    """Why a module was chosen: the rule's name (a key of content/selection.yaml) and a sentence for the therapist."""

    rule: str
    text: str


@dataclass(frozen=True)
class Assignment:
    """One module in one gap.

    ``minutes`` is the client's time. ``why`` is the one warm line for the client's opener, free of codes and flags;
    ``reasons`` are for the therapist and never printed for the client.
    """

    id: str
    kind: Kind
    title: str
    summary: str
    minutes: int
    reasons: tuple[Reason, ...]
    why: str
    in_session: bool = False
    optional: bool = False


@dataclass(frozen=True)
class Gap:
    """The stretch between session ``number`` and the next; ``after`` follows the last session."""

    number: GapNumber
    budget: int
    assignments: tuple[Assignment, ...]

    @property
    def minutes(self) -> int:
        """Minutes that count: what is neither done in session nor optional."""
        return sum(a.minutes for a in self.assignments if not (a.in_session or a.optional))


@dataclass(frozen=True)
class LeftOut:
    """A module that was not chosen, the rule that decided it, and a sentence for the therapist."""

    id: str
    rule: str
    text: str


@dataclass(frozen=True)
class NeedsReview:
    """A module that waits for the therapist's tick, with the caution to weigh."""

    id: str
    caution: str


@dataclass(frozen=True)
class Since:
    """How a plan continues the book that the client has, by ids of modules in reading order.

    ``new``: in no gap of the earlier plan. ``carried``: planned then for a gap that is still ahead. ``again``: given
    then, not done, and planned once more. ``not_repeated``: given then, and left out now. What is done in a session is
    in none of them. ``unannounced``: those of the new ones that the client's letter does not name as news.
    """

    new: tuple[str, ...] = ()
    carried: tuple[str, ...] = ()
    again: tuple[str, ...] = ()
    not_repeated: tuple[str, ...] = ()
    unannounced: tuple[str, ...] = ()


@dataclass(frozen=True)
class Plan:
    """What a client does between which sessions, and why. ``since``: how it continues an earlier book, if it does."""

    client: str
    gaps: tuple[Gap, ...]
    left_out: tuple[LeftOut, ...] = ()
    needs_review: tuple[NeedsReview, ...] = ()
    notes: tuple[str, ...] = ()
    since: Since | None = None

    @property
    def module_ids(self) -> tuple[str, ...]:
        """Ids of all modules in the book, in reading order."""
        return tuple(a.id for gap in self.gaps for a in gap.assignments)


@dataclass(frozen=True)
class Section:
    """One piece of the book that starts on a new page, as a complete HTML document.

    ``title`` is the running header's variable part (empty: neither header nor folio). ``personal`` sections hold the
    client's own words and are never written to disk.
    """

    id: str
    title: str
    html: str
    personal: bool = False


@dataclass(frozen=True)
class Glyphs:
    """Which glyphs of one face a fragment uses: glyph number → the text it stands for.

    ``face`` names the face; ``resource`` is the name by which the fragment's pages call it. A face that is used in form
    fields is embedded whole, since nobody knows what a client will type.
    """

    face: str
    resource: str
    text: Mapping[int, str]
    in_fields: bool = False


@dataclass(frozen=True)
class Bookmark:
    """An entry for the outline: level from 1, title, page of the fragment from 0, position in pt."""

    level: int
    title: str
    page: int
    x: float
    y: float


@dataclass(frozen=True)
class Fragment:
    """A typeset section: a small PDF without fonts, and what binding needs to know about it.

    ``anchors`` maps names to (page from 0, x, y in pt). ``spacing`` names the layout's classes by which copyfitting
    saved a page or filled the last one; empty: none. ``warnings`` are the engine's, about the layout's HTML and CSS.
    """

    key: str
    pdf: bytes
    pages: int
    bookmarks: tuple[Bookmark, ...] = ()
    anchors: Mapping[str, tuple[int, float, float]] = field(default_factory=dict)
    glyphs: tuple[Glyphs, ...] = ()
    spacing: str = ""
    warnings: tuple[str, ...] = ()
