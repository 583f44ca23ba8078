"""Puts a signature into a module's text and leaves every other character as it is.

The front matter is a person's: with comments, an order and line ends of its own. So it is never written anew; the few
values that change are replaced where they stand.
"""

from __future__ import annotations

import json
from typing import Any

import yaml

from workbook_builder.errors import InputProblems, Problem
from workbook_builder.library import FrontMatter, Signature
from workbook_builder.source import load, split_front_matter

ODD_FRONT_MATTER = "WB101"
Span = tuple[int, int]


def put_signature(text: str, signature: Signature, shown: str) -> str:
    """Return a module's text, signed.

    Args:
        text: the whole file, with its own line ends; it has been read as a module without problems.
        shown: how messages call the file.

    Raises:
        InputProblems: the front matter is YAML of a form in which a line cannot be put.
    """
    starts = _line_starts(text)
    front, _, body_line, _ = split_front_matter(_unix(text), shown)
    top = yaml.compose(front, Loader=yaml.SafeLoader)
    settings = {key.value: (key, value) for key, value in top.value} if top else {}
    line_end = "\r\n" if text[: starts[1]].endswith("\r\n") else text[starts[1] - 1]
    parts = _parts(signature)
    edits: dict[Span, str] = {}
    if "status" in settings:
        span = _span(settings["status"][1], starts)
        edits[span] = "reviewed" if text[span[0] - 1].isspace() else " reviewed"
        after = starts[_end_line(settings["status"][1]) + 1]
    else:
        after = starts[body_line - 2]
        edits[after, after] = f"status: reviewed{line_end}"
    old = {key.value: value for key, value in settings["reviewed"][1].value} if _is_group(settings) else {}
    if old.keys() == parts.keys():
        edits |= {_span(old[name], starts): value for name, value in parts.items()}
    elif "reviewed" in settings:
        key, value = settings["reviewed"]
        edits[_offset(key.start_mark, starts), _span(value, starts)[1]] = _block(parts, line_end)
    else:
        edits[after, after] = edits.get((after, after), "") + _block(parts, line_end) + line_end
    signed = text
    for (start, end), value in sorted(edits.items(), reverse=True):
        signed = signed[:start] + value + signed[end:]
    if not _is_signed(signed, text, signature, shown):
        message = "the front matter has a form into which no signature can be put"
        hint = 'write each setting on a line of its own, and "status: draft" as the last'
        raise InputProblems([Problem(shown, 1, 1, ODD_FRONT_MATTER, message, hint=hint)])
    return signed


def _parts(signature: Signature) -> dict[str, str]:
    """The signature's settings as YAML; text in JSON's quotes is text in YAML too."""
    return {
        "by": json.dumps(signature.by, ensure_ascii=False),
        "date": signature.date.isoformat(),
        "digest": signature.digest,
        "fields": json.dumps(list(signature.fields)),
    }


def _block(parts: dict[str, str], line_end: str) -> str:
    return line_end.join(["reviewed:", *(f"  {name}: {value}" for name, value in parts.items())])


def _is_group(settings: dict[str, Any]) -> bool:
    return "reviewed" in settings and isinstance(settings["reviewed"][1], yaml.MappingNode)


def _last(node: yaml.Node) -> yaml.Node:
    """The last leaf of a node: a block's own end lies behind the comments and blank lines that follow it."""
    while isinstance(node, yaml.CollectionNode) and node.value and not node.flow_style:
        node = node.value[-1][1] if isinstance(node, yaml.MappingNode) else node.value[-1]
    return node


def _span(node: yaml.Node, starts: list[int]) -> Span:
    return _offset(node.start_mark, starts), _offset(_last(node).end_mark, starts)


def _end_line(node: yaml.Node) -> int:
    line: int = _last(node).end_mark.line
    return line


def _offset(mark: Any, starts: list[int]) -> int:
    start: int = starts[mark.line] + mark.column
    return start


def _line_starts(text: str) -> list[int]:
    """Where each line starts. A text that was read as a module holds no line ends but \\n, \\r\\n and \\r."""
    starts = [0]
    for line in text.splitlines(keepends=True):
        starts.append(starts[-1] + len(line))
    return starts


def _unix(text: str) -> str:
    return text.replace("\r\n", "\n").replace("\r", "\n")


def _is_signed(signed: str, before: str, signature: Signature, shown: str) -> bool:
    """Whether the text reads as signed, and nothing else in it has changed."""
    front, body, _, problems = split_front_matter(_unix(signed), shown)
    old_front, old_body, _, _ = split_front_matter(_unix(before), shown)
    now, _, more = load(FrontMatter, front, shown)
    then, _, _ = load(FrontMatter, old_front, shown)
    if problems or more or now is None or then is None or body != old_body:
        return False
    unsigned = {"status": "draft", "reviewed": None}
    is_same = now.model_copy(update=unsigned) == then.model_copy(update=unsigned)
    return is_same and now.status == "reviewed" and now.reviewed == signature
