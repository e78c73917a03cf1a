"""Snapshots: bytes first, the manifest last, and nothing torn is ever read."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path

import pytest

from crawler.records import Record
from crawler.snapshots import Manifest, Run, good_runs, make_snapshot, runs
from crawler.troubles import SourceTrouble
from tests.conftest import run_diplomate


def kept(run: Run, body: bytes, url: str = "https://board.example/page") -> None:
    run.keep(make_snapshot("GET", url, "asked", 200, {"content-type": "text/html", "set-cookie": "x"}, body), body)


def test_a_body_is_named_by_its_hash_and_headers_are_an_allow_list(tmp_path: Path) -> None:
    run = Run.create(tmp_path, "board_xx")
    kept(run, b"<html>")
    (snapshot,) = run.snapshots()
    assert snapshot.sha256 == hashlib.sha256(b"<html>").hexdigest()
    assert run.body(snapshot.sha256) == b"<html>"
    assert "set-cookie" not in snapshot.headers


def test_changed_bytes_are_named_and_refused(tmp_path: Path) -> None:
    run = Run.create(tmp_path, "board_xx")
    kept(run, b"true")
    digest = run.snapshots()[0].sha256
    (run.folder / "bodies" / digest).write_bytes(b"false")
    with pytest.raises(SourceTrouble, match=digest[:12]):
        run.body(digest)


def test_a_torn_index_line_is_left_out(tmp_path: Path) -> None:
    run = Run.create(tmp_path, "board_xx")
    kept(run, b"one")
    with (run.folder / "snapshots.jsonl").open("a") as index:
        index.write('{"method": "GET", "url": "https://bo')
    assert len(run.snapshots()) == 1


def test_a_run_without_a_manifest_never_happened(tmp_path: Path) -> None:
    run = Run.create(tmp_path, "board_xx")
    kept(run, b"one")
    assert runs(tmp_path, "board_xx") == []
    run.finish(Manifest("board_xx", run.name, "crawl", "2026-01-01T00:00:00Z", result="good"))
    assert len(good_runs(tmp_path, "board_xx")) == 1


def test_fetched_at_is_the_snapshots_time_also_after_a_replay(data: Path) -> None:
    done = run_diplomate("crawl", "board_wa", "--replay", data=data)
    assert done.code == 0, done.err
    (crawl, _), (replay, manifest) = good_runs(data, "board_wa")
    assert manifest.kind == "replay" and manifest.replay_of == crawl.name
    assert list(replay.records()) == list(crawl.records())


@pytest.mark.parametrize("source", ["aama", "leie", "npi_registry"])
def test_a_replay_gives_the_same_records_without_network(data: Path, source: str) -> None:
    done = run_diplomate("crawl", source, "--replay", data=data, DIPLOMATE_MIRRORS="")
    assert done.code == 0, done.err
    (crawl, _), (replay, _) = good_runs(data, source)
    assert sorted(r.to_line() for r in replay.records()) == sorted(r.to_line() for r in crawl.records())


def test_a_replay_fails_when_a_snapshot_is_missing(data: Path) -> None:
    run, _ = good_runs(data, "aama")[-1]
    index = run.folder / "snapshots.jsonl"
    index.write_text(
        "\n".join(line for line in index.read_text().splitlines() if "search-directory-paged" not in line) + "\n"
    )
    done = run_diplomate("crawl", "aama", "--replay", data=data)
    assert done.code == 1
    assert "holds no snapshot" in done.err
    assert len(good_runs(data, "aama")) == 1


def test_every_record_points_at_bytes_that_are_there(sample_data: Path) -> None:
    for source in ("aama", "board_wa", "leie", "ncbahm", "npi_registry"):
        run, _ = good_runs(sample_data, source)[-1]
        assert all(run.body(record.sha256) for record in run.records())


def test_a_record_survives_its_line() -> None:
    record = Record("s", "k", "u", "b", "2026-01-01T00:00:00Z", "", "WA", {"name": "Ünal", "list": ["x"]}, ("c",))
    assert Record.from_line(record.to_line()) == record
    assert "\n" not in record.to_line()
    assert json.loads(record.to_line())["fields"]["name"] == "Ünal"


def test_runs_begun_within_one_second_stand_in_their_order(tmp_path: Path) -> None:
    names = [Run.create(tmp_path, "leie").name for _ in range(20)]
    assert names == sorted(names)
