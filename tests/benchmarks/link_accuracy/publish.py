"""The last measured table as a rule file, for the methods page.

In: what was measured on each nation. Out: pipeline/rules/link_accuracy.csv, one row a number; its key is population,
measure and subset. `sample_size` is the number of records, or of links, that the number rests on.
"""

from __future__ import annotations

import csv
from collections.abc import Iterable, Iterator
from pathlib import Path

from pipeline.rules import RULES_FOLDER
from tests.benchmarks.link_accuracy.curve import PRECISIONS, recall_at
from tests.benchmarks.link_accuracy.metrics import Scores
from tests.benchmarks.link_accuracy.runs import Ours, Run

FILE = RULES_FOLDER / "link_accuracy.csv"
COLUMNS = "population measure subset value sample_size model_version measured_on".split()
ALL = "all"
Number = tuple[str, str, float, int]


def publish(measured: Iterable[tuple[int, Ours, list[Run]]], day: str, file: Path = FILE) -> None:
    """Replace the file. Linkers of others stand in it as subsets `linker: NAME`."""
    with file.open("w", encoding="utf-8", newline="") as out:
        writer = csv.writer(out, lineterminator="\n")
        writer.writerow(COLUMNS)
        for population, ours, others in measured:
            for measure, subset, value, sample in numbers(ours, others):
                writer.writerow([population, measure, subset, f"{value:.5f}", sample, ours.version, day])


def numbers(ours: Ours, others: list[Run]) -> Iterator[Number]:
    yield from scores_as(ALL, ours.run.scores)
    for name, scores in ours.surnames.items():
        yield from scores_as(name, scores)
    for pair, scores in ours.sources.items():
        yield from scores_as(f"sources: {' + '.join(pair)}", scores)
    for label, trap in ours.traps.items():
        yield from scores_as(f"trap: {label}", trap.scores)
    for run in others:
        yield from scores_as(f"linker: {run.name}", run.scores)
    yield from numbers_of_links(ours)


def scores_as(subset: str, scores: Scores) -> Iterator[Number]:
    pairs = scores.pairs
    named = {
        "pairwise precision": pairs.precision,
        "pairwise recall": pairs.recall,
        "pairwise F1": pairs.f1,
        "B-cubed precision": scores.cubed_precision,
        "B-cubed recall": scores.cubed_recall,
        "B-cubed F1": scores.cubed_f1,
    }
    for measure, value in named.items():
        yield measure, subset, value, scores.records


def numbers_of_links(ours: Ours) -> Iterator[Number]:
    """What each level says and how often it was right, the review list, the curve, what must never be."""
    records = ours.run.scores.records
    for row in ours.levels:
        yield "stated correctness", f"level: {row.group}", row.said, row.count
        yield "measured correctness", f"level: {row.group}", row.measured, row.count
    for label, (pairs, joined) in ours.taken.items():
        yield "share taken for each other", f"pairs: {label}", joined / pairs, pairs
    yield "missed pairs in the review list", ALL, ours.review.share, ours.review.pairs
    for precision in PRECISIONS:
        if point := recall_at(ours.points, precision):
            yield f"recall at precision {precision:g}", ALL, point.pairs.recall, records
    yield "forbidden conflicts", ALL, ours.conflicts.total, records
