"""The whole precision-recall curve of a scored linking.

In: the truth and links with scores. Out: points, from the deterministic links alone down to every link, then on into
the review list, as if its pairs were joined too. Clusters are grown link by link, counts with them.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from tests.benchmarks.link_accuracy.forest import Forest
from tests.benchmarks.link_accuracy.metrics import PairCounts

if TYPE_CHECKING:
    from pipeline.link import Link

DETERMINISTIC = frozenset(("npi", "license", "judgment"))
CERTAIN = float("inf")
PRECISIONS = (0.99, 0.995, 0.999, 0.9995, 0.9999)


@dataclass(frozen=True)
class Point:
    """Clusters made of links of at least this score. `joined`: only links that were accepted are in it."""

    score: float
    joined: bool
    links: int
    pairs: PairCounts


class Growing:
    """Clusters that grow by a link at a time; counts of pairs are kept up with them."""

    def __init__(self, truth: Mapping[str, str]) -> None:
        self.truth = truth
        self.forest: Forest[str] = Forest()
        self.people: dict[str, Counter[str]] = {}
        self.right = self.joined = 0
        self.true = sum(count * (count - 1) // 2 for count in Counter(truth.values()).values())

    def add(self, link: Link) -> None:
        joined = self.forest.join(link.first_id, link.second_id)
        if joined is None:
            return
        kept, lost = (self.people.pop(root, Counter((self.truth[root],))) for root in joined)
        self.joined += kept.total() * lost.total()
        self.right += sum(count * kept[person] for person, count in lost.items())
        kept.update(lost)
        self.people[joined[0]] = kept

    def counts(self) -> PairCounts:
        return PairCounts(self.right, self.joined, self.true)


def curve(truth: Mapping[str, str], links: Iterable[Link], candidates: Iterable[Link]) -> list[Point]:
    """One point for each distinct score; deterministic links stand in all of them."""
    growing = Growing(truth)
    points: list[Point] = []
    steps = [(True, effective(link), link) for link in links] + [(False, link.score, link) for link in candidates]
    steps.sort(key=lambda step: (not step[0], -step[1]))
    for at, (joined, score, link) in enumerate(steps):
        growing.add(link)
        if at + 1 == len(steps) or steps[at + 1][:2] != (joined, score):
            points.append(Point(score, joined, at + 1, growing.counts()))
    return points


def effective(link: Link) -> float:
    return CERTAIN if link.rule in DETERMINISTIC else link.score


def recall_at(points: Sequence[Point], precision: float) -> Point | None:
    """The accepted point of the highest recall that is at least so precise; None where no point is."""
    fit = [point for point in points if point.joined and point.pairs.precision >= precision]
    return max(fit, key=lambda point: point.pairs.recall, default=None)


def thinned(points: Sequence[Point], most: int = 24) -> list[Point]:
    """Few enough to print: the first, the last, the end of what was accepted, and evenly by recall between."""
    if len(points) <= most:
        return list(points)
    last = max((at for at, point in enumerate(points) if point.joined), default=0)
    low, high = points[0].pairs.recall, points[-1].pairs.recall
    kept, bin_ = {0, last, len(points) - 1}, -1
    for at, point in enumerate(points):
        reached = int((point.pairs.recall - low) / ((high - low) or 1) * (most - 3))
        if reached > bin_:
            kept.add(at)
            bin_ = reached
    return [points[at] for at in sorted(kept)]
