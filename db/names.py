"""Find practitioners by a name that somebody typed.

Comes in: a connection, the name as typed, perhaps a state. Goes out: `Hit`s, best first: names that hold every word as
written; only when there is none, names near to it (`db.name_fit` says how near, and in what words).
"""

from __future__ import annotations

import json
import sqlite3
from collections import OrderedDict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from itertools import combinations

from rapidfuzz import process
from rapidfuzz.distance import OSA

from db.keys import asked_name_words, bare_name, name_words, search_words
from db.name_agreement import given_first
from db.name_fit import LEAST_FOR_BEGINNING, PARTICLES, Fit, fit, letters_allowed, letters_wrong
from db.nicknames import nicknames_of
from db.rows import Row, marks, select

MOST_HITS = 25
MOST_WEIGHED = 200
MOST_FORMS = 40
MOST_WORDS = 8
LEAST_HALF = 2
OTHER = 0.2
KEPT_WORDS = 2_000
IN_STATE = (
    "(p.state = :state OR EXISTS (SELECT 1 FROM licenses l WHERE l.practitioner_id = p.id AND l.state = :state)"
    " OR EXISTS (SELECT 1 FROM tags t WHERE t.practitioner_id = p.id AND t.kind = 'license' AND t.scope = :state))"
)
SEARCH = (
    "SELECT p.id, p.name, p.other_names, p.state FROM practitioners_fts f JOIN practitioners p ON p.rowid = f.rowid"
    " WHERE practitioners_fts MATCH :terms AND {place} ORDER BY f.rank, p.id LIMIT {most}"
)


@dataclass(frozen=True)
class Hit:
    """One practitioner found; `exact` when every word of the name was met as written."""

    id: str
    exact: bool
    reason: str
    cost: float = 0.0


class NameIndex:
    """The words of all names in one file, read at the first question that finds nobody as written."""

    def __init__(self) -> None:
        self.words: dict[str, str] = {}
        self.near: OrderedDict[str, list[str]] = OrderedDict()

    def forms(self, connection: sqlite3.Connection, word: str) -> list[str]:
        """Return words that an asked word may stand for: itself, short forms, and close spellings."""
        forms = self.near.get(word)
        if forms is None:
            forms = self.near[word] = [word, *sorted(nicknames_of(word)), *self.close(connection, word)]
            if len(self.near) > KEPT_WORDS:
                self.near.popitem(last=False)
        return forms

    def close(self, connection: sqlite3.Connection, word: str) -> list[str]:
        most = letters_allowed(len(word))
        if not most:
            return []
        found = process.extract(word, self.all_words(connection), scorer=OSA.distance, score_cutoff=most, limit=None)
        near = sorted((wrong, other[0] != word[0], other) for other, wrong, _ in found if letters_wrong(word, other))
        return [other for _, _, other in near][:MOST_FORMS]

    def all_words(self, connection: sqlite3.Connection) -> dict[str, str]:
        if not self.words:
            words = read_words(connection)
            self.words = dict(zip(words, words, strict=True))
        return self.words


def read_words(connection: sqlite3.Connection) -> list[str]:
    """Return every word of the names; a file from before they were published has them in its full-text index only."""
    table = "name_words"
    if not connection.execute("SELECT 1 FROM sqlite_master WHERE name = ?", [table]).fetchone():
        table = "temp.every_word"
        made = f"CREATE VIRTUAL TABLE IF NOT EXISTS {table} USING fts5vocab(main, practitioners_fts, row)"
        connection.execute(made)
    column = "word" if table == "name_words" else "term"
    every = connection.execute(f"SELECT group_concat({column}, ' ') FROM {table}").fetchone()[0]
    return str(every or "").split()


def find_names(
    connection: sqlite3.Connection, name: str, state: str | None, index: NameIndex | None = None, most: int = MOST_HITS
) -> list[Hit]:
    """Return hits for a name, best first, at most `most` of them; those of `state` if given."""
    words = asked_name_words(name)[:MOST_WORDS]
    hits = whole_names(connection, name, words, state, most)
    if not any(hit.exact for hit in hits) and (len(words) > 1 or not hits):
        hits = near_names(connection, name, words, state, index or NameIndex()) or hits
    return sorted(hits, key=lambda hit: hit.cost)[:most]


def find_exact(connection: sqlite3.Connection, name: str, most: int) -> list[Hit]:
    """Return people anywhere whose name holds every word as written, best first."""
    hits = whole_names(connection, name, asked_name_words(name)[:MOST_WORDS], None, MOST_HITS)
    return sorted((hit for hit in hits if hit.exact), key=lambda hit: hit.cost)[:most]


def tied_to(connection: sqlite3.Connection, state: str, ids: Sequence[str]) -> set[str]:
    """Those of these people who practice in a state, hold a license of it, or are answered for there."""
    sql = f"SELECT p.id FROM practitioners p WHERE p.id IN (SELECT value FROM json_each(:ids)) AND {IN_STATE}"
    return {row["id"] for row in select(connection, sql, {"ids": json.dumps(list(ids)), "state": state})}


