"""Sources that misbehave, each in one way: the right sentence, exit 1, and what was good before still counts."""

from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from crawler.snapshots import Run, good_runs, runs
from tests.conftest import REPO, Outcome, run_diplomate
from tests.fault_server import Answer, fault_site

TYPE = "Acupuncture and Eastern Medicine Practitioner License"
HEADER = (
    "LASTNAME,FIRSTNAME,MIDNAME,BUSNAME,GENERAL,SPECIALTY,UPIN,NPI,DOB,ADDRESS,CITY,STATE,ZIP,"
    "EXCLTYPE,EXCLDATE,REINDATE,WAIVERDATE,WVRSTATE"
)
EXCLUDED = "DOE,JANE,,,NURSE,NURSE,,0000000000,19700101,1 A ST,RENO,NV,89501,1128b4,20200101,00000000,00000000,"


def rows(count: int, **changes: str) -> list[dict[str, str]]:
    """Rows of a board as Socrata gives them."""
    base = {"lastname": "Winterhalter", "firstname": "Odalys", "credentialtype": TYPE, "status": "Active"}
    return [base | {"credentialnumber": f"AC6999{number:04}"} | changes for number in range(count)]


def board(found: list[dict[str, str]], count: int | None = None) -> Callable[[str, str], Answer]:
    """A Socrata host with these rows, counted as `count`."""

    def answer(path: str, body: str) -> Answer:
        if "group" in path:
            counted = str(len(found) if count is None else count)
            return Answer(json.dumps([{"credentialtype": TYPE, "count": counted}]).encode())
        return Answer(json.dumps(found).encode())

    return answer


def always(answer: Answer) -> Callable[[str, str], Answer]:
    return lambda path, body: answer


def crawl(data: Path, source: str, origin: str, answer: Callable[[str, str], Answer], robots: bytes = b"") -> Outcome:
    with fault_site(answer, robots) as site:
        mirrors = f"{origin}={site.address}"
        return run_diplomate("crawl", source, data=data, DIPLOMATE_MIRRORS=mirrors, DIPLOMATE_DELAY="0")


WA, NPI, LEIE = "https://data.wa.gov", "https://npiregistry.cms.hhs.gov", "https://oig.hhs.gov"
NCBAHM = "https://directory.ncbahm.org"
CHALLENGE = Answer(b"<html>Just a moment...</html>", 403, {"cf-mitigated": "challenge", "Content-Type": "text/html"})
HTML = {"Content-Type": "text/html"}
FAULTS = {
    "truncated JSON": ("board_wa", WA, always(Answer(b'[{"credentialtype": "Acupunc')), "is cut short or damaged"),
    "HTML instead of JSON": ("board_wa", WA, always(Answer(b"<html>Sorry</html>", headers=HTML)), "is not JSON"),
    "an API error": (
        "npi_registry",
        NPI,
        always(Answer(b'{"Errors": [{"description": "Bad"}]}')),
        "with an error: Bad",
    ),
    "an empty result": ("npi_registry", NPI, always(Answer(b'{"result_count": 0, "results": []}')), "no acupuncturist"),
    "a challenge with a header": ("ncbahm", NCBAHM, always(CHALLENGE), "challenge page"),
    "a challenge with status 200": (
        "ncbahm",
        NCBAHM,
        always(Answer(b"<title>Just a moment...</title>", headers=HTML)),
        "a challenge instead of a list",
    ),
    "a page without its marker": (
        "ncbahm",
        NCBAHM,
        always(Answer(b"<p>Welcome</p>", headers=HTML)),
        "Practitioners found",
    ),
    "an unknown column": ("board_wa", WA, board(rows(3, shoe_size="9")), "'shoe_size' was never seen before"),
    "a missing column": (
        "board_wa",
        WA,
        board([{k: v for k, v in row.items() if k != "status"} for row in rows(3)]),
        "the row 'AC69990000' has no status",
    ),
    "a missing column of a file": (
        "leie",
        LEIE,
        always(Answer(HEADER.replace("NPI,", "").encode())),
        "'NPI' is missing",
    ),
    "an unknown status word": ("board_wa", WA, board(rows(3, status="Wobbly")), "'Wobbly'"),
    "fewer rows than counted": ("board_wa", WA, board(rows(3), 5), "3 of 5 rows"),
    "a wrong encoding": (
        "leie",
        LEIE,
        always(Answer(f"{HEADER}\n{EXCLUDED}".replace("JANE", "ZOÉ").encode("latin-1"))),
        "not UTF-8",
    ),
    "an unterminated quote": ("leie", LEIE, always(Answer(f'{HEADER}\n"{EXCLUDED}'.encode())), "cannot be read"),
    "a longer row": ("leie", LEIE, always(Answer(f"{HEADER}\n{EXCLUDED},more".encode())), "19 values under 18 columns"),
    "no acupuncture at all": (
        "board_wa",
        WA,
        always(Answer(b'[{"credentialtype": "Nurse", "count": "9"}]')),
        "is acupuncture",
    ),
    "not found": ("leie", LEIE, always(Answer(b"gone", 404)), "status 404"),
    "a cut body": ("leie", LEIE, always(Answer(f"{HEADER}\n{EXCLUDED}\n".encode(), cut=40)), "no whole answer"),
    "a redirect loop": (
        "leie",
        LEIE,
        always(Answer(b"", 302, {"Location": "/exclusions/downloadables/UPDATED.csv?again"})),
        "leie",
    ),
}


