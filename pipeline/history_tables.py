"""The tables that remember: claims, changes, history of the tags, redirects.

In: today's tables and persons, the tables published last time, what each source was read. Out: the tables; the dates of
facts are written into today's rows. This is the one place that brings the parts of the history together.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

import pandas as pd

from crawler.snapshots import TIMES
from pipeline.before import Before
from pipeline.behind import behind
from pipeline.change_kinds import Words, differing, status_words, value_changes
from pipeline.claims import claims_of
from pipeline.comings import Known, Moves, moves, newcomers
from pipeline.disputed_tables import hidden_ids, silent, told_exclusions, withheld_changes, withheld_claims, without
from pipeline.disputes import Disputed
from pipeline.exclusion_changes import Lists, exclusion_changes
from pipeline.exclusions import Excluded
from pipeline.fact_dates import date_facts
from pipeline.frames import Rows, framed, rows_when_read
from pipeline.history import CHANGE_COLUMNS, CLAIM_COLUMNS, changes_table, claims_table
from pipeline.ids import Identified
from pipeline.listing_changes import listing_changes
from pipeline.tag_history import tag_history
from pipeline.world import World

LICENSE_STATUS = ("record_id", "state", "number", "status")
CERTIFICATION_STATUS = ("record_id", "issuer", "designation", "status")


@dataclass
class History:
    """What a build knows when it writes its history. `shown`: the persons without what is hidden by a
    dispute, in the order of `persons`; `hiding`: what is."""

    persons: list[Identified]
    tables: dict[str, Rows]
    world: World
    excluded: Excluded
    lists: Lists
    redirects: dict[str, str]
    now: datetime
    shown: list[Identified] = field(default_factory=list)
    hiding: Disputed = field(default_factory=Disputed)


def history_tables(build: History, before: Before) -> dict[str, Rows]:
    """Claims, changes, tag_history and redirects; dates the rows of the other tables."""
    today = ((person.id, claim) for person in build.persons for member in person.members for claim in claims_of(member))
    was = framed(before.claims, CLAIM_COLUMNS)
    registers = {name: source.register or name for name, source in build.world.sources.items()}
    read = behind(before.sources, build.world.readings, registers)
    claims = claims_table(today, was, build.redirects, read)
    tables = build.tables
    date_practitioners(tables["practitioners"], claims)
    date_facts(tables["licenses"], tables["certifications"], tables["tags"], tables["records"], claims)
    hidden = hidden_ids(claims, build.hiding, build.persons, build.shown)
    quiet = silent(claims, was, hidden)
    found = news(build, before, without(claims, quiet), without(was, quiet)) if before.records else []
    found = [read.news(part, framed(before.changes, CHANGE_COLUMNS)) for part in found]
    changes = withheld_changes(changes_table(before.changes, found), claims, hidden, build.hiding)
    return {
        "claims": rows_when_read(withheld_claims(claims, hidden, build.hiding)),
        "changes": rows_when_read(changes),
        "tag_history": rows_when_read(tag_history(tables["tags"], before.tag_history, build.now.strftime(TIMES))),
        "redirects": [{"old_id": old, "new_id": new} for old, new in sorted(build.redirects.items())],
    }


def date_practitioners(practitioners: Rows, claims: pd.DataFrame) -> None:
    """First seen, last seen, last changed (since when the youngest value stands)."""
    current = claims[claims["current"] == 1].groupby("practitioner_id")
    first = claims.groupby("practitioner_id")["first_seen"].min().to_dict()
    last, changed = current["last_seen"].max().to_dict(), current["since"].max().to_dict()
    for row in practitioners:
        row["first_seen"] = first[row["id"]]
        row["last_seen"] = last[row["id"]]
        row["last_changed"] = changed[row["id"]]


def news(build: History, before: Before, claims: pd.DataFrame, was: pd.DataFrame) -> list[pd.DataFrame]:
    """What changed since the last build: values, comings and goings, exclusions."""
    today, sources = build.tables["records"], build.world.sources
    registers = {name: source.register or name for name, source in sources.items()}
    known = Known(sources, build.world.readings, before.read_whole(registers))
    owners = owners_now(before, build)
    found = moves(before.records, today, owners, known)
    now, was = claims[claims["current"] == 1], carried_over(was[was["current"] == 1], found)
    differ = differing(now, was, unchanged(before, today))
    fresh = newcomers(found.come, today, before.past().ever(), before.records) if found.come else {}
    parts = [
        value_changes(now, was, differ, words_of(build, before, found, differ)),
        pd.DataFrame(listing_changes(found, fresh, owners, now, was, known)),
        pd.DataFrame(exclusions(build, before, was)),
    ]
    told = {record for part in parts if len(part) for record in part["record_id"]}
    records = {row["id"]: row for rows in (before.records, today) for row in rows if row["id"] in told}
    return [placed(part, build, records) for part in parts if len(part)]


def owners_now(before: Before, build: History) -> dict[str, str]:
    """Record id of last time -> the person it belongs to, or whom it led to, today."""
    today: dict[str, str] = {row["id"]: row["practitioner_id"] for row in build.tables["records"]}
    was: dict[str, str] = {row["id"]: row["practitioner_id"] for row in before.records if row["practitioner_id"]}
    return {record: today.get(record) or build.redirects.get(person, person) for record, person in was.items()}


def unchanged(before: Before, today: Rows) -> set[str]:
    """Records read from the same bytes as last time."""
    was = before.bytes_of()
    return {row["id"] for row in today if was.get(row["id"]) == row["sha256"]}


def carried_over(was: pd.DataFrame, found: Moves) -> pd.DataFrame:
    """Claims of last time under the records that stand for theirs today."""
    if not found.carried:
        return was
    return was.assign(record_id=was["record_id"].map(found.carried).fillna(was["record_id"]))


def words_of(build: History, before: Before, found: Moves, differ: set[str]) -> Words:
    """What each license and certificate of these records meant last time and means today, in the design's words."""
    kinds = {name: source.kind for name, source in build.world.sources.items()}
    today = [
        [row for row in build.tables[name] if row["record_id"] in differ] for name in ("licenses", "certifications")
    ]
    now = status_words(framed(today[0], LICENSE_STATUS), framed(today[1], CERTIFICATION_STATUS))
    old = differ | {old for old, new in found.carried.items() if new in differ}
    was = status_words(of_records(before.licenses, old), of_records(before.certifications, old))
    was = {(found.carried.get(record, record), field): word for (record, field), word in was.items()}
    return Words(now, was, kinds)


