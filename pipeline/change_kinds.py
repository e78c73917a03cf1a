"""Kinds of changes: what it means that a record says something else than it did.

In: the claims of today and of last time, what each license and certificate means in the design's words. Out: rows of
`changes` without ids. Records are compared with themselves, never persons with persons: a merge or a split of persons
is no news. A record read again from the same bytes is none either: what differs there is our reading, corrected.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import pandas as pd

from crawler.records import plain_word
from pipeline.facts import DISCIPLINE, LIVE
from pipeline.names import fold
from pipeline.normalize import UNNAMED
from pipeline.statuses import UnknownWord, license_status

EXPIRES, ACTED = " expires", " discipline"
DETAIL, NO_NEWS = "detail_changed", ""
LICENSE = r"^license (\S+)(?: .*?)??( expires| discipline)?$"
AT_ONCE, SHARE_AT_ONCE = 20, 0.5  # so many rows of a source begin or end to state a thing: its list changed, not they
Row = dict[Any, Any]


@dataclass(frozen=True)
class Words:
    """`now`, `was`: (record id, field of the claim) -> status in the design's words. `kinds`: source -> kind."""

    now: Mapping[tuple[str, str], str]
    was: Mapping[tuple[str, str], str]
    kinds: Mapping[str, str]

    def statuses(self, row: Row) -> tuple[str, str]:
        """What the record's word meant last time, and what it means today; "" where that is not known."""
        key = (row["record_id"], row["field"])
        return self.was.get((row["record_id"], row.get("field_old") or row["field"]), ""), self.now.get(key, "")

    def of_source(self, row: Row) -> str:
        return self.kinds.get(row["source"], "")


def status_words(licenses: pd.DataFrame, certifications: pd.DataFrame) -> dict[tuple[str, str], str]:
    """(record id, field of the claim) -> status, of the columns of the two tables."""
    found: dict[tuple[str, str], str] = {}
    if len(licenses):
        columns = [licenses[name].fillna("") for name in ("record_id", "state", "number", "status")]
        rows = zip(*columns, strict=True)
        found = {(record, f"license {state} {number}".rstrip()): status for record, state, number, status in rows}
    if len(certifications):
        columns = [certifications[name] for name in ("record_id", "issuer", "designation", "status")]
        rows = zip(*columns, strict=True)
        found |= {(record, f"certification {issuer} {name}"): status for record, issuer, name, status in rows}
    return found


def differing(now: pd.DataFrame, was: pd.DataFrame, unchanged: set[str]) -> set[str]:
    """Records that were and are, and say something else; both frames hold only claims that count."""
    new, old = set(now["id"]), set(was["id"])
    come, gone = now["id"].isin(list(new - old)), was["id"].isin(list(old - new))
    both = set(now.loc[come, "record_id"]).union(was.loc[gone, "record_id"]) - unchanged
    return both.intersection(now["record_id"], was["record_id"]) if both else both


def value_changes(now: pd.DataFrame, was: pd.DataFrame, differ: set[str], words: Words) -> pd.DataFrame:
    """A row for every field of these records that says something else."""
    if not differ:
        return pd.DataFrame()
    sizes = now.drop_duplicates("record_id")["source"].value_counts()
    now, was = now[now["record_id"].isin(differ)], was[was["record_id"].isin(differ)]
    rows = compared(now, was, words)
    rows = rows[rows["old"].map(plain) != rows["new"].map(plain)]
    rows = rows[~at_once(rows, sizes)]
    news = rows.to_dict("records")
    rows = rows.assign(kind=[kind_of(row, words) for row in news])
    rows = rows.assign(disciplinary=[int(is_disciplinary(row, words)) for row in news])
    return rows[rows["kind"] != NO_NEWS].drop(columns=["slot", "field_old"])


def compared(now: pd.DataFrame, was: pd.DataFrame, words: Words) -> pd.DataFrame:
    """Each slot of each record with its values of last time and of today, None where there was or is none."""
    key = ["record_id", "slot"]
    new, old = joined_values(now, words), joined_values(was, words)
    rows = old.merge(new, on=key, how="outer", suffixes=("_old", "_new")).astype(object)
    rows = rows.where(rows.notna(), None)
    records = now.drop_duplicates("record_id").set_index("record_id")
    return pd.DataFrame(
        {
            "at": rows["record_id"].map(records["last_seen"]),
            "practitioner_id": rows["record_id"].map(records["practitioner_id"]),
            "source": rows["record_id"].map(records["source"]),
            "record_id": rows["record_id"],
            "slot": rows["slot"],
            "field": rows["field_new"].where(rows["field_new"].notna(), rows["field_old"]),
            "field_old": rows["field_old"],
            "old": rows["value_old"],
            "new": rows["value_new"],
        }
    ).astype(object)


