"""Gates: what a new file must hold before anybody is led to it, measured against the file that is published now.

Comes in: the new file and the last one. Goes out: refusals, each one sentence with its figures and the word that
accepts it on purpose. The limits are the table `gates` of the new file itself (pipeline/rules/gates.csv, published as
applied); a gate that the table does not name is not there, except that of all practitioners.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Collection, Iterator
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import quote

from db.gates_rows import floors, rows_of
from db.gates_tags import moved_tags
from db.gates_values import emptied, unfilled
from db.kept import ANEW, CLOCK
from db.opening import named_damage
from db.refusals import EVERY, GATES, Limit, Limits, Refusal

LARGEST_DROP = Limit("practitioners", EVERY, 0.5, 1)  # a directory that halves overnight has lost a source
SMALLER = frozenset(("practitioners", "source", "floor", "state"))  # what --accept-smaller accepts


@dataclass(frozen=True)
class Accepted:
    """What a person accepts on purpose: refusals by their word, or everything that is only fewer rows."""

    words: Collection[str] = ()
    smaller: bool = False

    def accepts(self, refusal: Refusal) -> bool:
        return refusal.word in self.words or (self.smaller and refusal.word.partition(":")[0] in SMALLER)


def refusals(new: Path, last: Path | None) -> list[Refusal]:
    """Every reason not to publish `new` after `last`. Raises `DamagedFile` where `last` cannot be read."""
    with closing(side_by_side(new, last)) as connection:
        limits = read_limits(connection)
        found = list(unfilled(connection, limits))
        if last:
            with named_damage(last):
                found += against_last(connection, limits)
        return found


def against_last(connection: sqlite3.Connection, limits: Limits) -> Iterator[Refusal]:
    """What an older diplomate did not publish yet is not compared."""
    for gate in (rows_of, floors, emptied, moved_tags):
        try:
            yield from gate(connection, limits)
        except sqlite3.OperationalError as error:
            if not str(error).startswith("no such "):
                raise


def side_by_side(new: Path, last: Path | None) -> sqlite3.Connection:
    """Both files read-only: the new one as `main`, the last one as `last`."""
    connection = sqlite3.connect(f"file:{quote(str(new.resolve()))}?mode=ro", uri=True)
    if last:
        with named_damage(last):
            try:
                there = f"file:{quote(str(last.resolve()))}?mode=ro&immutable=1"
                connection.execute("ATTACH ? AS last", [there])
                connection.execute("SELECT 1 FROM last.practitioners LIMIT 1").fetchone()
            except sqlite3.DatabaseError:
                connection.close()
                raise
    return connection


def read_limits(connection: sqlite3.Connection) -> Limits:
    rows = connection.execute("SELECT gate, subject, share, least FROM main.gates").fetchall()
    limits = {(gate, subject): Limit(gate, subject, share, least) for gate, subject, share, least in rows}
    limits.setdefault((LARGEST_DROP.gate, LARGEST_DROP.subject), LARGEST_DROP)
    return Limits(limits)


def sentence(found: Collection[Refusal]) -> str:
    """All refusals as one sentence, ending in how to accept those that can be accepted."""
    said = "; ".join(refusal.sentence for refusal in found)
    words = dict.fromkeys(refusal.word for refusal in found if refusal.word)
    how = " ".join(f"--accept {word}" for word in words)
    return f"{said} (where this is meant: diplomate build {how})" if words else said


def is_word(text: str) -> bool:
    """Whether a text is a word that a refusal may carry, `source:board_wa`."""
    gate, colon, subject = text.partition(":")
    return (gate in GATES and (bool(subject) if colon else gate == "practitioners")) or text in (ANEW, CLOCK)