@pytest.mark.parametrize("fault", FAULTS)
def test_a_fault_is_said_and_nothing_good_is_lost(data: Path, fault: str) -> None:
    source, origin, answer, sentence = FAULTS[fault]
    published, good = (data / "current").resolve(), good_runs(data, source)
    done = crawl(data, source, origin, answer)
    assert done.code == 1, done.err
    assert sentence in done.err
    assert "Traceback" not in done.err + done.out
    assert [run.name for run, _ in good_runs(data, source)] == [run.name for run, _ in good]
    assert (data / "current").resolve() == published


def test_a_healthy_server_is_a_good_run(tmp_path: Path) -> None:
    """The known-good case: the same server without a fault."""
    done = crawl(tmp_path, "board_wa", WA, board(rows(3)))
    assert done.code == 0, done.err
    assert good_runs(tmp_path, "board_wa")[0][1].rows == 3


def test_a_blocked_source_says_how_a_person_may_help(data: Path) -> None:
    done = crawl(data, "ncbahm", NCBAHM, always(CHALLENGE))
    assert runs(data, "ncbahm")[-1][1].result == "blocked"
    assert "diplomate import ncbahm" in done.err


def test_a_gate_ends_the_run_at_once(tmp_path: Path) -> None:
    with fault_site(always(CHALLENGE)) as site:
        run_diplomate(
            "crawl", "ncbahm", data=tmp_path, DIPLOMATE_MIRRORS=f"{NCBAHM}={site.address}", DIPLOMATE_DELAY="0.2"
        )
    assert len(site.asked) <= 2


def test_robots_txt_is_obeyed(tmp_path: Path) -> None:
    with fault_site(board(rows(3)), b"User-agent: *\nDisallow: /\n") as site:
        done = run_diplomate(
            "crawl", "board_wa", data=tmp_path, DIPLOMATE_MIRRORS=f"{WA}={site.address}", DIPLOMATE_DELAY="0"
        )
    assert done.code == 1
    assert "robots.txt of data.wa.gov forbids" in done.err
    assert site.asked == []


def test_retry_after_is_waited_for(tmp_path: Path) -> None:
    waits = iter([Answer(b"busy", 429, {"Retry-After": "1"})])

    def answer(path: str, body: str) -> Answer:
        return next(waits, None) or board(rows(3))(path, body)

    done = crawl(tmp_path, "board_wa", WA, answer)
    assert done.code == 0, done.err
    times = [snapshot.fetched_at for snapshot in good_runs(tmp_path, "board_wa")[0][0].snapshots()]
    assert times[1] < times[2], "the second try came within the second the site asked us to wait"


def test_far_fewer_rows_than_last_time_fail(tmp_path: Path) -> None:
    assert crawl(tmp_path, "board_wa", WA, board(rows(30))).code == 0
    done = crawl(tmp_path, "board_wa", WA, board(rows(3)))
    assert done.code == 1
    assert "less than half" in done.err


@pytest.mark.everything
def test_an_interrupted_crawl_never_counts(data: Path) -> None:
    good = good_runs(data, "board_wa")
    torn = Run.create(data, "board_wa")
    (torn.folder / "records.jsonl").write_text('{"source": "board_wa", "source_k')
    done = run_diplomate("build", data=data)
    assert done.code == 0, done.err
    assert [run.name for run, _ in good_runs(data, "board_wa")] == [run.name for run, _ in good]
    assert run_diplomate("changes", "--json", data=data).out == "[]\n"


