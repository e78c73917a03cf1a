"""Overview: how every source is doing, from the manifests of its runs alone (no database is needed).

In: the data folder, the sources' facts, the time. Out: one row a source (the `sources` table), one row a run.
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from crawler.snapshots import EVERYTHING, Manifest, good_runs, is_misdated, latest_believed, runs
from pipeline.facts import SourceFacts
from pipeline.frames import Rows
from pipeline.gather import Reading, current_records, still_needed, whole_states
from pipeline.rules import window_days
from pipeline.world import parsed

A_NIGHTS_SLACK = timedelta(hours=6)  # what is read each night is read earlier on some nights than on others
CARRYING = "with "  # a manifest counts the rows that carry a field as "with <field>"

STATE_LETTERS = 2  # other parts a source may be read by are no states: EVERYTHING, a clinic's site


def source_rows(data: Path, sources: Iterable[SourceFacts], now: datetime) -> Rows:
    """One row a source with its health in a word and in a sentence."""
    return [source_row(data, source, reading_of(data, source.name), now) for source in sources]


def reading_of(data: Path, source: str) -> Reading:
    """What is known of a source's reads, where its records themselves are not wanted.

    They are read only where rows of several runs count together; one whole reading was counted when it was made.
    """
    counting = good_runs(data, source)
    manifests = [manifest for _, manifest in counting]
    if not manifests or sum(still_needed(counting)) > 1 or not speaks_for_all(manifests[-1]):
        return current_records(source, counting)[1]
    reading = Reading(source, manifests[-1].rows, manifests[-1].read_at, any(each.sample for each in manifests))
    for each in manifests:
        reading.whole |= dict.fromkeys(whole_states(each), each.as_of or each.read_from or each.read_at)
    return reading


def speaks_for_all(manifest: Manifest) -> bool:
    """Whether every row of the run belongs to a state that it read whole."""
    whole = whole_states(manifest)
    return EVERYTHING in whole or set(manifest.rows_in) <= whole


def source_row(data: Path, source: SourceFacts, reading: Reading, now: datetime) -> dict[str, Any]:
    """The row of one source; `reading` comes from `gather`, which has read the records already, or `reading_of`."""
    ended = runs(data, source.name)
    last = max((manifest for _, manifest in ended), key=lambda manifest: (manifest.started, manifest.run), default=None)
    whole = sorted(state for state in reading.whole)
    health, message = health_of(source, last, reading.last_good, whole, now)
    message = " ".join(dict.fromkeys([message, *reading.set_aside])).strip()
    return {
        "name": source.name,
        "title": source.title,
        "publisher": source.publisher,
        "kind": source.kind,
        "states": json.dumps(list(source.covers)),
        **source.details,
        "last_good_read": reading.last_good or None,
        "last_attempt": last.started if last else None,
        "health": health,
        "message": message,
        "rows": reading.rows,
        "complete": int(is_whole(source, whole)),
        "complete_states": json.dumps([part for part in whole if len(part) == STATE_LETTERS]),
    }


def health_of(
    source: SourceFacts, last: Manifest | None, last_good: str, whole: list[str], now: datetime
) -> tuple[str, str]:
    """good, stale, failed, blocked, never_read or partial, and why."""
    if last is None:
        return "never_read", first_step(source)
    if last.result == "blocked":
        return "blocked", f"{' '.join(last.troubles)} {import_words(source)}"
    if last.result == "failed":
        return "failed", " ".join(last.troubles)
    if not last_good:
        return "failed", "No reading counts."
    if (now - parsed(last_good)).days > window_days("stale"):
        return "stale", f"The last good reading is of {last_good[:10]}."
    if not is_whole(source, whole) and not source.changes_only:
        return "partial", " ".join(last.alarms) or "Only a part of this source has been read."
    return "good", " ".join(last.alarms)


def is_whole(source: SourceFacts, whole: list[str]) -> bool:
    """Whether everything the source covers was read whole."""
    parts = source.covers or source.partitions
    return EVERYTHING in whole or (bool(parts) and set(parts) <= set(whole))


def first_step(source: SourceFacts) -> str:
    gated = source.details.get("access") == "gated"
    return import_words(source) if gated else f"Not read yet: diplomate crawl {source.name}."


def import_words(source: SourceFacts) -> str:
    """How a person may bring a gated source's pages in."""
    where, call = source.details.get("homepage"), f"diplomate import {source.name} FILE ..."
    return f"A person may open {where}, save its pages and bring them in: {call} (files, or their folder)"


