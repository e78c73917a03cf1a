"""The exclusion list in the history: a possible match appeared, or went.

In: matches shown today and last time, and what the list holds today. Out: rows of `changes` without ids, each worded as
a possible match. A match is news only where the list changed: it appears where the practitioner's NPI was known last
time and the list had been read recently; it went where a later whole reading holds it no longer, or says that it is
lifted. A list that was not read, or grew stale, changes nothing.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from pipeline.exclusions import Excluded
from pipeline.frames import Rows
from pipeline.gather import Reading
from pipeline.normalize import Exclusion
from pipeline.rules import window_days
from pipeline.world import parsed

Row = Mapping[str, Any]


@dataclass
class Lists:
    """What the sources of kind exclusions hold. `printed`: record id -> source, of every row of today;
    `in_force`: the exclusions among them; `before`: table sources of the last build by name, made at `built_before`.
    """

    readings: Mapping[str, Reading]
    printed: Mapping[str, str]
    in_force: list[Exclusion]
    before: Mapping[str, Row] = field(default_factory=dict)
    built_before: str = ""

    def was_fresh(self, source: str) -> bool:
        """Whether the last build could show a match of this list."""
        row = self.before.get(source)
        if not row or not row["last_good_read"] or not row["complete"] or not self.built_before:
            return False
        return (parsed(self.built_before) - parsed(row["last_good_read"])).days <= window_days("stale")

    def without(self, row: Row, source: str) -> str:
        """When the list was read without this exclusion, or with word that it is lifted; "" where neither is known."""
        reading = self.readings.get(source)
        if reading is None or row["record_id"] in {item.record_id for item in self.in_force}:
            return ""
        if row["record_id"] in self.printed:
            return reading.last_good
        read_at = reading.read_whole_at("")
        return read_at if read_at > row["as_of"] else ""


def exclusion_changes(
    shown: Rows, before: Rows, excluded: Excluded, lists: Lists, known_npis: set[str], records: Mapping[str, Row]
) -> Rows:
    """Rows for matches that appeared and that went.

    `shown`, `before`: rows of table exclusions, the latter under today's persons; `known_npis`: NPIs that
    practitioners' records stated last time; `records`: the records of last time by id.
    """
    return appeared(shown, before, excluded, lists, known_npis) + went(shown, before, lists, records)


def appeared(shown: Rows, before: Rows, excluded: Excluded, lists: Lists, known_npis: set[str]) -> Rows:
    npis = {item.record_id: item.npi for found in excluded.confirmed.values() for item in found}
    known, records = {key_of(row) for row in before}, {row["record_id"] for row in before}
    return [
        change(row, "exclusion_appeared", row["as_of"], source)
        for row in shown
        if row["record_id"] not in records and key_of(row) not in known
        for source in [lists.printed.get(row["record_id"], "")]
        if lists.was_fresh(source) and npis.get(row["record_id"]) in known_npis
    ]


def went(shown: Rows, before: Rows, lists: Lists, records: Mapping[str, Row]) -> Rows:
    now = {key_of(row) for row in shown}
    printed = {(item.name.display, item.exclusion_type, item.excluded_on) for item in lists.in_force}
    rows = []
    for row in before:
        record = records.get(row["record_id"], {"source": "", "name": ""})
        at = lists.without(row, record["source"])
        same = (record["name"], row["exclusion_type"], row["excluded_on"]) in printed
        if at and not same and key_of(row) not in now:
            rows.append(change(row, "exclusion_went", at, record["source"]))
    return rows


def key_of(row: Row) -> tuple[str, str, str]:
    """The same exclusion of the same person, however the list prints the rest of its row."""
    return str(row["practitioner_id"]), str(row["exclusion_type"]), str(row["excluded_on"])


def change(row: Row, kind: str, at: str, source: str) -> dict[str, Any]:
    said = f"possible match, {row['exclusion_type']} of {row['excluded_on']}"
    values: Iterable[str | None] = (None, said) if kind == "exclusion_appeared" else (said, None)
    return {
        "at": at,
        "practitioner_id": row["practitioner_id"],
        "field": "exclusion",
        **dict(zip(("old", "new"), values, strict=True)),
        "record_id": row["record_id"],
        "kind": kind,
        "source": source,
        "match_level": "confirmed",
        "disciplinary": 1,
    }
