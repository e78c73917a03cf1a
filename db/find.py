"""Find practitioners by words, place and what is known about them.

Comes in: a connection and a `FindQuery` of raw text. Goes out: `FindResult`: one page of rows, how many
there are in all, and counts to narrow them by. Rows are sorted by distance when a place was
understood, else by name.
"""

from __future__ import annotations

import json
import sqlite3
from dataclasses import dataclass, field, fields
from typing import Any

from db.facts import Facts, read_facts
from db.keys import search_words
from db.places import Place, box, find_place, miles_between
from db.rows import Row, select

PAGE_ROWS = 20
DEFAULT_MILES = 25.0
MOST_MILES = 500.0
WORDS = {"certification": "certification", "license": "license_status"}
LISTS = {"condition": "conditions", "therapy": "therapies", "language": "languages", "insurance": "insurance"}
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
class FindQuery:
    """What a person asked, as typed; `miles` counts only with `near`, `page` starts at 1."""

    q: str = ""
    near: str = ""
    miles: str = ""
    certification: str = ""
    license: str = ""
    condition: str = ""
    therapy: str = ""
    language: str = ""
    insurance: str = ""
    state: str = ""
    page: int = 1

    def filled(self) -> dict[str, str]:
        """Return the fields that hold something, without the page, in their order."""
        values = {f.name: str(getattr(self, f.name)).strip() for f in fields(self) if f.name != "page"}
        return {name: value for name, value in values.items() if value}


@dataclass(frozen=True)
class Count:
    value: str
    rows: int


@dataclass(frozen=True)
class FindResult:
    """One page of `rows` (practitioners, with `miles` when a place was asked for) of `total`."""

    query: FindQuery
    rows: list[Row]
    total: int
    pages: int
    place: Place | None
    notes: list[str] = field(default_factory=list)
    counts: dict[str, list[Count]] = field(default_factory=dict)


@dataclass(frozen=True)
class Filter:
    """SQL conditions with their bound values."""

    conditions: list[str]
    parameters: dict[str, Any]

    @property
    def where(self) -> str:
        return " AND ".join(self.conditions) or "1"


def find(connection: sqlite3.Connection, query: FindQuery) -> FindResult:
    """Return one page of practitioners with counts per filter."""
    return search(connection, query, whole=False)


def find_all(connection: sqlite3.Connection, query: FindQuery) -> FindResult:
    """Return every practitioner that matches, for files; no counts."""
    return search(connection, query, whole=True)


