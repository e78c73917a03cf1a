"""Weighted draws from the CSV tables of the nation.

In: a CSV beside this module. Out: rows, and `Draw`, which picks in the time of a binary search.
"""

from __future__ import annotations

import csv
from bisect import bisect_right
from collections.abc import Iterable
from functools import cache
from itertools import accumulate
from pathlib import Path
from random import Random
from typing import Generic, TypeVar

Value = TypeVar("Value")
HERE = Path(__file__).parent


class Draw(Generic[Value]):
    """Values with weights."""

    def __init__(self, weighted: Iterable[tuple[Value, float]]) -> None:
        pairs = list(weighted)
        self.values = [value for value, _ in pairs]
        self.limits = list(accumulate(weight for _, weight in pairs))
        self.total = self.limits[-1]
        self.last = len(pairs) - 1

    def pick(self, rng: Random) -> Value:
        return self.values[min(bisect_right(self.limits, rng.random() * self.total), self.last)]


@cache
def table(name: str) -> tuple[dict[str, str], ...]:
    """The rows of a CSV of this folder."""
    with (HERE / f"{name}.csv").open(encoding="utf-8", newline="") as file:
        return tuple(csv.DictReader(file))


@cache
def words(kind: str) -> Draw[str]:
    """The words of one kind (streets, clinic names)."""
    return Draw((row["word"], float(row["share"])) for row in table("words") if row["kind"] == kind)


@cache
def grouped(name: str, key: str, value: str) -> dict[str, tuple[str, ...]]:
    """One column of a table gathered under another."""
    found: dict[str, list[str]] = {}
    for row in table(name):
        found.setdefault(row[key], []).append(row[value])
    return {one: tuple(many) for one, many in found.items()}


def steep(rng: Random, values: list[str]) -> str:
    """A value of a long list, the first ones far more often: few are common, many are rare."""
    return values[int(len(values) * rng.random() ** 1.35)]
