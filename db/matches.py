"""Who could be meant by a question: first by the numbers given, else by the name.

Comes in: a connection and a question already read. Goes out: `Match`es, each with how sure it is and why, and
sentences about numbers that led nowhere or disagree. A number and a name that agree confirm each other; every number
given must agree, and a name alone confirms nobody (rule: design, section 4).
"""

from __future__ import annotations

import sqlite3
from dataclasses import dataclass, field, replace
from datetime import datetime

from db.answers import Question
from db.facts import Facts
from db.freshness import level_at
from db.keys import number_key
from db.license_numbers import OTHER_LETTERS, WHOLE, LicenseNumbers
from db.name_agreement import CLOSE_SPELLING, THE_NAME, name_agreement
from db.names import MOST_HITS, NameIndex, find_names
from db.rows import Row, marks, select

CONFIRMED, PROBABLE, POSSIBLE = "confirmed", "probable", "possible"
OTHER_NAME = "but the name differs"
OTHER_NUMBER = "but the number given leads to somebody else"
ONLY_DIGITS = "of which only the digits agree"
NAME_DIFFERS = (
    "The number leads to another name than the one given. Names change, and numbers are misread or misused:"
    " compare both."
)
LETTERS_DIFFER = "The license number is met by its digits alone; other letters can be another profession's license."
NUMBERS_DISAGREE = "The NPI and the license number that were given do not lead to the same practitioner."


@dataclass(frozen=True)
class Match:
    """`exact` when what was asked is met as written; `as_of` is the reading that the number rests on."""

    id: str
    level: str
    reason: str
    by_name: bool = False
    exact: bool = True
    as_of: str = ""


@dataclass(frozen=True)
class Held:
    """What does not change between questions to one file."""

    facts: Facts
    numbers: LicenseNumbers
    names: NameIndex = field(default_factory=NameIndex)


@dataclass(frozen=True)
class Matches:
    """Who could be meant, best first, and sentences about the numbers; `more` when there are more than are given."""

    matches: tuple[Match, ...]
    notes: tuple[str, ...] = ()
    more: bool = False


def find_matches(connection: sqlite3.Connection, asked: Question, held: Held, at: datetime | None) -> Matches:
    """Return who could be meant: holders of the numbers given, else people of the name."""
    by_npi, by_license = npi_matches(connection, asked), license_matches(connection, asked, held)
    matches = [not_too_old(match, held.facts, at) for match in agreeing(by_npi, by_license, asked)]
    notes = number_notes(by_npi, by_license, asked)
    if asked.license and all(OTHER_NAME in match.reason for match in by_license.values()):
        notes += number_elsewhere(connection, asked, held)
    if any(OTHER_NAME in match.reason for match in matches):
        notes.append(NAME_DIFFERS)
    if any(ONLY_DIGITS in match.reason for match in matches):
        notes.append(LETTERS_DIFFER)
    if matches and not all(OTHER_NAME in match.reason for match in matches):
        return Matches(tuple(matches), tuple(notes))
    named = name_matches(connection, asked, held) if asked.name else []
    if matches:
        named = [beside(match) for match in named if match.exact and match.id not in ids(matches)]
    return Matches((*matches, *named[:MOST_HITS]), tuple(notes), len(named) > MOST_HITS)


def beside(match: Match) -> Match:
    """Somebody of the name, where the number leads to somebody else."""
    return replace(match, exact=False, reason=f"{match.reason}, {OTHER_NUMBER}")


def ids(matches: list[Match]) -> set[str]:
    return {match.id for match in matches}


def name_matches(connection: sqlite3.Connection, asked: Question, held: Held) -> list[Match]:
    """People of that name, one more than are shown where there are so many."""
    hits = find_names(connection, asked.name, asked.state or None, held.names, MOST_HITS + 1)
    return [Match(hit.id, POSSIBLE, hit.reason, by_name=True, exact=hit.exact) for hit in hits]


def not_too_old(match: Match, facts: Facts, at: datetime | None) -> Match:
    level = level_at(match.level, match.as_of, facts, at)
    old = "" if level == match.level else f", but the record with it is more than {oldest(facts)} days old"
    return replace(match, level=level, reason=match.reason + old)


def oldest(facts: Facts) -> int:
    return facts.windows.get("never_confirmed", 120)


def number_notes(by_npi: dict[str, Match], by_license: dict[str, Match], asked: Question) -> list[str]:
    """Name each number that leads nowhere, and say when two lead apart."""
    missed = [f"the NPI {asked.npi}"] if asked.npi and not by_npi else []
    missed += [f"the {asked.state} license number {asked.license}"] if asked.license and not by_license else []
    notes = [f"No practitioner here has {' or '.join(missed)}."] if missed else []
    if asked.npi and asked.license and (by_npi or by_license) and not set(by_npi) & set(by_license):
        notes.append(NUMBERS_DISAGREE)
    return notes


