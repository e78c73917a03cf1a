"""One register, several sources: the same key is one row, the newest, and a row that has left is gone."""

from __future__ import annotations

from pathlib import Path

import pytest

from crawler.records import Record
from crawler.snapshots import EVERYTHING, Manifest, Run
from pipeline.gather import gather

REGISTERS = {"registry": "registry", "weekly": "registry", "monthly": "registry", "board": ""}
WA = {"WA": True}


def run(
    data: Path, source: str, at: str, rows: dict[str, tuple[str, str]], coverage: dict[str, bool], as_of: str = ""
) -> None:
    """A good run: key -> (the source's own date, city); the city "gone" is a withdrawal."""
    folder = data / "snapshots" / source / at
    (folder / "bodies").mkdir(parents=True)
    lines = []
    for key, (date, city) in rows.items():
        fields = {"withdrawn_on": date} if city == "gone" else {"city": city}
        lines.append(Record(source, key, "https://x.example/", "0" * 64, at, date, "WA", fields).to_line() + "\n")
    (folder / "records.jsonl").write_text("".join(lines))
    manifest = Manifest(source, at, "crawl", at, at, at, at, "good", len(rows), coverage=coverage, as_of=as_of)
    manifest.rows_in = {"WA": len(rows)}
    Run(folder).finish(manifest)


def cities(data: Path) -> dict[str, str]:
    frame, _ = gather(data, REGISTERS, REGISTERS)
    assert set(frame["source"]) <= {"registry"}
    return {row.source_key: row.fields["city"] for row in frame.itertuples()}


@pytest.mark.parametrize(
    ("api", "file", "kept"), [("2026-03-01", "2026-02-01", "api"), ("2026-02-01", "2026-03-01", "file")]
)
def test_the_newer_printing_wins_whoever_printed_it(tmp_path: Path, api: str, file: str, kept: str) -> None:
    run(tmp_path, "registry", "2026-04-01T00:00:00Z", {"1": (api, "api")}, WA)
    run(tmp_path, "weekly", "2026-03-15T00:00:00Z", {"1": (file, "file")}, {})
    assert cities(tmp_path) == {"1": kept}


def test_the_row_stays_the_same_row_and_says_where_it_was_read(tmp_path: Path) -> None:
    run(tmp_path, "registry", "2026-04-01T00:00:00Z", {"1": ("2026-01-01", "api")}, WA)
    before = gather(tmp_path, REGISTERS, REGISTERS)[0]
    run(tmp_path, "weekly", "2026-04-15T00:00:00Z", {"1": ("2026-04-10", "file")}, {})
    after = gather(tmp_path, REGISTERS, REGISTERS)[0]
    assert list(before["record_id"]) == list(after["record_id"])
    assert after["fields"][0]["read_in"] == "weekly"


def test_a_withdrawal_takes_the_row_away_wherever_it_was_read(tmp_path: Path) -> None:
    run(tmp_path, "registry", "2026-04-01T00:00:00Z", {"1": ("2026-01-01", "api"), "2": ("2026-01-01", "api")}, WA)
    run(tmp_path, "weekly", "2026-04-15T00:00:00Z", {"1": ("2026-04-10", "gone")}, {})
    assert cities(tmp_path) == {"2": "api"}


def test_a_row_that_came_back_after_its_withdrawal_is_there(tmp_path: Path) -> None:
    run(tmp_path, "weekly", "2026-04-15T00:00:00Z", {"1": ("2026-04-10", "gone")}, {})
    run(tmp_path, "registry", "2026-06-01T00:00:00Z", {"1": ("2026-05-20", "api")}, WA)
    assert cities(tmp_path) == {"1": "api"}


def test_a_later_whole_reading_of_the_state_ends_what_another_source_showed(tmp_path: Path) -> None:
    run(tmp_path, "weekly", "2026-03-15T00:00:00Z", {"1": ("2026-03-10", "file"), "2": ("2026-03-10", "file")}, {})
    run(tmp_path, "registry", "2026-04-01T00:00:00Z", {"2": ("2026-03-10", "api")}, WA)
    assert set(cities(tmp_path)) == {"2"}


def test_a_file_speaks_of_the_day_it_was_made_not_of_the_day_it_was_fetched(tmp_path: Path) -> None:
    """The monthly file still shows a row that the registry, read after the file was made, no longer does."""
    run(tmp_path, "registry", "2026-04-10T00:00:00Z", {"2": ("2026-03-10", "api")}, WA)
    both = {"1": ("2026-03-10", "file"), "2": ("2026-03-10", "file")}
    run(tmp_path, "monthly", "2026-04-20T00:00:00Z", both, {EVERYTHING: True}, as_of="2026-04-05T00:00:00Z")
    assert set(cities(tmp_path)) == {"2"}


def test_a_reading_of_a_part_ends_nothing(tmp_path: Path) -> None:
    """The known-wrong case: without a whole reading absence proves nothing."""
    run(tmp_path, "weekly", "2026-03-15T00:00:00Z", {"1": ("2026-03-10", "file")}, {})
    run(tmp_path, "registry", "2026-04-01T00:00:00Z", {"2": ("2026-03-10", "api")}, {"WA": False})
    assert set(cities(tmp_path)) == {"1", "2"}


def test_records_of_a_replaced_run_are_not_opened(tmp_path: Path) -> None:
    """Nightly runs add up; a build must not read a year of them."""
    run(tmp_path, "registry", "2026-03-01T00:00:00Z", {"1": ("2026-01-01", "old")}, WA)
    run(tmp_path, "registry", "2026-04-01T00:00:00Z", {"1": ("2026-01-01", "new")}, WA)
    (tmp_path / "snapshots" / "registry" / "2026-03-01T00:00:00Z" / "records.jsonl").write_text("not to be read")
    assert cities(tmp_path) == {"1": "new"}
