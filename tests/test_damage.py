"""Damage of every kind, each with a sentence, and nothing good lost by it: files changed on disk, clocks, links."""

from __future__ import annotations

import errno
import os
import resource
import shutil
import signal
import sqlite3
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import click
import pytest

from crawler import imports
from crawler.records import Record
from crawler.snapshots import Run, good_runs, make_snapshot
from crawler.troubles import Damaged
from db.kept import NoHistory, history_from, kept_files
from db.opening import current, read_rows
from pipeline.commands.alert_look import seen
from pipeline.commands.build import build_and_publish
from pipeline.commands.crawl import replay_order
from pipeline.commands.environment import Failed, alone
from pipeline.commands.going_on import goes_on
from pipeline.commands.main import main
from pipeline.commands.status_facts import status_of
from pipeline.disputes import read_disputes
from pipeline.gather import gather
from pipeline.judgments import read_judgments
from pipeline.rules import RuleError
from pipeline.suppressions import read_suppressions
from tests import forked
from tests.conftest import REPO, run_diplomate
from tests.faulty_sample import Faulty, crawl
from tests.feed_folder import CROWD, Folder, Rows, licensed
from tests.test_history import make_run

NOW = datetime.now(UTC)


def ida(**said: str) -> Record:
    return licensed("AC60000009", "Idalina", "Prsbrough", **said)


def newest(data: Path, source: str = "board_wa") -> Run:
    return Run(sorted((data / "snapshots" / source).iterdir())[-1])


def status_says(data: Path) -> str:
    return " ".join(seen(data, datetime.now(UTC)).damaged.values())


def dated(folder: Folder) -> Rows:
    """What the claims say but for when they were read last."""
    names = ("id", "value", "current", "first_seen", "since")
    return sorted(
        ({name: row[name] for name in names} for row in folder.table("claims")), key=lambda row: str(row["id"])
    )


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Folder:
    """Three readings of a board of four people, each published; never write into it."""
    folder = Folder(tmp_path_factory.mktemp("damage") / "data").read(*CROWD, ida())
    folder.build()
    folder.read(*CROWD[1:], ida(status="Expired"), licensed("AC60000044", "Thessaly", "Vopnik"))
    folder.build()
    return folder


@pytest.fixture
def folder(built: Folder, tmp_path: Path) -> Folder:
    """A copy of it."""
    return built.copied(tmp_path / "data")


# bodies


@pytest.mark.everything
def test_bytes_that_changed_on_disk_are_put_aside_and_the_next_crawl_reads_anew(tmp_path: Path) -> None:
    site = Faulty("board_de", lambda answer, _: answer)
    assert crawl(tmp_path, site).result == "good"
    first = newest(tmp_path, "board_de")
    digest = first.snapshots()[-1].sha256
    with first.path_of(digest).open("ab") as file:
        file.write(b"x")
    replay = run_diplomate("crawl", "board_de", "--replay", data=tmp_path)
    where = f"quarantine/board_de/{first.name}"
    assert replay.code == 1 and digest[:12] in replay.err and first.name in replay.err and where in replay.err
    assert str(tmp_path) not in replay.err, "the sentence is published"
    assert (tmp_path / where / digest).read_bytes().endswith(b"x")
    assert "stands in" in run_diplomate("crawl", "board_de", "--replay", data=tmp_path).err
    assert digest[:12] in status_says(tmp_path) and "still count" in status_says(tmp_path)
    assert [run.name for run, _ in good_runs(tmp_path, "board_de")] == [first.name]
    again = crawl(tmp_path, site)
    assert (again.result, again.rows) == ("good", good_runs(tmp_path, "board_de")[0][1].rows)
    assert newest(tmp_path, "board_de").proven(digest)
    assert status_says(tmp_path) == ""


def test_a_quarantine_that_cannot_be_written_is_said_and_the_bytes_stay(tmp_path: Path) -> None:
    run = Run.create(tmp_path, "leie")
    snapshot = make_snapshot("GET", "https://list.example/", "q", 200, {}, b"rows")
    run.keep(snapshot, b"rows")
    run.path_of(snapshot.sha256).write_bytes(b"other")
    (tmp_path / "quarantine").write_text("a file in the place of the folder")
    with pytest.raises(Damaged, match=r"was changed on disk .* could not be put aside"):
        run.body(snapshot.sha256)
    assert run.path_of(snapshot.sha256).read_bytes() == b"other"


