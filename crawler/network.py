"""The lowest layer: every byte on its way in is kept first; a replay never touches the network.

In: Scrapy requests. Out: responses, and a snapshot of each (robots.txt, redirects and refusals too). As download
handlers these stand below every middleware, so no spider can forget them and replay needs no special case.

A mirror (``DIPLOMATE_MIRRORS``: ``https://real.host=http://mirror:port, ...``) is asked instead of the real origin
while every address that is kept or shown stays the real one.
"""

from __future__ import annotations

import hashlib
import logging
from collections import defaultdict, deque
from dataclasses import replace
from urllib.parse import urljoin, urlsplit
from urllib.request import getproxies

from scrapy import Request
from scrapy.core.downloader.handlers.base import BaseDownloadHandler
from scrapy.core.downloader.handlers.http11 import HTTP11DownloadHandler
from scrapy.crawler import Crawler
from scrapy.http import Headers, Response
from scrapy.responsetypes import responsetypes
from w3lib.url import canonicalize_url

from crawler.certificates import trusted
from crawler.conditional import EarlierAnswers
from crawler.politeness import Turns
from crawler.public_addresses import named_by_operator, refuse_private, refuse_private_name, refused_name
from crawler.settings import MAX_FILE_BYTES
from crawler.snapshots import Run, Snapshot, described, make_snapshot, utc_now
from crawler.troubles import Damaged, NotAsked, SnapshotMissing, SourceTrouble, TooMuch

