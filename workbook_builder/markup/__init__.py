"""Markdown to a tree of safe HTML, fields, examples and boxes: the page of a module as a layout renders it."""

from __future__ import annotations

from workbook_builder.markup.codes import CODES
from workbook_builder.markup.findings import Findings, Spot
from workbook_builder.markup.logo import clean_logo
from workbook_builder.markup.nodes import (
    BLOCK_KINDS,
    BOX_STYLES,
    FIELD_KINDS,
    Answered,
    Body,
    Box,
    Choose,
    Example,
    Field,
    Grid,
    Html,
    Image,
    Link,
    Node,
    Rate,
    Tick,
    Value,
    Write,
    find_fields,
)
from workbook_builder.markup.parse import parse_body
from workbook_builder.markup.reader import plain_text
from workbook_builder.markup.scan import Line, RawBlock, scan

__all__ = [
    "BLOCK_KINDS",
    "BOX_STYLES",
    "CODES",
    "FIELD_KINDS",
    "Answered",
    "Body",
    "Box",
    "Choose",
    "Example",
    "Field",
    "Findings",
    "Grid",
    "Html",
    "Image",
    "Line",
    "Link",
    "Node",
    "Rate",
    "RawBlock",
    "Spot",
    "Tick",
    "Value",
    "Write",
    "clean_logo",
    "find_fields",
    "parse_body",
    "plain_text",
    "scan",
]