# runs


@pytest.mark.parametrize("harm", ["rows changed", "rows gone", "verdict torn", "verdict empty"])
def test_of_a_damaged_run_the_reading_before_it_counts(folder: Folder, harm: str) -> None:
    run, (name, how) = newest(folder.data), harm.split()
    path = run.folder / {"rows": "records.jsonl", "verdict": "manifest.json"}[name]
    if how == "gone":
        path.unlink()
    else:
        path.write_bytes({"changed": b"{}\n", "torn": path.read_bytes()[:90], "empty": b""}[how])
    records, readings = gather(folder.data, ["board_wa"])
    assert set(records["source_key"]) == {record.source_key for record in [*CROWD, ida()]}
    (said,) = readings["board_wa"].set_aside
    assert run.name in said and path.name in said and "makes it anew" in said and str(folder.data) not in said


def test_a_lost_reading_makes_nobody_gone_and_nothing_is_told_twice(folder: Folder) -> None:
    before, built_at = dated(folder), current(folder.data)
    (newest(folder.data).folder / "records.jsonl").write_text("{}\n")
    assert folder.build() == [], "an older reading is no news"
    assert current(folder.data) != built_at
    assert "records.jsonl was changed" in status_says(folder.data)
    message = next(row["message"] for row in folder.table("sources") if row["name"] == "board_wa")
    assert "was changed after its run ended" in message
    folder.read(*CROWD[1:], ida(status="Expired"), licensed("AC60000044", "Thessaly", "Vopnik"))
    assert folder.build() == [], "what was told is not told again"
    assert dated(folder) == before
    assert status_says(folder.data) == ""


