"""Find practitioners by a name that somebody typed.

Comes in: a connection, the name as typed, perhaps a state. Goes out: `Hit`s, best first: the same
name, then names that hold every word, then beginnings of words, then names that share two words,
then close spellings. Weaker steps run only when the stronger ones found nobody.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable
from dataclasses import dataclass

from rapidfuzz import fuzz, process

from db.keys import asked_name_words, bare_name, name_words, search_words
from db.rows import Row, marks, select

MOST_HITS = 25
MOST_NAMES = 150_000
# Two of twelve letters wrong still score 83; unrelated names of one length score below 70.
CLOSE_SCORE = 84
CLOSE_SPELLING = "a name spelled nearly the same"

IN_STATE = (
    "(p.state = :state OR p.id IN (SELECT practitioner_id FROM licenses WHERE state = :state)"
    " OR p.id IN (SELECT practitioner_id FROM tags WHERE kind = 'license' AND scope = :state))"
)
GENERATIONS = frozenset(("jr", "sr", "ii", "iii", "iv"))
PARTICLES = frozenset("de del della der den di da dos das la las le van von y".split())


@dataclass(frozen=True)
class Hit:
    """One practitioner found; `exact` when every word of the name was met as written."""

    id: str
    exact: bool
    reason: str


def find_names(connection: sqlite3.Connection, name: str, state: str | None) -> list[Hit]:
    """Return at most 25 hits for a name, best first; those of `state` if given."""
    same = same_words(connection, name, state)
    if same:
        return same
    return (
        word_beginnings(connection, name, state)
        or shared_words(connection, name, state)
        or close_spellings(connection, name, state)
    )


def same_words(connection: sqlite3.Connection, name: str, state: str | None) -> list[Hit]:
    """The same name in any order first, then names (or other names) that hold every word and more."""
    key = " ".join(sorted(asked_name_words(name)))
    where = f"p.name_key = :key AND {place_filter(state)}"
    same = ids(
        connection,
        f"SELECT p.id FROM practitioners p WHERE {where} ORDER BY p.name, p.id",
        {"key": key, "state": state},
    )
    holding = [id for id in full_text(connection, all_words(name, ""), state) if id not in same]
    hits = [Hit(id, True, "the same name") for id in same]
    return [*hits, *(Hit(id, True, "a name that holds every word asked for") for id in holding)][:MOST_HITS]


def word_beginnings(connection: sqlite3.Connection, name: str, state: str | None) -> list[Hit]:
    found = full_text(connection, all_words(name, "*"), state)
    return [Hit(id, False, "words that begin as asked for") for id in found]


def shared_words(connection: sqlite3.Connection, name: str, state: str | None) -> list[Hit]:
    """Names that share at least two words of more than one letter with the question."""
    asked = {word for word in asked_name_words(name) if len(word) > 1}
    found = full_text(connection, " OR ".join(quoted(name, "")), state, most=300)
    names = name_texts(connection, found)
    shared = {id: asked & set(name_words(names[id])) for id in found}
    return [
        Hit(id, False, f"shares the words {' and '.join(sorted(words))}")
        for id, words in shared.items()
        if len(words) >= 2
    ][:MOST_HITS]


def close_spellings(connection: sqlite3.Connection, name: str, state: str | None) -> list[Hit]:
    """Names spelled nearly the same; at most 150,000 names are compared."""
    key = " ".join(sorted(asked_name_words(name)))
    if len(key) < 4:
        return []
    sql = f"SELECT p.id, p.name_key FROM practitioners p WHERE {place_filter(state)} LIMIT {MOST_NAMES}"
    names = dict(tuple(row) for row in connection.execute(sql, {"state": state}))
    close = process.extract(key, names, scorer=fuzz.ratio, score_cutoff=CLOSE_SCORE, limit=10)
    return [Hit(id, False, CLOSE_SPELLING) for _, _, id in close]


def find_unjoined_records(connection: sqlite3.Connection, name: str, without: list[str]) -> list[Row]:
    """Return records whose name holds every word asked for and that belong to no practitioner."""
    terms = all_words(name, "")
    if not terms:
        return []
    sql = (
        "SELECT r.* FROM records_fts f JOIN records r ON r.rowid = f.rowid WHERE records_fts MATCH ?"
        f" AND r.practitioner_id IS NULL AND r.source NOT IN ({marks(without)})"
        " ORDER BY f.rank, r.id LIMIT 10"
    )
    return select(connection, sql, [terms, *without])


def place_filter(state: str | None) -> str:
    return IN_STATE if state else "1"


def quoted(name: str, end: str) -> list[str]:
    """Return the words of a name as safe full-text terms, without letters such as L.Ac. behind it."""
    return [f'"{word}"{end}' for word in search_words(bare_name(name))]


def all_words(name: str, end: str) -> str:
    return " AND ".join(quoted(name, end))


def full_text(connection: sqlite3.Connection, terms: str, state: str | None, most: int = MOST_HITS) -> list[str]:
    """Return ids whose name or other names match the full-text terms, best first."""
    if not terms:
        return []
    sql = (
        "SELECT p.id FROM practitioners_fts f JOIN practitioners p ON p.rowid = f.rowid"
        f" WHERE practitioners_fts MATCH :terms AND {place_filter(state)} ORDER BY f.rank, p.id LIMIT {most}"
    )
    return ids(connection, sql, {"terms": "{name other_names} : (" + terms + ")", "state": state})


def ids(connection: sqlite3.Connection, sql: str, parameters: dict[str, str | None]) -> list[str]:
    return [row[0] for row in connection.execute(sql, parameters)]


def name_texts(connection: sqlite3.Connection, found: list[str]) -> dict[str, str]:
    """Return each practitioner's name and other names as one text."""
    sql = f"SELECT id, name, other_names FROM practitioners WHERE id IN ({marks(found)})"
    return {row["id"]: joined([row["name"] or "", *row["other_names"]]) for row in select(connection, sql, found)}