def joined_values(claims: pd.DataFrame, words: Words) -> pd.DataFrame:
    """One row a record and slot: its values (several names, say) in one text.

    A board's row is one license: its number may be printed otherwise without being another license.
    """
    slots = claims["field"].str.replace(LICENSE, r"license \1\2", regex=True)
    board = claims["source"].map(words.kinds) == "board"
    claims = claims.assign(slot=slots.where(board, claims["field"])).sort_values("value")
    grouped = claims.groupby(["record_id", "slot"], as_index=False)
    return grouped.agg(value=("value", "; ".join), field=("field", "first"))


def plain(value: str | None) -> str:
    """Capitals and blanks are how a list is printed, no news."""
    return plain_word(value) if value else ""


def at_once(rows: pd.DataFrame, sizes: pd.Series) -> pd.Series:
    """Rows of a thing that half of a source's rows begin or end to state in one build."""
    side = rows["old"].isna().astype(int) - rows["new"].isna().astype(int)
    thing = (
        rows["slot"].str.replace(LICENSE, r"license\2", regex=True).str.replace(r"^certification .*", "c", regex=True)
    )
    alike = rows.assign(side=side, thing=thing).groupby(["source", "thing", "side"])["slot"].transform("size")
    many = (alike >= AT_ONCE) & (alike >= SHARE_AT_ONCE * rows["source"].map(sizes).astype(float))
    return (side != 0) & many


def kind_of(row: Row, words: Words) -> str:
    """The kind of one difference, NO_NEWS where it is none."""
    if row["old"] is None or row["new"] is None:
        return one_sided(row, words)
    if row["field"] == "name":
        return "renamed" if letters(row["old"]) != letters(row["new"]) else DETAIL
    if row["field"] == "city":
        return "moved"
    if words.of_source(row) == "board" and row["field"].endswith(EXPIRES):
        return "renewed" if row["new"] > row["old"] else DETAIL
    if words.of_source(row) in ("board", "certifier") and words.statuses(row)[1]:
        return by_status(row, *words.statuses(row))
    return DETAIL


def one_sided(row: Row, words: Words) -> str:
    """Something that a record begins or ends to state."""
    if not row["field"].startswith("certification ") or words.of_source(row) != "certifier":
        return DETAIL
    if UNNAMED in row["field"] or words.was.get((row["record_id"], unnamed(row["field"]))) != words.now.get(
        (row["record_id"], unnamed(row["field"]))
    ):
        return NO_NEWS  # the list prints no designations, the profile does: which of the two was read is no news
    return "listed" if row["old"] is None else "no_longer_listed"


def unnamed(field: str) -> str:
    return " ".join([*field.split(" ")[:2], UNNAMED])


def by_status(row: Row, old: str, new: str) -> str:
    """A word that means another status; another word for the same one is a detail."""
    if old == new:
        return DETAIL
    return "lapsed" if has_lapsed(row["new"], old, new) else "status_changed"


def has_lapsed(word: str, old: str, new: str) -> bool:
    """Whether the word says that a license or certificate ran out, or that it is no longer current."""
    if new == "listed_inactive":
        return means_expired(word)
    return new == "expired" or (new == "inactive" and old in LIVE and "currently_licensed" in word)


def means_expired(word: str) -> bool:
    """Whether a certifier's word is one that boards use for a license that ran out (`Lapsed Diplomate`)."""
    try:
        return license_status("*", plain_word(word).removesuffix(" diplomate")) == "expired"
    except UnknownWord:
        return False


def is_disciplinary(row: Row, words: Words) -> bool:
    """Whether either word speaks of discipline."""
    return row["field"].endswith(ACTED) or not DISCIPLINE.isdisjoint(words.statuses(row))


def letters(name: str) -> list[str]:
    """A name without what printing adds: order, capitals, accents, hyphens."""
    return sorted(sign for sign in fold(name) if sign.isalnum())
