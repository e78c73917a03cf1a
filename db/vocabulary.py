"""The words a search understands: wordings of conditions, therapies, languages and insurance, and towns.

Comes in: a connection to a published file. Goes out: `Vocabulary`, read once for each file. A wording either is a topic
(`headaches` is headache) or a patient's word that may mean several (`leg pain` may mean sciatica): the first kind is
looked up in `same`, the second widens a search by `related`.
"""

from __future__ import annotations

import sqlite3
from collections import defaultdict
from dataclasses import dataclass, field

from db.keys import name_words
from db.places import town_key
from db.rows import select

TABLES = {"condition": "conditions", "therapy": "therapies", "language": "languages", "insurance": "insurance"}
TOWNS = (
    "SELECT city, state, count(*) AS people FROM practitioners WHERE city <> '' AND state <> '' GROUP BY city, state"
)


@dataclass(frozen=True)
class Wanted:
    """What one wording means: a topic of its own (or ""), and topics that may be meant by it."""

    kind: str
    wording: str
    topic: str
    related: tuple[str, ...] = ()

    @property
    def topics(self) -> tuple[str, ...]:
        return tuple(dict.fromkeys(filter(None, (self.topic, *self.related))))


@dataclass(frozen=True)
class Vocabulary:
    """`same`: (kind, wording) -> topic; `related`: (kind, wording) -> topics; `towns`: town -> state -> people."""

    same: dict[tuple[str, str], str] = field(default_factory=dict)
    related: dict[tuple[str, str], tuple[str, ...]] = field(default_factory=dict)
    towns: dict[str, dict[str, int]] = field(default_factory=dict)

    @property
    def longest(self) -> int:
        """Words of the longest wording."""
        return max((len(wording.split()) for _, wording in (*self.same, *self.related)), default=1)

    def wanted(self, kind: str, text: str) -> Wanted | None:
        """What a text means as a word of this kind; None where no table and no practitioner has it.

        Another wording of a topic (`dolor de pierna`) may mean whatever the topic (`leg pain`) may mean.
        """
        key = (kind, plain(text))
        topic = self.same.get(key, "")
        related = self.related.get(key) or self.related.get((kind, plain(topic)), ())
        return Wanted(kind, text, topic, related) if topic or related else None

    def any_kind(self, text: str) -> Wanted | None:
        """The same of the first kind that knows the text."""
        return next((found for kind in TABLES if (found := self.wanted(kind, text))), None)


def plain(text: str) -> str:
    """A wording for comparison: folded words, `&` as and."""
    return " ".join(name_words(text.replace("&", " and ")))


def read_vocabulary(connection: sqlite3.Connection) -> Vocabulary:
    same: dict[tuple[str, str], str] = {}
    related: dict[tuple[str, str], dict[str, None]] = defaultdict(dict)
    for kind, topic in connection.execute("SELECT DISTINCT kind, topic FROM practitioner_topics"):
        same[kind, plain(topic)] = topic
    for kind, table in TABLES.items():
        for row in select(connection, f"SELECT topic, synonym, relation FROM [{table}]"):
            same[kind, plain(row["topic"])] = row["topic"]
            if row["relation"] == "same":
                same[kind, plain(row["synonym"])] = row["topic"]
            else:
                related[kind, plain(row["synonym"])][row["topic"]] = None
    return Vocabulary(same, {key: tuple(topics) for key, topics in related.items()}, read_towns(connection))


def read_towns(connection: sqlite3.Connection) -> dict[str, dict[str, int]]:
    """Towns where somebody practices, and in which states."""
    towns: dict[str, dict[str, int]] = defaultdict(dict)
    for row in select(connection, TOWNS):
        states = towns[town_key(row["city"])]
        states[row["state"]] = states.get(row["state"], 0) + row["people"]
    return dict(towns)
