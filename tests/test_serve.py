"""The site while files come and go: it follows, finishes what it began, keeps what works, ends cleanly."""

from __future__ import annotations

import asyncio
import csv
import io
import json
import os
import signal
import sqlite3
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager, nullcontext, suppress
from datetime import timedelta
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import httpx
import pytest
from datasette.database import Database, QueryInterrupted

from db.publish import publish, roll_back
from db.published_file import in_key_order, with_whole_order
from db.schema import TABLES
from db.serving_worker import make_once
from db.site import Site, make_datasette
from tests.benchmarks.publish_load.__main__ import Load, measure
from tests.benchmarks.publish_load.builds import MARK, publish_one, tables
from tests.benchmarks.publish_load.visitors import HEADER, export
from tests.benchmarks.site_speed import free_port
from tests.tiny_database import BUILT_AT, tiny_tables

REPO = Path(__file__).resolve().parent.parent


class Served:
    """A running `diplomate serve` and what it says."""

    def __init__(self, data: Path, workers: int) -> None:
        self.port, self.log = free_port(), data / "serve.log"
        command = [sys.executable, "-m", "pipeline.commands.main", "serve", "--port", str(self.port)]
        with self.log.open("w") as log:
            self.process = subprocess.Popen(
                [*command, "--workers", str(workers)],
                env=os.environ | {"DIPLOMATE_DATA": str(data)},
                cwd=REPO,
                stdout=log,
                stderr=log,
            )

    def build(self) -> str:
        """The file that answers."""
        answer = httpx.get(f"http://127.0.0.1:{self.port}/-/health", timeout=60)
        assert answer.status_code == 200 and answer.text.startswith(f"ok {answer.headers[HEADER]} built 2026")
        return str(answer.headers[HEADER])

    def children(self) -> list[int]:
        found = Path(f"/proc/{self.process.pid}/task/{self.process.pid}/children").read_text().split()
        return [int(pid) for pid in found if b"spawn_main" in called(pid)]

    def wait_until(self, what: str) -> None:
        """Until its log says so."""
        until = time.monotonic() + 120
        while what not in self.log.read_text():
            assert time.monotonic() < until and self.process.poll() is None, self.log.read_text()
            time.sleep(0.1)


def called(pid: int | str) -> bytes:
    """The command of a process; nothing for one that has ended."""
    with suppress(FileNotFoundError, ProcessLookupError):
        return Path(f"/proc/{pid}/cmdline").read_bytes()
    return b""


@contextmanager
def serving(data: Path, workers: int = 1) -> Iterator[Served]:
    site = Served(data, workers)
    try:
        for _ in range(300):
            with suppress(httpx.TransportError):
                site.build()
                break
            assert site.process.poll() is None, site.log.read_text()
            time.sleep(0.1)
        yield site
    finally:
        site.process.kill()
        site.process.wait()


def unreadable(data: Path) -> Path:
    """A newer file that is no database, which somebody let the link point at."""
    path = data / "published" / "diplomate-20271122T120000Z-bad.db"
    path.write_bytes(b"no database " * 1000)
    link = data / "current.new"
    link.symlink_to(f"published/{path.name}")
    link.replace(data / "current")
    return path


def test_the_site_follows_and_finishes_what_it_began(tmp_path: Path) -> None:
    """An export of the old file is under way, a new file is published, the old one removed, a bad one comes."""
    first = publish_one(tmp_path, 0, 900)

    async def export_across(site: Served) -> None:
        hold = asyncio.Event()
        slow = asyncio.create_task(export(site.port, 0, hold))
        await asyncio.sleep(1)
        second = await asyncio.to_thread(publish_one, tmp_path, 1, 600)
        await asyncio.to_thread(site.wait_until, f"The site shows {second.name}.")
        assert site.build() == second.stem
        assert not first.exists(), "only the old worker, or what it has sent already, still holds it"
        bad = unreadable(tmp_path)
        await asyncio.to_thread(site.wait_until, f"The site goes on with {second.name}.")
        assert f"The database {bad} cannot be read" in site.log.read_text() and site.build() == second.stem
        hold.set()
        whole = await slow
        assert (whole.trouble, whole.rows, whole.build) == ("", 912, first.stem)
        assert whole.marks == {MARK.format(0)}

    with serving(tmp_path) as site:
        asyncio.run(export_across(site))
        site.process.terminate()
        assert site.process.wait(timeout=60) == 0 and "Traceback" not in site.log.read_text()


