"""What an evidence bundle holds, and what its files are called.

In: nothing. Out: names, limits, and the shapes of a parsed row, a snapshot and a run as a bundle writes them down.
"""

from __future__ import annotations

import json
import re
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from crawler.records import Record
from crawler.snapshots import Snapshot

FORMAT = 1
README, MANIFEST, ANSWER = "README.txt", "manifest.json", "answer.txt"
RECORDS, SNAPSHOTS, RUNS, READINGS, WORLD = (
    "records.jsonl",
    "snapshots.jsonl",
    "runs.json",
    "readings.json",
    "world.json",
)
RULES, TABLES, BODIES = "rules/", "tables/", "snapshots/"
NAME = re.compile(
    r"(?:README\.txt|manifest\.json|answer\.txt|records\.jsonl|snapshots\.jsonl|runs\.json|readings\.json|world\.json"
    r"|rules/[a-z0-9_]{1,60}\.csv|tables/[a-z0-9_]{1,60}\.json|snapshots/[0-9a-f]{64})"
)
# A reading that took no more answers than this is in the bundle whole, so that it can be read again as it was.
WHOLE_READING = 25
MOST_BYTES = 3 * 1024**3  # of all snapshots together: the archive stays below the size that needs ZIP64

READING, PAGES, SAVED, SITE = "reading", "pages", "saved", "site"


@dataclass(frozen=True)
class Row:
    """A parsed row as its spider made it, and the run it stands in (`source/run`)."""

    run: str
    record: Record

    def to_line(self) -> str:
        whole = {"run": self.run} | json.loads(self.record.to_line())
        return json.dumps(whole, ensure_ascii=False, sort_keys=True)


@dataclass(frozen=True)
class Kept:
    """A snapshot. `body` is where its bytes are now, None where they cannot be had; `left_out` says why not."""

    run: str
    snapshot: Snapshot
    body: Path | None
    left_out: str = ""
    is_gone: bool = False

    @property
    def name(self) -> str:
        return BODIES + self.snapshot.sha256

    def to_line(self) -> str:
        where = {"run": self.run, "file": "" if self.left_out else self.name, "left_out": self.left_out}
        return json.dumps(where | asdict(self.snapshot), ensure_ascii=False, sort_keys=True)


@dataclass
class RunFacts:
    """A run that rows stand in. `how` says how it is read again: `reading`, all of its answers are here; `pages`,
    only those the rows were read from; `saved`, files a person saved; `site`, the pages of one web site, which
    begins at one of `starts`.
    """

    run: str
    source: str
    kind: str
    how: str
    read_at: str
    read_from: str
    as_of: str = ""
    sample: bool = False
    states: list[str] = field(default_factory=list)
    starts: list[dict[str, Any]] = field(default_factory=list)


@dataclass
class Behind:
    """What stands behind a person: rows, snapshots, runs, and whatever is missing of them, in sentences."""

    rows: list[Row] = field(default_factory=list)
    kept: list[Kept] = field(default_factory=list)
    runs: list[RunFacts] = field(default_factory=list)
    problems: list[str] = field(default_factory=list)


def json_text(value: Any) -> bytes:
    """JSON that is the same bytes for the same value, and that a person can read."""
    return (json.dumps(value, ensure_ascii=False, indent=1, sort_keys=True) + "\n").encode()


def lines_text(lines: list[str]) -> bytes:
    return "".join(f"{line}\n" for line in lines).encode()
