"""Ids never change, and every id that was ever published leads to somebody or to nobody, never to two."""

from __future__ import annotations

from dataclasses import dataclass, field

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline.facts import Person
from pipeline.ids import ID_LENGTH, Identified, Past, identify
from pipeline.link import Cluster
from tests.people import person

A, B = person("npi_registry:1", "Odalys Winterhalter", "Seattle"), person("ncbahm:a", "Odalys Winterhalter", "Seattle")
C = person("board_wa:AC1", "Odalys Winterhalter")


@dataclass
class Directory:
    """A directory from build to build: what each published, as the next one reads it."""

    past: Past = field(default_factory=Past)
    everybody: set[str] = field(default_factory=set)
    persons: list[Identified] = field(default_factory=list)

    def build(self, *clusters: list[Person]) -> dict[str, str]:
        """Record id -> practitioner id of today."""
        self.persons, redirects = identify([Cluster(list(members)) for members in clusters], self.past)
        owner = {member.record_id: entry.id for entry in self.persons for member in entry.members}
        kept = {record: redirects.get(last, last) for record, last in self.past.remembered.items()}
        self.past = Past(owner, kept | owner, redirects, self.past.earlier_keys)
        self.everybody |= set(owner.values())
        return owner

    def resolve(self, identifier: str) -> str:
        """As the site follows an id."""
        return self.past.redirects.get(identifier, identifier)


def test_an_id_is_the_same_on_every_build_and_when_a_record_comes_or_goes() -> None:
    directory = Directory()
    first = directory.build([A])[A.record_id]
    assert directory.build([A])[A.record_id] == first
    assert set(directory.build([A, B]).values()) == {first}
    assert directory.build([B])[B.record_id] == first, "the founding record is gone, the id stays"
    assert len(first) == ID_LENGTH and Directory().build([A])[A.record_id] == first


def test_ids_of_the_directory_that_is_published_already_stay() -> None:
    assert Directory().build([A]) == {A.record_id: "g6vrhmgyoe"}


def test_a_merge_leaves_a_redirect() -> None:
    directory = Directory()
    before = directory.build([A], [B])
    kept = directory.build([A, B])[A.record_id]
    assert kept in before.values()
    assert {directory.resolve(old) for old in before.values()} == {kept}
    assert set(directory.past.redirects) == set(before.values()) - {kept}


def test_a_split_leaves_the_id_with_the_founding_record() -> None:
    directory = Directory()
    together = directory.build([A, B, C])[A.record_id]
    apart = directory.build([B, C], [A])
    assert apart[A.record_id] == together != apart[B.record_id]
    assert directory.past.redirects == {}


def test_a_merge_that_is_taken_back_gives_each_record_its_address_again() -> None:
    directory = Directory()
    before = directory.build([A], [B])
    directory.build([A, B])
    assert directory.build([A], [B]) == before
    assert directory.past.redirects == {}


def test_nobody_else_gets_an_id_that_a_merge_ended() -> None:
    directory = Directory()
    before = directory.build([A], [B])
    merged = directory.build([A, B])[A.record_id]
    (ended,) = set(before.values()) - {merged}
    apart = directory.build([A, B], [C])
    assert ended not in apart.values() and directory.resolve(ended) == merged


def test_chains_of_merges_are_one_step() -> None:
    directory = Directory()
    before = directory.build([A], [B], [C])
    directory.build([A], [B, C])
    directory.build([A, B, C])
    assert len(set(map(directory.resolve, before.values()))) == 1
    assert not set(directory.past.redirects) & set(directory.past.redirects.values())


def test_a_person_who_comes_back_has_the_old_address() -> None:
    directory = Directory()
    before = directory.build([A, B], [C])
    directory.build([C])
    after = directory.build([B], [C])
    assert after[B.record_id] == before[B.record_id], "whichever record comes back"


def test_an_id_whose_person_lives_on_is_not_taken_by_a_record_that_comes_back_apart() -> None:
    directory = Directory()
    both = directory.build([A, B])[A.record_id]
    directory.build([B])
    apart = directory.build([A], [B])
    assert apart[B.record_id] == both != apart[A.record_id]


def test_an_id_stays_with_most_of_the_person_when_one_record_goes_over() -> None:
    directory = Directory()
    D, E = person("aama:d", "Odalys Winterhalter"), person("board_co:e", "Odalys Winterhalter")
    before = directory.build([A, B, C], [D, E])
    after = directory.build([B, C], [A, D, E])
    assert after[B.record_id] == before[B.record_id] and after[D.record_id] == before[D.record_id]


def test_the_founding_record_is_known_under_the_key_it_has_since() -> None:
    renamed = person("ncbahm:b", "Odalys Winterhalter", "Seattle")
    first = Directory().build([B])[B.record_id]
    other = person("board_wa:AC0", "Odalys Winterhalter")
    past = Past({renamed.record_id: first, other.record_id: first}, {}, {}, {renamed.record_id: ("a",)})
    persons, _ = identify([Cluster([other]), Cluster([renamed])], past)
    assert [entry.members for entry in persons if entry.id == first] == [[renamed]]


RECORDS = [
    person(f"{source}:{key}", "Odalys Winterhalter") for source in ("npi_registry", "board_wa") for key in "abcd"
]
# For every build and record: the number of its cluster, or none where no source shows it that day.
GROUPS = st.lists(st.one_of(st.none(), st.integers(0, 4)), min_size=len(RECORDS), max_size=len(RECORDS))


def grouped(numbers: list[int | None]) -> list[list[Person]]:
    found: dict[int, list[Person]] = {}
    for record, number in zip(RECORDS, numbers, strict=True):
        if number is not None:
            found.setdefault(number, []).append(record)
    return list(found.values())


@settings(max_examples=400, deadline=None)
@given(st.lists(GROUPS, min_size=1, max_size=8))
def test_whatever_merges_and_splits_every_id_leads_to_one_person_or_is_gone(builds: list[list[int | None]]) -> None:
    directory = Directory()
    for numbers in builds:
        before = directory.past
        owner = directory.build(*grouped(numbers))
        living = {entry.id for entry in directory.persons}
        assert len(living) == len(directory.persons), "two people under one id"
        assert not living & set(directory.past.redirects), "an id that names somebody leads elsewhere"
        for identifier in directory.everybody:
            end = directory.resolve(identifier)
            assert end in living or end in directory.everybody - set(directory.past.redirects)
        for identifier in set(before.owner.values()):  # nobody is lost: whose records are here is led to one of them
            holders = {owner[r] for r, last in before.owner.items() if last == identifier and r in owner}
            assert not holders or directory.resolve(identifier) in holders


@settings(max_examples=200, deadline=None)
@given(st.lists(GROUPS, min_size=1, max_size=5), st.randoms())
def test_the_order_of_clusters_and_records_decides_nothing(builds: list[list[int | None]], random: object) -> None:
    one, other = Directory(), Directory()
    for numbers in builds:
        clusters = grouped(numbers)
        shuffled = [list(members) for members in clusters]
        for members in (shuffled, *shuffled):
            random.shuffle(members)  # type: ignore[attr-defined]
        assert one.build(*clusters) == other.build(*shuffled)
        assert one.past.redirects == other.past.redirects


@pytest.mark.parametrize("nights", [60])
def test_a_pair_that_joins_and_parts_every_night_never_runs_out_of_ids(nights: int) -> None:
    directory = Directory()
    for _ in range(nights):
        directory.build([A], [B])
        directory.build([A, B])
    assert len(directory.everybody) == 2
