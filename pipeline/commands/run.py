"""`diplomate run`: crawl what is due, build, publish. What cron calls; two at once never happen.

In: the data folder. Out: a new database when anything new was read well; exit 1 when a source or a gate failed, with
everything that did work already published.
"""

from __future__ import annotations

from pathlib import Path

import click

from crawler.snapshots import good_runs
from db.publish import current, read_rows
from pipeline.commands.build import build_and_publish
from pipeline.commands.crawl import carry_out_all, crawl_order, report, speaking_for
from pipeline.commands.environment import NARROW_SOURCES, Failed, alone, data_folder, now, state_codes, state_option
from pipeline.commands.source_facts import source_facts
from pipeline.commands.watch_look import look_after_build
from pipeline.disputes import FILE as DISPUTES
from pipeline.judgments import FILE
from pipeline.overview import is_due


@click.command(name="run")
@state_option(NARROW_SOURCES)
def command(states: tuple[str, ...]) -> None:
    """Crawl what is due, build, publish."""
    data, codes = data_folder(), state_codes(states)
    with alone(data, "run"):
        due = [name for name, facts in source_facts().items() if is_due(data, facts, now(), codes)]
        results = carry_out_all([crawl_order(name, codes) for name in speaking_for(due, codes)])
        try:
            publish_anything_new(data)
        except Failed:
            look_after_build(data)
            raise
        troubled = look_after_build(data)  # on a night without a build too: reminders follow the calendar
        report(results)
        if troubled:
            raise click.exceptions.Exit(1)


def publish_anything_new(data: Path) -> None:
    if anything_new(data):
        click.echo(f"Published {build_and_publish(data)}", err=True)
    else:
        click.echo("Nothing new was read; the published database stays as it is.", err=True)


def anything_new(data: Path) -> bool:
    """Whether a good run ended, a pair was judged or a fact disputed, that the published file does not know."""
    path, told = current(data), [data / name for name in (FILE, DISPUTES) if (data / name).exists()]
    if path and any(file.stat().st_mtime > path.stat().st_mtime for file in told):
        return True
    known = {row["id"] for row in read_rows(path, "runs")} if path else set()
    good = {f"{name}/{run.name}" for name in source_facts() for run, _ in good_runs(data, name)}
    return bool(good - known)
