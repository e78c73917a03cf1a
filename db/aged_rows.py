"""What a list, a filter and a file say of people whose readings have grown too old since the file was built.

Comes in: a connection, the facts of the file, a time. Goes out: for each such practitioner the columns whose word no
longer speaks for today, with the word to show instead. A page of one person weakens in the same way (`db.freshness`).
"""

from __future__ import annotations

import sqlite3
from datetime import datetime, timedelta

from db import ages
from db.facts import Facts
from db.find_counts import Person
from db.find_shapes import FindQuery
from db.freshness import NO_READING, TOO_OLD
from db.rows import marks

NEVER_OLD = sorted(NO_READING)
COLUMNS = {"certification": "certification", "license": "license_status"}
Aged = dict[str, dict[str, str]]


def oldest_reading(connection: sqlite3.Connection) -> str:
    """When the oldest reading was made that a tag of this file rests on, "" where none rests on any."""
    sql = f"SELECT min(as_of) FROM tags WHERE as_of > '' AND value NOT IN ({marks(NEVER_OLD)})"
    return str(connection.execute(sql, NEVER_OLD).fetchone()[0] or "")


def aged_columns(connection: sqlite3.Connection, facts: Facts, oldest: str, at: datetime | None = None) -> Aged:
    """Practitioner id -> column -> the word that it shows by now; nothing while even the oldest reading counts."""
    limit = f"{(at or ages.now()) - timedelta(days=facts.windows.get('stale', ages.STALE_DAYS)):%Y-%m-%d}"
    if not oldest or oldest >= limit:
        return {}
    sql = (
        "SELECT t.practitioner_id, t.kind FROM tags t JOIN practitioners p ON p.id = t.practitioner_id"
        f" WHERE t.as_of > '' AND t.as_of < ? AND t.value NOT IN ({marks(NEVER_OLD)})"
        " AND t.value = CASE t.kind WHEN 'license' THEN p.license_status ELSE p.certification END"
        " AND (t.kind = 'certification' OR t.scope = p.state OR coalesce(p.state, '') = '')"
    )
    found: Aged = {}
    for id, kind in connection.execute(sql, [limit, *NEVER_OLD]):
        found.setdefault(id, {})[COLUMNS[kind]] = TOO_OLD[kind]
    return found


def as_shown(people: list[Person], aged: Aged, query: FindQuery) -> list[Person]:
    """People with the words that still speak for today; filters by such a word look at it, not at the file's."""
    if not aged:
        return people
    asked = {"certification": query.certification.strip(), "license_status": query.license.strip()}
    shown = [as_aged(person, aged.get(person.id, {})) for person in people]
    return [person for person in shown if all(getattr(person, name) == one for name, one in asked.items() if one)]


def as_aged(person: Person, words: dict[str, str]) -> Person:
    certification = words.get("certification", person.certification)
    return person._replace(
        certification=certification, license_status=words.get("license_status", person.license_status)
    )
