"""The comparison: what one year told against what it had to tell, given the nights that were lost to it.

In: a ledger, the changes that the fault-free year published and those of the other. Out: how each change came, what is
missing and what was told and not due.
"""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import NamedTuple

from crawler.records import plain_word
from pipeline.change_kinds import LICENSE
from tests.benchmarks.year.clock import night_of
from tests.benchmarks.year.ledger import Ledger, Said, Step
from tests.benchmarks.year.pages import BOARDS
from tests.benchmarks.year.seen import Part, Read, Row

ANY = "any"  # of a net change neither kind nor value is prescribed where this stands
CAME, GONE = "came", "no_longer_listed"
HOW = ("on their night", "late", "of several nights")  # how a change of the fault-free year came to the other
NEVER = "not read since"  # changes of editions that the other has not read yet
COMINGS = ("new", "listed")


class Told(NamedTuple):
    """One change as it is compared: the night it is dated, whose record, what about it."""

    night: int
    record: str
    kind: str
    slot: str
    old: str
    new: str


@dataclass
class Compared:
    """`counts`: changes of the fault-free year on their night, late, netted; `combined` changes of several nights.

    `missing` were due and not told, `extra` were told and not due.
    """

    counts: Counter[str] = field(default_factory=Counter)
    missing: list[Told] = field(default_factory=list)
    extra: list[Told] = field(default_factory=list)


def compare(ledger: Ledger, whole: Iterable[Row], lossy: Iterable[Row]) -> Compared:
    """The changes of the fault-free year against those of the other, over all readings that were published."""
    found, whole, lossy = Compared(), list(whole), list(lossy)
    chains: dict[str, list[Told]] = defaultdict(list)
    for row in whole:
        found.counts[NEVER] += 1
        chains[ledger.first_name(row["record_id"])].append(told(ledger, row))
    due: list[Told] = []
    where = places(ledger, chains)
    for step in ledger.steps:
        for record in where[step.part]:
            due += of_step(ledger, step, record, chains[record], found.counts)
    found.counts[NEVER] -= sum(found.counts[name] for name in HOW)
    match(due, [told(ledger, row) for row in lossy], found)
    together, apart = news(ledger, lossy), news(ledger, whole)
    found.missing = [row for row in found.missing if not is_beside(ledger, row, row.night, together)]
    found.extra = [
        row
        for row in found.extra
        if row.night != ledger.first_read(row.record)
        or not is_beside(ledger, row, ledger.first_shown(row.record), apart)
    ]
    return found


def news(ledger: Ledger, rows: Iterable[Row]) -> dict[tuple[int, int], str]:
    """Night and person -> the record by which the person was told to be new that night."""
    ours = ((night_of(row["at"]), ledger.first_name(row["record_id"])) for row in rows if row["kind"] == "new")
    return {(night, ledger.people[record]): record for night, record in ours if record in ledger.people}


def is_beside(ledger: Ledger, row: Told, night: int | None, told_new: Mapping[tuple[int, int], str]) -> bool:
    """Whether it is a coming of somebody who was told to be new, by another record, on this night."""
    person = ledger.people.get(row.record)
    if row.kind != CAME or person is None or night is None:
        return False
    return told_new.get((night, person), row.record) != row.record


def places(ledger: Ledger, chains: Mapping[str, list[Told]]) -> dict[Part, list[str]]:
    """Part -> records of which the fault-free year told anything."""
    homes = {
        record: (source, part)
        for source, editions in ledger.states.items()
        for parts in editions.values()
        for part, records in parts.items()
        for record in records
    }
    found: dict[Part, list[str]] = defaultdict(list)
    for record in chains:
        found[homes[record]].append(record)
    return found


