"""Publishing survives crashes, full disks and unfit rows: the old file stays current and readable."""

from __future__ import annotations

import fcntl
import os
import random
import signal
import sqlite3
import subprocess
import sys
import time
from datetime import UTC, datetime
from pathlib import Path

import pytest

from db.publish import GateRefused, PublishFailed, connect, current, publish, read_rows
from tests.tiny_database import BUILT_AT, publish_tiny, tiny_tables

ROOT = Path(__file__).resolve().parent.parent
LATER = datetime(2026, 11, 23, tzinfo=UTC)

BUILD_MANY = """
import sys
from pathlib import Path
from tests.tiny_database import BUILT_AT, tiny_tables
from db.publish import PublishFailed, publish
tables = tiny_tables()
person = dict(tables["practitioners"][0], npi=None)
record = dict(tables["records"][0])
def many(row, **more):
    for number in range(int(sys.argv[2])):
        yield row | {name: text.format(number) for name, text in more.items()}
tables["practitioners"] += many(person, id="q{}", name="Person Number {}")
tables["records"] += many(record, id="rq{}", practitioner_id="q{}")
try:
    publish(tables, Path(sys.argv[1]), BUILT_AT)
except PublishFailed as error:
    sys.exit(f"refused: {error}")
"""


def names_in(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


def assert_still_good(data: Path, old: Path) -> None:
    """The old file is current and whole, and nothing half-made lies about."""
    assert current(data) == old
    assert len(read_rows(old, "practitioners")) == 12
    assert names_in(data) == ["current", "publish.lock", "published"]
    assert names_in(data / "published") == [old.name]


def test_a_published_file_is_whole_read_only_and_current(tmp_path: Path) -> None:
    path = publish_tiny(tmp_path)
    assert current(tmp_path) == path and path.stat().st_mode & 0o222 == 0
    assert path.name.startswith("diplomate-20261122T120000Z-")
    connection = connect(path)
    assert connection.execute("PRAGMA integrity_check").fetchone()[0] == "ok"
    assert connection.execute("PRAGMA journal_mode").fetchone()[0] == "delete"
    with pytest.raises(sqlite3.OperationalError, match="readonly"):
        connection.execute("DELETE FROM practitioners")


def test_rows_come_back_as_given_with_zeros_and_search_keys(tmp_path: Path) -> None:
    path = publish_tiny(tmp_path)
    people = {row["id"]: row for row in read_rows(path, "practitioners")}
    assert people["p03"]["name_key"] == "bartholomew ofennell" and people["p01"]["zip"] == "98101"
    assert people["p04"]["name_key"] == "liu marchbanks zoe"
    assert read_rows(path, "licenses")[0]["number_key"] == "AC60000101"
    assert {"key": "built_at", "value": "2026-11-22T12:00:00Z"} in read_rows(path, "build_info")


def test_the_rows_of_one_build_can_be_published_again(tmp_path: Path) -> None:
    first = publish_tiny(tmp_path)
    tables = {name: read_rows(first, name) for name in tiny_tables()}
    second = publish(tables, tmp_path, BUILT_AT)
    assert all(read_rows(second, name) == rows for name, rows in tables.items())


def test_full_text_finds_people_without_marks(tmp_path: Path) -> None:
    sql = "SELECT rowid FROM practitioners_fts WHERE practitioners_fts MATCH 'zoe'"
    assert len(connect(publish_tiny(tmp_path)).execute(sql).fetchall()) == 1


def test_nothing_published_is_none(tmp_path: Path) -> None:
    assert current(tmp_path) is None


def test_a_table_that_is_not_published_cannot_be_read(tmp_path: Path) -> None:
    with pytest.raises(KeyError, match="persons"):
        read_rows(publish_tiny(tmp_path), "persons")


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        ({"practitioners": [], "records": [], "tags": []}, "point at rows|fewer than the floor"),
        ({"persons": []}, "'persons' is not one of the published tables"),
        ({"windows": [{"name": "warn", "hours": 3}]}, "table windows has no column 'hours'"),
        ({"records": []}, "practitioners rest on no record"),
        ({"windows": [{"name": "warn"}, {"name": "warn"}]}, "table windows: UNIQUE"),
        ({"redirects": [{"old_id": "\ud800", "new_id": "p01"}]}, "not valid Unicode"),
        ({"redirects": [{"new_id": "p01"}]}, "table redirects: NOT NULL"),
        ({"tags": [{"id": "t9", "practitioner_id": "gone"}]}, "1 rows of tags point at rows of practitioners"),
    ],
)
def test_unfit_rows_are_refused(tmp_path: Path, change: dict[str, list[dict]], sentence: str) -> None:
    old = publish_tiny(tmp_path)
    with pytest.raises(GateRefused, match=sentence):
        publish(tiny_tables() | change, tmp_path, LATER)
    assert_still_good(tmp_path, old)


