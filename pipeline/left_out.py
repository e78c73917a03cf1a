"""Left out: which of today's and yesterday's records are of people who asked not to be shown.

In: normalized records (those of the exclusion list too), the tables published last time, what is suppressed. Out: ids
of records and practitioners to leave out before anything is linked, and keys met on the way. A record is left out when
it bears a suppressed key; its own keys then count too, so that one number leads to the others, until nothing more is
found. Somebody of the same name who bears another NPI is somebody else.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

import pandas as pd

from pipeline.before import Before
from pipeline.facts import Person
from pipeline.suppression_keys import NAMED, Key, digest, keys_of, looked_up
from pipeline.suppressions import Suppressions


@dataclass
class LeftOut:
    """`records`, `people`: ids of today and of the past; `members`: today's records; `learned`: number -> keys."""

    records: set[str] = field(default_factory=set)
    people: set[str] = field(default_factory=set)
    members: list[Person] = field(default_factory=list)
    learned: Mapping[int, set[Key]] = field(default_factory=dict)

    def __bool__(self) -> bool:
        return bool(self.records or self.people)


class Search:
    """What is known of suppressed people so far; every record that is found adds to it."""

    def __init__(self, book: Suppressions) -> None:
        self.book = book
        self.met: dict[Key, set[int]] = defaultdict(set)
        self.npis: dict[int, set[str]] = defaultdict(set)
        for line in book.lines:
            if line.kind == "npi" and not line.withdrawn_on:
                self.npis[line.number].add(line.key_hash)

    def meet(self, key: Key, numbers: Iterable[int]) -> None:
        self.met[key].update(numbers)
        if key.kind == "npi":
            for number in numbers:
                self.npis[number].add(digest(self.book.salt, key))

    def numbers_of(self, person: Person, with_file: bool) -> set[int]:
        """The suppressions a record belongs to."""
        keys = looked_up(person)
        strong, named = ([key for key in keys if (key.kind in NAMED) == is_named] for is_named in (False, True))
        found = {number for number in self.of(named, with_file) if not self.is_another(person, number)}
        return found | self.of(strong, with_file)

    def of(self, keys: Iterable[Key], with_file: bool) -> set[int]:
        keys = list(keys)
        met = {number for key in keys for number in self.met.get(key, ())}
        return met | (self.book.of(keys) if with_file else set())

    def is_another(self, person: Person, number: int) -> bool:
        """Whether the record bears an NPI and the suppressed person another."""
        known = self.npis.get(number, set())
        return bool(person.npi and known) and digest(self.book.salt, Key("npi", person.npi)) not in known


def find_left_out(people: Sequence[Person], before: Before, book: Suppressions) -> LeftOut:
    """Everybody who is to be left out of this build and of the past it goes on from."""
    if not book:
        return LeftOut()
    search = Search(book)
    owners = owners_before(before)
    found = LeftOut(*past(search, before, owners))
    rest, with_file = list(people), True
    while True:
        hits = [(person, numbers) for person in rest if (numbers := search.numbers_of(person, with_file))]
        if not hits:
            break
        for person, numbers in hits:
            take(person, numbers, found, search, owners)
        gone = {person.record_id for person, _ in hits}
        rest, with_file = [person for person in rest if person.record_id not in gone], False
        follow_owners(found, search, owners)
    learned: dict[int, set[Key]] = defaultdict(set)
    for key, numbers in search.met.items():
        for number in numbers:
            learned[number].add(key)
    found.learned = learned
    return found


def take(person: Person, numbers: set[int], found: LeftOut, search: Search, owners: Mapping[str, str]) -> None:
    """Leave a record out, and remember its keys and the practitioner it was."""
    found.members.append(person)
    found.records.add(person.record_id)
    for key in keys_of(person):
        search.meet(key, numbers)
    owner = owners.get(person.record_id)
    if owner:
        found.people.add(owner)
        search.meet(Key("person", owner), numbers)


