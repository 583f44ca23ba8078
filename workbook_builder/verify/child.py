"""The process that looks into one file: a request as JSON on standard input, findings as JSON on standard output."""

from __future__ import annotations

import json
import sys
from pathlib import Path

from workbook_builder.restraint import limit_process
from workbook_builder.verify import verify
from workbook_builder.verify.codes import UNREADABLE
from workbook_builder.verify.findings import Expected, Fault, Report

MEMORY = 3 * 1024**3
PROCESSOR_SECONDS = 600


def main() -> None:
    """Answer one request."""
    request = json.load(sys.stdin)
    limit_process(MEMORY, PROCESSOR_SECONDS)
    report = look_into(Path(request["path"]), request["password"], _expected(request["expected"]))
    json.dump({"findings": [finding.as_dict() for finding in report.findings], "pages": report.pages}, sys.stdout)


def look_into(path: Path, password: str, expected: Expected) -> Report:
    """Read a file and verify it."""
    try:
        data = path.read_bytes()
    except OSError as error:
        return Report(str(path), (Fault(UNREADABLE, 0, f"it may not be read ({error.strerror})").at(str(path)),))
    return verify(data, str(path), path.stem, expected, password)


def _expected(values: dict[str, object]) -> Expected:
    lists = {key: tuple(value) if isinstance(value, list) else value for key, value in values.items()}
    return Expected(**lists)  # type: ignore[arg-type]


if __name__ == "__main__":
    main()
