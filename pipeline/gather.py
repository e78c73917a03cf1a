"""Gather: which records count today.

In: every good run of a source. Out: one row a record, and what was read when. A run that read a state whole drops
the records of that state which it no longer saw; a run that read only a part adds and renews. Failed and blocked
runs drop and add nothing. A state counts as read when its oldest page was.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path

import pandas as pd

from crawler.records import Record
from crawler.snapshots import EVERYTHING, Manifest, Run, good_runs

RECORD_COLUMNS = [
    "record_id",
    "source",
    "source_key",
    "url",
    "fetched_at",
    "source_date",
    "sha256",
    "also",
    "partition",
    "fields",
]


@dataclass
class Reading:
    """What is known of one source's reads: current rows; per state (or EVERYTHING), when it was last read whole."""

    source: str
    rows: int = 0
    last_good: str = ""
    sample: bool = False
    whole: dict[str, str] = field(default_factory=dict)

    def read_whole_at(self, state: str) -> str:
        """When this state was last read whole, or ""."""
        return max(self.whole.get(state, ""), self.whole.get(EVERYTHING, ""))


def gather(data: Path, sources: Iterable[str]) -> tuple[pd.DataFrame, dict[str, Reading]]:
    """Current records of all sources (columns RECORD_COLUMNS), and each source's reading."""
    rows: list[dict[str, object]] = []
    readings: dict[str, Reading] = {}
    for source in sources:
        records, readings[source] = current_records(source, good_runs(data, source))
        rows += [as_row(record) for record in records]
    return pd.DataFrame(rows, columns=RECORD_COLUMNS), readings


def current_records(source: str, runs: list[tuple[Run, Manifest]]) -> tuple[list[Record], Reading]:
    """Overlay a source's good runs, oldest first."""
    current: dict[str, Record] = {}
    reading = Reading(source)
    for run, manifest in runs:
        whole = {state for state, complete in manifest.coverage.items() if complete}
        current = {key: record for key, record in current.items() if not in_scope(record, whole)}
        current |= {record.source_key: record for record in run.records()}
        reading.last_good = manifest.read_at
        reading.sample |= manifest.sample
        reading.whole |= dict.fromkeys(whole, manifest.read_from or manifest.read_at)
    reading.rows = len(current)
    return list(current.values()), reading


def in_scope(record: Record, whole: set[str]) -> bool:
    """Whether a run that read these states whole would have shown this record."""
    return EVERYTHING in whole or record.partition in whole


def as_row(record: Record) -> dict[str, object]:
    return {
        "record_id": record.id,
        "source": record.source,
        "source_key": record.source_key,
        "url": record.url,
        "fetched_at": record.fetched_at,
        "source_date": record.source_date or None,
        "sha256": record.sha256,
        "also": list(record.also),
        "partition": record.partition,
        "fields": record.fields,
    }
