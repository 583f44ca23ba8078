"""Putting entries into a list of a YAML text, while every other character stays as it was.

ruamel.yaml's round trip keeps comments and order, and is asked where each value stands. It does not write the text as
a whole: it sets lines anew (``null`` becomes nothing, spaces between brackets go), and a therapist who ticks one module
would find other lines of the file changed. So it writes the entries alone, and these are spliced in.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from io import StringIO

from ruamel.yaml import YAML
from ruamel.yaml.error import YAMLError
from ruamel.yaml.nodes import MappingNode, Node, ScalarNode, SequenceNode

Entry = str | Mapping[str, str | int]
"""What may be put into a list: an id, or a group such as an entry of the log."""
STEP = 2
"""Spaces by which a new group's settings are indented."""
_NULLS = frozenset(["", "~", "null", "Null", "NULL"])
_WIDE = 10_000


class Unspliceable(Exception):
    """The text is written in a way that nothing can be put into it with certainty."""


def splice(text: str, path: Sequence[str], entries: Sequence[Entry]) -> str:
    """Return a YAML text with entries added at the end of the list at ``path`` (``("modules", "reviewed")``).

    Groups and the list itself are made where they are missing or have nothing behind their colon. Line endings stay
    as they are, and so does a missing one at the end.

    Raises:
        Unspliceable: something else than a list stands there, or the text cannot be read.
    """
    lines = _Lines(text)
    root = _compose(lines.plain)
    node, rest = root, list(path)
    group: MappingNode | None = None
    while rest and isinstance(node, MappingNode):
        found = next(((k, v) for k, v in node.value if isinstance(k, ScalarNode) and k.value == rest[0]), None)
        if found is None:
            _add_setting(lines, node, rest, _write(entries), is_root=node is root)
            return lines.text
        group, (key, node), rest = node, found, rest[1:]
    if isinstance(node, SequenceNode) and not rest:
        _append(lines, node, [_write([entry])[1:-1] for entry in entries])
    elif group and _is_nothing(node):
        _fill_empty(lines, group, key, node, rest, _write(entries))
    else:
        raise Unspliceable(f"something else than a list stands at {'.'.join(path)}")
    return lines.text


class _Lines:
    """A text by lines, each with its own ending."""

    def __init__(self, text: str) -> None:
        found = re.findall(r"([^\r\n]*)(\r\n|\r|\n|\Z)", text)
        pairs = found if found[-1] != ("", "") or len(found) == 1 else found[:-1]
        self.lines = [line for line, _ in pairs]
        self.ends = [end for _, end in pairs]

    @property
    def plain(self) -> str:
        """The text with one sort of line ending, so that places in it are lines and columns of the file."""
        return "\n".join(self.lines) + "\n"

    @property
    def text(self) -> str:
        return "".join(line + end for line, end in zip(self.lines, self.ends, strict=True))

    def put(self, line: int, start: int, end: int, words: str) -> None:
        """Write ``words`` in place of the columns from ``start`` up to ``end``."""
        old = self.lines[line]
        self.lines[line] = old[:start] + words + old[end:]

    def add_below(self, line: int, new: Sequence[str]) -> None:
        """Add lines below a line, with its ending; below a last line that has none, the last new one has none."""
        last = self.ends[line]
        usual = last or next(filter(None, self.ends), "\n")
        self.ends[line] = usual
        self.lines[line + 1 : line + 1] = new
        self.ends[line + 1 : line + 1] = [*[usual] * (len(new) - 1), last]


def _compose(text: str) -> Node:
    try:
        root: Node = YAML(typ="rt", pure=True).compose(StringIO(text))
    except YAMLError:
        raise Unspliceable("the text cannot be read as YAML") from None
    return root


def _write(entries: Sequence[Entry]) -> str:
    """Return entries as a list in one line, quoted where YAML asks for it."""
    yaml = YAML(typ="rt", pure=True)
    yaml.default_flow_style, yaml.width = True, _WIDE
    out = StringIO()
    yaml.dump([entry if isinstance(entry, str) else dict(entry) for entry in entries], out)
    return out.getvalue().strip()


def _is_nothing(node: Node) -> bool:
    return isinstance(node, ScalarNode) and not node.style and node.value in _NULLS


