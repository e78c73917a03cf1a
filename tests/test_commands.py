"""The command line as a user meets it: exit codes, one plain sentence, JSON that is only JSON."""

from __future__ import annotations

import csv
import fcntl
import gzip
import json
import os
import resource
import socket
import subprocess
import sys
from pathlib import Path

import pytest

from crawler.network import origin
from crawler.sample_site import SAMPLE, read_pages
from db.publish import current, read_rows
from pipeline.commands.main import COMMANDS
from pipeline.commands.serve import warn_without_contact
from tests.conftest import REPO, run_diplomate
from tests.fault_server import Answer, fault_site

WRONG_CALLS = {
    "an unknown source": (["crawl", "board_zz"], "There is no source 'board_zz'"),
    "an unknown state": (["crawl", "board_wa", "--state", "ZZ"], "'ZZ' is no state"),
    "a file that is not there": (["import", "leie", "nothing.csv"], "nothing.csv cannot be read"),
    "an impossible day": (["import", "leie", "README.md", "--saved-on", "May"], "is no date"),
    "a day to come": (["import", "leie", "README.md", "--saved-on", "2999-01-01"], "in the future"),
    "no database yet": (["check", "Grace Lim"], "no published database"),
    "no database to export": (["export", "--out", "x.csv"], "no published database"),
    "no database to serve": (["serve"], "no published database"),
    "no good run": (["build"], "no good run"),
    "nothing to replay": (["crawl", "leie", "--replay"], "nothing to replay"),
    "replay of a part": (["crawl", "leie", "--replay", "--state", "WA"], "takes no --state"),
    "no such command": (["fly"], "No such command"),
}


@pytest.mark.parametrize("why", WRONG_CALLS)
def test_a_wrong_call_says_what_to_do_and_exits_2(tmp_path: Path, why: str) -> None:
    arguments, sentence = WRONG_CALLS[why]
    done = run_diplomate(*arguments, data=tmp_path)
    assert done.code == 2, done.err
    assert sentence in done.err
    assert done.out == "" and "Traceback" not in done.err


@pytest.mark.parametrize(
    ("name", "value", "sentence"),
    [("DIPLOMATE_MIRRORS", "localhost:80", "not of the form"), ("DIPLOMATE_DELAY", "fast", "must be a number")],
)
def test_a_wrong_environment_is_named(tmp_path: Path, name: str, value: str, sentence: str) -> None:
    done = run_diplomate("crawl", "leie", data=tmp_path, **{name: value})
    assert done.code == 2 and sentence in done.err


@pytest.mark.parametrize("command", COMMANDS)
def test_every_command_explains_itself(tmp_path: Path, command: str) -> None:
    done = run_diplomate(command, "--help", data=tmp_path)
    assert done.code == 0 and "Usage:" in done.out


def test_sources_in_words_and_in_json(data: Path) -> None:
    assert "board_wa" in run_diplomate("sources", data=data).out
    rows = json.loads(run_diplomate("sources", "--json", data=data).out)
    wa = next(row for row in rows if row["name"] == "board_wa")
    assert (wa["health"], wa["kind"], wa["states"], wa["rows"]) == ("good", "board", ["WA"], 57)


def test_a_new_installation_has_sources_and_no_alarms(tmp_path: Path) -> None:
    assert run_diplomate("status", data=tmp_path).code == 0
    rows = json.loads(run_diplomate("sources", "--json", data=tmp_path).out)
    assert {row["health"] for row in rows} == {"never_read"}


def test_check_answers_by_name_number_and_npi(sample_data: Path) -> None:
    for question in (
        ["Aurelia Vandermeer", "--state", "WA"],
        ["--license", "ac 69010713", "--state", "wa"],
        ["--npi", "1999112646"],
    ):
        answer = json.loads(run_diplomate("check", *question, "--json", data=sample_data).out)
        assert answer["outcome"] == "found", question
        assert answer["candidates"][0]["name"] == "Aurelia Vandermeer"
        assert "not primary source verification" in answer["disclaimer"]


def test_check_says_several_when_there_are_several(sample_data: Path) -> None:
    answer = json.loads(run_diplomate("check", "Grace Lim", "--state", "WA", "--json", data=sample_data).out)
    assert answer["outcome"] == "several_candidates" and len(answer["candidates"]) == 2


def test_check_never_turns_absence_into_a_verdict(sample_data: Path) -> None:
    said = run_diplomate("check", "Nobody Ofthatname", "--state", "OR", data=sample_data)
    assert said.code == 0
    assert "not certified" not in said.out.lower() and "unlicensed" not in said.out.lower().replace(
        "not mean the person is unlicensed", ""
    )


