"""The phrases that decide what a sentence claims, read from rules/claim_phrases.csv.

In: the rows of that table, in their `applied` order. Out: compiled patterns by kind. A row of kind `word` is one
spelling of the word named in its `value`; other rows write `{word}` for all its spellings, so that a correction stands
in one place. `{state}` stands for the names and letters of the states.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache

from pipeline.rules import RuleError, read_rule_table

WORD = "word"
STATE = "state"
_PLACEHOLDER = re.compile(r"\{([a-z_]+)\}")


@dataclass(frozen=True)
class Phrase:
    """One row: `value` is what the phrase stands for, where its kind has such a thing."""

    id: str
    kind: str
    pattern: re.Pattern[str]
    value: str


@cache
def phrases(kind: str) -> tuple[Phrase, ...]:
    """The phrases of a kind in the order they are applied."""
    return tuple(_compiled(row) for row in _rows() if row["kind"] == kind)


def first_phrase(kind: str, text: str) -> Phrase | None:
    """The first phrase of a kind that stands anywhere in TEXT."""
    return next((phrase for phrase in phrases(kind) if phrase.pattern.search(text)), None)


def leading_phrase(kind: str, text: str) -> Phrase | None:
    """The first phrase of a kind that TEXT begins with."""
    return next((phrase for phrase in phrases(kind) if phrase.pattern.match(text)), None)


def found_phrases(kind: str, text: str) -> Iterator[tuple[Phrase, re.Match[str]]]:
    """Every place in TEXT where a phrase of a kind stands, phrase by phrase."""
    for phrase in phrases(kind):
        for match in phrase.pattern.finditer(text):
            yield phrase, match


def past_phrase(kind: str, text: str) -> str:
    """TEXT without the phrase of a kind that it begins with."""
    phrase = leading_phrase(kind, text)
    match = phrase.pattern.match(text) if phrase else None
    return text[match.end() :] if match else text


def blanked(kind: str, text: str) -> str:
    """TEXT with every phrase of a kind overwritten by spaces."""
    for phrase in phrases(kind):
        text = phrase.pattern.sub(lambda match: " " * len(match.group()), text)
    return text


@cache
def word(name: str) -> str:
    """The pattern for every spelling of a word."""
    if name == STATE:
        return _state()
    spellings = [_expanded(row["pattern"]) for row in _rows() if row["kind"] == WORD and row["value"] == name]
    if not spellings:
        raise RuleError(f"claim_phrases.csv uses {{{name}}} but has no row of kind word with the value {name}.")
    return f"(?:{'|'.join(spellings)})"


@cache
def state_names() -> dict[str, str]:
    """Every way to write a state: the names of states.csv, its two letters, and the short forms of the table."""
    known = {row["name"]: row["code"] for row in read_rule_table("states")}
    known |= {row["code"]: row["code"] for row in read_rule_table("states")}
    return known | {row["pattern"]: row["value"] for row in _rows() if row["kind"] == STATE}


def _state() -> str:
    longest_first = sorted(state_names(), key=len, reverse=True)
    return rf"(?-i:(?<![\w.])(?:{'|'.join(map(_spelling, longest_first))})(?![\w]))"


def _spelling(name: str) -> str:
    """A state's letters only in capitals, its name also in capitals or small letters."""
    pattern = re.escape(name).replace(r"\ ", r"\s")
    return pattern if len(name) <= 3 or name.isupper() else f"(?i:{pattern})"


def _compiled(row: dict[str, str]) -> Phrase:
    try:
        pattern = re.compile(_expanded(row["pattern"]), re.I if row["flags"] else 0)
    except re.error as error:
        raise RuleError(f"claim_phrases.csv: the pattern of {row['id']!r} cannot be read: {error}.") from error
    return Phrase(row["id"], row["kind"], pattern, row["value"])


def _expanded(pattern: str) -> str:
    return _PLACEHOLDER.sub(lambda match: word(match[1]), pattern)


@cache
def _rows() -> tuple[dict[str, str], ...]:
    return tuple(sorted(read_rule_table("claim_phrases"), key=lambda row: int(row["applied"])))
