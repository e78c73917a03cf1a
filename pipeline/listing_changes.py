"""Comings and goings as rows of `changes`: one row a newcomer, one a record that came or went.

In: moves, today's claims and those of last time. Out: rows without ids. What a board lists is a license with its word,
what the certifier lists is designations with theirs, any other source an entry under a name.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from typing import Any

import pandas as pd

from pipeline.change_kinds import ACTED, EXPIRES
from pipeline.comings import Known, Moves
from pipeline.frames import Rows

Row = dict[str, Any]
Stated = Mapping[str, list[tuple[str, str]]]


def stated_by(claims: pd.DataFrame, records: Iterable[str]) -> Stated:
    """Record id -> (field, value) of its claims."""
    found: dict[str, list[tuple[str, str]]] = defaultdict(list)
    chosen = claims[claims["record_id"].isin(list(records))]
    for record, field, value in zip(chosen["record_id"], chosen["field"], chosen["value"], strict=True):
        found[record].append((field, value))
    return found


def listing_changes(
    moves: Moves,
    newcomers: Mapping[str, Row],
    owners: Mapping[str, str],
    now: pd.DataFrame,
    was: pd.DataFrame,
    known: Known,
) -> Rows:
    """One row for each newcomer, for each other record that came, and for each that went."""
    today = stated_by(now, [row["id"] for row in moves.come])
    before = stated_by(was, [row["id"] for row in moves.gone])
    rows = [newcomer(row, dict(today[row["id"]]).get("name") or row["name"]) for row in newcomers.values()]
    for row in moves.come:
        if row["practitioner_id"] not in newcomers:
            field, value = what_is_listed(row, today[row["id"]], known)
            rows.append(change(row, "listed", field, None, value) | {"at": row["fetched_at"]})
    for row in moves.gone:
        field, value = what_is_listed(row, before[row["id"]], known)
        owner = {"practitioner_id": owners.get(row["id"], row["practitioner_id"])}
        rows.append(change(row, "no_longer_listed", field, value, None) | owner)
    return rows


def newcomer(row: Row, name: str) -> Row:
    return change(row, "new", "practitioner", None, name) | {"at": row["fetched_at"]}


def change(row: Row, kind: str, field: str, old: str | None, new: str | None) -> Row:
    """A row of `changes` about a record of the `records` table."""
    return {
        "at": row.get("at"),
        "practitioner_id": row["practitioner_id"],
        "field": field,
        "old": old,
        "new": new,
        "record_id": row["id"],
        "kind": kind,
        "source": row["source"],
    }


def what_is_listed(row: Row, stated: list[tuple[str, str]], known: Known) -> tuple[str, str]:
    """(field, value) that stand for a whole record."""
    start = {"board": "license ", "certifier": "certification "}.get(known.kind(row), "?")
    facts = [(field, value) for field, value in stated if field.startswith(start)]
    facts = [(field, value) for field, value in facts if not field.endswith((EXPIRES, ACTED))]
    if not facts:
        return "listing", dict(stated).get("name") or row["name"] or row["source_key"]
    begin = " ".join(facts[0][0].split(" ")[:2])
    names = dict.fromkeys(field.removeprefix(begin).strip() for field, _ in facts)
    return f"{begin} {', '.join(names)}".rstrip(), "; ".join(dict.fromkeys(value for _, value in facts))
