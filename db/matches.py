"""Who a question may mean, by number first and by name otherwise.

Comes in: a connection and a question already read. Goes out: `Match`es with a level and a reason, and
sentences about numbers that led nowhere. A number and a name that agree confirm each other.
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
DISAGREES = "the other number given disagrees"


@dataclass(frozen=True)
class Match:
    id: str
    level: str
    reason: str
    by_name: bool = False
    exact: bool = True


def find_matches(connection: sqlite3.Connection, asked: Question) -> tuple[list[Match], list[str]]:
    """Return who could be meant, and sentences about numbers that led nowhere or disagree."""
    notes: list[str] = []
    matches = by_numbers(connection, asked)
    if (asked.npi or asked.license) and not matches:
        notes.append(f"No practitioner here has {numbers(asked)}.")
    if any("another name" in match.reason for match in matches):
        notes.append(
            "The number leads to another name. Names change, and numbers are misread or misused: compare both."
        )
    if any(DISAGREES in match.reason for match in matches):
        notes.append("The NPI and the license number that were given do not lead to the same practitioner.")
    if not matches and asked.name:
        matches = [
            Match(hit.id, POSSIBLE, hit.reason, by_name=True, exact=hit.exact)
            for hit in find_names(connection, asked.name, asked.state or None)
        ]
    return matches, notes


def numbers(asked: Question) -> str:
    parts = [f"the NPI {asked.npi}"] if asked.npi else []
    parts += [f"the {asked.state} license number {asked.license}"] if asked.license else []
    return " or ".join(parts)


def by_numbers(connection: sqlite3.Connection, asked: Question) -> list[Match]:
    """Return holders of the numbers given; where both were given, only those of both are sure."""
    by_npi = {
        row["id"]: number_match(row, asked, f"the NPI {asked.npi}", CONFIRMED) for row in npi_holders(connection, asked)
    }
    by_license = {row["id"]: license_match(row, asked) for row in license_holders(connection, asked)}
    found = by_license | by_npi
    if asked.npi and asked.license and set(by_npi) != set(by_license):
        return [replace(m, level=POSSIBLE, reason=f"{m.reason}, but {DISAGREES}", exact=False) for m in found.values()]
    return list(found.values())


def npi_holders(connection: sqlite3.Connection, asked: Question) -> list[Row]:
    sql = "SELECT id, name, other_names FROM practitioners WHERE npi = ? ORDER BY id"
    return select(connection, sql, [asked.npi]) if asked.npi else []


def license_match(row: Row, asked: Question) -> Match:
    """A number that agrees but for letters set aside is as good; other letters make it another number."""
    reason = f"the {asked.state} license number {row['number']}"
    if row["agrees"]:
        return number_match(row, asked, reason, PROBABLE)
    return Match(row["id"], POSSIBLE, f"{reason}, of which only the digits agree", exact=False)


def number_match(row: Row, asked: Question, reason: str, level: str) -> Match:
    """A number and a name that agree confirm each other; a number under another name confirms nothing."""
    if not asked.name:
        return Match(row["id"], level, reason)
    agreement = name_agreement(asked.name, [row["name"] or "", *row["other_names"]])
    if not agreement:
        return Match(row["id"], POSSIBLE, f"{reason}, under another name", exact=False)
    return Match(row["id"], PROBABLE if agreement == CLOSE_SPELLING else CONFIRMED, f"{reason} and {agreement}")


def license_holders(connection: sqlite3.Connection, asked: Question) -> list[Row]:
    """Return holders of the number in that state; without one, those whose digits alone agree.

    `agrees` says whether the whole number does, once the letters that a state's people write or leave out
    (table license_number_marks) are set aside.
    """
    digits = number_digits(asked.license)
    if not asked.license:
        return []
    sql = (
        "SELECT DISTINCT p.id, p.name, p.other_names, l.number, l.number_key FROM licenses l JOIN practitioners p"
        " ON p.id = l.practitioner_id WHERE l.state = ? AND (l.number_key = ? OR l.number_key LIKE ?) ORDER BY p.id"
    )
    key, within = number_key(asked.license), f"%{digits}%" if len(digits) >= LEAST_DIGITS else ""
    marks = number_marks(connection, asked.state)
    wanted = plain_number(asked.license, marks)
    found = select(connection, sql, [asked.state, key, within])
    rows = [row | {"agrees": plain_number(row["number"] or "", marks) == wanted} for row in found]
    agreeing = [row for row in rows if row["agrees"]]
    return agreeing or [row for row in rows if number_digits(row["number"] or "") == digits]


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
