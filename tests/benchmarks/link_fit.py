"""How the weights of linking are found: `python -m tests.benchmarks.link_fit --people 6000,20000 --seed 7`.

    --people N,M     one nation of each size; they are fitted together
    --seed N         never the seed whose accuracy is published (1)
    --spool FOLDER   keep the generated nations there
    --write          put the fitted weights into pipeline/rules/link_weights.csv

The nation is linked with the weights as committed. The pairs that were joined by evidence and those that were left for
a person to judge teach: right or wrong (the truth is known) against the outcome of each feature, beside how many
people one expects to look so much alike by chance, which is counted and not fitted. It is a logistic regression; what
comes out are bits. A ridge draws each weight to the committed one as if PRIOR pairs had spoken for it, so that what
few pairs bear on hardly moves: run it again after --write until nothing moves.

Not fitted, because such a nation cannot speak of them: the numbers (`npi`, `license` where it agrees), which join by a
rule of their own; what forbids a join (another NPI, sex, generation); the outcomes that stand for nothing, which weigh
0; and what fewer than LEAST pairs bear on. These were set by hand, with everything fitted rounded to quarters of a bit.
Nothing that a page says to disagree may speak for a pair, whatever the nation says; names apart.
Prints every weight as committed and as fitted, with the number of pairs that bear on it and how many were right.

The committed weights (2026-11-22) are this fit over 20,000 people of this nation (seed 7) and, with as many pairs, a
nation of 20,000 by another hand that is not in this repository, so that they follow the quirks of neither. Where this
nation alone would say otherwise, that other nation spoke against it: a name, a phone or a ZIP code that agrees speaks
less for a pair as committed (by about a bit), another state less against it. A fit on another seed is a check.
"""

from __future__ import annotations

import argparse
import csv
import sys
import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd

from pipeline.build import once_only
from pipeline.commands.source_facts import source_facts
from pipeline.link import Decided, decide
from pipeline.link.model import outcomes
from pipeline.link.rounds import FEATURES
from pipeline.rules import RULES_FOLDER
from tests.benchmarks.link_accuracy.__main__ import sizes
from tests.benchmarks.link_accuracy.process import alone
from tests.benchmarks.link_accuracy.spool import Spool, answers, persons, spooled

FILE = RULES_FOLDER / "link_weights.csv"
PUBLISHED = 1  # the seed of the nation whose accuracy is published
PRIOR, LEAST = 20.0, 20  # pairs that the committed weight counts for; pairs that must bear on a fitted one
LOWEST = -3.0  # bits of evidence below which a pair teaches nothing: nobody would join it
STEP = 0.25  # bits that a written weight is rounded to
# an outcome that every other outcome of its feature is measured against
ZEROS = {"place": "street", "kind": "same", "board": "one"}
BY_HAND = {("npi", "agrees"), ("npi", "disagrees"), ("license", "agrees"), ("sex", "agrees"), ("sex", "disagrees"),
           ("generation", "disagrees"), ("name", "other")}  # fmt: skip
LN2 = float(np.log(2))

Outcome = tuple[str, str]
Weights = dict[Outcome, float]


@dataclass(frozen=True)
class Fitted:
    """One weight: as committed, as fitted (None where it is not), and how many pairs bear on it, right and all."""

    outcome: Outcome
    committed: float
    fitted: float | None
    right: int
    pairs: int


def committed() -> Weights:
    """The weights of rules/link_weights.csv."""
    return {(feature, name): outcome.weight for feature, found in outcomes().items() for name, outcome in found.items()}


def lessons(spool: Spool) -> pd.DataFrame:
    """What a spooled nation teaches."""
    decided = decide(persons(spool.path), once_only(source_facts()))
    return lessons_of(decided, answers(spool.path).truth)


def lessons_of(decided: Decided, truth: Mapping[str, str]) -> pd.DataFrame:
    """The pairs that evidence joined or left open: the outcome of each feature, bits of chance, and `right`."""
    frame = pd.concat([*decided.outcome.links, decided.outcome.candidates], ignore_index=True)
    frame = frame[~frame["numbered"].astype(bool) & (frame["score"] > LOWEST)]
    people = np.array([truth[record_id] for record_id in decided.ids])
    weights = committed()
    bits = sum(
        frame[feature].map({name: weights[feature, name] for name in outcomes()[feature]}) for feature in FEATURES
    )
    taught = frame[list(FEATURES)].assign(chance=frame["score"] - bits)
    return taught.assign(right=people[frame["rec_a"]] == people[frame["rec_b"]])


def fit(taught: pd.DataFrame, start: Weights) -> list[Fitted]:
    """Every weight, in the order of the rules."""
    fitted = [outcome for outcome in start if is_fitted(outcome, taught)]
    found = dict(zip(fitted, weights_of(taught, fitted, start), strict=True)) if fitted else {}
    return [Fitted(outcome, weight, found.get(outcome), *counted(taught, outcome)) for outcome, weight in start.items()]


