"""Persons: an id for each cluster that survives every rebuild, and the practitioner row that pages show.

In: clusters, and the ids published last time (record id -> practitioner id). Out: ids, redirects of ids that were
merged away, and one row a person. An id is made once, from the raw key of the person's first record; a better
cleaner or a new record never changes it.
"""

from __future__ import annotations

import base64
import hashlib
import json
from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

from pipeline.facts import Person
from pipeline.link import Cluster
from pipeline.names import PersonName, fold
from pipeline.numbers import display_phone
from pipeline.places import Place, is_home_like, locate

ID_LENGTH = 10
NAME_ORDER = ("certifier", "listing", "website", "board", "registry")
PRINT_PARTS = ("board", "registry")
CONTACT_ORDER = ("certifier", "listing", "website", "registry", "board")


@dataclass
class Identified:
    """A cluster and the id of its person."""

    id: str
    members: list[Person]


def identify(
    clusters: list[Cluster], known: dict[str, str], retired: frozenset[str] = frozenset()
) -> tuple[list[Identified], dict[str, str]]:
    """Give every cluster its id; returns persons and redirects (old id -> id that took its place).

    `known` maps record ids to the practitioner ids published last time; `retired` ids were redirected earlier and are
    never given again. A cluster keeps the id most of its records had; of two clusters that could keep one id (a
    split), the larger claim wins and the other gets a new id.
    """
    persons: list[Identified] = []
    redirects: dict[str, str] = {}
    used, living = set(known.values()) | retired, set[str]()
    for votes, cluster in strongest_first(clusters, known):
        free = [identifier for identifier, _ in votes if identifier not in living]
        person = Identified(free[0] if free else new_id(cluster, used), cluster.members)
        persons.append(person)
        living.add(person.id)
        used.add(person.id)
        redirects |= dict.fromkeys(free[1:], person.id)
    return sorted(persons, key=lambda person: person.id), {o: n for o, n in redirects.items() if o not in living}


def strongest_first(clusters: list[Cluster], known: dict[str, str]) -> list[tuple[list[tuple[str, int]], Cluster]]:
    """Each cluster with the ids its records had and how many had each; the surest claims first.

    An id goes with the record it was made from: a board's record that parts from its person (a license revoked since)
    must not take the person's address along.
    """
    votes = [Counter(known[m.record_id] for m in cluster.members if m.record_id in known) for cluster in clusters]
    minted = [{mint(member) for member in cluster.members} for cluster in clusters]
    ranked = [
        sorted(counter.items(), key=lambda item: (not is_minted(item[0], texts), -item[1], item[0]))
        for counter, texts in zip(votes, minted, strict=True)
    ]
    claims = list(zip(ranked, minted, clusters, strict=True))
    claims.sort(key=lambda claim: claim_strength(*claim))
    return [(ranking, cluster) for ranking, _, cluster in claims]


def claim_strength(ranking: list[tuple[str, int]], minted: set[str], cluster: Cluster) -> tuple[bool, int, str]:
    """Sorts the surest claim on an id first: its founding record, then most records, then the record's own id."""
    if not ranking:
        return (True, 0, founding(cluster.members).record_id)
    return (not is_minted(ranking[0][0], minted), -ranking[0][1], founding(cluster.members).record_id)


def is_minted(identifier: str, minted: set[str]) -> bool:
    return any(text.startswith(identifier) for text in minted)


def mint(record: Person) -> str:
    """The long text an id is a beginning of: the record's source and raw key, hashed."""
    digest = hashlib.sha256(f"{record.source}:{record.source_key}".encode()).digest()
    return base64.b32encode(digest).decode().lower()


def founding(members: list[Person]) -> Person:
    """The record an id is made from: one with an NPI, else a licensed one, else the first by source and key."""
    return min(members, key=lambda member: (not member.npi, not member.licenses, member.source, member.source_key))


def new_id(cluster: Cluster, used: set[str]) -> str:
    """Ten letters and digits minted from the founding record; lengthened in the rare case they are used."""
    text = mint(founding(cluster.members))
    return next(text[:length] for length in range(ID_LENGTH, len(text)) if text[:length] not in used)


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