def joined(names: Iterable[object]) -> str:
    return " ".join(str(name) for name in names)


def name_agreement(asked: str, known: Iterable[object], family: str = "") -> str:
    """Return how an asked name agrees with one of the known ones, in words; empty when it does not.

    The family name must agree, and a given name or its initial; a single word is nobody's whole name. `family` is the
    family name of the known ones where it is known; a known name without it ends with its family name.
    """
    words = given_first(asked)
    if len(words) < 2:
        return ""
    theirs = [given_first(str(name)) for name in known]
    if any(same_person_name(words, others, set(name_words(family))) for others in theirs):
        return "the name"
    key = " ".join(sorted(words))
    close = any(fuzz.ratio(key, " ".join(sorted(others))) >= CLOSE_SCORE for others in theirs)
    return CLOSE_SPELLING if close else ""


def given_first(text: str) -> list[str]:
    """Return the words of a name, the family name last also where it is written `Family, Given`."""
    words, front = asked_name_words(text), name_words(text.partition(",")[0])
    rest = words[len(front) :]
    ordered = [*rest, *front] if "," in text and rest and words[: len(front)] == front else words
    return [word for word in ordered if word not in GENERATIONS]


def same_person_name(asked: list[str], known: list[str], family: set[str]) -> bool:
    """Whether the family name stands at an end of the asked name and a given name or initial agrees.

    Where the family name stands first (`Zhao Rulan`), everything behind it must be a given name: in
    `Kim Mary Jones` Kim is none.
    """
    families = (family & set(known)) or set(known[-1:])
    given, rest = (significant(word for word in words if word not in families) for words in (known, asked))
    if not given or not rest:
        return sorted(asked) == sorted(known)
    agree = [any(alike(word, other) for other in given) for word in rest]
    return (asked[-1] in families and any(agree)) or (asked[0] in families and all(agree))


def significant(words: Iterable[str]) -> list[str]:
    """Words without particles such as `de la`, which agree between strangers; unless nothing else is left."""
    every = list(words)
    return [word for word in every if word not in PARTICLES] or every


def alike(word: str, other: str) -> bool:
    return word == other or (1 in (len(word), len(other)) and word[0] == other[0])
