"""Comings and goings: who is new, who is listed in one more source, who is no longer listed.

In: the records of today and of last time, what had been read whole by then and what is today. Out: rows of `changes`
without ids. Absence is known only where a source was read whole: a record is newly listed where an earlier whole
reading did not show it, and no longer listed where a later one does not. So a new source, a first whole reading after
partial ones, a failed run and a source that is lost make nobody new and nobody gone. A file of changes says of nobody
but those whom it withdraws that they have left.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlsplit

from crawler.snapshots import EVERYTHING
from pipeline.facts import SourceFacts
from pipeline.frames import Rows
from pipeline.gather import Reading

REKEYED, REKEYED_SHARE = 20, 0.5  # so many records of a source that go while as many come: it changed its keys
ORDER = ("board", "certifier", "listing", "registry", "website")
Row = dict[str, Any]


@dataclass
class Known:
    """What was and is known of each source. `whole_before`: register -> states read whole by the last build."""

    sources: Mapping[str, SourceFacts]
    readings: Mapping[str, Reading]
    whole_before: Mapping[str, set[str]]

    def register(self, source: str) -> str:
        facts = self.sources.get(source)
        return (facts.register if facts else "") or source

    def was_whole(self, row: Row) -> bool:
        """Whether the part of the source that holds this record had been read whole before."""
        states = self.whole_before.get(self.register(row["source"]), set())
        return EVERYTHING in states or (row.get("partition") or "") in states

    def missed_at(self, row: Row) -> str:
        """When the part that held this record was read whole without it, or a source said that it has left, or ""."""
        register = self.register(row["source"])
        alike = [name for name in self.readings if self.register(name) == register]
        times = [self.readings[name].read_whole_at(row.get("partition") or "") for name in alike]
        told = [self.readings[name].last_good for name in alike if row["source_key"] in self.readings[name].withdrawn]
        return min((time for time in [*times, *told] if time > row["fetched_at"]), default="")

    def kind(self, row: Row) -> str:
        facts = self.sources.get(row["source"])
        return facts.kind if facts else ""


@dataclass
class Moves:
    """`come` and `gone`: records; `carried`: old record id -> new, where one stands for the other."""

    come: Rows = field(default_factory=list)
    gone: Rows = field(default_factory=list)
    carried: dict[str, str] = field(default_factory=dict)


def moves(before: Rows, today: Rows, owners: Mapping[str, str], known: Known) -> Moves:
    """Records of practitioners that are only in one of the two; `owners`: record id of last time -> person of today."""
    was, now = {row["id"] for row in before}, {row["id"] for row in today}
    come = [row for row in today if row["id"] not in was and is_persons(row, known)]
    gone = [row for row in before if row["id"] not in now and is_persons(row, known)]
    rekeyed = rekeyed_sources(before, come, gone)
    found = Moves(carried=carried(come, gone, owners, known))
    pairs = {*found.carried, *found.carried.values()}
    old_bytes, new_bytes = {bytes_of(row) for row in before}, {bytes_of(row) for row in today}
    found.come = [
        row
        for row in come
        if row["source"] not in rekeyed
        and row["id"] not in pairs
        and bytes_of(row) not in old_bytes
        and known.was_whole(row)
    ]
    found.gone = [
        row | {"at": at}
        for row in gone
        if row["source"] not in rekeyed
        and row["id"] not in pairs
        and bytes_of(row) not in new_bytes
        and (at := known.missed_at(row))
    ]
    return found


def is_persons(row: Row, known: Known) -> bool:
    return bool(row["practitioner_id"]) and known.kind(row) not in ("", "exclusions")


def bytes_of(row: Row) -> tuple[str, str, str]:
    """The bytes a record was read from: what they newly show, or no longer, is our reading, corrected."""
    return row["source"], row.get("partition") or "", row["sha256"]


def rekeyed_sources(before: Rows, come: Rows, gone: Rows) -> set[str]:
    """Sources half of whose records go while as many others come."""
    sizes, came, went = (Counter(row["source"] for row in rows) for rows in (before, come, gone))
    least = {source: max(REKEYED, REKEYED_SHARE * size) for source, size in sizes.items()}
    return {source for source, least in least.items() if came[source] >= least and went[source] >= least}


def carried(come: Rows, gone: Rows, owners: Mapping[str, str], known: Known) -> dict[str, str]:
    """One record of a person that goes while one of the same source comes: the source names it otherwise.

    Not so where the key is a number of its own (a license, an NPI): another number is another thing.
    """
    old, new = defaultdict(list), defaultdict(list)
    for row in gone:
        old[owners.get(row["id"]), row["source"], lasting(row, known)].append(row["id"])
    for row in come:
        new[row["practitioner_id"], row["source"], lasting(row, known)].append(row["id"])
    return {ids[0]: new[key][0] for key, ids in old.items() if len(ids) == 1 and len(new.get(key, ())) == 1}


def lasting(row: Row, known: Known) -> str:
    """The part of a key that does not change: a number whole, of a page its site, of a directory's id nothing."""
    kind = known.kind(row)
    if kind == "website":
        return urlsplit(row["source_key"]).netloc
    numbered = kind == "registry" or (kind == "board" and not known.sources[row["source"]].numberless)
    return row["source_key"] if numbered else ""


def newcomers(come: Rows, today: Rows, ever: Iterable[str], before: Rows) -> dict[str, Row]:
    """Person id -> the record to tell of, for people of whom no record was known and no id was ever given."""
    old_ids, old_people = {row["id"] for row in before}, set(ever)
    people = {row["practitioner_id"] for row in come} - old_people
    held = {row["practitioner_id"] for row in today if row["practitioner_id"] in people and row["id"] in old_ids}
    found: dict[str, Row] = {}
    for row in come:
        if row["practitioner_id"] in people - held:
            found.setdefault(row["practitioner_id"], row)
    return found
