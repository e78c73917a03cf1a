"""Review: of what was not joined though it should be, how much stands in the list people are asked to judge.

In: the truth, the clusters, the review list as pairs of record ids. Out: Coverage. A person whose records ended in
several clusters has fragments; two fragments of one person are one missing join, which one judgment would heal.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from tests.benchmarks.link_accuracy.forest import Forest

Fragment = tuple[str, str]


@dataclass(frozen=True)
class Coverage:
    """Missing joins, and those among them that stand in the list.

    `fragments`: pairs of fragments of one person; `listed`: a line names a record of each; `reachable`: saying yes to
    all true lines would join them; `pairs`: the pairs of records behind them; `pairs_listed` those behind `listed`.
    `lines` and `right_lines`: how long the list is, and how many lines name one person twice.
    """

    fragments: int
    listed: int
    reachable: int
    pairs: int
    pairs_listed: int
    lines: int
    right_lines: int

    @property
    def share(self) -> float:
        """The share of true record pairs not joined whose fragments a line of the list names."""
        return share(self.pairs_listed, self.pairs)


def share(part: int, whole: int) -> float:
    return part / whole if whole else 1.0


def coverage(truth: Mapping[str, str], clustering: Mapping[str, str], listed: Iterable[tuple[str, str]]) -> Coverage:
    """Only a line that names two records of one person counts for that person."""
    weight = fragment_sizes(truth, clustering)
    lines = list(listed)
    true_lines = [(one, two) for one, two in lines if truth[one] == truth[two]]
    joins = {named(truth, clustering, one, two) for one, two in true_lines}
    joins = {(one, two) for one, two in joins if one != two}
    fragments, pairs = missing(weight)
    return Coverage(
        fragments=fragments,
        listed=len(joins),
        reachable=fragments - missing(healed(weight, joins))[0],
        pairs=pairs,
        pairs_listed=sum(weight[one] * weight[two] for one, two in joins),
        lines=len(lines),
        right_lines=len(true_lines),
    )


def fragment_sizes(truth: Mapping[str, str], clustering: Mapping[str, str]) -> dict[Fragment, int]:
    """(person, cluster) -> how many records."""
    found: dict[Fragment, int] = defaultdict(int)
    for record, person in truth.items():
        found[person, clustering[record]] += 1
    return found


def named(truth: Mapping[str, str], clustering: Mapping[str, str], one: str, two: str) -> tuple[Fragment, Fragment]:
    """The two fragments a line speaks of, in a fixed order."""
    first, second = sorted([(truth[one], clustering[one]), (truth[two], clustering[two])])
    return first, second


def missing(weight: Mapping[Fragment, int]) -> tuple[int, int]:
    """Pairs of fragments of one person, and pairs of records they stand for."""
    by_person: dict[str, list[int]] = defaultdict(list)
    for (person, _), records in weight.items():
        by_person[person].append(records)
    fragments = sum(len(parts) * (len(parts) - 1) // 2 for parts in by_person.values())
    pairs = sum((sum(parts) ** 2 - sum(part * part for part in parts)) // 2 for parts in by_person.values())
    return fragments, pairs


def healed(weight: Mapping[Fragment, int], joins: Iterable[tuple[Fragment, Fragment]]) -> dict[Fragment, int]:
    """The fragments that would be left if every true line were answered."""
    forest: Forest[Fragment] = Forest()
    for one, two in joins:
        forest.join(one, two)
    return {fragment: records for fragment, records in weight.items() if forest.root(fragment) == fragment}
