"""`diplomate sources`: every source and how it is doing."""

from __future__ import annotations

import json

import click

from pipeline.commands.environment import data_folder, now, print_json
from pipeline.commands.source_facts import source_facts
from pipeline.overview import source_rows

LISTS = ("states", "complete_states")


@click.command(name="sources")
@click.option("--json", "as_json", is_flag=True, help="One JSON document instead of lines.")
def command(as_json: bool) -> None:
    """Every source: kind, states, access, cadence, last good read, rows, health."""
    rows = source_rows(data_folder(), source_facts().values(), now())
    if as_json:
        print_json([row | {name: json.loads(row[name]) for name in LISTS} for row in rows])
        return
    for row in rows:
        for line in lines_of(row):
            click.echo(line)


def lines_of(row: dict[str, object]) -> list[str]:
    states = ", ".join(json.loads(str(row["states"]))) or "all states"
    read = (
        f"last read well {str(row['last_good_read'])[:10]}, {row['rows']} rows"
        if row["last_good_read"]
        else "never read"
    )
    facts = f"{row['kind']}, {states}, {row['access']}, every {row['cadence_days']} days; {read}"
    first = f"{row['name']:<14}{row['health']:<11}{facts}"
    return [first] + ([f"{'':<14}{row['message']}"] if row["message"] else [])
