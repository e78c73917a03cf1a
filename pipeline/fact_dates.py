"""The dates of a fact: the source's own, and since when its value stands.

In: records, claims with `since`. Out: `source_date` and `changed` in rows of licenses, certifications and tags. A
license changed when its word, its expiry or its discipline last did.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping

import pandas as pd

from pipeline.frames import Rows

PARTS = ("", " expires", " discipline")
Since = Mapping[tuple[str, str], str]


def date_facts(licenses: Rows, certifications: Rows, tags: Rows, records: Rows, claims: pd.DataFrame) -> None:
    """Fill the columns; of tags only `source_date`, for `changed` is the history's to say."""
    dated = {row["id"]: row["source_date"] for row in records if row["source_date"]}
    since = since_of(claims)
    for row in licenses:
        field = f"license {row['state']} {row['number']}".rstrip()
        row |= {
            "source_date": dated.get(row["record_id"]),
            "changed": newest(row, [field + part for part in PARTS], since),
        }
    for row in certifications:
        field = f"certification {row['issuer']} {row['designation']}"
        row |= {"source_date": dated.get(row["record_id"]), "changed": newest(row, [field], since)}
    date_tags(tags, dated, claims)


def since_of(claims: pd.DataFrame) -> Since:
    """(record id, field) -> since when its value stands, of licenses and certificates that count."""
    wanted = claims["field"].str.startswith(("license ", "certification ")) & (claims["current"] == 1)
    chosen = claims.loc[wanted, ["record_id", "field", "since"]].sort_values("since")
    return dict(zip(zip(chosen["record_id"], chosen["field"], strict=True), chosen["since"], strict=True))


def newest(row: Mapping[str, str], fields: Iterable[str], since: Since) -> str | None:
    return max((since[key] for field in fields if (key := (row["record_id"], field)) in since), default=None)


def date_tags(tags: Rows, dated: Mapping[str, str], claims: pd.DataFrame) -> None:
    """The newest date that a source prints on what a tag rests on."""
    cited = [json.loads(row["claims"]) for row in tags]
    chosen = claims[
        claims["id"].isin({claim for ids in cited for claim in ids}) & claims["record_id"].isin(list(dated))
    ]
    dates = dict(zip(chosen["id"], chosen["record_id"].map(dated), strict=True))
    for row, ids in zip(tags, cited, strict=True):
        row["source_date"] = max((dates[claim] for claim in ids if claim in dates), default=None)
