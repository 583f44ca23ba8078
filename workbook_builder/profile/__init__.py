"""A client's profile: what the therapist answers after intake, read from YAML into frozen values.

Text in a profile is data: white space is folded, and it is never read as markdown, as a template or as anything else.
"""

from __future__ import annotations

from .editing import Change, add_entries, add_to_profile, find_change
from .model import (
    CONTRADICTION,
    NO_CLEARANCE,
    Clearance,
    Client,
    Homework,
    Letter,
    LogEntry,
    Modules,
    Preferences,
    Profile,
    Program,
    last_session,
)
from .reading import (
    CODES,
    LoadedProfile,
    check_values,
    load_profile,
    profile_schema,
    read_profile,
    unknown_modules,
)

__all__ = [
    "CODES",
    "CONTRADICTION",
    "NO_CLEARANCE",
    "Change",
    "Clearance",
    "Client",
    "Homework",
    "Letter",
    "LoadedProfile",
    "LogEntry",
    "Modules",
    "Preferences",
    "Profile",
    "Program",
    "add_entries",
    "add_to_profile",
    "check_values",
    "find_change",
    "last_session",
    "load_profile",
    "profile_schema",
    "read_profile",
    "unknown_modules",
]
