"""The nation as a stream: clinic by clinic, with its people and their relatives, in batches of records with the truth.

In: how many people, and a seed. Out: `Batch`es; the same for the same two. Memory does not grow with the nation, but
for a few bytes a person that say which names a city already has (the label `namesake`).
"""

from __future__ import annotations

from array import array
from collections.abc import Iterator
from dataclasses import dataclass, field
from random import Random
from zlib import crc32

from crawler.records import Record
from tests.benchmarks.nation.boards import Rosters
from tests.benchmarks.nation.listings import Listings
from tests.benchmarks.nation.people import BIT, LABELS, Clinic, Lives, Person
from tests.benchmarks.nation.registry import Registry
from tests.benchmarks.nation.shares import SHARES, Shares

PEOPLE_A_BATCH = 2_000
PHYSICIAN_LETTERS = ("MD, FAAMA", "MD, DABMA", "MD", "DO", "MD, DABMA, FAAMA", "DO, FAAMA")


@dataclass
class Batch:
    """`traps` also names people of earlier batches whose labels have grown since, with all their labels."""

    records: list[Record] = field(default_factory=list)
    truth: dict[str, int] = field(default_factory=dict)
    traps: dict[int, frozenset[str]] = field(default_factory=dict)
    pairs: list[tuple[int, int, str]] = field(default_factory=list)


def nation(people: int, seed: int, shares: Shares = SHARES, people_a_batch: int = PEOPLE_A_BATCH) -> Iterator[Batch]:
    """All records of a nation of this many people. `pairs` are relatives and namesakes: person, person, label."""
    return Stream(people, seed, shares).batches(people_a_batch)


class Stream:
    def __init__(self, people: int, seed: int, shares: Shares) -> None:
        self.rng = Random(f"{people} {seed}")
        self.wanted, self.shares = people, shares
        self.lives = Lives(self.rng, people, shares)
        self.registry = Registry(self.rng, shares)
        self.rosters = Rosters(self.rng, shares)
        self.listings = Listings(self.rng, shares)
        self.labels = array("L")
        self.first_of_name: dict[int, int] = {}
        self.batch = Batch()

    def batches(self, size: int) -> Iterator[Batch]:
        begun = 0
        while self.lives.people < self.wanted:
            self.add_clinic()
            if self.lives.people - begun >= size or self.lives.people >= self.wanted:
                begun = self.lives.people
                done, self.batch = self.batch, Batch()
                yield done

    @property
    def full(self) -> bool:
        return self.lives.people >= self.wanted

    def add_clinic(self) -> None:
        """A clinic with all its people; rarely a physician's office or a stranger of the exclusion list."""
        rng, lives, shares = self.rng, self.lives, self.shares
        origin = lives.origins.pick(rng)
        seats, chance = lives.sizes.pick(rng), rng.random()
        clinic = lives.clinic(lives.place(origin))
        odd = chance < (shares.physicians + shares.strangers) * 2.0
        if odd:
            self.add_alone(origin, clinic, chance < shares.strangers * 2.0)
            return
        seated: list[Person] = []
        for _ in range(seats):
            if self.full:
                break
            own = origin if rng.random() < shares.same_origin_in_clinic else lives.origins.pick(rng)
            seated += self.household(own, clinic)
        self.name_clinic(clinic, seated)
        for person in seated:
            self.add_practitioner(person)

    def household(self, origin: str, clinic: Clinic) -> list[Person]:
        """A person, and a spouse or a child of the same profession."""
        person = self.lives.person(origin, clinic)
        found, chance = [person], self.rng.random()
        if chance < self.shares.spouses and not self.full:
            found.append(self.lives.spouse(person))
            self.batch.pairs.append((person.number, found[1].number, "spouse"))
        elif chance > 1 - self.shares.parent_child and not self.full:
            found.append(self.lives.child(person))
            self.batch.pairs.append((person.number, found[1].number, "parent_child"))
        return found

    def name_clinic(self, clinic: Clinic, seated: list[Person]) -> None:
        """Small clinics often bear their owner's name."""
        if len(seated) < 3 and self.rng.random() < 0.3:
            clinic.name = f"{seated[0].name.family} {clinic.name.split(' ', 1)[1]}"

    def add_alone(self, origin: str, clinic: Clinic, stranger: bool) -> None:
        person = self.lives.person(origin, clinic)
        person.kind = "stranger" if stranger else "physician"
        person.licenses = []
        person.labels |= BIT[person.kind]
        if stranger:
            self.add(person, [self.listings.exclusion(person)])
            return
        person.letters = PHYSICIAN_LETTERS[int(self.rng.random() ** 2 * 6)]
        self.registry.enumerate(person)
        self.add(person, self.registry.rows_of(person) + self.listings.rows_of(person))

    def add_practitioner(self, person: Person) -> None:
        """Everything that sources say of one practitioner; somebody in no source has at least a page."""
        self.registry.enumerate(person)
        rows = self.registry.rows_of(person) + self.rosters.rows_of(person) + self.listings.rows_of(person)
        if not rows:
            rows = [self.listings.directory(person)]
        if self.rng.random() < self.shares.excluded:
            rows.append(self.listings.exclusion(person))
            person.labels |= BIT["excluded"]
        self.add(person, rows)

    def add(self, person: Person, rows: list[Record]) -> None:
        if person.clinics[0].people > 1:
            person.labels |= BIT["shared_clinic"]
        batch = self.batch
        batch.records += rows
        for row in rows:
            batch.truth[row.id] = person.number
        while len(self.labels) <= person.number:
            self.labels.append(0)
        self.labels[person.number] = person.labels
        self.find_namesake(person)
        if self.labels[person.number]:
            batch.traps[person.number] = named(self.labels[person.number])

    def find_namesake(self, person: Person) -> None:
        """Whether the city of practice has somebody of the same name already: then both are namesakes."""
        name, area = person.name, person.practice.area
        for first in dict.fromkeys((name.first, name.called)):
            text = f"{first} {name.family}|{area.city}|{area.state}".lower().encode()
            key = crc32(text) << 32 | crc32(text[::-1])
            other = self.first_of_name.setdefault(key, person.number)
            if other != person.number:
                for number in (other, person.number):
                    self.labels[number] |= BIT["namesake"]
                self.batch.traps[other] = named(self.labels[other])
                self.batch.pairs.append((other, person.number, "namesake"))


def named(bits: int) -> frozenset[str]:
    return frozenset(label for at, label in enumerate(LABELS) if bits >> at & 1)
