"""`diplomate build`: from the last good runs to a new published file, through gates.

In: the data folder. Out: a new database file under `data/published`, `data/current` pointing at it. Whatever is wrong,
the file that was current stays current.
"""

from __future__ import annotations

from pathlib import Path

import click

from db.load import GateRefused, PublishFailed
from db.publish import current, publish, read_rows
from pipeline.build import Before, NothingToBuild, build, build_info
from pipeline.commands.environment import Failed, Wrong, data_folder, now
from pipeline.commands.main import own_version
from pipeline.commands.source_facts import source_facts
from pipeline.gather import Reading, gather
from pipeline.overview import run_rows, source_rows
from pipeline.rules import RuleError
from pipeline.statuses import UnknownWord


@click.command(name="build")
def command() -> None:
    """Make a new database from the last good runs and publish it."""
    path = build_and_publish(data_folder())
    click.echo(f"Published {path}", err=True)


def build_and_publish(data: Path) -> Path:
    """Gather, build, publish; whatever is wrong is one sentence (Failed) and leaves `data/current` alone."""
    facts = source_facts()
    records, readings = gather(data, facts)
    if not any(reading.last_good for reading in readings.values()):
        raise Wrong(f"There is no good run in {data} yet. Begin with `diplomate crawl` or `diplomate import`.")
    refuse_lost_readings(data, readings)
    try:
        made = build(records, readings, facts, before(data), now())
        made.tables["sources"] = source_rows(data, facts.values(), now())
        made.tables["runs"] = run_rows(data, facts.values())
        made.tables["build_info"] = build_info(
            now(), own_version(), any(r.sample for r in readings.values()), made.tables
        )
        path = publish(made.tables, data, now())
    except (NothingToBuild, UnknownWord, RuleError) as error:
        raise Failed(f"{error} Nothing was published; the database that was current still is.") from error
    except (GateRefused, PublishFailed) as error:
        raise Failed(f"Not published: {error}. The database that was current still is.") from error
    for note in made.notes:
        click.echo(note, err=True)
    return path


def refuse_lost_readings(data: Path, readings: dict[str, Reading]) -> None:
    """A reading the published file rests on must still be there: what is lost must never look gone."""
    path = current(data)
    for row in read_rows(path, "sources") if path else []:
        reading = readings.get(row["name"])
        if reading and row["last_good_read"] and reading.last_good < row["last_good_read"]:
            lost = f"{row['name']}: the published file rests on its reading of {row['last_good_read']}"
            where = data / "snapshots" / row["name"]
            raise Failed(f"{lost}, which is no longer in {where}. Restore it; nothing was published.")


def before(data: Path) -> Before:
    """The tables that history goes on from."""
    path = current(data)
    if path is None:
        return Before()
    return Before(*(read_rows(path, table) for table in ("records", "claims", "changes", "redirects")))
