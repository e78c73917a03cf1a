"""A web server for big files that knows Range and If-Range, and misbehaves as a test wants it to.

In: what to do with each request. Out: an address on loopback, and the first byte that each request asked for.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from types import SimpleNamespace

BODY = bytes(range(256)) * 4000
ETAG = '"one"'
Behave = Callable[["Asked"], None]


class Asked(BaseHTTPRequestHandler):
    """One request; `number` counts them from 1."""

    number = 0

    @property
    def first_byte(self) -> int:
        """The byte a Range asks to begin with."""
        return int(self.headers["Range"].removeprefix("bytes=").rstrip("-")) if self.headers["Range"] else 0

    def give(self, status: int, body: bytes, *, cut: int | None = None, **headers: str | None) -> None:
        """Send an answer; `cut` bytes of the body alone; a header that is None is not sent."""
        given = {"Content_Length": str(len(body)), "ETag": ETAG} | headers
        self.send_response(status)
        for name, value in given.items():
            if value is not None:
                self.send_header(name.replace("_", "-"), value)
        self.end_headers()
        self.wfile.write(body if cut is None else body[:cut])
        self.close_connection = True

    def give_rest(self, body: bytes = BODY, *, cut: int | None = None, **headers: str | None) -> None:
        """What a well-behaved server gives: the rest when asked for it, else everything."""
        start = self.first_byte
        if start and self.headers["If-Range"] == (headers.get("ETag") or ETAG):
            said = {"Content_Range": f"bytes {start}-{len(body) - 1}/{len(body)}"}
            self.give(206, body[start:], cut=cut, **(said | headers))
        else:
            self.give(200, body, cut=cut, **headers)

    def log_message(self, format: str, *args: object) -> None:
        """Quiet."""


@contextmanager
def server(behave: Behave) -> Iterator[SimpleNamespace]:
    """A server on loopback; gives its address and the first byte that each request asked for."""
    seen: list[int] = []

    class Handler(Asked):
        def do_GET(self) -> None:
            seen.append(self.first_byte)
            self.number = len(seen)
            behave(self)

    site = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=site.serve_forever, args=(0.01,), daemon=True).start()
    try:
        yield SimpleNamespace(address=f"http://127.0.0.1:{site.server_port}/file.zip", seen=seen)
    finally:
        site.shutdown()
        site.server_close()
