"""Whole runs of the NPPES sources: crawled, imported, replayed, killed, and from servers that misbehave."""

from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
import sys
import threading
import time
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest

from crawler.sample_site import SAMPLE
from crawler.snapshots import Run, good_runs, runs
from tests.byte_server import Asked, server
from tests.conftest import REPO, Outcome, run_diplomate
from tests.fault_server import Answer, fault_site
from tests.nppes_answers import FULL, GONE, MONTHLY_NAME, WEEK, WEEKLY_NAME, bomb, in_file, in_zip, person

CMS = "https://download.cms.gov"
HTML = {"Content-Type": "text/html"}
PAGE = Answer(f'<a href="./{MONTHLY_NAME}">m</a><a href="./{WEEKLY_NAME}">w</a>'.encode(), headers=HTML)
CHALLENGE = b"<title>Just a moment...</title>"
MONTHLY_ZIP = in_zip(in_file([person("1999990017"), person("1999990058"), person("1999990066")]))
Answers = Callable[[str, str], Answer]


def cms(archive: Answer, page: Answer = PAGE) -> Answers:
    """CMS's page, and this answer for every file."""
    return lambda path, body: archive if path.endswith(".zip") else page


def cms_makes(archive: Callable[[], bytes]) -> Answers:
    """CMS's page, and an archive that is made when it is asked for."""
    return lambda path, body: Answer(archive()) if path.endswith(".zip") else PAGE


def crawl(data: Path, source: str, answer: Answers, robots: bytes = b"") -> tuple[Outcome, list[str]]:
    """A crawl of CMS's mirror; how it ended, and what was asked."""
    with fault_site(answer, robots) as site:
        mirrors = f"{CMS}={site.address}"
        done = run_diplomate("crawl", source, data=data, DIPLOMATE_MIRRORS=mirrors, DIPLOMATE_DELAY="0")
        return done, site.asked


def keys(data: Path, source: str) -> list[str]:
    """The numbers that the newest good run brought."""
    return sorted(record.source_key for record in good_runs(data, source)[-1][0].records())


