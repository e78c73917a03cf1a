"""The lowest layer: every byte on its way in is kept first; a replay never touches the network.

In: Scrapy requests. Out: responses, and a snapshot of each (robots.txt, redirects and refusals too). As download
handlers these stand below every middleware, so no spider can forget them and replay needs no special case.

A mirror (``DIPLOMATE_MIRRORS``: ``https://real.host=http://mirror:port, ...``) is asked instead of the real origin
while every address that is kept or shown stays the real one.
"""

from __future__ import annotations

import hashlib
from collections import defaultdict, deque
from urllib.parse import urlsplit

from scrapy import Request
from scrapy.core.downloader.handlers.base import BaseDownloadHandler
from scrapy.core.downloader.handlers.http11 import HTTP11DownloadHandler
from scrapy.crawler import Crawler
from scrapy.http import Headers, Response
from scrapy.responsetypes import responsetypes
from w3lib.url import canonicalize_url

from crawler.snapshots import Run, Snapshot, make_snapshot
from crawler.troubles import SnapshotMissing


def parse_mirrors(text: str) -> dict[str, str]:
    """Read ``https://real.host=http://mirror:port`` pairs; raises ValueError with the pair that is not one."""
    pairs: dict[str, str] = {}
    for pair in filter(None, (part.strip() for part in text.split(","))):
        real, equals, mirror = pair.partition("=")
        if not equals or "://" not in real or "://" not in mirror:
            raise ValueError(f"DIPLOMATE_MIRRORS: '{pair}' is not of the form https://real.host=http://mirror:port")
        pairs[real.rstrip("/")] = mirror.rstrip("/")
    return pairs


def origin(url: str) -> str:
    parts = urlsplit(url)
    return f"{parts.scheme}://{parts.netloc}"


def asked(method: str, url: str, body: bytes) -> str:
    """A request's fingerprint: what must be the same for a replay to give the same answer."""
    text = f"{method} {canonicalize_url(url)} ".encode() + body
    return hashlib.sha256(text).hexdigest()


class RecordingHandler(HTTP11DownloadHandler):
    """Asks the web (or the mirror) and keeps the answer before anyone reads it."""

    lazy = True

    def __init__(self, crawler: Crawler) -> None:
        super().__init__(crawler)
        self.run = Run(crawler.settings["DIPLOMATE_RUN"])
        self.mirrors: dict[str, str] = crawler.settings["DIPLOMATE_MIRRORS"] or {}

    async def download_request(self, request: Request) -> Response:
        answer = await super().download_request(self.through_mirror(request))
        response = self.as_if_real(answer, request)
        snapshot = make_snapshot(
            request.method,
            request.url,
            asked(request.method, request.url, request.body),
            response.status,
            plain_headers(response.headers),
            response.body,
        )
        self.run.keep(snapshot, response.body)
        request.meta["snapshot"] = snapshot
        return response

    def through_mirror(self, request: Request) -> Request:
        """The request as it goes out; a mirror is never asked through a proxy."""
        real = origin(request.url)
        if real not in self.mirrors:
            return request
        direct = {key: value for key, value in request.meta.items() if key != "proxy"}
        return request.replace(url=request.url.replace(real, self.mirrors[real], 1), meta=direct)

    def as_if_real(self, response: Response, request: Request) -> Response:
        """Give a mirror's answer the real address, in its redirects too."""
        real = origin(request.url)
        location = response.headers.get("Location")
        if real in self.mirrors and location:
            response.headers["Location"] = location.decode("latin-1").replace(self.mirrors[real], real, 1)
        return response.replace(url=request.url)


class ReplayHandler(BaseDownloadHandler):
    """Answers from a run's snapshots alone; an address that was never read fails the replay."""

    lazy = True

    def __init__(self, crawler: Crawler) -> None:
        super().__init__(crawler)
        self.run = Run(crawler.settings["DIPLOMATE_REPLAY_OF"])
        self.answers: dict[str, deque[Snapshot]] = defaultdict(deque)
        for snapshot in self.run.snapshots():
            self.answers[snapshot.asked].append(snapshot)

    async def download_request(self, request: Request) -> Response:
        snapshot = request.meta.get("saved") or self.next_answer(request)
        request.meta["snapshot"] = snapshot
        return as_response(snapshot, self.run.body(snapshot.sha256), request)

    def next_answer(self, request: Request) -> Snapshot:
        """The answers to one question in the order they came (a 503, then the page)."""
        answers = self.answers.get(asked(request.method, request.url, request.body))
        if not answers:
            raise SnapshotMissing(f"Run {self.run.name} holds no snapshot of {request.method} {request.url}.")
        return answers.popleft() if len(answers) > 1 else answers[0]


def plain_headers(headers: Headers) -> dict[str, str]:
    return {name.decode("latin-1").lower(): values[-1].decode("latin-1") for name, values in headers.items() if values}


def as_response(snapshot: Snapshot, body: bytes, request: Request) -> Response:
    """The response Scrapy would have made of these bytes."""
    headers = Headers(snapshot.headers)
    kind = responsetypes.from_args(headers=headers, url=snapshot.url, filename=snapshot.saved_as or None, body=body)
    return kind(url=request.url, status=snapshot.status, headers=headers, body=body)