def whole_names(connection: sqlite3.Connection, name: str, words: list[str], state: str | None, most: int) -> list[Hit]:
    """The same name in any order, and names (or other names) that hold every word and more."""
    where = f"p.name_key = :key AND {place_filter(state)}"
    sql = f"SELECT p.id, p.name, p.other_names, p.state FROM practitioners p WHERE {where} ORDER BY p.name, p.id"
    rows = select(connection, sql, {"key": " ".join(sorted(words)), "state": state})
    rows += search(connection, every_word(search_words(bare_name(name))[:MOST_WORDS]), state, most)
    return weighed(rows, name, words, state)


def every_word(words: list[str]) -> str:
    """The full-text terms for all words of a name, also where a source writes neighbors together or a word apart."""
    joined = [[*words[:at], words[at] + words[at + 1], *words[at + 2 :]] for at in range(len(words) - 1)]
    return " OR ".join(f"({' AND '.join(map(whole_or_apart, form))})" for form in (words, *joined) if form)


def whole_or_apart(word: str) -> str:
    """`xiaoming` may be printed `Xiao-Ming`."""
    cuts = range(LEAST_HALF, len(word) - LEAST_HALF + 1)
    return f"({' OR '.join([quoted(word), *(quoted(f'{word[:at]} {word[at:]}') for at in cuts)])})"


def quoted(words: str) -> str:
    return f'"{words}"'


def near_names(
    connection: sqlite3.Connection, name: str, words: list[str], state: str | None, index: NameIndex
) -> list[Hit]:
    """Names whose words are near the asked ones; of three and more asked words one may be absent."""
    terms = [any_of(connection, word, index) for word in words if len(word) > 1 and word not in PARTICLES]
    if not terms:
        return []
    terms += [f"{quoted(word)}*" for word in words if len(word) == 1 and len(terms) == 1]
    groups = combinations(terms, len(terms) - 1) if len(terms) > 2 else [terms]
    asked = " OR ".join(f"({' AND '.join(group)})" for group in groups)
    return weighed(search(connection, asked, state, MOST_WEIGHED), name, words, state)


def any_of(connection: sqlite3.Connection, word: str, index: NameIndex) -> str:
    """The full-text term for one asked word: its forms, words that begin with it, and two words it may be made of."""
    terms = [quoted(form) for form in index.forms(connection, word) if form.isalnum()]
    terms += [f"{quoted(word)}*"] if len(word) >= LEAST_FOR_BEGINNING else []
    return f"({' OR '.join(dict.fromkeys([*terms, whole_or_apart(word)]))})"


def search(connection: sqlite3.Connection, terms: str, state: str | None, most: int) -> list[Row]:
    """Return people whose name or other names match the full-text terms, best first."""
    if not terms:
        return []
    sql = SEARCH.format(place=place_filter(state), most=most)
    return select(connection, sql, {"terms": "{name other_names also_spelled} : (" + terms + ")", "state": state})


def weighed(rows: Iterable[Row], name: str, words: list[str], state: str | None) -> list[Hit]:
    """Each person once, with how the asked name fits the person's name, another name, or all of them together."""
    turned = given_first(name)[:MOST_WORDS]
    asked = [words] if turned == words else [words, turned]
    people = {row["id"]: row for row in rows}.values()
    return [hit(row, best, state) for row in people if (best := fit_of_person(asked, row))]


def fit_of_person(asked: list[list[str]], row: Row) -> Fit | None:
    """The best fit; a name that is not the one shown is named in the reason."""
    shown, others = str(row["name"] or ""), [str(text) for text in row["other_names"]]
    fits = fits_of(asked, shown)
    for other in others:
        for one in fits_of(asked, other):
            fits.append(replace(one, cost=one.cost + OTHER, reason=f"{one.reason} (another name: {other})"))
    fits = fits or fits_of(asked, " ".join((shown, *others)))
    return min(fits, key=lambda one: one.cost, default=None)


def fits_of(asked: list[list[str]], known: str) -> list[Fit]:
    return [found for order in asked if (found := fit(order, name_words(known), nicknames_of))]


def same_name(asked: str, known: str) -> bool:
    """Whether every word of a whole name stands in another, as written."""
    words = asked_name_words(asked)[:MOST_WORDS]
    found = fit(words, name_words(known), nicknames_of)
    return bool(found and found.exact)


def hit(row: Row, best: Fit, state: str | None) -> Hit:
    """Who lives in the state asked for stands before who only holds its license."""
    away = 0.1 if state and row["state"] != state else 0.0
    return Hit(row["id"], best.exact, best.reason, best.cost + away)


def place_filter(state: str | None) -> str:
    return IN_STATE if state else "1"


def find_unjoined_records(connection: sqlite3.Connection, name: str, without: list[str]) -> list[Row]:
    """Return records whose name holds every word asked for and that belong to no practitioner."""
    terms = " AND ".join(f'"{word}"' for word in search_words(bare_name(name)))
    if not terms:
        return []
    sql = (
        "SELECT r.* FROM records_fts f JOIN records r ON r.rowid = f.rowid WHERE records_fts MATCH ?"
        f" AND r.practitioner_id IS NULL AND r.source NOT IN ({marks(without)})"
        " ORDER BY f.rank, r.id LIMIT 10"
    )
    return select(connection, sql, [terms, *without])
