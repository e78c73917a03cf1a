"""Gather: which records count today.

In: every good run of a source. Out: one row a record, and what was read when. A run that read a state whole drops
the records of that state which it no longer saw; a run that read only a part adds and renews. Failed and blocked
runs drop and add nothing; what was changed on disk or dated in the future is set aside, in words. A state counts as
read when its oldest page was. Sources that print one register (the NPI Registry's answers and its weekly and monthly
files) give one row a key: the newest.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import NamedTuple

import pandas as pd

from crawler.records import Record
from crawler.snapshots import EVERYTHING, DamagedRun, Manifest, Run, good_runs, set_aside

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
    """What is known of one source's reads: current rows; per state (or EVERYTHING), when it was last read whole.

    `set_aside`: a sentence for each run that cannot count, though it may have been good. `withdrawn`: keys of rows
    that the source says have left its register.
    """

    source: str
    rows: int = 0
    last_good: str = ""
    sample: bool = False
    whole: dict[str, str] = field(default_factory=dict)
    set_aside: list[str] = field(default_factory=list)
    withdrawn: set[str] = field(default_factory=set)

    def read_whole_at(self, state: str) -> str:
        """When this state was last read whole, or ""."""
        return max(self.whole.get(state, ""), self.whole.get(EVERYTHING, ""))


class Spoken(NamedTuple):
    """A record and the time it speaks of: when it was read, or the date up to which its file was made."""

    record: Record
    at: str


def gather(
    data: Path, sources: Iterable[str], registers: Mapping[str, str] | None = None
) -> tuple[pd.DataFrame, dict[str, Reading]]:
    """Current records of all sources (columns RECORD_COLUMNS), and each source's reading.

    `registers` maps a source to the register it prints; sources of one register speak of the same rows.
    """
    spoken: dict[str, dict[str, Spoken]] = {}
    readings: dict[str, Reading] = {}
    for source in sources:
        spoken[source], readings[source] = undamaged(source, good_runs(data, source), set_aside(data, source))
    groups: dict[str, list[str]] = defaultdict(list)
    for source in spoken:
        groups[(registers or {}).get(source) or source].append(source)
    records = [
        record for register, names in groups.items() for record in one_register(register, names, spoken, readings)
    ]
    return pd.DataFrame([as_row(record) for record in records], columns=RECORD_COLUMNS), readings


def current_records(source: str, runs: list[tuple[Run, Manifest]]) -> tuple[list[Record], Reading]:
    """What one source shows today, by itself."""
    current, reading = undamaged(source, runs, {})
    return [spoken.record for spoken in current.values()], reading


def undamaged(
    source: str, runs: list[tuple[Run, Manifest]], aside: Mapping[str, str]
) -> tuple[dict[str, Spoken], Reading]:
    """The runs laid over each other without those whose rows were changed on disk: the reading before counts.

    `aside`: what was set aside before, run -> sentence. A run that was replayed since is not missed.
    """
    while True:
        try:
            current, reading = overlay(source, runs)
        except DamagedRun as damaged:
            replayed = any(manifest.replay_of == damaged.run for _, manifest in runs)
            aside = aside if replayed else {**aside, damaged.run: str(damaged)}
            runs = [pair for pair in runs if pair[0].name != damaged.run]
            continue
        reading.set_aside = list(aside.values())
        return current, reading


def overlay(source: str, runs: list[tuple[Run, Manifest]]) -> tuple[dict[str, Spoken], Reading]:
    """A source's good runs laid over each other, oldest first."""
    current: dict[str, Spoken] = {}
    reading = Reading(source)
    for (run, manifest), needed in zip(runs, still_needed(runs), strict=True):
        whole = whole_states(manifest)
        current = {key: spoken for key, spoken in current.items() if not in_scope(spoken.record, whole)}
        if needed:
            current |= {
                record.source_key: Spoken(record, manifest.as_of or record.fetched_at) for record in run.records()
            }
        reading.last_good = manifest.read_at
        reading.sample |= manifest.sample
        reading.whole |= dict.fromkeys(whole, manifest.as_of or manifest.read_from or manifest.read_at)
    reading.rows = len(current)
    return current, reading


def whole_states(manifest: Manifest) -> set[str]:
    return {state for state, complete in manifest.coverage.items() if complete}


def still_needed(runs: list[tuple[Run, Manifest]]) -> list[bool]:
    """Whether any row of each run can still count: later whole readings have not replaced every state it read."""
    replaced: set[str] = set()
    needed: list[bool] = []
    for _, manifest in reversed(runs):
        states = set(manifest.rows_in) or {EVERYTHING}
        needed.append(EVERYTHING not in replaced and not states <= replaced)
        replaced |= whole_states(manifest)
    return needed[::-1]


def one_register(
    register: str, sources: list[str], spoken: Mapping[str, dict[str, Spoken]], readings: Mapping[str, Reading]
) -> list[Record]:
    """The rows of a register that several sources print: the newest of each key, unless it has left the register."""
    newest: dict[str, Spoken] = {}
    for source in sources:
        for key, row in spoken[source].items():
            newest[key] = max(newest.get(key, row), row, key=age_of)
    for key, row in newest.items():
        if row.record.fields.get("withdrawn_on"):
            readings[row.record.source].withdrawn.add(key)
    left = {key for key, row in newest.items() if has_left(key, row, sources, spoken, readings)}
    return [as_of_register(register, row.record) for key, row in newest.items() if key not in left]


def age_of(row: Spoken) -> tuple[str, str]:
    """What makes one printing of a row newer than another: the source's own date, then the time it speaks of."""
    return (row.record.source_date, row.at)


def has_left(
    key: str,
    row: Spoken,
    sources: list[str],
    spoken: Mapping[str, dict[str, Spoken]],
    readings: Mapping[str, Reading],
) -> bool:
    """Whether the register says so, or another source read the row's state whole later and no longer saw it."""
    if row.record.fields.get("withdrawn_on"):
        return True
    return any(
        key not in spoken[other] and readings[other].read_whole_at(row.record.partition) > row.at
        for other in sources
        if other != row.record.source
    )


def as_of_register(register: str, record: Record) -> Record:
    """The row under its register's name, so that it stays the same row whichever source printed it last."""
    if record.source == register:
        return record
    return replace(record, source=register, fields=record.fields | {"read_in": record.source})


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
