"""The phrases that decide what a sentence claims, read from rules/claim_phrases.csv.

In: the rows of that table, in their `applied` order. Out: compiled patterns by kind. A row of kind `word` is one
spelling of the word named in its `value`; other rows write `{word}` for all its spellings, so that a correction stands
in one place. `{state}` stands for the names and letters of the states.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache, lru_cache

from pipeline.rules import RuleError, read_rule_table

WORD = "word"
STATE = "state"
KINDS = frozenset(
    """
    word state
    team team_stopped
    person crowd_many crowd_one not_crowd predicate introduces named_after named_after_comma opens_with_as they_is_one
    name_before_place name_introduced new_clause singular_verb harmless clinical_degree counselor may_claim
    badge_label badge_follows colon_follows finite_verb explains
    stop_lead stop_after stop_before_name stop_before_person past_lead past_after past_before taken_back
    heading_explains heading_requires heading_people heading_certificates heading_affiliations question_to_us
    speaks_of_a_person
    certificate certificate_noun certificate_person certificate_near board_listed board_letters own_board
    diplomate_fields designation_also field owns dated dated_before restored
    license license_noun license_by_board license_by_state license_with_certificate license_letters
    letters_anywhere state_in_brackets regulator letters_of_state license_number marked_number not_a_number
    number_prefix license_states license_states_before license_states_more
    acupuncture_named other_profession_named abroad_named
    without_l board_before_1997 wide_before wide_behind wide_diplomate wide_license
    clause_cut single_name addresses cue cue_fact threshold certificate_words
    ours certificate_given says_who says_certified
    of_organizations given_by says_licensed listed_behind relative_speaks goes_on several_people
    """.split()
)
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
    if kind not in KINDS:
        raise RuleError(f"There is no kind {kind!r} of claim phrases; there are {', '.join(sorted(KINDS))}.")
    return tuple(_compiled(row) for row in _rows() if row["kind"] == kind)


@lru_cache(maxsize=2048)
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
    """The rows in the order they are applied. A kind that nothing asks for is a slip of the pen and stops."""
    rows = sorted(read_rule_table("claim_phrases"), key=lambda row: int(row["applied"]))
    for row in rows:
        if row["kind"] not in KINDS:
            raise RuleError(f"claim_phrases.csv: {row['id']!r} is of the unknown kind {row['kind']!r}.")
    return tuple(rows)
