"""Members: clusters of persons out of roots, and why each record stands in its cluster.

In: persons, the root of each, the accepted links. Out: clusters, the record each person is made from first; and for
every record the level and the sentence of the link that brought it in. A record is as sure as the weakest link on its
way to the record the person is made from.
"""

from __future__ import annotations

from collections import defaultdict

import numpy as np

from pipeline.facts import Person
from pipeline.link.shapes import CONFIRMED, PROBABLE, Cluster, Link
from pipeline.no_names import is_comparable

FOUNDING = "The person is made from this record."
NAMELESS = "The record prints no name that can be compared, so it stands alone."


def clusters_of(people: list[Person], roots: np.ndarray) -> list[Cluster]:
    """One cluster a root, in the order of their first records."""
    members: dict[int, list[Person]] = defaultdict(list)
    for person, root in zip(people, roots.tolist(), strict=True):
        members[root].append(person)
    return [Cluster(sorted(group, key=founding_order)) for group in members.values()]


def founding_order(person: Person) -> tuple[bool, bool, str, str]:
    """Sorts the record a person is made from first: one with an NPI, else a licensed one."""
    return (not person.npi, not person.licenses, person.source, person.source_key)


def reasons_of(clusters: list[Cluster], links: list[Link]) -> dict[str, tuple[str, str]]:
    """Record id -> (level, sentence)."""
    near: dict[str, list[Link]] = defaultdict(list)
    for link in links:
        near[link.first_id].append(link)
        near[link.second_id].append(link)
    why: dict[str, tuple[str, str]] = {}
    for cluster in clusters:
        walk(cluster.anchor.record_id, near, why)
        if len(cluster.members) == 1 and not is_named(cluster.anchor):
            why[cluster.anchor.record_id] = (CONFIRMED, NAMELESS)
    return why


def is_named(person: Person) -> bool:
    """Whether any name of the record can be compared."""
    return any(map(is_comparable, (person.name, *person.other_names)))


def walk(start: str, near: dict[str, list[Link]], why: dict[str, tuple[str, str]]) -> None:
    """Follow the links from the founding record; links of one cluster form a tree."""
    why[start] = (CONFIRMED, FOUNDING)
    waiting = [start]
    while waiting:
        here = waiting.pop()
        for link in near[here]:
            other = link.second_id if link.first_id == here else link.first_id
            if other not in why:
                level = PROBABLE if PROBABLE in (why[here][0], link.level) else CONFIRMED
                why[other] = (level, link.reason)
                waiting.append(other)
