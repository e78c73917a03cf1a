"""Find practitioners by words, place and what is known about them.

Comes in: a connection and a `FindQuery` of raw text. Goes out: `FindResult`: one page of rows with why each matched,
how many there are in all, counts to narrow them by, points for a map, and sentences that say how the question was
read. Rows are sorted by distance where a place was understood, else by how directly they match, then by name.
"""

from __future__ import annotations

import json
import sqlite3
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from db.aged_rows import aged_columns, as_shown, oldest_reading
from db.badges import Badge, read_badges
from db.facts import read_facts
from db.find_counts import PERSON_COLUMNS, Count, Person, count_values
from db.find_filter import Filter, holding, read_filter
from db.find_place import read_place
from db.find_shapes import FindQuery, FindResult, Known, Point
from db.find_why import reasons
from db.freshness import fresh_badges, past_expiry
from db.keys import bare_name, name_key, number_key
from db.names import find_names
from db.places import Place, box, miles_between
from db.rows import Row, count, marks, select
from db.understand import Understood, understand
from db.veil import in_a_list
from db.vocabulary import read_vocabulary

__all__ = ["FindQuery", "FindResult", "Known", "find", "find_all", "read_known"]

PAGE_ROWS = 20
WIDER = (50.0, 100.0, 250.0, 500.0)
MOST_POINTS = 400
LETTERS = 200
SORTS = ("distance", "name", "evidence")
NO_LONGER = frozenset("revoked surrendered suspended deceased".split())
BY_NAME = "p.family_name COLLATE NOCASE, p.given_name COLLATE NOCASE, p.id"


def find(connection: sqlite3.Connection, query: FindQuery, known: Known | None = None) -> FindResult:
    """Return one page of practitioners with counts for each filter."""
    return Search(connection, query, known or read_known(connection)).page()


def find_all(connection: sqlite3.Connection, query: FindQuery, known: Known | None = None) -> FindResult:
    """Return every practitioner that matches, for files; no counts."""
    return Search(connection, query, known or read_known(connection)).everybody()


def read_known(connection: sqlite3.Connection) -> Known:
    people = people_where(connection, "1", {})
    counts = count_values(connection, None, people)
    return Known(
        read_facts(connection),
        read_vocabulary(connection),
        [person.id for person in people],
        counts,
        oldest_reading(connection),
    )


def people_where(connection: sqlite3.Connection, where: str, parameters: Mapping[str, Any]) -> list[Person]:
    """People by name."""
    sql = f"SELECT {PERSON_COLUMNS} FROM practitioners p WHERE {where} ORDER BY {BY_NAME}"
    return [Person(*row) for row in connection.execute(sql, parameters)]


