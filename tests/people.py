"""Normalized records for tests of linking and tagging, said in one line each. Everybody is invented."""

from __future__ import annotations

from pipeline.facts import DISCIPLINE, Certification, License, Person
from pipeline.names import name_from_parts, parse_name
from pipeline.numbers import license_key
from pipeline.places import Place


def license_fact(state: str, number: str, status: str = "claimed", discipline: str = "") -> License:
    primary = status != "claimed"
    raw = status.title() if primary else ""
    disciplined = primary and (status in DISCIPLINE or bool(discipline))
    return License(state, "", number, license_key(state, number), status, raw, "", "", discipline, primary, disciplined)


def listing(status: str = "listed", designation: str = "Dipl. Ac.") -> Certification:
    return Certification("NCBAHM", designation, status, "Certified Diplomate", "AC Certification")


def person(key: str, name: str, city: str = "", state: str = "WA", *, street: str = "", **facts: object) -> Person:
    """One record; `key` is `source:source_key`, `city` "" is a source that prints no place."""
    source, _, source_key = key.partition(":")
    places = (Place(street, city, state, ""),) if city else ()
    parts = name.split("|")
    base = {
        "record_id": key,
        "source": source,
        "source_key": source_key,
        "fetched_at": "2026-11-20T00:00:00Z",
        "name": name_from_parts(*parts) if len(parts) > 1 else parse_name(name),
        "other_names": (),
        "sex": "",
        "npi": source_key if source == "npi_registry" else "",
        "kind": "acupuncturist",
        "places": places,
        "states": frozenset({state} | {item.state for item in facts.get("licenses", ())}),  # type: ignore[attr-defined]
        "clinic": "",
        "phone": "",
        "website": "",
        "publishes_street": source in ("ncbahm", "aama"),
        "licenses": (),
        "certifications": (),
        "conditions": (),
        "languages": (),
    }
    return Person(**(base | facts))  # type: ignore[arg-type]
