"""`diplomate check` as a user calls it: exit codes, sentences, what it loads."""

from __future__ import annotations

import json
import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path

import pytest

from tests.conftest import REPO, run_diplomate

HEAVY = (
    "crawler", "pandas", "numpy", "pyarrow", "duckdb", "datasette", "scrapy", "twisted", "sqlite_utils", "jinja2",
    "httpx", "zipcodes", "asyncio", "ssl",
)  # fmt: skip
LOADED = """
import sys
from pipeline.commands.main import diplomate
diplomate(sys.argv[1:], standalone_mode=False)
print("\\n".join(sorted(sys.modules)), file=sys.stderr)
"""


def loaded(data: Path, *arguments: str) -> set[str]:
    done = subprocess.run(
        [sys.executable, "-c", LOADED, *arguments],
        capture_output=True,
        text=True,
        env={"DIPLOMATE_DATA": str(data), "PYTHONPATH": str(REPO), "PATH": "/usr/bin:/bin"},
        check=True,
    )
    return {name.partition(".")[0] for name in done.stderr.splitlines()}


@pytest.mark.parametrize(
    "question",
    [
        ["check", "Grace Lim"],
        ["check", "Grase Limm", "--state", "WA"],
        ["check", "--npi", "1999108453", "--json"],
        ["check", "Grace Lim", "--license", "AC69007142", "--state", "WA"],
        ["check", "Nobody Atall", "--state", "WA"],
    ],
)
def test_a_question_loads_nothing_heavy(sample_data: Path, question: list[str]) -> None:
    modules = loaded(sample_data, *question)
    assert "db" in modules and "click" in modules
    assert [name for name in HEAVY if name in modules] == []


def test_the_list_of_what_is_loaded_would_show_something_heavy(sample_data: Path) -> None:
    """The known-bad case: `status` reads with more than a question needs."""
    assert {"crawler"} <= loaded(sample_data, "sources")


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        ([], "Give a name, a license number with its state, or an NPI."),
        (["", "  "], "Give a name, a license number with its state, or an NPI."),
        (["--state", "WA"], "Give a name, a license number with its state, or an NPI."),
        (["--license", "AC1"], "A license number needs its state: the same digits are in use in other states."),
        (["Jane Roe", "--license", "AC1"], "A license number needs its state"),
        (["Jane Roe", "--state", "Atlantis"], "'Atlantis' is no state known here; use a code such as WA."),
        (["--npi", "12345"], "'12345' is no NPI: an NPI has ten digits."),
        (["--npi", "12345678901"], "an NPI has ten digits."),
        (["--npi", "199910845O"], "an NPI has ten digits."),
        (["x" * 300], "The name is longer than 200 characters."),
        (["--npi", "1" * 300], "The NPI is longer than 200 characters."),
        (["--state", "W" * 300, "--license", "1"], "The state is longer than 200 characters."),
        (["--state", "WA", "--license", "1" * 300], "The license number is longer than 200 characters."),
        (["--state", "WA", "--license", "-- /"], "holds no letter or digit."),
        (["''"], "holds no letter."),
        (["Grace Lim", "--as-of", "soon"], "'soon' is no date; write it as 2026-01-31."),
        (["Grace Lim", "--as-of", "9999-01-01"], "9999-01-01 has not come yet"),
    ],
)
def test_a_wrong_call_is_one_sentence_and_exit_2(sample_data: Path, arguments: list[str], sentence: str) -> None:
    for json_too in ([], ["--json"]):
        done = run_diplomate("check", *arguments, *json_too, data=sample_data)
        assert (done.code, done.out) == (2, "")
        assert sentence in done.err and len(done.err.splitlines()) == 1


def test_where_nothing_is_published_the_call_is_wrong(tmp_path: Path) -> None:
    done = run_diplomate("check", "Grace Lim", data=tmp_path)
    assert done.code == 2 and "There is no published database in" in done.err


def test_a_file_that_cannot_be_read_is_exit_1(tmp_path: Path) -> None:
    (tmp_path / "published").mkdir()
    (tmp_path / "published" / "diplomate-x.db").write_bytes(b"no database")
    (tmp_path / "current").symlink_to("published/diplomate-x.db")
    done = run_diplomate("check", "Grace Lim", data=tmp_path)
    assert done.code == 1 and "cannot be read" in done.err and len(done.err.splitlines()) == 1


@pytest.mark.parametrize(
    ("arguments", "heading"),
    [
        (["Grace Lim", "--license", "AC69007142", "--state", "WA"], "FOUND"),
        (["Grase Lim"], "POSSIBLE MATCHES, NONE CERTAIN"),
        (["Nobody Atall"], "NOTHING FOUND"),
        (["Nobody Atall", "--state", "WA"], "NOT FOUND HERE; THE BOARD'S LIST WAS READ"),
        (["Nobody Atall", "--state", "Alabama"], "THIS STATE DOES NOT LICENSE ACUPUNCTURISTS"),
        (["Nobody Atall", "--state", "NY"], "THIS STATE'S BOARD IS NOT COVERED"),
        (["'; DROP TABLE practitioners; --"], "NOTHING FOUND"),
        (["Grace Lim", "--as-of", "2001-01-01"], "NOTHING WAS SHOWN YET ON THAT DAY"),
    ],
)
def test_every_answer_is_exit_0_with_its_heading_and_ending(
    sample_data: Path, arguments: list[str], heading: str
) -> None:
    done = run_diplomate("check", *arguments, data=sample_data)
    lines = done.out.splitlines()
    assert (done.code, done.err, lines[0]) == (0, "", heading)
    assert lines[1] == "Everybody here is invented: this is the bundled sample, for trying diplomate out."
    text = " ".join(done.out.split())
    assert "a pre-check from public sources, not primary source verification" in text
    assert "VERIFY AT THE SOURCE" in lines and "Something wrong? At the source:" in text


def test_lines_stay_within_a_hundred_columns_save_for_addresses(sample_data: Path) -> None:
    for question in (["Grace Lim"], ["Grase Lim"], ["Lim"], ["Nobody Atall", "--state", "WA"]):
        for line in run_diplomate("check", *question, data=sample_data).out.splitlines():
            assert len(line) <= 100 or "https://" in line


def test_the_past_is_json_too(sample_data: Path) -> None:
    today = f"{datetime.now(UTC):%Y-%m-%d}"
    done = run_diplomate("check", "Grace Lim", "--as-of", today, "--json", data=sample_data)
    document = json.loads(done.out)
    assert document["shown_on"] == today and document["candidates"][0]["tags"]
    assert json.loads(run_diplomate("check", "Grace Lim", "--json", data=sample_data).out)["shown_on"] is None


def test_a_roster_and_a_person_are_not_asked_in_one_call(sample_data: Path) -> None:
    for person in (["Grace Lim"], ["--as-of", "2026-01-01"], ["--npi", "1999108453"]):
        done = run_diplomate("check", *person, "--roster", "in.csv", "--out", "out.csv", data=sample_data)
        assert done.code == 2 and "--roster asks for every row of a file" in done.err
