"""`diplomate import`: bytes a person saved or downloaded become a snapshot, read by the same parser as a crawl's.

In: a source and files or folders. Out: an import run; exit 1 when it could not be read or rang an alarm.
"""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

import click

from crawler.catalog import source_class
from crawler.imports import UnreadableFile, import_run
from crawler.run_source import Order
from pipeline.commands.crawl import carry_out, report, words
from pipeline.commands.environment import Wrong, chosen_sources, contact, data_folder, now


@click.command(name="import")
@click.argument("source")
@click.argument("files", nargs=-1, type=click.Path(path_type=Path), required=True)
@click.option("--saved-on", metavar="DATE", help="When the files were saved (2026-11-22); their own time otherwise.")
def command(source: str, files: tuple[Path, ...], saved_on: str | None) -> None:
    """Bring FILES (or the files of a folder) of SOURCE in, with the same provenance as a crawl."""
    name = chosen_sources((source,))[0]
    try:
        run = import_run(data_folder(), name, source_class(name).homepage, list(files), saved_time(saved_on))
    except UnreadableFile as error:
        raise Wrong(str(error)) from error
    if not saved_on:
        days = sorted({snapshot.fetched_at[:10] for snapshot in run.snapshots()})
        span = days[0] if len(days) == 1 else f"{days[0]} to {days[-1]}"
        click.echo(f"Taken as saved on {span}, the files' own date; --saved-on DATE says otherwise.", err=True)
    order = Order(name, str(run.folder), "import", [], "", {}, 0, contact(), words())
    report([(order, carry_out(order))])


def saved_time(text: str | None) -> str:
    """The day a person says the files were saved on, as a time."""
    if not text:
        return ""
    try:
        day = datetime.strptime(text, "%Y-%m-%d")
    except ValueError as error:
        raise Wrong(f"--saved-on {text} is no date; write it as 2026-11-22.") from error
    if day.date() > now().date():
        raise Wrong(f"--saved-on {text} lies in the future.")
    return f"{day:%Y-%m-%d}T00:00:00Z"