def test_check_needs_a_question(sample_data: Path) -> None:
    assert run_diplomate("check", data=sample_data).code == 2
    done = run_diplomate("check", "--license", "AC69010713", data=sample_data)
    assert done.code == 2 and "state" in done.err


def test_export_is_whole_in_every_format(sample_data: Path, tmp_path: Path) -> None:
    expected = len(read_rows(current(sample_data) or Path(), "practitioners"))
    for name in ("p.csv", "p.csv.gz", "p.parquet"):
        done = run_diplomate("export", "--out", str(tmp_path / name), data=sample_data)
        assert done.code == 0 and f"{expected} rows" in done.err
    with gzip.open(tmp_path / "p.csv.gz", "rt", newline="") as packed:
        assert len(list(csv.DictReader(packed))) == expected
    some = run_diplomate("export", "licenses", "--state", "WA", "--out", str(tmp_path / "wa.csv"), data=sample_data)
    assert some.code == 0
    with (tmp_path / "wa.csv").open(newline="") as file:
        assert {row["state"] for row in csv.DictReader(file)} == {"WA"}


def test_export_of_what_is_not_there(sample_data: Path, tmp_path: Path) -> None:
    done = run_diplomate("export", "people", "--out", str(tmp_path / "x.csv"), data=sample_data)
    assert done.code == 2 and "practitioners" in done.err
    assert run_diplomate("export", "--out", str(tmp_path / "x.pdf"), data=sample_data).code == 2


def test_changes_of_a_first_build_are_none(sample_data: Path) -> None:
    assert json.loads(run_diplomate("changes", "--json", data=sample_data).out) == []
    assert run_diplomate("changes", "--since", "yesterday", data=sample_data).code == 2


def test_run_does_what_is_due_and_nothing_else(data: Path) -> None:
    published = (data / "current").resolve()
    done = run_diplomate("run", data=data)
    assert done.code == 0, done.err
    assert "Nothing new" in done.err
    assert (data / "current").resolve() == published


@pytest.mark.everything
def test_run_publishes_what_works_and_exits_1_for_what_does_not(tmp_path: Path) -> None:
    row = {"credentialnumber": "AC69990001", "lastname": "Winterhalter", "firstname": "Odalys", "status": "Active"}
    row["credentialtype"] = "Acupuncture and Eastern Medicine Practitioner License"

    def answer(path: str, body: str) -> Answer:
        if not path.startswith("/resource"):
            return Answer(b"<html>Sorry</html>", headers={"Content-Type": "text/html"})
        counted = [{"credentialtype": row["credentialtype"], "count": "1"}]
        return Answer(json.dumps(counted if "group" in path else [row]).encode())

    origins = {origin(page.url) for page in read_pages(SAMPLE)}  # of every source: nothing may reach the network
    with fault_site(answer) as site:
        mirrors = ",".join(f"{real}={site.address}" for real in origins)
        done = run_diplomate("run", data=tmp_path, DIPLOMATE_MIRRORS=mirrors, DIPLOMATE_DELAY="0")
    assert done.code == 1
    wrong = done.err.partition("Look at: ")[2]
    failing = {"aama", "leie", "ncbahm", "npi_registry"}
    assert "Published" in done.err and "board_wa" not in wrong and all(name in wrong for name in failing)
    assert [person["name"] for person in read_rows(current(tmp_path) or Path(), "practitioners")] == [
        "Odalys Winterhalter"
    ]
    status = run_diplomate("status", "--json", data=tmp_path)
    alarms = str(json.loads(status.out)["alarms"])
    assert status.code == 1 and "board_wa" not in alarms and all(name in alarms for name in failing)


def test_import_says_what_is_wrong_with_a_file_and_keeps_it(data: Path, tmp_path: Path) -> None:
    (tmp_path / "page.html").write_text("<p>Welcome</p>")
    done = run_diplomate("import", "ncbahm", str(tmp_path / "page.html"), data=data)
    assert done.code == 1
    assert "page.html" in done.err and "Practitioners found" in done.err


def test_an_imported_page_is_read_like_a_crawled_one(data: Path, tmp_path: Path) -> None:
    page = tmp_path / "Saved Page.html"
    page.write_bytes((REPO / "crawler/sample/ncbahm/list_HI_1.html").read_bytes())
    done = run_diplomate("import", "ncbahm", str(page), "--saved-on", "2026-05-27", data=tmp_path / "new")
    assert done.code == 0, done.err
    assert run_diplomate("build", data=tmp_path / "new").code == 0
    rows = read_rows(current(tmp_path / "new") or Path(), "records")
    assert len(rows) == 6
    assert {row["fetched_at"] for row in rows} == {"2026-05-27T00:00:00Z"}


