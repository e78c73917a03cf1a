"""History is append-only, and only a good whole reading can make anything look gone."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from crawler.records import Record
from crawler.snapshots import Manifest, Run
from db.publish import current, read_rows
from pipeline.gather import current_records, gather
from tests.conftest import run_diplomate

LATER = f"{datetime.now(UTC) + timedelta(hours=20):%Y-%m-%dT%H:%M:%SZ}"  # a day ahead is no longer believed


def make_run(data: Path, source: str, keys: list[str], read_at: str, **facts: object) -> Run:
    """A run whose records say nothing but their keys."""
    run = Run.create(data, source)
    rows = [Record(source, key, "u", "s", read_at, "", "WA", {"name": key}) for key in keys]
    (run.folder / "records.jsonl").write_text("".join(row.to_line() + "\n" for row in rows))
    base = {"kind": "crawl", "result": "good", "coverage": {"WA": True}, "rows": len(rows)}
    run.finish(Manifest(source, run.name, started=read_at, read_at=read_at, **(base | facts)))  # type: ignore[arg-type]
    return run


def keys(data: Path, source: str = "ncbahm") -> set[str]:
    return set(gather(data, [source])[0]["source_key"])


def test_a_whole_reading_drops_what_it_no_longer_saw(tmp_path: Path) -> None:
    make_run(tmp_path, "ncbahm", ["a", "b"], "2026-01-01T00:00:00Z")
    make_run(tmp_path, "ncbahm", ["a"], "2026-02-01T00:00:00Z")
    assert keys(tmp_path) == {"a"}


def test_a_partial_failed_blocked_or_narrowed_reading_drops_nothing(tmp_path: Path) -> None:
    make_run(tmp_path, "ncbahm", ["a", "b"], "2026-01-01T00:00:00Z")
    make_run(tmp_path, "ncbahm", ["c"], "2026-02-01T00:00:00Z", coverage={"WA": False})
    make_run(tmp_path, "ncbahm", [], "2026-03-01T00:00:00Z", result="failed")
    make_run(tmp_path, "ncbahm", [], "2026-04-01T00:00:00Z", result="blocked")
    make_run(tmp_path, "ncbahm", ["d"], "2026-05-01T00:00:00Z", coverage={"CA": True})
    assert keys(tmp_path) == {"a", "b", "c", "d"}


def test_an_older_page_imported_later_does_not_win(tmp_path: Path) -> None:
    make_run(tmp_path, "ncbahm", ["a"], "2026-02-01T00:00:00Z")
    make_run(tmp_path, "ncbahm", ["a", "gone"], "2026-01-01T00:00:00Z", kind="import", coverage={})
    records, reading = gather(tmp_path, ["ncbahm"])
    assert set(records["source_key"]) == {"a"}
    assert records["fetched_at"].tolist() == ["2026-02-01T00:00:00Z"]
    assert reading["ncbahm"].read_whole_at("WA") == "2026-02-01T00:00:00Z"


def test_a_source_never_read_knows_nothing() -> None:
    records, reading = current_records("ncbahm", [])
    assert records == [] and reading.read_whole_at("WA") == ""


def change_status(data: Path, number: str, status: str) -> None:
    """A later whole reading of board_wa in which one license has another status, and one person is gone."""
    run = next((data / "snapshots" / "board_wa").iterdir())
    rows = [json.loads(line) for line in (run / "records.jsonl").read_text().splitlines()]
    for row in rows:
        row |= {"fetched_at": LATER, "sha256": "later"}
        if row["source_key"] == number:
            row["fields"]["status"] = status
    later = Run.create(data, "board_wa")
    (later.folder / "records.jsonl").write_text("".join(json.dumps(row) + "\n" for row in rows))
    manifest = Manifest("board_wa", later.name, "crawl", LATER, read_at=LATER)
    manifest.result, manifest.rows, manifest.coverage = "good", len(rows), {"WA": True}
    later.finish(manifest)


def published(data: Path, table: str) -> list[dict[str, object]]:
    path = current(data)
    assert path
    return read_rows(path, table)


def test_a_changed_status_is_one_change_and_the_old_claim_is_kept(data: Path) -> None:
    number = "AC69003571"
    assert published(data, "changes") == []
    change_status(data, number, "Expired")
    assert run_diplomate("build", data=data).code == 0
    (change,) = published(data, "changes")
    assert (change["field"], change["old"], change["new"]) == (f"license WA {number}", "Active", "Expired")
    assert change["at"] == LATER
    claims = [
        row
        for row in published(data, "claims")
        if row["field"] == f"license WA {number}" and row["source"] == "board_wa"
    ]
    assert {(row["value"], row["current"]) for row in claims} == {("Active", 0), ("Expired", 1)}
    spoken = run_diplomate("changes", "--json", data=data)
    assert json.loads(spoken.out)[0]["new"] == "Expired"


@pytest.mark.everything
def test_building_again_changes_nothing_but_the_file(data: Path) -> None:
    before = {table: published(data, table) for table in ("practitioners", "claims", "changes", "redirects", "tags")}
    assert run_diplomate("build", data=data).code == 0
    assert {table: published(data, table) for table in before} == before


@pytest.mark.everything
def test_first_seen_stays_when_a_record_is_read_again(data: Path) -> None:
    first = {row["id"]: row["first_seen"] for row in published(data, "claims")}
    change_status(data, "none", "")
    assert run_diplomate("build", data=data).code == 0
    again = published(data, "claims")
    assert {row["id"]: row["first_seen"] for row in again} == first
    seen = {row["last_seen"] for row in again if row["source"] == "board_wa"}
    assert seen == {LATER}


@pytest.mark.everything
def test_our_own_correction_of_a_reading_is_no_news_of_a_person(data: Path) -> None:
    """The same bytes, read otherwise by a better spider: the claim changes, the change feed stays silent."""
    number, run = "AC69003571", next((data / "snapshots" / "board_wa").iterdir())
    rows = [json.loads(line) for line in (run / "records.jsonl").read_text().splitlines()]
    for row in rows:
        if row["source_key"] == number:
            row["fields"]["status"] = "Inactive"
    (run / "records.jsonl").write_text("".join(json.dumps(row) + "\n" for row in rows))
    again = Run(run)
    manifest = again.manifest()
    assert manifest
    again.finish(manifest)
    assert run_diplomate("build", data=data).code == 0
    assert published(data, "changes") == []
    values = {
        row["value"] for row in published(data, "claims") if row["field"] == f"license WA {number}" and row["current"]
    }
    assert "Inactive" in values
