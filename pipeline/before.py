"""Before: the tables published last time, which history goes on from.

In: rows of the last published file; its large tables as frames. Out: the same past under the ids that records have
today, which ids were given to whom, every renaming of a record, and what each source had read whole by then.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property

import pandas as pd

from crawler.snapshots import EVERYTHING
from pipeline.claims import claim_id
from pipeline.frames import Rows
from pipeline.ids import Past
from pipeline.renamings import Renamings, renaming_rows


@dataclass
class Before:
    """Tables of the last published file, empty for a first build."""

    records: Rows = field(default_factory=list)
    redirects: Rows = field(default_factory=list)
    renamed_records: Rows = field(default_factory=list)
    exclusions: Rows = field(default_factory=list)
    sources: Rows = field(default_factory=list)
    build_info: Rows = field(default_factory=list)
    claims: pd.DataFrame = field(default_factory=pd.DataFrame)
    changes: pd.DataFrame = field(default_factory=pd.DataFrame)
    licenses: pd.DataFrame = field(default_factory=pd.DataFrame)
    certifications: pd.DataFrame = field(default_factory=pd.DataFrame)
    tag_history: pd.DataFrame = field(default_factory=pd.DataFrame)

    def past(self) -> Past:
        """Who was who: of records that were gone last time, their claims remember it."""
        claims = self.claims.drop_duplicates("record_id", keep="last") if len(self.claims) else None
        remembered = {} if claims is None else dict(zip(claims["record_id"], claims["practitioner_id"], strict=True))
        return Past(
            owner={row["id"]: row["practitioner_id"] for row in self.records if row["practitioner_id"]},
            remembered=remembered,
            redirects={str(row["old_id"]): str(row["new_id"]) for row in self.redirects},
            earlier_keys=Renamings(self.renamed_records).earlier_keys(),
        )

    def bytes_of(self) -> dict[str, str]:
        """Record id -> hash of the snapshot it was read from."""
        return {row["id"]: row["sha256"] for row in self.records}

    @cached_property
    def built_at(self) -> str:
        """When the last file was built, or ""."""
        return next((str(row["value"]) for row in self.build_info if row["key"] == "built_at"), "")

    def read_whole(self, register: Mapping[str, str]) -> dict[str, set[str]]:
        """Register -> states that had been read whole by then (EVERYTHING: all)."""
        found: dict[str, set[str]] = {}
        for row in self.sources:
            states = {EVERYTHING} if row["complete"] else set(json.loads(row["complete_states"] or "[]"))
            found.setdefault(register.get(row["name"], row["name"]), set()).update(states)
        return found

    def renamed(self, successor: dict[str, str], today: Rows, since: str) -> Before:
        """The same past under the ids that records have today (a source gave them other keys at `since`)."""
        if not successor:
            return self
        renamed = self.renamed_records + renaming_rows(successor, self.records, today, since)
        records = [row | {"id": successor.get(row["id"], row["id"])} for row in self.records]
        return replace(
            self,
            records=records,
            claims=renamed_claims(self.claims, successor),
            licenses=under_new_ids(self.licenses, successor),
            certifications=under_new_ids(self.certifications, successor),
            renamed_records=renamed,
        )


def under_new_ids(rows: pd.DataFrame, successor: Mapping[str, str]) -> pd.DataFrame:
    """Rows with a `record_id`, under the ids that records have today."""
    if rows.empty:
        return rows
    return rows.assign(record_id=rows["record_id"].map(successor).fillna(rows["record_id"]))


def renamed_claims(claims: pd.DataFrame, successor: Mapping[str, str]) -> pd.DataFrame:
    """The claims of the past under their records' ids of today."""
    touched = claims["record_id"].isin(list(successor))
    claims = under_new_ids(claims, successor)
    ids = [claim_id(*row) for row in claims.loc[touched, ["record_id", "field", "value"]].itertuples(index=False)]
    claims.loc[touched, "id"] = ids
    return claims