@pytest.mark.everything
def test_a_disk_that_fills_during_the_build_loses_nothing(data: Path) -> None:
    published = (data / "current").resolve()

    def small_files() -> None:
        resource.setrlimit(resource.RLIMIT_FSIZE, (200_000, 200_000))

    call = [sys.executable, "-m", "pipeline.commands.main", "build"]
    done = subprocess.run(
        call,
        cwd=REPO,
        env=os.environ | {"DIPLOMATE_DATA": str(data)},
        capture_output=True,
        text=True,
        check=False,
        preexec_fn=small_files,
    )
    assert done.returncode == 1
    assert "still is" in done.stderr and "Traceback" not in done.stderr
    assert (data / "current").resolve() == published
    assert not list((data / "published").glob("*building*"))
    assert run_diplomate("check", "Aurelia Vandermeer", data=data).code == 0


def test_a_taken_port_is_a_sentence(sample_data: Path, tmp_path: Path) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = str(taken.getsockname()[1])
        done = run_diplomate("serve", "--port", port, data=sample_data)
        demo = run_diplomate("demo", "--port", port, data=tmp_path)
    assert done.code == 1 and "Choose another with --port" in done.err
    assert demo.code == 1 and "crawl begins" not in demo.err, "the port is looked at before the work"


def test_asking_a_question_does_not_load_the_crawler() -> None:
    code = "import sys, pipeline.commands.check; sys.exit('scrapy' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], cwd=REPO, check=False).returncode == 0


def test_invented_people_are_said_to_be_invented(sample_data: Path) -> None:
    assert "invented" in run_diplomate("check", "Aurelia Vandermeer", data=sample_data).out


def test_history_goes_on_where_the_link_is_missing(data: Path) -> None:
    before = {row["id"] for row in read_rows(current(data) or Path(), "practitioners")}
    (data / "current").unlink()
    done = run_diplomate("build", data=data)
    assert done.code == 0 and "history goes on from" in done.err
    assert {row["id"] for row in read_rows(current(data) or Path(), "practitioners")} == before


def test_a_directory_that_halves_is_refused_unless_meant(data: Path) -> None:
    published = (data / "current").resolve()
    for source in ("npi_registry", "ncbahm", "aama"):
        (data / "snapshots" / source).rename(data / f"{source}-away")
    done = run_diplomate("build", data=data)
    assert done.code == 1 and (data / "current").resolve() == published
    for source in ("npi_registry", "ncbahm", "aama"):
        (data / f"{source}-away").rename(data / "snapshots" / source)


def test_a_damaged_database_is_named(data: Path) -> None:
    path = (data / "current").resolve()
    path.chmod(0o644)
    path.write_bytes(b"SQLite format 3\0" + b"garbage" * 1000)
    for command in (["check", "Grace Lim"], ["build"], ["export", "--out", str(data / "x.csv")], ["status"]):
        done = run_diplomate(*command, data=data)
        assert done.code == 1, command
        assert path.name in done.err + done.out and "unforeseen" not in done.err


def test_status_says_what_the_last_run_rang(data: Path, tmp_path: Path) -> None:
    page = (REPO / "crawler/sample/ncbahm/list_HI_1.html").read_bytes()
    for name in ("one.html", "two.html"):
        (tmp_path / name).write_bytes(page)
    assert (
        run_diplomate("import", "ncbahm", str(tmp_path / "one.html"), str(tmp_path / "two.html"), data=data).code == 1
    )
    done = run_diplomate("status", data=data)
    assert done.code == 1 and "same 6 rows as an earlier page" in " ".join(done.out.split())


def test_two_builds_at_once_are_one(data: Path) -> None:
    locks = data / "locks"
    locks.mkdir(exist_ok=True)
    with (locks / "build").open("w") as held:
        fcntl.flock(held, fcntl.LOCK_EX)
        done = run_diplomate("build", data=data)
    assert done.code == 1 and "another process is at it" in done.err


def test_a_site_without_a_contact_is_warned_of(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.delenv("DIPLOMATE_CONTACT", raising=False)
    warn_without_contact()
    assert "set DIPLOMATE_CONTACT" in capsys.readouterr().err
    monkeypatch.setenv("DIPLOMATE_CONTACT", "desk@directory.example")
    warn_without_contact()
    assert capsys.readouterr().err == ""
