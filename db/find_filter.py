"""A question as SQL: conditions with bound values, nothing of the text in the SQL itself.

Comes in: a `FindQuery` whose box was read, and the topics that were read out of it. Goes out: `Filter`.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from typing import Any, Protocol

from db.facts import Facts
from db.keys import bare_name, search_words
from db.vocabulary import TABLES, Vocabulary, Wanted

WORDS = {"certification": "certification", "license": "license_status"}
MOST_WORDS = 12
LETTERS = 200


class Asked(Protocol):
    """The fields of a question that a filter reads; certification, license and the kinds of topics by name."""

    @property
    def words(self) -> str: ...
    @property
    def state(self) -> str: ...


@dataclass(frozen=True)
class Filter:
    """SQL conditions with their bound values; `words_asked` are looked for in names, clinics and towns."""

    conditions: tuple[str, ...] = ()
    parameters: dict[str, Any] = field(default_factory=dict)
    wanted: tuple[Wanted, ...] = ()
    words_asked: str = ""

    @property
    def where(self) -> str:
        return " AND ".join(self.conditions) or "1"

    @property
    def is_everybody(self) -> bool:
        return not self.conditions

    def and_also(self, condition: str, **values: Any) -> Filter:
        return replace(self, conditions=(*self.conditions, condition), parameters=self.parameters | values)

    def inside(self, south: float, north: float, west: float, east: float) -> Filter:
        """Only people of a box of the map; an index finds them."""
        condition = "p.latitude BETWEEN :south AND :north AND p.longitude BETWEEN :west AND :east"
        return self.and_also(condition, south=south, north=north, west=west, east=east)

    def only(self, ids: Sequence[str]) -> Filter:
        """The same for these people instead of the words asked for."""
        kept = tuple(condition for condition in self.conditions if ":words" not in condition)
        chosen = replace(self, conditions=kept)
        return chosen.and_also("p.id IN (SELECT value FROM json_each(:only))", only=json.dumps(list(ids)))

    def begun(self) -> Filter:
        """The same with words that only begin as asked."""
        return replace(self, parameters=self.parameters | {"words": Filter.words(bare_name(self.words_asked), "*")})

    @staticmethod
    def words(text: str, end: str = "") -> str:
        """Text as safe full-text terms, each a whole word or the beginning of one."""
        return " AND ".join(f'"{word}"{end}' for word in search_words(text)[:MOST_WORDS])


def read_filter(
    query: Asked, topics: Sequence[Wanted], vocabulary: Vocabulary, facts: Facts, notes: list[str]
) -> Filter:
    chosen = with_words(Filter(), query.words[:LETTERS])
    chosen = with_state(chosen, query.state, facts, notes)
    for name, column in WORDS.items():
        value = getattr(query, name).strip()
        if value and (name, value) not in facts.words:
            known = ", ".join(word for kind, word in facts.words if kind == name)
            notes.append(f"“{value[:40]}” is no word for a {name} here, so nobody has it; there are {known}.")
        if value:
            chosen = chosen.and_also(f"p.{column} = :{name}", **{name: value})
    asked = [(kind, getattr(query, kind).strip()[:LETTERS]) for kind in TABLES]
    wanted = [vocabulary.wanted(kind, text) or Wanted(kind, text, text) for kind, text in asked if text]
    return with_topics(chosen, list(dict.fromkeys([*topics, *wanted])))


def holding(chosen: Filter, license: str) -> Filter:
    """Only holders of a license number; digits alone are met whatever letters stand before them."""
    met = (
        "ltrim(number_key, 'ABCDEFGHIJKLMNOPQRSTUVWXYZ0') = :license" if license.isdigit() else "number_key = :license"
    )
    held = f"p.id IN (SELECT practitioner_id FROM licenses WHERE {met})"
    return chosen.and_also(held, license=license.lstrip("0") if license.isdigit() else license)


def with_words(chosen: Filter, text: str) -> Filter:
    """Every word must stand in the name, clinic, town or conditions; letters behind a name are set aside."""
    if not text.strip():
        return chosen
    terms = Filter.words(bare_name(text))
    if not terms:
        return chosen.and_also("0")
    found = "SELECT rowid FROM practitioners_fts WHERE practitioners_fts MATCH :words"
    return replace(chosen.and_also(f"p.rowid IN ({found})", words=terms), words_asked=text.strip())


def with_state(chosen: Filter, text: str, facts: Facts, notes: list[str]) -> Filter:
    if not text.strip():
        return chosen
    code = facts.state_code(text)
    if code is None:
        notes.append(f"“{text.strip()[:80]}” is no state known here; write a code such as WA.")
    return chosen.and_also("p.state = :state", state=code or text.strip().upper())


def with_topics(chosen: Filter, wanted: Sequence[Wanted]) -> Filter:
    """Whoever has the topic asked for, or one that may be meant by a patient's word."""
    for number, one in enumerate(wanted):
        has = f"kind = :kind{number} AND topic IN (SELECT value FROM json_each(:topics{number}))"
        condition = f"p.id IN (SELECT practitioner_id FROM practitioner_topics WHERE {has})"
        values = {f"kind{number}": one.kind, f"topics{number}": json.dumps(list(one.topics), ensure_ascii=False)}
        chosen = chosen.and_also(condition, **values)
    return replace(chosen, wanted=tuple(wanted))
