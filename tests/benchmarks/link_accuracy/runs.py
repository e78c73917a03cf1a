"""One linker over one nation: its clusters, what they cost, and everything that is measured on them.

In: a spooled nation. Out: Run (any linker) or Ours (this project's, with levels, review and curve). Each runs in a
process of its own; what goes back are counts, never records.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from pipeline.build import once_only
from pipeline.commands.source_facts import source_facts
from tests.benchmarks.link_accuracy.baselines import BASELINES, Clustering
from tests.benchmarks.link_accuracy.curve import Point, curve
from tests.benchmarks.link_accuracy.forbidden import Conflicts, conflicts
from tests.benchmarks.link_accuracy.levels import Stated, by_level, by_probability, by_record, by_rule
from tests.benchmarks.link_accuracy.metrics import Scores, labeled, pair_counts, score
from tests.benchmarks.link_accuracy.process import Cost, measured
from tests.benchmarks.link_accuracy.review import Coverage, coverage
from tests.benchmarks.link_accuracy.spool import Part, Spool, answers, persons
from tests.benchmarks.link_accuracy.subsets import (
    TrapScores,
    by_surname,
    by_trap,
    source_pairs,
    surnames,
    taken_for_each_other,
)

if TYPE_CHECKING:
    from pipeline.link import Links

OURS = "diplomate"
UNLINKED = "no link"


@dataclass(frozen=True)
class Run:
    """A linker, what it cost, what it reached."""

    name: str
    cost: Cost
    scores: Scores


@dataclass(frozen=True)
class Ours:
    """`unexplained`: pairs of records that stand together though no link, nor a chain of links, joins them."""

    run: Run
    version: str
    sources: dict[tuple[str, str], Scores]
    surnames: dict[str, Scores]
    traps: dict[str, TrapScores]
    taken: dict[str, tuple[int, int]]
    levels: list[Stated]
    rules: list[Stated]
    bins: list[Stated]
    shown: dict[str, tuple[int, int]]
    review: Coverage
    conflicts: Conflicts
    points: list[Point]
    unexplained: int


def baseline(spool: Spool, name: str) -> Run:
    found, cost = measured(BASELINES[name], persons(spool.path))
    return Run(name, cost, score(labeled(answers(spool.path).truth, found)))


def ours(spool: Spool, engine: str) -> Ours:
    """Link as a build does, then measure."""
    from pipeline.link import link

    once = once_only(source_facts())
    found, cost = measured(lambda people: link(people, once, engine=engine), persons(spool.path))
    return judged(found, cost, answers(spool.path), once)


def judged(links: Links, cost: Cost, known: Part, once: frozenset[str]) -> Ours:
    """Everything that is measured on one linking."""
    members = {record.record_id: record for cluster in links.clusters for record in cluster.members}
    truth, clustering = known.truth, clustering_of(links)
    of = labeled(truth, clustering)
    points = curve(truth, links.links, links.candidates)
    explained = max((point.pairs.joined for point in points if point.joined), default=0)
    return Ours(
        run=Run(OURS, cost, score(of)),
        version=next((link.version for link in links.links), UNLINKED),
        sources=source_pairs(of, [members[one].source for one in of.ids]),
        surnames=by_surname(of, truth, surnames(truth, members.values())),
        traps=by_trap(of, truth, known.traps),
        taken=taken_for_each_other(truth, clustering, known.pairs),
        levels=by_level(truth, [*links.links, *links.candidates]),
        rules=by_rule(truth, [*links.links, *links.candidates]),
        bins=by_probability(truth, [*links.links, *links.candidates]),
        shown=by_record(truth, clustering, links.why),
        review=coverage(truth, clustering, links.undecided),
        conflicts=conflicts((cluster.members for cluster in links.clusters), once),
        points=points,
        unexplained=pair_counts(of).joined - explained,
    )


def clustering_of(links: Links) -> Clustering:
    """Raises ValueError where a record stands in two clusters."""
    found: Clustering = {}
    for cluster in links.clusters:
        for member in cluster.members:
            if member.record_id in found:
                raise ValueError(f"Record {member.record_id!r} stands in two clusters.")
            found[member.record_id] = cluster.anchor.record_id
    return found
