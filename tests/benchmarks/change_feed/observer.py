"""The observer: who knows every event, and sees of it what good readings show.

In: readings, who a record was published as. Out: the changes that a perfect feed holds for each night. What is compared
here are the observer's own notes (a word, an expiry, how often a place changed), never claims or fields.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from crawler.snapshots import EVERYTHING
from tests.benchmarks.change_feed.readings import Reading
from tests.benchmarks.change_feed.rows import LAPSED, Row

SIMPLE = {"name": "renamed", "city": "moved", "phone": "detail_changed", "acted": "detail_changed"}
# kind, what it is about (a record, or a person who is new), which part of it
Expected = tuple[str, str, str]


@dataclass
class Observer:
    """`known`: record id -> its facts when last shown. `whole`: source -> states that were ever read whole.

    `matches`: rows of the exclusion list -> the registry row that they name, where both are known.
    """

    known: dict[str, dict[str, Any]] = field(default_factory=dict)
    rows: dict[str, Row] = field(default_factory=dict)
    whole: dict[str, set[str]] = field(default_factory=dict)
    people: set[str] = field(default_factory=set)
    matches: dict[str, str] = field(default_factory=dict)

    def night(
        self,
        readings: Iterable[Reading],
        owners: Mapping[str, str],
        same: Mapping[str, str],
        excluded: Mapping[str, str],
    ) -> set[Expected]:
        """What changed for somebody who saw these readings; `owners`: record id -> person, as published tonight."""
        found: set[Expected] = set()
        came: list[str] = []
        npis = {record for record in excluded.values() if record in self.known}
        for reading in readings:
            self.follow(reading, same)
            found |= self.gone(reading, excluded)
            for record, row in reading.shown.items():
                if record in self.known:
                    found |= differences(record, self.known[record], row.facts)
                elif reading.source == "leie":
                    found |= self.excluded(record, excluded, npis, reading)
                elif self.was_whole(reading.source, row):
                    came.append(record)
            self.note(reading)
        found |= self.comings(came, owners)
        for reading in readings:
            self.whole.setdefault(reading.source, set()).update(reading.whole)
        self.matches = {record: npi for record, npi in excluded.items() if {record, npi} <= set(self.known)}
        self.people |= {owners[record] for record in self.known if record in owners}
        return found

    def follow(self, reading: Reading, same: Mapping[str, str]) -> None:
        """A row under another key is the same row."""
        for record in reading.shown:
            old = same.get(record, "")
            if old in self.known:
                self.known[record], self.rows[record] = self.known.pop(old), self.rows.pop(old)

    def was_whole(self, source: str, row: Row) -> bool:
        return bool(self.whole.get(source, set()) & {EVERYTHING, row.record.partition})

    def gone(self, reading: Reading, excluded: Mapping[str, str]) -> set[Expected]:
        """Known rows of parts that were read whole and no longer show them."""
        missing = [
            record
            for record, row in self.rows.items()
            if row.source == reading.source
            and reading.whole & {EVERYTHING, row.record.partition}
            and record not in reading.shown
        ]
        for record in missing:
            del self.known[record], self.rows[record]
        if reading.source == "leie":
            return {("exclusion_went", record, "exclusion") for record in missing if self.matches.pop(record, "")}
        return {("no_longer_listed", record, "record") for record in missing}

    def excluded(self, record: str, excluded: Mapping[str, str], npis: set[str], reading: Reading) -> set[Expected]:
        """A match by NPI and name with somebody whose registry row was known before."""
        if excluded.get(record) not in npis or not self.whole.get("leie"):
            return set()
        return {("exclusion_appeared", record, "exclusion")}

    def note(self, reading: Reading) -> None:
        for record, row in reading.shown.items():
            self.known[record], self.rows[record] = dict(row.facts), row

    def comings(self, came: list[str], owners: Mapping[str, str]) -> set[Expected]:
        """One for each newcomer; one for each listing of somebody known."""
        before = set(self.known) - set(came)
        old = self.people | {owners[record] for record in before if record in owners}
        known = {record for record in came if owners[record] in old}
        new = {owners[record] for record in came} - old
        return {("listed", record, "record") for record in known} | {("new", person, "record") for person in new}


def differences(record: str, old: Mapping[str, Any], new: Mapping[str, Any]) -> set[Expected]:
    """What the observer's notes of a row tell apart."""
    found = {(kind, record, name) for name, kind in SIMPLE.items() if old[name] != new[name]}
    if old.get("expires") != new.get("expires"):
        found.add(("renewed", record, "expires"))
    if old["word"] != new["word"]:
        found.add(("lapsed" if new["word"] == LAPSED else "status_changed", record, "word"))
    return found