def number_elsewhere(connection: sqlite3.Connection, asked: Question, held: Held) -> list[str]:
    """Say in which other states somebody of the name given holds that very number: a state is soon mistaken."""
    codes = [code for code in held.facts.states if code != asked.state] if asked.name else []
    sql = (
        "SELECT DISTINCT l.state, p.name, p.family_name, p.other_names FROM licenses l JOIN practitioners p"
        f" ON p.id = l.practitioner_id WHERE l.state IN ({marks(codes)}) AND l.number_key = ? ORDER BY l.state"
    )
    rows = select(connection, sql, [*codes, number_key(asked.license)]) if codes else []
    same = [held.facts.state_name(row["state"]) for row in rows if name_of(asked, row)]
    where = " and ".join(dict.fromkeys(same))
    return [f"In {where} somebody of that name holds this number: was another state meant?"] if same else []


def name_of(asked: Question, row: Row) -> str:
    return name_agreement(asked.name, [row["name"] or "", *row["other_names"]], row["family_name"] or "")


def agreeing(by_npi: dict[str, Match], by_license: dict[str, Match], asked: Question) -> list[Match]:
    """Holders of the numbers given; where two were given, only a holder of both is sure."""
    if not (asked.npi and asked.license):
        return list((by_npi | by_license).values())
    npi, license = f"the NPI {asked.npi}", f"the {asked.state} license number {asked.license}"
    matches = [of_both(match, by_license[id], npi) for id, match in by_npi.items() if id in by_license]
    matches += [of_one(match, license) for id, match in by_npi.items() if id not in by_license]
    return matches + [of_one(match, npi) for id, match in by_license.items() if id not in by_npi]


def of_both(by_npi: Match, by_license: Match, npi: str) -> Match:
    """As sure as the NPI, unless other letters make the license number another one."""
    surest = by_license if ONLY_DIGITS in by_license.reason else by_npi
    return replace(surest, reason=f"{npi} and {by_license.reason}")


def of_one(match: Match, missing: str) -> Match:
    return replace(match, level=POSSIBLE, reason=f"{match.reason}, but {missing} does not lead here", exact=False)


def npi_matches(connection: sqlite3.Connection, asked: Question) -> dict[str, Match]:
    sql = (
        "SELECT id, name, family_name, other_names, coalesce((SELECT max(last_seen) FROM claims WHERE practitioner_id"
        " = p.id AND +field = 'npi' AND value = p.npi), last_seen) AS as_of FROM practitioners p WHERE npi = ?"
        " ORDER BY id"
    )
    rows = select(connection, sql, [asked.npi]) if asked.npi else []
    return {row["id"]: number_match(row, asked, f"the NPI {asked.npi}", CONFIRMED) for row in rows}


def license_matches(connection: sqlite3.Connection, asked: Question, held: Held) -> dict[str, Match]:
    rows = held.numbers.holders(connection, asked.state, asked.license) if asked.license else []
    return {row["id"]: license_match(row, asked) for row in rows}


def license_match(row: Row, asked: Question) -> Match:
    """A number agrees but for the letters set aside; letters left out weaken it, other letters make it another."""
    reason = f"the {asked.state} license number {row['number']}"
    if row["agreement"] == WHOLE:
        return number_match(row, asked, reason, PROBABLE)
    if row["agreement"] == OTHER_LETTERS:
        return Match(row["id"], POSSIBLE, f"{reason}, {ONLY_DIGITS}", exact=False, as_of=row["as_of"] or "")
    match = number_match(row, asked, f"{reason}, written with its letters on one side only,", PROBABLE)
    weaker = PROBABLE if match.level == CONFIRMED else match.level
    return replace(match, level=weaker, exact=match.exact and bool(asked.name), reason=match.reason.rstrip(","))


def number_match(row: Row, asked: Question, reason: str, level: str) -> Match:
    """A number and a name that agree confirm each other; a number under another name confirms nothing."""
    as_of = row["as_of"] or ""
    if not asked.name:
        return Match(row["id"], level, reason, as_of=as_of)
    agreement = name_of(asked, row)
    if not agreement:
        return Match(row["id"], POSSIBLE, f"{reason}, {OTHER_NAME}", exact=False, as_of=as_of)
    level = CONFIRMED if agreement == THE_NAME else PROBABLE
    return Match(row["id"], level, f"{reason} and {agreement}", exact=agreement != CLOSE_SPELLING, as_of=as_of)
