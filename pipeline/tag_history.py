"""The history of the tags: what was shown, and from when until when.

In: today's tags, the history published last time, the time of the build. Out: the history with rows closed and begun,
and on each tag since when its value stands. A row is closed by its `shown_until` and never rewritten otherwise; a tag
that was merely read again goes on in its row.
"""

from __future__ import annotations

import hashlib
import json

import pandas as pd

from pipeline.frames import Rows, framed

KEY = ["practitioner_id", "kind", "scope"]
TAG_COLUMNS = [*KEY, "value", "rule", "because", "claims", "as_of", "needs_review"]
HISTORY_COLUMNS = ["id", *TAG_COLUMNS, "shown_from", "shown_until", "source_date", "changed"]
GROWN_OLD = ("source_failed", "not_checked")
READ_ON = r"\bon \d{4}-\d{2}-\d{2}"  # a reason that only names a later reading is the same reason


def tag_history(tags: Rows, before: pd.DataFrame, now: str) -> pd.DataFrame:
    """Every tag ever shown (HISTORY_COLUMNS): earlier rows first, in their order; writes `changed` into `tags`."""
    today = framed(tags, [*TAG_COLUMNS, "source_date"])
    earlier = framed(before, HISTORY_COLUMNS).astype(object)
    shown = earlier[earlier["shown_until"].isna()]
    both = today.merge(shown, on=KEY, how="left", suffixes=("", "_was"), sort=False)
    goes_on = same(both)
    both["changed"] = changed(both, now)
    for tag, since in zip(tags, both["changed"], strict=True):
        tag["changed"] = since
    kept = set(both.loc[goes_on, "id"])
    begun = both.loc[~goes_on].assign(shown_from=now, shown_until=None)
    begun["id"] = [row_id(values) for values in begun[ID_OF].astype(object).fillna("").itertuples(index=False)]
    closed = earlier["shown_until"].isna() & ~earlier["id"].isin(kept)
    earlier.loc[closed, "shown_until"] = now
    parts = [part for part in (earlier, begun[HISTORY_COLUMNS].astype(object)) if len(part)]
    return pd.concat(parts, ignore_index=True) if parts else framed([], HISTORY_COLUMNS)


ID_OF = [*KEY, "shown_from", "value", "rule", "claims", "needs_review"]


def row_id(values: tuple[str, ...]) -> str:
    return hashlib.sha256("\n".join(values).encode()).hexdigest()[:16]


def same(both: pd.DataFrame) -> pd.Series:
    """Whether a tag says what its open row says: the same value by the same rule from the same claims."""
    alike = both["id"].notna() & (both["value"] == both["value_was"]) & (both["rule"] == both["rule_was"])
    alike &= reasons(both["needs_review"]) == reasons(both["needs_review_was"])
    other = alike & (both["claims"] != both["claims_was"])
    pairs = both.loc[other, ["claims", "claims_was"]].itertuples(index=False)
    alike[other] = pd.Series([in_order(now) == in_order(was) for now, was in pairs], alike.index[other], dtype=bool)
    return alike


def reasons(texts: pd.Series) -> pd.Series:
    return texts.astype(object).fillna("").astype(str).str.replace(READ_ON, "", regex=True)


def in_order(claims: str | None) -> list[str]:
    return sorted(json.loads(claims or "[]"))


def changed(both: pd.DataFrame, now: str) -> pd.Series:
    """When the value last changed: with an unbroken value what its row says; else the reading that brought it or, where
    no reading did (there was none, or it only grew old), this build."""
    as_of = both["as_of"].astype(object)
    begun = as_of.where(as_of.notna() & ~both["value"].isin(GROWN_OLD), now)
    unbroken = both["changed"].notna() & (both["value"] == both["value_was"])
    return both["changed"].astype(object).where(unbroken, begun)
