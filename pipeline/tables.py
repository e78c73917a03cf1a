"""Tables: facts laid out as the published rows.

In: identified persons, tags, records. Out: rows of records, licenses, certifications, tags, exclusions and states.
What a record shows is an allow-list (`rules/published_fields.csv`): a home street, a sex or a free text stays inside.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable
from functools import cache
from typing import Any

import pandas as pd

from pipeline.dates_and_links import website
from pipeline.exclusions import Excluded
from pipeline.facts import CERTIFIER_ISSUER, Person, SourceFacts
from pipeline.frames import Rows, rows_of
from pipeline.link import Links
from pipeline.persons import Identified
from pipeline.places import is_home_like, parse_place, zip5
from pipeline.rules import published_rule_tables, read_rule_table
from pipeline.tag_doubts import is_of_another
from pipeline.world import Tag, World

UNJOINED = "Not tied to any practitioner."


def row_id(*parts: str) -> str:
    return hashlib.sha256("\n".join(parts).encode()).hexdigest()[:16]


def as_json(values: Iterable[Any]) -> str:
    return json.dumps(list(dict.fromkeys(values)), ensure_ascii=False)


@cache
def known_states() -> frozenset[str]:
    return frozenset(row["code"] for row in read_rule_table("states"))


def states_of_person(person: Identified, row: dict[str, Any]) -> list[str]:
    """States to answer for: the main one first, then every state of a license."""
    licensed = sorted({item.state for member in person.members for item in member.licenses})
    return [state for state in dict.fromkeys([row["state"] or "", *licensed]) if state in known_states()]


def with_tags(row: dict[str, Any], person: Identified, tags: list[Tag]) -> dict[str, Any]:
    """The practitioner row with its tags: the certification, and the license of the main state."""
    certification = next(tag for tag in tags if tag.kind == "certification")
    licenses = [tag for tag in tags if tag.kind == "license"]
    reviews = list(dict.fromkeys(tag.needs_review for tag in tags if tag.needs_review))
    held = [item for member in person.members for item in member.certifications if item.issuer == CERTIFIER_ISSUER]
    stated = {item.state for member in person.members for item in member.licenses}
    licensed = [tag.scope for tag in licenses if tag.scope in stated and tag.value != "state_does_not_license"]
    return row | {
        "certification": certification.value,
        "designations": as_json(item.designation for item in held if item.designation),
        "license_status": licenses[0].value if licenses else None,
        "license_states": as_json(licensed),
        "needs_review": " ".join(reviews) or None,
    }


def tag_rows(person: Identified, tags: list[Tag]) -> Rows:
    return [
        {
            "id": row_id(person.id, tag.kind, tag.scope),
            "practitioner_id": person.id,
            "kind": tag.kind,
            "scope": tag.scope,
            "value": tag.value,
            "rule": tag.rule,
            "because": tag.because,
            "claims": as_json(tag.claims),
            "as_of": tag.as_of or None,
            "needs_review": tag.needs_review or None,
        }
        for tag in tags
    ]


def members_of(persons: list[Identified]) -> list[tuple[Identified, Person]]:
    return [(person, member) for person in persons for member in person.members]


def license_rows(persons: list[Identified], world: World) -> Rows:
    """Every license each record states; the board's word and ours side by side."""
    rows = {}
    for person, member in members_of(persons):
        for item in member.licenses:
            identifier = row_id(member.record_id, item.state, item.number)
            rows[identifier] = {
                "id": identifier,
                "practitioner_id": person.id,
                "state": item.state,
                "type": item.type or None,
                "number": item.number,
                "status": item.status,
                "status_raw": item.status_raw or None,
                "issued": item.issued or None,
                "expires": item.expires or None,
                "discipline": item.discipline or None,
                "record_id": member.record_id,
                "as_of": member.fetched_at,
                "source_kind": "primary" if item.primary else "self_reported",
                "under_other_name": None if item.primary else int(is_of_another(member.record_id, item, world)),
            }
    return list(rows.values())


def certification_rows(persons: list[Identified]) -> Rows:
    """Every certification each record states, other boards' under their own names."""
    rows = {}
    for person, member in members_of(persons):
        for item in member.certifications:
            identifier = row_id(member.record_id, item.issuer, item.designation)
            rows[identifier] = {
                "id": identifier,
                "practitioner_id": person.id,
                "issuer": item.issuer,
                "designation": item.designation,
                "status": item.status,
                "status_raw": item.status_raw or None,
                "printed": item.printed,
                "record_id": member.record_id,
                "as_of": member.fetched_at,
            }
    return list(rows.values())


