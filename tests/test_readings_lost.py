"""Readings that are lost, emptied, misdated or oddly written: nobody looks gone by it, and each has its sentence."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import click
import pytest

from crawler import snapshots
from crawler.records import Record
from crawler.snapshots import TIDIED as EMPTIED
from crawler.snapshots import DamagedRun, Run, damaged_runs, good_runs, remember_misdated
from pipeline.commands.crawl import damaged_crawl
from pipeline.gather import gather
from tests.feed_folder import CROWD, NPI, Folder, enumerated
from tests.test_history import make_run

NOW = datetime.now(UTC)
TIMES = "%Y-%m-%dT%H:%M:%SZ"
OREGON = {"OR": True}


@pytest.fixture
def folder(tmp_path: Path) -> Folder:
    return Folder(tmp_path).read(*CROWD)


@pytest.mark.parametrize("odd", ["\u2028", "\u2029", "\x85", "\x0c", "\x1e"])
def test_a_cell_may_hold_what_some_take_for_the_end_of_a_line(tmp_path: Path, odd: str) -> None:
    """One such sign in one cell stopped every build, of all sources."""
    record = Record("board_wa", "AC1", "u", "s", "2026-01-01T00:00:00Z", "", "WA", {"family_name": f"Grub{odd}nik"})
    run = make_run(tmp_path, "board_wa", [], "2026-01-01T00:00:00Z")
    (run.folder / "records.jsonl").write_text(record.to_line() + "\n", encoding="utf-8")
    manifest = run.manifest()
    assert manifest
    run.finish(manifest)
    assert list(run.records()) == [record]
    assert gather(tmp_path, ["board_wa"])[0]["fields"][0] == record.fields


def test_a_reading_of_a_wrong_clock_does_not_count_when_its_day_has_come(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It would be the newest then, and show people as gone who came since."""
    make_run(tmp_path, "ncbahm", ["a"], "2026-01-01T00:00:00Z")
    late = (NOW + timedelta(days=10)).strftime(TIMES)
    make_run(tmp_path, "ncbahm", ["gone"], late)
    remember_misdated(tmp_path, "ncbahm")
    make_run(tmp_path, "ncbahm", ["a", "b"], NOW.strftime(TIMES))
    monkeypatch.setattr(snapshots, "utc_now", lambda: (NOW + timedelta(days=11)).strftime(TIMES))
    records, readings = gather(tmp_path, ["ncbahm"])
    assert set(records["source_key"]) == {"a", "b"}
    assert "in the future when it was first looked at" in readings["ncbahm"].set_aside[0]


def test_a_build_remembers_which_run_was_dated_in_the_future(folder: Folder) -> None:
    folder.build()
    run = make_run(folder.data, "board_wa", ["AC60000001"], (NOW + timedelta(days=10)).strftime(TIMES))
    folder.build()
    assert (run.folder / snapshots.MISDATED).exists()
    shutil.rmtree(run.folder)
    assert folder.build() == [], "what was to be removed may be removed"


def test_an_emptied_run_never_stands_for_a_damaged_one(folder: Folder) -> None:
    """Its people would all vanish: it has no rows any more, and was read whole."""
    folder.read(*CROWD).build()
    older, newer = (run for run, _ in good_runs(folder.data, "board_wa"))
    (older.folder / "records.jsonl").unlink()
    (older.folder / EMPTIED).touch()
    (newer.folder / "records.jsonl").write_text("changed")
    with pytest.raises(DamagedRun, match="was emptied by `diplomate tidy`"):
        older.records()
    with pytest.raises(click.ClickException, match=r"was emptied .* nothing was published"):
        folder.build()
    assert damaged_crawl("board_wa") is None, "there is nothing to replay"


def test_a_run_of_some_states_that_is_gone_is_missed(folder: Folder) -> None:
    stranger = enumerated(NPI, "THESSALY", "VOPNIK", "SALEM", "OR")
    folder.read(stranger, source="npi_registry", coverage=OREGON)
    asked_for(folder, ["OR"])
    folder.read(enumerated(NPI, "OTTOLINE", "GRUBNIK"), source="npi_registry", coverage={"WA": True})
    asked_for(folder, ["WA"])
    folder.build()
    shutil.rmtree(good_runs(folder.data, "npi_registry")[0][0].folder)
    with pytest.raises(click.ClickException, match=r"no longer in .*--accept source:npi_registry"):
        folder.build()
    folder.build("source:npi_registry")
    assert [row["name"] for row in folder.table("practitioners") if "Vopnik" in row["name"]] == []
    folder.build()


