"""Levels: whether each match level, and each stated probability, is right as often as it says.

In: the truth, links with level and probability, the level each record is shown at. Out: Stated rows (how many, what
they say, what was measured).
"""

from __future__ import annotations

from bisect import bisect_right
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pipeline.link import Link

EDGES = (0.0, 0.1, 0.25, 0.5, 0.75, 0.9, 0.95, 0.98, 0.99, 0.995, 0.999, 0.9999)
LEVELS = ("confirmed", "probable", "possible")


@dataclass(frozen=True)
class Stated:
    """A group of links: their mean probability as stated, and the share that is one person."""

    group: str
    count: int
    said: float
    right: int

    @property
    def measured(self) -> float:
        return self.right / self.count if self.count else 1.0


def by_level(truth: Mapping[str, str], links: Iterable[Link]) -> list[Stated]:
    """Each level, the strictest first."""
    return grouped(truth, links, lambda link: link.level, LEVELS)


def by_rule(truth: Mapping[str, str], links: Iterable[Link]) -> list[Stated]:
    """Each level and rule apart: `confirmed npi`, `probable evidence`."""
    links = list(links)
    names = sorted({f"{link.level} {link.rule}" for link in links})
    return grouped(truth, links, lambda link: f"{link.level} {link.rule}", names)


def by_probability(truth: Mapping[str, str], links: Iterable[Link]) -> list[Stated]:
    """The reliability table: bins of stated probability, fine where it matters, near one."""
    names = [f"{low:g} to {high:g}" for low, high in zip(EDGES, (*EDGES[1:], 1.0), strict=True)]
    return grouped(truth, links, lambda link: names[bisect_right(EDGES, link.probability) - 1], names)


def grouped(
    truth: Mapping[str, str], links: Iterable[Link], group: Callable[[Link], str], order: Iterable[str]
) -> list[Stated]:
    """Groups without a link are left out."""
    count: Counter[str] = Counter()
    right: Counter[str] = Counter()
    said: dict[str, float] = defaultdict(float)
    for link in links:
        name = group(link)
        count[name] += 1
        said[name] += link.probability
        right[name] += truth[link.first_id] == truth[link.second_id]
    return [Stated(name, count[name], said[name] / count[name], right[name]) for name in order if count[name]]


def by_record(
    truth: Mapping[str, str], clustering: Mapping[str, str], why: Mapping[str, tuple[str, str]]
) -> dict[str, tuple[int, int]]:
    """Level as shown beside a record -> (records of clusters of two or more, those of the cluster's main person)."""
    votes: dict[str, Counter[str]] = defaultdict(Counter)
    for record, cluster in clustering.items():
        votes[cluster][truth[record]] += 1
    main = {cluster: max(sorted(counts), key=counts.__getitem__) for cluster, counts in votes.items()}
    found: dict[str, tuple[int, int]] = {}
    for record, cluster in clustering.items():
        if votes[cluster].total() > 1:
            records, right = found.get(why[record][0], (0, 0))
            found[why[record][0]] = (records + 1, right + (truth[record] == main[cluster]))
    return {level: found[level] for level in LEVELS if level in found}
