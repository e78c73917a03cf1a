"""Writing disputes down: lines of the data folder's `disputes.csv`, and their withdrawal.

In: what is disputed of a record, or the number of a dispute. Out: the file, replaced as a whole under a lock: a process
that is killed leaves the file of before or the file of after. A line is never removed: a withdrawn dispute keeps its
number and says since when.
"""

from __future__ import annotations

import csv
import fcntl
import io
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import astuple, replace
from datetime import datetime
from pathlib import Path

from crawler.snapshots import TIMES
from pipeline.disputes import COLUMNS, FILE, Dispute, read_disputes, value_hash
from pipeline.review_list import replace_file

LONGEST_REASON = 500


class NoDispute(ValueError):
    """The dispute cannot be written down or withdrawn; the sentence says why."""


def write_disputes(
    data: Path, record_id: str, stated: Iterable[tuple[str, str]], reason: str, now: datetime
) -> list[Dispute]:
    """Add a line for each (field, value) that is not under dispute already; returns the new lines."""
    reason = " ".join(reason.split())
    refuse_nonsense(reason)
    with only_one_writer(data):
        lines = read_disputes(data, now)
        # One disputed again after its record was read again is a new dispute; the first one had its answer.
        known = {(line.record_id, line.field, line.disputed_on[:10]) for line in lines if not line.withdrawn_on}
        at = now.strftime(TIMES)
        new = [
            Dispute(0, record_id, field, value_hash(record_id, field, value), reason, at)
            for field, value in stated
            if (record_id, field, at[:10]) not in known
        ]
        new = [replace(line, number=len(lines) + place) for place, line in enumerate(new, start=1)]
        if new:
            replace_file(data / FILE, as_csv([*lines, *new]))
    return new


def withdraw(data: Path, number: int, now: datetime) -> Dispute:
    """Say of a dispute that it no longer stands; raises NoDispute where there is none of that number."""
    with only_one_writer(data):
        lines = read_disputes(data, now)
        found = next((line for line in lines if line.number == number), None)
        if found is None:
            there = f"there are 1 to {len(lines)}" if lines else "nothing is disputed"
            raise NoDispute(f"There is no dispute {number}; {there}. `diplomate dispute --list` shows them.")
        if found.withdrawn_on:
            raise NoDispute(f"Dispute {number} was withdrawn on {found.withdrawn_on[:10]} already.")
        ended = replace(found, withdrawn_on=now.strftime(TIMES))
        replace_file(data / FILE, as_csv([ended if line.number == number else line for line in lines]))
    return ended


def refuse_nonsense(reason: str) -> None:
    if not reason:
        raise NoDispute("Not written down: --reason is missing; say why, in a sentence without names.")
    if len(reason) > LONGEST_REASON:
        raise NoDispute(f"Not written down: the reason has {len(reason)} characters; {LONGEST_REASON} are enough.")
    if not reason.isprintable():
        raise NoDispute("Not written down: the reason holds characters that cannot be printed.")


@contextmanager
def only_one_writer(data: Path) -> Iterator[None]:
    """Wait for whoever is writing; a killed writer's lock ends with it."""
    locks = data / "locks"
    locks.mkdir(parents=True, exist_ok=True)
    with (locks / "dispute").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def as_csv(lines: Sequence[Dispute]) -> bytes:
    text = io.StringIO(newline="")
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(COLUMNS)
    writer.writerows(astuple(line)[1:] for line in lines)
    return text.getvalue().encode()
