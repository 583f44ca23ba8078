"""What a PDF says about itself: title, author, language, day, book number. No name, no topic, no code of ours."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from xml.sax.saxutils import escape

import pikepdf
from pikepdf import Dictionary, Name, String

PRODUCER = "workbook_builder"


@dataclass(frozen=True)
class Imprint:
    """The metadata of a book."""

    title: str
    author: str
    language: str
    day: date
    number: str


XMP = """<?xpacket begin="\ufeff" id="W5M0MpCehiHzreSzNTczkc9d"?>
<x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#">
<rdf:Description rdf:about="" xmlns:dc="http://purl.org/dc/elements/1.1/" xmlns:xmp="http://ns.adobe.com/xap/1.0/"
 xmlns:pdf="http://ns.adobe.com/pdf/1.3/" xmlns:pdfuaid="http://www.aiim.org/pdfua/ns/id/">
<pdfuaid:part>1</pdfuaid:part>
<dc:title><rdf:Alt><rdf:li xml:lang="x-default">{title}</rdf:li></rdf:Alt></dc:title>
<dc:creator><rdf:Seq><rdf:li>{author}</rdf:li></rdf:Seq></dc:creator>
<dc:language><rdf:Bag><rdf:li>{language}</rdf:li></rdf:Bag></dc:language>
{identifier}<xmp:CreateDate>{day}T00:00:00Z</xmp:CreateDate>
<pdf:Producer>{producer}</pdf:Producer>
</rdf:Description></rdf:RDF></x:xmpmeta>
<?xpacket end="w"?>"""


def write_metadata(pdf: pikepdf.Pdf, imprint: Imprint) -> None:
    """Write XMP, document information, language and the identification as PDF/UA-1 (ISO 14289-1, clause 5)."""
    xmp = XMP.format(
        title=escape(imprint.title), author=escape(imprint.author), language=escape(imprint.language),
        day=imprint.day.isoformat(), producer=PRODUCER,
        identifier=f"<dc:identifier>{escape(imprint.number)}</dc:identifier>\n" if imprint.number else "",
    )  # fmt: skip
    stream = pdf.make_stream(xmp.encode(), Type=Name.Metadata, Subtype=Name.XML)
    pdf.Root.Metadata = stream
    pdf.Root.Lang = String(imprint.language)
    pdf.Root.ViewerPreferences = Dictionary(DisplayDocTitle=True)
    pdf.trailer.Info = pdf.make_indirect(
        Dictionary(
            Title=String(imprint.title), Author=String(imprint.author), Producer=String(PRODUCER),
            CreationDate=String(f"D:{imprint.day:%Y%m%d}000000Z"),
        )
    )  # fmt: skip