@contextmanager
def crawl_under_way(data: Path) -> Iterator[subprocess.Popen[bytes]]:
    """A crawl that has asked its first question of a site which answers only when the block is over."""
    over = threading.Event()

    def silent(path: str, body: str) -> Answer:
        over.wait(120)
        return board(rows(3))(path, body)

    with fault_site(silent) as site:
        settings = {"DIPLOMATE_DATA": str(data), "DIPLOMATE_MIRRORS": f"{WA}={site.address}", "DIPLOMATE_DELAY": "0"}
        call = [sys.executable, "-m", "pipeline.commands.main", "crawl", "board_wa"]
        with subprocess.Popen(call, cwd=REPO, env=os.environ | settings, start_new_session=True) as crawl:
            while not site.asked:
                time.sleep(0.02)
            try:
                yield crawl
            finally:
                over.set()


def spiders_at_work(data: Path) -> list[str]:
    """Processes whose order names this data folder."""
    lines = [
        path.read_bytes().decode(errors="replace") for path in Path("/proc").glob("[0-9]*/cmdline") if readable(path)
    ]
    return [line for line in lines if "crawler.run_source" in line and str(data) in line]


def readable(path: Path) -> bool:
    try:
        return bool(path.read_bytes())
    except OSError:
        return False


def test_a_crawl_killed_at_any_moment_leaves_the_good_run(data: Path) -> None:
    """kill -9 of everything in the middle of the answers: no manifest, no run."""
    with crawl_under_way(data) as crawl:
        os.killpg(crawl.pid, signal.SIGKILL)
    assert len([path for path in (data / "snapshots" / "board_wa").iterdir() if path.is_dir()]) == 2
    assert len(runs(data, "board_wa")) == 1


def index_lines(data: Path) -> list[str]:
    """What the runs of a data folder have noted so far."""
    return [path.read_text() for path in data.glob("snapshots/*/*/snapshots.jsonl")]


def test_a_killed_crawl_goes_on_where_it_stopped(tmp_path: Path) -> None:
    """kill -9 between two answers, a torn index line: the first question is not asked again."""
    with fault_site(board(rows(3))) as site:
        mirrors = {"DIPLOMATE_MIRRORS": f"{WA}={site.address}", "DIPLOMATE_DELAY": "1"}
        call = [sys.executable, "-m", "pipeline.commands.main", "crawl", "board_wa"]
        settings = os.environ | {"DIPLOMATE_DATA": str(tmp_path)} | mirrors
        with subprocess.Popen(call, cwd=REPO, env=settings, start_new_session=True) as first:
            while first.poll() is None and not any("group" in text for text in index_lines(tmp_path)):
                time.sleep(0.02)
            os.killpg(first.pid, signal.SIGKILL)
        with next(tmp_path.glob("snapshots/board_wa/*/snapshots.jsonl")).open("a") as torn:
            torn.write('{"asked": "half a li')
        done = run_diplomate("crawl", "board_wa", data=tmp_path, **mirrors | {"DIPLOMATE_DELAY": "0"})
    assert done.code == 0, done.err
    assert "goes on with the crawl" in done.err
    assert [("group" in path) for path in site.asked] == [True, False]
    assert good_runs(tmp_path, "board_wa")[0][1].rows == 3


def test_a_spider_ends_with_the_command_that_ordered_it(data: Path) -> None:
    with crawl_under_way(data) as crawl:
        assert spiders_at_work(data)
        crawl.kill()
        crawl.wait()
        deadline = time.monotonic() + 60
        while spiders_at_work(data) and time.monotonic() < deadline:
            time.sleep(0.1)
        assert not spiders_at_work(data)
    assert len(good_runs(data, "board_wa")) == 1


def test_one_source_is_not_crawled_twice_at_once(data: Path) -> None:
    with crawl_under_way(data) as crawl:
        done = run_diplomate("crawl", "board_wa", data=data, DIPLOMATE_MIRRORS=f"{WA}=http://127.0.0.1:9")
        os.killpg(crawl.pid, signal.SIGKILL)
    assert done.code == 1 and "another process is at it" in done.err


def test_a_lost_reading_is_never_taken_for_a_change(data: Path) -> None:
    published = (data / "current").resolve()
    shutil.rmtree(data / "snapshots" / "board_wa")
    done = run_diplomate("build", data=data)
    assert done.code == 1
    assert "no longer in" in done.err
    assert (data / "current").resolve() == published
