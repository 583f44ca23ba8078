"""What a practice has to give: content modules, crisis lines, books, videos, and the rules by which they are chosen."""

from __future__ import annotations

from .folders import FOLDERS, LEADS_OUT, SAME_ID, WRONG_FOLDER, WRONG_ID, load_module
from .modules import FrontMatter, Module, Signature, digest
from .reading import NO_LIBRARY, NO_SUCH_MODULE, Library, library_schema, load_library
from .rules import CODES as RULES_CODES
from .rules import Rules, load_rules
from .tables import BookEdition, Chapter, CrisisCountry, CrisisLine, Practice, VideoLink, fresh_link

CODES = {
    WRONG_ID: "a module's id is not the name of its file",
    WRONG_FOLDER: "a module lies in the wrong folder",
    SAME_ID: "two modules have the same id",
    LEADS_OUT: "a link leads out of the content folder, or to a folder",
    NO_LIBRARY: "a content folder lacks what every library needs",
    NO_SUCH_MODULE: "a table names a module that the library does not have",
    **RULES_CODES,
}

__all__ = [
    "CODES",
    "FOLDERS",
    "BookEdition",
    "Chapter",
    "CrisisCountry",
    "CrisisLine",
    "FrontMatter",
    "Library",
    "Module",
    "Practice",
    "Rules",
    "Signature",
    "VideoLink",
    "digest",
    "fresh_link",
    "library_schema",
    "load_library",
    "load_module",
    "load_rules",
]