def told(ledger: Ledger, row: Row) -> Told:
    """A published change as it is compared; who came first among a person's records is not the list's to say."""
    kind = CAME if row["kind"] in COMINGS else row["kind"]
    slot = "listing" if kind in (CAME, GONE) else slot_of(row["source"], row["field"])
    return Told(
        night_of(row["at"]), ledger.first_name(row["record_id"]), kind, slot,
        plain_word(row["old"] or ""), ANY if kind == CAME else plain_word(row["new"] or ""),
    )  # fmt: skip


def slot_of(source: str, name: str) -> str:
    """A board's row is one license, however its number is printed."""
    return re.sub(LICENSE, r"license \1\2", name) if source in BOARDS else name


def of_step(ledger: Ledger, step: Step, record: str, chain: list[Told], counts: Counter[str]) -> list[Told]:
    """What must be told of a record when this reading took the place of the one before."""
    rows = [row for row in chain if step.before < row.night <= step.edition]
    nights = {row.night for row in rows}
    if len(nights) <= 1:
        counts[HOW[0] if step.read.night in nights else HOW[1]] += len(rows)
        return [dated(row, step.read) for row in rows]
    counts[HOW[2]] += len(rows)
    net = netted(ledger, step, record, rows)
    counts["combined"] += len(net)
    counts["netted"] += len(rows) - len(net)
    return [dated(row, step.read) for row in net]


def dated(row: Told, read: Read) -> Told:
    """A departure is dated by the oldest answer of the reading, anything else by the page that shows it."""
    return row._replace(night=read.oldest if row.kind == GONE else read.night)


def netted(ledger: Ledger, step: Step, record: str, rows: list[Told]) -> list[Told]:
    """The net of the changes of several editions."""
    before, now = (ledger.state(step.part, edition) for edition in (step.before, step.edition))
    moved = any(row.kind in (CAME, GONE) and row.slot == "listing" for row in rows)
    if not moved:
        return net_of_slots(rows)
    if record in before and record in now:
        return differences(step, record, before[record], now[record])
    first, last = rows[0], rows[-1]
    if record in now:
        return [last._replace(kind=CAME, slot="listing", old="", new=ANY)]
    return [first._replace(kind=GONE, slot="listing", old=ANY, new="")] if record in before else []


def net_of_slots(rows: list[Told]) -> list[Told]:
    """First old and last new of each field; what is again as it was is nothing."""
    slots: dict[str, list[Told]] = defaultdict(list)
    for row in rows:
        slots[row.slot].append(row)
    net = [own[-1]._replace(kind=own[0].kind if len(own) == 1 else ANY, old=own[0].old) for own in slots.values()]
    return [row for row in net if row.old != row.new]


def differences(step: Step, record: str, before: Said, now: Said) -> list[Told]:
    """Of a row that went and came back between two readings: what it says otherwise."""
    old, new = ({slot_of(step.part[0], name): joined(said[name]) for name in said} for said in (before, now))
    return [
        Told(step.read.night, record, ANY, slot, old.get(slot, ""), new.get(slot, ""))
        for slot in sorted(old.keys() | new.keys())
        if old.get(slot, "") != new.get(slot, "")
    ]


def joined(values: frozenset[str]) -> str:
    return plain_word("; ".join(sorted(values)))


def match(due: list[Told], told_of: list[Told], found: Compared) -> None:
    """Each change that is due against one that was told; what is left over on either side is wrong."""
    open_rows: dict[tuple[int, str, str], list[Told]] = defaultdict(list)
    for row in told_of:
        open_rows[row.night, row.record, row.slot].append(row)
    for row in due:
        fits = [other for other in open_rows[row.night, row.record, row.slot] if agrees(row, other)]
        if fits:
            open_rows[row.night, row.record, row.slot].remove(fits[0])
        else:
            found.missing.append(row)
    found.extra += [row for rows in open_rows.values() for row in rows]


def agrees(due: Told, other: Told) -> bool:
    return (
        due.kind in (ANY, other.kind)
        and (ANY in (due.old, other.old) or due.old == other.old)
        and (ANY in (due.new, other.new) or due.new == other.new)
    )
