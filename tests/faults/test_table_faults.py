"""Files that are no table of clients, are damaged, or are made to hurt: one clear message each, no client, no delay."""

from __future__ import annotations

import os
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.tables import CLIENT, HEADER, LEAST, SHEET, raw_xlsx, rows_of, told, write_xlsx, xml_row
from workbook_builder.tables import read_table
from workbook_builder.tables.grid import MAX_ROWS

Make = Callable[[Path], Path]
OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(504)
CSV = "id,country\nr7k1-2026,US\n"
ENTITIES = (
    '<?xml version="1.0"?><!DOCTYPE a [<!ENTITY b "bbbbbbbbbb">'
    + "".join(f'<!ENTITY b{n} "{f"&b{n - 1 if n else str()};" * 10}">' for n in range(9))
    + "]>"
)


def plain(name: str, data: bytes) -> Make:
    """Make a file of these bytes."""

    def make(folder: Path) -> Path:
        path = folder / name
        path.write_bytes(data)
        return path

    return make


def workbook(sheet: str, **more: bytes) -> Make:
    """Make a workbook with this sheet."""
    return lambda folder: raw_xlsx(folder / "intake.xlsx", sheet, {k.replace("__", "/"): v for k, v in more.items()})


def zipped(*parts: tuple[str, bytes]) -> Make:
    """Make a zip of these parts, called a workbook."""

    def make(folder: Path) -> Path:
        with zipfile.ZipFile(folder / "intake.xlsx", "w") as archive:
            for name, data in parts:
                archive.writestr(name, data)
        return folder / "intake.xlsx"

    return make


def sparse(folder: Path) -> Path:
    """Make a file that claims 100 MB and takes no room."""
    path = folder / "intake.csv"
    with path.open("wb") as file:
        file.truncate(100_000_000)
    return path


