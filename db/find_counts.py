"""Counts to narrow a search by: how many of the people found have each certification tag, license, state, topic.

Comes in: a connection and the ids found. Goes out: for each filter its most frequent values with counts.
"""

from __future__ import annotations

import json
import sqlite3
from dataclasses import dataclass
from typing import Any

COLUMNS = {"certification": "certification", "license": "license_status", "state": "state"}
COUNTED = {
    "certification": 20,
    "license": 20,
    "state": 60,
    "condition": 12,
    "therapy": 12,
    "language": 12,
    "insurance": 12,
}


@dataclass(frozen=True)
class Count:
    value: str
    rows: int


def count_values(connection: sqlite3.Connection, ids: list[str] | None) -> dict[str, list[Count]]:
    """The most frequent values of each filter among the people found; None: among everybody."""
    inside = "1" if ids is None else "{} IN (SELECT value FROM json_each(:inside))"
    parameters = {} if ids is None else {"inside": json.dumps(ids)}
    return {name: count_value(connection, name, most, inside, parameters) for name, most in COUNTED.items()}


def count_value(
    connection: sqlite3.Connection, name: str, most: int, inside: str, parameters: dict[str, Any]
) -> list[Count]:
    if name in COLUMNS:
        sql = f"SELECT p.{COLUMNS[name]}, count(*) FROM practitioners p WHERE {inside.format('p.id')}"
    else:
        where = inside.format("practitioner_id")
        sql = f"SELECT topic, count(*) FROM practitioner_topics WHERE kind = '{name}' AND {where}"
    rows = connection.execute(f"{sql} GROUP BY 1 ORDER BY 2 DESC, 1 LIMIT {most}", parameters)
    return [Count(str(value), people) for value, people in rows if value]