logger = logging.getLogger(__name__)


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
        self.ceiling: int = crawler.settings["DIPLOMATE_REQUEST_CEILING"]
        self.requests = 0
        self.turns = Turns(crawler)
        self.earlier = EarlierAnswers(self.run)
        self.trusted = named_by_operator(self.mirrors)

    async def download_request(self, request: Request) -> Response:
        question = asked(request.method, request.url, request.body)
        if origin(request.url) not in self.mirrors:
            refuse_private(request.url, self.trusted)
        async with self.turns.of(request.url):
            if self.earlier.still_stands(request, question):
                return self.unchanged(request, question)
            self.count_request(request)
            answer = await self.ask_once(request, question)
            await self.turns.wait(request, answer)
            return answer

    async def ask_once(self, request: Request, question: str) -> Response:
        """The answer; one that should still stand but is damaged here is asked for anew."""
        sent = self.through_mirror(self.earlier.conditional(request, question))
        ask = self.ask_big if request.meta.get("big") else self.ask
        try:
            return await ask(request, sent, question)
        except Damaged as trouble:
            logger.warning("%s", trouble)
            del self.earlier.found[question]
            return await ask(request, self.through_mirror(request), question)

    async def ask(self, request: Request, sent: Request, question: str) -> Response:
        """An answer that fits into memory, kept."""
        known = not getattr(self.crawler.spider, "many_sites", False)
        try:
            answer = await trusted(super().download_request(sent), request.url, sent.url if known else "")
        except Exception as error:
            refused = refused_name(sent.url)
            if refused:
                raise refused from error
            raise
        if answer.status == 304 and question in self.earlier.found:
            self.earlier.note_unchanged(request.url, question, answer)
            return self.unchanged(request, question)
        response = self.as_if_real(answer, request)
        headers = plain_headers(response.headers)
        snapshot = make_snapshot(request.method, request.url, question, response.status, headers, response.body)
        self.run.keep(snapshot, response.body)
        request.meta["snapshot"] = snapshot
        return response

    def count_request(self, request: Request) -> None:
        """Stop a run that is over, or that asks more than its source may ever cost (a loop asks all night)."""
        if getattr(self.crawler.spider, "troubles", None):
            raise NotAsked(request.url)
        self.requests += 1
        if self.requests > self.ceiling:
            raise TooMuch(
                f"{self.run.source}: {self.ceiling} requests were made, which is the most for one run; "
                f"{request.url} was not asked any more."
            )

    def unchanged(self, request: Request, question: str) -> Response:
        """The bytes we have, confirmed today by their publisher."""
        old = self.earlier.bring(question, self.run)
        since = old.unchanged_since or old.fetched_at
        snapshot = replace(old, fetched_at=utc_now(), unchanged_since=since)
        self.run.note(snapshot)
        request.meta["snapshot"] = snapshot
        return as_response(self.run, snapshot, request)

    async def ask_big(self, request: Request, sent: Request, question: str) -> Response:
        """A file too large for memory: streamed to disk, gone on with after a break."""
        from crawler.bulk import download  # its HTTP client takes 0.2 s to load, and few sources need it

        beside = self.run.folder / "bodies" / f"big-{question[:16]}"
        if sent.url == request.url and not getproxies():
            await refuse_private_name(request.url)
        try:
            headers, pause = plain_headers(sent.headers), self.turns.delay_of(request.url)
            got = await download(sent.url, beside, headers, MAX_FILE_BYTES, pause)
        except SourceTrouble as trouble:
            raise type(trouble)(str(trouble).replace(sent.url, request.url)) from trouble
        if got.status == 304 and question in self.earlier.found:
            return self.unchanged(request, question)
        self.requests += got.asked - 1
        beside.replace(self.run.path_of(got.sha256))
        headers = got.headers | {"location": self.as_real(got.headers.get("location", ""), sent.url)}
        snapshot = described(request.method, request.url, question, got.status, headers, got.sha256, got.size)
        self.run.note(snapshot)
        request.meta["snapshot"] = snapshot
        return as_response(self.run, snapshot, request)

    def through_mirror(self, request: Request) -> Request:
        """The request as it goes out; a mirror is never asked through a proxy."""
        real = origin(request.url)
        if real not in self.mirrors:
            return request
        direct = {key: value for key, value in request.meta.items() if key != "proxy"}
        return request.replace(url=request.url.replace(real, self.mirrors[real], 1), meta=direct)

    def as_if_real(self, response: Response, request: Request) -> Response:
        """Give a mirror's answer the real address, in its redirects too."""
        location = response.headers.get("Location")
        if location:
            response.headers["Location"] = self.as_real(location.decode("latin-1"), response.url)
        return response.replace(url=request.url)

    def as_real(self, location: str, asked_at: str) -> str:
        """Where a redirect of this address leads, in full; a mirror's own address stands for what it mirrors."""
        target = urljoin(asked_at, location) if location else ""
        for real, mirror in self.mirrors.items():
            if target == mirror or target.startswith((f"{mirror}/", f"{mirror}?")):
                return target.replace(mirror, real, 1)
        return target


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
        return as_response(self.run, snapshot, request)

    def next_answer(self, request: Request) -> Snapshot:
        """The answers to one question in the order they came (a 503, then the page)."""
        answers = self.answers.get(asked(request.method, request.url, request.body))
        if not answers:
            raise SnapshotMissing(f"Run {self.run.name} holds no snapshot of {request.method} {request.url}.")
        return answers.popleft() if len(answers) > 1 else answers[0]


def plain_headers(headers: Headers) -> dict[str, str]:
    return {name.decode("latin-1").lower(): values[-1].decode("latin-1") for name, values in headers.items() if values}


def as_response(run: Run, snapshot: Snapshot, request: Request) -> Response:
    """The response Scrapy would have made of these bytes; of a big file only its path (meta ``path``)."""
    path = run.proven(snapshot.sha256)
    is_file = bool(request.meta.get("big")) and snapshot.status == 200
    if is_file:
        request.meta["path"] = path
    body = b"" if is_file else path.read_bytes()
    headers = Headers(snapshot.headers)
    kind = responsetypes.from_args(headers=headers, url=snapshot.url, filename=snapshot.saved_as or None, body=body)
    return kind(url=request.url, status=snapshot.status, headers=headers, body=body)
