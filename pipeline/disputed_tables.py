"""Disputed tables: what is hidden, left out of the tables that remember.

In: frames of claims and changes, rows of records, what is hidden today. Out: the same with hidden values withheld, and
given back when the dispute is over. A withheld value leaves the id of its claim in its place, which says nothing and
lets the value return: nothing of the history is lost. That a fact is hidden, or shown again, is no news.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from typing import Any

import pandas as pd

from pipeline.claims import claims_of
from pipeline.disputes import EXCLUSION, HIDDEN, REPEATED, WAITING, Disputed, about
from pipeline.frames import Rows, rows_of
from pipeline.ids import Identified

MARK = re.compile(r"\[disputed ([0-9a-f]{16})\]")
CELLS = ("field", "old", "new")
WHOLE_RECORD = ("listing", "practitioner")


def withheld_records(rows: Rows, disputed: Disputed) -> Rows:
    """Of a record with a hidden fact only what it is called and when it was read; its printed fields are left out."""
    if not disputed.fields:
        return rows
    return [
        row | {"fields": "{}"} | ({"name": None} if "name" in fields else {})
        if (fields := disputed.fields.get(row["id"]))
        else row
        for row in rows
    ]


def hidden_ids(claims: pd.DataFrame, disputed: Disputed, full: list[Identified], shown: list[Identified]) -> set[str]:
    """Claims that are hidden: all that a person's records say and his or her shown records do not, and disputed ones of
    records that no source shows today."""
    found: set[str] = set()
    for was, now in zip(full, shown or full, strict=True):
        if was is not now:
            found |= ids_of(was) - ids_of(now)
    quiet = [one for one in disputed.standing if one.outcome in (HIDDEN, WAITING)]
    for one in quiet:
        rows = claims[claims["record_id"] == one.record_id]
        stated = zip(rows["id"], rows["field"], rows["value"], strict=True)
        found |= {id for id, field, value in stated if one.dispute.is_about(field, value or "")}
    return found


def ids_of(person: Identified) -> set[str]:
    return {claim.id for member in person.members for claim in claims_of(member)}


def withheld_claims(claims: pd.DataFrame, hidden: set[str], disputed: Disputed) -> pd.DataFrame:
    """`disputed` is filled; a hidden claim keeps what it is about, and loses its value and the number in its field."""
    if not disputed.standing:
        return claims
    again = repeated_ids(claims, disputed)
    is_hidden = claims["id"].isin(hidden) | ((claims["disputed"] == HIDDEN) & (claims["value"].fillna("") == ""))
    claims = claims.assign(disputed="").astype({"disputed": object})
    claims.loc[claims["id"].isin(again), "disputed"] = REPEATED
    claims.loc[is_hidden, "disputed"] = HIDDEN
    claims.loc[is_hidden, "value"] = ""
    claims.loc[is_hidden, "field"] = claims.loc[is_hidden, "field"].map(about)
    return claims


def repeated_ids(claims: pd.DataFrame, disputed: Disputed) -> set[str]:
    """Claims that were disputed and that a later reading repeats."""
    found: set[str] = set()
    for one in disputed.standing:
        if one.outcome == REPEATED:
            rows = claims[(claims["record_id"] == one.record_id) & (claims["current"] == 1)]
            stated = zip(rows["id"], rows["field"], rows["value"], strict=True)
            found |= {id for id, field, value in stated if one.dispute.is_about(field, value)}
    return found


def silent(now: pd.DataFrame, was: pd.DataFrame, hidden: set[str]) -> set[tuple[str, str]]:
    """(record, what) of which no change is told: hidden today, or hidden last time."""
    today = now[now["id"].isin(hidden)]
    last = was[was["disputed"] == HIDDEN]
    return {
        (record, about(field))
        for rows in (today, last)
        for record, field in zip(rows["record_id"], rows["field"], strict=True)
    }


def without(claims: pd.DataFrame, silent: set[tuple[str, str]]) -> pd.DataFrame:
    """Claims of which changes may be told."""
    if not silent:
        return claims
    pairs = zip(claims["record_id"], claims["field"], strict=True)
    return claims[[(record, about(field)) not in silent for record, field in pairs]]


def told_exclusions(rows: Rows, disputed: Disputed) -> Rows:
    """Changes of the exclusion list without those of a row that was ever disputed here."""
    records = {one.record_id for one in disputed.standing if one.dispute.field == EXCLUSION}
    return [row for row in rows if row["record_id"] not in records]


def withheld_changes(changes: pd.DataFrame, claims: pd.DataFrame, hidden: set[str], disputed: Disputed) -> pd.DataFrame:
    """Changes whose words hold no hidden value; those of a dispute that is over have theirs again.

    `claims` are today's with their values.
    """
    if not disputed.standing or changes.empty:
        return changes
    concerned = {one.record_id for one in disputed.standing}
    known = claims[claims["record_id"].isin(concerned)]
    values = {row["id"]: row for row in rows_of(known)}
    chosen = changes["record_id"].isin(concerned)
    rows = [given_back(row, values, hidden) for row in rows_of(changes[chosen])]
    rows = [withheld(row, [values[id] for id in hidden if id in values]) for row in rows]
    changes = changes.copy()
    for name in CELLS:
        changes.loc[chosen, name] = pd.Series([row[name] for row in rows], changes.index[chosen], dtype=object)
    return changes


def given_back(row: dict[str, Any], values: Mapping[str, Any], hidden: set[str]) -> dict[str, Any]:
    """The values of claims that are no longer hidden, in place of their ids."""

    def text(cell: Any, column: str) -> Any:
        def value(found: re.Match[str]) -> str:
            claim = values.get(found[1])
            return str(claim[column]) if claim and found[1] not in hidden and claim["value"] else found[0]

        return MARK.sub(value, cell) if isinstance(cell, str) else cell

    return row | {name: text(row[name], "field" if name == "field" else "value") for name in CELLS}


def withheld(row: dict[str, Any], hidden: Iterable[Mapping[str, Any]]) -> dict[str, Any]:
    """Ids of hidden claims in place of their values."""
    for claim in hidden:
        if claim["record_id"] != row["record_id"] or not claim["value"]:
            continue
        field, mark = str(row["field"]), f"[disputed {claim['id']}]"
        if about(field) == about(claim["field"]) or field in WHOLE_RECORD:
            row = row | {name: replaced(row[name], claim["value"], mark) for name in ("old", "new")}
            row = row | ({"field": mark} if field == claim["field"] != about(field) else {})
    return row


def replaced(cell: Any, value: str, mark: str) -> Any:
    return cell.replace(value, mark) if isinstance(cell, str) and not MARK.search(cell) else cell