def cut_off(folder: Path) -> Path:
    """Make a workbook of which the last half is missing."""
    path = write_xlsx(folder / "intake.xlsx", rows_of({}))
    path.write_bytes(path.read_bytes()[: path.stat().st_size // 2])
    return path


def bit_flipped(folder: Path) -> Path:
    """Make a workbook whose sheet does not unpack to what was packed."""
    path = raw_xlsx(folder / "intake.xlsx", SHEET.format(HEADER + CLIENT, ""), kind=zipfile.ZIP_STORED)
    path.write_bytes(path.read_bytes().replace(b"therapist-1", b"therapist-2"))
    return path


def bomb(folder: Path) -> Path:
    """Make a small workbook that would unpack to 51 MB of XML."""
    return raw_xlsx(folder / "intake.xlsx", SHEET.format(HEADER + "<row/>" * 8_500_000, ""))


def bzipped(folder: Path) -> Path:
    """Make a workbook packed with a method that is never unpacked in pieces."""
    return raw_xlsx(folder / "intake.xlsx", SHEET.format(HEADER + CLIENT, ""), kind=zipfile.ZIP_BZIP2)


def all_hidden(folder: Path) -> Path:
    """Make a workbook whose only sheet is hidden."""
    path = raw_xlsx(folder / "plain.xlsx", SHEET.format(HEADER + CLIENT, ""))
    with zipfile.ZipFile(path) as archive:
        book = archive.read("xl/workbook.xml").replace(b'state="visible"', b'state="hidden"')
    assert b'"hidden"' in book
    return raw_xlsx(folder / "intake.xlsx", SHEET.format(HEADER + CLIENT, ""), {"xl/workbook.xml": book})


FAULTS: dict[str, tuple[Make, str]] = {
    "missing": (lambda folder: folder / "none.xlsx", "none.xlsx  there is no such file"),
    "a folder": (lambda folder: folder, "this is a folder, and a file is needed"),
    "a device": (lambda folder: Path("/dev/zero"), "this is not an ordinary file"),
    "empty": (plain("intake.xlsx", b""), "intake.xlsx  this file is empty"),
    "blank": (plain("intake.csv", b" \n\n"), "intake.csv  this file is empty"),
    "100 MB": (sparse, "intake.csv  this file is larger than 20000 kB"),
    "old Excel": (plain("intake.xls", OLE), "this is an old Excel file (.xls) - open it in your spreadsheet program"),
    "password": (plain("intake.xlsx", OLE + "EncryptedPackage".encode("utf-16-le")), "locked with a password"),
    "OpenDocument": (
        zipped(("mimetype", b"application/vnd.oasis.opendocument.spreadsheet")),
        "OpenDocument file (.ods)",
    ),
    "binary workbook": (zipped(("xl/workbook.bin", b"x"), ("[Content_Types].xml", b"<a/>")), "binary Excel workbook"),
    "another zip": (zipped(("a.txt", b"x")), "this is a zip file, and no Excel workbook"),
    "a CSV called workbook": (plain("intake.xlsx", CSV.encode()), "its name says Excel workbook, and it is none"),
    "a workbook called CSV": (
        lambda folder: write_xlsx(folder / "intake.xlsx", rows_of({})).rename(folder / "intake.csv"),
        "this is an Excel workbook under another name - let its name end in .xlsx",
    ),
    "HTML called Excel": (plain("intake.xls", b"<html><table>"), "this is neither a workbook (.xlsx) nor a text table"),
    "cut off": (cut_off, "this Excel workbook is damaged"),
    "bit flipped": (bit_flipped, "this Excel workbook is damaged"),
    "no content": (zipped(("[Content_Types].xml", b"")), "this Excel workbook is damaged"),
    "broken XML": (workbook("<worksheet><sheetData>"), "this Excel workbook is damaged"),
    "zip bomb": (bomb, "this workbook unpacks to more than 50 MB"),
    "unusual packing": (bzipped, "packed in a way that Excel never uses"),
    "entities": (workbook(ENTITIES + SHEET.format("<row><c><v>&b8;</v></c></row>", "")), "holds a document type"),
    "entities in strings": (
        workbook(SHEET.format(HEADER, ""), **{"xl__sharedStrings.xml": ENTITIES.encode() + b"<a/>"}),
        "holds a document type",
    ),
    "entities, UTF-16": (
        workbook(SHEET.format(HEADER, ""), **{"xl__styles.xml": f"{ENTITIES[21:]}<a/>".encode("utf-16")}),
        "holds a document type",
    ),
    "a flood of strings": (
        workbook(SHEET.format(HEADER, ""), **{"xl__sharedStrings.xml": b"<sst>" + b"<si/>" * 610_000 + b"</sst>"}),
        "far more than a table of clients",
    ),
    "a comment without end": (
        workbook(SHEET.format(HEADER + f"<!--{'x' * 2_000_000}-->" + CLIENT, "")),
        "holds a tag or a comment without end",
    ),
    "a tag without end": (
        workbook(SHEET.format(HEADER + f'<row a="{"x" * 2_000_000}"/>' + CLIENT, "")),
        "holds a tag or a comment without end",
    ),
    "a row beyond the last": (
        workbook(SHEET.format(HEADER + xml_row(10**12, "a"), "")),
        "this Excel workbook is damaged",
    ),
    "a row that comes late": (
        workbook(SHEET.format(HEADER + CLIENT.replace('r="2"', 'r="5"') + CLIENT, "")),
        "this Excel workbook is damaged",
    ),
    "a row twice": (workbook(SHEET.format(HEADER + CLIENT + CLIENT, "")), "this Excel workbook is damaged"),
    "last cell of all": (
        workbook(SHEET.format(HEADER + CLIENT + '<row r="1048576"><c r="XFD1048576"><v>1</v></c></row>', "")),
        "intake.xlsx:1048576:16384  a cell stands in column XFD, and 200 columns are read at most",
    ),
    "too many rows": (
        workbook(SHEET.format(HEADER + "".join(xml_row(n + 2, "a") for n in range(MAX_ROWS + 1)), "")),
        f"intake.xlsx:{MAX_ROWS + 2}:1  there are more than 5,000 clients - divide them among files",
    ),
    "too many rows of text": (
        plain("intake.csv", b"id\n" + b"a\n" * (MAX_ROWS + 1)),
        "intake.csv:5002:1  there are more",
    ),
    "too many columns of text": (
        plain("intake.csv", b"id" + b",a" * 200),
        "intake.csv:1:201  a cell stands in column GS",
    ),
    "too many merged cells": (
        workbook(SHEET.format(HEADER + CLIENT, "<mergeCells>" + '<mergeCell ref="A1:B9"/>' * 1001 + "</mergeCells>")),
        "more than 1,000 cells are merged",
    ),
    "merged over each other": (
        workbook(
            SHEET.format(HEADER + CLIENT, "<mergeCells>" + '<mergeCell ref="A1:XFD1048576"/>' * 9 + "</mergeCells>")
        ),
        "cells are merged",
    ),
    "nothing visible": (all_hidden, "every sheet of this workbook is hidden"),
    "an empty sheet": (workbook(SHEET.format("", "")), "row 1 is empty, and should hold the names of the columns"),
    "names alone": (workbook(SHEET.format(HEADER, "")), "there is no client in this table"),
    "no names": (workbook(SHEET.format(CLIENT, "")), "intake.xlsx  row 1 is empty"),
    "a client instead of names": (
        plain("intake.csv", b"Zephyrine,r7k1,US\nQuillon,r8k1,US\n"),
        "intake.csv:1:1  this row should hold the names of the columns, and none of them is known",
    ),
    "zero bytes in text": (plain("intake.csv", b"id,country\nr7\0k1,US\n"), "this is not text: it holds zero bytes"),
    "half of UTF-16": (
        plain("intake.csv", "id,country\n".encode("utf-16") + b"\0"),
        "this text is not encoded as utf-16",
    ),
    "no encoding": (plain("intake.csv", b"id,country\n" + bytes(range(128, 160)) * 9), "intake.csv"),
    "an endless quote": (
        plain("intake.csv", b'id,country\nr7k1,"US\nr8k1,US\n'),
        "intake.csv:2:1  a quote that opens in this row",
    ),
    "an endless quote at once": (plain("intake.csv", b'id,"country\nr7k1,US\n'), "a quote in or above the names"),
}


@pytest.mark.parametrize(("make", "message"), FAULTS.values(), ids=FAULTS)
def test_file_that_is_no_table(make: Make, message: str, tmp_path: Path) -> None:
    """It gives one problem, no client, and no word of anybody's row."""
    path = make(tmp_path)
    table = read_table(path)
    assert [client for client in table.clients if client.profile] == []
    assert len(table.problems) == 1
    assert message in told(table)[0]
    assert "Zephyrine" not in told(table)[0]


def test_file_that_may_not_be_read(tmp_path: Path) -> None:
    """A file without the right to read it is told as such."""
    path = plain("intake.csv", CSV.encode())(tmp_path)
    path.chmod(0)
    if os.access(path, os.R_OK):
        pytest.skip("root may read everything")
    assert "you may not read this file" in told(read_table(path))[0]


def test_no_message_of_the_library_gets_out(tmp_path: Path, recwarn: pytest.WarningsRecorder) -> None:
    """Formats that the reading library does not know are no warning: nothing of them is read."""
    extension = '<extLst><ext uri="{CCE6A557-97BC-4b89-ADB6-D9C93CAAB3DF}"/></extLst>'
    table = read_table(raw_xlsx(tmp_path / "intake.xlsx", SHEET.format(HEADER + CLIENT, extension)))
    assert [client.problems for client in table.clients] == [()]
    assert list(recwarn) == []
    assert LEAST["id"] == getattr(table.clients[0].profile, "client", table.clients[0]).id
