"""Build: every step of the pipeline in order, from records to the published tables.

In: gathered records, readings, the sources' facts, the tables published last time, the time of the build. Out: table
name -> rows, ready for the database. Raises NothingToBuild where no run is good or no record is an acupuncturist's.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any

import pandas as pd

from crawler.snapshots import TIMES
from pipeline.claims import claim_id, claims_of
from pipeline.exclusions import Excluded, match_exclusions
from pipeline.facts import Person, SourceFacts
from pipeline.frames import Rows, rows_of
from pipeline.gather import Reading
from pipeline.history import CHANGE_COLUMNS, CLAIM_COLUMNS, changes_table, claims_table
from pipeline.link import Linker, Links
from pipeline.normalize import exclusions_of, persons_of
from pipeline.persons import Identified, identify, practitioner_row
from pipeline.rules import published_rule_tables
from pipeline.succession import successors
from pipeline.tables import (
    certification_rows,
    exclusion_rows,
    license_rows,
    record_rows,
    shown_json,
    state_rows,
    states_of_person,
    tag_rows,
    with_tags,
)
from pipeline.tag import tags_of
from pipeline.web_records import people_of_pages
from pipeline.world import World

ONCE_ONLY_KINDS = frozenset({"certifier", "registry", "listing"})


class NothingToBuild(Exception):
    """There is nothing a directory could be made of; the message says what to do."""


@dataclass
class Before:
    """Tables of the last published file, empty for a first build."""

    records: Rows = field(default_factory=list)
    claims: Rows = field(default_factory=list)
    changes: Rows = field(default_factory=list)
    redirects: Rows = field(default_factory=list)

    def ids(self) -> dict[str, str]:
        """Record id -> practitioner id."""
        return {row["id"]: row["practitioner_id"] for row in self.records if row["practitioner_id"]}

    def bytes_of(self) -> dict[str, str]:
        """Record id -> hash of the snapshot it was read from."""
        return {row["id"]: row["sha256"] for row in self.records}

    def renamed(self, successor: dict[str, str]) -> Before:
        """The same past under the ids that records have today (a source gave them other keys)."""
        records = [row | {"id": successor.get(row["id"], row["id"])} for row in self.records]
        claims = [renamed_claim(row, successor) for row in self.claims]
        return replace(self, records=records, claims=claims)


@dataclass
class Build:
    """The tables, and what the operator should hear."""

    tables: dict[str, Rows]
    notes: list[str]


def build(
    records: pd.DataFrame,
    readings: dict[str, Reading],
    sources: dict[str, SourceFacts],
    before: Before,
    now: datetime,
) -> Build:
    """Run the pipeline; raises NothingToBuild, and UnknownWord for a word no rule table knows."""
    records, left_out = people_of_pages(records, sources)
    people = persons_of(records, sources)
    if not people:
        raise NothingToBuild("No good run holds a single acupuncturist; the published database stays as it is.")
    before = before.renamed(successors(before.records, new_rows(records, people, before)))
    links = Linker(people, once_only(sources)).link()
    retired = frozenset(str(row["old_id"]) for row in before.redirects)
    persons, merged = identify(links.clusters, before.ids(), retired)
    redirects = followed(before.redirects, merged)
    numbers = frozenset(item.key for person in people for item in person.licenses if item.primary and item.key)
    world = World(sources, readings, now, undecided_sources(links, people), numbers)
    excluded = match_exclusions(exclusions_of(records, sources), persons)
    tables = person_tables(persons, world, records, links, excluded)
    tables |= history_tables(persons, before, redirects, tables)
    tables["states"] = state_rows(sources)
    tables |= {name: rows for name, rows in published_rule_tables().items() if name != "states"}
    return Build(tables, notes_of(links, excluded) + left_out)


def renamed_claim(row: dict[str, Any], successor: dict[str, str]) -> dict[str, Any]:
    """A claim of the past under its record's id of today."""
    if row["record_id"] not in successor:
        return row
    record_id = successor[row["record_id"]]
    return row | {"record_id": record_id, "id": claim_id(record_id, row["field"], row["value"])}


def new_rows(records: pd.DataFrame, people: list[Person], before: Before) -> Rows:
    """Records that were not published last time, laid out as far as succession looks."""
    old, names = set(before.bytes_of()), {person.record_id: person.name.display for person in people}
    rows = (row for row in rows_of(records) if row["record_id"] in names)
    return [
        {"id": row["record_id"], "source": row["source"], "name": names[row["record_id"]]}
        | {"fields": "{}" if row["record_id"] in old else shown_json(row)}
        for row in rows
    ]


