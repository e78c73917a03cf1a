"""Who could be meant by a question: first by the numbers given, else by the name.

Comes in: a connection and a question already read. Goes out: `Match`es, each with how sure it is and why, and
sentences about numbers that led nowhere or disagree. A number and a name that agree confirm each other; every number
given must agree, and a name alone confirms nobody (rule: design, section 4).
"""

from __future__ import annotations

import sqlite3
from dataclasses import dataclass, replace

from db.answers import Question
from db.keys import number_digits, number_key
from db.names import CLOSE_SPELLING, find_names, name_agreement
from db.rows import Row, select

LEAST_DIGITS = 3
CONFIRMED, PROBABLE, POSSIBLE = "confirmed", "probable", "possible"
WHOLE, LETTERS_LEFT_OUT, OTHER_LETTERS = "whole", "letters left out", "other letters"
OTHER_NAME = "but the name differs"
ONLY_DIGITS = "of which only the digits agree"
NAME_DIFFERS = (
    "The number leads to another name than the one given. Names change, and numbers are misread or misused:"
    " compare both."
)
LETTERS_DIFFER = "The license number is met by its digits alone; other letters can be another profession's license."
NUMBERS_DISAGREE = "The NPI and the license number that were given do not lead to the same practitioner."


@dataclass(frozen=True)
class Match:
    id: str
    level: str
    reason: str
    by_name: bool = False
    exact: bool = True


def find_matches(connection: sqlite3.Connection, asked: Question) -> tuple[list[Match], list[str]]:
    """Return who could be meant, and sentences about numbers that led nowhere or disagree."""
    by_npi, by_license = npi_matches(connection, asked), license_matches(connection, asked)
    matches = agreeing(by_npi, by_license, asked)
    notes = number_notes(by_npi, by_license, asked)
    if any(OTHER_NAME in match.reason for match in matches):
        notes.append(NAME_DIFFERS)
    if any(ONLY_DIGITS in match.reason for match in matches):
        notes.append(LETTERS_DIFFER)
    if not matches and asked.name:
        hits = find_names(connection, asked.name, asked.state or None)
        matches = [Match(hit.id, POSSIBLE, hit.reason, by_name=True, exact=hit.exact) for hit in hits]
    return matches, notes


def number_notes(by_npi: dict[str, Match], by_license: dict[str, Match], asked: Question) -> list[str]:
    """Name each number that leads nowhere, and say when two lead apart."""
    missed = [f"the NPI {asked.npi}"] if asked.npi and not by_npi else []
    missed += [f"the {asked.state} license number {asked.license}"] if asked.license and not by_license else []
    notes = [f"No practitioner here has {' or '.join(missed)}."] if missed else []
    if asked.npi and asked.license and (by_npi or by_license) and not set(by_npi) & set(by_license):
        notes.append(NUMBERS_DISAGREE)
    return notes


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
    sql = "SELECT id, name, family_name, other_names FROM practitioners WHERE npi = ? ORDER BY id"
    rows = select(connection, sql, [asked.npi]) if asked.npi else []
    return {row["id"]: number_match(row, asked, f"the NPI {asked.npi}", CONFIRMED) for row in rows}


def license_matches(connection: sqlite3.Connection, asked: Question) -> dict[str, Match]:
    rows = license_holders(connection, asked) if asked.license else []
    return {row["id"]: license_match(row, asked) for row in rows}


def license_match(row: Row, asked: Question) -> Match:
    """A number agrees but for the letters set aside; letters left out weaken it, other letters make it another."""
    reason = f"the {asked.state} license number {row['number']}"
    if row["agreement"] == WHOLE:
        return number_match(row, asked, reason, PROBABLE)
    if row["agreement"] == OTHER_LETTERS:
        return Match(row["id"], POSSIBLE, f"{reason}, {ONLY_DIGITS}", exact=False)
    match = number_match(row, asked, f"{reason}, written with its letters on one side only,", PROBABLE)
    weaker = PROBABLE if match.level == CONFIRMED else match.level
    return replace(match, level=weaker, exact=match.exact and bool(asked.name), reason=match.reason.rstrip(","))


def number_match(row: Row, asked: Question, reason: str, level: str) -> Match:
    """A number and a name that agree confirm each other; a number under another name confirms nothing."""
    if not asked.name:
        return Match(row["id"], level, reason)
    agreement = name_agreement(asked.name, [row["name"] or "", *row["other_names"]], row["family_name"] or "")
    if not agreement:
        return Match(row["id"], POSSIBLE, f"{reason}, {OTHER_NAME}", exact=False)
    close = agreement == CLOSE_SPELLING
    return Match(row["id"], PROBABLE if close else CONFIRMED, f"{reason} and {agreement}", exact=not close)


def license_holders(connection: sqlite3.Connection, asked: Question) -> list[Row]:
    """Return holders of the number in that state; `agreement` says how far it agrees, only the best are kept.

    Marks that a state's people write with a number or leave out (table license_number_marks) are set aside.
    """
    sql = (
        "SELECT DISTINCT p.id, p.name, p.family_name, p.other_names, l.number FROM licenses l JOIN practitioners p"
        " ON p.id = l.practitioner_id WHERE l.state = ? AND (l.number_key = ? OR l.number_key LIKE ?) ORDER BY p.id"
    )
    marks = number_marks(connection, asked.state)
    digits = number_digits(plain_number(asked.license, marks))
    found = select(connection, sql, [asked.state, number_key(asked.license), f"%{digits}%" if digits else ""])
    rows = [row | {"agreement": number_agreement(row["number"] or "", asked.license, marks)} for row in found]
    for agreement in (WHOLE, LETTERS_LEFT_OUT, OTHER_LETTERS):
        if best := [row for row in rows if row["agreement"] == agreement]:
            return best
    return []


def number_agreement(one: str, other: str, marks: list[Row]) -> str:
    """Return how far two numbers agree once marks are set aside: whole, letters left out, other letters, or ""."""
    plain = (plain_number(one, marks), plain_number(other, marks))
    if plain[0] == plain[1]:
        return WHOLE
    digits = number_digits(plain[0])
    if len(digits) < LEAST_DIGITS or digits != number_digits(plain[1]):
        return ""
    return LETTERS_LEFT_OUT if any(number.isdigit() for number in map(number_key, (one, other))) else OTHER_LETTERS


def number_marks(connection: sqlite3.Connection, state: str) -> list[Row]:
    """Letters and suffixes that this state's people write with a number or leave out, longest first."""
    sql = "SELECT place, mark FROM license_number_marks WHERE state IN (?, '*')"
    return sorted(select(connection, sql, [state]), key=lambda row: -len(row["mark"]))


def plain_number(text: str, marks: list[Row]) -> str:
    """A number without its mark before it, its suffix after a hyphen, and leading zeros."""
    for row in marks:
        if row["place"] == "after":
            text = text.strip().removesuffix(f"-{row['mark']}")
    key = number_key(text)
    before = (row["mark"] for row in marks if row["place"] == "before")
    mark = next((mark for mark in before if key.startswith(mark) and key[len(mark) :].isdigit()), "")
    return key.removeprefix(mark).lstrip("0")
