"""Whether what was known keeps its dates: nothing is first seen later than it was, nothing that was told is told anew.

In: the same folder at the end of one round and of the next. Out: a sentence for each date that moved. Its twin reads at
other times, so the dates of the two cannot be compared; who is left out is missing in both rounds' comparison.
"""

from __future__ import annotations

from collections import defaultdict
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

from db.opening import connect, current

Told = tuple[str | None, ...]
CLAIMS = "select id, first_seen from claims"
CHANGES = "select at, practitioner_id, record_id, field, old, new from changes"


@dataclass(frozen=True)
class Dates:
    """`seen`: claim -> first seen. `told`: what a change says -> when it was told."""

    seen: dict[str, str]
    told: dict[Told, set[str]]


def dates(data: Path) -> Dates:
    """Of the file that is shown; of none where none is."""
    path, told = current(data), defaultdict(set)
    if path is None:
        return Dates({}, {})
    with closing(connect(path)) as database:
        seen = dict(database.execute(CLAIMS))
        for at, *said in database.execute(CHANGES):
            told[tuple(said)].add(at)
    return Dates(seen, dict(told))


def moved(before: Dates, now: Dates) -> list[str]:
    """Claims that are younger than they were; changes whose date is gone while they are told still."""
    seen = [(id, now.seen[id]) for id in sorted(before.seen) if now.seen.get(id, "") > before.seen[id]]
    lost = [(said, at - now.told[said]) for said, at in before.told.items() if said in now.told]
    return [f"claim {id} was first seen {before.seen[id]} and now {at}" for id, at in seen] + [
        f"the change {said} was told {sorted(gone)} and is told anew" for said, gone in lost if gone
    ]
