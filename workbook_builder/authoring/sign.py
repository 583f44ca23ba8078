"""Signing modules: a clinician says that a module, as it is, may be handed out.

A signature is bound to what was read (``library.digest``), so an edit makes the module a draft again by itself.
"""

from __future__ import annotations

import datetime
from collections.abc import Iterable
from pathlib import Path

from pydantic import ValidationError

from workbook_builder.authoring.files import own_content, replace_all
from workbook_builder.authoring.front import put_signature
from workbook_builder.errors import InputProblems, Problem, did_you_mean
from workbook_builder.folders import Folders
from workbook_builder.library import Module, Signature, digest
from workbook_builder.library.folders import load_modules, module_files
from workbook_builder.markup import Body, parse_body

WRONG = "WB101"
NO_SUCH_MODULE = "WB111"


def sign_modules(
    ids: Iterable[str], folders: Folders, language: str, by: str, day: datetime.date, real_today: datetime.date
) -> tuple[Path, ...]:
    """Sign modules of the practice's own library, all or none, and return their files.

    Args:
        by: who has read them; ``day``: when.

    Raises:
        InputProblems: an unknown module, a module with problems, a name or a day that cannot be.
        CannotWrite: the library is the one that ships with the program, or a file cannot be written.
    """
    own_content(folders)
    modules = _readable_modules(list(dict.fromkeys(ids)), folders.content, language)
    if day > real_today:
        raise InputProblems([Problem("--date", 0, 0, WRONG, "lies in the future", hint="sign when it has been read")])
    signed: dict[Path, bytes] = {}
    for module, body in modules:
        path = Path(module.path).resolve()
        signature = _signature(module, body, by, day)
        signed[path] = put_signature(path.read_bytes().decode("utf-8"), signature, module.path).encode("utf-8")
    replace_all(signed)
    return tuple(Path(module.path) for module, _ in modules)


def _readable_modules(ids: list[str], content: Path, language: str) -> list[tuple[Module, Body]]:
    """Return these modules with their bodies; raises InputProblems with all that is wrong in any of them."""
    modules, problems = load_modules(content, language)
    known = sorted({path.stem for path in module_files(content, language)})
    found = [
        Problem(id_, 0, 0, NO_SUCH_MODULE, "there is no such module", hint=did_you_mean(id_, known))
        for id_ in ids
        if id_ not in known
    ]
    found += [problem for problem in problems if Path(problem.path).stem in ids]
    readable = []
    for module in (modules[id_] for id_ in ids if id_ in modules):
        body, more = parse_body(module.body, module.id, module.path, module.body_line)
        found += more
        readable.append((module, body))
    if found:
        raise InputProblems(found)
    return readable


def _signature(module: Module, body: Body, by: str, day: datetime.date) -> Signature:
    try:
        return Signature(
            by=by, date=day, digest=digest(module, module.body), fields=tuple(field.id for field in body.fields)
        )
    except ValidationError:
        message = "must be a name on one line, with 60 characters at most"
        raise InputProblems([Problem("--by", 0, 0, WRONG, message)]) from None
