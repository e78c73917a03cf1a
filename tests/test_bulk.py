"""Big downloads that are cut, changed or killed in the middle: whole files come out, and nothing is fetched twice."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
import time
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from crawler import bulk
from tests.byte_server import BODY, ETAG, Asked, server
from tests.conftest import REPO
from tests.downloads import fetch, must_be, refused


@pytest.fixture(autouse=True)
def impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bulk, "RETRY_SECONDS", 0.001)


@pytest.fixture
def to(tmp_path: Path) -> Path:
    return tmp_path / "body"


def test_a_file_comes_whole(to: Path) -> None:
    with server(Asked.give_rest) as site:
        found = fetch(site.address, to)
    must_be(found, to)
    assert found.headers["etag"] == ETAG
    assert found.asked == len(site.seen) == 1


def test_what_is_asked_for(to: Path) -> None:
    """Our headers go out, and the body is asked for as it is."""
    sent: dict[str, str] = {}

    def behave(asked: Asked) -> None:
        sent.update(asked.headers.items())
        asked.give_rest()

    with server(behave) as site:
        fetch(site.address, to, **{"User-Agent": "diplomate/0", "If-None-Match": '"x"'})
    assert sent["User-Agent"] == "diplomate/0"
    assert sent["If-None-Match"] == '"x"'
    assert sent["Accept-Encoding"] == "identity"


def test_a_cut_body_goes_on_where_it_stopped(to: Path) -> None:
    with server(lambda asked: asked.give_rest(cut=300_000 if asked.number < 4 else None)) as site:
        must_be(fetch(site.address, to), to)
    assert site.seen == [0, 300_000, 600_000, 900_000]


def test_a_body_without_a_stated_length_that_is_cut(to: Path) -> None:
    """Chunked and cut: the last chunk is missing."""

    def behave(asked: Asked) -> None:
        if asked.number > 1:
            asked.give_rest()
            return
        asked.protocol_version = "HTTP/1.1"
        asked.give(200, b"", Content_Length=None, Transfer_Encoding="chunked")
        asked.wfile.write(b"%x\r\n%s\r\n" % (5000, BODY[:5000]))

    with server(behave) as site:
        must_be(fetch(site.address, to), to)
    assert site.seen == [0, 5000]


def test_a_body_that_is_always_cut_ends_in_a_sentence_and_keeps_what_came(to: Path) -> None:
    with server(lambda asked: asked.give_rest(cut=1000)) as site:
        said = refused(site.address, to)
    assert "gave no whole answer in 5 tries" in said
    assert "5000 bytes are kept" in said
    assert not to.exists()
    with server(Asked.give_rest) as other:
        fetch(other.address, to)
    assert other.seen == [0], "another address never goes on with the bytes of this one"


def test_progress_earns_further_tries(to: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bulk, "PROGRESS_BYTES", 1000)
    with server(lambda asked: asked.give_rest(cut=100_000)) as site:
        must_be(fetch(site.address, to), to)
    assert len(site.seen) == 11


def test_the_next_call_goes_on(to: Path) -> None:
    broken = True

    with server(lambda asked: asked.give_rest(cut=7000 if broken else None)) as site:
        refused(site.address, to)
        broken = False
        must_be(fetch(site.address, to), to)
    assert site.seen[-1] == 35_000


def test_a_whole_part_needs_no_further_request(to: Path) -> None:
    """Killed between the last byte and the renaming."""
    with server(Asked.give_rest) as site:
        found = fetch(site.address, to)
        to.rename(to.with_name("body.part"))
        to.with_name("body.part.json").write_text(
            f'{{"url": "{site.address}", "headers": {{"etag": "x"}}, "total": {len(BODY)}}}'
        )
        again = fetch(site.address, to)
    must_be(again, to)
    assert (again.sha256, again.asked, len(site.seen)) == (found.sha256, 0, 1)


@pytest.mark.parametrize("notes", ["", "{", "[]", '{"url": 1}', '{"url": "x", "headers": {}, "total": null}', "null"])
def test_notes_that_make_no_sense_begin_anew(to: Path, notes: str) -> None:
    to.with_name("body.part").write_bytes(b"other bytes")
    to.with_name("body.part.json").write_text(notes)
    with server(Asked.give_rest) as site:
        must_be(fetch(site.address, to), to)
    assert site.seen == [0]


def test_a_file_that_changed_meanwhile_begins_anew(to: Path) -> None:
    """The honest server answers 200 with the new file to If-Range."""
    new = BODY[::-1]

    def behave(asked: Asked) -> None:
        if asked.number == 1:
            asked.give_rest(cut=5000)
        else:
            asked.give_rest(new, ETag='"two"')

    with server(behave) as site:
        must_be(fetch(site.address, to), to, new)
    assert site.seen == [0, 5000]


@pytest.mark.parametrize(
    "wrong",
    [
        {"ETag": '"two"'},
        {"Content_Range": "bytes 4999-1023999/1024000"},
        {"Content_Range": f"bytes 5000-1023999/{len(BODY) + 1}"},
        {"Content_Range": None},
        {"Content_Range": "bytes 5000-x"},
    ],
)
def test_a_rest_that_is_no_rest_of_ours_begins_anew(to: Path, wrong: dict[str, str | None]) -> None:
    """Servers that ignore If-Range, or answer for other bytes than asked."""

    def behave(asked: Asked) -> None:
        if asked.number == 1:
            asked.give_rest(cut=5000)
        elif asked.number == 2:
            right = {"Content_Range": f"bytes 5000-{len(BODY) - 1}/{len(BODY)}"}
            asked.give(206, BODY[::-1][5000:], **(right | wrong))
        else:
            asked.give_rest()

    with server(behave) as site:
        must_be(fetch(site.address, to), to)
    assert site.seen == [0, 5000, 0]


def test_416_begins_anew_once(to: Path) -> None:
    def behave(asked: Asked) -> None:
        if asked.number == 1:
            asked.give_rest(cut=5000)
        elif asked.first_byte:
            asked.give(416, b"", Content_Range=f"bytes */{len(BODY)}")
        else:
            asked.give_rest()

    with server(behave) as site:
        must_be(fetch(site.address, to), to)
    assert site.seen == [0, 5000, 0]


def test_416_for_ever_is_a_sentence(to: Path) -> None:
    with server(lambda asked: asked.give(416, b"")) as site:
        assert "status 416 does not go on" in refused(site.address, to)
    assert len(site.seen) == bulk.MOST_TRIES


@pytest.mark.parametrize("headers", [{"ETag": None}, {"ETag": 'W/"weak"'}])
def test_without_a_validator_the_rest_is_never_asked_for(to: Path, headers: dict[str, str | None]) -> None:
    with server(lambda asked: asked.give_rest(cut=5000 if asked.number == 1 else None, **headers)) as site:
        must_be(fetch(site.address, to), to)
    assert site.seen == [0, 0]


def test_a_time_of_last_change_is_a_validator_too(to: Path) -> None:
    when = "Mon, 16 Nov 2026 07:15:00 GMT"

    def behave(asked: Asked) -> None:
        if asked.number == 1:
            asked.give(200, BODY, cut=5000, ETag=None, Last_Modified=when)
            return
        assert asked.headers["If-Range"] == when
        said = f"bytes 5000-{len(BODY) - 1}/{len(BODY)}"
        asked.give(206, BODY[5000:], ETag=None, Last_Modified=when, Content_Range=said)

    with server(behave) as site:
        must_be(fetch(site.address, to), to)
    assert site.seen == [0, 5000]


def test_a_503_in_the_middle_keeps_what_came(to: Path) -> None:
    def behave(asked: Asked) -> None:
        if asked.number == 2:
            asked.give(503, b"busy")
        else:
            asked.give_rest(cut=5000 if asked.number == 1 else None)

    with server(behave) as site:
        must_be(fetch(site.address, to), to)
    assert site.seen == [0, 5000, 5000]


def test_a_killed_process_is_gone_on_with(to: Path) -> None:
    """kill -9 in the middle; the next call asks only for the rest."""
    going = threading.Event()

    def behave(asked: Asked) -> None:
        if asked.first_byte:
            asked.give_rest()
            return
        asked.give(200, BODY, cut=500_000)
        asked.wfile.flush()
        going.wait(30)

    call = "import asyncio, sys; from pathlib import Path; from crawler.bulk import download; "
    call += "asyncio.run(download(sys.argv[1], Path(sys.argv[2]), {}, 1 << 30))"
    with server(behave) as site:
        process = subprocess.Popen([sys.executable, "-c", call, site.address, str(to)], cwd=REPO)
        part = to.with_name("body.part")
        for _ in range(3000):
            if part.exists() and part.stat().st_size >= 500_000:
                break
            time.sleep(0.01)
        os.kill(process.pid, signal.SIGKILL)
        process.wait()
        must_be(fetch(site.address, to), to)
        going.set()
    assert site.seen == [0, 500_000]


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(body=st.binary(min_size=1, max_size=3000), cuts=st.lists(st.integers(0, 1500), max_size=4))
def test_whatever_is_cut_the_file_is_the_body(body: bytes, cuts: list[int], tmp_path: Path) -> None:
    to = tmp_path / "body"

    def behave(asked: Asked) -> None:
        asked.give_rest(body, cut=cuts[asked.number - 1] if asked.number <= len(cuts) else None)

    with server(behave) as site:
        must_be(fetch(site.address, to), to, body)
    assert len(site.seen) <= len(cuts) + 1
