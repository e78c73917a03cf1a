"""Retention: which runs of a source nothing rests on any more.

In: every run of a source, the runs that each kept published file knows. Out: for each run whether it may be emptied.
Rows, raw answers and logs of such a run hold people's data that is shown nowhere; its verdict (dates, counts, states
read) stays. A run is kept while a row of it can count today, while a published file that is kept rests on it, while the
next crawl compares with it, and in any case for some days.
"""

from __future__ import annotations

import shutil
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

from crawler.snapshots import TIDIED, Manifest, Run, is_misdated, latest_believed, run_folders, runs, set_aside
from pipeline.gather import still_needed

FEWEST_DAYS = 2  # a crawl that was cut off is gone on with until the next night
FAILED_KEPT = 2  # failed crawls of a source that stay for whoever mends its spider
FAILED_DAYS = 7  # older failed crawls beyond those may be emptied after so many days, however long good ones stay
COMPARED = 3  # good crawls whose answers the next one may be told still stand (crawler.conditional)
Ended = list[tuple[Run, Manifest]]


@dataclass(frozen=True)
class Emptied:
    """A run that nothing rests on: its name, its size on disk, how many rows it held; `result` "" for a killed one."""

    source: str
    run: str
    read_at: str
    result: str
    rows: int
    bytes: int


def to_empty(
    data: Path, source: str, known: Iterable[Collection[str]], now: datetime, keep_days: int
) -> list[tuple[Run, Emptied]]:
    """Runs older than `keep_days` that nothing rests on; `known`: ids (`source/run`) that each published file knows."""
    limit = latest_believed()
    ended = [pair for pair in runs(data, source) if not is_misdated(*pair, limit)]
    needed, aside = needed_names(ended, source, known), set_aside(data, source)  # a person may bring those back
    spent = spent_names(ended)
    verdicts = {run.name: manifest for run, manifest in ended}
    found = []
    for run in run_folders(data, source):
        days = min(keep_days, FAILED_DAYS) if run.name in spent else keep_days
        old = run.begun is not None and now - run.begun > timedelta(days=days)
        if old and run.name not in {*needed, *aside} and not (run.folder / TIDIED).exists():
            found.append((run, described(run, verdicts.get(run.name))))
    return found


def needed_names(ended: Ended, source: str, known: Iterable[Collection[str]]) -> set[str]:
    """Names of runs that something rests on."""
    good = [pair for pair in ended if pair[1].result == "good"]
    needed = set(counting(good))
    for ids in known:
        needed |= set(counting([pair for pair in good if f"{source}/{pair[0].name}" in ids]))
    crawls = [pair[0].name for pair in good if pair[1].kind == "crawl"]
    needed |= set(crawls[-COMPARED:])
    replayed = {manifest.replay_of for run, manifest in good if run.name in needed}
    return needed | replayed - {""}


def spent_names(ended: Ended) -> set[str]:
    """Names of failed crawls that newer ones show as well."""
    return set(sorted(run.name for run, manifest in ended if is_failed_crawl(manifest))[:-FAILED_KEPT])


def is_failed_crawl(manifest: Manifest) -> bool:
    return manifest.kind == "crawl" and manifest.result == "failed"


def counting(good: Ended) -> list[str]:
    """Runs of which a row counts when these are laid over each other, and the last one."""
    names = [pair[0].name for pair, needed in zip(good, still_needed(good), strict=True) if needed]
    return [*names, *(pair[0].name for pair in good[-1:])]


def described(run: Run, manifest: Manifest | None) -> Emptied:
    size = sum(path.stat().st_size for path in run.folder.rglob("*") if path.is_file())
    if manifest is None:
        return Emptied(run.source, run.name, "", "", 0, size)
    return Emptied(run.source, run.name, manifest.read_at, manifest.result, manifest.rows, size)


def empty(run: Run) -> None:
    """Remove everything of a run but its verdict; a run without one goes whole. A killed call is gone on with."""
    if not (run.folder / "manifest.json").exists():
        shutil.rmtree(run.folder)
        return
    (run.folder / TIDIED).touch()
    for path in sorted(run.folder.iterdir()):
        if path.name not in ("manifest.json", TIDIED):
            shutil.rmtree(path) if path.is_dir() else path.unlink()


def interrupted(data: Path, sources: Sequence[str]) -> list[Run]:
    """Runs whose emptying was killed half way."""
    folders = [data / "snapshots" / source for source in sources]
    marked = [path.parent for folder in folders if folder.is_dir() for path in folder.glob(f"*/{TIDIED}")]
    return [Run(path) for path in marked if {item.name for item in path.iterdir()} - {"manifest.json", TIDIED}]
