"""Going back: to which file, what is written down, what is refused; and what a build leaves for those who watch."""

from __future__ import annotations

import errno
import fcntl
import json
import re
import shutil
import sqlite3
from collections.abc import Callable
from contextlib import closing
from datetime import timedelta
from pathlib import Path

import pytest

from db.kept import built, gone_back_from
from db.publish import DamagedFile, NoSuchBuild, current, kept, known_runs, publish, roll_back
from pipeline.commands.build_record import FILE, read_last_build, write_last_build
from tests.conftest import run_diplomate
from tests.tiny_database import BUILT_AT, tiny_tables

FIRST = BUILT_AT - timedelta(days=20)  # none of the builds may lie in the future


@pytest.fixture(scope="module")
def three(tmp_path_factory: pytest.TempPathFactory) -> list[Path]:
    """Three builds of a folder; each knows a run that the others do not."""
    data = tmp_path_factory.mktemp("three")
    made = []
    for day in range(3):
        tables = tiny_tables()
        tables["runs"].append(tables["runs"][0] | {"id": f"run-of-day-{day}"})
        made.append(publish(tables, data, FIRST + timedelta(days=day)))
    return made


@pytest.fixture
def data(three: list[Path], tmp_path: Path) -> Path:
    """A folder with the three builds, of which the newest is current."""
    folder = tmp_path / "published"
    folder.mkdir()
    for path in three:
        (folder / path.name).hardlink_to(path)
    (tmp_path / "current").symlink_to(f"published/{three[-1].name}")
    return tmp_path


def rollbacks(data: Path) -> list[dict[str, str]]:
    path = data / "rollbacks.jsonl"
    return [json.loads(line) for line in path.read_text().splitlines()] if path.exists() else []


def test_the_command_goes_back_one_and_to_any_that_is_named(data: Path, three: list[Path]) -> None:
    back = run_diplomate("rollback", data=data)
    assert back.code == 0 and f"now shows {three[1].name}, no longer {three[2].name}" in back.err
    shown = run_diplomate("rollback", "--list", data=data)
    assert [line[0] for line in shown.out.splitlines()] == [" ", "*", " "] and "12 practitioners" in shown.out
    assert roll_back(data, BUILT_AT, three[2].stem).name == (data / "current").resolve().name == three[2].name
    assert [(line["from"], line["to"]) for line in rollbacks(data)] == [
        (three[2].name, three[1].name),
        (three[1].name, three[2].name),
    ]


@pytest.mark.parametrize(
    ("words", "code", "said"),
    [
        (["--to", "diplomate-x"], 2, "'diplomate-x' is not kept in .*; the kept files are: diplomate-"),
        (["--to", "../../etc/passwd"], 2, "is not kept in"),
        (["--list", "--to", "x"], 2, "Give --list or --to, not both"),
    ],
)
def test_what_cannot_be_gone_back_to_is_said(data: Path, words: list[str], code: int, said: str) -> None:
    done = run_diplomate("rollback", *words, data=data)
    assert done.code == code and re.search(said, done.err) and done.err.count("\n") == 1
    assert rollbacks(data) == []


def test_the_oldest_has_nothing_before_it(data: Path, three: list[Path]) -> None:
    (data / "current").unlink()
    (data / "current").symlink_to(f"published/{three[0].name}")
    with pytest.raises(NoSuchBuild, match=f"No file older than {three[0].name} is kept"):
        roll_back(data, BUILT_AT)


def test_nothing_published_is_a_sentence(tmp_path: Path) -> None:
    for words in ([], ["--list"]):
        done = run_diplomate("rollback", *words, data=tmp_path)
        assert done.code == 2 and done.err.count("\n") == 1


def damaged(data: Path, name: str) -> None:
    path = data / "published" / name
    content = path.read_bytes()
    path.unlink()
    path.write_bytes(content[:8192] + b"x" * (len(content) - 8192))


