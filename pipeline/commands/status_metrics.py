"""The crawler's side as metrics: runs, durations, rows, alarms, disk.

In: what `diplomate status` found. Out: Prometheus text, for a file that node_exporter's textfile collector reads.
"""

from __future__ import annotations

from collections.abc import Callable

from crawler.snapshots import Manifest
from db.status_text import Gauge, single, text_of
from pipeline.alarm_words import kinds
from pipeline.alarms import failures_in_a_row, newest_that_failed
from pipeline.commands.status_facts import Status
from pipeline.world import parsed

PREFIX = "diplomate_crawler"


def metrics_of(found: Status) -> str:
    """All of it; a source that was never read has no numbers."""
    return text_of([*machine_gauges(found), *source_gauges(found)])


def machine_gauges(found: Status) -> list[Gauge]:
    looked, wrong = found.seen, len(found.last_run.wrong) if found.last_run else None
    on = {(kind, row["level"]): 0.0 for kind, row in kinds().items()}
    for each in found.alarms:
        on[each.kind, each.level] += 1
    return [
        single(f"{PREFIX}_looked_timestamp_seconds", "When these numbers were taken.", looked.now.timestamp()),
        single(f"{PREFIX}_schedule_timestamp_seconds", "When diplomate run ended last.", seconds(looked.ran_at)),
        single(f"{PREFIX}_schedule_wrong", "Things that run said were wrong.", wrong),
        single(f"{PREFIX}_build_timestamp_seconds", "When a build was tried last.", seconds(looked.tried_at)),
        single(f"{PREFIX}_build_refused", "1 where that build was not published.", float(bool(looked.refused))),
        single(f"{PREFIX}_published_timestamp_seconds", "When the file shown was built.", seconds(looked.built_at)),
        single(f"{PREFIX}_disk_free_bytes", "Free room where the data folder is.", looked.free_bytes),
        single(f"{PREFIX}_build_bytes", "What the published file takes, with its downloads.", looked.build_bytes),
        Gauge(f"{PREFIX}_alarms", "Alarms that are on.", ("kind", "level"), on),
    ]


def source_gauges(found: Status) -> list[Gauge]:
    """What the newest ended run of each source says."""
    runs = {name: verdicts for name, verdicts in found.seen.runs.items() if verdicts}

    def newest(name: str, meaning: str, number: Callable[[Manifest], float | None]) -> Gauge:
        numbers = {(source,): number(verdicts[-1]) for source, verdicts in runs.items()}
        return Gauge(f"{PREFIX}_{name}", meaning, ("source",), numbers)

    good = {row["name"]: seconds(row["last_good_read"] or "") for row in found.sources}
    in_a_row = {(source,): float(failures_in_a_row(newest_that_failed(verdicts))) for source, verdicts in runs.items()}
    rows = {(row["name"],): float(row["rows"]) for row in found.sources}
    return [
        newest("run_timestamp_seconds", "When its newest run began.", lambda run: seconds(run.started)),
        newest("run_duration_seconds", "How long that run took.", duration),
        newest("run_rows", "Rows that run read.", lambda run: run.rows),
        newest("run_requests", "Requests that run made.", lambda run: max(run.requests, 0)),
        newest("run_good", "1 where that run counts.", lambda run: run.result == "good"),
        Gauge(f"{PREFIX}_failures_in_a_row", "Failed runs since the last that did not fail.", ("source",), in_a_row),
        Gauge(
            f"{PREFIX}_last_good_read_timestamp_seconds",
            "When it was last read well.",
            ("source",),
            {(name,): at for name, at in good.items()},
        ),
        Gauge(f"{PREFIX}_rows", "Rows of it that count now.", ("source",), rows),
    ]


def duration(run: Manifest) -> float | None:
    return (parsed(run.finished) - parsed(run.started)).total_seconds() if run.finished else None


def seconds(time: str) -> float | None:
    return parsed(time).timestamp() if time else None
