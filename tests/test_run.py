"""A night with broken sources: each is ended with a sentence, none takes another down, and what works is published."""

from __future__ import annotations

import io
import json
import os
import signal
import sys
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from click.testing import CliRunner

from crawler import run_source
from crawler.resume import begin, unfinished
from crawler.run_source import Order
from crawler.snapshots import Manifest, Run, run_folders, runs
from pipeline.alarms import failures_in_a_row, newest_that_failed
from pipeline.commands import crawl, run, spider_process
from pipeline.commands.environment import Wrong, alone
from pipeline.commands.log_lines import JsonLines, begin_log, note
from pipeline.commands.verdict import verdict
from pipeline.retention import to_empty
from tests import forked
from tests.conftest import run_diplomate
from tests.fault_server import Answer, fault_site

LAST_NIGHT = "2026-11-22T03:30:00Z"
DUE = {"board_wa": "good", "board_co": "hangs", "board_ct": "eats", "board_de": "dies"}
TYPE = "Acupuncture and Eastern Medicine Practitioner License"
ROW = {"credentialnumber": "AC69990001", "lastname": "Winterhalter", "firstname": "Odalys", "status": "Active"}


def board(path: str, body: str) -> Answer:
    return Answer(
        json.dumps(
            [{"credentialtype": TYPE, "count": "1"}] if "group" in path else [ROW | {"credentialtype": TYPE}]
        ).encode()
    )


def hangs(_: object) -> Iterator[None]:
    """As a runaway regular expression does: it does not even hear that it is to end."""
    signal.signal(signal.SIGTERM, signal.SIG_IGN)
    while True:
        time.sleep(60)
    yield


def eats(_: object) -> Iterator[None]:
    eaten = []
    while len(eaten) < 60:
        eaten.append(b"x" * 8 * 1024**2)
        time.sleep(0.01)
    time.sleep(60)
    yield


def dies(_: object) -> Iterator[None]:
    os.kill(os.getpid(), signal.SIGKILL)
    yield


def a_bad_night(data: str, mirrors: str, out: str) -> int:
    """In a fork: `diplomate run` with four sources due, three of which break, and little patience."""
    from crawler import run_source
    from crawler.spiders import board_co, board_ct, board_de

    board_co.BoardCo.most_minutes, board_co.BoardCo.first_requests = 0.02, hangs  # type: ignore[assignment,method-assign]
    board_ct.BoardCt.most_memory_mib = int(spider_process.memory_mib(os.getpid())) + 60
    board_ct.BoardCt.first_requests = eats  # type: ignore[assignment,method-assign]
    board_de.BoardDe.first_requests = dies  # type: ignore[assignment,method-assign]
    run_source.DATA_LIMIT_FACTOR = 20  # a fork has a lot mapped that a spider has not
    spider_process.GRACE_SECONDS = spider_process.LOOK_SECONDS = 0.1
    run.is_due = lambda data, facts, *_: facts.name in DUE  # type: ignore[assignment]
    settings = {"DIPLOMATE_DATA": data, "DIPLOMATE_MIRRORS": mirrors, "DIPLOMATE_DELAY": "0"}
    return forked.command(["run"], dict(os.environ) | settings, str(Path.cwd()), os.devnull, out)


def test_broken_sources_take_no_other_down_and_the_build_publishes(tmp_path: Path) -> None:
    with fault_site(board) as site:
        code = forked.run(a_bad_night, str(tmp_path), f"https://data.wa.gov={site.address}", str(tmp_path / "log"))
    log = [json.loads(line) for line in (tmp_path / "log").read_text().splitlines()]
    assert code == 1 and any(line["event"] == "published" for line in log), log
    assert {line["source"]: line["result"] for line in log if line["event"] == "source_ended"} == {
        name: "good" if how == "good" else "failed" for name, how in DUE.items()
    }
    last = json.loads((tmp_path / "last_run.json").read_text())
    assert last["wrong"] == ["Look at: board_co, board_ct, board_de. What was read well before still counts."]
    said = {name: newest(tmp_path, name).troubles for name in DUE}
    assert "longer than 0.02 minutes and was ended; what it read is kept" in said["board_co"][0]
    assert "MiB of memory and was ended" in said["board_ct"][0]
    assert "killed by SIGKILL (where nobody did that, the machine was out of memory)" in said["board_de"][0]
    for name in ("board_co", "board_ct", "board_de"):
        assert newest(tmp_path, name).cut_off, "so that it can be gone on with"
    wanted = Order("board_ct", "", mirrors={"https://data.wa.gov": site.address}).wanted()
    assert unfinished(tmp_path, "board_ct", wanted) is not None