def before_a_table_was_known(data: Path, name: str) -> None:
    path = data / "published" / name
    content = path.read_bytes()
    path.unlink()
    path.write_bytes(content)
    with closing(sqlite3.connect(path)) as connection, connection:
        connection.execute("DROP TABLE claims")


@pytest.mark.parametrize(
    ("spoil", "said"), [(damaged, "cannot be read"), (before_a_table_was_known, "cannot be shown by this diplomate")]
)
def test_a_file_that_cannot_be_shown_is_not_gone_back_to(
    data: Path, three: list[Path], spoil: Callable[[Path, str], None], said: str
) -> None:
    spoil(data, three[1].name)
    with pytest.raises((DamagedFile, NoSuchBuild), match=f"{three[1].name} .*{said}") as raised:
        roll_back(data, BUILT_AT)
    assert "\n" not in str(raised.value)
    assert (data / "current").resolve().name == three[2].name and rollbacks(data) == []
    assert len(kept(data)) == 3


@pytest.mark.parametrize(
    ("held", "said"), [("publish.lock", "another build is running"), ("locks/build", "did nothing")]
)
def test_nobody_goes_back_while_a_build_is_at_work(data: Path, held: str, said: str) -> None:
    (data / "locks").mkdir()
    before = (data / "current").readlink()
    with (data / held).open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        done = run_diplomate("rollback", data=data)
    assert done.code == 1 and said in done.err and (data / "current").readlink() == before


def test_runs_of_every_kept_file_are_known_whichever_is_current(data: Path, three: list[Path]) -> None:
    days = {f"run-of-day-{day}" for day in range(3)}
    assert days <= known_runs(data)
    roll_back(data, BUILT_AT, three[0].stem)
    assert days <= known_runs(data)
    damaged(data, three[1].name)
    assert known_runs(data) & days == {"run-of-day-0", "run-of-day-2"}


def test_runs_of_a_file_that_nobody_was_led_to_are_not_known(data: Path, three: list[Path]) -> None:
    """A build that was killed between naming its file and moving the link: the next run publishes."""
    (data / "current").unlink()
    (data / "current").symlink_to(f"published/{three[1].name}")
    assert known_runs(data) & {f"run-of-day-{day}" for day in range(3)} == {"run-of-day-0", "run-of-day-1"}


def test_history_goes_on_from_the_file_that_was_gone_back_to(data: Path, three: list[Path]) -> None:
    roll_back(data, BUILT_AT)
    newest = publish(tiny_tables(), data, FIRST + timedelta(days=9), keep=2)
    assert current(data) == newest
    assert kept(data)[0].path == newest and len(kept(data)) == 2


def test_what_was_taken_back_is_not_gone_back_to_again(data: Path, three: list[Path]) -> None:
    roll_back(data, BUILT_AT)
    publish(tiny_tables(), data, FIRST + timedelta(days=9))
    with (data / "rollbacks.jsonl").open("a") as file:
        file.write("torn {\n")
    assert roll_back(data, BUILT_AT).name == three[1].name, "not the one that was withdrawn"
    assert roll_back(data, BUILT_AT, three[2].stem).name == three[2].name


@pytest.mark.parametrize(
    "torn", [b'{"at": "2026', *(pytest.param(torn, marks=pytest.mark.everything) for torn in (b"\xff\n", b"[]\n"))]
)
def test_a_torn_list_of_rollbacks_loses_no_rollback(data: Path, three: list[Path], torn: bytes) -> None:
    """The line after half a line was lost, and the next night published again what was taken back."""
    (data / "rollbacks.jsonl").write_bytes(torn)
    roll_back(data, BUILT_AT)
    assert gone_back_from(data) == {built(three[2].name)}
    assert roll_back(data, BUILT_AT).name == three[0].name


