"""`diplomate export`: a whole table in a file, or an error; never silently cut."""

from __future__ import annotations

from pathlib import Path

import click

from pipeline.commands.environment import Wrong, published, state_codes, state_option


@click.command(name="export")
@click.argument("table", default="practitioners")
@state_option("Only rows of these states.")
@click.option(
    "--out",
    required=True,
    type=click.Path(path_type=Path, dir_okay=False),
    help="FILE.csv, .csv.gz, .parquet or .json",
)
@click.option("--for-spreadsheets", is_flag=True, help="Disarm cells a spreadsheet would take for a formula.")
def command(table: str, states: tuple[str, ...], out: Path, for_spreadsheets: bool) -> None:
    """Write TABLE (practitioners when none is named) whole."""
    from db.export import ExportError, export

    try:
        rows = export(published(), table, out, list(state_codes(states)), for_spreadsheets)
    except ExportError as error:
        raise Wrong(f"{str(error)[:1].upper()}{str(error)[1:]}.") from error
    click.echo(f"{rows} rows of {table} written to {out}", err=True)
