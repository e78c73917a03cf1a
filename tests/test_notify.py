"""Sending: addresses come from the environment only, and no failure says one."""

from __future__ import annotations

import json
import logging
import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from pipeline.commands import notify
from pipeline.commands.environment import Wrong
from pipeline.commands.notify import addresses, send
from tests.fault_server import Answer, fault_site

SECRET = "s3cr3t-t0ken"


@contextmanager
def mail_sink() -> Iterator[tuple[int, list[str]]]:
    """A mail server on loopback that takes every mail and keeps it."""
    taken: list[str] = []
    server = socket.create_server(("127.0.0.1", 0))
    threading.Thread(target=serve_mail, args=(server, taken), daemon=True).start()
    try:
        yield server.getsockname()[1], taken
    finally:
        server.close()


def serve_mail(server: socket.socket, taken: list[str]) -> None:
    while True:
        try:
            connection, _ = server.accept()
        except OSError:
            return
        with connection, connection.makefile("rw", encoding="utf-8", newline="\r\n") as talk:
            say(talk, "220 sink")
            while line := talk.readline():
                word = line.split(" ")[0].strip().upper()
                if word == "DATA":
                    say(talk, "354 go on")
                    taken.append("".join(iter(talk.readline, ".\r\n")))
                say(talk, "221 bye" if word == "QUIT" else "250 ok")


def say(talk: object, line: str) -> None:
    talk.write(f"{line}\r\n")  # type: ignore[attr-defined]
    talk.flush()  # type: ignore[attr-defined]


def keeping(got: list[dict[str, Any]]) -> Callable[[str, str], Answer]:
    """A webhook that keeps what it is given."""

    def answer(path: str, body: str) -> Answer:
        got.append(json.loads(body))
        return Answer()

    return answer


@pytest.fixture
def closed_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as server:
        return int(server.getsockname()[1])


def test_addresses_are_split_at_commas_and_blanks_but_not_inside(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(
        "DIPLOMATE_NOTIFY", " json://a.example, mailtos://u:p@b.example?to=x@c.example,y@d.example\nslack://1/2 ,"
    )
    assert [address.url for address in addresses()] == [
        *("json://a.example", "mailtos://u:p@b.example?to=x@c.example,y@d.example", "slack://1/2"),
    ]
    assert [str(address) for address in addresses()][1] == "address 2 of DIPLOMATE_NOTIFY (mailtos)"
    monkeypatch.setenv("DIPLOMATE_NOTIFY", " , ")
    assert addresses() == () and send("t", "b") == []


def test_a_webhook_gets_title_text_and_file(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    got: list[dict[str, Any]] = []
    attached = tmp_path / "changes.csv"
    attached.write_text("row\n2\n")
    with fault_site(keeping(got)) as site:
        monkeypatch.setenv("DIPLOMATE_NOTIFY", site.address.replace("http", "json"))
        assert send("Changes", "Row 2: something.\n:smile: <b>\\n", [attached]) == []
    assert (got[0]["title"], got[0]["message"]) == ("Changes", "Row 2: something.\n:smile: <b>\\n")
    assert got[0]["attachments"][0]["filename"] == "changes.csv"


def test_a_mail_is_sent(monkeypatch: pytest.MonkeyPatch) -> None:
    with mail_sink() as (port, taken):
        address = f"mailto://127.0.0.1:{port}?from=watch@clinic.example&to=office@clinic.example"
        monkeypatch.setenv("DIPLOMATE_NOTIFY", address)
        assert send("Changes", "Row 2: something.") == []
    assert "To: office@clinic.example" in taken[0] and "Subject: Changes" in taken[0]


@pytest.mark.parametrize(
    ("status", "words"), [(500, "it answered 500"), (403, "it answered 403"), (404, "it answered 404")]
)
def test_what_is_refused_is_a_sentence_without_the_address(
    status: int,
    words: str,
    monkeypatch: pytest.MonkeyPatch,
    capfd: pytest.CaptureFixture[str],
    caplog: pytest.LogCaptureFixture,
) -> None:
    caplog.set_level(logging.DEBUG)
    with fault_site(lambda path, body: Answer(SECRET.encode(), status)) as site:
        monkeypatch.setenv("DIPLOMATE_NOTIFY", site.address.replace("http://", f"json://user:{SECRET}@") + f"/{SECRET}")
        failures = send("t", "b")
    assert failures == [f"Not sent to address 1 of DIPLOMATE_NOTIFY (json): {words}."]
    said = capfd.readouterr()
    assert not any(word in said.out + said.err + caplog.text for word in (SECRET, "127.0.0.1"))


def test_who_is_not_there_or_no_address_does_not_keep_others_from_it(
    monkeypatch: pytest.MonkeyPatch, closed_port: int, capfd: pytest.CaptureFixture[str]
) -> None:
    with fault_site(lambda path, body: Answer()) as site:
        taken = site.address.replace("http", "json")
        asked = f"json://127.0.0.1:{closed_port}/{SECRET} nosuchkind://{SECRET} {SECRET}%% {taken}"
        monkeypatch.setenv("DIPLOMATE_NOTIFY", asked)
        failures = send("t", "b")
        assert site.statuses == [200]
    assert "could not be reached" in failures[0] and "(json)" in failures[0]
    assert "no address that apprise" in failures[1]
    assert SECRET not in "".join(failures) + "".join(capfd.readouterr())


@pytest.mark.parametrize("patience", [0.3, 60])
def test_a_slow_server_is_given_up(monkeypatch: pytest.MonkeyPatch, patience: float) -> None:
    monkeypatch.setattr(notify, "PATIENCE", patience)
    with fault_site(lambda path, body: Answer(b"x" * 60, drip=1)) as site:
        monkeypatch.setenv("DIPLOMATE_NOTIFY", site.address.replace("http", "json") + "/?rto=0.5&cto=0.5")
        (failure,) = send("t", "b")
    assert ("took longer" if patience < 1 else "could not be reached in time") in failure


def test_without_the_library_it_says_how_to_get_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DIPLOMATE_NOTIFY", "json://x.example")
    monkeypatch.setitem(__import__("sys").modules, "apprise", None)
    with pytest.raises(Wrong, match=r"pip install 'diplomate\[notify\]'"):
        send("t", "b")
