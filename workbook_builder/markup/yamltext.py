"""Options as YAML in which every value is the text the author wrote: ``no`` stays "no", and 08 stays "08"."""

from __future__ import annotations

from typing import Any

import yaml

MAX_BRACKETS = 40
MAX_DEPTH = 4


class _TextLoader(yaml.SafeLoader):
    yaml_implicit_resolvers: dict[str, list[Any]] = {}  # noqa: RUF012 - the way of either loader to resolve nothing


class _FastLoader(getattr(yaml, "CSafeLoader", yaml.SafeLoader)):  # type: ignore[misc]
    yaml_implicit_resolvers: dict[str, list[Any]] = {}  # noqa: RUF012 - the way of either loader to resolve nothing


class NotYamlError(Exception):
    """The options cannot be read; says why and where: line and column from 0, counted from the first option."""

    def __init__(self, message: str, line: int, column: int) -> None:
        super().__init__(message)
        self.line, self.column = line, column


def compose_options(text: str) -> list[tuple[yaml.ScalarNode, yaml.Node]]:
    """Return the pairs of name and value as nodes, which know their place. Raises NotYamlError."""
    try:
        root = _compose(text, _FastLoader)
    except (yaml.YAMLError, NotYamlError):
        root = _compose_slowly(text)
    if root is None:
        return []
    pairs = root.value if isinstance(root, yaml.MappingNode) else []
    if not pairs or not all(isinstance(key, yaml.ScalarNode) for key, _ in pairs):
        message = "each option is a name, a colon and a value, as in: id: told-myself"
        raise NotYamlError(message, root.start_mark.line, root.start_mark.column)
    return list(pairs)


def _compose_slowly(text: str) -> yaml.Node | None:
    """Compose with the loader in Python, which is eight times slower and says in more words what is wrong."""
    try:
        return _compose(text, _TextLoader)
    except yaml.MarkedYAMLError as error:
        message, at_its_start = _explain(error)
        mark = (at_its_start and error.context_mark) or error.problem_mark
        raise NotYamlError(message, mark.line if mark else 0, mark.column if mark else 4) from None


def _compose(text: str, loader: type[yaml.SafeLoader]) -> yaml.Node | None:
    # The events come first: they cost little, and keep what is nested deep from the composer, which is recursive.
    _check_events(text, loader)
    return yaml.compose(text, Loader=loader)


def _check_events(text: str, loader: type[yaml.SafeLoader]) -> None:
    if text.count("[") + text.count("{") > MAX_BRACKETS:
        raise NotYamlError(f"the options hold more than {MAX_BRACKETS} opening brackets", 0, 4)
    depth = 0
    for event in yaml.parse(text, Loader=loader):
        depth += isinstance(event, yaml.CollectionStartEvent) - isinstance(event, yaml.CollectionEndEvent)
        mark = event.start_mark
        line, column = (mark.line, mark.column) if mark else (0, 4)
        if depth > MAX_DEPTH:
            raise NotYamlError("the options are nested too deep here", line, column)
        if isinstance(event, yaml.AliasEvent) or getattr(event, "anchor", None) or getattr(event, "tag", None):
            raise NotYamlError("a value cannot begin with this sign", line, column)
        if isinstance(event, yaml.ScalarEvent):
            _check_comment(text, event)


def _check_comment(text: str, event: yaml.ScalarEvent) -> None:
    """Refuse a comment behind a text: more likely its author wants to print the number sign."""
    mark = event.end_mark
    rest = text[mark.index :].partition("\n")[0] if mark else ""
    if mark and rest.lstrip().startswith("#") and event.value and not event.value.isdecimal():
        column = mark.column + len(rest) - len(rest.lstrip())
        raise NotYamlError("what follows the sign # would be left out", mark.line, column)


def _explain(error: yaml.MarkedYAMLError) -> tuple[str, bool]:
    """Return what is wrong, and whether it is where the library began to read the value, not where it gave up."""
    problem, context = error.problem or "", error.context or ""
    if "quoted scalar" in context or "flow" in context:
        return "a quote or a bracket is not closed", True
    if "alias" in context or "anchor" in context or "tag" in context or "directive" in context:
        return "a value cannot begin with this sign", True
    if "block scalar" in context:
        return "a bar cannot begin a value, or follow a closing quote", True
    if "mapping values" in problem:
        return "a colon followed by a space has a meaning of its own here", False
    if "cannot start any token" in problem:
        return "a value cannot begin with this sign", False
    if "expected <block end>" in problem:
        return "text goes on after a closing quote, or the indentation does not fit the line above", False
    return "the options cannot be read here: check the indentation, colons and quotes", False
