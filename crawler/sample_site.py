"""The bundled sample as a web site: invented people, served on loopback in the real sources' formats.

In: `crawler/sample/pages.csv` (which address gives which file). Out: one small server for each real origin, and the
mirror pairs that send a crawl there. So the demonstration is a real crawl: robots.txt, delays, snapshots and all.
"""

from __future__ import annotations

import csv
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from fnmatch import fnmatchcase
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from urllib.parse import parse_qsl, unquote, urlsplit

from crawler.network import origin

SAMPLE = Path(__file__).parent / "sample"
ROBOTS = b"User-agent: *\nAllow: /\n"


@dataclass(frozen=True)
class Page:
    """One row of pages.csv; `url` may hold ``*``, `body` is a text the question's body must hold."""

    source: str
    method: str
    url: str
    body: str
    content_type: str
    file: str


def read_pages(folder: Path) -> list[Page]:
    with (folder / "pages.csv").open(encoding="utf-8", newline="") as file:
        return [Page(**row) for row in csv.DictReader(file)]


def plain(url: str) -> str:
    """An address with its query unquoted and in alphabetical order, so that order and quoting do not matter."""
    parts = urlsplit(url)
    query = "&".join(f"{name}={value}" for name, value in sorted(parse_qsl(parts.query, keep_blank_values=True)))
    return unquote(f"{parts.scheme}://{parts.netloc}{parts.path}") + (f"?{query}" if query else "")


def find_page(pages: list[Page], method: str, url: str, body: str) -> Page | None:
    """The first row that answers this question."""
    for page in pages:
        if page.method == method and page.body in body and answers(page.url, url):
            return page
    return None


def answers(pattern: str, url: str) -> bool:
    """Whether a row's address fits; with a ``*`` it is compared as written, else in any order of parameters."""
    if "*" not in pattern:
        return plain(pattern) == plain(url)
    return fnmatchcase(unquote(url), pattern.replace("[", "[[]").replace("?", "[?]"))


class Answerer(BaseHTTPRequestHandler):
    """Answers for one origin; unknown addresses are 404, robots.txt allows everything."""

    site: str
    pages: list[Page]
    folder: Path
    disable_nagle_algorithm = True  # else a body waits 40 ms for the client's word on the header

    def do_GET(self) -> None:
        self.answer("GET", "")

    def do_POST(self) -> None:
        length = int(self.headers.get("Content-Length") or 0)
        self.answer("POST", self.rfile.read(length).decode())

    def answer(self, method: str, body: str) -> None:
        page = find_page(self.pages, method, self.site + self.path, body)
        if page is not None:
            self.send(200, page.content_type, (self.folder / page.file).read_bytes())
        elif self.path == "/robots.txt":
            self.send(200, "text/plain", ROBOTS)
        else:
            self.send(404, "text/plain", b"not in the sample\n")

    def send(self, status: int, content_type: str, body: bytes) -> None:
        self.send_response(status)
        self.send_header("Content-Type", content_type)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: object) -> None:
        """Quiet: the run's snapshots say what was asked."""


@contextmanager
def sample_site(folder: Path = SAMPLE) -> Iterator[dict[str, str]]:
    """Serve the sample while the block runs; gives the mirror pairs (real origin -> loopback address)."""
    pages = read_pages(folder)
    servers: dict[str, ThreadingHTTPServer] = {}
    for site in dict.fromkeys(origin(page.url) for page in pages):
        handler = type("SampleAnswerer", (Answerer,), {"site": site, "pages": pages, "folder": folder})
        servers[site] = ThreadingHTTPServer(("127.0.0.1", 0), handler)
        threading.Thread(target=servers[site].serve_forever, args=(0.01,), daemon=True).start()
    try:
        yield {site: f"http://127.0.0.1:{server.server_port}" for site, server in servers.items()}
    finally:
        for server in servers.values():
            server.shutdown()
            server.server_close()
