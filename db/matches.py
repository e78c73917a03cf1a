"""Who a question may mean, by number first and by name otherwise.

Comes in: a connection and a question already read. Goes out: `Match`es with a level and a reason, and
sentences about numbers that led nowhere. A number and a name that agree confirm each other.
"""

from __future__ import annotations

import sqlite3
from dataclasses import dataclass

from db.answers import Question
from db.keys import number_digits, number_key
from db.names import CLOSE_SPELLING, find_names, name_agreement
from db.rows import Row, select

LEAST_DIGITS = 3


@dataclass(frozen=True)
class Match:
    id: str
    level: str
    reason: str
    by_name: bool = False
    exact: bool = True


def find_matches(connection: sqlite3.Connection, asked: Question) -> tuple[list[Match], list[str]]:
    """Return who could be meant, and sentences about numbers that led nowhere."""
    notes: list[str] = []
    matches = by_numbers(connection, asked)
    if (asked.npi or asked.license) and not matches:
        notes.append(f"No practitioner here has {numbers(asked)}.")
    if any("another name" in match.reason for match in matches):
        notes.append(
            "The number leads to another name. Names change, and numbers are misread or misused: compare both."
        )
    if not matches and asked.name:
        matches = [
            Match(hit.id, "possible", hit.reason, by_name=True, exact=hit.exact)
            for hit in find_names(connection, asked.name, asked.state or None)
        ]
    return matches, notes


def numbers(asked: Question) -> str:
    parts = [f"the NPI {asked.npi}"] if asked.npi else []
    parts += [f"the {asked.state} license number {asked.license}"] if asked.license else []
    return " or ".join(parts)


def by_numbers(connection: sqlite3.Connection, asked: Question) -> list[Match]:
    matches: dict[str, Match] = {}
    if asked.npi:
        for row in select(connection, "SELECT id, name, other_names FROM practitioners WHERE npi = ?", [asked.npi]):
            matches[row["id"]] = number_match(row, asked, f"the NPI {asked.npi}", "confirmed")
    if asked.license:
        for row in license_holders(connection, asked):
            level = "probable" if row["number_key"] == number_key(asked.license) else "possible"
            reason = f"the {asked.state} license number {row['number']}"
            matches.setdefault(row["id"], number_match(row, asked, reason, level))
    return list(matches.values())


def number_match(row: Row, asked: Question, reason: str, level: str) -> Match:
    """A number and a name that agree confirm each other; a number under another name confirms nothing."""
    if not asked.name:
        return Match(row["id"], level, reason)
    agreement = name_agreement(asked.name, [row["name"] or "", *row["other_names"]])
    if not agreement:
        return Match(row["id"], "possible", f"{reason}, under another name", exact=False)
    sure = level != "possible" and agreement != CLOSE_SPELLING
    return Match(row["id"], "confirmed" if sure else "probable", f"{reason} and {agreement}")


def license_holders(connection: sqlite3.Connection, asked: Question) -> list[Row]:
    """Return holders of the number in that state; without one, those whose digits alone agree."""
    sql = (
        "SELECT DISTINCT p.id, p.name, p.other_names, l.number, l.number_key FROM licenses l"
        " JOIN practitioners p ON p.id = l.practitioner_id WHERE l.state = ? AND "
    )
    exact = select(connection, sql + "l.number_key = ? ORDER BY p.id", [asked.state, number_key(asked.license)])
    digits = number_digits(asked.license)
    if exact or len(digits) < LEAST_DIGITS:
        return exact
    ending = select(connection, sql + "l.number_key LIKE ? ORDER BY p.id", [asked.state, f"%{digits}"])
    return [row for row in ending if number_digits(row["number"] or "") == digits]