def test_a_run_that_later_ones_replaced_may_be_removed(folder: Folder) -> None:
    folder.read(*CROWD).build()
    shutil.rmtree(good_runs(folder.data, "board_wa")[0][0].folder)
    assert folder.build() == []


def asked_for(folder: Folder, states: list[str]) -> None:
    """The newest run was asked for these states."""
    run, manifest = good_runs(folder.data, "npi_registry")[-1]
    manifest.states = states
    run.finish(manifest)


def test_a_damaged_monthly_file_makes_nobody_leave_beside_a_newer_weekly_one(folder: Folder) -> None:
    one, other = enumerated(NPI, "THESSALY", "VOPNIK"), enumerated("1999000017", "IDA", "PRSBROUGH")
    folder.read(one, source="nppes_monthly")
    folder.read(one, other, source="nppes_monthly")
    folder.read(one, source="nppes_weekly", coverage={}).build()
    run = good_runs(folder.data, "nppes_monthly")[-1][0]
    (run.folder / "records.jsonl").write_text("changed")
    assert [row for row in folder.build() if row["kind"] == "no_longer_listed"] == []


def test_who_the_weekly_file_withdraws_is_no_longer_listed(folder: Folder) -> None:
    one = enumerated(NPI, "THESSALY", "VOPNIK")
    folder.read(one, source="nppes_monthly").build()
    gone = enumerated(NPI, "THESSALY", "VOPNIK", withdrawn_on="2026-11-02")
    folder.read(replace(gone, source="nppes_weekly"), source="nppes_weekly", coverage={})
    told = [row for row in folder.build() if row["kind"] == "no_longer_listed"]
    assert len(told) == 1


BROKEN: list[Callable[[dict[str, Any]], dict[str, Any]]] = [
    lambda said: said | {"coverage": ["DE"]},
    lambda said: said | {"finished": "yesterday"},
    lambda said: said | {"result": "splendid"},
    lambda said: said | {"rows": "many"},
    lambda said: said | {"started": ""},
    lambda said: said | {"troubles": [5]},
]


@pytest.mark.parametrize("broken", BROKEN)
def test_a_verdict_of_other_types_is_damaged_and_stops_nothing(
    tmp_path: Path, broken: Callable[[dict[str, Any]], dict[str, Any]]
) -> None:
    make_run(tmp_path, "ncbahm", ["a"], "2026-01-01T00:00:00Z")
    run = make_run(tmp_path, "ncbahm", ["b"], "2026-02-01T00:00:00Z")
    path = run.folder / "manifest.json"
    path.write_text(json.dumps(broken(json.loads(path.read_text()))))
    assert set(gather(tmp_path, ["ncbahm"])[0]["source_key"]) == {"a"}
    assert "manifest.json is damaged" in damaged_runs(tmp_path, "ncbahm")[run.name]


def test_a_folder_where_a_verdict_belongs_is_damaged(tmp_path: Path) -> None:
    run = make_run(tmp_path, "ncbahm", ["a"], "2026-01-01T00:00:00Z")
    (run.folder / "manifest.json").unlink()
    (run.folder / "manifest.json").mkdir()
    assert "manifest.json is damaged" in damaged_runs(tmp_path, "ncbahm")[run.name]


ANSWER = dict.fromkeys(["method", "url", "asked", "fetched_at", "sha256"], "x") | {"status": 200, "size": 1}


@pytest.mark.parametrize("line", ['{"method": ', "[]", json.dumps(ANSWER | {"headers": []})])
def test_a_damaged_index_is_named(tmp_path: Path, line: str) -> None:
    run = make_run(tmp_path, "ncbahm", ["a"], "2026-01-01T00:00:00Z")
    (run.folder / "snapshots.jsonl").write_text(line + "\n")
    with pytest.raises(DamagedRun, match=r"snapshots\.jsonl is damaged"):
        Run(run.folder).snapshots()
