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
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import pytest

from db.gates import Accepted
from db.publish import DamagedFile, GateRefused, PublishFailed, connect, current, latest, publish, read_rows
from db.site import make_datasette
from tests.tiny_database import BUILT_AT, publish_tiny, tiny_tables

ROOT = Path(__file__).resolve().parent.parent
LATER = datetime(2026, 11, 23, tzinfo=UTC)
RULES = {
    "redirects", "sources", "runs", "states", "credentials", "credential_spellings", "status_words", "tag_words",
    "tag_rules", "windows", "build_info", "license_number_marks", "common_family_names",
}  # fmt: skip

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


def smaller_tables(people: int) -> dict[str, list[dict]]:
    """The first few people of the tiny database, and only what rests on them."""
    kept = {f"p{number:02}" for number in range(1, people + 1)} | {None}
    tables = tiny_tables()
    for name, rows in tables.items():
        tables[name] = [row for row in rows if row.get("practitioner_id", row.get("id")) in kept or name in RULES]
    tables["candidates"] = []
    return tables


def test_a_file_of_less_than_half_is_refused_unless_meant(tmp_path: Path) -> None:
    old = publish_tiny(tmp_path)
    with pytest.raises(GateRefused, match="5 practitioners, less than half of the 12 that are published now"):
        publish(smaller_tables(5), tmp_path, LATER)
    assert_still_good(tmp_path, old)
    (tmp_path / "current").unlink()
    with pytest.raises(GateRefused, match="less than half of the 12"):
        publish(smaller_tables(5), tmp_path, LATER)
    assert len(read_rows(publish(smaller_tables(6), tmp_path, LATER), "practitioners")) == 6
    smallest = publish(smaller_tables(1), tmp_path, LATER, accepted=Accepted(smaller=True))
    assert current(tmp_path) == smallest


def test_the_latest_file_is_found_without_its_link(tmp_path: Path) -> None:
    assert latest(tmp_path) is None
    publish_tiny(tmp_path)
    newest = publish(tiny_tables(), tmp_path, LATER)
    assert latest(tmp_path) == newest
    (tmp_path / "current").unlink()
    assert current(tmp_path) is None and latest(tmp_path) == newest
    (tmp_path / "current").symlink_to("published/gone.db")
    assert current(tmp_path) is None and latest(tmp_path) == newest


def test_the_link_decides_which_file_is_the_latest(tmp_path: Path) -> None:
    first = publish_tiny(tmp_path)
    publish(tiny_tables(), tmp_path, LATER)
    (tmp_path / "current").unlink()
    (tmp_path / "current").symlink_to(first.relative_to(tmp_path))
    assert latest(tmp_path) == first


def empty(path: Path) -> None:
    path.write_bytes(b"")


def cut(path: Path) -> None:
    path.write_bytes(path.read_bytes()[: path.stat().st_size // 2])


def overwrite(path: Path) -> None:
    path.write_bytes(b"no database " * 1000)


def overwrite_the_inside(path: Path) -> None:
    path.write_bytes(path.read_bytes()[:8192] + b"x" * (path.stat().st_size - 8192))


@pytest.mark.parametrize("damage", [empty, cut, overwrite, overwrite_the_inside])
def test_a_damaged_file_is_named_with_what_to_do(tmp_path: Path, damage: Callable[[Path], None]) -> None:
    path = publish_tiny(tmp_path)
    path.chmod(0o644)
    damage(path)
    for read in (lambda: read_rows(path, "practitioners"), lambda: make_datasette(path)):
        with pytest.raises(DamagedFile, match=f"{path.name} cannot be read .*Restore it from a copy") as raised:
            read()
        assert "\n" not in str(raised.value)
    with pytest.raises(DamagedFile, match=path.name):
        publish(tiny_tables(), tmp_path, LATER)
    assert current(tmp_path) == path and names_in(path.parent) == [path.name]


def test_a_missing_file_is_named(tmp_path: Path) -> None:
    with pytest.raises(DamagedFile, match=r"gone\.db cannot be read"):
        connect(tmp_path / "gone.db")
    with pytest.raises(DamagedFile, match=r"gone\.db cannot be read"):
        read_rows(tmp_path / "gone.db", "records")


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
    _, complaint = build.communicate(timeout=120)
    assert build.returncode == 1
    assert complaint.startswith("refused: the new database could not be written") and complaint.count("\n") == 1
    assert_still_good(tmp_path, old)


def test_a_killed_build_changes_nothing_and_the_next_one_cleans_up(tmp_path: Path) -> None:
    publish_tiny(tmp_path)
    moments = random.Random(4)
    for _ in range(5):
        before = current(tmp_path)
        build = build_many(tmp_path, 8_000)
        deadline = time.monotonic() + 60
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
