"""What a history must say, worked out from a fault-free year and from which nights were lost.

In: what the fault-free operator published of each edition, and the nights at which the other operator's good readings
were published. Out: the claims that must stand with their dates, the changes that must be told and on which day, and
where a history differs from them. The rule:

    a source shows editions; an operator knows of a part of it what the edition says that was last read well
    between two readings e1 < e2 of a part the changes of the fault-free year with e1 < edition <= e2 are told at once:
      those of one edition as they are; of several the net of each field, and nothing of what came and went between
    who comes to two lists on one night is new once; who is read there on two nights is new, then listed
    nothing else is ever told, and a claim is first and last seen on the nights of good readings that held it
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, field

from crawler.catalog import source_class
from tests.benchmarks.year.clock import night_of
from tests.benchmarks.year.seen import Look, Part, Read

Said = Mapping[str, frozenset[str]]


def edition_at(source: str, night: int) -> int:
    """The night from which the source shows what it shows on this night."""
    return night - night % source_class(source).cadence_days


@dataclass
class Step:
    """A part's reading of `edition` took the place of that of `before`."""

    part: Part
    before: int
    edition: int
    read: Read


@dataclass
class Ledger:
    """`names`: record id -> the id it had first (a directory gives rows other keys).

    `states`: source -> edition -> part -> record -> what is said of it, as the fault-free operator published it.
    `people`: record id -> whose it is.
    """

    same: Mapping[str, str]
    people: Mapping[str, int] = field(default_factory=dict)
    states: dict[str, dict[int, dict[str, dict[str, Said]]]] = field(default_factory=lambda: defaultdict(dict))
    known: dict[Part, tuple[int, Read]] = field(default_factory=dict)
    steps: list[Step] = field(default_factory=list)
    seen: dict[tuple[str, str, str], tuple[int, int]] = field(default_factory=dict)

    def first_name(self, record: str) -> str:
        while record in self.same:
            record = self.same[record]
        return record

    def note_edition(self, source: str, night: int, shown: Look) -> None:
        """What the fault-free operator published of tonight's edition."""
        parts: dict[str, dict[str, Said]] = defaultdict(dict)
        stated = shown.stated()
        for row in shown["records"]:
            if row["source"] == source:
                parts[self.part_of(source, row["partition"])][self.first_name(row["id"])] = stated[row["id"]]
        self.states[source][night] = parts

    @staticmethod
    def part_of(source: str, partition: str | None) -> str:
        return "*" if source == "leie" else str(partition)

    def state(self, part: Part, edition: int) -> dict[str, Said]:
        return self.states[part[0]][edition].get(part[1], {})

    def publish(self, read_at: Mapping[Part, Read]) -> None:
        """A file was published that rests on these readings."""
        for part, read in read_at.items():
            night, edition = read.night, edition_at(part[0], read.night)
            if part in self.known and self.known[part][1] != read:
                self.steps.append(Step(part, self.known[part][0], edition, read))
            self.known[part] = edition, read
            for record, said in self.state(part, edition).items():
                for name, values in said.items():
                    for value in values:
                        first = self.seen.get((record, name, value), (night, night))[0]
                        self.seen[record, name, value] = first, night

    def first_shown(self, record: str) -> int | None:
        """The night from which the source itself shows the record."""
        nights = [
            night
            for editions in self.states.values()
            for night, parts in editions.items()
            if any(record in records for records in parts.values())
        ]
        return min(nights, default=None)

    def first_read(self, record: str) -> int | None:
        """The night on which the other operator first read it."""
        return min((first for (known, _, _), (first, _) in self.seen.items() if known == record), default=None)

    def current(self) -> dict[str, Said]:
        """Record -> what must count now."""
        return {
            record: said
            for part, (edition, _) in self.known.items()
            for record, said in self.state(part, edition).items()
        }

    def wrong_now(self, shown: Look) -> list[str]:
        """Where the published file says something else than the last good readings."""
        is_now = {self.first_name(record): said for record, said in shown.stated().items()}
        must = self.current()
        lost = [f"{record} is gone" for record in must.keys() - is_now.keys()]
        odd = [f"{record} is there" for record in is_now.keys() - must.keys()]
        other = [
            f"{record}: {sorted(is_now[record].items() ^ must[record].items())}"
            for record in is_now.keys() & must.keys()
            if is_now[record] != must[record]
        ]
        return lost + odd + other

    def wrong_dates(self, shown: Look) -> list[str]:
        """Claims, those that no longer count too, that are missing, extra, or first and last seen on other nights."""
        found = {
            (self.first_name(row["record_id"]), row["field"], row["value"]): (
                night_of(row["first_seen"]),
                night_of(row["last_seen"]),
            )
            for row in shown["claims"]
        }
        wrong = [f"{key}: not in the history" for key in self.seen.keys() - found.keys()]
        wrong += [f"{key}: never read" for key in found.keys() - self.seen.keys()]
        wrong += [
            f"{key}: seen {found[key]}, read {self.seen[key]}"
            for key in found.keys() & self.seen.keys()
            if found[key] != self.seen[key]
        ]
        return sorted(wrong)