def of_records(rows: pd.DataFrame, records: set[str]) -> pd.DataFrame:
    return rows[rows["record_id"].isin(records)] if len(rows) else rows


def exclusions(build: History, before: Before, was: pd.DataFrame) -> Rows:
    """Matches of last time under today's persons, against those of today."""
    led = build.redirects
    earlier = [
        row | {"practitioner_id": led.get(row["practitioner_id"], row["practitioner_id"])} for row in before.exclusions
    ]
    npis = set(was.loc[was["field"] == "npi", "value"])
    records = {row["id"]: row for row in before.records if row["id"] in {item["record_id"] for item in earlier}}
    found = exclusion_changes(build.tables["exclusions"], earlier, build.excluded, build.lists, npis, records)
    return told_exclusions(found, build.hiding)


def placed(part: pd.DataFrame, build: History, records: Mapping[str, Mapping[str, Any]]) -> pd.DataFrame:
    """The state each change is about, and how sure it is that the record is this practitioner's."""
    told = set(part["practitioner_id"])
    people = {row["id"]: row["state"] for row in build.tables["practitioners"] if row["id"] in told}
    asked = part["record_id"].map(lambda record: records.get(record, {}).get("partition") or None)
    licensed = part["field"].str.extract(r"^license ([A-Z]{2})\b", expand=False).astype(object)
    lives = part["practitioner_id"].map(people.get).astype(object)
    level = part["record_id"].map(lambda record: records.get(record, {}).get("match_level"))
    stated = part.get("match_level", level)
    return part.assign(
        state=licensed.fillna(lives).fillna(asked.astype(object)), match_level=level.where(stated.isna(), stated)
    )
