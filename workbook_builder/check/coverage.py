"""What the library covers: how many modules there are for each topic in each phase, and for each obstacle."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from workbook_builder.vocabulary import OBSTACLES, PHASES, TOPICS, ModuleTopic, Obstacle, Phase

from .codes import EMPTY_CELL, EMPTY_OBSTACLE
from .findings import Finding, found
from .subject import Edition, Subject

GENERAL: ModuleTopic = "general"
_MOST_NAMED = 3


@dataclass(frozen=True)
class Coverage:
    """Modules of one language by topic and phase, and by obstacle. What is ``general`` serves every topic."""

    language: str
    cells: Mapping[tuple[ModuleTopic, Phase], int]
    obstacles: Mapping[Obstacle, int]

    def as_dict(self) -> dict[str, Any]:
        """Return the table as JSON has it: topic, then phase, then the number of modules."""
        topics = {topic: {phase: self.cells.get((topic, phase), 0) for phase in PHASES} for topic in (GENERAL, *TOPICS)}
        return {"language": self.language, "phases": list(PHASES), "topics": topics, "obstacles": dict(self.obstacles)}

    @property
    def empty(self) -> list[tuple[ModuleTopic, Phase]]:
        """Cells without a module, general ones counted in; modules for any phase answer missed work, not topics."""
        phases = [phase for phase in PHASES if phase != "any" and not self.cells.get((GENERAL, phase))]
        return [(topic, phase) for topic in TOPICS for phase in phases if not self.cells.get((topic, phase))]


def measure(edition: Edition) -> Coverage:
    """Return what the modules of one language cover."""
    modules = edition.modules.values()
    cells = Counter((topic, module.phase) for module in modules for topic in module.topics)
    obstacles = Counter(obstacle for module in modules for obstacle in module.obstacles)
    return Coverage(edition.language, cells, {obstacle: obstacles[obstacle] for obstacle in OBSTACLES})


def check_coverage(subject: Subject) -> Iterator[Finding]:
    """There is something for each topic in each phase, and for each obstacle."""
    for edition in subject.editions:
        # A module that cannot be read may be the one that fills the hole.
        if len(edition.pages) < len(edition.known) or not edition.pages:
            continue
        coverage = measure(edition)
        folder = f"{subject.content}/{edition.language}"
        hint = "workbook check --coverage shows the table"
        if empty := coverage.empty:
            named = ", ".join(f"{topic} in {phase}" for topic, phase in empty[:_MOST_NAMED])
            more = f" and {len(empty) - _MOST_NAMED} more" if len(empty) > _MOST_NAMED else ""
            yield found(EMPTY_CELL, folder, (0, 0), f"no module is for {named}{more}", hint)
        if unanswered := [obstacle for obstacle, count in coverage.obstacles.items() if not count]:
            yield found(EMPTY_OBSTACLE, folder, (0, 0), f"no module answers {', '.join(unanswered)}", hint)
