"""Disputes: facts that somebody says are wrong, hidden until their source has been read again.

In: `disputes.csv` of the data folder, one fact a line, and today's records. Out: what is to be hidden today, and what
became of each line. It is the snapshot's time that counts, so a replay of old bytes ends no dispute: a fact is hidden
while its record was read no later than it was disputed; read again, it is shown if the source still says the same
(`repeated`, with both dates), and if it says something else the dispute is settled. Linking is not touched: the joined
person stays. The file holds no value, only its hash.
"""

from __future__ import annotations

import hashlib
import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any

from pipeline.claims import claims_of
from pipeline.facts import Person
from pipeline.judged_csv import judged_lines, refuse, time_fault
from pipeline.normalize import Exclusion
from pipeline.renamings import Renamings

FILE = "disputes.csv"
COLUMNS = ("record_id", "field", "value_hash", "reason", "disputed_on", "withdrawn_on")
EXCLUSION = "exclusion"
HIDDEN, REPEATED, SETTLED, WAITING, WITHDRAWN = "hidden", "repeated", "settled", "waiting", "withdrawn"
_RECORD_ID, _HASH = re.compile(r"[0-9a-f]{16}"), re.compile(r"[0-9a-f]{32}")
_TWO_WORDS = ("license ", "certification ")


@dataclass(frozen=True)
class Dispute:
    """One line. `number` counts the lines from 1 and is how a dispute is named; times are ISO, UTC."""

    number: int
    record_id: str
    field: str
    value_hash: str
    reason: str
    disputed_on: str
    withdrawn_on: str = ""

    def is_about(self, field: str, value: str) -> bool:
        return field == self.field and value_hash(self.record_id, field, value) == self.value_hash

    @property
    def until(self) -> str:
        """A record read up to here has not been read again; a day without a time counts whole."""
        return self.disputed_on if "T" in self.disputed_on else f"{self.disputed_on}T23:59:59Z"


@dataclass(frozen=True)
class Standing:
    """What became of a dispute: `record_id` as the record is called today, `read_on` when it was read again."""

    dispute: Dispute
    record_id: str
    outcome: str
    read_on: str = ""


@dataclass
class Disputed:
    """`fields`: record id -> fields that are hidden today; `exclusions`: hidden rows of the exclusion list."""

    standing: list[Standing] = field(default_factory=list)
    fields: Mapping[str, frozenset[str]] = field(default_factory=dict)
    exclusions: frozenset[str] = frozenset()

    def since(self, members: Iterable[Person]) -> str:
        """The day on which a hidden fact of these records was first disputed."""
        own = {member.record_id for member in members}
        days = (one.dispute.disputed_on[:10] for one in self.standing if one.outcome == HIDDEN and one.record_id in own)
        return min(days, default="")


def value_hash(record_id: str, field: str, value: str) -> str:
    """What the file keeps of a value: it can be recognized, and not read."""
    return hashlib.sha256(f"dispute\n{record_id}\n{field}\n{value}".encode()).hexdigest()[:32]


def about(field: str) -> str:
    """What a field is about, without a number or a designation in it: `license WA`, `certification NCBAHM`, `name`."""
    return " ".join(field.split(" ")[:2]) if field.startswith(_TWO_WORDS) else field


def exclusion_value(exclusion_type: str, excluded_on: str) -> str:
    return f"{exclusion_type} {excluded_on}".strip()


def read_disputes(data: Path, now: datetime) -> list[Dispute]:
    """Every line of the file; raises RuleError naming each fault."""
    path = data / FILE
    if not path.exists():
        return []
    found = list(read_lines(path, now))
    refuse([one for one in found if isinstance(one, str)])
    return [one for one in found if isinstance(one, Dispute)]


def read_lines(path: Path, now: datetime) -> Iterator[Dispute | str]:
    """Each line, or the sentence that says what is wrong with it."""
    lines = judged_lines(path, COLUMNS, lambda cells: fault_of(cells, now))
    for number, found in enumerate(lines, start=1):
        yield found if isinstance(found, str) else Dispute(number, *found[1])


def fault_of(cells: Sequence[str], now: datetime) -> str:
    """What is wrong with one line, or ""."""
    record, about_field, digest, reason, disputed, withdrawn = cells
    if not _RECORD_ID.fullmatch(record):
        return f"record_id is {record!r}; it must be the 16 letters and digits of a record's id."
    if not about_field:
        return f"field is empty; name what is disputed of record {record}, or let `diplomate dispute` write the lines."
    if not _HASH.fullmatch(digest):
        return f"value_hash is {digest!r}; `diplomate dispute` writes it."
    if not reason:
        return f"the reason is empty; say why {about_field!r} of record {record} is disputed."
    return time_fault("disputed_on", disputed, now) or (time_fault("withdrawn_on", withdrawn, now) if withdrawn else "")


def disputed_today(
    lines: Sequence[Dispute], people: Iterable[Person], exclusions: Iterable[Exclusion], renamings: Renamings
) -> Disputed:
    """What each line comes to, and so what is hidden."""
    if not lines:
        return Disputed()
    today = {line.number: renamings.today(line.record_id, line.until) for line in lines}
    wanted = set(today.values())
    members = {person.record_id: person for person in people if person.record_id in wanted}
    listed = {item.record_id: item for item in exclusions if item.record_id in wanted}
    standing = [standing_of(line, today[line.number], members, listed) for line in lines]
    fields: dict[str, set[str]] = defaultdict(set)
    for one in standing:
        if one.outcome == HIDDEN:
            fields[one.record_id].add(one.dispute.field)
    hidden = {record: frozenset(names) for record, names in fields.items() if record in members}
    return Disputed(standing, hidden, frozenset(record for record in fields if record in listed))


def standing_of(line: Dispute, record: str, members: Mapping[str, Person], listed: Mapping[str, Exclusion]) -> Standing:
    found = members.get(record) or listed.get(record)
    if line.withdrawn_on:
        return Standing(line, record, WITHDRAWN)
    if found is None:
        return Standing(line, record, WAITING)
    if found.fetched_at <= line.until:
        return Standing(line, record, HIDDEN)
    says_so = any(line.is_about(name, value) for name, value in stated_by(found))
    return Standing(line, record, REPEATED if says_so else SETTLED, found.fetched_at)


def stated_by(found: Person | Exclusion) -> list[tuple[str, str]]:
    """(field, value) of everything that can be disputed of a record."""
    if isinstance(found, Exclusion):
        return [(EXCLUSION, exclusion_value(found.exclusion_type, found.excluded_on))]
    return [(claim.field, claim.value) for claim in claims_of(found)]


def dispute_rows(disputed: Disputed, owners: Mapping[str, str], people: Iterable[Person]) -> list[dict[str, Any]]:
    """The published table: no reason, no value. `owners`: record id -> practitioner id."""
    wanted = {one.record_id for one in disputed.standing}
    stated = {person.record_id: person for person in people if person.record_id in wanted}
    return [
        {
            "number": one.dispute.number,
            "record_id": one.record_id,
            "practitioner_id": owners.get(one.record_id),
            "about": about(one.dispute.field),
            "claim_id": claim_of(one, stated),
            "disputed_on": one.dispute.disputed_on,
            "read_on": one.read_on or None,
            "outcome": one.outcome,
        }
        for one in disputed.standing
    ]


def claim_of(one: Standing, stated: Mapping[str, Person]) -> str | None:
    """The id of the disputed claim, where its record states it today."""
    member = stated.get(one.record_id)
    claims = claims_of(member) if member else []
    return next((claim.id for claim in claims if one.dispute.is_about(claim.field, claim.value)), None)
