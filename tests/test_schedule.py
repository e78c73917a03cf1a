"""The schedule: when it runs, what clocks may do to it, how it stops."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import threading
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from crawler.snapshots import Manifest, Run
from pipeline.commands.environment import Wrong, alone
from pipeline.commands.run_record import LastRun, last_begin, read_last_run, write_last_run
from pipeline.commands.schedule_loop import Loop
from pipeline.commands.schedule_plan import Plan, read_plan
from pipeline.commands.source_facts import source_facts
from pipeline.overview import is_due
from tests.conftest import REPO, run_diplomate
from tests.fault_server import Answer, fault_site

NEW_YORK = ZoneInfo("America/New_York")
NIGHTLY = Plan("30 3 * * *", UTC)
START = datetime(2026, 11, 23, 12, tzinfo=UTC)
BEGINS_WITHIN, ENDS_WITHIN = 60, 60  # seconds; a machine of two cores may be busy
DAY, HOUR = timedelta(days=1), timedelta(hours=1)


class Clock:
    """A wall clock that a test moves; sleeping moves it too."""

    def __init__(self, at: datetime) -> None:
        self.at = at
        self.runs: list[datetime] = []
        self.takes = timedelta(minutes=10)

    def now(self) -> datetime:
        return self.at

    def sleep(self, seconds: float) -> None:
        assert 0 < seconds <= 30, "a long sleep knows nothing of changes of the clock"
        self.at += timedelta(seconds=seconds)

    def work(self) -> None:
        self.runs.append(self.at)
        self.at += self.takes

    def loop(self, last: datetime | None, plan: Plan = NIGHTLY) -> Loop:
        return Loop(plan, last, self.work, self.now, self.sleep)


def until(loop: Loop, clock: Clock, end: datetime) -> list[datetime]:
    """Let the loop turn until that moment; the runs since."""
    before = len(clock.runs)
    while clock.at < end:
        loop.turn()
    return clock.runs[before:]


def at(*parts: int) -> datetime:
    return datetime(*parts, tzinfo=UTC)


def test_it_runs_at_its_time_and_at_no_other() -> None:
    clock = Clock(START)
    found = until(clock.loop(START), clock, START + 3 * DAY)
    assert found == [at(2026, 11, day, 3, 30) for day in (24, 25, 26)]


def test_the_first_schedule_of_a_folder_runs_at_once() -> None:
    clock = Clock(START)
    assert until(clock.loop(None), clock, START + DAY) == [START, at(2026, 11, 24, 3, 30)]


@pytest.mark.parametrize("nights", [1, 2, 40])
def test_an_outage_is_made_up_for_by_one_run(nights: int) -> None:
    clock = Clock(START)
    assert until(clock.loop(START - nights * DAY), clock, START + DAY) == [START, at(2026, 11, 24, 3, 30)]


def test_a_clock_put_forward_is_made_up_for_by_one_run() -> None:
    clock = Clock(START)
    loop = clock.loop(START)
    until(loop, clock, START + HOUR)
    clock.at += 5 * DAY
    ahead = clock.at
    assert until(loop, clock, ahead + DAY) == [ahead, at(2026, 11, 29, 3, 30)]


def test_a_clock_put_back_a_little_repeats_nothing() -> None:
    clock = Clock(START)
    loop = clock.loop(START)
    until(loop, clock, at(2026, 11, 24, 4))
    clock.at -= HOUR
    assert until(loop, clock, at(2026, 11, 25, 12)) == [at(2026, 11, 25, 3, 30)]


@pytest.mark.parametrize("years", [1, 9])
def test_a_clock_that_was_years_ahead_does_not_stop_the_schedule(years: int) -> None:
    """A run of 2035 in the record, or the clock put right while the schedule waits: the next night counts."""
    wrong = START + years * 365 * DAY
    clock = Clock(START)
    assert until(clock.loop(wrong), clock, START + DAY) == [at(2026, 11, 24, 3, 30)]
    clock = Clock(wrong)
    loop = clock.loop(wrong)
    until(loop, clock, wrong + DAY)
    clock.at = START
    assert until(loop, clock, START + DAY) == [at(2026, 11, 24, 3, 30)]


@pytest.mark.parametrize("second", range(0, 60, 7))
def test_a_clock_put_right_just_before_a_run_skips_none(second: int) -> None:
    clock = Clock(at(2026, 11, 24, 3, 29, second))
    assert until(clock.loop(START + 400 * DAY), clock, at(2026, 11, 24, 12)) == [at(2026, 11, 24, 3, 30)]


def test_a_run_that_takes_longer_than_a_night_is_not_run_twice_in_a_row() -> None:
    clock = Clock(START)
    clock.takes = timedelta(hours=30)
    assert until(clock.loop(START), clock, START + 3 * DAY) == [at(2026, 11, 24, 3, 30), at(2026, 11, 26, 3, 30)]


@pytest.mark.parametrize(
    ("clock_time", "day", "moments"),
    [
        ("02:30", datetime(2027, 3, 13, 12, tzinfo=NEW_YORK), ["2027-03-14T03:00-04:00", "2027-03-15T02:30-04:00"]),
        ("01:30", datetime(2026, 10, 31, 12, tzinfo=NEW_YORK), ["2026-11-01T01:30-04:00", "2026-11-02T01:30-05:00"]),
    ],
)
def test_each_night_has_one_run_whatever_summer_time_does(clock_time: str, day: datetime, moments: list[str]) -> None:
    plan, found = read_plan(clock_time, "America/New_York"), [day]
    for _ in moments:
        found.append(plan.after(found[-1]))
    assert [moment.astimezone(NEW_YORK).isoformat(timespec="minutes") for moment in found[1:]] == moments


@pytest.mark.parametrize("words", [("25:00", ""), ("soon", "UTC"), ("0 0 31 2 *", "UTC"), ("03:30", "Mars/Base")])
def test_words_that_say_no_time_are_refused(words: tuple[str, str]) -> None:
    with pytest.raises(Wrong, match="|".join(word for word in words if word)):
        read_plan(*words)


def test_what_is_read_each_night_is_due_each_night(tmp_path: Path) -> None:
    """Last night it was read an hour after the run began, and tonight the clock is a little early."""
    facts = source_facts()["board_wa"]
    ended(tmp_path, "board_wa", at(2026, 11, 23, 4, 30))
    assert is_due(tmp_path, facts, at(2026, 11, 24, 3, 29)) and not is_due(tmp_path, facts, at(2026, 11, 23, 20))


def test_a_reading_from_the_future_keeps_no_source_from_being_read(tmp_path: Path) -> None:
    facts = source_facts()["board_wa"]
    ended(tmp_path, "board_wa", START + 3000 * DAY)
    assert is_due(tmp_path, facts, START)
    ended(tmp_path, "board_wa", START)
    assert not is_due(tmp_path, facts, START + HOUR) and is_due(tmp_path, facts, START + DAY)


def test_a_gated_source_that_was_cut_off_can_be_gone_on_with(tmp_path: Path) -> None:
    facts = source_facts()["ncbahm"]
    ended(tmp_path, "ncbahm", START, "failed", cut_off=True)
    assert is_due(tmp_path, facts, START + DAY)
    ended(tmp_path, "ncbahm", START, "blocked")
    assert not is_due(tmp_path, facts, START + DAY)


def ended(data: Path, source: str, read_at: datetime, result: str = "good", cut_off: bool = False) -> None:
    """A crawl that ended so."""
    run = Run.create(data, source)
    time = f"{read_at:%Y-%m-%dT%H:%M:%SZ}"
    run.finish(Manifest(source, run.name, "crawl", time, read_at=time, result=result, cut_off=cut_off))


def test_what_comes_is_shown_with_what_will_be_due(data: Path) -> None:
    write_last_run(data, LastRun(f"{datetime.now(UTC):%Y-%m-%dT%H:%M:%SZ}", "", ["Look at: leie."]))
    done = run_diplomate("schedule", "--show", "--json", "--zone", "UTC", data=data)
    document = json.loads(done.out)
    assert done.code == 0 and not document["missed"] and document["last_run"]["wrong"] == ["Look at: leie."]
    later = document["next"][1:]
    assert len(later) == 4 and all("board_wa" in run["due"] and "leie" not in run["due"] for run in later)
    shown = run_diplomate("schedule", "--show", "--zone", "America/New_York", data=data).out
    assert "board_wa" in shown and "03:30 E" in shown and "something was wrong" in shown


def test_a_record_nobody_can_read_counts_as_none(tmp_path: Path) -> None:
    for text in ("", "[]", '{"started": "soon", "finished": ""}', '{"started": "2026-11-23T00:00:00", "finished": ""}'):
        (tmp_path / "last_run.json").write_text(text)
        assert read_last_run(tmp_path) is None


def test_a_run_of_some_states_does_not_stand_for_one_of_all(tmp_path: Path) -> None:
    write_last_run(tmp_path, LastRun("2026-11-23T03:30:00Z", "2026-11-23T03:31:00Z", [], ["DE", "WA"]))
    assert last_begin(tmp_path, ("WA",)) == at(2026, 11, 23, 3, 30)
    assert last_begin(tmp_path, ()) is None and last_begin(tmp_path, ("WA", "OR")) is None
    write_last_run(tmp_path, LastRun("2026-11-23T03:30:00Z", "2026-11-23T03:31:00Z"))
    assert last_begin(tmp_path, ("OR",)) == last_begin(tmp_path, ()) == at(2026, 11, 23, 3, 30)


def test_two_schedules_of_a_folder_or_two_runs_never_happen(tmp_path: Path) -> None:
    assert run_diplomate("schedule", "--check", data=tmp_path).code == 1
    with alone(tmp_path, "schedule"), alone(tmp_path, "run"):
        assert run_diplomate("schedule", "--check", data=tmp_path).code == 0
        for command in ("schedule", "run"):
            done = run_diplomate(command, data=tmp_path)
            assert done.code == 1 and f"{command}: another process is at it" in done.err
    assert not (tmp_path / "last_run.json").exists()


def test_sigterm_ends_the_schedule_and_its_run_and_the_next_run_goes_on(data: Path) -> None:
    """A crawl waits for a site that says nothing: it is asked to end, and can be gone on with."""
    make_due(data, "board_wa")
    over = threading.Event()

    def silent(path: str, body: str) -> Answer:
        over.wait(60 if "group" not in path else 0)
        return Answer(b'[{"credentialtype": "Acupuncturist", "count": "1"}]')

    with fault_site(silent) as site:
        mirrors = f"https://data.wa.gov={site.address}"
        settings = {"DIPLOMATE_DATA": str(data), "DIPLOMATE_MIRRORS": mirrors, "DIPLOMATE_DELAY": "0"}
        call = [sys.executable, "-m", "pipeline.commands.main", "schedule"]
        with subprocess.Popen(call, cwd=REPO, env=os.environ | settings, stderr=subprocess.PIPE, text=True) as schedule:
            try:
                until = time.monotonic() + BEGINS_WITHIN
                while not any("where" in path for path in site.asked) and schedule.poll() is None:
                    assert time.monotonic() < until, "it asked for no page"
                    time.sleep(0.05)
                schedule.send_signal(signal.SIGTERM)
                threading.Timer(1, over.set).start()
                said = schedule.communicate(timeout=ENDS_WITHIN)[1]
            finally:
                over.set()
                schedule.kill()  # one that does not hear SIGTERM must fail this test, not hold it
    assert schedule.returncode == 0, said
    events = [json.loads(line) for line in said.splitlines()]
    assert [event["event"] for event in events][-2:] == ["stopped", "schedule_ends"]
    run = Run(max((data / "snapshots" / "board_wa").iterdir()))
    manifest = run.manifest()
    assert manifest and manifest.cut_off and "interrupted" in manifest.troubles[0] and run.snapshots()
    assert not (data / "last_run.json").exists(), "so that the next schedule makes up for it"


def make_due(data: Path, source: str) -> None:
    """Let the newest reading of a source be two days old."""
    path = max((data / "snapshots" / source).iterdir()) / "manifest.json"
    manifest = json.loads(path.read_text())
    manifest["read_at"] = manifest["read_from"] = f"{datetime.now(UTC) - 2 * DAY:%Y-%m-%dT%H:%M:%SZ}"
    path.write_text(json.dumps(manifest))