@pytest.mark.everything
def test_a_damaged_verdict_is_replayed_by_the_words_of_the_order(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DIPLOMATE_DATA", str(tmp_path))
    crawl(tmp_path, Faulty("board_de", lambda answer, _: answer))
    run = newest(tmp_path, "board_de")
    records = list(run.records())
    (run.folder / "manifest.json").write_text("{")
    assert "`diplomate crawl board_de --replay`" in status_says(tmp_path)
    assert replay_order("board_de").replay_of == str(run.folder)
    assert run_diplomate("crawl", "board_de", "--replay", data=tmp_path).code == 0
    assert [record.fields for record in good_runs(tmp_path, "board_de")[-1][0].records()] == [
        record.fields for record in records
    ]
    assert status_says(tmp_path) == ""


# clocks


def test_a_reading_of_the_future_does_not_count(tmp_path: Path) -> None:
    make_run(tmp_path, "ncbahm", ["a", "b"], "2026-01-01T00:00:00Z")
    make_run(tmp_path, "ncbahm", ["c"], f"{NOW + timedelta(days=400):%Y-%m-%dT%H:%M:%SZ}")
    records, readings = gather(tmp_path, ["ncbahm"])
    assert set(records["source_key"]) == {"a", "b"}
    assert "in the future" in readings["ncbahm"].set_aside[0]
    make_run(tmp_path, "ncbahm", ["d"], "2026-02-01T00:00:00Z")
    assert set(gather(tmp_path, ["ncbahm"])[0]["source_key"]) == {"d"}


def test_a_clock_a_little_behind_is_handled_and_one_far_behind_is_refused(folder: Folder) -> None:
    path = current(folder.data)
    built_at = datetime.fromisoformat(
        next(row["value"] for row in read_rows(path or Path(), "build_info") if row["key"] == "built_at")
    )
    small = goes_on(folder.data, built_at - timedelta(minutes=50), ())
    assert small.at == built_at + timedelta(seconds=1) and "0:50:00 behind" in small.notes[0]
    same = goes_on(folder.data, built_at + timedelta(milliseconds=300), ())
    assert same.at == built_at + timedelta(seconds=1) and same.notes == [], "no two files bear the same second"
    with pytest.raises(click.ClickException, match=r"clock says .* Nothing was published.*--accept clock"):
        goes_on(folder.data, built_at - timedelta(days=40), ())


def test_a_file_of_the_future_is_passed_over_where_a_person_says_so(folder: Folder) -> None:
    whole = current(folder.data)
    assert whole
    ahead = whole.with_name("diplomate-20991231T000000Z-abcdef.db")
    shutil.copy(whole, ahead)
    ahead.chmod(0o644)
    with sqlite3.connect(ahead) as connection:
        connection.execute("UPDATE build_info SET value = '2099-12-31T00:00:00Z' WHERE key = 'built_at'")
    connection.close()
    lead_to(folder.data, ahead)
    with pytest.raises(click.ClickException, match="--accept clock"):
        goes_on(folder.data, datetime.now(UTC), ())
    found = goes_on(folder.data, datetime.now(UTC), {"clock"})
    assert found.path == whole and "passed over" in found.notes[0]
    assert kept_files(folder.data)[-1] == ahead, "it is the newest of none"


# published files


def lead_to(data: Path, path: Path) -> None:
    (data / "current").unlink()
    (data / "current").symlink_to(os.path.relpath(path, data))


def spoil(path: Path) -> None:
    """Whole at first sight, garbage in the middle."""
    path.chmod(0o644)
    with path.open("r+b") as file:
        file.seek(path.stat().st_size // 2)
        file.write(b"\xff" * 40_000)


def test_a_link_that_leads_nowhere_is_said_by_every_command(folder: Folder) -> None:
    lead_to(folder.data, folder.data / "published" / "diplomate-gone.db")
    for call in (["check", "--npi", "1999112646"], ["serve"], ["status"]):
        done = run_diplomate(*call, data=folder.data)
        assert done.code == 1 and "diplomate-gone.db" in done.err + done.out, call
    assert history_from(folder.data)[0] == kept_files(folder.data)[0].resolve()


def test_history_goes_on_from_the_newest_whole_file_and_never_begins_anew_in_silence(folder: Folder) -> None:
    shown, older = kept_files(folder.data)
    spoil(shown)
    path, said = history_from(folder.data)
    assert path == older.resolve() and shown.name in said[0] and older.name in said[1]
    spoil(older)
    with pytest.raises(NoHistory, match=r"cannot be read.*--accept history"):
        history_from(folder.data)
    assert history_from(folder.data, {"history"})[0] is None


@pytest.mark.everything
def test_a_damaged_current_file_is_passed_over_with_history_intact(folder: Folder) -> None:
    shown, older = kept_files(folder.data)[:2]
    before = {row["id"]: row["first_seen"] for row in read_rows(older, "claims")}
    told = [row["kind"] for row in read_rows(shown, "changes")]
    spoil(shown)
    path, said = history_from(folder.data)
    assert path == older.resolve() and shown.name in said[0] and older.name in said[1]
    folder.build()
    assert before.items() <= {row["id"]: row["first_seen"] for row in folder.table("claims")}.items()
    assert sorted(row["kind"] for row in folder.table("changes")) == sorted(told)


@pytest.mark.everything
def test_where_no_kept_file_is_whole_only_a_word_begins_history_anew(folder: Folder) -> None:
    for path in kept_files(folder.data):
        spoil(path)
    with pytest.raises(NoHistory, match=r"cannot be read.*--accept history"):
        history_from(folder.data)
    folder.told = 0
    folder.build("history")
    assert folder.table("practitioners") and folder.table("changes") == []


# disks


def limited(most: int, *command: object) -> int:
    """In a fork: a disk on which no file can grow beyond so many bytes."""
    resource.setrlimit(resource.RLIMIT_FSIZE, (most, most))
    return forked.command(*command)  # type: ignore[arg-type]


def on_a_full_disk(most: int, data: Path, *words: str, **settings: str) -> str:
    """What a command says that fails with exit code 1."""
    out, err = (data.parent / name for name in ("out", "err"))
    environment = {name: value for name, value in os.environ.items() if not name.startswith("DIPLOMATE_")}
    environment |= {"DIPLOMATE_DATA": str(data)} | settings
    assert forked.run(limited, most, list(words), environment, str(REPO), str(out), str(err)) == 1
    said = err.read_text()
    assert "Traceback" not in said and "unforeseen" not in said
    return said


def kept_bytes(data: Path) -> dict[str, bytes]:
    """What must outlast a full disk: runs that ended and the published file."""
    files = [path for path in (data / "snapshots").rglob("*") if (path.parent / "manifest.json").exists()]
    return {str(path): path.read_bytes() for path in [*files, (data / "current").resolve()] if path.is_file()}


PAGE = REPO / "crawler/sample/ncbahm/list_HI_1.html"
ROSTER = "name,state,license\nIdalina Prsbrough,WA,AC60000009\n"


@pytest.mark.everything
def test_a_disk_that_is_full_during_an_import_or_a_watch_loses_nothing(folder: Folder) -> None:
    before = kept_bytes(folder.data)
    said = on_a_full_disk(2000, folder.data, "import", "ncbahm", str(PAGE))
    assert "File too large" in said and "Nothing was imported" in said
    assert good_runs(folder.data, "ncbahm") == []
    roster = folder.data.parent / "roster.csv"
    roster.write_text(ROSTER)
    assert "File too large" in on_a_full_disk(200, folder.data, "watch", str(roster), "--name", "ours")
    assert kept_bytes(folder.data) == before
    assert run_diplomate("import", "ncbahm", str(PAGE), data=folder.data).code == 0
    assert run_diplomate("watch", str(roster), "--name", "ours", data=folder.data).code == 0


@pytest.mark.everything
@pytest.mark.parametrize("most", [5000, 400_000])
def test_a_disk_that_is_full_during_a_build_loses_nothing(folder: Folder, most: int) -> None:
    before = kept_bytes(folder.data)
    assert "still is" in on_a_full_disk(most, folder.data, "build")
    assert kept_bytes(folder.data) == before
    assert folder.build() == []


@pytest.mark.everything
def test_a_disk_that_is_full_during_a_crawl_loses_nothing_and_is_not_blamed_on_the_site(tmp_path: Path) -> None:
    site = Faulty("board_de", lambda answer, _: answer)
    data = tmp_path / "data"
    assert crawl(data, site).result == "good"
    first = good_runs(data, "board_de")
    with site.served() as mirrors:
        where = {"DIPLOMATE_MIRRORS": ",".join(f"{real}={at}" for real, at in mirrors.items()), "DIPLOMATE_DELAY": "0"}
        said = on_a_full_disk(700, data, "crawl", "board_de", **where)
        assert "board_de" in said and "disk" in said
        assert [run.name for run, _ in good_runs(data, "board_de")] == [first[0][0].name]
        assert run_diplomate("crawl", "board_de", data=data, **where).code == 0
    assert [manifest.rows for _, manifest in good_runs(data, "board_de")] == [first[0][1].rows] * 2


@pytest.mark.parametrize("place", ["locks", "published"])
def test_a_folder_that_cannot_be_written_is_a_sentence(folder: Folder, place: str) -> None:
    before = kept_bytes(folder.data)
    there = folder.data / place
    shutil.move(there, folder.data / "away")
    there.write_text("a file in the place of a folder")
    done = run_diplomate("build", data=folder.data)
    assert done.code == 1 and "unforeseen" not in done.err and str(folder.data) in done.err
    there.unlink()
    shutil.move(folder.data / "away", there)
    assert kept_bytes(folder.data) == before


def test_a_disk_that_became_read_only_is_a_sentence(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def refuse(path: Path, *_: object, **__: object) -> None:
        raise OSError(errno.EROFS, os.strerror(errno.EROFS), str(path))

    monkeypatch.setenv("DIPLOMATE_DATA", str(tmp_path / "data"))
    monkeypatch.setattr(Path, "mkdir", refuse)
    for words in (["build"], ["import", "ncbahm", str(PAGE)], ["crawl", "board_de"], ["run"]):
        monkeypatch.setattr("sys.argv", ["diplomate", *words])
        with pytest.raises(SystemExit) as ending:
            main()
        said = capsys.readouterr().err
        assert ending.value.code == 1 and "Read-only file system" in said and "unforeseen" not in said, words


# imports


def test_an_import_that_was_killed_counts_nothing_and_the_next_counts_everything_once(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    pages = tmp_path / "pages"
    pages.mkdir()
    for name in ("list_CA_1.html", "list_HI_1.html"):
        shutil.copy(PAGE.with_name(name), pages / name)
    data = tmp_path / "data"
    assert forked.run(import_killed, str(data), str(pages)) == -signal.SIGKILL
    half = newest(data, "ncbahm")
    assert len(half.snapshots()) == 1 and list(half.folder.glob("bodies/*.part")) and half.manifest() is None
    for _ in range(2):
        assert run_diplomate("import", "ncbahm", str(pages), "--saved-on", "2026-11-01", data=data).code == 0
        keys = [*gather(data, ["ncbahm"])[0]["source_key"]]
        assert len(keys) == len(set(keys)) == newest(data, "ncbahm").manifest().rows > 0  # type: ignore[union-attr]


def import_killed(data: str, pages: str) -> int:
    """In a fork: keep one file, write half of the next, and die."""
    real = imports.copied

    def copied(source: Path, target: Path) -> str:
        if list(target.parent.iterdir()):
            target.write_bytes(source.read_bytes()[:1000])
            os.kill(os.getpid(), signal.SIGKILL)
        return real(source, target)

    imports.copied = copied
    imports.import_run(Path(data), "ncbahm", "https://certifier.example/", [Path(pages)])
    return 0


# what the machine and what people write down


@pytest.mark.parametrize("name", ["alarms.json", "last_run.json", "last_build.json"])
@pytest.mark.parametrize("content", ["{", "", "[]", '{"at": 1, "wrong": 5, "started": "2026-11-01T00:00:00Z"}'])
def test_a_record_that_cannot_be_read_is_named_by_status(tmp_path: Path, name: str, content: str) -> None:
    (tmp_path / name).write_text(content)
    found = status_of(tmp_path, NOW)
    (said,) = [each.sentence for each in found.troubles]
    assert name in said and "cannot be read" in said


WRITTEN: dict[str, Callable[[Path], object]] = {
    "disputes.csv": lambda data: read_disputes(data, NOW),
    "suppressions.csv": lambda data: read_suppressions(data, NOW),
    "same_person.csv": lambda data: read_judgments(data, NOW.date()),
}


@pytest.mark.parametrize("name", WRITTEN)
def test_a_file_that_a_person_wrote_wrongly_is_named_and_left_as_it_is(tmp_path: Path, name: str) -> None:
    def said(content: bytes) -> str:
        (tmp_path / name).write_bytes(content)
        with pytest.raises(RuleError) as wrong:
            WRITTEN[name](tmp_path)
        assert (tmp_path / name).read_bytes() == content and name in str(wrong.value)
        return str(wrong.value)

    header = said(b"nonsense\n").partition("must start with the columns ")[2].rstrip(".")
    assert "UTF-8" in said(b"\xff\xfe\xfa") and "columns" in said(b"")
    assert "2" in said(f"{header}\nx,y\n".encode())


@pytest.mark.everything
def test_a_build_stops_at_such_a_file(folder: Folder) -> None:
    shown = current(folder.data)
    (folder.data / "disputes.csv").write_bytes(b"nonsense\n")
    with pytest.raises(click.ClickException, match=r"disputes.csv must start with .* still is"):
        build_and_publish(folder.data)
    assert current(folder.data) == shown


# locks


def test_a_lock_that_a_dead_process_left_does_not_block(tmp_path: Path) -> None:
    locks = tmp_path / "locks"
    locks.mkdir()
    for work in ("build", "run", "board_de"):
        (locks / work).write_text("999999999")
        with alone(tmp_path, work), pytest.raises(Failed, match="another process is at it"), alone(tmp_path, work):
            pass
    assert forked.run(die_holding, str(tmp_path)) == -signal.SIGKILL
    with alone(tmp_path, "build"):
        pass


def die_holding(data: str) -> int:
    with alone(Path(data), "build"):
        os.kill(os.getpid(), signal.SIGKILL)
    return 0
