"""Modules that a clinician has signed, and what became of them since."""

from __future__ import annotations

from collections.abc import Iterator

from workbook_builder.library import digest

from .codes import EDITED_AFTER_SIGNING, SIGNED_FIELD_CHANGED
from .findings import Finding, found
from .subject import Page


def check_signature(page: Page) -> Iterator[Finding]:
    """A signed module is what was signed; and its fields keep their ids, since answers are read back by them."""
    signature = page.module.reviewed
    if signature is None:
        return
    if signature.digest != digest(page.module, page.module.body):
        message = "this module was edited after it was signed, and counts as a draft"
        hint = f"have it read again, and sign it: workbook sign {page.module.id}"
        yield found(EDITED_AFTER_SIGNING, page.path, page.at("reviewed"), message, hint)
    ids = {field.id for field in page.body.fields}
    for n, id_ in enumerate(signature.fields):
        if id_ not in ids:
            message = f'the field "{id_}" was there when the module was signed, and answers are read back by it'
            yield found(
                SIGNED_FIELD_CHANGED,
                page.path,
                page.at("reviewed", "fields", n),
                message,
                "give the field its old id back",
            )
