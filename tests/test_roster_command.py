"""`diplomate check --roster` as a user calls it: sentences, exit codes, whole files, and no name said."""

from __future__ import annotations

import csv
import json
import os
import resource
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from db.roster import RESULT_COLUMNS
from tests.conftest import REPO, Outcome, run_diplomate
from tests.tiny_database import publish_tiny

ROSTER = "Name,State,License\nOrsolya Thistlewood,WA,AC60000105\nJane Nobody,WA,\n\n"


@pytest.fixture(scope="module")
def published_data(tmp_path_factory: pytest.TempPathFactory) -> Path:
    data = tmp_path_factory.mktemp("data")
    publish_tiny(data)
    return data


def check(data: Path, tmp_path: Path, text: str = ROSTER, *more: str, out: str = "out.csv") -> Outcome:
    (tmp_path / "staff.csv").write_text(text)
    roster, answers = str(tmp_path / "staff.csv"), str(tmp_path / out)
    return run_diplomate("check", "--roster", roster, "--out", answers, *more, data=data)


def test_a_whole_roster(published_data: Path, tmp_path: Path) -> None:
    done = check(published_data, tmp_path)
    assert (done.code, done.out) == (0, ""), done.err
    assert "Columns used: name from “Name”; state from “State”; license from “License”." in done.err
    assert "3 rows: 1 found, 1 read_and_absent, 1 blank." in done.err
    with (tmp_path / "out.csv").open(newline="") as lines:
        assert [row["diplomate_row"] for row in csv.DictReader(lines)] == ["2", "3", "4"]


def test_titles_and_blank_rows_are_no_failure(published_data: Path, tmp_path: Path) -> None:
    done = check(published_data, tmp_path, "Staff of 2026\n\n" + ROSTER)
    assert done.code == 0 and "1 read_and_absent, 2 blank, 1 above_headings." in done.err, done.err
    assert len((tmp_path / "out.csv").read_text().splitlines()) == 6


def test_rows_that_cannot_be_read_are_written_and_exit_1(published_data: Path, tmp_path: Path) -> None:
    done = check(published_data, tmp_path, ROSTER + ",,AC60000105\nJane Nobody,Ontario,\n")
    assert done.code == 1
    assert "1 could not be read; diplomate_trouble says why." in done.err
    assert "Of 1 a part was not used" in done.err
    assert len((tmp_path / "out.csv").read_text().splitlines()) == 6


def test_the_summary_as_json(published_data: Path, tmp_path: Path) -> None:
    done = check(published_data, tmp_path, ROSTER, "--json")
    assert json.loads(done.out) == {
        "out": str(tmp_path / "out.csv"),
        "rows": 3,
        "used_in_part": 0,
        "outcomes": {"found": 1, "read_and_absent": 1, "blank": 1},
    }


def test_no_name_is_said_or_logged(published_data: Path, tmp_path: Path) -> None:
    before = sorted(published_data.rglob("*"))
    done = check(published_data, tmp_path, ROSTER + ",,AC60000105\n" + "Zzyx Quoll,Ontario,1\n")
    said = (done.out + done.err).replace(str(tmp_path), "")
    words = ("Thistlewood", "Orsolya", "Nobody", "Zzyx", "AC60000105", "Ontario")
    assert not any(word in said for word in words)
    assert sorted(published_data.rglob("*")) == before
    assert sorted(path.name for path in tmp_path.iterdir()) == ["out.csv", "staff.csv"]


WRONG: dict[str, tuple[list[str], str]] = {
    "no output": (["--roster", "{in}"], "--roster needs --out"),
    "over the roster": (["--roster", "{in}", "--out", "{in}"], "is the roster itself"),
    "over the roster by a link": (["--roster", "{in}", "--out", "{link}"], "is the roster itself"),
    "a folder": (["--roster", "{in}", "--out", "{dir}.csv"], "is a folder"),
    "into no folder": (["--roster", "{in}", "--out", "{dir}/no/out.csv"], "There is no folder"),
    "not a CSV": (["--roster", "{in}", "--out", "{dir}/out.xlsx"], "does not end in .csv"),
    "no roster there": (["--roster", "{dir}/none.csv", "--out", "{dir}/out.csv"], "There is no file"),
    "a name besides": (["--roster", "{in}", "--out", "{dir}/o.csv", "Bo Tarn"], "leave out NAME"),
    "output alone": (["--out", "{dir}/o.csv", "Bo Tarn"], "belong to --roster"),
    "half a column": (["--roster", "{in}", "--out", "{dir}/o.csv", "--column", "name"], 'write OURS="Their heading"'),
    "a column twice": (
        ["--roster", "{in}", "--out", "{dir}/o.csv", "--column", "name=Name", "--column", "name=State"],
        "given twice",
    ),
    "no such heading": (["--roster", "{in}", "--out", "{dir}/o.csv", "--column", "npi=X"], "no such heading"),
    "nothing to ask by": (["--roster", "{other}", "--out", "{dir}/o.csv"], "The headings found are “Clinic”, “City”"),
    "no sheet": (["--roster", "{in}", "--out", "{dir}/o.csv", "--sheet", "A"], "has no sheets"),
}


