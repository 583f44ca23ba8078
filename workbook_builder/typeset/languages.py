"""Words in another language than the book's: a screen reader says them with the right voice.

HTML says it by ``lang``, and WeasyPrint takes that for hyphens alone: its tags do not carry it. A link does leave its
mark in the tag tree, so such words are set as a link of a kind of our own, which mending turns into a span with /Lang.
"""

from __future__ import annotations

import re
from typing import Any

import pikepdf
from pikepdf import Array, Dictionary, Name, String

from workbook_builder.typeset.tree import tag_kids

SCHEME = "wb-lang:"
UNSEEN = "color:inherit;text-decoration:none;font:inherit;border:none"
WORDS = re.compile(
    r"<(span|i|em|b|strong|cite|q|p|li|td|th|h[1-6])\b([^<>]*\slang=\"([A-Za-z]{2,3}(?:-[A-Za-z0-9]+)*)\"[^<>]*)>"
    r"([^<>]+)</\1>"
)
"""An element with a language whose content is plain words."""


def mark_languages(html: str) -> str:
    """Return a section's HTML with what :func:`take_languages` finds again."""
    return WORDS.sub(rf'<\1\2><a href="{SCHEME}\3" style="{UNSEEN}">\4</a></\1>', html)


def take_languages(pdf: pikepdf.Pdf) -> None:
    """Turn the links of :func:`mark_languages` into spans with a language (ISO 32000-1, 14.9.2.2)."""
    numbers = pdf.Root.StructTreeRoot.ParentTree.Nums
    parents = {int(numbers[n]): numbers[n + 1] for n in range(0, len(numbers), 2)}
    for page in pdf.pages:
        kept = []
        for annotation in page.obj.get("/Annots", []):
            language = _language(annotation)
            if not language:
                kept.append(annotation)
                continue
            element = parents.pop(int(annotation.StructParent))
            element.S, element.Lang = Name.Span, String(language)
            element.K = Array([kid for kid in tag_kids(element) if not _is_reference(kid)])
        if "/Annots" in page.obj:
            page.obj.Annots = Array(kept)
    pdf.Root.StructTreeRoot.ParentTree.Nums = Array([item for pair in parents.items() for item in pair])


def _language(annotation: Any) -> str:
    address = str(annotation.get("/A", Dictionary()).get("/URI", ""))
    return address.removeprefix(SCHEME) if address.startswith(SCHEME) else ""


def _is_reference(kid: Any) -> bool:
    return isinstance(kid, Dictionary) and "/Obj" in kid
