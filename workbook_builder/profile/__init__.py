"""A client's profile: what the therapist answers after intake, read from YAML into frozen values.

Text in a profile is data: white space is folded, and it is never read as markdown, as a template or as anything else.
"""

from __future__ import annotations

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
    "check_values",
    "last_session",
    "load_profile",
    "profile_schema",
    "read_profile",
    "unknown_modules",
]
