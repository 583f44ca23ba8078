"""The same sections typeset in one pass of WeasyPrint: what binding is measured against, in size, time and content.

This is what a program without fragments would do. It runs in this process and uses no cache.
"""

from __future__ import annotations

import os
import re
import warnings
from collections.abc import Iterable, Mapping
from io import BytesIO

from workbook_builder.bind import Style, Texts
from workbook_builder.book import LINK_SCHEME, Section
from workbook_builder.typeset import Sheet
from workbook_builder.typeset.child import NO_SYSTEM_FONTS

NO_SPACINGS: Mapping[str, str] = {}
RUNNING = """
@page{{@top-left{{content:"{title}";font:{size}pt Body;color:{muted};vertical-align:bottom;padding-bottom:8mm}}
@top-right{{content:string(section);font:{size}pt Body;color:{muted};vertical-align:bottom;padding-bottom:8mm}}
@bottom-left{{content:"{brand}";font:700 {size}pt Body}}
@bottom-right{{content:counter(page);font:700 {folio}pt Body}}}}
@page cover{{@top-left{{content:none}}@top-right{{content:none}}
@bottom-left{{content:none}}@bottom-right{{content:none}}}}
section{{break-before:page;string-set:section attr(data-title)}}
"""


def one_document(sections: Iterable[Section], spacings: Mapping[str, str] = NO_SPACINGS) -> str:
    """Return all sections as one HTML document, with links that lead inside it.

    ``spacings`` holds the spacings of sections that copyfitting has chosen; one pass cannot find out by itself.
    """
    from workbook_builder.typeset.engine import respace

    bodies = []
    for section in sections:
        html = respace(section.html, spacings.get(section.id, ""))
        found = re.search(r"<body[^>]*>(.*)</body>", html, flags=re.S)
        assert found is not None
        titled = found[1].replace("<section ", f'<section data-title="{section.title}" ', 1)
        bodies.append(titled)
    html = "\n".join(bodies)
    html = re.sub(rf'href="{LINK_SCHEME}([a-z0-9-]+)#[^"]*"', r'href="#\1"', html)
    return f'<!doctype html><html lang="en"><head><title>My workbook</title></head><body>{html}</body></html>'


def typeset_one_pass(
    sections: Iterable[Section], sheet: Sheet, style: Style, texts: Texts, spacings: Mapping[str, str] = NO_SPACINGS
) -> bytes:
    """Return the PDF of all sections, set in one pass with running headers and folios."""
    os.environ.setdefault("FONTCONFIG_FILE", str(NO_SYSTEM_FONTS))
    warnings.filterwarnings("ignore", message="No fonts configured in FontConfig")
    import weasyprint
    from weasyprint.text.fonts import FontConfiguration

    from workbook_builder.typeset.engine import FaceFetcher, font_faces

    muted = "#" + "".join(f"{round(part * 255):02x}" for part in style.muted)
    running = RUNNING.format(title=texts.title, brand=texts.brand, size=style.size, folio=style.folio_size, muted=muted)
    fonts, fetcher = FontConfiguration(), FaceFetcher(sheet.faces)
    css = weasyprint.CSS(string=font_faces(sheet.faces) + sheet.css + running, font_config=fonts, url_fetcher=fetcher)
    html = weasyprint.HTML(string=one_document(sections, spacings), url_fetcher=fetcher, base_url="wb:")
    out = BytesIO()
    html.write_pdf(out, font_config=fonts, stylesheets=[css], pdf_variant="pdf/ua-1", pdf_forms=True)
    return out.getvalue()
