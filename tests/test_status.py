"""What an operator and a monitor see: `diplomate status`, `/-/status.json`, metrics that Prometheus can read."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from prometheus_client.parser import text_string_to_metric_families

from crawler.snapshots import TIMES
from db import ages
from db.publish import publish
from pipeline.commands import environment
from pipeline.commands.alerts import tell_alarms
from pipeline.commands.build_record import write_last_build
from pipeline.commands.run_record import LastRun, write_last_run
from pipeline.commands.status import ago, command, due
from tests.conftest import REPO
from tests.test_alerts import night
from tests.test_site import Visitor
from tests.tiny_database import BUILT_AT, publish_tiny, tiny_tables

OPERATING = (REPO / "docs" / "operate.md").read_text(encoding="utf-8")
METRICS = re.findall(r"`(diplomate_[a-z_]+)`", OPERATING)
NOW = datetime(2026, 11, 22, 6, tzinfo=UTC)


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A data folder of one source, read last night."""
    monkeypatch.setenv("DIPLOMATE_DATA", str(tmp_path))
    monkeypatch.delenv("DIPLOMATE_NOTIFY", raising=False)
    monkeypatch.setattr(environment, "now", lambda: NOW)
    monkeypatch.setattr("pipeline.commands.status.now", lambda: NOW)
    night(tmp_path, 0.25, rows=57, requests=3, coverage={"*": True})
    return tmp_path


def call(*words: str) -> Result:
    return CliRunner().invoke(command, list(words))


def numbers(text: str) -> dict[tuple[str, ...], float]:
    """What Prometheus's own parser reads: (name, values of the labels, sorted by their names) -> number."""
    families = text_string_to_metric_families(text)
    samples = [sample for family in families for sample in family.samples]
    return {(each.name, *(each.labels[name] for name in sorted(each.labels))): each.value for each in samples}


def test_a_calm_morning(folder: Path) -> None:
    done = call()
    assert done.exit_code == 0
    lines = done.output.splitlines()
    assert "No alarms." in lines and lines[0].startswith("Published   nothing yet")
    wa = next(line for line in lines if line.startswith("board_wa"))
    assert wa.split() == ["board_wa", "good", "6", "hours", "ago", "57", "in", "12", "hours"]
    assert any("board_wa" in line and "57 rows" in line and "3 requests" in line for line in lines[-2:])
    assert max(map(len, lines)) <= 120


def test_a_bad_morning_says_what_to_do_and_exits_1(folder: Path) -> None:
    night(folder, 0.2, "failed")
    night(folder, 0.1, "failed")
    write_last_build(folder, NOW, refused="12 practitioners, less than half of the 30 that are published now.")
    tell_alarms(folder)
    done = call()
    assert done.exit_code == 1
    said = " ".join(done.output.split())
    assert "Needs a person:" in said and "board_wa cannot be read (since 2026-11-22)" in said
    assert "diplomate sources board_wa" in said and "less than half of the 30" in said and "refused" in said


def test_information_needs_nobody(folder: Path) -> None:
    night(folder, 40, source="ncbahm", kind="import")
    night(folder, 0.1, "blocked", "ncbahm")
    done = call()
    assert done.exit_code == 0 and "Good to know:" in done.output and "diplomate import ncbahm" in done.output


def test_the_document_for_programs(folder: Path) -> None:
    night(folder, 0.1, "failed")
    write_last_run(folder, LastRun(f"{NOW:{TIMES}}", f"{NOW:{TIMES}}", ["Look at: board_wa."]))
    found = json.loads(call("--json").output)
    assert found["ok"] is False and found["published"] is None
    assert [each["key"] for each in found["alarms"]] == ["source_failed_once:board_wa"]
    assert found["last_run"]["wrong"] == ["Look at: board_wa."] and found["disk"]["free_bytes"] > 0
    assert {row["name"]: row["health"] for row in found["sources"]}["board_wa"] == "failed"
    assert found["runs"][0]["result"] == "failed"


def test_damaged_files_keep_nothing_else_from_being_shown(folder: Path) -> None:
    night(folder, 1, source="board_co", coverage={"*": True}, rows=5)
    broken = next((folder / "snapshots" / "board_wa").iterdir())
    (broken / "manifest.json").write_text("{")
    publish_tiny(folder)
    published = next((folder / "published").iterdir())
    published.chmod(0o644)
    published.write_bytes(published.read_bytes()[:5000])
    done = call()
    assert done.exit_code == 1 and "Traceback" not in done.output
    said = " ".join(done.output.split())
    assert "manifest.json is damaged" in said and "cannot be read" in said
    assert any(line.startswith("board_co") for line in done.output.splitlines())


