"""How everything is doing, as facts: what `diplomate status` shows, prints as JSON, and counts as metrics.

In: the data folder, the time. Out: `Status`. A file that cannot be read is an alarm and never keeps the rest from being
shown.
"""

from __future__ import annotations

from dataclasses import asdict, dataclass, replace
from datetime import datetime
from pathlib import Path
from typing import Any

from crawler.troubles import SourceTrouble
from db.kept import kept_files
from db.opening import DamagedFile, current, read_rows
from pipeline.alarm_words import Alarm
from pipeline.alarms import Seen, alarms
from pipeline.commands.alert_look import seen
from pipeline.commands.alerts_file import FILE, read_told
from pipeline.commands.build_record import LastBuild, read_last_build
from pipeline.commands.run_record import LastRun, read_last_run
from pipeline.commands.source_facts import source_facts
from pipeline.facts import SourceFacts
from pipeline.frames import Rows
from pipeline.overview import due_at, run_row, source_rows

SHOWN_RUNS = 10
OF_A_SOURCE = ("name", "title", "health", "message", "last_good_read", "last_attempt", "rows", "cadence_days")
OF_A_RUN = ("id", "source", "kind", "started", "finished", "result", "rows", "requests")


@dataclass
class Status:
    """Everything there is to say; `since` has the time from which each alarm is on, where a look has noted it."""

    seen: Seen
    published: Path | None
    build: dict[str, Any]
    alarms: list[Alarm]
    since: dict[str, str]
    sources: Rows
    runs: Rows
    last_build: LastBuild | None
    last_run: LastRun | None
    kept: int

    @property
    def troubles(self) -> list[Alarm]:
        return [each for each in self.alarms if each.level == "trouble"]


def status_of(data: Path, now: datetime) -> Status:
    """Look at everything."""
    looked, told = seen(data, now), read_told(data)
    if told.trouble:
        looked = replace(looked, damaged={**looked.damaged, FILE: told.trouble})
    well = [source for name, source in source_facts().items() if name not in looked.damaged]
    runs = [run for verdicts in looked.runs.values() for run in verdicts]
    newest = sorted(runs, key=lambda run: (run.started, run.source, run.run), reverse=True)
    return Status(
        seen=looked,
        published=current(data),
        build=build_of(data, looked),
        alarms=alarms(looked),
        since={on.key: on.since for on in told.alarms},
        sources=[row for source in well for row in rows_of(data, source, now)],
        runs=[{name: row[name] for name in OF_A_RUN} for row in map(run_row, newest[:SHOWN_RUNS])],
        last_build=read_last_build(data),
        last_run=read_last_run(data),
        kept=len(kept_files(data)),
    )


def build_of(data: Path, looked: Seen) -> dict[str, Any]:
    """What the published file says of itself; nothing where it is damaged, which is an alarm."""
    path = current(data)
    if path is None or "published" in looked.damaged:
        return {}
    try:
        return {row["key"]: row["value"] for row in read_rows(path, "build_info")}
    except DamagedFile:
        return {}


def rows_of(data: Path, source: SourceFacts, now: datetime) -> Rows:
    """The row of one source, with when it is due; none where its runs cannot be read, which the next build says."""
    try:
        rows = source_rows(data, [source], now)
    except (SourceTrouble, OSError):
        return []
    due = due_at(data, source, now)
    return [{name: row[name] for name in OF_A_SOURCE} | {"due": f"{due:%Y-%m-%dT%H:%M:%SZ}"} for row in rows]


def as_document(found: Status) -> dict[str, Any]:
    """The same as one JSON document."""
    return {
        "ok": not found.troubles,
        "published": str(found.published) if found.published else None,
        "build": found.build,
        "kept_builds": found.kept,
        "last_build": found.last_build,
        "last_run": asdict(found.last_run) if found.last_run else None,
        "disk": {"free_bytes": found.seen.free_bytes, "build_bytes": found.seen.build_bytes},
        "alarms": [asdict(each) | {"since": found.since.get(each.key)} for each in found.alarms],
        "sources": found.sources,
        "runs": found.runs,
    }
