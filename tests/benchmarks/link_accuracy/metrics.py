"""Precision and recall of a clustering against the truth, by pairs of records and by B-cubed.

In: record id -> person, record id -> cluster. Out: Scores with the counts they rest on. Pairs are counted from the
sizes of clusters, of persons and of what both share, never enumerated, so that memory grows with records alone.
"""

from __future__ import annotations

from collections.abc import Hashable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

Ints = npt.NDArray[np.int64]
Floats = npt.NDArray[np.float64]
Flags = npt.NDArray[np.bool_]


@dataclass(frozen=True)
class PairCounts:
    """Pairs of records: `right` joined and one person, `joined`, `true` (of one person)."""

    right: int
    joined: int
    true: int

    def __sub__(self, other: PairCounts) -> PairCounts:
        return PairCounts(self.right - other.right, self.joined - other.joined, self.true - other.true)

    @property
    def wrong(self) -> int:
        return self.joined - self.right

    @property
    def missed(self) -> int:
        return self.true - self.right

    @property
    def precision(self) -> float:
        """Of the pairs joined, the share that is one person; 1 where nothing is joined."""
        return self.right / self.joined if self.joined else 1.0

    @property
    def recall(self) -> float:
        return self.right / self.true if self.true else 1.0

    @property
    def f1(self) -> float:
        return harmonic(self.precision, self.recall)


@dataclass(frozen=True)
class Scores:
    """What one group of records measures. `people` and `records` are the sample."""

    people: int
    records: int
    pairs: PairCounts
    cubed_precision: float
    cubed_recall: float

    @property
    def cubed_f1(self) -> float:
        return harmonic(self.cubed_precision, self.cubed_recall)


def harmonic(first: float, second: float) -> float:
    return 2 * first * second / (first + second) if first + second else 0.0


@dataclass(frozen=True)
class Labeled:
    """Every record as two numbers: its person and its cluster, in the order of `ids`."""

    ids: Sequence[str]
    person: Ints
    cluster: Ints

    def among(self, chosen: Flags) -> Labeled:
        """Only the chosen records, as if there were no others."""
        return Labeled([self.ids[int(at)] for at in np.flatnonzero(chosen)], self.person[chosen], self.cluster[chosen])


def labeled(truth: Mapping[str, Hashable], clustering: Mapping[str, Hashable]) -> Labeled:
    """Raises ValueError where the two do not speak of the same records: a record dropped silently is an error."""
    if truth.keys() != clustering.keys():
        odd = sorted(truth.keys() ^ clustering.keys())
        raise ValueError(f"{len(odd)} records stand in the truth or in a cluster alone, for example {odd[0]!r}.")
    ids = list(truth)
    return Labeled(ids, numbered([truth[one] for one in ids]), numbered([clustering[one] for one in ids]))


def numbered(values: Sequence[Hashable]) -> Ints:
    """Each distinct value as a number, in order of first sight."""
    seen: dict[Hashable, int] = {}
    return np.fromiter((seen.setdefault(value, len(seen)) for value in values), np.int64, len(values))


def sizes(of: Ints) -> Ints:
    """For each record, how many records share its number."""
    _, at, counts = np.unique(of, return_inverse=True, return_counts=True)
    return counts[at].astype(np.int64)


def both(one: Ints, two: Ints) -> Ints:
    """A number for each distinct combination of two numbers."""
    return one * (int(two.max(initial=0)) + 1) + two


def pairs_within(numbers: Ints) -> int:
    """How many pairs of records share a number."""
    counts = np.unique(numbers, return_counts=True)[1].astype(np.int64)
    return int((counts * (counts - 1) // 2).sum())


def pair_counts(of: Labeled) -> PairCounts:
    return PairCounts(pairs_within(both(of.person, of.cluster)), pairs_within(of.cluster), pairs_within(of.person))


def score(of: Labeled) -> Scores:
    """All records, each counted once."""
    return score_people(of, np.ones(len(of.ids), np.bool_))


def score_people(of: Labeled, chosen: Flags) -> Scores:
    """The chosen people (all records of each): a wrong join counts when either side is theirs."""
    inside, rest = pair_counts(of.among(chosen)), pair_counts(of.among(~chosen))
    pairs = PairCounts(inside.right, pairs_within(of.cluster) - rest.joined, inside.true)
    shared = sizes(both(of.person, of.cluster))
    precision, recall = shared / sizes(of.cluster), shared / sizes(of.person)
    people = len(np.unique(of.person[chosen]))
    return Scores(people, int(chosen.sum()), pairs, mean(precision[chosen]), mean(recall[chosen]))


def mean(values: Floats) -> float:
    return float(values.mean()) if len(values) else 1.0
