"""Measure the points of the cues in rules/claim_phrases.csv from labeled sentences, and write them there.

    python -m tests.benchmarks.claim_cues FILE.jsonl ... [--write]

Without `--write` each file in turn is left out: the points come from the other files, and precision and recall are
those of the weighing alone on the file left out. The points are a logistic regression over the facts of each mention
(pipeline/web_cues.py); of a sentence with a claim only the mention that fits best counts. Needs numpy.
"""

from __future__ import annotations

import argparse
import csv
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from pipeline.rules import RULES_FOLDER
from pipeline.web_claims import readings_in
from pipeline.web_cues import START, has_row, weigh
from pipeline.web_mentions import license_mentions, national_mentions
from pipeline.web_statements import CERTIFICATION, LICENSE
from tests.benchmarks.claim_extraction import CURRENT, EXPLANATORY, Labeled, read_labeled

TABLE = RULES_FOLDER / "claim_phrases.csv"
LABELS = {CERTIFICATION: CURRENT, LICENSE: "license"}
MENTIONS = {CERTIFICATION: national_mentions, LICENSE: license_mentions}
FEWEST = 4  # a fact seen less often gets no points
SMALLEST = 0.1
STRENGTH = 2.0
ROUNDS, STEPS = 4, 25
THRESHOLDS = (-0.5, 0.0, 0.5, 1.0, 1.5, 2.0)

Facts = frozenset[str]


@dataclass(frozen=True)
class Example:
    """A labeled sentence with the facts of each of its mentions."""

    row: Labeled
    claims: bool
    mentions: tuple[Facts, ...]

    def best(self, points: dict[str, float]) -> float:
        return max((sum(points.get(fact, 0.0) for fact in facts) for facts in self.mentions), default=-99.0)


def examples(path: Path, kind: str) -> list[Example]:
    return [_example(row, kind) for row in read_labeled(path) if not row.ambiguous]


def _example(row: Labeled, kind: str) -> Example:
    found = (weigh(reading, one).facts for reading in readings_in(row.text) for one in MENTIONS[kind](reading))
    return Example(row, LABELS[kind] in row.labels, tuple(found))


def fit(rows: Iterable[Example]) -> dict[str, float]:
    """The points of each fact."""
    rows = [row for row in rows if row.mentions]
    seen = Counter(fact for row in rows for facts in row.mentions for fact in facts)
    names = sorted(fact for fact, times in seen.items() if times >= FEWEST and has_row(fact))
    claimed = [[_vector(names, facts) for facts in row.mentions] for row in rows if row.claims]
    denied = [_vector(names, facts) for row in rows if not row.claims for facts in row.mentions]
    weights = np.zeros(len(names))
    for _ in range(ROUNDS):
        chosen = [group[int(np.argmax([one @ weights for one in group]))] for group in claimed]
        target = np.r_[np.ones(len(chosen)), np.zeros(len(denied))]
        weights = _regression(np.vstack([*chosen, *denied]), target, weights, names.index(START))
    return {
        name: float(round(weight, 1)) for name, weight in zip(names, weights, strict=True) if abs(weight) >= SMALLEST
    }


def _vector(names: list[str], facts: Facts) -> np.ndarray:
    return np.array([name in facts for name in names], dtype=float)


def _regression(data: np.ndarray, target: np.ndarray, weights: np.ndarray, start: int) -> np.ndarray:
    """Newton's method for a ridge logistic regression; the start is free."""
    ridge = np.full(data.shape[1], STRENGTH)
    ridge[start] = 0.001
    for _ in range(STEPS):
        chance = 1 / (1 + np.exp(-data @ weights))
        slope = data.T @ (chance - target) + ridge * weights
        step = np.linalg.solve((data.T * (chance * (1 - chance))) @ data + np.diag(ridge), slope)
        weights = weights - step
        if np.abs(step).max() < 1e-5:
            break
    return weights


def report(rows: list[Example], points: dict[str, float]) -> str:
    return "\n".join(_line(rows, points, threshold) for threshold in THRESHOLDS)


def _line(rows: list[Example], points: dict[str, float], threshold: float) -> str:
    taken = [row for row in rows if row.best(points) > threshold]
    right, all_claims = sum(row.claims for row in taken), sum(row.claims for row in rows)
    explanatory = sum(row.row.category.startswith(EXPLANATORY) and not row.claims for row in taken)
    precision, recall = right / max(1, len(taken)), right / max(1, all_claims)
    f1 = 2 * right / max(1, len(taken) + all_claims)
    return f"  over {threshold:4.1f}: P {precision:.3f} R {recall:.3f} F1 {f1:.3f}, explanatory {explanatory}"


def write(points: dict[str, dict[str, float]]) -> None:
    """Put the points into the `value` of the rows of the kinds `cue` and `cue_fact`."""
    with TABLE.open(encoding="utf-8", newline="") as lines:
        rows = list(csv.reader(lines))
    for row in rows:
        if row[1] in ("cue", "cue_fact"):
            row[5] = "; ".join(_items(row, points))
    with TABLE.open("w", encoding="utf-8", newline="") as lines:
        csv.writer(lines, lineterminator="\n").writerows(rows)


def _items(row: list[str], points: dict[str, dict[str, float]]) -> list[str]:
    id_, is_fact, fact = row[0], row[1] == "cue_fact", row[3]
    found = ((kind, known, value) for kind, all_ in points.items() for known, value in all_.items())
    if is_fact:
        return [f"{kind} always {value:+.1f}" for kind, known, value in found if known == fact]
    return [
        f"{kind} {known.rpartition(' ')[2]} {value:+.1f}"
        for kind, known, value in found
        if known.rpartition(" ")[0] == id_
    ]


def main() -> None:
    parser = argparse.ArgumentParser(prog="claim_cues")
    parser.add_argument("files", nargs="+", type=Path)
    parser.add_argument("--write", action="store_true", help="write the points measured on all files")
    parser.add_argument("--wrong", action="store_true", help="also print the sentences near the border")
    asked = parser.parse_args()
    rows = {kind: {path: examples(path, kind) for path in asked.files} for kind in LABELS}
    if asked.write:
        write({kind: fit(one for part in parts.values() for one in part) for kind, parts in rows.items()})
        return
    for kind, parts in rows.items():
        for path in asked.files:
            points = fit(one for other, part in parts.items() if other != path for one in part)
            print(f"{kind}, {path.name} left out:\n{report(parts[path], points)}")
            if asked.wrong:
                print("\n".join(_border(parts[path], points)))


def _border(rows: list[Example], points: dict[str, float]) -> list[str]:
    scored = sorted(((row.best(points), row) for row in rows), key=lambda pair: pair[0])
    wrong = [(score, row) for score, row in scored if (score < 1 if row.claims else score > -0.5)]
    return [
        f"    {'claim' if row.claims else 'no   '} {score:6.1f} {row.row.id} {row.row.text[:160]!r}"
        for score, row in wrong
    ]


if __name__ == "__main__":
    main()
