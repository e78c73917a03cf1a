"""Renamings: every time a source gave a record another key, kept for ever.

In: the renamings published so far, and today's (see `pipeline.succession`, which knows yesterday and today only). Out:
the whole table, and what a record of any day is called now, so that what people decided about it follows it.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from typing import Any

from pipeline.frames import Rows


def renaming_rows(successor: Mapping[str, str], before: Rows, today: Rows, since: str) -> Rows:
    """A row for each record that has another id since the build at `since`; both are rows of records."""
    old_key = {row["id"]: row["source_key"] for row in before}
    new = {row["id"]: row for row in today}
    return [
        {
            "old_id": old_id,
            "new_id": new_id,
            "since": since,
            "source": new[new_id]["source"],
            "old_key": old_key[old_id],
            "new_key": new[new_id]["source_key"],
        }
        for old_id, new_id in sorted(successor.items())
    ]


class Renamings:
    """Follows record ids through time. A key that a source gives again later names another record then."""

    def __init__(self, rows: Iterable[Mapping[str, Any]]) -> None:
        self.steps: dict[str, list[tuple[str, str]]] = defaultdict(list)
        self.rows = sorted(rows, key=lambda row: row["since"])
        for row in self.rows:
            self.steps[row["old_id"]].append((row["since"], row["new_id"]))

    def today(self, record_id: str, day: str) -> str:
        """What the record that had this id on `day` (ISO) is called now."""
        moment = day
        while step := self.next_step(record_id, moment):
            moment, record_id = step
        return record_id

    def next_step(self, record_id: str, moment: str) -> tuple[str, str] | None:
        """The first renaming of the id after that moment; a day comes before all of its hours."""
        return next((step for step in self.steps.get(record_id, ()) if step[0] > moment), None)

    def earlier_keys(self) -> dict[str, tuple[str, ...]]:
        """Record id of today -> the keys it had before, the newest last."""
        keys: dict[str, tuple[str, ...]] = {}
        for row in self.rows:
            keys[row["new_id"]] = (*keys.pop(row["old_id"], ()), row["old_key"])
        return keys