def test_zero_practitioners_are_refused(tmp_path: Path) -> None:
    with pytest.raises(GateRefused, match="0 practitioners, fewer than the floor of 1"):
        publish({}, tmp_path, BUILT_AT)
    assert current(tmp_path) is None and names_in(tmp_path / "published") == []


def test_the_floor_counts_practitioners(tmp_path: Path) -> None:
    with pytest.raises(GateRefused, match="12 practitioners, fewer than the floor of 13"):
        publish(tiny_tables(), tmp_path, BUILT_AT, floor=13)


def test_a_broken_row_source_leaves_nothing_behind(tmp_path: Path) -> None:
    def broken():  # type: ignore[no-untyped-def]
        yield {"name": "warn", "days": 30}
        raise RuntimeError("the rows stopped")

    old = publish_tiny(tmp_path)
    with pytest.raises(RuntimeError, match="the rows stopped"):
        publish(tiny_tables() | {"windows": broken()}, tmp_path, LATER)
    assert_still_good(tmp_path, old)


def test_old_files_go_but_never_the_current_one(tmp_path: Path) -> None:
    for _ in range(4):
        newest = publish(tiny_tables(), tmp_path, BUILT_AT, keep=2)
    assert current(tmp_path) == newest and len(names_in(tmp_path / "published")) == 2
    assert publish(tiny_tables(), tmp_path, BUILT_AT, keep=0).exists()


def test_two_builds_do_not_run_at_once(tmp_path: Path) -> None:
    old = publish_tiny(tmp_path)
    with (tmp_path / "publish.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        with pytest.raises(PublishFailed, match="another build is running"):
            publish_tiny(tmp_path)
    assert_still_good(tmp_path, old)


def test_a_folder_that_cannot_be_written_is_one_sentence(tmp_path: Path) -> None:
    (tmp_path / "data").write_text("a file where the folder should be")
    with pytest.raises(PublishFailed, match="could not be written"):
        publish_tiny(tmp_path / "data")


def build_many(data: Path, people: int, limit: str = "") -> subprocess.Popen[str]:
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    script = [
        "bash",
        "-c",
        f'{limit} exec "$@"',
        "build",
        sys.executable,
        "-c",
        BUILD_MANY,
        str(data),
        str(people),
    ]
    return subprocess.Popen(script, env=environment, cwd=ROOT, stderr=subprocess.PIPE, text=True)


def test_a_full_disk_is_refused_in_one_sentence(tmp_path: Path) -> None:
    old = publish_tiny(tmp_path)
    build = build_many(tmp_path, 20_000, limit="ulimit -f 600;")
    _, complaint = build.communicate(timeout=60)
    assert build.returncode == 1
    assert complaint.startswith("refused: the new database could not be written") and complaint.count("\n") == 1
    assert_still_good(tmp_path, old)


def test_a_killed_build_changes_nothing_and_the_next_one_cleans_up(tmp_path: Path) -> None:
    publish_tiny(tmp_path)
    moments = random.Random(4)
    for _ in range(5):
        before = current(tmp_path)
        build = build_many(tmp_path, 8_000)
        deadline = time.monotonic() + 30
        while not list((tmp_path / "published").glob("*.building")) and time.monotonic() < deadline:
            time.sleep(0.005)
        time.sleep(moments.uniform(0, 0.5))
        build.send_signal(signal.SIGKILL)
        build.communicate(timeout=30)
        now = current(tmp_path)
        assert now is not None
        assert now == before or len(read_rows(now, "practitioners")) == 8_012
        assert connect(now).execute("PRAGMA integrity_check").fetchone()[0] == "ok"
    last = publish_tiny(tmp_path)
    assert current(tmp_path) == last
    assert not [name for name in names_in(tmp_path / "published") if not name.endswith(".db")]
    assert names_in(tmp_path) == ["current", "publish.lock", "published"]
