"""Number holders: stated license numbers that the boards show on somebody else.

In: identified persons. Out: marks of stated numbers that a board shows only under names that do not fit. Numbers are
mistyped, and some are borrowed: a number proves that a license exists, not whose it is.
"""

from __future__ import annotations

from collections import defaultdict

from pipeline.facts import Person
from pipeline.ids import Identified
from pipeline.name_fit import all_names, keys_of, similar
from pipeline.names import PersonName
from pipeline.tag_doubts import number_mark


def numbers_of_others(persons: list[Identified]) -> frozenset[str]:
    """Marks (record id and number) of numbers that are on a roster, but under no name that fits the person's."""
    holders: dict[str, list[tuple[str, Person]]] = defaultdict(list)
    for person in persons:
        for member in person.members:
            for item in member.licenses:
                if item.primary and item.key:
                    holders[item.key].append((person.id, member))
    return frozenset(
        number_mark(member.record_id, item.key)
        for person in persons
        for member in person.members
        for item in member.licenses
        if not item.primary and item.key in holders and not is_among(person, holders[item.key])
    )


def is_among(person: Identified, holders: list[tuple[str, Person]]) -> bool:
    """Whether one of these is the person, or bears a name that may be the person's."""
    if any(owner == person.id for owner, _ in holders):
        return True
    names = [name for member in person.members for name in all_names(member)]
    return any(fits(one, other) for _, holder in holders for one in all_names(holder) for other in names)


def fits(one: PersonName, other: PersonName) -> bool:
    return bool(keys_of(one) & keys_of(other)) or similar(one, other)
