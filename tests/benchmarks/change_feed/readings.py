"""Readings: each night every source is read, not read, fails, is blocked, is read in part or for some states only.

In: the world, a seed. Out: runs in a data folder, and `Reading`s for the observer: what a good run showed, and what it
showed whole.
"""

from __future__ import annotations

import hashlib
from collections import Counter
from dataclasses import dataclass, field, replace
from pathlib import Path
from random import Random

from crawler.records import Record
from crawler.snapshots import EVERYTHING, Manifest, Run
from pipeline.commands.source_facts import source_facts
from tests.benchmarks.change_feed.rows import Row

FAULTS = {"whole": 0.70, "not_read": 0.10, "failed": 0.05, "blocked": 0.04, "partial": 0.05, "narrowed": 0.06}


@dataclass
class Reading:
    """One good run as somebody sees it who knows the world. `whole`: states (EVERYTHING: all)."""

    source: str
    shown: dict[str, Row] = field(default_factory=dict)
    whole: set[str] = field(default_factory=set)


def read_source(data: Path, source: str, rows: list[Row], at: str, fault: str, rng: Random) -> Reading | None:
    """Write the run; None where nothing good came of it."""
    states = source_facts()[source].partitions
    if fault == "not_read":
        return None
    if fault == "narrowed" and not states:
        fault = "whole"
    parts = set(states) or {EVERYTHING}
    asked = set(rng.sample(sorted(parts), max(1, len(parts) // 4))) if fault == "narrowed" else parts
    shown = [row for row in rows if EVERYTHING in asked or row.record.partition in asked]
    broken = {part for part in sorted(asked) if rng.random() < 0.5} or asked if fault == "partial" else set()
    if broken:
        shown = [row for row in shown if not (broken & {row.record.partition, EVERYTHING}) or rng.random() < 0.5]
    if fault in ("failed", "blocked"):
        shown = shown[: int(len(shown) * rng.random() / 2)]
    coverage = {part: part not in broken and fault not in ("failed", "blocked") for part in sorted(asked)}
    result = fault if fault in ("failed", "blocked") else "good"
    write_run(data, source, [row.record for row in shown], at, coverage, result, fault == "narrowed")
    if result != "good":
        return None
    whole = {part for part, complete in coverage.items() if complete}
    return Reading(source, {row.record.id: row for row in shown}, whole)


def write_run(
    data: Path, source: str, records: list[Record], at: str, coverage: dict[str, bool], result: str, narrowed: bool
) -> None:
    run = Run.create(data, source)
    with (run.folder / "records.jsonl").open("w", encoding="utf-8") as file:
        file.writelines(read_at(record, at).to_line() + "\n" for record in records)
    states = sorted(coverage) if narrowed else [EVERYTHING]
    manifest = Manifest(source, run.name, "crawl", started=at, finished=at, read_at=at, read_from=at, result=result)
    manifest.rows, manifest.coverage, manifest.states = len(records), coverage, states
    manifest.rows_in = dict(Counter(record.partition for record in records))
    run.finish(manifest)


def read_at(record: Record, at: str) -> Record:
    """The record from bytes of that night."""
    digest = hashlib.sha256(f"{record.source} {record.partition} {at}".encode()).hexdigest()
    return replace(record, fetched_at=at, sha256=digest)


def fault_of(rng: Random, faults: dict[str, float]) -> str:
    return rng.choices(list(faults), list(faults.values()))[0]
