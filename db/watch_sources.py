"""Which sources of a roster could not be read lately, and which can again: told once, never as news of a person.

Comes in: how many people of the roster each source speaks about, and what was unread at the last look. Goes out:
what is unread now, and one line for each that began or ended to be.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from db.ages import age
from db.facts import Facts
from db.rows import Row
from db.watch_words import not_read_sentence, read_again_sentence

TROUBLE = frozenset(("failed", "blocked"))


@dataclass(frozen=True)
class SourceLine:
    """What is told of a source, or of a state's licenses where only some readings are too old."""

    kind: str
    field: str
    old: str
    new: str
    sentence: str
    as_of: str


def unread_sources(people: Mapping[str, int], facts: Facts, at: datetime | None) -> dict[str, str]:
    """Source -> its last good reading, of those that were read once and could not be lately."""
    rows = {name: facts.sources[name] for name in people if name in facts.sources}
    return {name: str(row["last_good_read"]) for name, row in rows.items() if is_unread(row, facts, at)}


def is_unread(row: Row, facts: Facts, at: datetime | None) -> bool:
    """A gate that stays shut is no trouble while the pages that a person brought in are young."""
    read = age(row["last_good_read"], facts.windows, at)
    if not read.date:
        return False
    patient = row["access"] == "gated" and read.level == "fresh"
    return read.level == "stale" or (row["health"] in TROUBLE and not patient)


def source_lines(
    was: Mapping[str, str], now: Mapping[str, str], people: Mapping[str, int], facts: Facts
) -> list[SourceLine]:
    """One line a source that began to be unread or is read again; one that nobody of the roster needs is left out."""
    began = [name for name in now if name not in was]
    ended = [name for name in was if name not in now and name in people and name in facts.sources]
    return [began_line(name, now[name], people[name], facts) for name in began] + [
        ended_line(name, was[name], facts) for name in ended
    ]


def began_line(name: str, last: str, people: int, facts: Facts) -> SourceLine:
    said = not_read_sentence(facts.source_title(name), last, people)
    return SourceLine("not_read", f"source {name}", "read", "not read lately", said, last)


def ended_line(name: str, before: str, facts: Facts) -> SourceLine:
    last = str(facts.sources[name]["last_good_read"] or "")
    said = read_again_sentence(facts.source_title(name), last)
    return SourceLine("read_again", f"source {name}", "not read lately", "read", said, last or before)
