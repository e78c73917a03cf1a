"""Reasons for which tags may move from one file to the next, judged for each tag by the states it speaks of.

Comes in: a connection with the new file as `main` and the last one as `last`. Goes out: `Reasons`, which say of a move
whether time or a source explains it. What a source says of somebody is never explained away: from a first-hand word
only age leads back to not knowing, and nothing leads to a worse one.
"""

from __future__ import annotations

import json
import sqlite3
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import NamedTuple

from db.ages import age, moment

SILENT = frozenset(("not_checked", "not_covered", "source_failed"))  # nothing that speaks for today was read
ABSENT = frozenset(("not_found", "no_evidence"))  # a list was read whole and shows nobody
STATED = frozenset(("claimed", "implied"))  # somebody else says it
UNKNOWN = SILENT | ABSENT | STATED  # every other word is first hand
DECIDES = {"certification": "certifier", "license": "board"}  # the sources that say it first hand
STATING = ("registry", "listing", "website")
NOWHERE: frozenset[str] = frozenset()
EVERYWHERE = "*"  # among the states of a run: all that its source speaks of

SOURCES = """
SELECT now.name, now.kind, now.states, now.complete, now.complete_states,
       coalesce(was.last_good_read, '') <> '', was.complete, was.complete_states
FROM main.sources now LEFT JOIN last.sources was USING (name) WHERE now.last_good_read <> ''
"""
NEW_RUNS = """
SELECT source, states FROM main.runs
WHERE result = 'good' AND id NOT IN (SELECT id FROM last.runs)
"""
States = frozenset[str]
ByKind = Mapping[str, States]  # kind of source -> states


class Move(NamedTuple):
    """One tag that has another word; `as_of` is the reading the last word rests on, `states` those it speaks of."""

    kind: str
    was: str
    now: str
    as_of: str
    states: States


@dataclass(frozen=True)
class Reasons:
    """Since the last file: states that were `read`, are read for the first time or whole unlike before (`more`), are no
    longer whole (`less`). `built_at`, `windows`: when a reading is too old in the new file."""

    read: ByKind
    more: ByKind
    less: ByKind
    built_at: datetime | None
    windows: Mapping[str, int]

    def explain(self, move: Move) -> bool:
        told = self.read_first_hand(move) or self.implied_by_board(move) or self.stated_anew(move)
        return told or self.no_longer_whole(move) or self.too_old(move)

    def read_first_hand(self, move: Move) -> bool:
        """Out of not knowing, because the source that decides was read; what is claimed gives way to its word only."""
        decided = move.now not in STATED if move.was in SILENT else move.was in STATED and move.now not in UNKNOWN
        return decided and self.among(self.read, DECIDES[move.kind], move)

    def implied_by_board(self, move: Move) -> bool:
        found = move.kind == "certification" and move.now == "implied" and move.was in SILENT | ABSENT
        return found and self.among(self.read, "board", move)

    def stated_anew(self, move: Move) -> bool:
        """Out of not knowing, because more is stated; a number that is stated also leads to a board's record."""
        found = move.was in UNKNOWN and move.now not in SILENT | ABSENT | {"implied"}
        return found and any(self.among(self.more, kind, move) for kind in STATING)

    def no_longer_whole(self, move: Move) -> bool:
        return move.was in ABSENT and move.now in SILENT and self.among(self.less, DECIDES[move.kind], move)

    def too_old(self, move: Move) -> bool:
        """Back to not knowing, because the reading is past its window; a claim does not age."""
        back = move.now in SILENT | STATED or (move.was == "implied" and move.now in ABSENT)
        return back and move.was != "claimed" and age(move.as_of, self.windows, self.built_at).level == "stale"

    def among(self, states: ByKind, kind: str, move: Move) -> bool:
        return not move.states.isdisjoint(states.get(kind, NOWHERE))


def read_reasons(connection: sqlite3.Connection) -> Reasons:
    """What became of the sources, and of time, since the last file."""
    everywhere = frozenset(code for (code,) in connection.execute("SELECT code FROM main.states"))
    runs = connection.execute(NEW_RUNS).fetchall()
    read, more, less = [], [], []
    for name, kind, covers, complete, parts, read_then, complete_then, parts_then in connection.execute(SOURCES):
        covered = listed(covers) or everywhere
        whole = covered if complete else listed(parts)
        whole_then = covered if complete_then else listed(parts_then)
        gained = whole - whole_then if read_then else whole or covered
        more.append((kind, gained))
        less.append((kind, whole_then - whole))
        read += [(kind, gained), *((kind, states) for states in read_again(name, covered, runs))]
    windows = dict(connection.execute("SELECT name, days FROM main.windows").fetchall())
    return Reasons(by_kind(read), by_kind(more), by_kind(less), built_at(connection), windows)


def listed(text: str | None) -> States:
    return frozenset(json.loads(text or "[]"))


def read_again(name: str, covered: States, runs: Iterable[tuple[str, str]]) -> Iterator[States]:
    """The states of each run of a source that the last file does not know."""
    for source, text in runs:
        if source == name:
            states = listed(text)
            yield covered if EVERYWHERE in states or not states else states


def by_kind(pairs: Iterable[tuple[str, States]]) -> ByKind:
    found: dict[str, States] = defaultdict(frozenset)
    for kind, states in pairs:
        found[kind] |= states
    return dict(found)


def built_at(connection: sqlite3.Connection) -> datetime | None:
    row = connection.execute("SELECT value FROM main.build_info WHERE key = 'built_at'").fetchone()
    return moment(row[0]) if row else None
