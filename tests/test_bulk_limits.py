"""Big downloads from servers that refuse, wait, drip or never end: a sentence, within the limits of time and disk."""

from __future__ import annotations

import hashlib
import shutil
import threading
import tracemalloc
from pathlib import Path
from types import SimpleNamespace

import pytest

from crawler import bulk
from tests.byte_server import BODY, Asked, server
from tests.downloads import fetch, must_be, refused


@pytest.fixture(autouse=True)
def impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bulk, "RETRY_SECONDS", 0.001)


@pytest.fixture
def to(tmp_path: Path) -> Path:
    return tmp_path / "body"


def test_a_burst_of_503_is_waited_out(to: Path) -> None:
    def behave(asked: Asked) -> None:
        if asked.number < 4:
            asked.give(503, b"busy")
        else:
            asked.give_rest()

    with server(behave) as site:
        must_be(fetch(site.address, to), to)
    assert len(site.seen) == 4


def test_a_503_for_ever_is_a_sentence(to: Path) -> None:
    with server(lambda asked: asked.give(503, b"busy")) as site:
        assert "gave no whole answer in 5 tries: status 503." in refused(site.address, to)


@pytest.fixture
def waits(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    """Seconds that would have been waited."""
    waited: list[float] = []

    async def sleep(seconds: float) -> None:
        waited.append(seconds)

    monkeypatch.setattr(bulk.asyncio, "sleep", sleep)
    return waited


def test_retry_after_is_kept_to_the_second(to: Path, waits: list[float]) -> None:
    def behave(asked: Asked) -> None:
        if asked.number < 3:
            asked.give(429, b"", Retry_After=str(asked.number * 100))
        else:
            asked.give_rest()

    with server(behave) as site:
        must_be(fetch(site.address, to), to)
    assert waits == [100, 200]


def test_retry_after_beyond_patience_is_a_sentence_at_once(to: Path, waits: list[float]) -> None:
    with server(lambda asked: asked.give(429, b"", Retry_After="7200")) as site:
        assert "asks us to wait 7200 seconds (status 429)" in refused(site.address, to)
    assert (len(site.seen), waits) == (1, [])


@pytest.mark.parametrize(("status", "body"), [(403, b"<title>Just a moment...</title>"), (404, b"gone"), (304, b"")])
def test_another_status_is_handed_back_with_its_body(to: Path, status: int, body: bytes) -> None:
    with server(lambda asked: asked.give(status, body, Content_Type="text/html", cf_mitigated="challenge")) as site:
        found = fetch(site.address, to)
    assert (found.status, found.size, found.headers["cf-mitigated"]) == (status, len(body), "challenge")
    assert to.read_bytes() == body
    assert found.sha256 == hashlib.sha256(body).hexdigest()


def test_a_refusal_in_the_middle_keeps_what_came(to: Path) -> None:
    def behave(asked: Asked) -> None:
        if asked.number == 2:
            asked.give(403, b"no")
        else:
            asked.give_rest(cut=5000 if asked.number == 1 else None)

    with server(behave) as site:
        assert fetch(site.address, to).status == 403
        must_be(fetch(site.address, to), to)
    assert site.seen == [0, 5000, 5000]


def test_an_endless_refusal_is_cut(to: Path) -> None:
    with server(lambda asked: asked.give(404, bytes(3 << 20))) as site:
        assert fetch(site.address, to).size == bulk.SMALL_ANSWER_BYTES


def test_a_redirect_is_handed_back(to: Path) -> None:
    with server(lambda asked: asked.give(302, b"", Location="/file.zip?again")) as site:
        found = fetch(site.address, to)
    assert (found.status, found.headers["location"], len(site.seen)) == (302, "/file.zip?again", 1)


def test_a_packed_body_is_refused(to: Path) -> None:
    with server(lambda asked: asked.give(200, BODY, Content_Encoding="gzip")) as site:
        assert "came packed as gzip" in refused(site.address, to)


def test_a_file_too_large_is_refused_before_it_is_fetched(to: Path) -> None:
    with server(Asked.give_rest) as site:
        said = refused(site.address, to, most_bytes=1000)
    assert f"is {len(BODY)} bytes long; at most 1000" in said
    assert list(to.parent.iterdir()) == []


def test_a_file_that_grows_too_large_is_stopped(to: Path) -> None:
    """No length is stated, and the bytes do not end."""
    with server(lambda asked: asked.give(200, BODY, Content_Length=None)) as site:
        assert "longer than 1000 bytes" in refused(site.address, to, most_bytes=1000)
    assert list(to.parent.iterdir()) == []


def fake_disk(monkeypatch: pytest.MonkeyPatch, *free: int) -> None:
    """The free bytes that are found, one look after the other; the last one stays."""
    left = list(free)

    def disk_usage(path: Path) -> SimpleNamespace:
        return SimpleNamespace(free=left.pop(0) if len(left) > 1 else left[0])

    monkeypatch.setattr(shutil, "disk_usage", disk_usage)


def test_a_full_disk_is_told_before_anything_is_written(to: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    fake_disk(monkeypatch, bulk.KEPT_FREE_BYTES + len(BODY) - 1)
    with server(Asked.give_rest) as site:
        said = refused(site.address, to)
    assert "bytes free" in said
    assert to.with_name("body.part").stat().st_size == 0


def test_a_disk_that_fills_up_meanwhile_keeps_what_came(to: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bulk, "LOOK_AT_DISK_BYTES", 200_000)
    with server(Asked.give_rest) as site:
        with monkeypatch.context() as full:
            fake_disk(full, 1 << 40, 5)
            assert "has 5 bytes free" in refused(site.address, to)
        must_be(fetch(site.address, to), to)
    assert site.seen[1] > 100_000


def test_a_silent_server_is_a_sentence(to: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bulk, "TIMEOUT_SECONDS", 0.05)
    monkeypatch.setattr(bulk, "MOST_TRIES", 2)
    over = threading.Event()
    with server(lambda asked: over.wait(20) and None) as site:
        assert "2 tries: it took too long" in refused(site.address, to)
        over.set()


def test_a_drip_is_a_cut(to: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Bytes come, but so slowly that the file would take days."""
    monkeypatch.setattr(bulk, "TIMEOUT_SECONDS", 0.2)
    monkeypatch.setattr(bulk, "MOST_TRIES", 2)
    over = threading.Event()

    def behave(asked: Asked) -> None:
        asked.give(200, BODY, cut=10)
        while not over.wait(0.02):
            asked.wfile.write(b"x")
            asked.wfile.flush()

    with server(behave) as site:
        said = refused(site.address, to)
        over.set()
    assert "bytes came in 0.2 seconds" in said


def test_nobody_there_is_a_sentence(to: Path) -> None:
    assert "5 tries: All connection attempts failed" in refused("http://127.0.0.1:9/file.zip", to)


def test_an_address_that_is_none_is_a_sentence(to: Path) -> None:
    assert "is no address" in refused("http://broken\n/file.zip", to)


def test_memory_does_not_grow_with_the_body(to: Path) -> None:
    block = bytes(1 << 20)

    def behave(asked: Asked) -> None:
        asked.give(200, b"", Content_Length=str(96 << 20))
        for _ in range(96):
            asked.wfile.write(block)

    with server(behave) as site:
        fetch(site.address, to.with_name("warm"))
        tracemalloc.start()
        assert fetch(site.address, to).size == 96 << 20
        peak = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
    assert peak < 16 << 20