def followed(redirects: Rows, merged: dict[str, str]) -> dict[str, str]:
    """Earlier redirects led on to where their targets went, and today's."""
    earlier = {str(row["old_id"]): str(row["new_id"]) for row in redirects}
    return {old: merged.get(new, new) for old, new in earlier.items()} | merged


def once_only(sources: dict[str, SourceFacts]) -> frozenset[str]:
    """Sources that list each person once; a board lists each license."""
    return frozenset(name for name, source in sources.items() if source.kind in ONCE_ONLY_KINDS)


def undecided_sources(links: Links, people: Iterable[Any]) -> dict[str, list[str]]:
    """Record id -> sources that hold a record which may be the same person's."""
    source_of = {person.record_id: person.source for person in people}
    found: dict[str, list[str]] = defaultdict(list)
    for first, second in links.undecided:
        found[first].append(source_of[second])
        found[second].append(source_of[first])
    return dict(found)


def person_tables(
    persons: list[Identified], world: World, records: pd.DataFrame, links: Links, excluded: Excluded
) -> dict[str, Rows]:
    """The tables that hold one person's rows each."""
    kinds = {name: source.kind for name, source in world.sources.items()}
    practitioners, tags = [], []
    for person in persons:
        row = practitioner_row(person, kinds)
        found = tags_of(person.members, states_of_person(person, row), world)
        practitioners.append(with_tags(row, person, found))
        tags += tag_rows(person, found)
    return {
        "practitioners": practitioners,
        "tags": tags,
        "licenses": license_rows(persons, world),
        "certifications": certification_rows(persons),
        "exclusions": exclusion_rows(excluded, world),
        "records": record_rows(records, persons, links, excluded),
    }


def history_tables(
    persons: list[Identified], before: Before, redirects: dict[str, str], tables: dict[str, Rows]
) -> dict[str, Rows]:
    """Claims with first and last seen, changes, redirects; dates each practitioner row."""
    was = pd.DataFrame(before.claims, columns=CLAIM_COLUMNS)
    today = [(person.id, claim) for person in persons for member in person.members for claim in claims_of(member)]
    claims = claims_table(today, was, redirects)
    newest = max((claim.fetched_at for _, claim in today), default="")
    earlier = pd.DataFrame(before.changes, columns=CHANGE_COLUMNS)
    changes = changes_table(claims, was, earlier, unchanged_records(before, tables["records"]), newest)
    date_practitioners(tables["practitioners"], claims)
    return {
        "claims": rows_of(claims),
        "changes": rows_of(changes),
        "redirects": [{"old_id": old, "new_id": new} for old, new in sorted(redirects.items())],
    }


def unchanged_records(before: Before, today: Rows) -> set[str]:
    """Records read from the same bytes as last time."""
    was = before.bytes_of()
    return {row["id"] for row in today if was.get(row["id"]) == row["sha256"]}


def date_practitioners(practitioners: Rows, claims: pd.DataFrame) -> None:
    """First seen, last seen, last changed (the newest first sight of a claim that counts)."""
    current = claims[claims["current"] == 1].groupby("practitioner_id")
    first = claims.groupby("practitioner_id")["first_seen"].min().to_dict()
    last, changed = current["last_seen"].max().to_dict(), current["first_seen"].max().to_dict()
    for row in practitioners:
        row["first_seen"] = first[row["id"]]
        row["last_seen"] = last[row["id"]]
        row["last_changed"] = changed[row["id"]]


def notes_of(links: Links, excluded: Excluded) -> list[str]:
    """What the operator should hear, without naming anybody."""
    notes = []
    if links.undecided:
        notes.append(f"{len(links.undecided)} pairs of one name and state were left apart, undecided.")
    if excluded.possible:
        notes.append(
            f"{excluded.possible} exclusions share only name and state with a practitioner; they are not shown."
        )
    return notes


COUNTED = ("practitioners", "records", "licenses", "certifications", "claims", "changes")


def build_info(now: datetime, version: str, sample: bool, tables: dict[str, Rows]) -> Rows:
    """What the file says of itself; `sample` says that its people are invented."""
    facts = {"built_at": now.strftime(TIMES), "version": version, "sample": str(int(sample))}
    facts |= {name: str(len(tables[name])) for name in COUNTED}
    return [{"key": key, "value": value} for key, value in facts.items()]