def follow_owners(found: LeftOut, search: Search, owners: Mapping[str, str]) -> None:
    """All records that were published as a practitioner who is left out are left out too."""
    for record, owner in owners.items():
        if owner in found.people and record not in found.records:
            found.records.add(record)
            search.meet(Key("record", record), search.met[Key("person", owner)])


def owners_before(before: Before) -> dict[str, str]:
    """Record id -> practitioner id, of every record that was ever published, as the last file knows it."""
    owners: dict[str, str] = dict(claim_columns(before.claims, "record_id", "practitioner_id"))  # type: ignore[arg-type]
    owners |= {row["id"]: row["practitioner_id"] for row in before.records if row["practitioner_id"]}
    return owners


def past(search: Search, before: Before, owners: Mapping[str, str]) -> tuple[set[str], set[str]]:
    """Records and practitioners of the past that bear a suppressed key themselves."""
    book = search.book
    records = {
        record: numbers for record in known_records(before, owners) if (numbers := book.of([Key("record", record)]))
    }
    people = {
        person: numbers for person in known_people(before, owners) if (numbers := book.of([Key("person", person)]))
    }
    for record, npi in npis_before(before.claims):
        if numbers := book.of([Key("npi", npi)]):
            records[record] = numbers
    for record, numbers in records.items():
        search.meet(Key("record", record), numbers)
        if owner := owners.get(record):
            people.setdefault(owner, numbers)
    for person, numbers in people.items():
        search.meet(Key("person", person), numbers)
    found = LeftOut(set(records), set(people))
    follow_owners(found, search, owners)
    return found.records, found.people


def npis_before(claims: pd.DataFrame) -> list[tuple[str, ...]]:
    """(record id, NPI) of every claim of one."""
    return claim_columns(claims[claims["field"] == "npi"], "record_id", "value") if len(claims) else []


def known_records(before: Before, owners: Mapping[str, str]) -> set[str]:
    """Ids of every record the last file speaks of."""
    found = {*owners, *(row["id"] for row in before.records)}
    found |= {row[end] for row in before.renamed_records for end in ("old_id", "new_id")}
    return found | {
        record for frame in (before.changes, before.licenses) for (record,) in claim_columns(frame, "record_id")
    }


def known_people(before: Before, owners: Mapping[str, str]) -> set[str]:
    """Ids of every practitioner the last file speaks of."""
    found = {*owners.values(), *(str(row[end]) for row in before.redirects for end in ("old_id", "new_id"))}
    frames = (before.changes, before.tag_history)
    return found | {person for frame in frames for (person,) in claim_columns(frame, "practitioner_id")}


def claim_columns(frame: pd.DataFrame, *columns: str) -> list[tuple[str, ...]]:
    """Distinct filled cells of these columns; none of an empty frame."""
    if frame.empty:
        return []
    return list(frame[list(columns)].dropna().drop_duplicates().itertuples(index=False, name=None))


def without_people(before: Before, found: LeftOut) -> Before:
    """The past without them: as if they had never been published."""
    records, people = found.records, found.people
    rows = {
        "records": ("id", "practitioner_id"),
        "exclusions": ("record_id", "practitioner_id"),
        "redirects": ("old_id", "new_id"),
        "renamed_records": ("old_id", "new_id"),
    }
    frames = ("claims", "changes", "licenses", "certifications", "tag_history")
    gone = records | people
    kept: dict[str, Any] = {
        name: [row for row in getattr(before, name) if not any(row[column] in gone for column in columns)]
        for name, columns in rows.items()
    }
    kept |= {name: frame_without(getattr(before, name), gone) for name in frames}
    return replace(before, **kept)


def frame_without(frame: pd.DataFrame, gone: set[str]) -> pd.DataFrame:
    """Rows that name none of these, neither as their person or record nor as what changed."""
    for column in ("record_id", "practitioner_id", "old", "new"):
        if column in frame.columns:
            frame = frame[~frame[column].isin(gone)]
    return frame.reset_index(drop=True)
