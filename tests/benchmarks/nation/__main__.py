"""Writes a nation into a folder: records.jsonl, truth.csv, traps.csv, pairs.csv.

In: `--people 1000 --seed 1 --out FOLDER`. Out: the files, and a count.
"""

from __future__ import annotations

import argparse
import csv
from pathlib import Path

from tests.benchmarks.nation import nation


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m tests.benchmarks.nation", description=__doc__)
    parser.add_argument("--people", type=int, default=1000)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--out", type=Path, required=True)
    asked = parser.parse_args()
    records = write(asked.people, asked.seed, asked.out)
    print(f"{asked.people} people, {records} records in {asked.out}")


def write(people: int, seed: int, out: Path) -> int:
    """Streams the batches to disk; returns the number of records."""
    out.mkdir(parents=True, exist_ok=True)
    traps: dict[int, frozenset[str]] = {}
    count = 0
    with (
        (out / "records.jsonl").open("w", encoding="utf-8") as lines,
        (out / "truth.csv").open("w", encoding="utf-8", newline="") as truth,
        (out / "pairs.csv").open("w", encoding="utf-8", newline="") as pairs,
    ):
        truth_rows, pair_rows = csv.writer(truth), csv.writer(pairs)
        truth_rows.writerow(["record_id", "person"])
        pair_rows.writerow(["person", "other", "label"])
        for batch in nation(people, seed):
            count += len(batch.records)
            lines.writelines(f"{record.to_line()}\n" for record in batch.records)
            truth_rows.writerows(batch.truth.items())
            pair_rows.writerows(batch.pairs)
            traps |= batch.traps
    write_traps(out / "traps.csv", traps)
    return count


def write_traps(path: Path, traps: dict[int, frozenset[str]]) -> None:
    with path.open("w", encoding="utf-8", newline="") as file:
        rows = csv.writer(file)
        rows.writerow(["person", "labels"])
        rows.writerows((person, " ".join(sorted(labels))) for person, labels in sorted(traps.items()))


if __name__ == "__main__":
    main()
