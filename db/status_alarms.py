"""What the crawler's last look said, for a site that stands beside its data folder.

Comes in: the data folder. Goes out: which alarms are on since when, by key and kind alone: their sentences may name
paths and stay with whoever runs the crawler. A site that was moved elsewhere without that file knows none.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path

FILE = "alarms.json"
MIB = 1024 * 1024


@dataclass(frozen=True)
class AlarmOn:
    key: str
    kind: str
    level: str
    since: str


@dataclass(frozen=True)
class Looked:
    """When somebody looked last ("" where nobody did, or it is not known), and what was on then."""

    at: str = ""
    alarms: tuple[AlarmOn, ...] = ()

    @property
    def troubles(self) -> tuple[AlarmOn, ...]:
        return tuple(each for each in self.alarms if each.level == "trouble")


def read_looked(data: Path) -> Looked:
    """The last look; an empty one where the file is absent or damaged. It is small, and read at each question."""
    path = data / FILE
    try:
        with path.open("rb") as file:
            found = json.loads(file.read(MIB))
        rows = [AlarmOn(*(str(row[name]) for name in ("key", "kind", "level", "since"))) for row in found["alarms"]]
        return Looked(str(found["looked_at"]), tuple(rows))
    except (OSError, ValueError, KeyError, TypeError):
        return Looked()
