"""What an operator's folder shows after a night, and whether everything in it is whole.

In: a data folder. Out: `Look` (the published tables that matter here), the night at which each part of each source was
last read well, and a sentence for every torn file.
"""

from __future__ import annotations

import hashlib
import json
from contextlib import closing
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, NamedTuple
from urllib.parse import parse_qs, urlsplit

from crawler.snapshots import EVERYTHING, Run, Snapshot, good_runs, runs
from db.opening import connect, current
from db.whole_files import MANIFEST, files_of
from tests.benchmarks.year.clock import night_of
from tests.benchmarks.year.pages import BOARDS, SOURCES

Row = dict[str, Any]
Part = tuple[str, str]  # source, state (EVERYTHING where it is not read by state)


class Read(NamedTuple):
    """A good reading of a part: the night of the page that holds its rows, and that of the run's oldest answer, by
    which absences are dated (a crawl that was cut off goes on the next night)."""

    night: int
    oldest: int


WRITTEN = ("last_run.json", "last_build.json", "alarms.json")
TABLES = ("records", "claims", "changes", "tags", "licenses", "exclusions", "practitioners")


@dataclass
class Look:
    """Rows of the published file by table; `name` is the file's."""

    name: str = ""
    tables: dict[str, list[Row]] = field(default_factory=dict)

    def __getitem__(self, table: str) -> list[Row]:
        return self.tables[table]

    def stated(self) -> dict[str, dict[str, frozenset[str]]]:
        """Record id -> field -> values of the claims that count; a record of which nothing is claimed too."""
        found: dict[str, dict[str, set[str]]] = {row["id"]: {} for row in self["records"]}
        for row in self["claims"]:
            if row["current"]:
                found[row["record_id"]].setdefault(row["field"], set()).add(row["value"])
        return {record: {name: frozenset(values) for name, values in said.items()} for record, said in found.items()}


def look(data: Path) -> Look:
    """The file that is published now; raises whatever a damaged one raises."""
    path = current(data)
    assert path, f"nothing is published in {data}"
    with closing(connect(path)) as database:
        return Look(path.resolve().name, {table: rows_of(database, table) for table in TABLES})


def rows_of(database: Any, table: str) -> list[Row]:
    found = database.execute(f"select * from {table}")
    names = [column[0] for column in found.description]
    return [dict(zip(names, row, strict=True)) for row in found]


@dataclass
class Shelf:
    """The runs of a folder; what was read of an ended run is remembered, for it never changes."""

    data: Path
    dated: dict[str, dict[str, Read]] = field(default_factory=dict)
    proven: set[str] = field(default_factory=set)

    def read_at(self) -> dict[Part, Read]:
        """Part -> its last good reading."""
        return {(source, part): read for source in SOURCES for part, read in self.of_source(source).items()}

    def of_source(self, source: str) -> dict[str, Read]:
        found: dict[str, Read] = {}
        for run, manifest in good_runs(self.data, source):
            if run.name not in self.dated:
                whole = [part for part, complete in manifest.coverage.items() if complete]
                oldest, pages = night_of(manifest.read_from), run.snapshots()
                self.dated[run.name] = {part: Read(night_of_part(source, part, pages), oldest) for part in whole}
            found |= self.dated[run.name]
        return found

    def outcome(self, source: str, night: int) -> tuple[str, list[str]]:
        """How the source's run of this night ended, and why."""
        tonight = [manifest for _, manifest in runs(self.data, source) if night_of(manifest.started) == night]
        return (tonight[-1].result, tonight[-1].troubles) if tonight else ("no verdict", [])

    def torn(self, everything: bool = False) -> list[str]:
        """A sentence for every file that is not whole; of runs only new ones are read."""
        found = torn_file(current(self.data))
        for name in WRITTEN:
            found += torn_json(self.data / name)
        for source in SOURCES:
            for run, _ in good_runs(self.data, source):
                if everything or run.name not in self.proven:
                    found += torn_run(run)
                    self.proven.add(run.name)
        return found


def night_of_part(source: str, part: str, snapshots: list[Snapshot]) -> int:
    """The night of the page that holds the part's rows."""
    nights = [night_of(one.fetched_at) for one in snapshots if one.status == 200 and holds(source, part, one.url)]
    assert nights, f"{source} {part}: no page of a good run holds it"
    return max(nights)


def holds(source: str, part: str, url: str) -> bool:
    asked = parse_qs(urlsplit(url).query)
    if source in BOARDS:
        return "$where" in asked
    if part == EVERYTHING:
        return not url.endswith("robots.txt")
    return part in (asked.get("state", []) + asked.get("StateCode", []))


def torn_file(path: Path | None) -> list[str]:
    """Integrity, foreign keys, and the whole files beside it against their hashes."""
    if path is None:
        return ["there is no current file"]
    try:
        with closing(connect(path)) as database:
            said = [row[0] for row in database.execute("pragma integrity_check")]
            broken = list(database.execute("pragma foreign_key_check"))
        wrong = [f"{path.name}: {text}" for text in said if text != "ok"] + [f"{path.name}: {row}" for row in broken]
        return wrong + torn_beside(files_of(path))
    except Exception as error:
        return [f"{path.name} cannot be read: {error}"]


def torn_beside(folder: Path) -> list[str]:
    listed = json.loads((folder / MANIFEST).read_text(encoding="utf-8"))
    files = listed["files"] if isinstance(listed, dict) else listed
    return [
        f"{folder.name}/{one['name']} is not what its manifest says"
        for one in files
        if hashlib.sha256((folder / one["name"]).read_bytes()).hexdigest() != one["sha256"]
    ]


def torn_json(path: Path) -> list[str]:
    try:
        json.loads(path.read_text(encoding="utf-8")) if path.exists() else None
    except ValueError as error:
        return [f"{path.name} is torn: {error}"]
    return []


def torn_run(run: Run) -> list[str]:
    """Records against the manifest's hash, bodies against their names."""
    try:
        list(run.records())
        for snapshot in run.snapshots():
            run.proven(snapshot.sha256)
    except Exception as error:
        return [f"{run.source}/{run.name}: {error}"]
    return []
