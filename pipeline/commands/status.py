"""`diplomate status`: what an operator looks at in the morning. Exit 1 when something needs a person."""

from __future__ import annotations

import json
from typing import Any

import click

from db.publish import current, read_rows
from pipeline.commands.environment import data_folder, now, print_json
from pipeline.commands.source_facts import source_facts
from pipeline.frames import Rows
from pipeline.overview import run_rows, source_rows

CALM = ("good", "never_read", "partial")
SHOWN_RUNS = 10


@click.command(name="status")
@click.option("--json", "as_json", is_flag=True, help="One JSON document instead of lines.")
@click.pass_context
def command(context: click.Context, as_json: bool) -> None:
    """Runs, ages, alarms."""
    found = status()
    if as_json:
        print_json(found)
    else:
        click.echo("\n".join(lines_of(found)))
    context.exit(1 if found["alarms"] else 0)


def status() -> dict[str, Any]:
    """The published file, the last runs, and an alarm for every source that is not well."""
    data, facts = data_folder(), source_facts()
    path = current(data)
    sources = source_rows(data, facts.values(), now())
    runs = sorted(run_rows(data, facts.values()), key=lambda row: (row["started"], row["id"]), reverse=True)
    info = {row["key"]: row["value"] for row in read_rows(path, "build_info")} if path else {}
    alarms = [f"{row['name']} {row['health']}: {row['message']}" for row in sources if row["health"] not in CALM]
    alarms += last_alarms(runs)
    return {
        "published": str(path) if path else None,
        "build": info,
        "alarms": alarms,
        "sources": {row["name"]: row["health"] for row in sources},
        "runs": [{key: row[key] for key in ("id", "kind", "started", "result", "rows")} for row in runs[:SHOWN_RUNS]],
    }


def last_alarms(runs: Rows) -> list[str]:
    """What each source's newest run rang, where that run counts; `runs` newest first."""
    newest: dict[str, dict[str, Any]] = {}
    for row in runs:
        newest.setdefault(row["source"], row)
    return [alarm for row in newest.values() if row["result"] == "good" for alarm in json.loads(row["alarms"])]


def lines_of(found: dict[str, Any]) -> list[str]:
    info = found["build"]
    built = f"Published: {found['published']}, built {info.get('built_at')}, {info.get('practitioners')} practitioners"
    lines = [built if found["published"] else "Nothing is published yet."]
    lines += [f"Alarm: {alarm}" for alarm in found["alarms"]] or ["No alarms."]
    return lines + [
        f"{row['started']}  {row['id']}  {row['kind']}  {row['result']}  {row['rows']} rows" for row in found["runs"]
    ]
