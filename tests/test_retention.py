"""What `tidy` may empty of a source that fails night after night: its copies go sooner than what was read well."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

from crawler.snapshots import TIMES, Manifest, Run
from pipeline.retention import empty, to_empty

NOW = datetime.now(UTC).replace(microsecond=0)


def night(data: Path, days_ago: float, result: str = "failed", kind: str = "crawl", replay_of: str = "") -> str:
    """A run that began so many days ago, with a body; its name."""
    when = NOW - timedelta(days=days_ago)
    run = Run(data / "snapshots" / "nppes_monthly" / f"{when:%Y%m%dT%H%M%SZ}-0000")
    (run.folder / "bodies").mkdir(parents=True)
    (run.folder / "bodies" / "0a").write_bytes(b"a gigabyte")
    at = f"{when:{TIMES}}"
    run.finish(Manifest("nppes_monthly", run.name, kind, at, at, at, at, result, replay_of=replay_of))
    return run.name


def would_go(data: Path) -> list[str]:
    return [run.name for run, _ in to_empty(data, "nppes_monthly", [], NOW, 365)]


def test_of_failed_crawls_the_newest_two_and_those_of_a_week_stay(tmp_path: Path) -> None:
    old = [night(tmp_path, days) for days in (31, 16, 8)]
    for days in (6, 2):
        night(tmp_path, days)
    assert would_go(tmp_path) == old
    for run, _ in to_empty(tmp_path, "nppes_monthly", [], NOW, 365):
        empty(run)
        assert run.manifest() and not (run.folder / "bodies").exists()
    assert would_go(tmp_path) == []


def test_the_newest_two_stay_however_old_they_are(tmp_path: Path) -> None:
    first = night(tmp_path, 300)
    for days in (200, 100):
        night(tmp_path, days)
    assert would_go(tmp_path) == [first]


def test_what_a_person_saved_and_what_a_good_replay_rests_on_stays(tmp_path: Path) -> None:
    night(tmp_path, 50, kind="import")
    replayed, spent = night(tmp_path, 40), night(tmp_path, 39)
    night(tmp_path, 38, "good", "replay", replayed)
    for days in (12, 11):
        night(tmp_path, days)
    assert would_go(tmp_path) == [spent]
