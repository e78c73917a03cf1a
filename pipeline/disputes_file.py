"""Writing disputes down: lines of the data folder's `disputes.csv`, and their withdrawal.

In: what is disputed of a record, or the number of a dispute. Out: the file, replaced as a whole under a lock: a process
that is killed leaves the file of before or the file of after. A line is never removed: a withdrawn dispute keeps its
number and says since when.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import astuple, replace
from datetime import datetime
from pathlib import Path

from crawler.snapshots import TIMES
from pipeline.disputes import COLUMNS, FILE, Dispute, read_disputes, value_hash
from pipeline.judged_csv import NotWritten, as_csv, only_one_writer, plain_reason
from pipeline.review_list import replace_file

LOCK = "dispute"


def write_disputes(
    data: Path, record_id: str, stated: Iterable[tuple[str, str]], reason: str, now: datetime
) -> list[Dispute]:
    """Add a line for each (field, value) that is not under dispute already; returns the new lines."""
    reason = plain_reason(reason)
    with only_one_writer(data, LOCK):
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
            replace_file(data / FILE, lines_text([*lines, *new]))
    return new


def withdraw(data: Path, number: int, now: datetime) -> Dispute:
    """Say of a dispute that it no longer stands; raises NotWritten where there is none of that number."""
    with only_one_writer(data, LOCK):
        lines = read_disputes(data, now)
        found = next((line for line in lines if line.number == number), None)
        if found is None:
            there = f"there are 1 to {len(lines)}" if lines else "nothing is disputed"
            raise NotWritten(f"There is no dispute {number}; {there}. `diplomate dispute --list` shows them.")
        if found.withdrawn_on:
            raise NotWritten(f"Dispute {number} was withdrawn on {found.withdrawn_on[:10]} already.")
        ended = replace(found, withdrawn_on=now.strftime(TIMES))
        replace_file(data / FILE, lines_text([ended if line.number == number else line for line in lines]))
    return ended


def lines_text(lines: Sequence[Dispute]) -> bytes:
    return as_csv(COLUMNS, (astuple(line)[1:] for line in lines))
