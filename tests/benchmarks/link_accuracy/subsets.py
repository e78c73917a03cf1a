"""The same measures for parts of the nation: pairs of sources, commonest surnames, traps.

In: records with person, cluster, source; persons' family names and traps. Out: Scores by name of the part.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations_with_replacement

import numpy as np

from pipeline.facts import Person
from pipeline.names import fold
from tests.benchmarks.link_accuracy.metrics import (
    Flags,
    Labeled,
    PairCounts,
    Scores,
    pair_counts,
    score_people,
)

COMMONEST = 20


@dataclass(frozen=True)
class TrapScores:
    """`inside`: wrong joins of two people who both stand in the trap; `scores` counts those with anybody."""

    scores: Scores
    inside: int


def source_pairs(of: Labeled, sources: Sequence[str]) -> dict[tuple[str, str], Scores]:
    """For two sources the pairs across them; B-cubed over the records of both, as if there were no others."""
    where = np.array(sources)
    flags = {source: where == source for source in sorted(set(sources))}
    within = {source: pair_counts(of.among(flag)) for source, flag in flags.items()}
    found = {}
    for one, two in combinations_with_replacement(flags, 2):
        part = of.among(flags[one] | flags[two])
        pairs = pair_counts(part) - within[one] - within[two] if one != two else within[one]
        if pairs.true or pairs.joined:
            found[one, two] = across(part, pairs)
    return found


def across(part: Labeled, pairs: PairCounts) -> Scores:
    whole = score_people(part, np.ones(len(part.ids), np.bool_))
    return Scores(whole.people, whole.records, pairs, whole.cubed_precision, whole.cubed_recall)


def surnames(truth: Mapping[str, str], persons: Iterable[Person]) -> dict[str, str]:
    """Person -> family name as most records print it; one printed apart counts before one read from a string."""
    votes: dict[str, Counter[str]] = defaultdict(Counter)
    for record in persons:
        votes[truth[record.record_id]][fold(record.name.family)] += 100 if record.name.in_parts else 1
    return {person: min(names, key=lambda name: (-names[name], name)) for person, names in votes.items()}


def commonest(names: Mapping[str, str]) -> frozenset[str]:
    """The family names most people bear, twenty of them."""
    counts = Counter(name for name in names.values() if name)
    return frozenset(sorted(counts, key=lambda name: (-counts[name], name))[:COMMONEST])


def by_surname(of: Labeled, truth: Mapping[str, str], names: Mapping[str, str]) -> dict[str, Scores]:
    """The twenty commonest family names, and everybody else."""
    common = commonest(names)
    chosen = flags_of(of, truth, {person for person, name in names.items() if name in common})
    return {
        "twenty commonest surnames": score_people(of, chosen),
        "other surnames": score_people(of, ~chosen),
    }


def by_trap(of: Labeled, truth: Mapping[str, str], traps: Mapping[str, Iterable[str]]) -> dict[str, TrapScores]:
    """Scores of the people of each trap who have records. `traps`: person -> labels."""
    people: dict[str, set[str]] = defaultdict(set)
    for person, labels in traps.items():
        for label in labels:
            people[label].add(person)
    flags = {label: flags_of(of, truth, people[label]) for label in sorted(people)}
    return {
        label: TrapScores(score_people(of, flag), pair_counts(of.among(flag)).wrong)
        for label, flag in flags.items()
        if flag.any()
    }


def flags_of(of: Labeled, truth: Mapping[str, str], people: set[str]) -> Flags:
    return np.fromiter((truth[one] in people for one in of.ids), np.bool_, len(of.ids))


def taken_for_each_other(
    truth: Mapping[str, str], clustering: Mapping[str, str], pairs: Iterable[tuple[str, str, str]]
) -> dict[str, tuple[int, int]]:
    """Label -> (pairs of people, such as spouses or namesakes; pairs of whom records stand in one cluster)."""
    where: dict[str, set[str]] = defaultdict(set)
    for record, person in truth.items():
        where[person].add(clustering[record])
    whole: Counter[str] = Counter()
    joined: Counter[str] = Counter()
    for one, two, label in pairs:
        whole[label] += 1
        joined[label] += bool(where[one] & where[two])
    return {label: (whole[label], joined[label]) for label in sorted(whole)}