def test_the_crawler_s_metrics(folder: Path) -> None:
    night(folder, 0.1, "failed", requests=2, finished=f"{NOW:{TIMES}}")
    write_last_build(folder, NOW - timedelta(hours=1), published="diplomate-1.db")
    found = numbers(call("--metrics").output)
    assert {name for name, *_ in found} <= set(METRICS)
    crawler = "diplomate_crawler"
    assert found[f"{crawler}_run_rows", "board_wa"] == 0 and found[f"{crawler}_rows", "board_wa"] == 57
    assert found[f"{crawler}_run_good", "board_wa"] == 0 and found[f"{crawler}_failures_in_a_row", "board_wa"] == 1
    assert found[f"{crawler}_run_duration_seconds", "board_wa"] == pytest.approx(0.1 * 86400, abs=1)
    assert found[f"{crawler}_alarms", "source_failed_once", "trouble"] == 1
    assert found[f"{crawler}_alarms", "disk_low", "trouble"] == 0
    assert found[f"{crawler}_schedule_timestamp_seconds",] == NOW.timestamp()
    assert found[f"{crawler}_build_timestamp_seconds",] == NOW.timestamp() - 3600
    assert found[f"{crawler}_build_refused",] == 0 and found[f"{crawler}_disk_free_bytes",] > 0
    assert (f"{crawler}_run_rows", "leie") not in found, "a source that was never read has no numbers"
    assert call("--metrics").exit_code == 0, "numbers are not a verdict"


def test_two_forms_at_once_are_refused(folder: Path) -> None:
    done = call("--json", "--metrics")
    assert done.exit_code == 2 and "choose one" in done.output


def test_another_schedule_can_tell_that_the_nightly_one_is_dead(folder: Path) -> None:
    write_last_run(folder, LastRun(f"{NOW - timedelta(days=3):{TIMES}}", f"{NOW - timedelta(days=3):{TIMES}}"))
    done = call("--tell")
    assert done.exit_code == 1 and "No run since 2026-11-19" in done.output
    kept = json.loads((folder / "alarms.json").read_text())
    assert [each["key"] for each in kept["alarms"]] == ["silent"]


@pytest.mark.parametrize(
    ("hours", "words"), [(0.5, "just now"), (5, "5 hours ago"), (50, "2 days ago"), (-30, "on 2026-11-23 (to come)")]
)
def test_times_as_a_person_says_them(hours: float, words: str) -> None:
    assert ago(f"{NOW - timedelta(hours=hours):{TIMES}}", NOW) == words
    assert ago(None, NOW) == "never" and due(f"{NOW:{TIMES}}", NOW) == "now"


# The site's side.


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Path, Visitor]]:
    """A site whose sources were all read two days ago, and its data folder."""
    data, tables = tmp_path_factory.mktemp("served"), tiny_tables()
    for row in tables["sources"]:
        row["last_good_read"] = "2026-11-20T09:00:00Z"
    visitor = Visitor(publish(tables, data, BUILT_AT))
    yield data, visitor
    visitor.runner.close()


@pytest.fixture
def beside(served: tuple[Path, Visitor], monkeypatch: pytest.MonkeyPatch) -> tuple[Path, Visitor]:
    """The same at the time of its build, as if the crawler had never looked."""
    monkeypatch.setattr(ages, "now", lambda: BUILT_AT)
    for name in ("alarms.json", "last_build.json"):
        (served[0] / name).unlink(missing_ok=True)
    return served


def test_status_json_names_the_file_counts_and_ages(beside: tuple[Path, Visitor]) -> None:
    data, site = beside
    answer = site.get("/-/status.json")
    found = answer.json()
    assert answer.headers["cache-control"] == "private, no-store"
    assert found["ok"] is True and found["is_newest"] is True and found["file"].startswith("diplomate-20261122T120000Z")
    assert found["practitioners"] == 12 == sum(found["certification"].values())
    wa = next(row for row in found["sources"] if row["name"] == "board_wa")
    assert wa["days_ago"] == 2 and wa["is_stale"] is False
    assert "board_or" in found["failing_sources"] and not found["troubled_sources"]
    assert str(data) not in answer.text


