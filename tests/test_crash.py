"""Machines that fail under a whole command: a full disk, a read-only one, a clock that jumped, a letter that changed.

Each is a sentence and exit code 1, and tears nothing. Damage to single parts: test_damage.py. Kills: test_kills.py.
"""

from __future__ import annotations

import shutil
import sqlite3
from contextlib import closing
from datetime import timedelta
from pathlib import Path
from types import SimpleNamespace

import pytest

from crawler import imports
from crawler.sample_site import SAMPLE
from crawler.snapshots import good_runs
from db.publish import current, read_rows
from tests.bad_machine import Machine, run_on
from tests.benchmarks.kills.dates import dates, moved
from tests.benchmarks.kills.whole import torn_texts
from tests.conftest import Outcome, run_diplomate
from tests.fault_server import fault_site
from tests.test_faults import WA, board, rows

EXCLUSIONS = SAMPLE / "leie" / "UPDATED.csv"
READ_ONLY = Machine(read_only=True)


def contents(data: Path) -> dict[str, bytes]:
    """Every file there is, locks apart."""
    files = [path for path in sorted(data.rglob("*")) if path.is_file() and "lock" not in str(path.relative_to(data))]
    return {str(path.relative_to(data)): path.read_bytes() for path in files}


def is_a_sentence(done: Outcome) -> bool:
    return "Traceback" not in done.err and "unforeseen" not in done.err


@pytest.mark.parametrize(("room", "said"), [(0, "File too large"), (1000, "this machine's disk took no more of it")])
def test_a_disk_that_fills_during_a_crawl_is_named_and_the_next_crawl_goes_on(
    tmp_path: Path, room: int, said: str
) -> None:
    with fault_site(board(rows(3))) as site:
        mirrors = {"DIPLOMATE_MIRRORS": f"{WA}={site.address}"}
        full = run_on(Machine(room=room), "crawl", "board_wa", data=tmp_path, **mirrors)
        assert full.code == 1 and said in full.err and is_a_sentence(full), full.err
        assert good_runs(tmp_path, "board_wa") == []
        done = run_diplomate("crawl", "board_wa", data=tmp_path, DIPLOMATE_DELAY="0", **mirrors)
    assert done.code == 0, done.err
    assert [manifest.rows for _, manifest in good_runs(tmp_path, "board_wa")] == [3]
    assert ("goes on with the crawl" in done.err) is (room > 0)
    assert len(list((tmp_path / "snapshots" / "board_wa").iterdir())) == 1


def test_a_disk_that_fills_during_an_import_leaves_nothing_of_it(tmp_path: Path) -> None:
    full = run_on(Machine(room=2000), "import", "leie", str(EXCLUSIONS), data=tmp_path)
    assert full.code == 1 and full.err.endswith("File too large. Nothing was imported.\n"), full.err
    assert list((tmp_path / "snapshots" / "leie").iterdir()) == []
    assert run_diplomate("import", "leie", str(EXCLUSIONS), data=tmp_path).code == 0


