"""Before: the tables published last time, which history goes on from.

In: rows of the last published file. Out: the same past under the ids that records have today, which ids were given to
whom, and every renaming of a record.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import Any

from pipeline.claims import claim_id
from pipeline.frames import Rows
from pipeline.ids import Past
from pipeline.renamings import Renamings, renaming_rows


@dataclass
class Before:
    """Tables of the last published file, empty for a first build."""

    records: Rows = field(default_factory=list)
    claims: Rows = field(default_factory=list)
    changes: Rows = field(default_factory=list)
    redirects: Rows = field(default_factory=list)
    renamed_records: Rows = field(default_factory=list)

    def past(self) -> Past:
        """Who was who: of records that were gone last time, their claims remember it."""
        return Past(
            owner={row["id"]: row["practitioner_id"] for row in self.records if row["practitioner_id"]},
            remembered={row["record_id"]: row["practitioner_id"] for row in self.claims},
            redirects={str(row["old_id"]): str(row["new_id"]) for row in self.redirects},
            earlier_keys=Renamings(self.renamed_records).earlier_keys(),
        )

    def bytes_of(self) -> dict[str, str]:
        """Record id -> hash of the snapshot it was read from."""
        return {row["id"]: row["sha256"] for row in self.records}

    def renamed(self, successor: dict[str, str], today: Rows, since: str) -> Before:
        """The same past under the ids that records have today (a source gave them other keys at `since`)."""
        renamed = self.renamed_records + renaming_rows(successor, self.records, today, since)
        records = [row | {"id": successor.get(row["id"], row["id"])} for row in self.records]
        claims = [renamed_claim(row, successor) for row in self.claims]
        return replace(self, records=records, claims=claims, renamed_records=renamed)


def renamed_claim(row: dict[str, Any], successor: dict[str, str]) -> dict[str, Any]:
    """A claim of the past under its record's id of today."""
    if row["record_id"] not in successor:
        return row
    record_id = successor[row["record_id"]]
    return row | {"record_id": record_id, "id": claim_id(record_id, row["field"], row["value"])}
