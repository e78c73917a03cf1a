"""Namesakes: boards and the certifier that list somebody of the same name in the same state, not tied to this person.

In: identified persons. Out: record id -> sources. Where a primary list holds the name, whoever bears it is not
called absent from it without saying so: it can be the same person under an address of years ago, or another one.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping

from pipeline.facts import Person, SourceFacts
from pipeline.ids import Identified
from pipeline.name_fit import name_keys

PRIMARY = frozenset(("board", "certifier"))
Listed = Mapping[tuple[str, str], set[tuple[str, str]]]


def namesakes_in(persons: Iterable[Identified], sources: Mapping[str, SourceFacts]) -> dict[str, list[str]]:
    """Sources of primary lists, for each record of whose name they hold another person."""
    persons = list(persons)
    listed: dict[tuple[str, str], set[tuple[str, str]]] = defaultdict(set)
    for person in persons:
        for member in person.members:
            if sources[member.source].kind in PRIMARY:
                for key in keys_of(member):
                    listed[key].add((person.id, member.source))
    found = {member.record_id: others_of(person.id, member, listed) for person in persons for member in person.members}
    return {record: names for record, names in found.items() if names}


def others_of(own: str, member: Person, listed: Listed) -> list[str]:
    others = {source for key in keys_of(member) for person, source in listed.get(key, ()) if person != own}
    return sorted(others)


def keys_of(member: Person) -> list[tuple[str, str]]:
    return [(key, state) for key in name_keys(member) for state in member.states]