def test_a_cleaned_copy_of_what_was_taken_back_is_not_gone_back_to(data: Path, three: list[Path]) -> None:
    """A file that is freed of somebody who is left out gets a new end of its name."""
    roll_back(data, BUILT_AT)
    middle = data / "published" / three[1].name
    publish(tiny_tables(), data, FIRST + timedelta(days=4))
    roll_back(data, BUILT_AT, three[1].stem)
    roll_back(data, BUILT_AT)
    copy = middle.rename(middle.with_name(f"{built(middle.name)}-c0ffee.db"))
    later = publish(tiny_tables(), data, FIRST + timedelta(days=5))
    assert current(data) == later.resolve() and copy.exists()
    assert roll_back(data, BUILT_AT).name == three[0].name


def test_a_folder_that_cannot_be_flushed_leaves_the_file_it_leads_to(
    data: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The link had moved when the disk said no: what it leads to was removed."""

    def refusing(path: Path) -> None:
        if path == data:
            raise OSError(errno.EIO, "Input/output error")

    monkeypatch.setattr("db.publish.sync", refusing)
    path = publish(tiny_tables(), data, FIRST + timedelta(days=3))
    assert current(data) == path.resolve() and path.exists()


IN_THE_WAY = ["last_build.json.part", "published/diplomate-20200101T000000Z-aaaaaa.db"]


@pytest.mark.parametrize(
    "name", ["review.csv", *(pytest.param(name, marks=pytest.mark.everything) for name in IN_THE_WAY)]
)
def test_what_fails_after_publishing_is_said_as_that(tmp_path: Path, sample_data: Path, name: str) -> None:
    """It said that nothing was published, and that the file that was current still is."""
    data = tmp_path / "sample"
    shutil.copytree(sample_data, data, symlinks=True)
    (data / "review.csv").unlink(missing_ok=True)
    (data / name).mkdir()
    was = current(data)
    done = run_diplomate("build", data=data, DIPLOMATE_KEEP="1")
    assert done.code == 1 and "Published" in done.err and "; but " in done.err, done.err
    assert "Nothing was published" not in done.err and "still is" not in done.err
    assert current(data) != was
    record = read_last_build(data)
    assert name.startswith("last_build") or (record and record["published"] and not record["refused"])


def test_the_record_of_the_last_build_is_whole_or_absent(tmp_path: Path) -> None:
    assert read_last_build(tmp_path) is None
    write_last_build(tmp_path, BUILT_AT, published="diplomate-a.db")
    write_last_build(tmp_path, BUILT_AT, refused="Not published: “Zoë”.")
    record = {"at": "2026-11-22T12:00:00Z", "published": "", "refused": "Not published: “Zoë”.", "set_aside": []}
    assert read_last_build(tmp_path) == record
    for torn in ("", "[]", '{"at": 1', '{"at": 1}'):
        (tmp_path / FILE).write_text(torn)
        assert read_last_build(tmp_path) is None


def test_a_refused_build_writes_down_why(data: Path) -> None:
    (data / "snapshots").mkdir()
    run_diplomate("build", data=data)
    assert read_last_build(data) is None, "without one good run there is nothing to attempt"
    assert run_diplomate("build", "--accept", "everything", data=data).code == 2
    wrong = run_diplomate("build", data=data, DIPLOMATE_KEEP="0")
    assert wrong.code == 2 and "DIPLOMATE_KEEP is '0'; it must be a number of files from 1 to 1000" in wrong.err


@pytest.mark.everything
def test_a_build_writes_down_what_became_of_it(tmp_path: Path, sample_data: Path) -> None:
    data = tmp_path / "sample"
    shutil.copytree(sample_data, data, symlinks=True)
    assert run_diplomate("build", data=data, DIPLOMATE_KEEP="2").code == 0
    record = read_last_build(data)
    assert record and record["published"] == (data / "current").resolve().name and record["refused"] == ""
    (data / "snapshots" / "aama").rename(data / "aama-away")
    refused = run_diplomate("build", data=data)
    record = read_last_build(data)
    assert refused.code == 1 and record and record["published"] == "" and record["refused"] == refused.err.strip()
