"""Find a license by its number in its state, however the number is written.

Comes in: a connection, a state, a number as typed. Goes out: licenses whose number agrees: whole once the state's marks
are set aside, or with letters left out on one side, or with other letters. One state's numbers are read once and held.
"""

from __future__ import annotations

import re
import sqlite3
from collections import Counter, defaultdict
from collections.abc import Iterator

from db.keys import number_digits, number_key
from db.rows import Row, select

LEAST_DIGITS = 3
WHOLE, LETTERS_LEFT_OUT, OTHER_LETTERS = "whole", "letters left out", "other letters"
SINGLE_QUESTIONS, FEW_DIGITS = 3, 4
_LETTERS = re.compile("[A-Z]+")


class LicenseNumbers:
    """The license numbers of one file, by their digits; a state that is asked about often is read once and held."""

    def __init__(self, marks: list[Row]) -> None:
        self.marks = marks
        self.asked: Counter[str] = Counter()
        self.by_state: dict[str, dict[str, list[int]]] = {}

    def holders(self, connection: sqlite3.Connection, state: str, number: str) -> list[Row]:
        """Return licenses that the number may be, with the holder's names; `agreement` says how far, the best only."""
        marks, key = marks_of(self.marks, state), number_key(number)
        digits = number_digits(plain_number(number, marks))
        self.asked[state] += 1
        often = digits and (self.asked[state] > SINGLE_QUESTIONS or len(digits) < FEW_DIGITS)
        known = self.held(connection, state, marks).get(digits, []) if often else like(connection, state, key, digits)
        found = holders(connection, known)
        rows = [row | {"agreement": number_agreement(row["number"], number, marks)} for row in found]
        for agreement in (WHOLE, LETTERS_LEFT_OUT, OTHER_LETTERS):
            # A number with letters in its middle (NJ 25MZ...) is met whole or not at all.
            near = (row for row in rows if agreement == WHOLE or digits in number_key(row["number"]))
            if best := [row for row in near if row["agreement"] == agreement]:
                return best
        return []

    def held(self, connection: sqlite3.Connection, state: str, marks: list[Row]) -> dict[str, list[int]]:
        """Rows of `licenses` of a state by the digits of the number without its marks."""
        if state not in self.by_state:
            odd = any(row["place"] == "after" or not row["mark"].isalpha() for row in marks)
            read = digits_of_numbers(connection, state, marks) if odd else digits_of_keys(connection, state)
            numbers: dict[str, list[int]] = defaultdict(list)
            for digits, rowid in read:
                numbers[digits].append(rowid)
            self.by_state[state] = numbers
        return self.by_state[state]


def like(connection: sqlite3.Connection, state: str, key: str, digits: str) -> list[int]:
    """Rows of `licenses` whose number holds these digits: for one question this is quicker than reading them all."""
    sql = "SELECT rowid FROM licenses WHERE state = ? AND (number_key = ? OR number_key LIKE ?)"
    return [row[0] for row in connection.execute(sql, [state, key, f"%{digits}%" if digits else ""])]


def digits_of_keys(connection: sqlite3.Connection, state: str) -> Iterator[tuple[str, int]]:
    """The digits of each number by its key alone, which an index holds: a state has tens of thousands."""
    sql = "SELECT number_key, rowid FROM licenses WHERE state = ? AND number_key > ''"
    for key, rowid in connection.execute(sql, [state]):
        yield (key if key.isdigit() else _LETTERS.sub("", key)).lstrip("0"), rowid


def digits_of_numbers(connection: sqlite3.Connection, state: str, marks: list[Row]) -> Iterator[tuple[str, int]]:
    """The same where suffixes or marks with digits are set aside first, which only the number as printed shows."""
    sql = "SELECT number, rowid FROM licenses WHERE state = ? AND number_key > ''"
    for number, rowid in connection.execute(sql, [state]):
        yield number_digits(plain_number(number, marks)), rowid


def holders(connection: sqlite3.Connection, rowids: list[int]) -> list[Row]:
    """Return the holder of each license with its number as printed; what a board prints comes last and counts."""
    sql = (
        "SELECT p.id, p.name, p.family_name, p.other_names, l.number, max(l.as_of) AS as_of FROM licenses l"
        " JOIN practitioners p ON p.id = l.practitioner_id"
        f" WHERE l.rowid IN ({', '.join(map(str, rowids))}) GROUP BY p.id, l.number"
        " ORDER BY p.id, max(l.source_kind = 'primary')"
    )
    return select(connection, sql) if rowids else []


def read_marks(connection: sqlite3.Connection) -> list[Row]:
    return select(connection, "SELECT state, place, mark FROM license_number_marks")


def marks_of(marks: list[Row], state: str) -> list[Row]:
    """Letters and suffixes that this state's people write with a number or leave out, longest first."""
    return sorted((row for row in marks if row["state"] in (state, "*")), key=lambda row: -len(row["mark"]))


def number_agreement(one: str, other: str, marks: list[Row]) -> str:
    """Return how far two numbers agree once marks are set aside: whole, letters left out, other letters, or ""."""
    plain = (plain_number(one, marks), plain_number(other, marks))
    if plain[0] == plain[1]:
        return WHOLE
    digits = number_digits(plain[0])
    if len(digits) < LEAST_DIGITS or digits != number_digits(plain[1]):
        return ""
    return LETTERS_LEFT_OUT if any(number.isdigit() for number in map(number_key, (one, other))) else OTHER_LETTERS


def plain_number(text: str, marks: list[Row]) -> str:
    """A number without its mark before it, its suffix after a hyphen, and leading zeros."""
    for row in marks:
        if row["place"] == "after":
            text = text.strip().removesuffix(f"-{row['mark']}")
    key = number_key(text)
    before = (row["mark"] for row in marks if row["place"] == "before")
    mark = next((mark for mark in before if key.startswith(mark) and key[len(mark) :].isdigit()), "")
    return key.removeprefix(mark).lstrip("0")
