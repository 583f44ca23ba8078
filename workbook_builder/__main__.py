"""``python -m workbook_builder`` is the command ``workbook``."""

from workbook_builder.cli import main

main()
