"""Conflicts of the forbidden kind: clusters that cannot be one person, whatever the truth is. There must be none.

In: clusters of normalized records, the sources that list each person once. Out: Conflicts, each kind counted by
clusters, with a few examples.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from itertools import combinations

from pipeline.facts import LIVE, License, Person
from pipeline.names import name_key

EXAMPLES = 5


@dataclass
class Conflicts:
    """Clusters with two NPIs; with two entries of a source that lists each person once; with two live licenses of one
    board on different records, and those among them that bear different names."""

    npis: int = 0
    entries: int = 0
    licenses: int = 0
    licenses_of_two_names: int = 0
    examples: list[tuple[str, ...]] = field(default_factory=list)

    @property
    def total(self) -> int:
        return self.npis + self.entries + self.licenses


def conflicts(clusters: Iterable[Sequence[Person]], once_only: frozenset[str]) -> Conflicts:
    found = Conflicts()
    for members in clusters:
        if len(members) > 1:
            count(found, members, once_only)
    return found


def count(found: Conflicts, members: Sequence[Person], once_only: frozenset[str]) -> None:
    npis, entries = two_npis(members), two_entries(members, once_only)
    rivals = list(live_rivals(members))
    found.npis += npis
    found.entries += entries
    found.licenses += bool(rivals)
    found.licenses_of_two_names += any(name_key(one.name) != name_key(two.name) for one, two in rivals)
    if (npis or entries or rivals) and len(found.examples) < EXAMPLES:
        found.examples.append(tuple(member.record_id for member in members))


def two_npis(members: Sequence[Person]) -> bool:
    return len({member.npi for member in members if member.npi}) > 1


def two_entries(members: Sequence[Person], once_only: frozenset[str]) -> bool:
    """An entry and a page without the source's key may be one person's; two of either may not."""
    entries = [(member.source, member.keyless) for member in members if member.source in once_only]
    return len(entries) > len(set(entries))


def live_rivals(members: Sequence[Person]) -> Iterable[tuple[Person, Person]]:
    """Records that hold two different live licenses of one board, as boards say it; one record may hold two itself."""
    holders = [(member, live_licenses(member)) for member in members]
    for (one, first), (two, second) in combinations([held for held in holders if held[1]], 2):
        if any(a.state == b.state and a.key != b.key for a in first for b in second):
            yield one, two


def live_licenses(member: Person) -> list[License]:
    return [item for item in member.licenses if item.primary and item.key and item.status in LIVE]
