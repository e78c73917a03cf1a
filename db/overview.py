"""What this site knows as a whole: people by tag, sources and states with their freshness.

Comes in: a connection and the facts. Goes out: dictionaries for the home, sources, states and status
pages. Health is the builder's word; age is counted at the moment of reading.
"""

from __future__ import annotations

import sqlite3
from datetime import datetime
from typing import Any

from db.ages import age
from db.facts import Facts
from db.rows import Row, count, select

HEALTHY = frozenset({"good", "partial"})
HEALTH_WORDS = {
    "good": "read well",
    "partial": "read in part",
    "stale": "last good read is too old",
    "failed": "last attempt failed",
    "blocked": "closed to reading by machine",
    "never_read": "never read",
}
KIND_WORDS = {
    "certifier": "Certifier (primary)",
    "board": "Licensing board (primary)",
    "registry": "Registry (self-reported)",
    "listing": "Listing (self-reported)",
    "website": "Website (self-reported)",
    "exclusions": "Federal exclusion list",
}


def people_counts(connection: sqlite3.Connection, facts: Facts) -> dict[str, Any]:
    """Return how many people there are, by certification tag and by license tag of the main state."""
    return {
        "practitioners": count(connection, "SELECT count(*) FROM practitioners"),
        "records": count(connection, "SELECT count(*) FROM records"),
        "certification": tag_counts(connection, facts, "certification", "certification"),
        "license": tag_counts(connection, facts, "license", "license_status"),
    }


def tag_counts(connection: sqlite3.Connection, facts: Facts, kind: str, column: str) -> list[Row]:
    sql = f"SELECT {column} AS tag, count(*) AS people FROM practitioners WHERE {column} IS NOT NULL GROUP BY 1"
    rows = select(connection, f"{sql} ORDER BY 2 DESC, 1")
    return [row | {"word": facts.word(kind, row["tag"])} for row in rows]


def source_rows(facts: Facts, at: datetime | None = None) -> list[Row]:
    """Return every source with its age and its health in words."""
    return [source_row(row, facts, at) for row in facts.sources.values()]


def source_row(row: Row, facts: Facts, at: datetime | None) -> Row:
    read = age(row["last_good_read"], facts.windows, at)
    health = str(row["health"] or "never_read")
    level = source_level(health, read.level)
    words = {
        "health_words": HEALTH_WORDS.get(health, health),
        "kind_words": KIND_WORDS.get(row["kind"], row["kind"]),
    }
    return row | words | {"read": read, "level": level}


def source_level(health: str, read_level: str) -> str:
    """Return fresh, warn, stale or never: the worse of how the read went and how old it is."""
    if health not in HEALTHY:
        return "never" if health == "never_read" else "stale"
    return "warn" if health == "partial" and read_level == "fresh" else read_level


def state_rows(connection: sqlite3.Connection, facts: Facts, at: datetime | None = None) -> list[Row]:
    """Return every state with its number of people and the age of its board's list."""
    people = dict(tuple(row) for row in connection.execute("SELECT state, count(*) FROM practitioners GROUP BY state"))
    return [state_row(row, facts, at) | {"people": people.get(code, 0)} for code, row in facts.states.items()]


def state_row(row: Row, facts: Facts, at: datetime | None = None) -> Row:
    source = facts.sources.get(row["license_source"] or "")
    read = age(source["last_good_read"] if source else None, facts.windows, at)
    said = coverage_words(row, source, read.level)
    return row | {"read": read, "coverage_words": said, "coverage_class": COVERAGE[said][0], "source": source}


# What is known of a state's licenses -> its class in the style sheet, and what it means to a reader.
COVERAGE = {
    "board covered": ("covered", "The board's list is read here: a license can be looked up."),
    "board covered, but not read in time": ("late", "The board's list could not be read lately: ask the board."),
    "board not covered yet": ("uncovered", "Licenses are given there, but this site does not read them yet."),
    "does not license acupuncturists": ("none", "There is no license to look for."),
    "licensing not established": ("unknown", "Ask the department of health."),
}


def coverage_words(row: Row, source: Row | None, level: str) -> str:
    """Say in a few words what this site can know about licenses of a state."""
    if row["regulated"] == 0:
        return "does not license acupuncturists"
    if row["regulated"] is None:
        return "licensing not established"
    if row["coverage"] != "covered" or source is None:
        return "board not covered yet"
    if level in {"stale", "never"} or source["health"] not in HEALTHY:
        return "board covered, but not read in time"
    return "board covered"


def recent_runs(connection: sqlite3.Connection, most: int = 30) -> list[Row]:
    return select(connection, "SELECT * FROM runs ORDER BY started DESC, id LIMIT ?", [most])


def status(connection: sqlite3.Connection, facts: Facts, at: datetime | None = None) -> dict[str, Any]:
    """Return one document for a monitor: `ok` is false while any source is stale, failed or blocked."""
    sources = source_rows(facts, at)
    troubled = [row["name"] for row in sources if row["level"] in {"stale", "never"}]
    built = age(facts.built_at, facts.windows, at)
    return {
        "ok": not troubled and built.level in {"fresh", "warn"},
        "built_at": facts.built_at,
        "built_days_ago": built.days,
        "version": facts.info.get("version"),
        "practitioners": count(connection, "SELECT count(*) FROM practitioners"),
        "troubled_sources": troubled,
        "sources": [
            {
                "name": row["name"],
                "health": row["health"],
                "last_good_read": row["last_good_read"],
                "days_ago": row["read"].days,
                "rows": row["rows"],
                "message": row["message"],
            }
            for row in sources
        ],
    }
