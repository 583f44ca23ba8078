"""One set of fonts for a book: each face is subset once, to the union of what its fragments and its furniture use.

Glyph numbers are those of the original files everywhere (WeasyPrint keeps them, and so does the subset here), so text
set in different fragments can share one font.
"""

from __future__ import annotations

import functools
import struct
import zlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

import pikepdf
import uharfbuzz as hb
from pikepdf import Array, Dictionary, Name, String

from workbook_builder.book import Glyphs

DROPPED_TABLES = ("GSUB", "GPOS", "GDEF", "BASE", "DSIG", "JSTF", "LTSH", "PCLT")
SYMBOLIC = 4  # font descriptor flag: a character set of its own (ISO 32000-1, table 123)
STEM_V = 80  # what WeasyPrint writes; viewers use it only when a font is missing, which cannot happen here


@dataclass(frozen=True)
class Shaped:
    """A line of text as glyphs: what to draw, how wide it is in em, and which glyph stands for what."""

    instructions: bytes
    width: float
    text: Mapping[int, str]


class FaceFile:
    """A static font file, opened once."""

    def __init__(self, path: Path) -> None:
        self.name = path.name
        self.data = path.read_bytes()
        self.face = hb.Face(self.data)
        self.font = hb.Font(self.face)
        self.units = self.face.upem

    @functools.lru_cache(maxsize=4096)  # noqa: B019 - faces live as long as the process
    def has(self, text: str) -> bool:
        """Whether the face has a glyph for each character."""
        return all(self.font.get_nominal_glyph(ord(character)) for character in text)

    def advance(self, glyph: int) -> int:
        """A glyph's width in thousandths of an em."""
        advance: float = self.font.get_glyph_h_advance(glyph)
        thousandths: int = round(advance * 1000 / self.units)
        return thousandths

    @functools.lru_cache(maxsize=4096)  # noqa: B019 - faces live as long as the process
    def shape(self, text: str) -> Shaped:
        """Shape one line of text."""
        buffer = hb.Buffer()
        buffer.add_str(text)
        buffer.guess_segment_properties()
        hb.shape(self.font, buffer, {"liga": False, "clig": False})
        parts, total, used = [], 0, {}
        for info, position in zip(buffer.glyph_infos, buffer.glyph_positions, strict=True):
            natural = self.font.get_glyph_h_advance(info.codepoint)
            kern = round((natural - position.x_advance) * 1000 / self.units)
            parts.append(f"<{info.codepoint:04x}>" + (str(kern) if kern else ""))
            total += position.x_advance
            used[info.codepoint] = text[info.cluster]
        return Shaped(f"[{''.join(parts)}] TJ".encode(), total / self.units, used)

    @functools.cached_property
    def whole(self) -> dict[int, str]:
        """Every glyph that a character map names, and its character."""
        found: dict[int, str] = {}
        for point in sorted(self.face.unicodes):
            found.setdefault(self.font.get_nominal_glyph(point) or 0, chr(point))
        return found

    @functools.lru_cache(maxsize=256)  # noqa: B019
    def subset(self, glyphs: frozenset[int] | None) -> bytes:
        """Return the font file with these glyphs, or all (None), and without tables that PDF does not use."""
        plan = hb.SubsetInput()
        if glyphs is None:
            plan.keep_everything()
        else:
            plan.glyph_set.update(glyphs | {0})
        plan.flags = hb.SubsetFlags.RETAIN_GIDS | hb.SubsetFlags.DESUBROUTINIZE | hb.SubsetFlags.NO_HINTING
        plan.sets(hb.SubsetInputSets.DROP_TABLE_TAG).update(
            int.from_bytes(tag.encode(), "big") for tag in DROPPED_TABLES
        )
        return bytes(hb.subset(self.face, plan).blob.data)

    @functools.lru_cache(maxsize=8)  # noqa: B019 - faces live as long as the process
    def packed_subset(self, glyphs: frozenset[int] | None) -> tuple[bytes, int]:
        """Return a subset as a compressed stream, and its length before. A face that is kept whole is packed once."""
        data = self.subset(glyphs)
        return zlib.compress(data), len(data)

    def table(self, tag: str) -> bytes:
        """Return a table of the font file."""
        return bytes(self.face.reference_table(tag).data)


@functools.lru_cache(maxsize=32)
def open_face(path: Path) -> FaceFile:
    """Open a font file once in a process."""
    return FaceFile(path)


@dataclass(frozen=True)
class Need:
    """What a book needs of one font: the face, which glyph stands for what, and whether form fields use it."""

    face: str
    text: Mapping[int, str]
    in_fields: bool = False


