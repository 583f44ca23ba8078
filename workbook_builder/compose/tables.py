"""Tables of a module's text that are too wide for an edition: each row becomes a block of its own."""

from __future__ import annotations

import re
from itertools import zip_longest

_CELL = r"<t[hd]\b[^>]*>(.*?)</t[hd]>"


def stack_tables(html: str, columns: int) -> str:
    """Return cleaned HTML in which tables with more than ``columns`` columns are blocks, one for each row.

    A block begins with the row's first cell in bold and names each further cell by its column's header.
    """
    return re.sub(r"<table\b[^>]*>(.*?)</table>", lambda found: _stack(found, columns), html, flags=re.S)


def _stack(table: re.Match[str], columns: int) -> str:
    rows = [re.findall(_CELL, row, flags=re.S) for row in re.findall(r"<tr\b[^>]*>(.*?)</tr>", table[1], flags=re.S)]
    if len(rows) < 2 or len(rows[0]) <= columns:
        return table[0]
    heads, body = rows[0], rows[1:]
    return "".join(f'<div class="row">{_block(heads, row)}</div>' for row in body)


def _block(heads: list[str], cells: list[str]) -> str:
    name = _plain(cells[0])
    lines = [f'<p class="row-name">{_named(_plain(heads[0]), name)}</p>']
    lines += [
        f"<p>{_named(f'<b>{_plain(head)}</b>' if head else '', cell)}</p>"
        for head, cell in zip_longest(heads[1:], cells[1:], fillvalue="")
        if cell
    ]
    return "".join(lines)


def _named(head: str, text: str) -> str:
    """Return a text behind its header; a header that ends with a sign of its own gets no colon."""
    if not head:
        return text
    return f"{head} {text}" if re.search(r"[:…?.](</b>)?$", head) else f"{head}: {text}"


def _plain(cell: str) -> str:
    """Return a cell without the bold in which authors set names: the block's name is bold as a whole."""
    return re.sub(r"</?(b|strong)>", "", cell).strip()
