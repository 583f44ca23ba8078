"""The options of a block, each checked where it is asked for, with its place in the file."""

from __future__ import annotations

import re

import yaml

from workbook_builder.errors import did_you_mean
from workbook_builder.markup.blocks import RawBlock
from workbook_builder.markup.codes import NOT_YAML, UNKNOWN_OPTION, WRONG_OPTION
from workbook_builder.markup.findings import Findings, Spot
from workbook_builder.markup.yamltext import NotYamlError, compose_options

_MAX_QUOTED = 40
_QUOTES_HELP = 'put "…" around a text with a colon, a quote, # or a bracket'


class Options:
    """Reads the options of one block; what is wrong with them goes to the findings.

    Each method returns the option's value, or its default when the option is missing or wrong. ``sound`` turns false
    when something was wrong, so that whoever compares with this block does not report the same slip again.
    """

    def __init__(self, block: RawBlock, findings: Findings) -> None:
        self.block = block
        self.findings = findings
        self.sound = True
        self._asked: list[str] = []
        self._keys: dict[str, Spot] = {}
        self._values: dict[str, yaml.Node] = {}
        self._is_readable = True
        self._first_line = block.options[0].number if block.options else block.spot.line
        try:
            pairs = compose_options("\n".join(line.text for line in block.options))
        except NotYamlError as error:
            self._is_readable = False
            pairs = []
            self.wrong(Spot(self._first_line + error.line, error.column + 1), NOT_YAML, str(error), hint=_QUOTES_HELP)
        for key, value in pairs:
            name, spot = key.value, self.spot(key)
            if name in self._values:
                message = f"this option is written twice (first on line {self._keys[name].line})"
                self.wrong(spot, UNKNOWN_OPTION, message, name)
            else:
                self._keys[name], self._values[name] = spot, value

    def node(self, name: str) -> yaml.Node | None:
        """Return the YAML node of an option, or None."""
        self._asked.append(name)
        return self._values.get(name)

    def key_spot(self, name: str) -> Spot:
        """Return where the option's name stands, or where the block opens when it has no such option."""
        return self._keys.get(name, self.block.spot)

    def value_spot(self, name: str) -> Spot:
        """Return where the option's value stands, or where the block opens when it has no such option."""
        return self.spot(self._values[name]) if name in self._values else self.block.spot

    def has(self, name: str) -> bool:
        """Whether the author has written this option."""
        return name in self._values

    def text(self, name: str) -> str:
        """Return a text on one line, empty when the option is missing."""
        node = self.node(name)
        if node is None:
            return ""
        if not isinstance(node, yaml.ScalarNode):
            self.wrong(self.spot(node), WRONG_OPTION, "must be text", name, _QUOTES_HELP)
            return ""
        value = " ".join(node.value.split())
        if not value:
            self.wrong(self.key_spot(name), WRONG_OPTION, "is empty: write a value, or delete the line", name)
        return value

    def whole(self, name: str, low: int, high: int, default: int) -> int:
        """Return a whole number from ``low`` to ``high``."""
        if not (value := self.text(name)):
            return default
        if re.fullmatch(r"[0-9]{1,4}", value) and low <= int(value) <= high:
            return int(value)
        message = f"must be a whole number from {low} to {high}{wrote(value)}"
        self.wrong(self.value_spot(name), WRONG_OPTION, message, name)
        return default

    def words(self, name: str, low: int, high: int) -> tuple[str, ...]:
        """Return the texts between bars; there must be ``low`` to ``high`` of them, none empty."""
        if isinstance(self._values.get(name), yaml.CollectionNode):
            message = "must be texts with a bar between them, as in: one | two"
            self.node(name)
            self.wrong(self.value_spot(name), WRONG_OPTION, message, name, _QUOTES_HELP)
            return ()
        if not (value := self.text(name)):
            return ()
        found, spot = split_bars(value), self.value_spot(name)
        if not all(found):
            self.wrong(spot, WRONG_OPTION, "nothing stands before, after or between two bars: delete a bar", name)
        elif not low <= len(found) <= high:
            message = f"must be {low} to {high} texts with a bar between them (you wrote {len(found)})"
            self.wrong(spot, WRONG_OPTION, message, name)
        else:
            return found
        return ()

    def require(self, name: str, example: str) -> None:
        """Report the option when it is missing."""
        if name not in self._values and self._is_readable:
            message = f'is missing: write "    {name}: {example}" below the opening line'
            self.wrong(self.block.spot, WRONG_OPTION, message, name)

    def report_unknown(self) -> None:
        """Report each option that nobody has asked for."""
        for name in sorted(set(self._values) - set(self._asked)):
            hint = did_you_mean(name, self._asked) or f"the options are {', '.join(self._asked)}"
            self.wrong(self._keys[name], UNKNOWN_OPTION, "there is no such option", name, hint)

    def wrong(self, spot: Spot, code: str, message: str, name: str = "", hint: str = "") -> None:
        """Report a problem with the option ``name``."""
        self.sound = False
        shown = name if len(name) <= _MAX_QUOTED else f"{name[: _MAX_QUOTED - 1]}…"
        self.findings.add(spot, code, message, f"{self.block.kind}.{shown}" if name else "", hint)

    def spot(self, node: yaml.Node) -> Spot:
        """Return where a YAML node begins."""
        return Spot(self._first_line + node.start_mark.line, node.start_mark.column + 1)


def split_bars(value: str) -> tuple[str, ...]:
    """Return the texts between bars, without the spaces around them."""
    return tuple(part.strip() for part in value.split("|"))


def wrote(value: str) -> str:
    """Return `` (you wrote "…")`` with at most 40 characters of the value."""
    return f' (you wrote "{value if len(value) <= _MAX_QUOTED else value[: _MAX_QUOTED - 1] + "…"}")'
