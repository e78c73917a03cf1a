"""What every tag rule may look at beside the person: the sources, what was read when, the time of the build.

In: readings and undecided pairs. Out: `World`, and `Tag`, the shape of a conclusion.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime

from crawler.snapshots import TIMES
from pipeline.facts import Person, SourceFacts
from pipeline.gather import Reading
from pipeline.rules import tag_setting, window_days

SAME, SIMILAR, ELSEWHERE = "same", "similar", "elsewhere"
# Namesakes on a list, the nearer first; one who stands there in another state alone makes nothing doubtful.
WHO = {SAME: "a person of this name", SIMILAR: "a person of a similar name"}
UNDECIDED = "a person who may be this one"


@dataclass(frozen=True)
class Tag:
    """`because` is one sentence; `claims` are claim ids; `as_of` is the reading it rests on."""

    kind: str
    scope: str
    value: str
    rule: str
    because: str
    claims: tuple[str, ...] = ()
    as_of: str = ""
    needs_review: str = ""


@dataclass
class World:
    """`undecided`: record id -> sources that hold a record which may be the same person's.

    `board_numbers`: keys of every license a board shows, whoever holds it; `numbers_of_others`: stated numbers that a
    board shows only under names that do not fit (`pipeline.number_holders`). `levels`: record id -> match level; a
    record without one counts as sure; `thin`: records that were joined by little evidence (`thin_records`);
    `namesakes`: record id -> primary lists that hold another person of its name, and how near (`pipeline.namesakes`).
    """

    sources: dict[str, SourceFacts]
    readings: dict[str, Reading]
    now: datetime
    undecided: dict[str, list[str]] = field(default_factory=dict)
    board_numbers: frozenset[str] = frozenset()
    numbers_of_others: frozenset[str] = frozenset()
    levels: Mapping[str, str] = field(default_factory=dict)
    thin: frozenset[str] = frozenset()
    namesakes: Mapping[str, Mapping[str, str]] = field(default_factory=dict)

    def of_kind(self, kind: str) -> list[SourceFacts]:
        return [source for source in self.sources.values() if source.kind == kind]

    def board_of(self, state: str) -> SourceFacts | None:
        """The source that reads this state's board, if there is one."""
        return next((source for source in self.of_kind("board") if state in source.covers), None)

    def is_fresh(self, read_at: str) -> bool:
        """Whether a reading is within the freshness window (rules/windows.csv, `stale`), in days of the calendar."""
        return bool(read_at) and (self.now.date() - parsed(read_at).date()).days <= window_days("stale")

    def is_sure(self, record_id: str) -> bool:
        """Whether the record is this person's at level confirmed: only then is discipline said."""
        return self.levels.get(record_id, "confirmed") == "confirmed"

    def undecided_in(self, members: Iterable[Person], kind: str, state: str = "") -> bool:
        """Whether a source of this kind (for this state) holds a record that may or may not be this person's."""
        names = {name for member in members for name in self.undecided.get(member.record_id, [])}
        return any(self.reads(name, kind, state) for name in names)

    def namesake_in(self, members: Iterable[Person], kind: str, state: str = "") -> str:
        """What to say of those whom a source of this kind (for this state) holds and who may be this person, or ""."""
        members = list(members)
        found = self.nearness(members, kind, state)
        undecided = UNDECIDED if self.undecided_in(members, kind, state) else ""
        who = next((who for how, who in WHO.items() if how in found), undecided)
        return f"{who}; whether it is this person could not be decided." if who else ""

    def nearness(self, members: Iterable[Person], kind: str, state: str = "") -> set[str]:
        """How near the namesakes are whom sources of this kind (for this state) hold."""
        told = [self.namesakes.get(member.record_id, {}) for member in members]
        return {how for near in told for name, how in near.items() if self.reads(name, kind, state)}

    def reads(self, name: str, kind: str, state: str) -> bool:
        """Whether a source is of this kind, and reads this state."""
        return self.sources[name].kind == kind and (not state or state in self.sources[name].covers)


def thin_records(links: Iterable[tuple[str, str, str, float]]) -> frozenset[str]:
    """Records none of whose links has a number or enough bits; `links`: two record ids, level, score."""
    best: dict[str, float] = {}
    for first, second, level, score in links:
        bits = math.inf if level == "confirmed" else score
        for record in (first, second):
            best[record] = max(best.get(record, -math.inf), bits)
    return frozenset(record for record, bits in best.items() if bits < tag_setting("thin_match_bits"))


def parsed(time: str) -> datetime:
    return datetime.strptime(time + "+0000", TIMES + "%z")


def day(time: str) -> str:
    return time[:10]


def stopped(text: str) -> str:
    """A text with one full stop behind it (`Dipl. Ac.` has its own)."""
    return text if text.endswith(".") else f"{text}."