def search(connection: sqlite3.Connection, query: FindQuery, whole: bool) -> FindResult:
    facts = read_facts(connection)
    notes: list[str] = []
    place, miles = read_place(query, notes)
    chosen = read_filter(query, facts, place, miles, notes)
    distances = near(connection, chosen, place, miles) if place else {}
    ids = list(distances) if place else by_name(connection, chosen)
    pages = max(1, -(-len(ids) // PAGE_ROWS))
    first = (min(max(1, query.page), pages) - 1) * PAGE_ROWS
    rows = rows_of(connection, ids if whole else ids[first : first + PAGE_ROWS])
    if place:
        rows = [row | {"miles": round(distances[row["id"]], 1)} for row in rows]
    counts = {} if whole else count_values(connection, ids, everybody=not chosen.conditions)
    return FindResult(query, rows, len(ids), pages, place, notes, counts)


def read_place(query: FindQuery, notes: list[str]) -> tuple[Place | None, float]:
    """Return the place asked for and the radius; say so when the place is not understood."""
    if not query.near.strip():
        return None, 0.0
    place = find_place(query.near[:200])
    if place is None:
        notes.append(
            f"The place “{query.near.strip()[:80]}” was not understood and was left out."
            " Write a ZIP, or a city and state: “Seattle, WA”."
        )
    return place, read_miles(query.miles, notes)


def read_miles(text: str, notes: list[str]) -> float:
    if not text.strip():
        return DEFAULT_MILES
    try:
        miles = float(text)
    except ValueError:
        miles = -1.0
    if 0 < miles <= MOST_MILES:
        return miles
    notes.append(
        f"“{text.strip()[:20]}” miles cannot be searched; {DEFAULT_MILES:g} miles were used."
        f" The most is {MOST_MILES:g}."
    )
    return DEFAULT_MILES


def read_filter(query: FindQuery, facts: Facts, place: Place | None, miles: float, notes: list[str]) -> Filter:
    chosen = Filter([], {})
    add_words(chosen, query.q[:200])
    add_state(chosen, query.state, facts, notes)
    for name, column in WORDS.items():
        if getattr(query, name).strip():
            chosen.conditions.append(f"p.{column} = :{name}")
            chosen.parameters[name] = getattr(query, name).strip()
    for name, column in LISTS.items():
        add_list_value(chosen, name, column, getattr(query, name).strip())
    if place:
        south, north, west, east = box(place, miles)
        chosen.conditions.append("p.latitude BETWEEN :south AND :north AND p.longitude BETWEEN :west AND :east")
        chosen.parameters.update(south=south, north=north, west=west, east=east)
    return chosen


def add_words(chosen: Filter, text: str) -> None:
    """Every word must begin a word of the name, clinic, city or conditions."""
    words = search_words(text)[:12]
    if words:
        found = "SELECT rowid FROM practitioners_fts WHERE practitioners_fts MATCH :words"
        chosen.conditions.append(f"p.rowid IN ({found})")
        chosen.parameters["words"] = " AND ".join(f'"{word}"*' for word in words)
    elif text.strip():
        chosen.conditions.append("0")


def add_state(chosen: Filter, text: str, facts: Facts, notes: list[str]) -> None:
    if not text.strip():
        return
    code = facts.state_code(text)
    if code is None:
        notes.append(f"“{text.strip()[:80]}” is no state known here; write a code such as WA.")
    chosen.conditions.append("p.state = :state")
    chosen.parameters["state"] = code or text.strip().upper()


def add_list_value(chosen: Filter, name: str, column: str, value: str) -> None:
    if value:
        chosen.conditions.append(f"EXISTS (SELECT 1 FROM json_each(p.{column}) WHERE lower(value) = lower(:{name}))")
        chosen.parameters[name] = value


def near(connection: sqlite3.Connection, chosen: Filter, place: Place, miles: float) -> dict[str, float]:
    """Return ids within the circle with their miles, nearest first."""
    columns = "p.id, p.latitude, p.longitude"
    sql = f"SELECT {columns} FROM practitioners p WHERE {chosen.where} ORDER BY p.name, p.id"
    found = {
        row[0]: miles_between(place.latitude, place.longitude, row[1], row[2])
        for row in connection.execute(sql, chosen.parameters)
    }
    inside = ((id, distance) for id, distance in found.items() if distance <= miles)
    return dict(sorted(inside, key=lambda pair: round(pair[1], 1)))


def by_name(connection: sqlite3.Connection, chosen: Filter) -> list[str]:
    order = "p.family_name COLLATE NOCASE, p.given_name COLLATE NOCASE, p.id"
    sql = f"SELECT p.id FROM practitioners p WHERE {chosen.where} ORDER BY {order}"
    return [row[0] for row in connection.execute(sql, chosen.parameters)]


def rows_of(connection: sqlite3.Connection, ids: list[str]) -> list[Row]:
    """Return the rows of these ids, in this order."""
    sql = "SELECT p.* FROM json_each(?) wanted JOIN practitioners p ON p.id = wanted.value ORDER BY wanted.key"
    return select(connection, sql, [json.dumps(ids)])


def count_values(connection: sqlite3.Connection, ids: list[str], everybody: bool) -> dict[str, list[Count]]:
    """Return the most frequent values of each filter among the people found."""
    # A list of everybody would only slow the counting down.
    where = "1" if everybody else "p.id IN (SELECT value FROM json_each(:inside))"
    parameters = {} if everybody else {"inside": json.dumps(ids)}
    return {name: count_value(connection, name, most, where, parameters) for name, most in COUNTED.items()}


def count_value(
    connection: sqlite3.Connection, name: str, most: int, where: str, parameters: dict[str, Any]
) -> list[Count]:
    column = LISTS.get(name)
    if column:
        sql = f"SELECT j.value, count(*) FROM practitioners p, json_each(p.{column}) j WHERE {where}"
    else:
        sql = f"SELECT p.{WORDS.get(name, name)}, count(*) FROM practitioners p WHERE {where}"
    rows = connection.execute(f"{sql} GROUP BY 1 ORDER BY 2 DESC, 1 LIMIT {most}", parameters)
    return [Count(str(value), rows) for value, rows in rows if value]
