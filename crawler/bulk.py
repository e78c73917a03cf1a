"""Big files: a body is streamed to disk and a download that was cut goes on where it stopped.

In: an address and the path its body is to have. Out: the file, and its status, headers, size and SHA-256. Until the
body is whole it stands beside the path as `<name>.part` with what is needed to go on in `<name>.part.json`; a process
that was killed leaves both, and the next call with the same path asks only for the rest. Redirects are handed back
to the caller, so that robots.txt and mirrors hold for where they lead.
"""

from __future__ import annotations

import asyncio
import hashlib
import shutil
import time
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import httpx

from crawler.bulk_part import Again, Part
from crawler.politeness import LONGEST_WAIT_SECONDS, seconds_to_wait
from crawler.snapshots import write_whole
from crawler.troubles import SourceTrouble, Unanswered

MOST_TRIES = 5  # in a row that brought less than PROGRESS_BYTES
PROGRESS_BYTES = 16 * 1024 * 1024
RETRY_SECONDS = 2.0  # doubled with each try
RETRY_STATUS = frozenset({429, 500, 502, 503, 504, 522, 524})
TIMEOUT_SECONDS = 60.0
SLOWEST_BYTES = 64 * 1024  # within TIMEOUT_SECONDS; a drip below it counts as cut
UNPACKED = ("content-encoding", "content-length")  # of a small answer, which is kept unpacked
SMALL_ANSWER_BYTES = 1024 * 1024  # of an answer that is not the file (an error page), no more is kept
KEPT_FREE_BYTES = 512 * 1024 * 1024
LOOK_AT_DISK_BYTES = 64 * 1024 * 1024


@dataclass(frozen=True)
class Downloaded:
    """What came: `headers` under lower-case names, `sha256` and `size` of the file, how often was asked."""

    status: int
    headers: dict[str, str]
    sha256: str
    size: int
    asked: int


async def download(
    url: str, to: Path, headers: Mapping[str, str], most_bytes: int, least_pause: float = 0
) -> Downloaded:
    """Fetch a body of at most `most_bytes` into the file `to`; any status is handed back, with its body in `to`.

    429 and 5xx are asked again after Retry-After (at most 900 s) or a growing wait, a cut body is asked for its rest;
    `least_pause` seconds lie between two requests in any case.
    Raises Unanswered when that did not help or the disk is too full (the next call goes on from there), SourceTrouble
    when the body is too large or came packed.
    """
    asking = Asking(url, to, headers, most_bytes, least_pause)
    async with httpx.AsyncClient(timeout=TIMEOUT_SECONDS, trust_env=url.startswith("https:")) as client:
        while True:
            try:
                return await asking.ask(client)
            except Again as again:
                await asyncio.sleep(asking.seconds_before_next(again))
            except httpx.RequestError as error:
                await asyncio.sleep(asking.seconds_before_next(Again(str(error) or "it took too long")))
            except httpx.InvalidURL as error:
                raise SourceTrouble(f"{url} is no address that can be asked: {error}.") from error


class Asking:
    """One file being fetched, over as many requests as it takes."""

    def __init__(self, url: str, to: Path, headers: Mapping[str, str], most_bytes: int, least_pause: float) -> None:
        self.url, self.to, self.most_bytes, self.least_pause = url, to, most_bytes, least_pause
        kept = {name: value for name, value in headers.items() if name.lower() != "accept-encoding"}
        self.headers = kept | {"Accept-Encoding": "identity"}
        self.part = Part(to, url)
        self.asked = self.tries = 0
        self.size_before = self.part.size

    async def ask(self, client: httpx.AsyncClient) -> Downloaded:
        """One request, unless a killed process had only forgotten to rename the whole file."""
        await self.part.read_hash()
        if not self.part.complete:
            self.asked += 1
            async with client.stream("GET", self.url, headers=self.headers | self.part.range_headers()) as response:
                if response.status_code in RETRY_STATUS:
                    raise Again(f"status {response.status_code}", retry_after=response.headers.get("Retry-After", ""))
                if response.status_code not in (200, 206, 416):
                    return await self.small_answer(response)
                self.part.begin(response)
                await self.receive(response)
        digest = self.part.finish()
        return Downloaded(200, self.part.headers, digest, self.part.size, self.asked)

    async def receive(self, response: httpx.Response) -> None:
        """Write what comes behind what is there, with an eye on size, speed and disk."""
        self.must_fit(self.part.total or 0)
        since, received = time.monotonic(), 0
        with self.part.open() as file:
            async for chunk in response.aiter_raw():
                if self.part.size // LOOK_AT_DISK_BYTES != (self.part.size + len(chunk)) // LOOK_AT_DISK_BYTES:
                    self.must_fit(self.part.total or 0)
                self.part.write(file, chunk, self.most_bytes)
                received += len(chunk)
                if time.monotonic() - since > TIMEOUT_SECONDS:
                    if received < SLOWEST_BYTES:
                        raise Again(f"only {received} bytes came in {TIMEOUT_SECONDS:g} seconds")
                    since, received = time.monotonic(), 0
        self.part.must_be_whole()

    def must_fit(self, total: int) -> None:
        """Raise SourceTrouble for a file larger than allowed, or than the disk has room for beside a reserve."""
        if total > self.most_bytes:
            self.part.discard()
            raise SourceTrouble(f"{self.url} is {total} bytes long; at most {self.most_bytes} are taken.")
        free = shutil.disk_usage(self.to.parent).free
        needed = max(0, total - self.part.size) + KEPT_FREE_BYTES
        if free < needed:
            raise Unanswered(
                f"The disk of {self.to.parent} has {free} bytes free; {self.url} needs {needed}, a reserve included."
            )

    async def small_answer(self, response: httpx.Response) -> Downloaded:
        """An answer that is not the file; what was fetched of the file before stays for the next time."""
        body = b""
        async for chunk in response.aiter_bytes():
            body += chunk
            if len(body) > SMALL_ANSWER_BYTES:
                break
        body = body[:SMALL_ANSWER_BYTES]
        location = response.headers.get("Location", "")
        if self.url.startswith("https:") and location.startswith("http:"):
            raise SourceTrouble(f"{self.url} leads to {location}, which is not encrypted; it was not followed.")
        beside = self.to.with_name(self.to.name + ".answer")
        write_whole(beside, body)
        beside.replace(self.to)
        digest = hashlib.sha256(body).hexdigest()
        plain = {name: value for name, value in response.headers.items() if name not in UNPACKED}
        return Downloaded(response.status_code, plain, digest, len(body), self.asked)

    def seconds_before_next(self, again: Again) -> float:
        """How long to wait before the next request; raises SourceTrouble when there is to be none."""
        if self.part.size - self.size_before >= PROGRESS_BYTES:
            self.tries = 0
        self.tries, self.size_before = self.tries + 1, self.part.size
        wait = seconds_to_wait(again.retry_after) if again.retry_after else None
        if wait is not None and wait > LONGEST_WAIT_SECONDS:
            raise Unanswered(f"{self.url} asks us to wait {wait:.0f} seconds ({again}); it was not asked again.")
        if self.tries >= MOST_TRIES:
            kept = f"; {self.part.size} bytes are kept for the next time" if self.part.can_go_on else ""
            raise Unanswered(f"{self.url} gave no whole answer in {self.tries} tries: {again}{kept}.")
        return max(RETRY_SECONDS * 2 ** (self.tries - 1) if wait is None else wait, self.least_pause)
