"""History: what was known, since when, and what changed. Append-only; nothing is ever rewritten.

In: today's claims, and the tables published last time. Out: claims with first and last seen, and rows of `changes`.
A claim that is no longer in the records that count is kept with `current` 0; because failed, blocked and partial runs
drop no record, they can never make anything look gone. What kind of change it is: `pipeline.change_kinds`; who came and
went: `pipeline.comings`; the exclusion list: `pipeline.exclusion_changes`.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping
from typing import Any

import pandas as pd

from pipeline.behind import Behind
from pipeline.claims import Claim
from pipeline.frames import framed

CLAIM_COLUMNS = [
    "id",
    "practitioner_id",
    "record_id",
    "source",
    "source_key",
    "field",
    "value",
    "first_seen",
    "last_seen",
    "current",
    "since",
    "disputed",
]
CHANGE_COLUMNS = [
    "id",
    "at",
    "practitioner_id",
    "field",
    "old",
    "new",
    "record_id",
    "kind",
    "source",
    "state",
    "match_level",
    "disciplinary",
]
NOT_BEHIND = Behind()
CONTENT = ["at", "practitioner_id", "field", "old", "new", "record_id"]


def claims_table(
    today: Iterable[tuple[str, Claim]], before: pd.DataFrame, redirects: dict[str, str], read: Behind = NOT_BEHIND
) -> pd.DataFrame:
    """Today's claims (with their practitioner id) laid over yesterday's; columns CLAIM_COLUMNS.

    `read`: which sources were read less far than yesterday; what only their lost reading showed still counts.
    """
    rows = [
        (c.id, person, c.record_id, c.source, c.source_key, c.field, c.value, c.fetched_at, c.fetched_at, 1)
        for person, c in today
    ]
    now = pd.DataFrame(rows, columns=CLAIM_COLUMNS[:-2]).drop_duplicates("id", ignore_index=True)
    now["since"], now["disputed"] = now["first_seen"], ""
    if before.empty:
        return now
    date_claims(now, before, read)
    known = set(now["id"])
    gone = before[[claim not in known for claim in before["id"]]].copy()
    gone["current"] = gone["current"].where(read.keeps(gone, now["record_id"]), 0)
    owners = dict(zip(now["record_id"], now["practitioner_id"], strict=True))
    pairs = zip(gone["record_id"], gone["practitioner_id"], strict=True)
    gone["practitioner_id"] = [owners.get(record) or redirects.get(person, person) for record, person in pairs]
    return pd.concat([now, gone[CLAIM_COLUMNS]], ignore_index=True)


def date_claims(now: pd.DataFrame, before: pd.DataFrame, read: Behind) -> None:
    """First sight as it is remembered; `since` goes on where the claim counted last time too, else begins anew."""
    was = now[["id"]].merge(
        before[["id", "first_seen", "since", "current", "last_seen"]], on="id", how="left", suffixes=("_now", "")
    )
    first, since = was["first_seen"], was["since"].fillna(was["first_seen"])
    known = first.notna() & (first < now["first_seen"])
    counted = (was["current"] == 1) | read.unbroken(now["source"], was["last_seen"])
    unbroken = since.notna() & counted & (since < now["since"])
    now["first_seen"] = first.where(known, now["first_seen"])
    now["since"] = since.where(unbroken, now["since"])


def changes_table(before: pd.DataFrame, found: Iterable[pd.DataFrame]) -> pd.DataFrame:
    """Earlier changes and, below them, those found by this build that are not among them."""
    parts = [framed(part, CHANGE_COLUMNS) for part in found if len(part)]
    earlier = framed(before, CHANGE_COLUMNS)
    if not parts:
        return earlier
    fresh = pd.concat(parts, ignore_index=True).astype(object)
    fresh = fresh.where(fresh.notna(), None)
    fresh["id"] = [change_id(row) for row in fresh[CONTENT].to_dict("records")]
    fresh = fresh.drop_duplicates("id").sort_values(["at", "practitioner_id", "field"])
    fresh = fresh[~fresh["id"].isin(earlier["id"])]
    return pd.concat([earlier, fresh], ignore_index=True) if len(earlier) else fresh.reset_index(drop=True)


def change_id(row: Mapping[Any, Any]) -> str:
    """Made of what the change says, so that a repeated build adds nothing twice."""
    content = "\n".join(str(row[name]) for name in CONTENT)
    return hashlib.sha256(content.encode()).hexdigest()[:16]
