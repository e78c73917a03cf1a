"""Made again: one person's published rows out of his or her parsed rows, with the functions a build uses.

In: parsed rows, the world of the build, the published tables (only for who is meant: the practitioner's id, the ids of
the records). Out: the tables made again. Imported only after the rules of the bundle are in place.
"""

from __future__ import annotations

from typing import Any

import pandas as pd

from crawler.records import Record
from pipeline.claims import claims_of
from pipeline.disputed_people import shown_person, shown_tags
from pipeline.disputed_tables import withheld_records
from pipeline.disputes import EXCLUSION, HIDDEN, Dispute, Disputed, Standing, about
from pipeline.evidence.world import world_of
from pipeline.exclusions import Excluded, match_exclusions
from pipeline.facts import Person, SourceFacts
from pipeline.frames import Rows, rows_of
from pipeline.gather import RECORD_COLUMNS, as_of_register, as_row
from pipeline.ids import Identified
from pipeline.link.members import founding_order
from pipeline.normalize import exclusions_of, persons_of
from pipeline.persons import practitioner_row
from pipeline.tables import (
    certification_rows,
    exclusion_rows,
    license_rows,
    shown_json,
    states_of_person,
    tag_rows,
    with_tags,
)
from pipeline.web_records import people_of_pages
from pipeline.world import World

Tables = dict[str, Rows]


def made_again(rows: Rows, world_values: dict[str, Any], readings: dict[str, Any], tables: Tables) -> Tables:
    """The person's rows of each table that needs nobody else's records, without what is disputed and hidden."""
    world = world_of(world_values, readings)
    records = frame_of(rows, world.sources)
    wanted = {row["id"] for row in tables["records"]}
    records = records[records["record_id"].isin(wanted)]
    members = sorted(persons_of(records, world.sources), key=founding_order)
    world.board_numbers |= own_numbers(members)
    person = Identified(tables["practitioners"][0]["id"], members)
    disputed = disputed_of(tables.get("disputes", []), members)
    shown = shown_person(person, disputed)
    listed = [item for item in exclusions_of(records, world.sources) if item.record_id not in disputed.exclusions]
    excluded = match_exclusions(listed, [shown])
    return person_tables(person, shown, world, disputed.since(members)) | {
        "claims": claim_rows(members, shown.members, tables),
        "exclusions": exclusion_rows(excluded, world),
        "records": withheld_records(record_rows(records, shown.members, excluded, person.id), disputed),
    }


def own_numbers(members: list[Person]) -> frozenset[str]:
    """Numbers that boards show of this person; a disputed one is on its roster still."""
    return frozenset(item.key for member in members for item in member.licenses if item.primary and item.key)


def disputed_of(rows: Rows, members: list[Person]) -> Disputed:
    """What was hidden at the time, by the claims that the published table names."""
    claims = {claim.id: claim for member in members for claim in claims_of(member)}
    quiet = [row for row in rows if row["outcome"] == HIDDEN]
    fields: dict[str, set[str]] = {}
    for row in quiet:
        if row["claim_id"] in claims:
            fields.setdefault(row["record_id"], set()).add(claims[row["claim_id"]].field)
    lines = (Dispute(row["number"], row["record_id"], row["about"], "", "", row["disputed_on"]) for row in quiet)
    standing = [Standing(line, line.record_id, HIDDEN) for line in lines]
    listed = frozenset(row["record_id"] for row in quiet if row["about"] == EXCLUSION)
    return Disputed(standing, {record: frozenset(names) for record, names in fields.items()}, listed)


def frame_of(rows: Rows, sources: dict[str, SourceFacts]) -> pd.DataFrame:
    """Parsed rows as `pipeline.gather` gives them to a build, pages of web sites made into people."""
    records = [Record(**{**row, "also": tuple(row["also"])}) for row in map(without_run, rows)]
    known = [as_of_register(sources[record.source].register or record.source, record) for record in records]
    frame = pd.DataFrame([as_row(record) for record in known], columns=RECORD_COLUMNS)
    return people_of_pages(frame, sources)[0]


def without_run(row: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in row.items() if name != "run"}


def person_tables(person: Identified, shown: Identified, world: World, since: str) -> Tables:
    row = practitioner_row(shown, {name: source.kind for name, source in world.sources.items()})
    tags = shown_tags(person.members, shown.members, states_of_person(person, row), world, since)
    return {
        "tags": tag_rows(shown, tags),
        "practitioners": [with_tags(row, shown, tags)],
        "licenses": license_rows([shown], world),
        "certifications": certification_rows([shown]),
    }


def claim_rows(members: list[Person], shown: list[Person], tables: Tables) -> Rows:
    """Claims of today's records, hidden ones without their value, and those that only history knows."""
    visible = {claim.id for member in shown for claim in claims_of(member)}
    made = [
        {"id": claim.id, "record_id": claim.record_id, "field": claim.field, "value": claim.value, "current": 1}
        | ({} if claim.id in visible else {"field": about(claim.field), "value": ""})
        for member in members
        for claim in claims_of(member)
    ]
    return made + [row for row in tables.get("claims", []) if not row["current"]]


def record_rows(records: pd.DataFrame, members: list[Person], excluded: Excluded, owner: str) -> Rows:
    """What the published records take from the parsed rows; why they stand together needs the others' records."""
    names = {member.record_id: member.name.display for member in members}
    names |= {item.record_id: item.name.display for found in excluded.confirmed.values() for item in found}
    return [
        {
            "id": row["record_id"],
            "practitioner_id": owner,
            "name": names.get(row["record_id"]),
            "url": row["url"],
            "fetched_at": row["fetched_at"],
            "source_date": row["source_date"],
            "sha256": row["sha256"],
            "fields": shown_json(row),
        }
        for row in rows_of(records)
    ]
