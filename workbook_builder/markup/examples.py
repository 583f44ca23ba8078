"""An example's answers: each must fit its field, and each field of the page must have one."""

from __future__ import annotations

import re
from collections.abc import Sequence

import yaml

from workbook_builder.errors import did_you_mean
from workbook_builder.markup.blocks import RawBlock
from workbook_builder.markup.codes import NO_ANSWER, UNKNOWN_ANSWER, WRONG_ANSWER
from workbook_builder.markup.fields import ReadField
from workbook_builder.markup.findings import Findings
from workbook_builder.markup.nodes import Answered, Choose, Field, Grid, Rate, Tick, Value
from workbook_builder.markup.options import Options, split_bars, wrote


def read_answers(block: RawBlock, fields: Sequence[ReadField], findings: Findings) -> tuple[Answered, ...]:
    """Return an example's answers in the order of the page's fields; none when it is a story only.

    ``fields`` are all fields of the page. What is wrong goes to the findings, at the answer.
    """
    options = Options(block, findings)
    node = options.node("answers")
    options.report_unknown()
    if node is None:
        return ()
    if not isinstance(node, yaml.MappingNode):
        message = "must be a line for each field, indented by six spaces: its id, a colon and the answer"
        options.wrong(options.key_spot("answers"), WRONG_ANSWER, message, "answers")
        return ()
    given = _answers_by_id(node, options, fields)
    answered = []
    for read in fields:
        value = _read_answer(read, given.get(read.field.id), options)
        if value is not None:
            answered.append(Answered(read.field, value))
    return tuple(answered)


class _MisfitError(Exception):
    """An answer that does not fit; holds the YAML node and what to write instead."""

    def __init__(self, node: yaml.Node, message: str) -> None:
        super().__init__(message)
        self.node = node


def _answers_by_id(answers: yaml.MappingNode, options: Options, fields: Sequence[ReadField]) -> dict[str, yaml.Node]:
    known = [read.field.id for read in fields]
    given: dict[str, yaml.Node] = {}
    for key, value in answers.value:
        id_ = key.value if isinstance(key, yaml.ScalarNode) else ""
        if id_ in given:
            options.wrong(options.spot(key), UNKNOWN_ANSWER, "this field has an answer already", f"answers.{id_}")
        elif id_ in known:
            given[id_] = value
        # A field without an id has been reported, and this may be its answer.
        elif all(known):
            hint = did_you_mean(id_, known) or (f"the fields are {', '.join(known)}" if known else "")
            message = f"this page has no field with this id{wrote(id_)}"
            options.wrong(options.spot(key), UNKNOWN_ANSWER, message, "answers", hint)
    return given


def _read_answer(read: ReadField, node: yaml.Node | None, options: Options) -> Value | None:
    """Return the answer, or None when there is none that fits.

    Nothing is reported about a field that is wrong itself: the answer may fit once the field has been put right.
    """
    field = read.field
    if node is None:
        if read.sound:
            message = f'no answer for the field "{field.id}": an example answers all fields of its page'
            options.wrong(options.key_spot("answers"), NO_ANSWER, message, "answers")
        return None
    try:
        return _fit(field, node)
    except _MisfitError as misfit:
        if read.sound:
            options.wrong(options.spot(misfit.node), WRONG_ANSWER, str(misfit), f"answers.{field.id}")
        return None


def _fit(field: Field, node: yaml.Node) -> Value:
    if isinstance(field, Grid):
        return _fit_grid(field, node)
    if not isinstance(node, yaml.ScalarNode):
        raise _MisfitError(
            node, 'must be text: put "…" around a text with a colon, or that begins with a bracket or a hyphen'
        )
    text = node.value.strip()
    if not text:
        raise _MisfitError(node, "is empty: write an answer")
    if isinstance(field, Rate):
        return _number(node, text, field.first, field.last, "a whole number")
    if isinstance(field, Choose):
        return _number(node, text, 1, len(field.items), "the number of an item,")
    if isinstance(field, Tick):
        last = len(field.items)
        return tuple(_number(node, part, 1, last, "the numbers of ticked items (1 | 3),") for part in split_bars(text))
    return str(text)


def _number(node: yaml.Node, text: str, first: int, last: int, what: str) -> int:
    if re.fullmatch(r"[0-9]{1,4}", text) and first <= int(text) <= last:
        return int(text)
    raise _MisfitError(node, f"must be {what} from {first} to {last}{wrote(text)}")


def _fit_grid(field: Grid, node: yaml.Node) -> tuple[tuple[str, ...], ...]:
    if not isinstance(node, yaml.SequenceNode):
        raise _MisfitError(node, "must be a list: begin each row with a hyphen, on a line of its own")
    if len(node.value) > field.rows:
        message = f"the table has {field.rows} rows, and this is one more: delete it, or give the field more rows"
        raise _MisfitError(node.value[field.rows], message)
    return tuple(_fit_row(field, row) for row in node.value)


def _fit_row(field: Grid, row: yaml.Node) -> tuple[str, ...]:
    if not isinstance(row, yaml.ScalarNode):
        raise _MisfitError(
            row, 'must be text: put "…" around a row with a colon, or that begins with a bracket or a hyphen'
        )
    cells = split_bars(row.value)
    if len(cells) > len(field.columns):
        raise _MisfitError(
            row, f"must be at most {len(field.columns)} cells with a bar between them (you wrote {len(cells)})"
        )
    return cells + ("",) * (len(field.columns) - len(cells))
