"""Ids: one for each cluster, that survives every rebuild, and a way on from every id that was ever published.

In: clusters, and what was published before. Out: identified persons, and redirects of the ids that name nobody now.
An id is made once, from the raw key of the person's first record; a better cleaner or a new record never changes it.

    stays       with the cluster that holds the record it was made from, else with most of the records that had it
    merged      of two ids one goes on; the other leads to it, over however many merges, in one step
    moved       where the founding record goes over to another person, the id stays with the larger part
    split       the part with the founding record keeps the id; an id that a merge had ended comes back for the
                records it was made from, and for nobody else; any other part gets a new one
    gone        an id whose records no source shows names nobody, and comes back when one of them does
"""

from __future__ import annotations

import base64
import hashlib
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property

from pipeline.facts import Person
from pipeline.link import Cluster
from pipeline.link.members import founding_order

ID_LENGTH = 10


@dataclass
class Identified:
    """A cluster and the id of its person."""

    id: str
    members: list[Person]


@dataclass(frozen=True)
class Past:
    """What was published. `owner`: record id -> practitioner id, last time; `remembered`: the same of records that
    were gone by then. `redirects`: old id -> new id. `earlier_keys`: record id -> keys its source gave it before.
    """

    owner: Mapping[str, str] = field(default_factory=dict)
    remembered: Mapping[str, str] = field(default_factory=dict)
    redirects: Mapping[str, str] = field(default_factory=dict)
    earlier_keys: Mapping[str, tuple[str, ...]] = field(default_factory=dict)

    @cached_property
    def living(self) -> frozenset[str]:
        return frozenset(self.owner.values())

    @cached_property
    def ended_in(self) -> dict[str, list[str]]:
        """Living or gone id -> the ids that lead to it."""
        ended: dict[str, list[str]] = defaultdict(list)
        for old, new in self.redirects.items():
            ended[new].append(old)
        return ended

    def ever(self) -> set[str]:
        """Every id that was published."""
        return {*self.living, *self.remembered.values(), *self.redirects, *self.redirects.values()}

    def last_of(self, record_id: str) -> str:
        """The person the record belonged to when it was last seen, or ""."""
        return self.owner.get(record_id) or self.remembered.get(record_id, "")

    def may_keep(self, record_id: str) -> str:
        """That person's id, unless the person lives on without the record."""
        last = self.last_of(record_id)
        return last if record_id in self.owner or last not in self.living else ""


@dataclass(frozen=True, order=True)
class Bid:
    """A cluster's title to an id; the lowest in order has the best. All texts at the end only settle a draw."""

    ended: bool
    not_founding: bool
    minus_records: int
    id: str
    founder: str
    cluster: int = field(compare=False)


def identify(clusters: list[Cluster], past: Past) -> tuple[list[Identified], dict[str, str]]:
    """Give every cluster its id; returns persons and all redirects (old id -> the id to go to now)."""
    bids = sorted(bid for number, cluster in enumerate(clusters) for bid in bids_of(number, cluster, past))
    heirs: dict[str, Bid] = {}
    given: dict[int, str] = {}
    living: set[str] = set()
    for bid in bids:
        best = heirs.setdefault(bid.id, bid)
        first_or_larger = bid is best or bid.minus_records < best.minus_records
        if first_or_larger and bid.cluster not in given and bid.id not in living:
            given[bid.cluster] = bid.id
            living.add(bid.id)
    mint_the_rest(clusters, given, past)
    persons = [Identified(given[number], cluster.members) for number, cluster in enumerate(clusters)]
    return sorted(persons, key=lambda person: person.id), redirects(heirs, given, past)


def bids_of(number: int, cluster: Cluster, past: Past) -> Iterator[Bid]:
    """One bid for each id that a record of the cluster had, and for ended ids that were made from one."""
    texts = {member.record_id: texts_of(member, past) for member in cluster.members}
    founder = founding(cluster.members).record_id
    minted = [text for found in texts.values() for text in found]
    held = Counter(kept for member in cluster.members if (kept := past.may_keep(member.record_id)))
    for identifier, records in held.items():
        yield Bid(False, not is_minted(identifier, minted), -records, identifier, founder, number)
    ended = {
        old
        for member in cluster.members
        for old in past.ended_in.get(past.last_of(member.record_id), ())
        if is_minted(old, texts[member.record_id])
    }
    yield from (Bid(True, False, 0, old, founder, number) for old in ended)


def mint_the_rest(clusters: list[Cluster], given: dict[int, str], past: Past) -> None:
    """New ids for the clusters that got none, in an order of their own, so that every build mints alike."""
    used = past.ever()
    fresh = [(founding(cluster.members), number) for number, cluster in enumerate(clusters) if number not in given]
    for record, number in sorted(fresh, key=lambda pair: pair[0].record_id):
        given[number] = new_id(record, used)
        used.add(given[number])


def redirects(heirs: Mapping[str, Bid], given: Mapping[int, str], past: Past) -> dict[str, str]:
    """Where each id that names nobody now leads: to the cluster with the best title to it, else where it led."""
    living = set(given.values())
    now = {old: given[bid.cluster] for old, bid in heirs.items() if old not in living}
    led = {old: now.get(new, new) for old, new in past.redirects.items() if old not in living}
    return led | now


def texts_of(record: Person, past: Past) -> list[str]:
    """The texts ids are made from: of the key a record has, and of those it had."""
    return [mint(record.source, key) for key in (record.source_key, *past.earlier_keys.get(record.record_id, ()))]


def is_minted(identifier: str, texts: Iterable[str]) -> bool:
    return any(text.startswith(identifier) for text in texts)


def mint(source: str, source_key: str) -> str:
    """The long text an id is a beginning of: a record's source and raw key, hashed."""
    return base64.b32encode(hashlib.sha256(f"{source}:{source_key}".encode()).digest()).decode().lower().rstrip("=")


def founding(members: list[Person]) -> Person:
    """The record an id is made from: one with an NPI, else a licensed one, else the first by source and key."""
    return min(members, key=founding_order)


def new_id(record: Person, used: set[str]) -> str:
    """Ten letters and digits minted from the record; lengthened in the rare case they are used."""
    text = mint(record.source, record.source_key)
    return next(text[:length] for length in range(ID_LENGTH, len(text) + 1) if text[:length] not in used)
