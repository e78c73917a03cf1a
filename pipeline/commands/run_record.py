"""The last run that came to its end, for the schedule and for whoever watches over the data folder.

In: the data folder and how a run ended. Out: `data/last_run.json`, always whole:
`{"started": time, "finished": time, "wrong": [sentence, …], "states": [code, …]}`. A run that was killed or stopped
writes nothing, so that the schedule makes up for it.
"""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass, field
from datetime import datetime
from pathlib import Path

from crawler.snapshots import write_whole

FILE = "last_run.json"


@dataclass(frozen=True)
class LastRun:
    """When it started and finished (UTC), what went wrong, and the states it was narrowed to (none: not at all)."""

    started: str
    finished: str
    wrong: list[str] = field(default_factory=list)
    states: list[str] = field(default_factory=list)

    @property
    def started_at(self) -> datetime:
        return datetime.fromisoformat(self.started)

    def stands_for(self, states: tuple[str, ...]) -> bool:
        """Whether it did what a run of these states would have done."""
        return not self.states or (bool(states) and set(states) <= set(self.states))


def write_last_run(data: Path, last: LastRun) -> None:
    """Replace the record in one step; raises OSError where the folder cannot be written."""
    write_whole(data / FILE, json.dumps(asdict(last), ensure_ascii=False, indent=1).encode())


def read_last_run(data: Path) -> LastRun | None:
    """The record, or None where there is none or it cannot be read."""
    try:
        last = LastRun(**json.loads((data / FILE).read_text(encoding="utf-8")))
        known = last.started_at.tzinfo is not None and isinstance(last.wrong, list) and isinstance(last.states, list)
    except (OSError, ValueError, TypeError):
        return None
    return last if known else None


def last_begin(data: Path, states: tuple[str, ...]) -> datetime | None:
    """When the last run that stands for one of these states began; None where none is known."""
    last = read_last_run(data)
    return last.started_at if last and last.stands_for(states) else None