def test_a_worker_says_that_a_newer_file_is_published(beside: tuple[Path, Visitor]) -> None:
    data, site = beside
    published = (data / "current").readlink()
    newer = publish(tiny_tables(), data, BUILT_AT + timedelta(days=1))
    found = site.get("/-/status.json").json()
    assert found["is_newest"] is False and found["newest_file"] == newer.stem != found["file"]
    assert numbers(site.get("/-/metrics").text)["diplomate_build_is_newest",] == 0
    (data / "current").unlink()
    (data / "current").symlink_to(published)


def test_alarms_of_the_crawler_reach_the_monitor_without_their_sentences(
    beside: tuple[Path, Visitor], monkeypatch: pytest.MonkeyPatch
) -> None:
    data, site = beside
    monkeypatch.setattr(environment, "now", lambda: BUILT_AT)
    monkeypatch.delenv("DIPLOMATE_NOTIFY", raising=False)
    write_last_build(data, BUILT_AT, refused=f"{data}/published is full.")
    tell_alarms(data)
    answer = site.get("/-/status.json")
    on = [{"key": "build_refused", "kind": "build_refused", "level": "trouble", "since": "2026-11-22T12:00:00Z"}]
    assert answer.json()["ok"] is False and answer.json()["alarms"]["on"] == on
    assert str(data) not in answer.text
    assert numbers(site.get("/-/metrics").text)["diplomate_alarms", "build_refused", "trouble"] == 1


@pytest.mark.parametrize(("hours", "silent"), [(35, False), (37, True)])
def test_a_silent_crawler_is_noticed_by_the_site(beside: tuple[Path, Visitor], hours: int, silent: bool) -> None:
    data, site = beside
    looked = {"looked_at": f"{BUILT_AT - timedelta(hours=hours):{TIMES}}", "alarms": []}
    (data / "alarms.json").write_text(json.dumps(looked))
    found = site.get("/-/status.json").json()
    assert found["alarms"]["is_silent"] is silent and found["ok"] is not silent


@pytest.mark.parametrize("text", ["", "{", "[]", '{"looked_at": 3}', '{"looked_at": "soon", "alarms": [{}]}', "\x00"])
def test_a_damaged_note_of_alarms_fails_no_page(beside: tuple[Path, Visitor], text: str) -> None:
    data, site = beside
    (data / "alarms.json").write_text(text)
    assert site.get("/-/status.json").json()["alarms"]["on"] == []


def test_the_site_s_metrics_agree_with_its_status(beside: tuple[Path, Visitor]) -> None:
    _, site = beside
    answer, status = site.get("/-/metrics"), site.get("/-/status.json").json()
    assert answer.headers["content-type"].startswith("text/plain; version=0.0.4")
    found = numbers(answer.text)
    assert {name for name, *_ in found} <= set(METRICS)
    assert found["diplomate_ok",] == 1 and found["diplomate_practitioners",] == 12
    assert found["diplomate_build_timestamp_seconds",] == BUILT_AT.timestamp()
    assert {tag: found["diplomate_certification", tag] for tag in status["certification"]} == status["certification"]
    read = datetime(2026, 11, 20, 9, tzinfo=UTC).timestamp()
    assert found["diplomate_source_last_good_read_timestamp_seconds", "board_wa"] == read
    assert found["diplomate_source_health", "failed", "board_or"] == 1
    assert found["diplomate_build_info", status["file"], "0", status["version"] or ""] == 1


def test_a_path_in_a_verdict_stays_here_and_an_address_does_not(tmp_path: Path) -> None:
    tables = tiny_tables()
    tables["sources"][0]["message"] = "The snapshot 00 is gone from /srv/x/bodies. See https://board.example/a/b.json."
    site = Visitor(publish(tables, tmp_path, BUILT_AT))
    said = site.get("/-/status.json").json()["sources"]
    site.runner.close()
    message = next(row["message"] for row in said if row["name"] == tables["sources"][0]["name"])
    assert message == "The snapshot 00 is gone from … See https://board.example/a/b.json."


def test_hostile_words_stay_words_in_metrics(tmp_path: Path) -> None:
    tables = tiny_tables()
    tables["sources"][0]["health"] = 'good"} 1\ndiplomate_ok 7 \\'
    site = Visitor(publish(tables, tmp_path, BUILT_AT))
    found = numbers(site.get("/-/metrics").text)
    site.runner.close()
    assert found["diplomate_ok",] == 0
    assert found["diplomate_source_health", tables["sources"][0]["health"], tables["sources"][0]["name"]] == 1
