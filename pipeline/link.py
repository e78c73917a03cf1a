"""Link: which records are one human being. A first honest version: few rules, each of which can say why.

In: normalized persons (one a record). Out: a cluster, a match level and a reason for each record, and the pairs
that could not be decided. Rules in order of strength:

    1  the same NPI
    2  the same state and license number, and a name that can be the same person's (a changed surname is `probable`)
    3  the same name in the same state, with a shared phone or street, then city or ZIP; or, where one side
       publishes no place, a name that is not common and stands only once on each side

What forbids a join is looked at on whole clusters, by every rule: another NPI, another entry of a source that lists
each person once, another generation (Jr.), sex or middle initial, a physician and an acupuncturist. A disciplined
license is joined by rules 1 and 2 alone and only under the same name: a wrong join there would do the worst harm.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from itertools import combinations

from pipeline.dates_and_links import website_key
from pipeline.evidence import (
    SAME_PLACE,
    agreements,
    block_keys,
    changed_surname,
    compatible_names,
    conflict,
    has_discipline,
    place_score,
    rare_enough,
    same_name,
    score_words,
    shares_key,
)
from pipeline.facts import Person

CONFIRMED, PROBABLE = "confirmed", "probable"


@dataclass
class Cluster:
    """Records taken for one person, in the order they joined."""

    members: list[Person]

    @property
    def anchor(self) -> Person:
        return self.members[0]


@dataclass(frozen=True)
class Pair:
    """Two records of one name, and how well they fit: the place first, then parts of the name that agree."""

    place: int
    agreements: int
    first: Person
    second: Person

    @property
    def fit(self) -> tuple[int, int]:
        return (self.place, self.agreements)

    @property
    def order(self) -> tuple[int, int, str, str]:
        """The best fit first, then by record, so that every build decides alike."""
        return (-self.place, -self.agreements, self.first.record_id, self.second.record_id)


@dataclass
class Links:
    """The outcome: clusters, why each record stands in its cluster, and pairs of record ids left undecided."""

    clusters: list[Cluster]
    why: dict[str, tuple[str, str]] = field(default_factory=dict)
    undecided: list[tuple[str, str]] = field(default_factory=list)


class Linker:
    """Joins clusters one accepted pair at a time."""

    def __init__(self, persons: list[Person], once_only: frozenset[str]) -> None:
        """`once_only`: sources that list each person once."""
        self.persons = persons
        self.once_only = once_only
        self.cluster_of = {person.record_id: Cluster([person]) for person in persons}
        self.why = {person.record_id: (CONFIRMED, "The person is made from this record.") for person in persons}
        self.undecided: list[tuple[str, str]] = []

    def link(self) -> Links:
        """Apply the rules in order of strength."""
        self.join_same_npi()
        self.join_same_license()
        for least in (3, 2, 1):
            self.join_same_name(least)
        self.note_undecided()
        clusters = {id(cluster): cluster for cluster in self.cluster_of.values()}
        return Links(list(clusters.values()), self.why, self.undecided)

    def join_same_npi(self) -> None:
        for group in groups((person.npi, person) for person in self.persons if person.npi):
            for other in group[1:]:
                if compatible_names(group[0], other):
                    self.join(group[0], other, CONFIRMED, f"Same NPI ({other.npi}) and a compatible name.")

    def join_same_license(self) -> None:
        """State and number agree, and exactly one person on each side has a name that can be the same."""
        pairs = ((item.key, person) for person in self.persons for item in person.licenses if item.key)
        for group in groups(pairs):
            for first, second in combinations(group, 2):
                if first.source != second.source and self.only_these(first, second, group):
                    self.join_by_license(first, second)

    def only_these(self, first: Person, second: Person, group: list[Person]) -> bool:
        """Nobody else of either source has this number under a name that fits."""
        rivals = [p for p in group if p.source in (first.source, second.source) and may_be_one(p, first)]
        return may_be_one(first, second) and len(rivals) == 2

    def join_by_license(self, first: Person, second: Person) -> None:
        """The same name is `confirmed`, a changed surname only `probable`; discipline needs the same name."""
        same = compatible_names(first, second)
        harmful = any(has_discipline(m) for p in (first, second) for m in self.cluster(p).members)
        if not harmful or shares_key(first, second):
            self.join(first, second, CONFIRMED if same else PROBABLE, license_reason(first, second))

    def join_same_name(self, least: int) -> None:
        """Mutual and unique: neither side has a rival that fits as well."""
        for group in self.name_blocks():
            pairs = sorted(self.open_pairs(group), key=lambda pair: pair.order)
            for pair in pairs:
                if pair.place >= least and self.is_unique(pair, pairs) and self.may_join_by_name(pair):
                    where = "in the same state" if pair.first.states & pair.second.states else "in no named state"
                    reason = f"Same name {where}; {score_words(pair.place)}; no rival."
                    self.join(pair.first, pair.second, PROBABLE, reason)

    def open_pairs(self, group: list[Person]) -> Iterator[Pair]:
        """Pairs of a block whose clusters differ and could be one person."""
        for first, second in combinations(group, 2):
            apart = self.cluster(first) is not self.cluster(second)
            may_meet = not first.states or not second.states or first.states & second.states
            if apart and may_meet and same_name(first, second) and not self.forbidden(first, second):
                yield Pair(place_score(first, second), agreements(first, second), first, second)

    def is_unique(self, pair: Pair, rivals: list[Pair]) -> bool:
        """No third cluster fits either side as well as these two fit, unless all three may be one person."""
        one, two = self.cluster(pair.first), self.cluster(pair.second)
        for other in rivals:
            ends = [self.cluster(other.first), self.cluster(other.second)]
            inside = [cluster for cluster in ends if cluster is one or cluster is two]
            if other.fit < pair.fit or len(inside) != 1:
                continue
            third = ends[0] if ends[1] is inside[0] else ends[1]
            opposite = two if inside[0] is one else one
            if any(conflict(x, y, self.once_only) for x in third.members for y in opposite.members):
                return False
        return True

    def may_join_by_name(self, pair: Pair) -> bool:
        """A name and a town are enough only when the name is not common; never for a disciplined license."""
        one, two = self.cluster(pair.first), self.cluster(pair.second)
        if any(has_discipline(member) for member in [*one.members, *two.members]):
            return False
        by_place = pair.place == SAME_PLACE
        return by_place or (shares_key(pair.first, pair.second) and rare_enough(pair.first, pair.second))

    def forbidden(self, first: Person, second: Person) -> bool:
        """Whether any two members of the two clusters cannot be one person."""
        return any(
            conflict(a, b, self.once_only) for a in self.cluster(first).members for b in self.cluster(second).members
        )

    def join(self, first: Person, second: Person, level: str, reason: str) -> None:
        """Merge the smaller cluster into the other, unless something forbids it; the moved record keeps the reason."""
        one, two = self.cluster(first), self.cluster(second)
        if one is two or self.forbidden(first, second):
            return
        keep, move = (one, two) if len(one.members) >= len(two.members) else (two, one)
        moved = second if move is two else first
        self.why[moved.record_id] = (level, reason)
        keep.members += move.members
        for member in move.members:
            self.cluster_of[member.record_id] = keep

    def cluster(self, person: Person) -> Cluster:
        return self.cluster_of[person.record_id]

    def name_blocks(self) -> Iterator[list[Person]]:
        """Groups of two or more persons who share a name key and a state, or a name key and a website."""
        return groups(
            ((key, place), person)
            for person in self.persons
            for key in block_keys(person)
            for place in meeting_places(person)
        )

    def note_undecided(self) -> None:
        """Pairs of one name and state that stayed apart without a reason that forbids them."""
        seen: set[tuple[str, str]] = set()
        for group in self.name_blocks():
            for pair in self.open_pairs(group):
                ids = sorted((pair.first.record_id, pair.second.record_id))
                if (ids[0], ids[1]) not in seen:
                    seen.add((ids[0], ids[1]))
                    self.undecided.append((ids[0], ids[1]))


def groups(pairs: Iterable[tuple[object, Person]]) -> Iterator[list[Person]]:
    """Persons that share a key, two or more of them, each once."""
    found: dict[object, dict[str, Person]] = defaultdict(dict)
    for key, person in pairs:
        found[key][person.record_id] = person
    return (list(group.values()) for group in found.values() if len(group) > 1)


def meeting_places(person: Person) -> set[str]:
    """The states and the website of a record; a clinic's page may name no state."""
    return {*person.states, website_key(person.website)} - {""}


def may_be_one(first: Person, second: Person) -> bool:
    """Whether two names under one license number can be one person's."""
    return compatible_names(first, second) or changed_surname(first, second)


def license_reason(first: Person, second: Person) -> str:
    shared = {item.key for item in first.licenses} & {item.key for item in second.licenses}
    item = next(item for item in first.licenses if item.key in shared)
    changed = "" if first.name.family.casefold() == second.name.family.casefold() else " (the last name differs)"
    return f"Same state and license number ({item.state} {item.number}) and a compatible name{changed}."