def run_rows(data: Path, sources: Iterable[SourceFacts]) -> Rows:
    """One row a run, oldest reading first; none that a wrong clock dated."""
    limit = latest_believed()
    ended = (pair for source in sources for pair in runs(data, source.name))
    return [run_row(manifest) for run, manifest in ended if not is_misdated(run, manifest, limit)]


def run_row(manifest: Manifest) -> dict[str, Any]:
    return {
        "id": f"{manifest.source}/{manifest.run}",
        "source": manifest.source,
        "kind": manifest.kind,
        "started": manifest.started,
        "finished": manifest.finished,
        "read_at": manifest.read_at,
        "result": manifest.result,
        "rows": manifest.rows,
        "requests": manifest.requests,
        "complete": int(manifest.complete),
        "states": json.dumps(manifest.states),
        "alarms": json.dumps(manifest.troubles + manifest.alarms, ensure_ascii=False),
        "left_out": json.dumps(left_out(manifest), ensure_ascii=False),
        "filled": json.dumps(filled(manifest)),
    }


def left_out(manifest: Manifest) -> dict[str, int]:
    """What was counted beside the rows: reason -> how many."""
    return {reason: number for reason, number in manifest.counts.items() if not reason.startswith(CARRYING)}


def filled(manifest: Manifest) -> dict[str, float]:
    """Field -> the share of rows that carry it."""
    counts = {name: number for name, number in manifest.counts.items() if name.startswith(CARRYING)}
    return {name.removeprefix(CARRYING): round(number / manifest.rows, 3) for name, number in counts.items()}


def is_due(data: Path, source: SourceFacts, now: datetime, states: tuple[str, ...] = ()) -> bool:
    """Whether the cadence has passed since the last good crawl of these states (or of everything)."""
    return due_at(data, source, now, states) <= now


def due_at(data: Path, source: SourceFacts, now: datetime, states: tuple[str, ...] = ()) -> datetime:
    """When the source is due, by its runs: `due_of`."""
    return due_of(source, [manifest for _, manifest in runs(data, source.name)], now, states)


def due_of(source: SourceFacts, ended: Iterable[Manifest], now: datetime, states: tuple[str, ...] = ()) -> datetime:
    """When the source is due: `now` where no crawl counts, else when its cadence has passed.

    A gated source is not asked again before its cadence has passed, however it answered: its gate is respected. One
    that fails is left alone for longer each time. A reading from the future is a mistake of the machine's clock: it
    keeps no source from being read today.
    """
    wanted = set(states) if source.partitions else set()
    gated = source.details["access"] == "gated"
    covering = [m for m in ended if EVERYTHING in m.states or (wanted and wanted <= set(m.states))]
    covering = sorted(
        (m for m in covering if parsed(at_of(m)) <= now + A_NIGHTS_SLACK), key=lambda m: (at_of(m), m.started, m.run)
    )
    counting = [m for m in covering if m.kind == "crawl" and (m.result == "good" or (gated and not m.cut_off))]
    due = parsed(at_of(counting[-1])) + waits(source) if counting else now
    failed = failing(covering)
    return max(due, parsed(at_of(failed[-1])) + rest_of(source, len(failed))) if failed else due


def at_of(manifest: Manifest) -> str:
    """The time of a run: of its youngest byte or, where it has none, of its begin."""
    return manifest.read_at or manifest.started


def failing(ended: Iterable[Manifest]) -> list[Manifest]:
    """The failed crawls since the last good run, in order; one that was interrupted says nothing of the source."""
    failed: list[Manifest] = []
    for run in ended:
        if run.result == "good":
            failed = []
        elif run.result == "failed" and run.kind == "crawl" and not run.cut_off:
            failed.append(run)
    return failed


def rest_of(source: SourceFacts, failures: int) -> timedelta:
    """How long a source that failed so many times in a row is left alone: 1, 2, 4 … nights, at most its cadence.

    One that fails its verdict is read whole each time: a new column in a file of a gigabyte must not bring it nightly.
    """
    return min(timedelta(days=2 ** min(failures - 1, 16)) - A_NIGHTS_SLACK, waits(source))


def asked_again(source: SourceFacts, ended: Iterable[Manifest], now: datetime) -> str:
    """When `diplomate run` asks the source again, in words."""
    due = due_of(source, ended, now)
    return f"on {due + A_NIGHTS_SLACK:%Y-%m-%d}" if due > now else "by the next `diplomate run`"


def waits(source: SourceFacts) -> timedelta:
    """How long a source is left alone after it was read."""
    return timedelta(days=int(str(source.details["cadence_days"]))) - A_NIGHTS_SLACK
