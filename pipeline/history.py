"""History: what was known, since when, and what changed. Append-only; nothing is ever rewritten.

In: today's claims, and the tables published last time. Out: claims with first and last seen, and new rows of
`changes`. A claim that is no longer in the records that count is kept with `current` 0; because failed, blocked and
partial runs drop no record, they can never make anything look gone.
"""

from __future__ import annotations

import hashlib
from typing import Any

import pandas as pd

from pipeline.claims import Claim
from pipeline.frames import rows_of

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
]
CHANGE_COLUMNS = ["id", "at", "practitioner_id", "field", "old", "new", "record_id"]


def claims_table(today: list[tuple[str, Claim]], before: pd.DataFrame, redirects: dict[str, str]) -> pd.DataFrame:
    """Today's claims (with their practitioner id) laid over yesterday's; columns CLAIM_COLUMNS."""
    rows = [
        [c.id, person, c.record_id, c.source, c.source_key, c.field, c.value, c.fetched_at, c.fetched_at, 1]
        for person, c in today
    ]
    now = pd.DataFrame(rows, columns=CLAIM_COLUMNS).drop_duplicates("id")
    if before.empty:
        return now
    first = before.set_index("id")["first_seen"]
    known = now["id"].map(first)
    now["first_seen"] = known.where(known.notna() & (known < now["first_seen"]), now["first_seen"])
    gone = before[~before["id"].isin(now["id"])].copy()
    gone["current"] = 0
    gone["practitioner_id"] = gone["practitioner_id"].map(lambda old: redirects.get(old, old))
    owner = now.drop_duplicates("record_id").set_index("record_id")["practitioner_id"]
    gone["practitioner_id"] = gone["record_id"].map(owner).fillna(gone["practitioner_id"])
    return pd.concat([now, gone[CLAIM_COLUMNS]], ignore_index=True)


def changes_table(
    claims: pd.DataFrame, before_claims: pd.DataFrame, before: pd.DataFrame, unchanged: set[str], at: str
) -> pd.DataFrame:
    """Earlier changes and, below them, what differs from the claims published last time.

    A first build has no changes: everything is simply first seen. `unchanged` are records read from the same bytes as
    last time: what differs there is our reading, corrected, and no news of a person. `at` is the newest reading of the
    build, used where a claim went away and no record can date it.
    """
    if before_claims.empty:
        return before
    new = [change(row) for row in compared(claims, before_claims, at) if row["record_id"] not in unchanged]
    fresh = pd.DataFrame(new, columns=CHANGE_COLUMNS).drop_duplicates("id")
    fresh = fresh[~fresh["id"].isin(before["id"])] if not before.empty else fresh
    return (
        pd.concat([before, fresh.sort_values(["at", "practitioner_id", "field"])], ignore_index=True)
        if len(fresh)
        else before
    )


def compared(claims: pd.DataFrame, before: pd.DataFrame, at: str) -> list[dict[str, Any]]:
    """Rows (practitioner, field, old value, new value) for every field of every record whose claim differs."""
    now = claims[claims["current"] == 1]
    was = before[before["current"].astype(int) == 1]
    key = ["record_id", "field"]
    both = joined_values(was, key).merge(joined_values(now, key), on=key, how="outer", suffixes=("_old", "_new"))
    differ = both[both["value_old"].fillna("") != both["value_new"].fillna("")]
    return [difference(row, at) for row in rows_of(differ)]


def joined_values(claims: pd.DataFrame, key: list[str]) -> pd.DataFrame:
    """One row a record and field: its values (several names, say) in one text."""
    grouped = claims.sort_values("value").groupby(key, as_index=False)
    return grouped.agg(
        value=("value", "; ".join), practitioner_id=("practitioner_id", "first"), at=("last_seen", "max")
    )


def difference(row: dict[str, Any], at: str) -> dict[str, Any]:
    new = row["value_new"]
    owner = row["practitioner_id_new"] if new is not None else row["practitioner_id_old"]
    return {
        "at": row["at_new"] if new is not None else at,
        "practitioner_id": owner,
        "field": row["field"],
        "old": row["value_old"],
        "new": new,
        "record_id": row["record_id"],
    }


def change(row: dict[str, Any]) -> list[Any]:
    """A row of `changes`; its id is made of its content, so that a repeated build adds nothing twice."""
    content = "\n".join(str(row[name]) for name in ("at", "practitioner_id", "field", "old", "new", "record_id"))
    identifier = hashlib.sha256(content.encode()).hexdigest()[:16]
    return [
        identifier,
        row["at"],
        row["practitioner_id"],
        row["field"],
        row["old"],
        row["new"],
        row["record_id"],
    ]
