"""The examples of docs/data.md and docs/add-a-source.md do what the pages say."""

from __future__ import annotations

import os
import re
import shutil
import sqlite3
import subprocess
import sys
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest

from tests.conftest import REPO, run_diplomate
from tests.fault_server import Answer, fault_site

DATA = (REPO / "docs" / "data.md").read_text(encoding="utf-8")
SOURCE = (REPO / "docs" / "add-a-source.md").read_text(encoding="utf-8")


def blocks(page: str, language: str) -> list[str]:
    return re.findall(rf"^```{re.escape(language)}\n(.*?)^```", page, re.MULTILINE | re.DOTALL)


@pytest.fixture(scope="module")
def desk(tmp_path_factory: pytest.TempPathFactory, sample_data: Path) -> Path:
    """Where an analyst works: `data` beside the files that the page exports."""
    folder = tmp_path_factory.mktemp("desk")
    (folder / "data").symlink_to(sample_data)
    for line in blocks(DATA, "sh")[0].splitlines():
        *words, out = line.split()[1:]
        done = run_diplomate(*words, str(folder / out), data=sample_data)
        assert done.code == 0, (line, done.err)
    return folder


def test_the_page_has_its_examples() -> None:
    assert len(blocks(DATA, "sql")) >= 5 and len(blocks(DATA, "python")) >= 4
    assert len(blocks(SOURCE, "python")) == 1


@pytest.mark.parametrize("sql", blocks(DATA, "sql"), ids=lambda sql: sql.splitlines()[0][:60])
def test_sql_runs_and_finds_something(sample_data: Path, sql: str) -> None:
    address = f"file:{sample_data / 'current'}?mode=ro&immutable=1"
    with closing(sqlite3.connect(address, uri=True)) as connection:
        found = connection.execute(sql).fetchall()
    assert found or "FROM changes" in sql, "nothing has changed yet in a sample that was read once"


@pytest.mark.parametrize("code", blocks(DATA, "python"), ids=lambda code: code.split()[1].strip(","))
def test_python_runs_and_prints_something(
    desk: Path, code: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(desk)
    exec(compile(code, "docs/data.md", "exec"), {})
    assert len(capsys.readouterr().out.split()) >= 4


def test_an_excel_file_is_disarmed_and_a_plain_one_is_not(desk: Path) -> None:
    assert (desk / "for-excel.csv").read_text().count("\n") == (desk / "practitioners.csv").read_text().count("\n")


@pytest.mark.everything
def test_a_stranger_adds_the_board_of_the_page(tmp_path: Path) -> None:
    """The page's files in a copy of the repository, its commands in the page's order, with a server for the board."""
    copy = tmp_path / "copy"
    for part in ("crawler", "pipeline", "db"):
        shutil.copytree(REPO / part, copy / part, ignore=shutil.ignore_patterns("__pycache__", "sample"))
    shutil.copy(REPO / "metadata.json", copy)
    (copy / "crawler" / "spiders" / "board_or.py").write_text(blocks(SOURCE, "python")[0])
    with (copy / "pipeline" / "rules" / "status_words.csv").open("a") as words:
        words.write(blocks(SOURCE, "status_words.csv")[0])
    roster = Answer(blocks(SOURCE, "csv")[0].encode(), headers={"Content-Type": "text/csv"})
    with fault_site(lambda path, body: roster) as site:
        call = caller(copy, tmp_path / "data", f"https://board.example={site.address}")
        outputs = [call(line.split()[1:]) for line in blocks(SOURCE, "sh")[0].splitlines()]
        assert "board_or: good, 3 rows" in outputs[0] and "carried by 100% of the rows: expires" in outputs[1]
        assert "Ottoline Quillfeather" in outputs[3] and "Current" in outputs[3] and "2028-06-30" in outputs[3]
        assert "1970" not in outputs[3]
        assert "good" in call(["crawl", "board_or", "--replay"])
    assert "expired" in call(["check", "--license", "AC900102", "--state", "OR"]).lower()


def caller(copy: Path, data: Path, mirrors: str) -> Callable[[list[str]], str]:
    settings = {"DIPLOMATE_DATA": str(data), "DIPLOMATE_MIRRORS": mirrors, "DIPLOMATE_DELAY": "0"}
    environment = {name: value for name, value in os.environ.items() if not name.startswith("DIPLOMATE_")}
    environment |= settings | {"PYTHONPATH": str(copy)}

    def call(words: list[str]) -> str:
        run = [sys.executable, "-m", "pipeline.commands.main", *words]
        done = subprocess.run(run, cwd=copy, env=environment, capture_output=True, text=True, check=False)
        assert done.returncode == 0, (words, done.stderr)
        return done.stdout + done.stderr

    return call