def newest(data: Path, source: str) -> Manifest:
    return runs(data, source)[-1][1]


def test_what_people_put_beside_the_runs_is_no_run(tmp_path: Path) -> None:
    order = Order("board_ct", "", mirrors={})
    kept = Run.create(tmp_path, "board_ct")
    begin(kept, order.wanted())
    (kept.folder.parent / "old copies").mkdir()
    (kept.folder.parent / "z.zip").write_bytes(b"PK")
    assert [run.name for run in run_folders(tmp_path, "board_ct")] == [kept.name] and runs(tmp_path, "board_ct") == []
    found = unfinished(tmp_path, "board_ct", order.wanted())
    assert found is not None and found.name == kept.name
    assert to_empty(tmp_path, "board_ct", [], datetime.now(UTC) + timedelta(days=400), 90) != []


def test_a_source_may_be_left_to_another_machine(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DIPLOMATE_DATA", str(tmp_path))
    asked: list[list[str]] = []
    monkeypatch.setattr(run, "run", lambda data, codes, names: asked.append(names) or [])
    call = ["--without", "nppes_monthly", "--without", "clinics"]
    assert CliRunner().invoke(run.command, call).exit_code == 0
    assert {"nppes_monthly", "clinics"}.isdisjoint(asked[0]) and "board_wa" in asked[0]
    done = CliRunner().invoke(run.command, ["--without", "clinic"])
    assert done.exit_code == 2 and "There is no source 'clinic'" in done.output and len(asked) == 1


class Ended:
    """A process that has ended before anybody looked."""

    def __init__(self, code: int) -> None:
        self.pid, self.returncode = 0, code

    def wait(self, timeout: float | None = None) -> int:
        return self.returncode

    def terminate(self) -> None: ...

    def kill(self) -> None: ...


def test_a_spider_that_broke_off_without_a_word_has_a_verdict(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DIPLOMATE_DATA", str(tmp_path))
    for code, said in ((3, "exit code 3"), (-11, "SIGSEGV"), (-35, "signal 35")):
        monkeypatch.setattr(spider_process, "start", lambda _, code=code: Ended(code))
        order = Order("board_wa", str(Run.create(tmp_path, "board_wa").folder))
        manifest = crawl.carry_out(order)
        assert manifest and manifest.result == "failed" and manifest.cut_off and said in manifest.troubles[0]
        assert manifest.read_at == manifest.started


def test_a_verdict_given_in_the_last_moment_stands(tmp_path: Path) -> None:
    """Ended for taking too long, and yet it had come to its end: what it says counts."""
    for result, trouble, expected in (
        ("good", "", []),
        ("failed", "board_wa: the layout has changed.", ["board_wa: the layout has changed."]),
        ("failed", "board_wa: the crawl was interrupted.", ["too long"]),
    ):
        ended = Run.create(tmp_path, "board_wa")
        troubles = [trouble] if trouble else []
        ended.finish(
            Manifest("board_wa", ended.name, "crawl", "2026-11-23T03:30:00Z", result=result, troubles=troubles)
        )
        manifest = verdict(Order("board_wa", str(ended.folder)), "2026-11-23T03:30:00Z", "too long", -15)
        assert (manifest.result, manifest.troubles) == (result, expected)
        assert ended.manifest() == manifest


def test_a_run_that_never_began_leaves_no_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DIPLOMATE_DATA", str(tmp_path))
    order = Order("board_wa", str(Run.create(tmp_path, "board_wa").folder))
    with alone(tmp_path, "board_wa"):
        assert crawl.carry_out_all([order]) == [(order, None)]
    assert not list((tmp_path / "snapshots" / "board_wa").iterdir())


def test_an_earlier_interruption_is_not_taken_for_how_this_attempt_ended(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DIPLOMATE_DATA", str(tmp_path))
    run = Run.create(tmp_path, "board_wa")
    run.finish(cut_off_at(LAST_NIGHT, run))
    monkeypatch.setattr(spider_process, "start", lambda _: Ended(-9))
    manifest = crawl.carry_out(Order("board_wa", str(run.folder)))
    assert manifest and "killed by SIGKILL" in manifest.troubles[0]


def test_every_attempt_at_a_run_that_is_gone_on_with_is_counted(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A limit ends it each night, and the next night goes on with the same run: one verdict, three failures."""
    monkeypatch.setenv("DIPLOMATE_DATA", str(tmp_path))
    run = Run.create(tmp_path, "board_wa")
    order = Order("board_wa", str(run.folder))
    begin(run, order.wanted())
    run.finish(cut_off_at(LAST_NIGHT, run))
    begin(run, order.wanted())  # killed with the machine: no verdict, nobody's failure
    begin(run, order.wanted())
    run.finish(cut_off_at("2026-11-22T09:00:00Z", run))
    assert unfinished(tmp_path, "board_wa", order.wanted()) is not None
    monkeypatch.setattr(spider_process, "start", lambda _: Ended(-9))
    manifest = crawl.carry_out(order)
    assert manifest and manifest.attempts == 3 == failures_in_a_row(newest_that_failed([manifest]))
    assert run.manifest() == manifest


def test_a_spider_s_own_verdict_counts_the_attempts_before(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(run_source, "crawl", lambda *_: (None, {}))
    monkeypatch.setattr(run_source, "log_to", lambda _: None)
    run = Run.create(tmp_path, "board_wa")
    assert run_source.carry_out(Order("board_wa", str(run.folder))).attempts == 1
    run.finish(cut_off_at(LAST_NIGHT, run))
    assert run_source.carry_out(Order("board_wa", str(run.folder))).attempts == 2


def cut_off_at(began: str, run: Run) -> Manifest:
    return Manifest("board_wa", run.name, "crawl", began, result="failed", troubles=["last night"], cut_off=True)


def test_a_run_speaks_json_where_nobody_watches_and_sentences_where_asked(data: Path) -> None:
    lines = [json.loads(line) for line in run_diplomate("run", data=data).err.splitlines()]
    assert [line["event"] for line in lines][:2] == ["run_begins", "nothing_new"]
    assert all({"at", "level", "event", "message"} <= line.keys() for line in lines)
    plain = run_diplomate("run", data=data, DIPLOMATE_LOG="plain").err.splitlines()
    assert "Nothing new was read; the published database stays as it is." in plain
    wrong = run_diplomate("run", data=data, DIPLOMATE_LOG="xml")
    assert wrong.code == 2 and "DIPLOMATE_LOG is 'xml'" in wrong.err


def test_whatever_is_said_becomes_whole_lines(monkeypatch: pytest.MonkeyPatch) -> None:
    under = io.StringIO()
    monkeypatch.setattr(sys, "stderr", JsonLines(under))
    note("verdict", "board_wa: good", source="board_wa")
    print("half a ", end="", file=sys.stderr)
    print('line, "quoted"\n\n  and another', file=sys.stderr)
    found = [json.loads(line) for line in under.getvalue().splitlines()]
    assert [line["message"] for line in found] == ["board_wa: good", 'half a line, "quoted"', "and another"]
    assert found[0]["source"] == "board_wa" and found[1]["event"] == "said"
    monkeypatch.setenv("DIPLOMATE_LOG", "loud")
    with pytest.raises(Wrong, match="loud"):
        begin_log()


@pytest.mark.parametrize("swallowed", [False, True], ids=["raised", "swallowed by a library"])
def test_sigterm_while_building_drops_the_build_whole(
    data: Path, monkeypatch: pytest.MonkeyPatch, swallowed: bool
) -> None:
    published = (data / "current").resolve()
    (data / "same_person.csv").write_text("verdict,source_a,key_a,source_b,key_b,reason,decided_on\n")
    monkeypatch.setenv("DIPLOMATE_DATA", str(data))
    monkeypatch.setenv("DIPLOMATE_LOG", "plain")

    went_on: list[Path] = []

    def load(building: Path, _: object) -> None:
        building.write_text("half a database")
        try:
            os.kill(os.getpid(), signal.SIGTERM)
            went_on.append(building)
        except SystemExit as stopped:
            if swallowed:
                raise RuntimeError("Query interrupted") from stopped
            raise

    monkeypatch.setattr("db.publish.load", load)
    done = CliRunner().invoke(run.command, [])
    assert not went_on, "it was told to end, and went on"
    assert done.exit_code == 143 and "Stopped." in done.output and "Query" not in done.output
    assert (data / "current").resolve() == published and list((data / "published").iterdir()) == [published]
    assert not (data / "last_run.json").exists() and not (data / "alarms.json").exists()
    assert signal.getsignal(signal.SIGTERM) is signal.SIG_DFL