def test_an_import_that_the_disk_has_no_room_for_is_not_begun(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(shutil, "disk_usage", lambda _: SimpleNamespace(free=imports.SPARE_BYTES + 1000))
    with pytest.raises(imports.SourceTrouble, match=r"room for 0\.0 MiB, for 256\.0 MiB of its disk .* Nothing"):
        imports.import_run(tmp_path, "leie", "https://oig.hhs.gov/", [EXCLUSIONS])
    assert not (tmp_path / "snapshots").exists()


def test_a_file_that_vanishes_during_an_import_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    file = tmp_path / "UPDATED.csv"
    shutil.copy(EXCLUSIONS, file)
    monkeypatch.setattr(imports, "say_repeated", lambda *_: file.unlink())
    with pytest.raises(imports.SourceTrouble, match=r"UPDATED\.csv: No such file or directory\. Nothing was imported"):
        imports.import_run(tmp_path / "data", "leie", "https://oig.hhs.gov/", [file])
    assert list((tmp_path / "data" / "snapshots" / "leie").iterdir()) == []


def test_a_full_disk_tears_nothing_that_a_person_decided(data: Path) -> None:
    """With room for half a line more than there is."""
    first, second = read_rows(current(data) or Path(), "practitioners")[:2]
    for words in (["suppress", first["id"], "--reason", "asked"], ["suppress", second["id"], "--reason", "asked"]):
        before = (data / "suppressions.csv").read_bytes() if (data / "suppressions.csv").exists() else b""
        full = run_on(Machine(room=len(before) + 30), *words, data=data)
        assert full.code == 1 and "File too large" in full.err and is_a_sentence(full), full.err
        assert torn_texts(data) == []
        assert not before or (data / "suppressions.csv").read_bytes() == before
        assert run_diplomate(*words, data=data).code == 0


@pytest.mark.everything
def test_a_build_without_any_room_is_a_sentence_and_changes_nothing(data: Path) -> None:
    published, before = (data / "current").resolve(), contents(data)
    full = run_on(Machine(room=0), "build", data=data)
    assert full.code == 1 and is_a_sentence(full) and "Nothing was published" in full.err, full.err
    assert (data / "current").resolve() == published and contents(data) == before


CALLS = {
    "crawl": ["crawl", "board_wa"],
    "import": ["import", "leie", str(EXCLUSIONS)],
    "build": ["build"],
    "run": ["run"],
    "suppress": ["suppress", "PERSON", "--reason", "asked"],
    "rollback": ["rollback"],
}


def test_a_read_only_disk_is_named_by_every_command_that_writes_and_questions_are_answered(data: Path) -> None:
    person, before = read_rows(current(data) or Path(), "practitioners")[0], contents(data)
    for name, words in CALLS.items():
        call = [person["id"] if word == "PERSON" else word for word in words]
        done = run_on(READ_ONLY, *call, data=data, DIPLOMATE_MIRRORS=f"{WA}=http://127.0.0.1:9")
        assert done.code == 1 and "Read-only file system" in done.err and is_a_sentence(done), (name, done.err)
    assert run_on(READ_ONLY, "check", person["name"], data=data).code == 0
    assert contents(data) == before


@pytest.mark.everything
def test_a_crawl_by_a_clock_that_jumped_says_so_and_neither_hides_the_true_reading_nor_is_taken_for_it(
    tmp_path: Path,
) -> None:
    with fault_site(board(rows(3))) as site:
        call, mirrors = ["crawl", "board_wa"], {"DIPLOMATE_MIRRORS": f"{WA}={site.address}", "DIPLOMATE_DELAY": "0"}
        assert run_diplomate(*call, data=tmp_path, **mirrors).code == 0
        ((true, _),) = good_runs(tmp_path, "board_wa")
        for ahead, said in ((timedelta(days=-400), true.name), (timedelta(days=400), "")):
            jumped = run_on(Machine(ahead=ahead), *call, data=tmp_path, **mirrors)
            assert (jumped.code, "in the future" in jumped.err) == (int(bool(said)), bool(said)) and said in jumped.err
            assert good_runs(tmp_path, "board_wa")[-1][0].name == true.name
        again = run_diplomate(*call, data=tmp_path, **mirrors)
    assert again.code == 1 and "in the future" in again.err and "is to be removed" in again.err
    assert good_runs(tmp_path, "board_wa")[-1][0].name > true.name, "the reading of today counts"


def test_a_history_with_one_letter_changed_on_disk_is_not_gone_on_from(data: Path) -> None:
    """SQLite itself takes such a file for whole."""
    path = (data / "current").resolve()
    content = path.read_bytes()
    seen = read_rows(path, "claims")[0]["first_seen"].encode()
    assert content.count(seen) > 1
    path.chmod(0o644)
    path.write_bytes(content.replace(seen, b"1" + seen[1:], 1))
    refused = run_diplomate("build", data=data)
    assert refused.code == 1 and f"{path.name} cannot be read (it was changed after it was published)" in refused.err
    assert "--accept history" in refused.err and (data / "current").resolve() == path
    served = run_diplomate("serve", "--port", "0", data=data)
    assert served.code == 1 and "changed after it was published" in served.err and "diplomate rollback" in served.err
    status = run_diplomate("status", data=data)
    assert status.code == 1 and "changed after it was published" in " ".join(status.out.split())


def test_kills_would_see_a_date_that_moved(data: Path) -> None:
    before = dates(data)
    assert before.seen and moved(before, before) == []
    path = (data / "current").resolve()
    path.chmod(0o644)
    row = "insert into changes (id, at, field, new, kind) values ('a', ?, 'f', 'n', 'new')"
    with closing(sqlite3.connect(path)) as database, database:
        database.execute(row, ["2026-11-01T00:00:00Z"])
    told = dates(data)
    with closing(sqlite3.connect(path)) as database, database:
        database.execute("update changes set at = '2026-11-02T00:00:00Z'")
        database.execute("update claims set first_seen = '2999-01-01T00:00:00Z' where rowid = 3")
    found = moved(told, dates(data))
    assert len(found) == 2 and "first seen" in found[0] and "told anew" in found[1]
