"""A web server that misbehaves in one chosen way: what a crawl must survive.

In: a list of answers by path. Out: an address on loopback, and the requests it saw.
"""

from __future__ import annotations

import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any


@dataclass
class Answer:
    """One answer; `cut` sends only so many bytes of the body it announced, `drip` waits so many seconds after each,
    `announced` says that so many bytes will come.

    One with an ETag or a Last-Modified is answered with 304 to whoever has it already, as real servers do.
    """

    body: bytes = b""
    status: int = 200
    headers: dict[str, str] = field(default_factory=dict)
    cut: int | None = None
    drip: float = 0
    announced: int = 0


@dataclass
class FaultSite:
    """What was asked of the server (robots.txt apart), and the status each question got."""

    address: str
    asked: list[str]
    statuses: list[int]
    robots_asked: list[str] = field(default_factory=list)


class Server(ThreadingHTTPServer):
    """Quiet about a crawl that gave up, or was killed, and has hung up."""

    def handle_error(self, request: Any, client_address: Any) -> None:
        if not isinstance(sys.exc_info()[1], ConnectionError):
            super().handle_error(request, client_address)


@contextmanager
def fault_site(answer: Callable[[str, str], Answer], robots: bytes | Answer = b"") -> Iterator[FaultSite]:
    """Serve `answer(path, body)` while the block runs; robots.txt allows everything unless told otherwise."""
    site = FaultSite("", [], [])
    plain = {"Content-Type": "text/plain"}
    allowing = Answer(robots if isinstance(robots, bytes) and robots else b"User-agent: *\nAllow: /\n", headers=plain)
    robots_answer = robots if isinstance(robots, Answer) else allowing

    class Handler(BaseHTTPRequestHandler):
        disable_nagle_algorithm = True  # else a body waits 40 ms for the client's word on the header

        def do_GET(self) -> None:
            if self.path == "/robots.txt":
                site.robots_asked.append(self.path)
                self.send(robots_answer)
                return
            site.asked.append(self.path)
            self.give(answer(self.path, ""))

        def do_POST(self) -> None:
            site.asked.append(self.path)
            self.give(answer(self.path, self.rfile.read(int(self.headers["Content-Length"])).decode()))

        def give(self, given: Answer) -> None:
            known = [
                ("If-None-Match", given.headers.get("ETag")),
                ("If-Modified-Since", given.headers.get("Last-Modified")),
            ]
            if any(value and self.headers.get(name) == value for name, value in known):
                given = Answer(
                    b"", 304, {name: given.headers[name] for name in given.headers if name != "Content-Type"}
                )
            site.statuses.append(given.status)
            self.send(given)

        def send(self, given: Answer) -> None:
            self.send_response(given.status)
            self.send_header("Content-Length", str(given.announced or len(given.body)))
            for name, value in ({"Content-Type": "application/json"} | given.headers).items():
                self.send_header(name, value)
            self.end_headers()
            body = given.body if given.cut is None else given.body[: given.cut]
            for byte in [body[i : i + 1] for i in range(len(body))] if given.drip else [body]:
                self.wfile.write(byte)
                time.sleep(given.drip)
            self.close_connection = given.cut is not None or bool(given.announced)

        def log_message(self, format: str, *args: object) -> None:
            """Quiet."""

    server = Server(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True).start()
    try:
        site.address = f"http://127.0.0.1:{server.server_port}"
        yield site
    finally:
        server.shutdown()
        server.server_close()
