"""Tables of clients: an XLSX or CSV with one client a row becomes profiles, and an empty sheet to fill in.

``read_table`` reads one, ``write_template`` writes the empty sheet, and a practice's own export is mapped by a columns
file. A table is data like a profile: formulas, macros and links in it are never followed.
"""

from __future__ import annotations

from .codes import CODES
from .columns import columns_schema
from .reading import Table, read_table
from .template import make_template, write_template

__all__ = ["CODES", "Table", "columns_schema", "make_template", "read_table", "write_template"]
