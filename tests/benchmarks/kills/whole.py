"""Whether a data folder is whole, whenever the command that wrote it was killed.

In: a data folder. Out: a sentence for each thing that is torn, wrong or left lying about.
"""

from __future__ import annotations

import csv
import hashlib
import json
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path

from crawler.snapshots import Run, run_folders
from db.opening import connect, current
from tests.benchmarks.year.seen import torn_file, torn_run

csv.field_size_limit(10**9)


def torn(data: Path, proven: set[Path]) -> list[str]:
    """Everything that must hold at any moment; `proven` are runs that were read whole before."""
    found = torn_current(data)
    for run in ended_runs(data):
        if run.folder not in proven:
            found += torn_run(run) + torn_bodies(run)
            proven.add(run.folder)
    return found + torn_texts(data)


def torn_current(data: Path) -> list[str]:
    """What `data/current` leads to: a whole file with people in it."""
    if not (data / "current").is_symlink():
        return []
    path = current(data)
    if path is None or not path.exists():
        return ["data/current leads nowhere"]
    try:
        return torn_file(path) + nobody_in(path)
    except sqlite3.Error as error:
        return [f"{path.name}: {error}"]


def nobody_in(path: Path) -> list[str]:
    with closing(connect(path)) as database:
        people = database.execute("select count(*) from practitioners").fetchone()[0]
    return [] if people else [f"{path.name} holds nobody"]


def ended_runs(data: Path) -> Iterator[Run]:
    """Runs with a verdict; the others count for nothing."""
    snapshots = data / "snapshots"
    for source in sorted(snapshots.iterdir()) if snapshots.is_dir() else []:
        yield from (run for run in run_folders(data, source.name) if (run.folder / "manifest.json").exists())


def torn_bodies(run: Run) -> list[str]:
    """Every body against its name, also one that no line of the index names."""
    bodies = [path for path in (run.folder / "bodies").iterdir() if path.suffix != ".part"]
    changed = [path for path in bodies if hashlib.sha256(path.read_bytes()).hexdigest() != path.name]
    return [f"{run.source}/{run.name}: body {path.name[:12]} does not match its name" for path in changed]


def torn_texts(data: Path) -> list[str]:
    """JSON, CSV and JSON Lines that the product itself writes (what sources sent has no such name)."""
    kinds: dict[str, Callable[[Path], list[str]]] = {".json": torn_json, ".csv": torn_csv, ".jsonl": torn_lines}
    paths = [path for path in sorted(data.rglob("*")) if path.suffix in kinds and is_finished(path)]
    return [said for path in paths for said in kinds[path.suffix](path)]


def is_finished(path: Path) -> bool:
    """Whole tables are proven by their manifest's hashes; what is still being made has another name."""
    return path.is_file() and not any(part.endswith(".building") for part in path.parts)


def torn_json(path: Path) -> list[str]:
    try:
        json.loads(path.read_text(encoding="utf-8"))
    except ValueError as error:
        return [f"{path.name} in {path.parent.name} is torn: {error}"]
    return []


def torn_csv(path: Path) -> list[str]:
    """Every line has as many cells as the first."""
    with path.open(encoding="utf-8-sig", newline="") as file:
        header, *rows = csv.reader(file, strict=True)
    short = [number for number, row in enumerate(rows, 2) if len(row) != len(header)]
    return [f"{path.name}: row {number} has not {len(header)} cells" for number in short]


def torn_lines(path: Path) -> list[str]:
    """Every line can be read but for the last, which may end in the middle."""
    found = []
    for number, line in enumerate(path.read_bytes().split(b"\n")[:-1], 1):
        try:
            json.loads(line)
        except ValueError as error:
            found.append(f"{path.parent.name}/{path.name}, line {number}: {error}")
    return found


def leftovers(data: Path, listed: str) -> list[str]:
    """After a finished run: half-made files, and published ones that `diplomate rollback --list` does not name."""
    half = [path for path in data.rglob("*") if ".building" in path.name or path.name.endswith((".part", ".new"))]
    half = [path for path in half if path.name != "order.json.part"]  # of a crawl that asked nothing: tidy takes it
    known = {word for line in listed.splitlines() for word in line.split()}
    others = [path for path in (data / "published").iterdir() if path.stem not in known]
    others += [path for path in (data / "files").iterdir() if path.name not in known]
    return [f"left behind: {path.relative_to(data)}" for path in dict.fromkeys([*half, *others])]
