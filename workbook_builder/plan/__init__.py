"""Profile + library + rules → plan: what a client does between which sessions, and why.

All clinical knowledge stands in content/selection.yaml; this package only knows how to apply it. The way of a plan:
``case`` asks the rules about the client, ``admission`` keeps modules out, ``frames`` lays out the gaps, ``wishes`` says
what the pacing wants in them and ``shaping`` how much of it, ``fitting`` gives out the minutes, and ``chosen``,
``left_out`` and ``notes`` put it in words.

Minutes are given out on a ``board``, where ``places`` hold what lies in each gap and ``objections`` say what speaks
against one more. ``placing`` lays a module with what it builds on; the ``ladder`` lays all of them, rung by rung: it
gives each wish (``wanted``) and each floating slot (``slots``) its turn, moves what lies late (``forward``) and uses
what room is left (``filling``); ``climb`` is its state, and ``standstill`` knows which turns would change nothing.
"""

from __future__ import annotations

from .answers import answers_key, planning_answers
from .as_json import plan_to_json
from .clearance import check_clearance
from .continuing import continue_plan
from .needs import all_needs
from .orders import check_orders
from .planning import make_plan

__all__ = [
    "all_needs",
    "answers_key",
    "check_clearance",
    "check_orders",
    "continue_plan",
    "make_plan",
    "plan_to_json",
    "planning_answers",
]
