"""What a file is, from its first bytes rather than from its name, and whether it may be unpacked at all.

An XLSX is a zip of XML. One of a few kilobytes can unpack to gigabytes, and XML can define text that grows when it is
read. So everything is weighed before the library sees it: the declared sizes (Python never unpacks beyond them), each
part's number of elements, and any document type, which no spreadsheet has.
"""

from __future__ import annotations

import zipfile
from dataclasses import dataclass, field
from io import BytesIO
from xml.parsers import expat

from .codes import NOT_A_TABLE, TOO_LARGE
from .grid import stop

MAX_UNPACKED = 50_000_000
MAX_PARTS = 1_000
MAX_ELEMENTS = 600_000
MAX_SHEET_ELEMENTS = 1_000_000
MAX_TOKEN = 1_000_000
"""Bytes of one tag or comment. The parser begins again with each piece of a longer one, for minutes in the end."""
_CHUNK = 1 << 16
_TEXT = (".csv", ".tsv", ".txt")
_WORKBOOK = (".xlsx", ".xlsm")
_OLD = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
SAVE_AS = "open it in your spreadsheet program and save it as XLSX or as CSV UTF-8"


def is_workbook(data: bytes, suffix: str, shown: str) -> bool:
    """Say whether the file is an XLSX (or XLSM) rather than text.

    Raises InputProblems for an empty file, any other kind of file, and one whose name says something else than it is.
    """
    suffix = suffix.lower()
    if not data.strip():
        raise stop(shown, NOT_A_TABLE, "this file is empty", "write one client a row below the names of the columns")
    if data.startswith(_OLD):
        if "EncryptedPackage".encode("utf-16-le") in data:
            hint = "save a copy without the password where only you can read it, and delete it afterwards"
            raise stop(shown, NOT_A_TABLE, "this workbook is locked with a password", hint)
        raise stop(shown, NOT_A_TABLE, "this is an old Excel file (.xls)", SAVE_AS)
    if data.startswith(b"PK"):
        _refuse_other_zips(data, shown)
        if suffix not in _WORKBOOK:
            message = "this is an Excel workbook under another name"
            raise stop(shown, NOT_A_TABLE, message, "let its name end in .xlsx")
        return True
    if suffix in _WORKBOOK:
        message = "its name says Excel workbook, and it is none"
        raise stop(shown, NOT_A_TABLE, message, "let the name of a text file end in .csv; or save the workbook anew")
    if suffix not in _TEXT:
        message = "this is neither a workbook (.xlsx) nor a text table (.csv, .tsv, .txt)"
        raise stop(shown, NOT_A_TABLE, message, SAVE_AS)
    return False


def _refuse_other_zips(data: bytes, shown: str) -> None:
    try:
        with zipfile.ZipFile(BytesIO(data)) as archive:
            names = set(archive.namelist())
            kind = archive.read("mimetype")[:100] if _is_small(archive, "mimetype") else b""
    except Exception:  # a damaged zip can fail in many ways, and all mean the same
        raise damaged(shown) from None
    if kind.startswith(b"application/vnd.oasis.opendocument"):
        raise stop(shown, NOT_A_TABLE, "this is an OpenDocument file (.ods)", SAVE_AS)
    if "xl/workbook.bin" in names:
        raise stop(shown, NOT_A_TABLE, "this is a binary Excel workbook (.xlsb)", SAVE_AS)
    if "[Content_Types].xml" not in names:
        raise stop(shown, NOT_A_TABLE, "this is a zip file, and no Excel workbook", SAVE_AS)


def _is_small(archive: zipfile.ZipFile, name: str) -> bool:
    return name in archive.namelist() and archive.getinfo(name).file_size < _CHUNK


def damaged(shown: str) -> Exception:
    """Return the error about a workbook that cannot be read."""
    return stop(shown, NOT_A_TABLE, "this Excel workbook is damaged, or is none", SAVE_AS)


def weigh(archive: zipfile.ZipFile, shown: str) -> None:
    """Refuse a workbook that would unpack to more than it may hold, before anything of it is kept in memory.

    Raises:
        InputProblems: too large, packed in an unusual way, or with a document type in its XML.
    """
    parts = archive.infolist()
    hint = "copy the table alone into a new workbook, values only"
    if len(parts) > MAX_PARTS or sum(part.file_size for part in parts) > MAX_UNPACKED:
        raise stop(shown, TOO_LARGE, f"this workbook unpacks to more than {MAX_UNPACKED // 1_000_000} MB", hint)
    if any(part.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED) for part in parts):
        raise stop(shown, NOT_A_TABLE, "this workbook is packed in a way that Excel never uses", SAVE_AS)
    elements = 0
    for part in parts:
        if part.is_dir():
            continue
        weight = _Weight()
        count = weight.of(archive, part)
        if weight.has_long_token:
            raise stop(shown, TOO_LARGE, "this workbook holds a tag or a comment without end", hint)
        if weight.has_doctype:
            raise stop(shown, NOT_A_TABLE, "this workbook holds a document type, which Excel never writes", SAVE_AS)
        is_sheet = weight.root == "worksheet"
        elements += 0 if is_sheet else count
        if elements > MAX_ELEMENTS or (is_sheet and count > MAX_SHEET_ELEMENTS):
            raise stop(shown, TOO_LARGE, "this workbook holds far more than a table of clients", hint)


@dataclass
class _Weight:
    """Counts the elements of one XML part, and ends at a document type."""

    root: str = ""
    count: int = 0
    has_doctype: bool = False
    has_long_token: bool = False
    _parser: expat.XMLParserType = field(default_factory=lambda: expat.ParserCreate(namespace_separator=" "))

    def of(self, archive: zipfile.ZipFile, part: zipfile.ZipInfo) -> int:
        self._parser.StartElementHandler = self._start
        self._parser.StartDoctypeDeclHandler = self._doctype
        try:
            with archive.open(part) as file:
                fed = 0
                while chunk := file.read(_CHUNK):
                    self._parser.Parse(chunk, False)
                    fed += len(chunk)
                    if fed - max(self._parser.CurrentByteIndex, 0) > MAX_TOKEN:
                        self.has_long_token = True
                        raise _Enough
        except (expat.ExpatError, _Enough):
            pass  # a picture, or a part that the library will refuse with the same parser
        return self.count

    def _start(self, name: str, attributes: object) -> None:
        self.root = self.root or name.rpartition(" ")[2]
        self.count += 1
        if self.count > MAX_SHEET_ELEMENTS:
            raise _Enough

    def _doctype(self, *about: object) -> None:
        self.has_doctype = True
        raise _Enough


class _Enough(Exception):
    """Nothing more has to be known of a part."""
