"""A web server that misbehaves in one chosen way: what a crawl must survive.

In: a list of answers by path. Out: an address on loopback, and the requests it saw.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer


@dataclass
class Answer:
    """One answer; `cut` sends only so many bytes of the body it announced."""

    body: bytes = b""
    status: int = 200
    headers: dict[str, str] = field(default_factory=dict)
    cut: int | None = None


@dataclass
class FaultSite:
    address: str
    asked: list[str]


@contextmanager
def fault_site(answer: Callable[[str, str], Answer], robots: bytes = b"") -> Iterator[FaultSite]:
    """Serve `answer(path, body)` while the block runs; robots.txt allows everything unless told otherwise."""
    asked: list[str] = []

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            if self.path == "/robots.txt":
                self.give(Answer(robots or b"User-agent: *\nAllow: /\n", headers={"Content-Type": "text/plain"}))
                return
            asked.append(self.path)
            self.give(answer(self.path, ""))

        def do_POST(self) -> None:
            asked.append(self.path)
            self.give(answer(self.path, self.rfile.read(int(self.headers["Content-Length"])).decode()))

        def give(self, given: Answer) -> None:
            self.send_response(given.status)
            self.send_header("Content-Length", str(len(given.body)))
            for name, value in ({"Content-Type": "application/json"} | given.headers).items():
                self.send_header(name, value)
            self.end_headers()
            self.wfile.write(given.body if given.cut is None else given.body[: given.cut])
            self.close_connection = given.cut is not None

        def log_message(self, format: str, *args: object) -> None:
            """Quiet."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield FaultSite(f"http://127.0.0.1:{server.server_port}", asked)
    finally:
        server.shutdown()
        server.server_close()
