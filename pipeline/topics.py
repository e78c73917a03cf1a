"""What each practitioner treats, does, speaks and is paid by, in one wording a topic, so that a search finds them all.

In: practitioner rows with the words their sources print ("Headaches", "headache", "HEADACHES"). Out: rows of
`practitioner_topics`: the topic of the rule tables (conditions, therapies, languages, insurance) that a word means,
with the word as printed; a word no table knows is a topic of its own, in the spelling that is printed most.
"""

from __future__ import annotations

import json
from collections import Counter, defaultdict
from collections.abc import Iterator
from functools import cache
from typing import Any

from pipeline.frames import Rows
from pipeline.name_text import fold
from pipeline.rules import read_rule_table

TABLES = {"condition": "conditions", "therapy": "therapies", "language": "languages", "insurance": "insurance"}


def topic_rows(practitioners: Rows) -> Rows:
    """One row a practitioner, kind and topic: the first printed word that means it."""
    printed = list(printed_words(practitioners))
    spelling = commonest_spelling(printed)
    rows: dict[tuple[str, str, str], dict[str, Any]] = {}
    for person, kind, word in printed:
        topic = topic_of(kind, word) or spelling[kind, plain(word)]
        row = {"practitioner_id": person, "kind": kind, "topic": topic, "printed": word}
        rows.setdefault((person, kind, topic), row)
    return list(rows.values())


def printed_words(practitioners: Rows) -> Iterator[tuple[str, str, str]]:
    """(practitioner id, kind, word) of every word that means anything."""
    for row in practitioners:
        for kind, column in TABLES.items():
            for word in json.loads(row[column] or "[]"):
                if plain(word):
                    yield row["id"], kind, word


def commonest_spelling(printed: list[tuple[str, str, str]]) -> dict[tuple[str, str], str]:
    """How a word that no table knows is shown."""
    spellings: dict[tuple[str, str], Counter[str]] = defaultdict(Counter)
    for _, kind, word in printed:
        if not topic_of(kind, word):
            spellings[kind, plain(word)][word] += 1
    return {key: max(counted, key=lambda word: (counted[word], word)) for key, counted in spellings.items()}


def topic_of(kind: str, word: str) -> str:
    """The topic a printed word means, or "" where the table does not know the word."""
    return topics_of(kind).get(plain(word), "")


@cache
def topics_of(kind: str) -> dict[str, str]:
    """Wording as compared -> topic; a patient's word that may mean several topics is none of them here."""
    rows = [row for row in read_rule_table(TABLES[kind]) if row["relation"] == "same"]
    return {plain(row["topic"]): row["topic"] for row in rows} | {plain(row["synonym"]): row["topic"] for row in rows}


@cache
def plain(text: str) -> str:
    """A wording for comparison: folded, `&` as and."""
    return fold(text.replace("&", " and "))