def join_glyphs(used: Iterable[Glyphs], before: Mapping[str, Need] | None = None) -> dict[str, Need]:
    """Return what a book needs by the names of its fonts: what was needed ``before``, and what is ``used`` besides."""
    needs = dict(before or {})
    for glyphs in used:
        need = needs.get(glyphs.resource)
        text = need.text if need else {}
        more = text if glyphs.text.items() <= text.items() else {**text, **glyphs.text}
        needs[glyphs.resource] = Need(glyphs.face, more, glyphs.in_fields or bool(need and need.in_fields))
    return needs


def make_fonts(pdf: pikepdf.Pdf, needs: Mapping[str, Need], faces: Mapping[str, Path]) -> Dictionary:
    """Return the font resources of a book: resource name → font.

    Args:
        needs: what the book needs, by the names of its fonts.
        faces: face name → font file.
    """
    file_of = {resource: faces[need.face] for resource, need in needs.items()}
    streams: dict[Path, pikepdf.Object] = {}
    for path in sorted(set(file_of.values())):
        here = [need for resource, need in needs.items() if file_of[resource] == path]
        wanted = None if any(need.in_fields for need in here) else frozenset().union(*(need.text for need in here))
        packed, length = open_face(path).packed_subset(wanted)
        streams[path] = pdf.make_stream(packed, Length1=length, Filter=Name.FlateDecode)
    fonts = Dictionary()
    for resource, need in sorted(needs.items()):
        face = open_face(file_of[resource])
        text = face.whole | dict(need.text) if need.in_fields else need.text
        fonts[f"/{resource}"] = _font(pdf, face, resource, text, streams[file_of[resource]])
    return fonts


def _font(
    pdf: pikepdf.Pdf, face: FaceFile, resource: str, text: Mapping[int, str], file: pikepdf.Object
) -> pikepdf.Object:
    base = Name(f"/{resource}+{Path(face.name).stem}")
    glyphs = sorted(text)
    # Parsed from text: hundreds of little objects made one by one take longer than all the rest of a font.
    widths = pikepdf.Object.parse(f"[{' '.join(f'{glyph} [{face.advance(glyph)}]' for glyph in glyphs)}]".encode())
    descendant = Dictionary(
        Type=Name.Font, Subtype=Name.CIDFontType2, BaseFont=base, CIDToGIDMap=Name.Identity, W=widths,
        CIDSystemInfo=Dictionary(Registry=String("Adobe"), Ordering=String("Identity"), Supplement=0),
        FontDescriptor=pdf.make_indirect(_descriptor(face, base, file)),
    )  # fmt: skip
    return pdf.make_indirect(
        Dictionary(
            Type=Name.Font, Subtype=Name.Type0, BaseFont=base, Encoding=Name("/Identity-H"),
            DescendantFonts=Array([pdf.make_indirect(descendant)]),
            ToUnicode=pdf.make_stream(_packed_to_unicode(frozenset(text.items())), Filter=Name.FlateDecode),
        )
    )  # fmt: skip


def _descriptor(face: FaceFile, base: Name, file: pikepdf.Object) -> Dictionary:
    """Metrics in thousandths of an em, from the tables head, hhea and OS/2 (OpenType 1.9)."""
    scale = 1000 / face.units
    box = struct.unpack_from(">4h", face.table("head"), 36)
    ascent, descent = struct.unpack_from(">2h", face.table("hhea"), 4)
    os2 = face.table("OS/2")
    cap_height = struct.unpack_from(">h", os2, 88)[0] if len(os2) >= 90 else ascent
    return Dictionary(
        Type=Name.FontDescriptor, FontName=base, Flags=SYMBOLIC, ItalicAngle=0, StemV=STEM_V,
        FontBBox=Array([round(x * scale) for x in box]), Ascent=round(ascent * scale), Descent=round(descent * scale),
        CapHeight=round(cap_height * scale), FontFile2=file,
    )  # fmt: skip


@functools.lru_cache(maxsize=64)
def _packed_to_unicode(text: frozenset[tuple[int, str]]) -> bytes:
    """Return the compressed map from glyphs to text: books of one library use few different ones."""
    return zlib.compress(_to_unicode(dict(sorted(text))))


def _to_unicode(text: Mapping[int, str]) -> bytes:
    lines = [
        "/CIDInit /ProcSet findresource begin", "12 dict begin", "begincmap",
        "/CIDSystemInfo << /Registry (Adobe) /Ordering (UCS) /Supplement 0 >> def",
        "/CMapName /Adobe-Identity-UCS def", "/CMapType 2 def",
        "1 begincodespacerange", "<0000> <ffff>", "endcodespacerange",
    ]  # fmt: skip
    entries = [f"<{glyph:04x}> <{letters.encode('utf-16-be').hex()}>" for glyph, letters in text.items()]
    for start in range(0, len(entries), 100):  # a block holds at most 100 entries (Adobe TN 5014)
        block = entries[start : start + 100]
        lines += [f"{len(block)} beginbfchar", *block, "endbfchar"]
    lines += ["endcmap", "CMapName currentdict /CMap defineresource pop", "end", "end"]
    return "\n".join(lines).encode()