@pytest.mark.everything
def test_a_reload_a_lost_worker_and_a_lost_supervisor(tmp_path: Path) -> None:
    older = publish(tiny_tables(), tmp_path, BUILT_AT)
    newer = publish(tiny_tables(), tmp_path, BUILT_AT + timedelta(days=1))
    with serving(tmp_path, workers=2) as site:
        before = set(site.children())
        site.process.send_signal(signal.SIGHUP)
        site.wait_until(f"The site shows {newer.name}.")
        after = set(site.children())
        assert len(after - before) == 2 and site.build() == newer.stem
        os.kill(min(after - before), signal.SIGKILL)
        site.wait_until("another takes its place")
        assert site.build() == newer.stem
        roll_back(tmp_path, BUILT_AT)
        site.wait_until(f"The site shows {older.name}.")
        assert site.build() == older.stem
        left = site.children()
        site.process.kill()
        until = time.monotonic() + 60
        while any(map(called, left)):
            assert time.monotonic() < until, "workers outlive their supervisor and hold its port"
            time.sleep(0.1)


@pytest.mark.everything
def test_publishing_under_load_fails_and_mixes_nothing(tmp_path: Path) -> None:
    load = Load(flips=2, requests=300, exports=3, people=400, clients=6, export_seconds=3)
    outcome = measure(load, tmp_path)
    assert len(outcome.flips) == 2 and len(outcome.answers) >= 300 and len(outcome.exports) >= 3
    assert outcome.failed() == [] and outcome.mixed() == []
    assert {answer.rows for answer in outcome.exports} == {412}


def test_a_file_that_cannot_be_served_is_a_sentence(tmp_path: Path) -> None:
    publish(tiny_tables(), tmp_path, BUILT_AT)
    bad = unreadable(tmp_path)
    site = Served(tmp_path, 1)
    assert site.process.wait(timeout=120) == 1
    assert f"The database {bad} cannot be read" in site.log.read_text() and "Traceback" not in site.log.read_text()


@pytest.fixture(scope="module")
def crowded(tmp_path_factory: pytest.TempPathFactory) -> Site:
    """More people than two pages hold, who share every value, written in no order of their ids."""
    made = tables(0, 260)
    made["practitioners"].reverse()
    return make_datasette(publish(made, tmp_path_factory.mktemp("crowded"), BUILT_AT))


@pytest.mark.parametrize("order", ["", "&_sort=family_name", "&_sort_desc=last_seen", "&_sort=county"])
def test_a_table_is_whole_over_all_its_pages(crowded: Site, order: str) -> None:
    async def fetch() -> list[str]:
        text = (await crowded.client.get(f"/diplomate/practitioners.csv?_stream=on{order}")).text
        return [row["id"] for row in csv.DictReader(io.StringIO(text))]

    async def leaf() -> list[str]:
        found: list[str] = []
        more: str | None = ""
        while more is not None:
            answer = await crowded.client.get(f"/diplomate/practitioners.json?_shape=objects&_size=90{order}{more}")
            document = json.loads(answer.text)
            found += [row["id"] for row in document["rows"]]
            more = f"&_next={document['next']}" if document["next"] else None
        return found

    for found in (asyncio.run(fetch()), asyncio.run(leaf())):
        assert len(found) == len(set(found)) == 272


