"""`diplomate sources`: every source and how it is doing."""

from __future__ import annotations

import json
from typing import Any

import click

from crawler.snapshots import TIMES
from pipeline.commands.environment import chosen_sources, data_folder, now, print_json
from pipeline.commands.source_facts import source_facts
from pipeline.facts import SourceFacts
from pipeline.overview import due_at, run_rows, source_rows

LISTS = ("states", "complete_states")


@click.command(name="sources")
@click.argument("names", nargs=-1)
@click.option("--json", "as_json", is_flag=True, help="One JSON document instead of lines.")
def command(names: tuple[str, ...], as_json: bool) -> None:
    """Every source: kind, states, access, cadence, last good read, rows, health. Of NAMES the last verdict too."""
    facts = [source_facts()[name] for name in chosen_sources(names)]
    rows = source_rows(data_folder(), facts, now())
    verdicts = last_verdicts(facts) if names else {}
    if as_json:
        print_json(
            [row | {name: json.loads(row[name]) for name in LISTS} | verdicts.get(row["name"], {}) for row in rows]
        )
        return
    for row in rows:
        for line in [*lines_of(row), *verdict_lines(verdicts.get(row["name"], {}))]:
            click.echo(line)


def last_verdicts(facts: list[SourceFacts]) -> dict[str, dict[str, Any]]:
    """Source -> what its newest run counted, by name of the run, and when a run asks it again."""
    newest = {row["source"]: row for row in sorted(run_rows(data_folder(), facts), key=lambda row: row["started"])}
    due = {each.name: f"{due_at(data_folder(), each, now()):{TIMES}}" for each in facts}
    return {
        name: {"last_run": row["id"], "requests": row["requests"], "due": due[name]}
        | {column: json.loads(row[column]) for column in ("alarms", "left_out", "filled")}
        for name, row in newest.items()
    }


def verdict_lines(verdict: dict[str, Any]) -> list[str]:
    """The verdict in words; nothing for a source that was never read."""
    if not verdict:
        return []
    lines = [f"last run {verdict['last_run']}, {verdict['requests']} requests", f"due {verdict['due']}"]
    lines += [f"counted: {number} {reason}" for reason, number in verdict["left_out"].items()]
    lines += [f"carried by {share:.0%} of the rows: {name}" for name, share in verdict["filled"].items()]
    return [f"{'':<14}{line}" for line in lines]


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
