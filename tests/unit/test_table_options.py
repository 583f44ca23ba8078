"""The options for tables, on a command of their own."""

from __future__ import annotations

from pathlib import Path

import click
import pytest

from tests.tables import rows_of, write_xlsx
from workbook_builder.cli.tables import begin_table, table_options
from workbook_builder.errors import CannotWrite
from workbook_builder.tables import read_table


@click.command()
@table_options
def command(template: Path | None, columns: Path | None, sheet: str | None) -> None:
    """Write the empty sheet, or say what was given."""
    if template:
        begin_table(template)
    else:
        click.echo(f"{columns} {sheet}")


def run(*arguments: str) -> None:
    """Run the command in this process."""
    command.main(list(arguments), standalone_mode=False)


def test_template(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """The sheet is written, its path alone is on standard output, and it is never written over."""
    path = tmp_path / "intake.xlsx"
    run("--template", str(path))
    told = capsys.readouterr()
    assert told.out == f"{path}\n" and "Row 2 is made up" in told.err
    assert read_table(path).problems == ()
    with pytest.raises(CannotWrite, match="may hold clients"):
        run("--template", str(path))


def test_template_of_another_name(tmp_path: Path) -> None:
    """A name that no spreadsheet program would open is wrong usage."""
    with pytest.raises(click.BadParameter, match=r"does not end in \.xlsx"):
        run("--template", str(tmp_path / "intake.csv"))
    assert list(tmp_path.iterdir()) == []


def test_columns_and_sheet(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Both reach the command, and reach the reading as they are."""
    run("--columns", "columns.yaml", "--sheet", "More clients")
    assert capsys.readouterr().out == "columns.yaml More clients\n"
    path = write_xlsx(tmp_path / "intake.xlsx", rows_of({}), "More clients")
    assert read_table(path, None, "More clients").clients[0].profile is not None
