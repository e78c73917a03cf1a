"""Persons: the practitioner row that pages show, one a person.

In: identified persons (see `pipeline.ids`). Out: rows. Sources are believed in a fixed order for a name and for a
contact; a street is shown only where the practitioner publishes it as a clinic.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable
from typing import Any

from pipeline.facts import Person
from pipeline.ids import Identified
from pipeline.names import PersonName, fold
from pipeline.numbers import display_phone
from pipeline.places import Place, is_home_like, locate
from pipeline.zip_centers import zip_county

NAME_ORDER = ("certifier", "listing", "website", "board", "registry")
PRINT_PARTS = ("board", "registry")
CONTACT_ORDER = ("certifier", "listing", "website", "registry", "board")


def practitioner_row(person: Identified, kinds: dict[str, str]) -> dict[str, Any]:
    """The columns of `practitioners` that come straight from the records; tags are added later.

    `kinds` maps a source to its kind; who is believed first for a name or a contact is NAME_ORDER, CONTACT_ORDER.
    """
    by_name = ranked(person.members, kinds, NAME_ORDER)
    by_contact = ranked(person.members, kinds, CONTACT_ORDER)
    place = first(by_contact, lambda member: member.places and member.places[0]) or Place()
    shown = first(by_contact, shown_street)
    located = locate(place)
    name, parts = by_name[0].name, printed_in_parts(by_name, kinds)
    return {
        "id": person.id,
        "name": name.display,
        "given_name": parts.given or None,
        "family_name": parts.family or None,
        "suffix_text": first(by_name, lambda member: member.name.suffix),
        "npi": first(by_name, lambda member: member.npi),
        "clinic": first(by_contact, lambda member: member.clinic),
        "street": shown if shown and shown == place.street else None,
        "city": place.city or None,
        "state": place.state or first(by_contact, only_state),
        "zip": place.zip or None,
        "county": zip_county(place.zip) or None,
        "latitude": located[0] if located else None,
        "longitude": located[1] if located else None,
        "phone": display_phone(first(by_contact, lambda member: member.phone) or "") or None,
        "website": first(by_contact, lambda member: member.website),
        "conditions": merged(member.conditions for member in by_contact),
        "therapies": merged(member.therapies for member in by_contact),
        "languages": merged(member.languages for member in by_contact),
        "insurance": merged(member.insurance for member in by_contact),
        "sources": json.dumps(sorted({member.source for member in person.members})),
        "kind": "physician" if any(member.kind == "physician" for member in person.members) else "acupuncturist",
        "other_names": merged([other_names(by_name)]),
    }


def printed_in_parts(members: list[Person], kinds: dict[str, str]) -> PersonName:
    """Which words are the family name: as a source says that prints it apart, for a name of the same words.

    A listing prints `Zhao Ru Lan`; the board says that Zhao is the family name.
    """
    shown = members[0].name
    apart = (member.name for member in members if kinds[member.source] in PRINT_PARTS and member.name.in_parts)
    return next((name for name in apart if letters(name) == letters(shown)), shown)


def letters(name: PersonName) -> list[str]:
    return sorted(fold(name.display).replace(" ", ""))


def ranked(members: list[Person], kinds: dict[str, str], order: tuple[str, ...]) -> list[Person]:
    """Records, the most believed kind of source first, the newest of a kind first."""
    newest = sorted(members, key=lambda member: (member.fetched_at, member.record_id), reverse=True)
    return sorted(newest, key=lambda member: order.index(kinds[member.source]))


def only_state(member: Person) -> str:
    """The state of a record that prints none: the one it was asked for or is licensed in."""
    return min(member.states, default="")


def first(members: Iterable[Person], value: Callable[[Person], Any]) -> Any:
    """The first non-empty value, or None."""
    return next((found for member in members if (found := value(member))), None)


def shown_street(member: Person) -> str:
    """A street the practitioner publishes as a clinic; one that looks like a home is not shown."""
    if not member.publishes_street or not member.places:
        return ""
    street = member.places[0].street
    return "" if is_home_like(street) else street


def other_names(members: list[Person]) -> list[str]:
    """Every other way the person's name is printed."""
    printed = [name.display for member in members for name in (member.name, *member.other_names)]
    return [name for name in dict.fromkeys(printed) if name != printed[0]]


def merged(lists: Iterable[Iterable[str]]) -> str:
    """Distinct texts of several lists as a JSON array, in the spelling that comes first."""
    found: dict[str, str] = {}
    for text in (text for texts in lists for text in texts):
        found.setdefault(text.casefold(), text)
    return json.dumps(list(found.values()), ensure_ascii=False)
