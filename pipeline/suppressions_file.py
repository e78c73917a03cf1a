"""Writing suppressions down: new ones, keys learned by a build, and withdrawals.

In: keys of a person. Out: lines of `suppressions.csv` with hashes of them, replaced as a whole under a lock. The salt
is made with the first line and is for its owner's eyes only.
"""

from __future__ import annotations

import secrets
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import astuple, replace
from datetime import datetime
from pathlib import Path

from crawler.snapshots import TIMES
from pipeline.judged_csv import NotWritten, as_csv, only_one_writer, plain_reason
from pipeline.review_list import replace_file
from pipeline.suppression_keys import KINDS, Key, digest
from pipeline.suppressions import COLUMNS, FILE, SALT, Line, Suppressions, mark_of, read_suppressions

LOCK = "suppress"
SALT_BYTES = 32


def suppress(data: Path, keys: Collection[Key], reason: str, now: datetime) -> tuple[int, bool]:
    """Write a person's keys down; returns the number, and whether anything was added.

    A person who is left out already keeps that number: keys that are new are added to it.
    """
    reason = plain_reason(reason)
    with only_one_writer(data, LOCK):
        book = with_salt(read_suppressions(data, now), data)
        numbers = [line.number for line in book.lines]
        number = min(book.of(keys), default=max(numbers, default=0) + 1)
        new = lines_for(book, number, keys, reason, now.strftime(TIMES))
        if new:
            replace_file(data / FILE, lines_text([*book.lines, *new]))
    return number, bool(new)


def learn(data: Path, keys: Mapping[int, Iterable[Key]], now: datetime) -> list[Line]:
    """Add keys that a build met on records of people who are left out; returns the new lines."""
    with only_one_writer(data, LOCK):
        book = read_suppressions(data, now)
        new: list[Line] = []
        for number, found in sorted(keys.items()):
            first = next((line for line in book.lines if line.number == number and not line.withdrawn_on), None)
            if first is not None:
                new += lines_for(book, number, found, first.reason, now.strftime(TIMES))
        if new:
            replace_file(data / FILE, lines_text([*book.lines, *new]))
    return new


def withdraw(data: Path, number: int, now: datetime) -> None:
    """Say of a suppression that it no longer stands; raises NotWritten where there is none of that number."""
    with only_one_writer(data, LOCK):
        lines = list(read_suppressions(data, now).lines)
        mine = [line for line in lines if line.number == number]
        if not mine:
            there = ", ".join(map(str, sorted({line.number for line in lines}))) or "none"
            raise NotWritten(
                f"There is no suppression {number}; there is {there}. `diplomate suppress --list` shows them."
            )
        if all(line.withdrawn_on for line in mine):
            raise NotWritten(f"Suppression {number} was withdrawn on {mine[0].withdrawn_on[:10]} already.")
        at = now.strftime(TIMES)
        ended = [
            replace(line, withdrawn_on=at) if line.number == number and not line.withdrawn_on else line
            for line in lines
        ]
        replace_file(data / FILE, lines_text(ended))


def with_salt(book: Suppressions, data: Path) -> Suppressions:
    """The same with a salt, made now where nothing was written down yet."""
    if book.salt:
        return book
    salt = secrets.token_bytes(SALT_BYTES)
    data.mkdir(parents=True, exist_ok=True)
    replace_file(data / SALT, f"{salt.hex()}\n".encode())
    return replace(book, salt=salt)


def lines_for(book: Suppressions, number: int, keys: Iterable[Key], reason: str, at: str) -> list[Line]:
    """A line for each key that the suppression does not hold yet, in an order that says nothing."""
    held = {line.key_hash for line in book.lines if line.number == number and not line.withdrawn_on}
    hashes = {digest(book.salt, key): key.kind for key in keys}
    mark = mark_of(book.salt)
    new = sorted((KINDS.index(kind), kind, found) for found, kind in hashes.items() if found not in held)
    return [Line(number, kind, found, reason, at, "", mark) for _, kind, found in new]


def lines_text(lines: Sequence[Line]) -> bytes:
    return as_csv(COLUMNS, map(astuple, lines))