@pytest.mark.parametrize("why", WRONG)
def test_a_wrong_call_is_a_sentence_and_exits_2(published_data: Path, tmp_path: Path, why: str) -> None:
    roster, other = tmp_path / "staff.csv", tmp_path / "other.csv"
    roster.write_text(ROSTER)
    other.write_text("Clinic,City\nx,y\n")
    (tmp_path / "link.csv").symlink_to(roster)
    folder = tmp_path / "folder"
    folder.mkdir()
    (tmp_path / "folder.csv").mkdir()
    arguments, sentence = WRONG[why]
    filled = {"in": str(roster), "other": str(other), "dir": str(folder), "link": str(tmp_path / "link.csv")}
    done = run_diplomate("check", *(text.format(**filled) for text in arguments), data=published_data)
    assert done.code == 2, done.err
    assert sentence in done.err and "Traceback" not in done.err and done.out == ""
    assert roster.read_text() == ROSTER and not list(folder.iterdir())


def test_a_folder_that_cannot_be_written_is_a_sentence(published_data: Path, tmp_path: Path) -> None:
    (tmp_path / "staff.csv").write_text(ROSTER)
    call = ["check", "--roster", str(tmp_path / "staff.csv"), "--out", "/proc/out.csv"]
    done = run_diplomate(*call, data=published_data)
    assert done.code == 1 and "/proc/out.csv could not be written" in done.err


def test_told_to_end_it_leaves_no_half_file(published_data: Path, tmp_path: Path) -> None:
    folder, roster = tmp_path / "answers", tmp_path / "long.csv"
    folder.mkdir()
    roster.write_text("Name,State\n" + "Jane Nobody,WA\n" * 200_000)
    call = ["-m", "pipeline.commands.main", "check", "--roster", str(roster), "--out", str(folder / "out.csv")]
    environment = {"PATH": os.environ["PATH"], "DIPLOMATE_DATA": str(published_data)}
    with subprocess.Popen([sys.executable, *call], cwd=REPO, env=environment, stderr=subprocess.DEVNULL) as asked:
        while not list(folder.iterdir()):
            assert asked.poll() is None, "it ended before it began to write"
            time.sleep(0.02)
        asked.terminate()
        assert asked.wait(timeout=60) == 128 + signal.SIGTERM
    assert not list(folder.iterdir())


def test_a_full_disk_leaves_the_old_answers(published_data: Path, tmp_path: Path) -> None:
    """A limit on the size of files stands for the disk."""
    (tmp_path / "staff.csv").write_text("Name,State\n" + "Jane Nobody,WA\n" * 2_000)
    (tmp_path / "out.csv").write_text("old\n")
    call = [sys.executable, "-m", "pipeline.commands.main", "check"]
    call += ["--roster", str(tmp_path / "staff.csv"), "--out", str(tmp_path / "out.csv")]
    done = subprocess.run(
        call,
        check=False,
        cwd=REPO,
        env=os.environ | {"DIPLOMATE_DATA": str(published_data), "PYTHONDONTWRITEBYTECODE": "1"},
        capture_output=True,
        text=True,
        preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (100_000, 100_000)),
    )
    assert done.returncode == 1, done.stderr
    assert "out.csv could not be written: File too large. Nothing was left behind." in done.stderr
    assert (tmp_path / "out.csv").read_text() == "old\n"
    assert sorted(path.name for path in tmp_path.iterdir()) == ["out.csv", "staff.csv"]


@pytest.mark.parametrize(("start", "marked"), [("", False), ("\ufeff", True)])
def test_a_byte_order_mark_is_passed_on(published_data: Path, tmp_path: Path, start: str, marked: bool) -> None:
    check(published_data, tmp_path, start + ROSTER)
    assert (tmp_path / "out.csv").read_bytes().startswith(b"\xef\xbb\xbf") == marked
    text = (tmp_path / "out.csv").read_text(encoding="utf-8-sig")
    assert text.startswith("Name,State,License,") and RESULT_COLUMNS[0] in text
