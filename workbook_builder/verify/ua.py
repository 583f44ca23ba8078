"""PDF/UA-1, through the package page-validation: 104 rules of ISO 14289-1 that a machine can check."""

from __future__ import annotations

from collections.abc import Iterator

from .codes import BROKEN_PART, NOT_CHECKED, NOT_UA
from .findings import Fault


def check_ua(data: bytes) -> Iterator[Fault]:
    """Give one fault for each broken rule, with how often; or one that says that nothing could be checked.

    The validator is Rust behind a Python module: what goes wrong in it is not always an Exception.
    """
    try:
        import page as page_validation
    except ImportError:
        hint = "pip install 'workbook-builder[verify]'"
        yield Fault(NOT_CHECKED, 0, "PDF/UA-1 was not checked: the package page-validation is not installed", hint)
        return
    try:
        report = page_validation.validate_pdf_bytes(data, profile="ua1")
    except (KeyboardInterrupt, SystemExit, MemoryError):
        raise
    except BaseException as error:
        yield Fault(BROKEN_PART, 0, f"PDF/UA-1 cannot be checked: the validator stopped with {type(error).__name__}")
        return
    broken: dict[str, list[str]] = {}
    for failure in report.failures:
        broken.setdefault(failure.rule_id, []).append(failure.message)
    for rule, messages in broken.items():
        times = f" ({len(messages)} times)" if len(messages) > 1 else ""
        yield Fault(NOT_UA, 0, f"{rule}{times}: {' '.join(messages[0].split())[:200]}")
