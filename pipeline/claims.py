"""Claims: each single fact a record states about a person, as a row of its own.

In: a normalized record. Out: claims (field, value), each with an id that is the same on every rebuild, so that
history is a comparison of ids.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass

from pipeline.facts import Certification, License, Person
from pipeline.numbers import display_phone


@dataclass(frozen=True)
class Claim:
    """`field` names what is claimed, `value` is what the record says; times are the snapshot's."""

    id: str
    record_id: str
    source: str
    source_key: str
    field: str
    value: str
    fetched_at: str


def claims_of(person: Person) -> list[Claim]:
    """Every claim of one record; no field twice with one value."""
    pairs = dict.fromkeys((field, value) for field, value in stated(person) if value)
    return [
        Claim(
            claim_id(person.record_id, field, value),
            person.record_id,
            person.source,
            person.source_key,
            field,
            value,
            person.fetched_at,
        )
        for field, value in pairs
    ]


def stated(person: Person) -> Iterator[tuple[str, str]]:
    """(field, value) pairs; streets are no claims, for many are homes."""
    yield "name", person.name.display
    for other in person.other_names:
        yield "other name", other.display
    yield "npi", person.npi
    yield "clinic", person.clinic
    yield "phone", display_phone(person.phone)
    yield "website", person.website
    for place in person.places[:1]:
        yield "city", ", ".join(filter(None, [place.city, place.state]))
    for item in person.licenses:
        yield license_field(item), license_value(item)
        yield f"{license_field(item)} expires", item.expires
        yield f"{license_field(item)} discipline", item.discipline
    for certification in person.certifications:
        yield certification_field(certification), certification.status_raw or certification.status


def license_field(item: License) -> str:
    return f"license {item.state} {item.number}".rstrip()


def license_value(item: License) -> str:
    """The board's word; of a claimed license only that it is claimed, in whatever sentence."""
    return item.status_raw if item.primary and item.status_raw else item.status


def certification_field(item: Certification) -> str:
    return f"certification {item.issuer} {item.designation}"


def claim_id(record_id: str, field: str, value: str) -> str:
    return hashlib.sha256(f"{record_id}\n{field}\n{value}".encode()).hexdigest()[:16]