@pytest.fixture(scope="module")
def read_once(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A data folder with one good run of the monthly file."""
    data = tmp_path_factory.mktemp("read")
    done, _ = crawl(data, "nppes_monthly", cms(Answer(MONTHLY_ZIP)))
    assert done.code == 0, done.err
    return data


@pytest.fixture
def data(tmp_path: Path, read_once: Path) -> Path:
    shutil.copytree(read_once, tmp_path / "data")
    return tmp_path / "data"


FAULTS = {
    "no file on the page": (
        cms(Answer(MONTHLY_ZIP), Answer(b"<p>Moved</p>", headers=HTML)),
        "lists no file named like",
    ),
    "a challenge for the page": (cms(Answer(MONTHLY_ZIP), Answer(CHALLENGE, headers=HTML)), "a challenge instead"),
    "a challenge for the file": (cms(Answer(CHALLENGE, headers=HTML)), "a challenge instead of a list"),
    "a refusal with a header": (
        cms(Answer(CHALLENGE, 403, HTML | {"cf-mitigated": "challenge"})),
        "answered with a challenge page",
    ),
    "not found": (cms(Answer(b"gone", 404)), "status 404"),
    "HTML instead of a file": (cms(Answer(b"<html>Sorry</html>", headers=HTML)), "neither a ZIP archive nor"),
    "an empty file": (cms(Answer(b"")), "neither a ZIP archive nor"),
    "a damaged ZIP": (cms(Answer(MONTHLY_ZIP[:-30])), "no ZIP archive, or it is cut short"),
    "a ZIP that leads outside": (cms(Answer(in_zip(in_file([person()]), **{"../x.csv": b"x"}))), "leads outside"),
    "a ZIP bomb": (cms_makes(bomb), "taken for a ZIP bomb"),
    "a huge field": (
        cms_makes(lambda: in_zip(in_file([person(Provider_First_Name="A" * (200 << 20))]))),
        "No row begins within 8,388,608 bytes",
    ),
    "another encoding": (
        cms(
            Answer(
                in_zip(
                    "\n".join(
                        in_file([person(f"{1999990000 + n}", Provider_First_Name="ZOÉ") for n in range(5)])
                        .decode()
                        .splitlines()
                    ).encode("latin-1")
                    + b"\n"
                )
            )
        ),
        "More than 3 rows cannot be read",
    ),
    "a renamed column": (
        cms(Answer(in_zip(in_file([person()]).replace(b'"Last Update Date"', b'"Updated"')))),
        "the column is missing: 'Last Update Date'",
    ),
    "nobody in it": (cms(Answer(in_zip(in_file([GONE])))), "no acupuncturist was found"),
    "less than half of the last reading": (cms(Answer(in_zip(in_file([person()])))), "less than half of the last"),
    "the weekly file under the monthly's name": (
        cms(Answer(in_zip(in_file([person()]), WEEK))),
        "is a file of nppes_weekly",
    ),
}


@pytest.mark.parametrize("fault", FAULTS)
@pytest.mark.everything
def test_a_fault_is_told_and_what_was_good_still_counts(fault: str, data: Path) -> None:
    answer, said = FAULTS[fault]
    done, asked = crawl(data, "nppes_monthly", answer)
    assert done.code == 1
    assert said in done.err
    assert "Traceback" not in done.err
    assert len(asked) <= 2, "nothing is asked again that will be no better"
    assert keys(data, "nppes_monthly") == ["1999990017", "1999990058", "1999990066"]
    assert runs(data, "nppes_monthly")[-1][1].result in ("failed", "blocked")


def test_robots_are_obeyed(data: Path) -> None:
    done, asked = crawl(data, "nppes_monthly", cms(Answer(MONTHLY_ZIP)), b"User-agent: *\nDisallow: /nppes/\n")
    assert done.code == 1
    assert "robots.txt of download.cms.gov forbids" in done.err
    assert not asked


def test_robots_hold_for_the_file_too(data: Path) -> None:
    done, asked = crawl(data, "nppes_monthly", cms(Answer(MONTHLY_ZIP)), b"User-agent: *\nDisallow: /*.zip\n")
    assert done.code == 1
    assert f"robots.txt of download.cms.gov forbids {CMS}/nppes/{MONTHLY_NAME}" in done.err
    assert asked == ["/nppes/NPI_Files.html"]


def test_a_new_column_rings_and_the_rows_count(tmp_path: Path) -> None:
    content = in_file([person()]).replace(b'"\n', b'","Provider Shoe Size"\n', 1).replace(b'""\n', b'"","43"\n')
    done, _ = crawl(tmp_path, "nppes_monthly", cms(Answer(in_zip(content))))
    assert done.code == 1
    assert "'Provider Shoe Size' was never seen before" in done.err
    assert keys(tmp_path, "nppes_monthly") == ["1999990017"]


@pytest.mark.everything
def test_a_moment_of_trouble_is_waited_out(tmp_path: Path) -> None:
    """A 503, a 429 that asks for a second, and a body that is cut: the file comes all the same."""
    wrong = iter([Answer(b"busy", 503), Answer(b"", 429, {"Retry-After": "1"}), Answer(MONTHLY_ZIP, cut=900)])
    done, asked = crawl(
        tmp_path,
        "nppes_monthly",
        lambda path, body: next(wrong, Answer(MONTHLY_ZIP)) if path.endswith(".zip") else PAGE,
    )
    assert done.code == 0, done.err
    assert len(asked) == 5


def test_a_weekly_file_withdraws_whom_the_monthly_had(data: Path) -> None:
    left = {"NPI": "1999990058", "NPI Deactivation Date": "11/03/2026"}
    week = in_zip(in_file([person("1999990017", Last_Update_Date="11/05/2026"), left, GONE]), WEEK)
    done, _ = crawl(data, "nppes_weekly", cms(Answer(week)))
    assert done.code == 0, done.err
    found = {record.source_key: record.fields for record in good_runs(data, "nppes_weekly")[-1][0].records()}
    assert found["1999990058"] == {"npi": "1999990058", "withdrawn_on": "2026-11-03"}
    assert set(found) == {"1999990017", "1999990058"}


@pytest.mark.parametrize("unpacked", [False, True])
def test_a_file_that_a_person_has_is_imported(unpacked: bool, tmp_path: Path) -> None:
    """The same records as from the web, and, by its name, the whole of the register."""
    path = SAMPLE / "nppes_monthly" / MONTHLY_NAME
    if unpacked:
        with zipfile.ZipFile(path) as archive:
            path = Path(archive.extract(FULL, tmp_path))
    done = run_diplomate("import", "nppes_monthly", path, data=tmp_path / "data")
    assert done.code == 0, done.err
    run, manifest = good_runs(tmp_path / "data", "nppes_monthly")[-1]
    assert manifest.coverage == {"*": True}
    expected = json.loads((REPO / "tests" / "expected" / "nppes_monthly.json").read_text())
    assert [record.fields for record in sorted(run.records(), key=lambda record: record.source_key)] == [
        row["fields"] for row in expected
    ]


def test_an_import_of_something_else_is_told(tmp_path: Path) -> None:
    (tmp_path / "notes.csv").write_text("a,b\n1,2\n")
    done = run_diplomate("import", "nppes_weekly", tmp_path / "notes.csv", data=tmp_path / "data")
    assert done.code == 1
    assert "notes.csv: It is neither a ZIP archive nor a file of NPPES rows; it begins b'a,b" in done.err


def test_a_replay_gives_the_same_records(data: Path) -> None:
    done = run_diplomate("crawl", "nppes_monthly", "--replay", data=data)
    assert done.code == 0, done.err
    first, again = (
        sorted(record.fields["npi"] for record in run.records()) for run, _ in good_runs(data, "nppes_monthly")
    )
    assert first == again


def test_an_unchanged_file_is_not_sent_again(tmp_path: Path) -> None:
    """With validators the second crawl costs two short answers."""
    sent: list[str] = []

    def behave(asked: Asked) -> None:
        if asked.path == "/robots.txt":
            asked.give(404, b"")
        elif asked.headers["If-None-Match"] == '"one"':
            asked.give(304, b"", Content_Length=None)
        else:
            sent.append(asked.path)
            asked.give(200, MONTHLY_ZIP if asked.path.endswith(".zip") else PAGE.body, Content_Type="text/html")

    with server(behave) as site:
        mirrors = f"{CMS}={site.address.rpartition('/')[0]}"
        for _ in range(2):
            done = run_diplomate(
                "crawl", "nppes_monthly", data=tmp_path, DIPLOMATE_MIRRORS=mirrors, DIPLOMATE_DELAY="0"
            )
            assert done.code == 0, done.err
    assert sent == ["/nppes/NPI_Files.html", f"/nppes/{MONTHLY_NAME}"]
    assert len(good_runs(tmp_path, "nppes_monthly")) == 2


def test_a_crawl_killed_in_the_middle_of_the_file_asks_for_the_rest_alone(tmp_path: Path) -> None:
    """kill -9 of the command and of its spider; the same command goes on in the same run."""
    asked_from: list[int] = []
    over = threading.Event()
    content = in_zip(os.urandom(3_000_000), "filler.bin", **{FULL: in_file([person()])})

    def behave(asked: Asked) -> None:
        if not asked.path.endswith(".zip"):
            asked.give(404 if "robots" in asked.path else 200, PAGE.body, Content_Type="text/html")
            return
        asked_from.append(asked.first_byte)
        if asked.first_byte:
            asked.give_rest(content)
            return
        asked.give(200, content, cut=2_000_000)
        asked.wfile.flush()
        over.wait(60)

    with server(behave) as site:
        mirrors = f"{CMS}={site.address.rpartition('/')[0]}"
        settings = {"DIPLOMATE_DATA": str(tmp_path), "DIPLOMATE_MIRRORS": mirrors, "DIPLOMATE_DELAY": "0"}
        call = [sys.executable, "-m", "pipeline.commands.main", "crawl", "nppes_monthly"]
        process = subprocess.Popen(call, cwd=REPO, env=os.environ | settings, start_new_session=True)
        wait_for(lambda: any(part.stat().st_size >= 2_000_000 for part in tmp_path.rglob("big-*.part")))
        os.killpg(process.pid, signal.SIGKILL)
        process.wait()
        over.set()
        done = run_diplomate("crawl", "nppes_monthly", data=tmp_path, **settings)
    assert done.code == 0, done.err
    assert asked_from == [0, 2_000_000]
    assert keys(tmp_path, "nppes_monthly") == ["1999990017"]
    assert len(list((tmp_path / "snapshots" / "nppes_monthly").iterdir())) == 1


def wait_for(ready: Callable[[], bool]) -> None:
    for _ in range(6000):
        if ready():
            return
        time.sleep(0.01)
    pytest.fail("the download never began")


def test_nothing_is_left_beside_the_bodies(read_once: Path) -> None:
    (run, _), *_ = good_runs(read_once, "nppes_monthly")
    assert {path.name for path in (run.folder / "bodies").iterdir()} == {
        each.sha256 for each in Run(run.folder).snapshots()
    }
