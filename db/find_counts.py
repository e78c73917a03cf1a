"""Counts to narrow a search by: how many of the people found have each certification tag, license, state, topic.

Comes in: a connection, the ids and the people found. Goes out: for each filter its most frequent values with counts.
"""

from __future__ import annotations

import json
import sqlite3
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from typing import NamedTuple

COUNTED = {
    "certification": 20,
    "license": 20,
    "state": 60,
    "condition": 12,
    "therapy": 12,
    "language": 12,
    "insurance": 12,
}


# What is read of everybody found: enough to order, count and draw them.
PERSON_COLUMNS = "p.id, p.latitude, p.longitude, p.certification, p.license_status, p.state, p.zip, p.city"


class Person(NamedTuple):
    id: str
    latitude: float | None
    longitude: float | None
    certification: str | None
    license_status: str | None
    state: str | None
    zip: str | None
    city: str | None


@dataclass(frozen=True)
class Count:
    value: str
    rows: int


def count_values(
    connection: sqlite3.Connection, ids: list[str] | None, people: Iterable[Person]
) -> dict[str, list[Count]]:
    """The most frequent values of each filter among the people found; ids None: among everybody."""
    columns = {
        "certification": Counter(person.certification for person in people),
        "license": Counter(person.license_status for person in people),
        "state": Counter(person.state for person in people),
    }
    counted = count_topics(connection, ids) | columns
    return {name: most_frequent(counted[name], most) for name, most in COUNTED.items()}


def count_topics(connection: sqlite3.Connection, ids: list[str] | None) -> dict[str, Counter[str | None]]:
    """How many of the people have each topic, by kind."""
    inside = "" if ids is None else " WHERE practitioner_id IN (SELECT value FROM json_each(?))"
    sql = f"SELECT kind, topic, count(*) FROM practitioner_topics{inside} GROUP BY 1, 2"
    counted: dict[str, Counter[str | None]] = {name: Counter() for name in COUNTED}
    for kind, topic, people in connection.execute(sql, [] if ids is None else [json.dumps(ids)]):
        if kind in counted:
            counted[kind][topic] = people
    return counted


def most_frequent(counted: Counter[str | None], most: int) -> list[Count]:
    ranked = sorted(
        ((people, value) for value, people in counted.items() if value), key=lambda pair: (-pair[0], pair[1])
    )
    return [Count(value, people) for people, value in ranked[:most]]