def exclusion_rows(excluded: Excluded, world: World) -> Rows:
    """Confirmed matches only, from a list read recently: reinstated people disappear from it."""
    meanings = {row["code"]: row["meaning"] for row in read_rule_table("exclusion_types")}
    return [
        {
            "id": row_id(person, item.record_id),
            "practitioner_id": person,
            "record_id": item.record_id,
            "exclusion_type": item.exclusion_type,
            "excluded_on": item.excluded_on,
            "meaning": meanings.get(item.exclusion_type),
            "as_of": item.fetched_at,
        }
        for person, found in excluded.confirmed.items()
        for item in found
        if world.is_fresh(item.fetched_at)
    ]


def record_rows(records: pd.DataFrame, persons: list[Identified], links: Links, excluded: Excluded) -> Rows:
    """Every practitioner's record; of the exclusion list only confirmed matches and rows that name the profession."""
    owners = {member.record_id: person.id for person in persons for member in person.members}
    names = {member.record_id: member.name.display for person in persons for member in person.members}
    matched = {item.record_id: person for person, found in excluded.confirmed.items() for item in found}
    shown_exclusions = {item.record_id: item for found in excluded.confirmed.values() for item in found}
    shown_exclusions |= {item.record_id: item for item in excluded.of_the_field}
    names |= {identifier: item.name.display for identifier, item in shown_exclusions.items()}
    rows = []
    for row in rows_of(records[records["record_id"].isin(names)]):
        identifier = row["record_id"]
        level, reason = links.why.get(identifier, ("none", UNJOINED))
        if identifier in matched:
            level, reason = (
                "confirmed",
                "Same NPI and a compatible name. A possible match: verify it at the source.",
            )
        rows.append(
            published_record(row, owners.get(identifier) or matched.get(identifier), names[identifier], level, reason)
        )
    return rows


def published_record(row: dict[str, Any], owner: str | None, name: str, level: str, reason: str) -> dict[str, Any]:
    return {
        "id": row["record_id"],
        "source": row["source"],
        "source_key": row["source_key"],
        "practitioner_id": owner,
        "name": name,
        "url": row["url"],
        "fetched_at": row["fetched_at"],
        "source_date": row["source_date"],
        "sha256": row["sha256"],
        "match_level": level,
        "match_reason": reason,
        "fields": shown_json(row),
        "other_sha256": as_json(row["also"]),
        "partition": row["partition"] or None,
    }


def shown_json(row: dict[str, Any]) -> str:
    """A record's allow-listed fields as they are published."""
    return json.dumps(shown_fields(row["source"], row["fields"]), ensure_ascii=False, sort_keys=True)


def shown_fields(source: str, fields: dict[str, Any]) -> dict[str, Any]:
    """The allow-listed fields of a record; of lists of places, each place's allow-listed parts."""
    allowed = published_fields(source)
    shown = {name: value for name, value in fields.items() if name in allowed}
    shown |= {"website": website(fields["website"])} if "website" in shown else {}
    if is_home_like(parse_place(str(shown.get("address", ""))).street):
        del shown["address"]
    if "locations" in fields:
        parts = [name.partition(".")[2] for name in allowed if name.startswith("locations.")]
        shown["locations"] = [{part: place[part] for part in parts if part in place} for place in fields["locations"]]
    for place in [shown, *shown.get("locations", [])]:
        if "zip" in place:
            place["zip"] = zip5(place["zip"])  # nine digits name a block, often a home
    return shown


@cache
def published_fields(source: str) -> frozenset[str]:
    """Field names this source's records may show (`*` rows hold for every source)."""
    return frozenset(row["field"] for row in read_rule_table("published_fields") if row["source"] in (source, "*"))


def state_rows(sources: dict[str, SourceFacts]) -> Rows:
    """The states table as applied, and whether a source reads the state's board."""
    boards = {state: source.name for source in sources.values() if source.kind == "board" for state in source.covers}
    return [
        row
        | {
            "coverage": "covered" if row["code"] in boards else "not_covered",
            "license_source": boards.get(str(row["code"])),
        }
        for row in published_rule_tables()["states"]
    ]
