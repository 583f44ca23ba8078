"""The controlled vocabulary: the words that profiles, modules and rules share.

Topics, obstacles and flags are the clinical catalogue's; a rule of content/selection.yaml may use these words and no
others. What the words mean to a therapist stands in docs/.
"""

from __future__ import annotations

from typing import Literal, get_args

Topic = Literal[
    "anxiety",
    "social-anxiety",
    "health-worry",
    "sleep-worry",
    "anger",
    "low-mood",
    "guilt-shame",
    "self-worth",
    "perfectionism",
    "procrastination",
    "work-stress",
    "relationship-conflict",
    "grief-adjustment",
]

# What an intake may name and this library has nothing for: it needs assessment and referral. Such a topic selects no
# module and leaves a note for the therapist.
ReferredTopic = Literal["substance-use", "trauma", "eating-disorder", "ocd"]

ModuleTopic = Literal["general", Topic]
ClientTopic = Literal[Topic, ReferredTopic]

Feeling = Literal["anxiety", "depression", "guilt", "shame", "hurt", "anger", "jealousy", "envy"]

# The practice's five, then three practical ones.
Obstacle = Literal[
    "time-management",
    "low-frustration-tolerance",
    "ego-anxiety",
    "anger-resentment",
    "avoidance-procrastination",
    "doubts",
    "low-energy",
    "reading",
]

# Set by the therapist, never guessed by the program.
Flag = Literal[
    "suicidal-thoughts",
    "severe-depression",
    "psychosis",
    "mania",
    "ptsd",
    "recent-trauma",
    "recent-bereavement",
    "abuse-at-home",
    "violence-risk",
    "harassment-at-work",
    "job-at-risk",
    "eating-disorder",
    "ocd",
    "unchecked-symptoms",
    "serious-illness",
]

Phase = Literal["orientation", "psychoeducation", "disputing", "practising", "consolidating", "any"]
Frequency = Literal["weekly", "biweekly", "monthly"]
Book = Literal["anxiety", "stubbornly-refuse", "anger"]

TOPICS: tuple[Topic, ...] = get_args(Topic)
REFERRED_TOPICS: tuple[ReferredTopic, ...] = get_args(ReferredTopic)
FEELINGS: tuple[Feeling, ...] = get_args(Feeling)
OBSTACLES: tuple[Obstacle, ...] = get_args(Obstacle)
FLAGS: tuple[Flag, ...] = get_args(Flag)
PHASES: tuple[Phase, ...] = get_args(Phase)
FREQUENCIES: tuple[Frequency, ...] = get_args(Frequency)
BOOKS: tuple[Book, ...] = get_args(Book)

EditionName = Literal["standard", "large-print", "screen"]
EDITIONS = get_args(EditionName)
"""How a book's pages are set."""
STANDARD: EditionName = "standard"