def is_fitted(outcome: Outcome, taught: pd.DataFrame) -> bool:
    feature, name = outcome
    if outcome in BY_HAND or ZEROS.get(feature) == name or name == "empty":
        return False
    return counted(taught, outcome)[1] >= LEAST


def counted(taught: pd.DataFrame, outcome: Outcome) -> tuple[int, int]:
    """Pairs with this outcome: the right ones, all."""
    found = taught["right"][taught[outcome[0]] == outcome[1]]
    return int(found.sum()), len(found)


def weights_of(taught: pd.DataFrame, fitted: list[Outcome], start: Weights) -> list[float]:
    """The weights in bits that explain best which pairs were right; those not fitted keep theirs."""
    shown = np.column_stack([(taught[feature] == name).to_numpy(float) for feature, name in fitted])
    known = sum(
        (taught[feature] == name).to_numpy(float) * weight
        for (feature, name), weight in start.items()
        if (feature, name) not in set(fitted)
    )
    before = np.array([start[outcome] for outcome in fitted]) * LN2
    bounds = [(-np.inf, 0.0) if says_against(outcome) else (-np.inf, np.inf) for outcome in fitted]
    offset = (taught["chance"].to_numpy(float) + known) * LN2
    return [
        float(weight / LN2) for weight in regression(shown, taught["right"].to_numpy(float), offset, before, bounds)
    ]


def says_against(outcome: Outcome) -> bool:
    """Whether a page says of this outcome that it disagrees; a name that is another has its rarity beside it."""
    feature, name = outcome
    return feature != "name" and outcomes()[feature][name].says == "disagrees"


def regression(
    shown: np.ndarray, right: np.ndarray, offset: np.ndarray, before: np.ndarray, bounds: list[tuple[float, float]]
) -> np.ndarray:
    """Logistic regression by Newton's steps, drawn to `before`."""
    low, high = (np.array(side) for side in zip(*bounds, strict=True))
    weights, worst = before.copy(), np.inf
    for _ in range(100):
        chance = 1 / (1 + np.exp(-np.clip(shown @ weights + offset, -30, 30)))
        slope = shown.T @ (right - chance) - PRIOR / 4 * (weights - before)
        bend = (shown.T * (chance * (1 - chance))) @ shown + PRIOR / 4 * np.eye(len(weights))
        step = np.clip(weights + np.clip(np.linalg.solve(bend, slope), -1, 1), low, high) - weights
        weights, worst = weights + step, float(np.abs(step).max())
        if worst < 1e-4:
            break
    return weights


def line(one: Fitted) -> str:
    feature, name = one.outcome
    fitted = "by hand" if one.fitted is None else f"{one.fitted:.2f}"
    return f"{feature:<11}{name:<18}{one.committed:>10.2f}{fitted:>10}{one.pairs:>10,}{one.right:>10,}"


def write(fitted: Sequence[Fitted], file: Path = FILE) -> None:
    """Put the fitted weights into the rules, rounded; whatever else the file says stays."""
    found = {one.outcome: one.fitted for one in fitted if one.fitted is not None}
    with file.open(encoding="utf-8", newline="") as read:
        rows = list(csv.DictReader(read))
    for row in rows:
        weight = found.get((row["feature"], row["outcome"]))
        if weight is not None:
            row["weight"] = f"{round(weight / STEP) * STEP + 0.0:g}"
    with file.open("w", encoding="utf-8", newline="") as out:
        writer = csv.DictWriter(out, rows[0].keys(), lineterminator="\n")
        writer.writeheader()
        writer.writerows(rows)


def main(arguments: Sequence[str]) -> int:
    asked = parsed(arguments)
    with tempfile.TemporaryDirectory() as scratch:
        folder = asked.spool or Path(scratch)
        folder.mkdir(parents=True, exist_ok=True)
        spools = [alone(spooled, folder, people, asked.seed) for people in asked.people]
        taught = pd.concat([alone(lessons, spool) for spool in spools], ignore_index=True)
    fitted = fit(taught, committed())
    print(f"{len(taught):,} pairs of nations of {asked.people} people, seed {asked.seed}")
    print("feature    outcome            committed    fitted     pairs     right")
    print("\n".join(map(line, fitted)))
    if asked.write:
        write(fitted)
    return 0


def parsed(arguments: Sequence[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="link_fit", description=__doc__.split("\n", 1)[0])
    parser.add_argument("--people", type=sizes, default=[6000], help="sizes of nations, for example 6000,20000")
    parser.add_argument("--seed", type=int, default=7)
    parser.add_argument("--spool", type=Path)
    parser.add_argument("--write", action="store_true")
    asked = parser.parse_args(arguments)
    if asked.seed == PUBLISHED:
        parser.error(f"--seed {PUBLISHED} is the nation whose accuracy is published; train on another.")
    return asked


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
