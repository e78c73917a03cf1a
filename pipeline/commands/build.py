"""`diplomate build`: from the last good runs to a new published file, through gates.

In: the data folder. Out: a new database file under `data/published`, `data/current` pointing at it. Whatever is wrong,
the file that was current stays current.
"""

from __future__ import annotations

from pathlib import Path

import click

from db.load import GateRefused, PublishFailed
from db.publish import latest, publish, read_rows
from db.whole_files import write_whole_files
from pipeline.build import NothingToBuild, build, build_info
from pipeline.commands.earlier import before
from pipeline.commands.environment import Failed, Wrong, alone, data_folder, now
from pipeline.commands.main import own_version
from pipeline.commands.source_facts import source_facts
from pipeline.commands.watch_look import look_after_build
from pipeline.disputes import read_disputes
from pipeline.facts import SourceFacts
from pipeline.frames import Rows
from pipeline.gather import Reading, gather
from pipeline.judgments import read_judgments
from pipeline.link import EngineMissing
from pipeline.overview import run_rows, source_row
from pipeline.review_list import write_review
from pipeline.rules import RuleError
from pipeline.statuses import UnknownWord

ENGINES = ("duckdb", "spark")


@click.command(name="build")
@click.option("--accept-smaller", is_flag=True, help="Publish even with less than half the practitioners of now.")
@click.option(
    "--engine",
    type=click.Choice(ENGINES),
    default="duckdb",
    show_default=True,
    help="Where records are compared: duckdb in this process; spark, an extra, where one machine is too small.",
)
def command(accept_smaller: bool, engine: str) -> None:
    """Make a new database from the last good runs and publish it."""
    path = build_and_publish(data_folder(), accept_smaller, engine)
    click.echo(f"Published {path}", err=True)
    if look_after_build(data_folder()):
        raise click.exceptions.Exit(1)


def build_and_publish(data: Path, accept_smaller: bool = False, engine: str = "duckdb") -> Path:
    """Gather, build, publish; whatever is wrong is one sentence (Failed) and leaves `data/current` alone."""
    facts = source_facts()
    with alone(data, "build"):
        records, readings = gather(data, facts, {name: source.register for name, source in facts.items()})
        if not any(reading.last_good for reading in readings.values()):
            raise Wrong(f"There is no good run in {data} yet. Begin with `diplomate crawl` or `diplomate import`.")
        refuse_lost_readings(data, readings)
        try:
            judged = read_judgments(data, now().date())
            disputes = read_disputes(data, now())
            made = build(records, readings, facts, before(data), now(), judged, engine, disputes)
            add_overview(made.tables, data, facts, readings)
            path = publish(made.tables, data, now(), accept_smaller=accept_smaller, beside=write_whole_files)
            write_review(data, made.review)
        except EngineMissing as error:
            raise Wrong(f"{error} Nothing was published.") from error
        except (NothingToBuild, UnknownWord, RuleError) as error:
            raise Failed(f"{error} Nothing was published; the database that was current still is.") from error
        except (GateRefused, PublishFailed) as error:
            raise Failed(f"Not published: {error}. The database that was current still is.") from error
    for note in made.notes:
        click.echo(note, err=True)
    return path


def add_overview(
    tables: dict[str, Rows], data: Path, facts: dict[str, SourceFacts], readings: dict[str, Reading]
) -> None:
    """The tables that speak of the directory itself: sources, runs, this build."""
    sample = any(reading.sample for reading in readings.values())
    tables["sources"] = [source_row(data, source, readings[source.name], now()) for source in facts.values()]
    tables["runs"] = run_rows(data, facts.values())
    tables["build_info"] = build_info(now(), own_version(), sample, tables)


def refuse_lost_readings(data: Path, readings: dict[str, Reading]) -> None:
    """A reading the published file rests on must still be there: what is lost must never look gone."""
    path = latest(data)
    for row in read_rows(path, "sources") if path else []:
        reading = readings.get(row["name"])
        if reading and row["last_good_read"] and reading.last_good < row["last_good_read"]:
            lost = f"{row['name']}: the published file rests on its reading of {row['last_good_read']}"
            where = data / "snapshots" / row["name"]
            raise Failed(f"{lost}, which is no longer in {where}. Restore it; nothing was published.")