def test_a_table_that_fails_on_its_way_is_an_error_and_never_a_shorter_table(
    crowded: Site, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    """The connection breaks, so that no client takes the file for whole; nothing that was asked is printed."""
    execute, pages = Database.execute, 0

    async def until_it_takes_too_long(self: Database, sql: str, *values: Any, **settings: Any) -> Any:
        nonlocal pages
        pages += "limit 101" in sql or "limit 1001" in sql or "limit 51" in sql
        if pages > 1:
            raise QueryInterrupted(sqlite3.OperationalError("interrupted"), sql, {"p0": "somebody asked for"})
        return await execute(self, sql, *values, **settings)

    monkeypatch.setattr(Database, "execute", until_it_takes_too_long)
    sent = asyncio.run(sent_by(crowded.app(), "/diplomate/practitioners.csv", b"_sort=name"))
    assert sent[0]["status"] == 200 and b"NOT WHOLE" in sent[-1]["body"]
    assert all(message["more_body"] for message in sent[1:]), "it is never ended"
    assert "asked for" not in b"".join(message["body"] for message in sent[1:]).decode()
    assert "asked for" not in "".join(capfd.readouterr())


async def sent_by(app: Any, path: str, query: bytes) -> list[dict[str, Any]]:
    """What an ASGI server is given for one request."""
    sent: list[dict[str, Any]] = []

    async def receive() -> dict[str, Any]:
        return {"type": "http.request", "body": b"", "more_body": False}

    async def send(message: dict[str, Any]) -> None:
        sent.append(message)

    asked = {"path": path, "raw_path": path.encode(), "query_string": query, "headers": [(b"host", b"site.example")]}
    await app({"type": "http", "method": "GET", "scheme": "http", "http_version": "1.1", **asked}, receive, send)
    return sent


def test_only_the_first_page_of_a_table_is_ordered_anew() -> None:
    first = "select id, name from practitioners where state = :p0 order by family_name desc limit 101"
    assert with_whole_order(first) == first.replace(" limit", ", id limit")
    assert with_whole_order("select * from letters order by means limit 3").endswith(
        ", record_id, credential_id limit 3"
    )
    for other in (
        "select * from practitioners order by family_name, id limit 101",
        "select count(*) from practitioners order by family_name",
        "select p.id from practitioners p join licenses l order by p.id limit 10",
        "select * from elsewhere order by name limit 10",
    ):
        assert with_whole_order(other) == other


def test_a_whole_table_is_asked_in_the_order_of_its_key() -> None:
    for query, whole in {
        b"": b"_stream=on&_sort=id",
        b"_stream=on": b"_stream=on&_sort=id",
        b"_size=max&source=board_wa": b"_size=max&source=board_wa&_stream=on&_sort=id",
        b"_sort_desc=name": b"_sort_desc=name&_stream=on",
    }.items():
        assert in_key_order("/diplomate/records.csv", query) == whole
    for page in (b"_size=20", b"_next=r1", b"_size=max&_next=r1", b"_stream=on&_sort_desc=name"):
        assert in_key_order("/diplomate/records.csv", page) == page
    assert in_key_order("/diplomate/nothing.csv", b"_stream=on") == b"_stream=on"
    assert all(table.pk or name == "credential_spellings" for name, table in TABLES.items())


@pytest.mark.parametrize(("status", "strict", "starts"), [(503, True, True), (500, True, False), (500, False, True)])
def test_a_busy_machine_condemns_no_file(crowded: Site, status: int, strict: bool, starts: bool) -> None:
    class Answering:
        async def get(self, page: str) -> SimpleNamespace:
            return SimpleNamespace(status_code=status)

    site = SimpleNamespace(get_database=crowded.get_database, client=Answering())
    with nullcontext() if starts else pytest.raises(RuntimeError, match="its page / was answered with 500"):
        asyncio.run(make_once(site, strict))
