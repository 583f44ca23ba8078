"""From a block with options to a field."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from workbook_builder.markup.blocks import RawBlock
from workbook_builder.markup.codes import ID_TWICE, NO_ID, WRONG_OPTION
from workbook_builder.markup.findings import Findings
from workbook_builder.markup.nodes import Asked, Choose, Field, Grid, Rate, Tick, Write
from workbook_builder.markup.options import Options, wrote

MAX_LINES = 25
MAX_SCALE = 10
MAX_COLUMNS = 4
MAX_ROWS = 12
MAX_CELL_LINES = 6
MAX_ITEMS = 30
DEFAULT_LINES = 3
DEFAULT_ROWS = 4
DEFAULT_CELL_LINES = 2


@dataclass(frozen=True)
class ReadField:
    """A field as read; what is not ``sound`` has been reported, and holds defaults where its options were wrong."""

    field: Field
    sound: bool


def read_fields(page: RawBlock, module_id: str, findings: Findings) -> dict[int, ReadField]:
    """Return the page's fields by the number of their block, in reading order; what is wrong goes to the findings."""
    fields: dict[int, ReadField] = {}
    lines_of_ids: dict[str, int] = {}
    for block in page.blocks():
        if not block.is_field:
            continue
        options = Options(block, findings)
        asked = _read_asked(options, module_id, lines_of_ids)
        field = _READERS[block.kind](options, asked)
        options.report_unknown()
        fields[block.number] = ReadField(field, options.sound)
    return fields


def _read_asked(options: Options, module_id: str, lines_of_ids: dict[str, int]) -> Asked:
    block, id_ = options.block, options.text("id")
    spot = options.value_spot("id")
    if not id_ and options.sound:
        message = 'every field needs an id that never changes: write "    id: told-myself" below this line'
        options.wrong(block.spot, NO_ID, message)
    elif id_ and not re.fullmatch(r"[a-z0-9]+(-[a-z0-9]+)*", id_):
        message = f"an id is made of a-z, 0-9 and single hyphens between them{wrote(id_)}"
        options.wrong(spot, NO_ID, message, "id", _suggest_id(id_))
    elif id_ in lines_of_ids:
        message = f"another field of this page has this id (line {lines_of_ids[id_]}){wrote(id_)}"
        options.wrong(spot, ID_TWICE, message, "id")
    elif id_:
        lines_of_ids[id_] = spot.line
    return Asked(id_, f"{module_id}__{id_}", block.title, options.text("hint"))


def _suggest_id(written: str) -> str:
    suggestion = "-".join(re.findall(r"[a-z0-9]+", written.lower()))
    return f'did you mean "{suggestion}"?' if suggestion else ""


def _read_write(options: Options, asked: Asked) -> Write:
    return Write(**vars(asked), lines=options.whole("lines", 1, MAX_LINES, DEFAULT_LINES))


def _read_rate(options: Options, asked: Asked) -> Rate:
    first = options.whole("from", 0, MAX_SCALE, 0)
    last = options.whole("to", 0, MAX_SCALE, MAX_SCALE)
    if first >= last:
        name = "to" if options.has("to") else "from"
        options.wrong(options.value_spot(name), WRONG_OPTION, f'"to" must be above "from" ({first} to {last})', name)
    return Rate(**vars(asked), low=options.text("low"), high=options.text("high"), first=first, last=last)


def _read_grid(options: Options, asked: Asked) -> Grid:
    columns = options.words("columns", 2, MAX_COLUMNS)
    options.require("columns", "What happened | What I felt")
    rows = options.whole("rows", 1, MAX_ROWS, DEFAULT_ROWS)
    row_names = options.words("row_names", 1, MAX_ROWS)
    if options.has("rows") and options.has("row_names"):
        message = "the row names say how many rows there are: delete one of the two"
        options.wrong(options.key_spot("rows"), WRONG_OPTION, message, "rows")
    lines = options.whole("lines", 1, MAX_CELL_LINES, DEFAULT_CELL_LINES)
    return Grid(**vars(asked), columns=columns, rows=len(row_names) or rows, row_names=row_names, lines=lines)


def _read_tick(options: Options, asked: Asked) -> Tick:
    items = options.words("items", 1, MAX_ITEMS)
    options.require("items", "one | two")
    return Tick(**vars(asked), items=items)


def _read_choose(options: Options, asked: Asked) -> Choose:
    items = options.words("items", 2, MAX_ITEMS)
    options.require("items", "Yes | No")
    return Choose(**vars(asked), items=items)


_READERS: Mapping[str, Callable[[Options, Asked], Field]] = {
    "write": _read_write,
    "rate": _read_rate,
    "grid": _read_grid,
    "tick": _read_tick,
    "choose": _read_choose,
}
