"""Namesakes: boards and the certifier that list somebody of the same or a similar name, not tied to this person.

In: identified persons. Out: record id -> source -> how near (same, similar, elsewhere). Where a primary list holds the
name, whoever bears it is not called absent from it without saying so: it can be the same person under an address of
years ago or a short form of the name, or another one. Of a board's roster every row counts, wherever its holder
lives; the certifier's listing is the whole country's, so there a similar name counts in a state of the person alone.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import lru_cache

from pipeline.facts import Person, SourceFacts
from pipeline.ids import Identified
from pipeline.link.readings import long_forms
from pipeline.name_fit import all_names, family_words, keys_of, name_keys, near
from pipeline.names import PersonName, fold, middle_conflict
from pipeline.world import ELSEWHERE, SAME, SIMILAR

PRIMARY = frozenset(("board", "certifier"))
SHORT = 3  # letters two given names share, or one is no short form of the other


@dataclass(frozen=True)
class Entry:
    """One name on a primary list, and whose it is."""

    owner: str
    source: str
    everywhere: bool
    states: frozenset[str]
    name: PersonName

    def is_in(self, states: frozenset[str]) -> bool:
        return self.everywhere or not states.isdisjoint(self.states)


@dataclass
class Lists:
    """All names on primary lists: by the whole name, and by a family name and what a given name may be cut to."""

    by_name: dict[str, list[Entry]] = field(default_factory=lambda: defaultdict(list))
    by_part: dict[tuple[str, str], list[Entry]] = field(default_factory=lambda: defaultdict(list))

    def add(self, owner: str, member: Person, source: SourceFacts) -> None:
        for name in all_names(member):
            entry = Entry(owner, source.name, source.kind == "board", member.states, name)
            for key in keys_of(name):
                self.by_name[key].append(entry)
            for part in parts_of(name):
                self.by_part[part].append(entry)


def namesakes_in(persons: Iterable[Identified], sources: Mapping[str, SourceFacts]) -> dict[str, dict[str, str]]:
    """Sources of primary lists, for each record of whose name they hold another person."""
    persons, lists = list(persons), Lists()
    for person in persons:
        for member in person.members:
            if sources[member.source].kind in PRIMARY:
                lists.add(person.id, member, sources[member.source])
    found: dict[str, dict[str, str]] = {}
    for person in persons:
        states = frozenset(state for member in person.members for state in member.states)
        found |= {member.record_id: others_of(person.id, member, states, lists) for member in person.members}
    return {record: names for record, names in found.items() if names}


def others_of(own: str, member: Person, states: frozenset[str], lists: Lists) -> dict[str, str]:
    """The nearest namesake on each list."""
    nearest: dict[str, str] = {}
    for entry in (entry for key in name_keys(member) for entry in lists.by_name.get(key, ())):
        if entry.owner != own and nearest.get(entry.source) != SAME:
            nearest[entry.source] = SAME if entry.is_in(states) else ELSEWHERE
    for name, entry in similar_parts(member, lists):
        told = entry.owner == own or nearest.get(entry.source) in (SAME, SIMILAR)
        if not told and entry.is_in(states) and is_similar(name, entry.name):
            nearest[entry.source] = SIMILAR
    return dict(sorted(nearest.items()))


def similar_parts(member: Person, lists: Lists) -> Iterator[tuple[PersonName, Entry]]:
    """Entries worth comparing with each name of a record."""
    for name in all_names(member):
        for part in parts_of(name):
            yield from ((name, entry) for entry in lists.by_part.get(part, ()))


@lru_cache(maxsize=50_000)
def parts_of(name: PersonName) -> frozenset[tuple[str, str]]:
    """A word of the family name with the beginning of the given name, and with each long form of it."""
    given, forms = forms_of(name.given)
    beginnings = {given[:SHORT], *forms} if len(given) >= SHORT else set()
    return frozenset((family, beginning) for family in family_words(name) for beginning in beginnings)


def is_similar(a: PersonName, b: PersonName) -> bool:
    """Whether first given names agree but for a typing error or a short form, and no middle name speaks against it."""
    (one, forms), (two, others) = forms_of(a.given), forms_of(b.given)
    return (not forms.isdisjoint(others) or near(one, two)) and not middle_conflict(a, b)


@lru_cache(maxsize=50_000)
def forms_of(given: str) -> tuple[str, frozenset[str]]:
    """The first word of a given name, and that word with its long forms."""
    first = next(iter(fold(given).split()), "")
    return first, frozenset((first, *long_forms(first)))
