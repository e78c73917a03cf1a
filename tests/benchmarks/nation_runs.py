"""A nation as the runs of a data folder: `python -m tests.benchmarks.nation_runs --people 6000 --data FOLDER`.

In: how many people, a seed. Out: one good run for each source, read whole on the day of the nation's records, so that
every command works on the folder as on an operator's own; `truth.csv` beside them (record id, person). There are no
snapshots: nothing here can be replayed.
"""

from __future__ import annotations

import argparse
import csv
import json
from collections import Counter
from pathlib import Path

from crawler.records import Record
from crawler.snapshots import EVERYTHING, Manifest, Run, write_whole
from pipeline.commands.build import build_and_publish
from pipeline.commands.source_facts import source_facts
from tests.benchmarks.nation import nation


def write_runs(data: Path, people: int, seed: int) -> int:
    """Write a run for each source; returns the number of records."""
    runs: dict[str, Run] = {}
    rows: dict[str, Counter[str]] = {}
    read: dict[str, set[str]] = {}
    data.mkdir(parents=True, exist_ok=True)
    with (data / "truth.csv").open("w", encoding="utf-8", newline="") as file:
        truth = csv.writer(file)
        truth.writerow(["record_id", "person"])
        for batch in nation(people, seed):
            truth.writerows(batch.truth.items())
            for record in batch.records:
                source = record.source
                if source not in runs:
                    runs[source], rows[source], read[source] = Run.create(data, source), Counter(), set()
                rows[source][record.partition] += 1
                read[source].add(record.fetched_at)
            append(runs, batch.records)
    for source, run in runs.items():
        finish(run, source, rows[source], read[source])
    return sum(sum(counted.values()) for counted in rows.values())


def append(runs: dict[str, Run], records: list[Record]) -> None:
    lines: dict[str, list[str]] = {}
    for record in records:
        lines.setdefault(record.source, []).append(record.to_line() + "\n")
    for source, written in lines.items():
        with (runs[source].folder / "records.jsonl").open("a", encoding="utf-8") as file:
            file.writelines(written)


def finish(run: Run, source: str, rows: Counter[str], read: set[str]) -> None:
    """A manifest that says what was read whole: every state for a source read by state, everything for others."""
    first, last = min(read), max(read)
    partitions = source_facts()[source].partitions
    run.finish(
        Manifest(
            source,
            run.name,
            "crawl",
            started=first,
            finished=last,
            read_at=last,
            read_from=first,
            result="good",
            rows=sum(rows.values()),
            coverage=dict.fromkeys(partitions or (EVERYTHING,), True),
            rows_in=dict(rows),
        )
    )


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m tests.benchmarks.nation_runs", description=__doc__)
    parser.add_argument("--people", type=int, default=1000)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--build", action="store_true", help="build and publish a database from them too")
    asked = parser.parse_args()
    records = write_runs(asked.data, asked.people, asked.seed)
    print(f"{asked.people} people, {records} records in {asked.data}")
    write_whole(asked.data / "nation.json", json.dumps({"people": asked.people, "seed": asked.seed}).encode())
    if asked.build:
        print(build_and_publish(asked.data))


if __name__ == "__main__":
    main()
