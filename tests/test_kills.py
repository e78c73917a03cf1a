"""kill -9 at random moments (`tests.benchmarks.kills`): a few kills, and that what is torn, lost or doubled is seen."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from db.opening import current
from tests.benchmarks.kills.__main__ import main
from tests.benchmarks.kills.same import differences
from tests.benchmarks.kills.whole import leftovers, torn_texts


@pytest.mark.everything
def test_nothing_is_lost_or_torn_by_a_few_kills(sample_data: Path, capsys: pytest.CaptureFixture[str]) -> None:
    code = main(["--kills", "4", "--seed", "3", "--start", str(sample_data)])
    assert code == 0, capsys.readouterr().out


def test_a_torn_byte_is_reported(sample_data: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["--known-wrong", "--start", str(sample_data)]) == 1
    assert "was changed on disk" in capsys.readouterr().out


def test_what_is_lost_or_doubled_is_seen(sample_data: Path, data: Path) -> None:
    assert differences(data, sample_data) == []
    spoil(data, "delete from claims where rowid = 7")
    spoil(data, "insert into changes (id, at, field, new, kind) values ('a', 't', 'f', 'n', 'new')")
    spoil(data, "insert into changes (id, at, field, new, kind) values ('b', 't', 'f', 'n', 'new')")
    found = differences(data, sample_data)
    assert [said.partition(":")[0] for said in found] == [
        "lost from claims",
        *["only in changes of the killed"] * 2,
        "2 times in changes",
    ]


def spoil(data: Path, words: str) -> None:
    path = current(data)
    assert path
    path.chmod(0o644)
    with closing(sqlite3.connect(path)) as database, database:
        database.execute(words)


def test_torn_texts_and_leftovers_are_seen(tmp_path: Path) -> None:
    for name in ("published", "files"):
        (tmp_path / name).mkdir()
    (tmp_path / "alarms.json").write_text('{"a": ')
    (tmp_path / "review.csv").write_text("a,b\n1,2\n1\n")
    (tmp_path / "rollbacks.jsonl").write_text('{"a": 1}\n{"a"\n{"a": 1')
    (tmp_path / "published" / "diplomate-1.db.building").touch()
    (tmp_path / "published" / "diplomate-2.db").touch()
    (tmp_path / "published" / "diplomate-3.db").touch()
    (tmp_path / "current.new").symlink_to("nowhere")
    assert len(torn_texts(tmp_path)) == 3
    assert len(leftovers(tmp_path, "* diplomate-2  built today")) == 3
