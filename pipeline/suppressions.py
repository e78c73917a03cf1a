"""Suppressions: people who asked to be left out, as keys that nobody can read.

In: `suppressions.csv` and its salt in the data folder. Out: which suppression a key belongs to. The file holds no name
and no number, only salted hashes, a reason and dates; lines of one number are one person's. What it means and what it
cannot reach: docs/corrections.md.
"""

from __future__ import annotations

import hashlib
import re
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path

from pipeline.judged_csv import judged_lines, refuse, time_fault
from pipeline.rules import RuleError
from pipeline.suppression_keys import KINDS, Key, digest

FILE, SALT = "suppressions.csv", "suppressions.salt"
COLUMNS = ("number", "kind", "key_hash", "reason", "suppressed_on", "withdrawn_on", "salt_mark")
_HASH, _MARK = re.compile(r"[0-9a-f]{32}"), re.compile(r"[0-9a-f]{8}")


@dataclass(frozen=True)
class Line:
    """One key of one person. `number` names the person's suppression; `salt_mark` tells which salt made the hash."""

    number: int
    kind: str
    key_hash: str
    reason: str
    suppressed_on: str
    withdrawn_on: str
    salt_mark: str


@dataclass(frozen=True)
class Suppressions:
    """Every line, and the salt that its hashes are made with."""

    lines: Sequence[Line] = ()
    salt: bytes = b""
    known: Mapping[str, frozenset[int]] = field(default_factory=dict)

    def __bool__(self) -> bool:
        return bool(self.known)

    @property
    def mark(self) -> str:
        """Changes with every key that is added and every suppression that ends; "" where nobody is left out."""
        said = "\n".join(f"{line.number} {line.kind} {line.key_hash} {line.withdrawn_on}" for line in self.lines)
        return hashlib.blake2b(said.encode(), digest_size=8, key=self.salt).hexdigest() if self.known else ""

    def with_lines(self, more: Sequence[Line]) -> Suppressions:
        """The same with lines that a build has added to the file."""
        lines = [*self.lines, *more]
        return Suppressions(lines, self.salt, in_force(lines))

    def of(self, keys: Iterable[Key]) -> set[int]:
        """The suppressions in force that any of these keys belongs to."""
        found: set[int] = set()
        for key in keys if self.known else ():
            found |= self.known.get(digest(self.salt, key), frozenset())
        return found


def read_suppressions(data: Path, now: datetime) -> Suppressions:
    """Everything that is written down; raises RuleError naming each fault, and where the salt is lost."""
    path = data / FILE
    if not path.exists():
        return Suppressions()
    found = list(judged_lines(path, COLUMNS, lambda cells: fault_of(cells, now)))
    refuse([one for one in found if isinstance(one, str)])
    lines = [Line(int(one[1][0]), *one[1][1:]) for one in found if not isinstance(one, str)]
    return Suppressions(lines, salt_of(data, lines), in_force(lines))


def salt_of(data: Path, lines: Sequence[Line]) -> bytes:
    """The data folder's salt; raises RuleError where it is not the one that the lines were written with."""
    path = data / SALT
    try:
        salt = bytes.fromhex(path.read_text(encoding="ascii").strip())
    except (OSError, ValueError) as error:
        if not lines:
            return b""
        raise RuleError(f"{data.name}/{SALT} cannot be read ({error}). {LOST}") from error
    other = next((line for line in lines if line.salt_mark != mark_of(salt)), None)
    if other is not None:
        raise RuleError(f"{data.name}/{SALT} is not the salt that suppression {other.number} was written with. {LOST}")
    return salt


LOST = "Without it nobody who is left out would be known again: restore it from a copy."


def mark_of(salt: bytes) -> str:
    return hashlib.blake2b(b"mark", digest_size=4, key=salt).hexdigest()


def in_force(lines: Iterable[Line]) -> dict[str, frozenset[int]]:
    """Hash -> numbers of the suppressions that hold."""
    found: dict[str, set[int]] = defaultdict(set)
    for line in lines:
        if not line.withdrawn_on:
            found[line.key_hash].add(line.number)
    return {key_hash: frozenset(numbers) for key_hash, numbers in found.items()}


def fault_of(cells: Sequence[str], now: datetime) -> str:
    """What is wrong with one line, or ""."""
    number, kind, key_hash, reason, suppressed, withdrawn, mark = cells
    if not number.isdecimal() or not number.isascii() or not 0 < len(number) < 10:
        return f"number is {number!r}; it must be a number, the same for every line of one person."
    if kind not in KINDS:
        return f"kind is {kind!r}; it must be one of {', '.join(KINDS)}."
    if not _HASH.fullmatch(key_hash) or not _MARK.fullmatch(mark):
        return "key_hash or salt_mark is no hash; `diplomate suppress` writes them."
    if not reason:
        return f"the reason of suppression {number} is empty."
    return time_fault("suppressed_on", suppressed, now) or (
        time_fault("withdrawn_on", withdrawn, now) if withdrawn else ""
    )
