"""The rules by which modules are chosen: content/selection.yaml as frozen values, checked as a whole."""

from __future__ import annotations

from .checks import CODES, CONTEXT_WORDS, RULE_NAMES
from .companion import CompanionRules, Questions, Talk
from .conditions import Entry, When
from .limits import Dose, KindRule, Light, Step
from .model import FlagRow, Rules
from .paths import ListName, Maintenance, ObstacleRow, Pacing, Role, Row, TopicPath
from .reading import load_rules, rules_schema

__all__ = [
    "CODES",
    "CONTEXT_WORDS",
    "RULE_NAMES",
    "CompanionRules",
    "Dose",
    "Entry",
    "FlagRow",
    "KindRule",
    "Light",
    "ListName",
    "Maintenance",
    "ObstacleRow",
    "Pacing",
    "Questions",
    "Role",
    "Row",
    "Rules",
    "Step",
    "Talk",
    "TopicPath",
    "When",
    "load_rules",
    "rules_schema",
]