def _last_line(lines: _Lines, node: Node) -> int:
    """Return the last line on which something of a value stands."""
    if isinstance(node, MappingNode | SequenceNode) and not node.flow_style:
        last = node.value[-1]
        if isinstance(node, MappingNode):
            # Nothing at all has no place of its own: it is said to stand where the next thing begins.
            last = last[0] if _is_nothing(last[1]) and not last[1].value else last[1]
        return _last_line(lines, last)
    line: int = node.end_mark.line
    if isinstance(node, ScalarNode) and node.style in ("|", ">"):
        line -= 1  # such a text ends where the next line begins
        while not lines.lines[line].strip():
            line -= 1
    return line


def _append(lines: _Lines, node: SequenceNode, items: Sequence[str]) -> None:
    if node.flow_style:
        _append_in_brackets(lines, node, [(one, one) for one in node.value], items)
        return
    last = node.value[-1]
    dash = re.fullmatch(r"\s*-(\s+)", lines.lines[last.start_mark.line][: last.start_mark.column])
    before = " " * node.start_mark.column + "-" + (dash[1] if dash else " ")
    lines.add_below(_last_line(lines, last), [before + item for item in items])


def _append_in_brackets(lines: _Lines, node: Node, parts: Sequence[tuple[Node, Node]], items: Sequence[str]) -> None:
    """Add items behind the last of the ``parts`` (each by its first and last node) of a list or group in brackets."""
    first, end = node.start_mark, node.end_mark
    if not parts:
        column = first.column + 1
        between = lines.lines[first.line][column : end.column - 1] if first.line == end.line else "x"
        lines.put(first.line, column, end.column - 1 if not between.strip() else column, ", ".join(items))
        return
    start, stop = parts[-1][0].start_mark, parts[-1][1].end_mark
    above = parts[-2][1].end_mark.line if len(parts) > 1 else first.line
    indent = lines.lines[start.line][: start.column]
    if above < start.line and stop.line < end.line and not indent.strip():
        # One on each line: a new line, so that a comment behind the last one stays with it.
        comma = re.match(r"\s*,", lines.lines[stop.line][stop.column :])
        lines.add_below(
            stop.line, [indent + item + "," for item in items[:-1]] + [indent + items[-1] + "," * bool(comma)]
        )
        if not comma:
            lines.put(stop.line, stop.column, stop.column, ",")
        return
    lines.put(stop.line, stop.column, stop.column, "".join(f", {item}" for item in items))


def _add_setting(lines: _Lines, group: MappingNode, path: Sequence[str], value: str, is_root: bool) -> None:
    """Add a setting to a group, in the group's own style."""
    if group.flow_style:
        _append_in_brackets(lines, group, group.value, [_in_brackets(path, value)])
        return
    line = _last_line(lines, group)
    new = _on_lines(path, value, group.value[0][0].start_mark.column)
    if is_root:
        below = [text.lstrip() for text in lines.lines[line + 1 :]]
        if all(not text or text.startswith("#") for text in below):
            line = max(
                n for n, text in enumerate(lines.lines) if text.strip()
            )  # comments at the end stay where they are
        starts = [key.start_mark.line for key, _ in group.value[1:]]
        if any(not lines.lines[n - 1].strip() for n in starts):
            new = ["", *new]
    lines.add_below(line, new)


def _fill_empty(lines: _Lines, group: MappingNode, key: Node, node: Node, path: Sequence[str], value: str) -> None:
    """Write a value where nothing, or a word for nothing, stands behind a setting's name."""
    if node.value:
        start, end = node.start_mark, node.end_mark
        lines.put(start.line, start.column, end.column, _in_brackets(path, value, "{}") if path else value)
        return
    if path and not group.flow_style:
        lines.add_below(key.end_mark.line, _on_lines(path, value, group.value[0][0].start_mark.column + STEP))
        return
    line, column = key.end_mark.line, key.end_mark.column
    colon = re.match(r"\s*:", lines.lines[line][column:])
    if not colon:
        raise Unspliceable("no colon stands behind the setting's name")
    lines.put(
        line, column + colon.end(), column + colon.end(), f" {_in_brackets(path, value, '{}') if path else value}"
    )


def _in_brackets(path: Sequence[str], value: str, around: str = "") -> str:
    for name in reversed(path[1:]):
        value = f"{{{name}: {value}}}"
    return f"{around[:1]}{path[0]}: {value}{around[1:]}"


def _on_lines(path: Sequence[str], value: str, indent: int) -> list[str]:
    *groups, last = path
    names = [*(f"{name}:" for name in groups), f"{last}: {value}"]
    return [" " * (indent + STEP * n) + text for n, text in enumerate(names)]
