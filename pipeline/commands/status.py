"""`diplomate status`: what an operator looks at in the morning. Exit 1 when something needs a person.

In: the data folder. Out: lines for a terminal, one JSON document, or metrics in Prometheus text. With `--tell` alarms
are told as a run tells them: an hourly call from a schedule of its own notices that the nightly one is dead.
"""

from __future__ import annotations

import shutil
from collections.abc import Iterable, Iterator
from datetime import datetime
from textwrap import wrap
from typing import Any

import click

from pipeline.alarm_words import Alarm
from pipeline.alarms import quoted, size
from pipeline.commands.environment import Wrong, data_folder, now, print_json
from pipeline.commands.status_facts import Status, as_document, status_of
from pipeline.frames import Rows
from pipeline.world import parsed

COLORS = {"good": "green", "partial": "green", "failed": "red", "stale": "red", "blocked": "yellow"}
WIDEST = 110


@click.command(name="status")
@click.option("--json", "as_json", is_flag=True, help="One JSON document instead of lines.")
@click.option("--metrics", is_flag=True, help="Metrics in Prometheus text, for node_exporter's textfile collector.")
@click.option("--tell", is_flag=True, help="Tell what is new to DIPLOMATE_NOTIFY, as `diplomate run` does.")
@click.pass_context
def command(context: click.Context, as_json: bool, metrics: bool, tell: bool) -> None:
    """The published file, sources, runs, disk, and alarms that need a person."""
    if as_json and metrics:
        raise Wrong("--json and --metrics are two forms of the same; choose one.")
    if tell:
        from pipeline.commands.alerts import tell_alarms

        tell_alarms(data_folder())
    found = status_of(data_folder(), now())
    if as_json:
        print_json(as_document(found))
    elif metrics:
        from pipeline.commands.status_metrics import metrics_of

        click.echo(metrics_of(found), nl=False)
        return
    else:
        click.echo("\n".join(lines_of(found, now())))
    context.exit(1 if found.troubles else 0)


def lines_of(found: Status, at: datetime) -> list[str]:
    """Everything, the most important first."""
    information = [each for each in found.alarms if each not in found.troubles]
    return [
        *overview_lines(found, at),
        *alarm_lines("Needs a person", found.troubles, found.since),
        *alarm_lines("Good to know", information, found.since),
        *([] if found.troubles else ["", click.style("No alarms.", fg="green")]),
        *source_lines(found.sources, {each.key.partition(":")[2] for each in found.alarms}, at),
        *run_lines(found.runs),
    ]


def overview_lines(found: Status, at: datetime) -> Iterator[str]:
    if found.published:
        yield f"Published   {found.published.name}, {published_words(found.build, at)}"
        yield f"            {found.published.parent}, {found.kept} kept in all"
    else:
        yield "Published   nothing yet: `diplomate build` publishes what was read"
    if found.last_build:
        outcome = "refused" if found.last_build["refused"] else "published"
        yield f"Last build  {ago(found.last_build['at'], at)}, {outcome}"
    if found.last_run:
        wrong = len(found.last_run.wrong)
        yield f"Last run    {ago(found.last_run.finished, at)}, {f'{wrong} things wrong' if wrong else 'all well'}"
    if found.seen.free_bytes is not None:
        takes = f"; a build takes {size(found.seen.build_bytes)}" if found.seen.build_bytes else ""
        yield f"Disk        {size(found.seen.free_bytes)} free{takes}"


def published_words(build: dict[str, Any], at: datetime) -> str:
    if not build:
        return "which cannot be read"
    return f"{int(build.get('practitioners') or 0):,} practitioners, built {ago(build.get('built_at'), at)}"


def alarm_lines(heading: str, alarms: Iterable[Alarm], since: dict[str, str]) -> Iterator[str]:
    for number, each in enumerate(alarms):
        if not number:
            yield from ("", click.style(f"{heading}:", bold=True))
        begun = f" (since {since[each.key][:10]})" if each.key in since else ""
        yield f"- {click.style(each.title, fg='red' if each.level == 'trouble' else 'yellow')}{begun}"
        yield from indented(each.sentence, "  ")


def source_lines(rows: Rows, said: set[str], at: datetime) -> Iterator[str]:
    """Every source; why one is not well stands there unless an alarm has `said` it."""
    yield from ("", click.style(f"{'Source':<15}{'health':<12}{'last read well':<18}{'rows':>9}  due", bold=True))
    for row in rows:
        health = click.style(f"{row['health'].replace('_', ' '):<12}", fg=COLORS.get(row["health"]))
        yield f"{row['name']:<15}{health}{ago(row['last_good_read'], at):<18}{row['rows']:>9,}  {due(row['due'], at)}"
        if row["message"] and row["health"] not in {"good", "never_read"} and row["name"] not in said:
            yield from indented(quoted(row["message"]), " " * 15)


def run_lines(rows: Rows) -> Iterator[str]:
    for number, row in enumerate(rows):
        if not number:
            yield from ("", click.style("Last readings", bold=True))
        took = (parsed(row["finished"]) - parsed(row["started"])).total_seconds() if row["finished"] else 0
        facts = f"{row['rows']:>9,} rows {max(row['requests'], 0):>6,} requests {took:>7,.0f} s"
        yield f"{row['started'][:16].replace('T', ' ')}  {row['source']:<15}{row['kind']:<8}{row['result']:<8}{facts}"


def indented(text: str, by: str) -> list[str]:
    width = min(shutil.get_terminal_size((WIDEST, 0)).columns, WIDEST)
    return wrap(text, width, initial_indent=by, subsequent_indent=by, break_long_words=False, break_on_hyphens=False)


def ago(time: str | None, at: datetime) -> str:
    """A time as a person says it in the morning: `3 hours ago`, `12 days ago`."""
    if not time:
        return "never"
    hours = (at - parsed(time)).total_seconds() / 3600
    if hours < 0:
        return f"on {time[:10]} (to come)"
    if hours < 1:
        return "just now"
    return f"{hours:.0f} hours ago" if hours < 48 else f"{hours / 24:.0f} days ago"


def due(time: str, at: datetime) -> str:
    hours = (parsed(time) - at).total_seconds() / 3600
    if hours <= 0:
        return "now"
    return f"in {hours:.0f} hours" if hours < 48 else f"in {hours / 24:.0f} days"
