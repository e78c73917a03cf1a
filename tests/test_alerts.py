"""Alarms: each in a plain sentence, told once when it begins and once when it is over, and never lost."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from OpenSSL import SSL
from service_identity import VerificationError

from crawler.certificates import is_about_certificates
from crawler.snapshots import TIMES, Manifest, Run
from pipeline.alarm_words import Alarm, alarm, kinds, setting
from pipeline.alarms import MIB, Seen, alarms, quoted
from pipeline.commands import alerts, environment
from pipeline.commands.alert_look import seen
from pipeline.commands.alerts import alarms_now, tell_alarms
from pipeline.commands.alerts_file import read_told
from pipeline.commands.build_record import write_last_build
from pipeline.commands.environment import Failed, alone
from pipeline.commands.run import tell
from pipeline.commands.run_record import LastRun, write_last_run
from pipeline.facts import SourceFacts
from pipeline.rule_tables import ALARM_KINDS
from pipeline.rules import RuleError
from tests.conftest import run_diplomate
from tests.fault_server import Answer, FaultSite, fault_site
from tests.test_notify import keeping
from tests.tls_server import tls_site

NOW = datetime(2026, 11, 22, 6, tzinfo=UTC)
DETAILS: dict[str, object] = {"access": "open", "cadence_days": 7, "homepage": "https://board.example/"}
BOARD = SourceFacts("board_wa", "board", "Roster", "The Board", ("WA",), DETAILS)
GATED = replace(BOARD, name="ncbahm", details=DETAILS | {"access": "gated", "cadence_days": 30})
RUN_A, RUN_B = "20261121T040000Z-0a1b", "20261122T040000Z-0c2d"
EXPIRED = "https://board.example/ gave no whole answer: the TLS certificate of board.example has expired."


def at(days_ago: float) -> str:
    return f"{NOW - timedelta(days=days_ago):{TIMES}}"


def ran(days_ago: float, result: str = "good", source: str = "board_wa", **facts: Any) -> Manifest:
    """A verdict of so many days ago."""
    when = at(days_ago)
    troubles = [] if result == "good" else [f"{source}: the roof fell in."]
    base: dict[str, Any] = {"kind": "crawl", "read_at": when, "finished": when, "troubles": troubles}
    return Manifest(source, f"run-{days_ago}", started=when, result=result, **(base | facts))


def found(*runs: Manifest, source: SourceFacts = BOARD, **seen: Any) -> dict[str, Alarm]:
    by_source = {source.name: [run for run in runs if run.source == source.name]} | seen.pop("others", {})
    told = alarms(Seen(NOW, seen.pop("sources", [source]), by_source, **({"ran_at": at(0)} | seen)))
    return {each.key: each for each in told}


def test_a_calm_night_rings_nothing() -> None:
    assert not found(ran(1), free_bytes=9_000 * MIB, build_bytes=50 * MIB, built_at=at(1), tried_at=at(1))
    assert not found()


def test_one_failure_is_shown_and_two_are_told() -> None:
    once, twice = found(ran(3), ran(1, "failed")), found(ran(3), ran(2, "failed"), ran(1, "failed"))
    assert list(once) == ["source_failed_once:board_wa"] and not once["source_failed_once:board_wa"].is_sent
    said = twice["source_failed:board_wa"]
    assert said.is_sent and "failed 2 times in a row, last on 2026-11-21: board_wa: the roof fell in." in said.sentence
    assert "What was read on 2026-11-19 is still shown." in said.sentence and "run-1" in said.sentence
    assert not found(ran(3), ran(2, "failed"), ran(1)), "a good reading ends it"
    never = found(ran(2, "failed"), ran(1, "failed"))["source_failed:board_wa"]
    assert "Nothing of it was ever read well." in never.sentence


def test_each_attempt_at_a_run_that_is_gone_on_with_counts() -> None:
    again = ran(1, "failed", cut_off=True, attempts=3)
    assert "failed 3 times in a row" in found(ran(3), again)["source_failed:board_wa"].sentence


def replayed(days_ago: float, of: Manifest, result: str = "good", **facts: Any) -> Manifest:
    facts = {"read_at": of.read_at, "replay_of": of.run, "kind": "replay", "run": f"replay-{days_ago}"} | facts
    return replace(ran(days_ago, result), **facts)


def test_only_what_was_heard_of_the_source_itself_counts() -> None:
    good, first, second = ran(4), ran(3, "failed"), ran(2, "failed")
    failing = {"source_failed:board_wa": 2}

    def rings(*runs: Manifest) -> dict[str, int]:
        return {key: int(each.sentence.split()[2]) for key, each in found(*runs).items() if each.is_sent}

    assert rings(good, first, second) == failing
    assert rings(good, first, second, replayed(1, good)) == failing, "old bytes: nothing answered"
    assert rings(good, first, second, replayed(1, first)) == {}, "of the two only the second is left"
    assert not found(good, first, second, replayed(1, second)), "what came is read well now"
    assert rings(good, first, second, replayed(1, second, "failed")) == failing
    assert not found(good, first, second, ran(1, kind="import"))
    for result in ("failed", "blocked"):
        wrong = [ran(days, result, kind="import", troubles=["wrong.csv is no list."]) for days in (1, 0.5)]
        assert not found(good, *wrong), "a wrong file is no word of the source"
        said = found(good, first, second, *wrong)["source_failed:board_wa"].sentence
        assert "failed 2 times in a row, last on 2026-11-20: board_wa: the roof fell in." in said


def test_a_wrong_file_does_not_open_a_gate() -> None:
    shut, wrong = ran(2, "blocked", "ncbahm"), ran(1, "failed", "ncbahm", kind="import")
    told = found(ran(35, source="ncbahm", kind="import"), shut, wrong, source=GATED)
    assert list(told) == ["blocked:ncbahm"]


def test_a_failure_is_known_again_by_its_cause_not_its_figures() -> None:
    def marks(said: str) -> tuple[str, ...]:
        runs = [ran(days, "failed", troubles=[said]) for days in (2, 1)]
        return found(*runs)["source_failed:board_wa"].marks

    silent = "https://board.example/list?at=a gave no whole answer: it took too long."
    for same in ("https://board.example/list?at=b", "https://board.example/other", "https://board.example/list?at=9"):
        assert marks(silent) == marks(f"{same} gave no whole answer: it took too long.")
    unknown = "board_wa: the status 'DORMANT' (3 rows) is unknown; add it to the rules (license_status)."
    assert marks(unknown) == marks(unknown.replace("3", "2,971")) != marks(silent)
    assert marks(unknown) != marks(unknown.replace("DORMANT", "LAPSED"))
    assert marks("it said so at 04:10:02 on 2026-11-21.") == marks("it said so at 23:59:59 on 2026-11-22.")


def test_damage_is_known_again_by_what_is_damaged() -> None:
    def marks(said: str) -> tuple[str, ...]:
        return found(damaged={"run of board_wa": said})["damaged:run of board_wa"].marks

    first, second = (f"snapshots/board_wa/{run}/manifest.json is damaged (line 1)." for run in (RUN_A, RUN_B))
    assert marks(first) == marks(first.replace("line 1", "line 2")) != marks(second)
    assert marks(f"{second} {first}") == (RUN_A, RUN_B)
    assert marks("last_run.json cannot be read.") != marks("last_build.json cannot be read.")


def test_a_failure_says_when_it_is_asked_again() -> None:
    once, thrice = found(ran(20), ran(0.1, "failed")), found(ran(9), *(ran(days, "failed") for days in (5, 4, 0.1)))
    assert "asked again on 2026-11-23" in once["source_failed_once:board_wa"].sentence
    assert "asked again on 2026-11-26; `diplomate crawl board_wa`" in thrice["source_failed:board_wa"].sentence
    cut_off = found(ran(9), ran(1, "failed"), ran(0.1, "failed", cut_off=True))
    assert "asked again by the next `diplomate run`" in cut_off["source_failed:board_wa"].sentence


def test_one_trouble_is_one_alarm() -> None:
    """A source that fails, is kept out or cannot be trusted is out of date because of it."""
    assert list(found(ran(15), ran(2, "failed"), ran(1, "failed"))) == ["source_failed:board_wa"]
    assert list(found(ran(15), ran(1, "failed", troubles=[EXPIRED]))) == ["certificate:board_wa"]
    assert list(found(ran(15), ran(1, "blocked"))) == ["blocked:board_wa"]
    assert "source_late:board_wa" in found(ran(15), ran(1, "failed")), "of one failure no message is sent"


@pytest.mark.parametrize(("cadence", "days", "late"), [(7, 14, False), (7, 15, True), (1, 4, False), (1, 5, True)])
def test_a_source_is_late_past_its_cadence(cadence: int, days: int, late: bool) -> None:
    source = replace(BOARD, details=DETAILS | {"cadence_days": cadence})
    assert ("source_late:board_wa" in found(ran(days), source=source)) is late


def test_a_late_source_says_for_how_long_and_what_to_do() -> None:
    said = found(ran(40))["source_late:board_wa"].sentence
    assert "40 days ago; it is due every 7 days" in said and "After 90 days" in said
    assert "diplomate crawl board_wa" in said


def test_a_gate_is_information_once_its_cadence_has_passed() -> None:
    def gated(*runs: Manifest) -> dict[str, Alarm]:
        return found(*runs, source=GATED)

    imported = ran(35, source="ncbahm", kind="import")
    assert not gated(ran(29, source="ncbahm", kind="import"), ran(1, "blocked", "ncbahm"))
    told = gated(imported, ran(1, "blocked", "ncbahm"))
    assert list(told) == ["blocked:ncbahm"] and told["blocked:ncbahm"].level == "information"
    assert "diplomate import ncbahm FILE" in told["blocked:ncbahm"].sentence
    assert "What was read on 2026-10-18 is still shown" in told["blocked:ncbahm"].sentence.replace("what", "What")
    assert not gated(ran(1, "blocked", "ncbahm")), "a gate met yesterday is no news"
    assert "nothing of it was ever read well" in gated(ran(31, "blocked", "ncbahm"))["blocked:ncbahm"].sentence
    lost = gated(ran(91, source="ncbahm", kind="import"), ran(1, "blocked", "ncbahm"))
    assert lost["source_late:ncbahm"].level == "trouble" and "blocked:ncbahm" in lost


def test_a_certificate_is_told_at_once_and_as_what_it_is() -> None:
    told = found(ran(2), ran(1, "failed", troubles=[EXPIRED]))
    assert list(told) == ["certificate:board_wa"] and "has expired" in told["certificate:board_wa"].sentence
    both = found(ran(3), ran(2, "failed"), ran(1, "failed", troubles=[EXPIRED]))
    assert list(both) == ["source_failed:board_wa"], "a trouble that was told goes on under its own name"


def test_what_a_good_reading_rang() -> None:
    said = found(ran(1, alarms=["board_wa: 9001 rows, above its ceiling of 9000."]))["reading_alarm:board_wa"]
    assert "9001 rows" in said.sentence


def test_what_rang_is_known_again_by_its_kind_not_its_figures() -> None:
    def marks(*said: str) -> set[str]:
        return set(found(ran(1, alarms=list(said)))["reading_alarm:board_wa"].marks)

    above, told = "board_wa: 9001 rows, above its ceiling of 9000.", "board_wa: the license AC1 is printed twice."
    assert marks(above) == marks("board_wa: 12,340 rows, above its ceiling of 9000.")
    assert marks(above) != marks(told) and marks(told, above) == marks(above) | marks(told) == marks(above, told)
    assert marks(told) == marks("board_wa: the license AC60000101 is printed twice.")


@pytest.mark.parametrize(
    ("refused", "is_same"),
    [
        ("board_wa: 3 records, too few (where this is meant: diplomate build --accept source:board_wa)", True),
        ("3 records, less than 70% of the 9 (where this is meant: diplomate build --accept source:board_co)", False),
        ("no practitioner is left", False),
    ],
)
def test_a_refusal_is_known_again_by_the_word_that_accepts_it(refused: str, is_same: bool) -> None:
    first = "2 records, less than 70% of the 8 (where this is meant: diplomate build --accept source:board_wa)"
    assert (found(refused=refused)["build_refused"].marks == found(refused=first)["build_refused"].marks) is is_same


def test_a_night_in_which_nothing_answered_is_the_machine_s() -> None:
    fallen = {name: [ran(1, "failed", name)] for name in ("board_co", "board_ct")}
    told = found(ran(0.9, "failed"), others=fallen)
    said = "All 3 sources that were asked on 2026-11-21 failed: board_co, board_ct, board_wa."
    assert said in told["nothing_good"].sentence
    assert "nothing_good" not in found(ran(0.9), others=fallen), "one of them answered"
    assert "nothing_good" not in found(ran(3, "failed"), others=fallen), "nights apart"
    assert "nothing_good" not in found(others=fallen), "two broken sources may be the only ones due"


def test_a_refused_build_names_the_reason_and_what_is_shown() -> None:
    said = found(built_at=at(2), tried_at=at(0.5), refused="12 practitioners, less than half of the 30")
    assert "less than half of the 30. The file of 2026-11-20" in said["build_refused"].sentence
    assert "Nothing is published yet." in found(tried_at=at(1), refused="no.")["build_refused"].sentence


@pytest.mark.parametrize(
    ("free", "build", "low"),
    [(2_047, 0, True), (2_049, 0, False), (5_000, 2_000, True), (7_000, 2_000, False)],
)
def test_a_disk_is_low_against_what_a_build_takes(free: int, build: int, low: bool) -> None:
    told = found(free_bytes=free * MIB, build_bytes=build * MIB)
    assert ("disk_low" in told) is low
    if low:
        assert "GiB are free" in told["disk_low"].sentence or "MiB are free" in told["disk_low"].sentence


def test_a_disk_near_the_limit_rings_once() -> None:
    def low(free: int, *on: str) -> bool:
        return "disk_low" in found(free_bytes=free * MIB, build_bytes=1000 * MIB, on=on)

    assert low(2999) and not low(3001) and not low(3001, "silent")
    assert low(3599, "disk_low") and not low(3601, "disk_low")


def test_a_run_at_work_is_no_silence_unless_it_hangs() -> None:
    assert not found(ran(1), ran_at=at(44 / 24), is_at_work=True)
    assert "hangs" in found(ran(1), ran_at=at(5), is_at_work=True)["silent"].sentence


def test_a_dead_schedule_is_noticed() -> None:
    assert "5 days ago" in found(ran(1), ran_at=at(5))["silent"].sentence, "somebody's own crawl is no schedule"
    assert "38 hours ago" in found(ran(38 / 24), ran_at="")["silent"].sentence
    assert not found(ran(1), ran_at="") and not found(ran_at="")


def test_a_clock_that_jumped_is_named() -> None:
    said = found(ran(-30))["clock"].sentence
    assert "The run run--30 of board_wa is dated 2026-12-22T06:00:00Z, 30 days from now" in said
    assert "`diplomate crawl board_wa` reads it anew; then remove snapshots/board_wa/run--30." in said
    assert {"clock", "source_late:board_wa"} == set(found(ran(40), ran(-30))), "it hides nothing else"
    assert "clock" not in found(ran(-1 / 24)) and "clock" in found(built_at=at(-2))


def test_what_others_say_is_kept_short() -> None:
    asked = "https://data.example/resource/a.json?%24select=type%2Ccount%28%2A%29&%24limit=50000"
    assert quoted(f"The page {asked} was not asked") == "The page https://data.example/resource/a.json?… was not asked."
    assert quoted(f"See {asked}.") == "See https://data.example/resource/a.json?…."
    assert quoted("https://data.example/find?q=1 is gone.") == "https://data.example/find?q=1 is gone."
    assert len(quoted("word " * 1000)) < 420 and quoted("") == ""


@pytest.mark.parametrize(
    "way",
    [
        "(where this is meant: diplomate build --accept state:WA --accept source:board_wa). The old one still is.",
        "where it was wrong then, `diplomate build --accept clock` goes on from the newest file.",
    ],
)
def test_a_long_refusal_still_says_how_it_is_accepted(way: str) -> None:
    reasons = "; ".join(f"WA {number}: 3 rows (of 9), where there were 8" for number in range(40))
    said = found(refused=f"Not published: {reasons}; {way}")["build_refused"].sentence
    assert f" … {way}" in said and "WA 0: 3 rows" in said and "WA 39" not in said
    assert quoted(f"Not published: one reason {way}") == f"Not published: one reason {way}"


def test_every_kind_has_words_and_a_wrong_word_in_braces_is_named() -> None:
    assert set(kinds()) == ALARM_KINDS
    with pytest.raises(RuleError, match=r"alarm_kinds.csv, kind silent, title: 'since'.*\{ago\}"):
        alarm("silent", ago="long")
    with pytest.raises(RuleError, match="tea_time"):
        setting("tea_time")


# From here on: a data folder, and messages.


@pytest.fixture
def hook(monkeypatch: pytest.MonkeyPatch) -> Iterator[tuple[FaultSite, list[dict[str, Any]]]]:
    """A webhook and what it was given."""
    got: list[dict[str, Any]] = []
    monkeypatch.setattr(environment, "now", lambda: NOW)
    with fault_site(keeping(got)) as site:
        monkeypatch.setenv("DIPLOMATE_NOTIFY", address_of(site))
        yield site, got


def address_of(site: FaultSite) -> str:
    return f"{site.address.replace('http', 'json')}/hook"


def night(data: Path, days_ago: float, result: str = "good", source: str = "board_wa", **facts: Any) -> None:
    run = Run.create(data, source)
    (run.folder / "records.jsonl").write_text("")
    run.finish(replace(ran(days_ago, result, source, **facts), run=run.name))
    write_last_run(data, LastRun(at(0), at(0)))


def titles(got: list[dict[str, Any]]) -> list[str]:
    return [message["title"] for message in got]


def test_a_trouble_is_told_once_and_its_end_once(tmp_path: Path, hook: tuple[FaultSite, list[dict[str, Any]]]) -> None:
    _, got = hook
    night(tmp_path, 2, "failed")
    assert [each.key for each in tell_alarms(tmp_path)] == ["source_failed_once:board_wa"] and not got
    night(tmp_path, 1, "failed")
    for _ in range(3):
        assert [each.key for each in tell_alarms(tmp_path)] == ["source_failed:board_wa"]
    assert titles(got) == ["diplomate: board_wa cannot be read"]
    assert "diplomate status" in got[0]["message"] and "the roof fell in" in got[0]["message"]
    night(tmp_path, 0.1)
    for _ in range(2):
        assert not tell_alarms(tmp_path)
    assert titles(got)[1:] == ["diplomate: over: board_wa cannot be read"]
    assert f"It was on since {at(0)}" in got[1]["message"]


def test_another_trouble_under_the_same_key_is_told_once(
    tmp_path: Path, hook: tuple[FaultSite, list[dict[str, Any]]]
) -> None:
    _, got = hook
    above, twice = "board_wa: 9001 rows, above its ceiling.", "board_wa: the license AC1 is printed twice."
    other, later = above.replace("9001", "9002"), twice.replace("AC1", "AC2")
    for said in ([above], [other], [other, twice], [later], [above, twice]):
        night(tmp_path, 0.1, alarms=said)
        tell_alarms(tmp_path)
    assert titles(got) == ["diplomate: Something is odd about board_wa"] * 2
    assert "9002 rows" in got[1]["message"] and "AC1 is printed twice" in got[1]["message"]
    night(tmp_path, 0.1)
    tell_alarms(tmp_path)
    night(tmp_path, 0.1, alarms=[twice])
    tell_alarms(tmp_path)
    assert [title.startswith("diplomate: over") for title in titles(got)[2:]] == [True, False]


def test_another_refusal_is_told(tmp_path: Path, hook: tuple[FaultSite, list[dict[str, Any]]]) -> None:
    for word, rows in (("board_wa", 3), ("board_wa", 4), ("board_co", 4)):
        write_last_build(tmp_path, NOW, refused=f"{rows} records are too few (diplomate build --accept source:{word}).")
        tell_alarms(tmp_path)
    assert ["--accept source:board_co" in message["message"] for message in hook[1]] == [False, True]


def test_a_new_cause_of_a_trouble_is_told_and_the_same_one_is_not(
    tmp_path: Path, hook: tuple[FaultSite, list[dict[str, Any]]]
) -> None:
    night(tmp_path, 3.5)
    (good,) = (path.name for path in (tmp_path / "snapshots" / "board_wa").iterdir())
    silent, unknown = "page 1 took too long.", "the status 'DORMANT' (3 rows) is unknown."
    nights = [silent, silent, "page 2 took too long.", unknown, silent, unknown.replace("3", "4")]
    for number, said in enumerate(nights):
        night(tmp_path, 3 - number / 2, "failed", troubles=[said])
        tell_alarms(tmp_path)
    assert titles(hook[1]) == ["diplomate: board_wa cannot be read"] * 2
    assert "DORMANT" in hook[1][1]["message"]
    night(tmp_path, 0.2, kind="replay", read_at=at(3.5), replay_of=good)
    tell_alarms(tmp_path)
    assert len(hook[1]) == 2, "nothing answered: it is not over"


def test_a_second_damaged_run_is_told(tmp_path: Path, hook: tuple[FaultSite, list[dict[str, Any]]]) -> None:
    night(tmp_path, 0.3)
    for _ in range(2):
        night(tmp_path, 0.2, "failed")
        newest = max((tmp_path / "snapshots" / "board_wa").iterdir())
        (newest / "manifest.json").write_text("{")
        for _ in range(2):
            tell_alarms(tmp_path)
    assert titles(hook[1]) == ["diplomate: A file is damaged"] * 2
    assert newest.name in hook[1][1]["message"]


def test_an_alarm_that_another_says_as_well_is_not_told_as_over(
    tmp_path: Path, hook: tuple[FaultSite, list[dict[str, Any]]]
) -> None:
    night(tmp_path, 40)
    tell_alarms(tmp_path)
    for days in (2, 1):
        night(tmp_path, days, "failed")
    tell_alarms(tmp_path)
    assert titles(hook[1]) == ["diplomate: board_wa is out of date", "diplomate: board_wa cannot be read"]


def test_what_an_older_diplomate_told_is_not_told_again(
    tmp_path: Path, hook: tuple[FaultSite, list[dict[str, Any]]]
) -> None:
    write_last_build(tmp_path, NOW, refused="no.")
    tell_alarms(tmp_path)
    kept = json.loads((tmp_path / "alarms.json").read_text())
    for row in kept["alarms"]:
        del row["marks"]
    (tmp_path / "alarms.json").write_text(json.dumps(kept))
    tell_alarms(tmp_path)
    assert len(hook[1]) == 1


def test_a_living_run_breaks_the_silence_and_a_dead_one_s_lock_does_not(tmp_path: Path) -> None:
    night(tmp_path, 1)
    write_last_run(tmp_path, LastRun(at(2), at(2)))
    with alone(tmp_path, "run"):
        assert not alarms_now(tmp_path, NOW)
    assert (tmp_path / "locks" / "run").exists() and [each.key for each in alarms_now(tmp_path, NOW)] == ["silent"]


def test_what_a_build_at_work_writes_is_room(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "published").mkdir()
    (tmp_path / "published" / "diplomate-2.db.building-journal").write_bytes(b"x" * 5000)
    monkeypatch.setattr("shutil.disk_usage", lambda _: SimpleNamespace(free=1000))
    assert seen(tmp_path, NOW).free_bytes == 6000


def test_a_disk_that_was_low_is_so_until_there_is_more_room(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("DIPLOMATE_NOTIFY", raising=False)
    for free, low in ((2100, False), (2000, True), (2100, True), (2500, False), (2100, False)):
        monkeypatch.setattr("shutil.disk_usage", lambda _, free=free: SimpleNamespace(free=free * MIB))
        assert (["disk_low"] if low else []) == [each.key for each in tell_alarms(tmp_path)]


def test_a_run_of_the_future_is_one_alarm(tmp_path: Path) -> None:
    night(tmp_path, -3000)
    assert [each.key for each in alarms_now(tmp_path, NOW)] == ["clock"]


def test_a_message_that_was_not_taken_waits(
    tmp_path: Path, hook: tuple[FaultSite, list[dict[str, Any]]], capsys: pytest.CaptureFixture[str]
) -> None:
    site, got = hook
    write_last_build(tmp_path, NOW, refused="no practitioner is left.")
    with fault_site(lambda path, body: Answer(b"no", 500)) as down, pytest.MonkeyPatch.context() as broken:
        broken.setenv("DIPLOMATE_NOTIFY", f"{address_of(site)} {address_of(down)}")
        tell_alarms(tmp_path)
        said = capsys.readouterr().err
        assert "address 2 of DIPLOMATE_NOTIFY (json): it answered 500" in said and "next look" in said
        assert "127.0.0.1" not in said
        with pytest.raises(Failed, match="could not be sent"):
            tell(tmp_path)
    assert len(got) == 1, "whoever took it does not get it again"
    kept = (tmp_path / "alarms.json").read_text()
    assert "127.0.0.1" not in kept and len(json.loads(kept)["waiting"]) == 1
    with fault_site(keeping(got)) as well, pytest.MonkeyPatch.context() as changed:
        changed.setenv("DIPLOMATE_NOTIFY", address_of(well))
        tell(tmp_path)
    assert titles(got) == ["diplomate: The last build was not published"] * 2


def test_without_an_address_nothing_counts_as_told(
    tmp_path: Path, hook: tuple[FaultSite, list[dict[str, Any]]]
) -> None:
    _, got = hook
    write_last_build(tmp_path, NOW, refused="no.")
    with pytest.MonkeyPatch.context() as unset:
        unset.delenv("DIPLOMATE_NOTIFY")
        tell_alarms(tmp_path)
    assert not got
    tell_alarms(tmp_path)
    assert len(got) == 1


def test_a_bad_night_is_one_message(tmp_path: Path, hook: tuple[FaultSite, list[dict[str, Any]]]) -> None:
    _, got = hook
    for source in ("board_co", "board_ct", "board_de", "board_il", "board_tx", "board_wa"):
        night(tmp_path, 2, "failed", source)
        night(tmp_path, 1, "failed", source)
    told = tell_alarms(tmp_path)
    assert titles(got) == [f"diplomate: {len(told)} alarms"] and len(told) == 7
    assert all(each.sentence in got[0]["message"] for each in told)


def test_a_damaged_memory_is_put_aside_and_begun_anew(
    tmp_path: Path, hook: tuple[FaultSite, list[dict[str, Any]]], capsys: pytest.CaptureFixture[str]
) -> None:
    _, got = hook
    write_last_build(tmp_path, NOW, refused="no.")
    (tmp_path / "alarms.json").write_text('{"looked_at": "2026-')
    tell_alarms(tmp_path)
    assert "alarms.json cannot be read" in capsys.readouterr().err and len(got) == 1
    assert (tmp_path / "alarms.json.damaged").exists()
    tell_alarms(tmp_path)
    assert len(got) == 1


SPOILED: dict[str, Any] = {
    "a key of another type": lambda kept: kept["alarms"][0].update(key=["a"]),
    "a time that is none": lambda kept: kept["alarms"][0].update(since="yesterday"),
    "told in words": lambda kept: kept["alarms"][0].update(told="yes"),
    "marks of another type": lambda kept: kept["alarms"][0].update(marks=[["a"]]),
    "a list for an alarm": lambda kept: kept.update(alarms=[[1, 2]]),
    "an object for a list": lambda kept: kept.update(waiting={}),
    "a look at no time": lambda kept: kept.update(looked_at=5),
    "salt of another type": lambda kept: kept.update(salt=None),
    "a message of another type": lambda kept: kept.update(waiting=[{"title": "a", "body": 5}]),
    "half a character": lambda kept: kept["alarms"][0].update(sentence="\ud800"),
}


@pytest.mark.parametrize("spoil", SPOILED.values(), ids=SPOILED)
def test_a_memory_of_wrong_values_is_damaged_too(
    tmp_path: Path, hook: tuple[FaultSite, list[dict[str, Any]]], spoil: Any
) -> None:
    path = tmp_path / "alarms.json"
    write_last_build(tmp_path, NOW, refused="no.")
    tell_alarms(tmp_path)
    kept = json.loads(path.read_text())
    spoil(kept)
    path.write_text(json.dumps(kept))
    for _ in range(2):
        assert [each.key for each in tell_alarms(tmp_path)] == ["build_refused"]
    assert len(hook[1]) == 2, "what is wrong is told once more, and once"
    assert json.loads((tmp_path / "alarms.json.damaged").read_text()) == kept and not read_told(tmp_path).trouble


def test_a_memory_nested_without_end_is_damaged_too(tmp_path: Path) -> None:
    (tmp_path / "alarms.json").write_text("[" * 100_000)
    assert "RecursionError" in read_told(tmp_path).trouble


def test_a_killed_look_loses_nothing(
    tmp_path: Path, hook: tuple[FaultSite, list[dict[str, Any]]], monkeypatch: pytest.MonkeyPatch
) -> None:
    _, got = hook
    write_last_build(tmp_path, NOW, refused="no.")

    def killed(*_: object) -> str:
        raise KeyboardInterrupt

    with monkeypatch.context() as patch, pytest.raises(KeyboardInterrupt):
        patch.setattr(alerts, "send_to", killed)
        tell_alarms(tmp_path)
    tell_alarms(tmp_path)
    assert len(got) == 1


def test_a_full_disk_is_told_though_nothing_can_be_remembered(
    tmp_path: Path,
    hook: tuple[FaultSite, list[dict[str, Any]]],
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    def full(*_: object) -> None:
        raise OSError(28, "No space left on device", "alarms.json.part")

    monkeypatch.setattr(alerts, "write_told", full)
    assert tell_alarms(tmp_path) == []
    assert "alarms.json.part: No space left on device." in capsys.readouterr().err
    assert titles(hook[1]) == ["diplomate: its data folder cannot be written"]


def test_telling_never_fails_a_run(
    tmp_path: Path, hook: object, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def wrong(*_: object) -> None:
        raise RuleError("alarm_kinds.csv, row 3: title is empty.")

    monkeypatch.setattr(alerts, "alarms_now", wrong)
    assert tell_alarms(tmp_path) == []
    assert "Alarms were not told, and will be at the next look. alarm_kinds.csv, row 3" in capsys.readouterr().err


def test_damaged_files_are_alarms_and_hide_no_other(tmp_path: Path) -> None:
    night(tmp_path, 40, source="board_co")
    night(tmp_path, 1)
    broken = next((tmp_path / "snapshots" / "board_wa").iterdir())
    (broken / "manifest.json").write_text("{")
    (tmp_path / "published").mkdir()
    (tmp_path / "published" / "diplomate-1.db").write_text("torn")
    (tmp_path / "current").symlink_to("published/diplomate-1.db")
    told = {each.key: each.sentence for each in alarms_now(tmp_path, NOW)}
    assert {"damaged:run of board_wa", "damaged:published", "source_late:board_co"} <= set(told)
    assert "manifest.json is damaged" in told["damaged:run of board_wa"]


@pytest.mark.parametrize(
    "wrong", [{"finished": "yesterday"}, {"started": "9"}, {"troubles": [5]}, {"alarms": [["a"]]}], ids=str
)
def test_a_verdict_of_wrong_values_keeps_no_other_alarm_from_being_told(tmp_path: Path, wrong: dict[str, Any]) -> None:
    night(tmp_path, 40, source="board_co")
    night(tmp_path, 1)
    path = next((tmp_path / "snapshots" / "board_wa").glob("*/manifest.json"))
    path.write_text(json.dumps(json.loads(path.read_text()) | wrong))
    told = {each.key: each.sentence for each in alarms_now(tmp_path, NOW)}
    assert "source_late:board_co" in told
    assert any(path.parent.name in said for key, said in told.items() if key.startswith("damaged:"))


def test_a_source_s_folder_that_cannot_be_read_keeps_no_other_alarm_from_being_told(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    night(tmp_path, 40, source="board_co")
    night(tmp_path, 1)
    listed = Path.iterdir

    def refused(path: Path) -> Iterator[Path]:
        if path.name == "board_wa":
            raise PermissionError(13, "Permission denied", str(path))
        return listed(path)

    monkeypatch.setattr(Path, "iterdir", refused)
    told = {each.key: each.sentence for each in alarms_now(tmp_path, NOW)}
    assert "source_late:board_co" in told and "Permission denied" in told["damaged:board_wa"]


def test_words_that_no_text_can_hold_stop_no_look(tmp_path: Path, hook: tuple[FaultSite, list[Any]]) -> None:
    for days in (2, 1):
        night(tmp_path, days, "failed", troubles=["the page says \ud800."])
    assert tell_alarms(tmp_path) and "the page says ?." in hook[1][0]["message"]


@pytest.mark.parametrize(("last_day", "key"), [(-1, "certificate:leie"), (30, "source_failed_once:leie")])
def test_an_expired_certificate_is_read_from_a_real_verdict(tmp_path: Path, last_day: int, key: str) -> None:
    with tls_site(tmp_path, -30, last_day) as (address, trusted):
        mirrors = {"DIPLOMATE_MIRRORS": f"https://oig.hhs.gov={address}", "SSL_CERT_FILE": str(trusted)}
        done = run_diplomate("crawl", "leie", data=tmp_path / "data", DIPLOMATE_DELAY="0", **mirrors)
    assert done.code == 1 and "twisted" not in done.err
    told = {each.key: each.sentence for each in alarms_now(tmp_path / "data", datetime.now(UTC))}
    assert list(told) == [key]
    assert ("The TLS certificate of oig.hhs.gov cannot be trusted: certificate has expired." in told[key]) is (
        last_day < 0
    )


def test_what_is_about_a_certificate_and_what_is_not() -> None:
    refused = SSL.Error([("SSL routines", "", "certificate verify failed")])
    wrapped = OSError("the connection broke")
    wrapped.__cause__ = refused
    assert all(map(is_about_certificates, (refused, wrapped, VerificationError(errors=[]))))
    assert not any(
        map(is_about_certificates, (OSError("refused"), SSL.Error([("SSL routines", "", "bad record mac")])))
    )