class Search:
    """One question on its way to an answer."""

    def __init__(self, connection: sqlite3.Connection, query: FindQuery, known: Known) -> None:
        self.connection, self.query, self.known = connection, query, known
        self.notes: list[str] = []
        self.understood = self.read_box()
        self.where = read_place((query.near or self.understood.near)[:LETTERS], query.miles, known.vocabulary)
        self.place, self.miles = self.where.place, self.where.miles
        self.notes += filter(None, [self.where.note])
        self.aged = aged_columns(connection, known.facts, known.oldest)
        self.filter = read_filter(self.meant(), self.understood.topics, known.vocabulary, known.facts, self.notes)
        if self.understood.npi:
            self.filter = self.filter.and_also("p.npi = :npi", npi=self.understood.npi)
        if self.understood.license:
            self.filter = holding(self.filter, number_key(self.understood.license))
        self.distances: dict[str, float] = {}
        self.found: list[Person] = []
        self.ids = self.matching()

    def read_box(self) -> Understood:
        """What the box asks for; a text that is somebody's whole name is only that."""
        text = self.query.q.strip()[:LETTERS]
        if not text or self.is_a_name(text):
            return Understood(text)
        read = understand(text, self.known.vocabulary, self.known.facts.state_code, self.people_named)
        self.notes += read.notes
        return read

    def is_a_name(self, text: str) -> bool:
        key = name_key(bare_name(text))
        sql = "SELECT 1 FROM practitioners WHERE name_key = ? LIMIT 1"
        return " " in key and self.connection.execute(sql, [key]).fetchone() is not None

    def people_named(self, words: str) -> int:
        """How many people have all these words in their name."""
        terms = Filter().words(words, "")
        sql = "SELECT count(*) FROM practitioners_fts WHERE practitioners_fts MATCH ?"
        return count(self.connection, sql, ["{name other_names} : (" + terms + ")"]) if terms else 0

    def meant(self) -> FindQuery:
        """The question with what was read out of the box laid beside its own fields."""
        asked, read = self.query, self.understood
        words = " ".join(filter(None, (asked.words, read.words)))
        meant = replace(asked, q="", words=words, state=asked.state or read.state)
        return replace(meant, certification="", license="") if self.aged else meant

    def matching(self) -> list[str]:
        """Ids in the order they are shown; the radius grows while nobody is found."""
        if self.where.trouble:
            return []
        if self.is_everybody and self.query.sort != "evidence":
            return self.known.everybody
        found = self.people()
        if not found and self.filter.words_asked:
            found = self.people_of_words_begun() or self.people_of_close_spelling()
        if self.place is None:
            return found or self.people_of_the_very_words()
        for miles in WIDER:
            if found or miles <= self.miles:
                continue
            self.miles = miles
            found = self.people()
        return found

    @property
    def is_everybody(self) -> bool:
        return self.filter.is_everybody and self.place is None and not (self.aged or self.where.trouble)

    def people(self) -> list[str]:
        """Ids of people who match, in order; distances are kept."""
        where = self.filter if self.place is None else self.filter.inside(*box(self.place, self.miles))
        found = as_shown(people_where(self.connection, where.where, where.parameters), self.aged, self.query)
        if self.place is not None:
            self.distances = self.near(self.place, found)
            found = [person for person in found if person.id in self.distances]
        self.found = found
        return self.ordered(found)

    def near(self, place: Place, people: Sequence[Person]) -> dict[str, float]:
        """Miles of everybody within the radius; many share the center of one ZIP."""
        centers = {(person.latitude, person.longitude) for person in people}
        miles = {(y, x): miles_between(place.latitude, place.longitude, y or 0.0, x or 0.0) for y, x in centers}
        away = {person.id: miles[person.latitude, person.longitude] for person in people}
        return {id: far for id, far in away.items() if far <= self.miles}

    def ordered(self, people: Sequence[Person]) -> list[str]:
        """By distance, name or evidence; whoever says the very condition comes before what it may mean.

        At one ZIP's center everybody is as far: the better evidenced come first, and who does not practice last.
        """
        said, named = self.who_say_it(), self.who_bear_it()
        sort = self.query.sort if self.query.sort in SORTS else ("distance" if self.place else "name")

        def key(person: Person) -> tuple[int, float, int, int, int]:
            weak = (person.certification != "listed") + (person.license_status != "active") + gone(person)
            miles = round(self.distances.get(person.id, 0.0), 1) if sort != "name" else 0.0
            direct = (int(person.id not in named), int(person.id not in said))
            return (weak if sort == "evidence" else 0, miles, *direct, weak if sort == "distance" else 0)

        return [person.id for person in sorted(people, key=key)]

    def who_say_it(self) -> set[str]:
        """Ids of people whose sources say a topic asked for itself."""
        wanted = [one for one in self.filter.wanted if one.topic]
        if not wanted or not any(one.related for one in wanted):
            return set()
        sql = f"SELECT practitioner_id FROM practitioner_topics WHERE topic IN ({marks(wanted)})"
        return {row[0] for row in self.connection.execute(sql, [one.topic for one in wanted])}

    def who_bear_it(self) -> set[str]:
        """Ids of people whose whole name was asked for, in any order of its words."""
        key = name_key(bare_name(self.filter.words_asked))
        sql = "SELECT id FROM practitioners WHERE name_key = ?"
        return {row[0] for row in self.connection.execute(sql, [key])} if key else set()

    def people_of_words_begun(self) -> list[str]:
        """Whoever has words that begin as asked, where nobody has the words whole."""
        whole, self.filter = self.filter, self.filter.begun()
        found = self.people()
        self.filter = self.filter if found else whole
        return found

    def people_of_close_spelling(self) -> list[str]:
        """Names spelled nearly as asked, where nobody has the very words; said on the page."""
        hits = find_names(self.connection, self.filter.words_asked, None)
        if not hits:
            return []
        self.filter = self.filter.only([hit.id for hit in hits])
        found = self.people()
        if found:
            self.notes.append(f"Nobody here is written “{self.filter.words_asked[:80]}”. These names are close.")
        return found

    def people_of_the_very_words(self) -> list[str]:
        """Whoever has all that was typed in the name, where nobody matches what was read out of it: Thai is one too."""
        if not (self.understood.topics and self.understood.words):
            return []
        read, asked = self.filter, replace(self.query, words=f"{self.query.words} {self.query.q}")
        self.filter = read_filter(asked, (), self.known.vocabulary, self.known.facts, [])
        found = self.people() or self.people_of_close_spelling()
        if not found:
            self.filter = read
            return []
        self.understood = Understood(self.query.q)
        return found

    def page(self) -> FindResult:
        pages = max(1, -(-len(self.ids) // PAGE_ROWS))
        first = (min(max(1, self.query.page), pages) - 1) * PAGE_ROWS
        shown = self.ids[first : first + PAGE_ROWS]
        counts = self.known.counts if self.is_everybody else count_values(self.connection, self.ids, self.found)
        return self.result(rows_of(self.connection, shown), pages, counts, self.points())

    def everybody(self) -> FindResult:
        return self.result(rows_of(self.connection, self.ids), 1, {}, [])

    def result(self, rows: list[Row], pages: int, counts: dict[str, list[Count]], points: list[Point]) -> FindResult:
        rows = [row | self.aged.get(row["id"], {}) for row in rows]
        if self.place:
            rows = [row | {"miles": round(self.distances[row["id"]], 1)} for row in rows]
        return FindResult(
            query=self.query,
            rows=self.with_reasons(rows) if counts else rows,
            total=len(self.ids),
            pages=pages,
            place=self.place,
            notes=self.notes,
            counts=counts,
            understood=self.understood,
            wanted=self.filter.wanted,
            miles=self.miles,
            asked_miles=self.where.miles,
            trouble=self.where.trouble,
            meant=self.where.meant,
            points=points,
        )

    def with_reasons(self, rows: list[Row]) -> list[Row]:
        """Rows with why each matched, and with both tags as they may be shown today."""
        why = reasons(self.connection, [row["id"] for row in rows], self.filter.wanted)
        return [self.as_listed(row) | {"why": why.get(row["id"], [])} for row in rows]

    def as_listed(self, row: Row) -> Row:
        every = self.badges(row)
        shown, badges = in_a_list(self.connection, row, every, self.known.facts)
        return shown | {"badges": badges, "withheld": len(badges) < len(every)}

    def badges(self, row: Row) -> list[Badge]:
        """The certification, and the license of the state of practice."""
        facts = self.known.facts
        licenses = tuple(select(self.connection, "SELECT * FROM licenses WHERE practitioner_id = ?", [row["id"]]))
        every = past_expiry(fresh_badges(read_badges(self.connection, row["id"], facts), facts), licenses, None)
        return [badge for badge in every if badge.kind == "certification" or badge.scope == row["state"]]

    def points(self) -> list[Point]:
        """ZIP centers with how many of the people found practice there, the nearest or fullest first."""
        if not self.place:
            return []
        towns = {(person.latitude, person.longitude, person.zip): person.city for person in self.found}
        counted = Counter((person.latitude, person.longitude, person.zip) for person in self.found)
        return [
            Point(y, x, zip_code or "", towns[y, x, zip_code] or "", people)
            for (y, x, zip_code), people in counted.most_common(MOST_POINTS)
            if y is not None and x is not None
        ]


def gone(person: Person) -> int:
    """Behind everybody else: whom the board shows as no longer allowed to practice, or as dead."""
    return 3 if person.license_status in NO_LONGER else 0


def rows_of(connection: sqlite3.Connection, ids: list[str]) -> list[Row]:
    """Return the rows of these ids, in this order."""
    sql = "SELECT p.* FROM json_each(?) wanted JOIN practitioners p ON p.id = wanted.value ORDER BY wanted.key"
    return select(connection, sql, [json.dumps(ids)])
