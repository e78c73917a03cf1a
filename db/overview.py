"""What this site knows as a whole: people by tag, sources and states with their freshness.

Comes in: a connection and the facts. Goes out: dictionaries for the home, sources and states pages, and for the
status. Health is the builder's word; age is counted at the moment of reading.
"""

from __future__ import annotations

import sqlite3
from collections import Counter
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


def counted_people(connection: sqlite3.Connection) -> dict[str, Any]:
    """How many people there are, by certification tag, by state, and by state and license tag: read once for a file."""
    licenses = "SELECT state, license_status, count(*) FROM practitioners GROUP BY 1, 2"
    return {
        "practitioners": count(connection, "SELECT count(*) FROM practitioners"),
        "records": count(connection, "SELECT count(*) FROM records"),
        "certification": Counter(dict(groups(connection, "certification"))),
        "state": Counter(dict(groups(connection, "state"))),
        "licenses": [tuple(row) for row in connection.execute(licenses)],
    }


def groups(connection: sqlite3.Connection, column: str) -> list[tuple[str, int]]:
    return [tuple(row) for row in connection.execute(f"SELECT {column}, count(*) FROM practitioners GROUP BY 1")]


def people_counts(counted: dict[str, Any], facts: Facts) -> dict[str, Any]:
    """The same with the words of each tag, for the home page."""
    return counted | {
        "certification": tag_counts(counted["certification"], "certification", facts),
        "license": license_counts(counted, facts),
    }


def license_counts(counted: dict[str, Any], facts: Facts, code: str = "") -> list[Row]:
    """How many people carry which license tag, here or everywhere."""
    tags: Counter[str] = Counter()
    for state, tag, people in counted["licenses"]:
        if not code or state == code:
            tags[tag] += people
    return tag_counts(tags, "license", facts)


def tag_counts(counted: Counter[str], kind: str, facts: Facts) -> list[Row]:
    """In the order in which the words are explained, from the best evidence to none at all."""
    tags = sorted((tag for tag in counted if tag), key=lambda tag: facts.rank(kind, tag))
    return [{"tag": tag, "people": counted[tag], "word": facts.word(kind, tag)} for tag in tags]


def source_rows(facts: Facts, at: datetime | None = None) -> list[Row]:
    """Return every source with its age and its health in words."""
    return [source_row(row, facts, at) for row in facts.sources.values()]


def troubled(rows: list[Row]) -> list[Row]:
    """The sources that were not read in time."""
    return [row for row in rows if row["level"] in {"stale", "never"}]


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


def state_rows(counted: dict[str, Any], facts: Facts, at: datetime | None = None) -> list[Row]:
    """Return every state with its number of people and the age of its board's list."""
    people = counted["state"]
    return [state_row(row, facts, at) | {"people": people[code]} for code, row in facts.states.items()]


def counted_licenses(connection: sqlite3.Connection) -> tuple[dict[str, Row], dict[str, Row]]:
    """By state: the licenses read from its board, and what the board itself counts: read once for a file.

    A file that was published before boards' own counts were known has none of them.
    """
    sql = (
        "SELECT state AS code, count(*) AS licenses, sum(status IN ('active', 'limited')) AS active FROM licenses"
        " WHERE source_kind = 'primary' GROUP BY state"
    )
    read = {row["code"]: row for row in select(connection, sql)}
    known = connection.execute("SELECT 1 FROM sqlite_master WHERE name = 'board_counts'").fetchone()
    return read, {row["state"]: row for row in select(connection, "SELECT * FROM board_counts")} if known else {}


def board_counts(
    counted: tuple[dict[str, Row], dict[str, Row]], facts: Facts, at: datetime | None = None
) -> dict[str, Row]:
    """By state: how many licenses were read from its board, how many active, and what the board itself counts."""
    read, published = counted
    return {
        code: {
            "licenses": read.get(code, {}).get("licenses", 0),
            "active": read.get(code, {}).get("active", 0),
            "board": row and row | {"age": age(row["as_of"], facts.windows, at)},
        }
        for code in facts.states
        for row in [published.get(code)]
    }


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
