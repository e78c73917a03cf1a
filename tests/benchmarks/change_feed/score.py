"""The feed against the truth: which changes are right, which are missing, by kind.

In: rows of the published table `changes` of one night, what was expected. Out: `Score`.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from tests.benchmarks.change_feed.observer import Expected

ALL = "all"


@dataclass
class Score:
    """Counts by kind; `wrong` and `missing` are kept to be looked at."""

    right: Counter[str] = field(default_factory=Counter)
    wrong: list[tuple[int, Expected]] = field(default_factory=list)
    missing: list[tuple[int, Expected]] = field(default_factory=list)

    def add(self, night: int, feed: Iterable[dict[str, Any]], expected: set[Expected], day: str) -> None:
        """One night; a row that is told twice is wrong the second time, and so is one of another day."""
        told = Counter(
            as_expected(row) if row["at"].startswith(day) else ("another day", row["at"], "") for row in feed
        )
        for item, times in told.items():
            right = item in expected
            self.right[item[0]] += right
            self.wrong += [(night, item)] * (times - right)
        self.missing += [(night, item) for item in expected if item not in told]

    def kinds(self) -> list[str]:
        return sorted({*self.right, *(item[0] for _, item in self.wrong + self.missing)})

    def precision(self, kind: str = ALL) -> float:
        return share(self.count(kind), sum(kind in (ALL, item[0]) for _, item in self.wrong))

    def recall(self, kind: str = ALL) -> float:
        return share(self.count(kind), sum(kind in (ALL, item[0]) for _, item in self.missing))

    def count(self, kind: str) -> int:
        return sum(self.right.values()) if kind == ALL else self.right[kind]


def share(right: int, other: int) -> float:
    return right / (right + other) if right + other else 1.0


def as_expected(row: dict[str, Any]) -> Expected:
    """A published change as the observer words it."""
    kind, field_name = row["kind"], row["field"]
    if kind == "new":
        return kind, row["practitioner_id"], "record"
    if kind in ("listed", "no_longer_listed"):
        return kind, row["record_id"], "record"
    parts = {" expires": "expires", " discipline": "acted"}
    ends = [part for end, part in parts.items() if field_name.endswith(end)]
    part = ends[0] if ends else "word" if field_name.startswith("license ") else field_name
    return kind, row["record_id"], part
