"""A file that is being downloaded: what is there of it, and what is needed to go on with it later.

In: the answers of a server, the pieces of a body. Out: `<name>.part` (always a true beginning of the body) and
`<name>.part.json`, and in the end the file under its own name. Bytes of two versions are never put together: the
rest is asked for with If-Range, and an answer whose ETag, Last-Modified or length is another begins anew.
"""

from __future__ import annotations

import asyncio
import hashlib
import json
import os
import re
from pathlib import Path
from typing import BinaryIO

import httpx

from crawler.snapshots import write_whole
from crawler.troubles import SourceTrouble, Unanswered

HASHED_BYTES = 4 * 1024 * 1024
CONTENT_RANGE = re.compile(r"bytes (\d+)-\d+/(\d+|\*)")
VALIDATORS = ("etag", "last-modified")


class Again(Exception):
    """This request brought nothing, or not all, and another one may; `retry_after` is what the server asks for."""

    def __init__(self, reason: str, retry_after: str = "") -> None:
        super().__init__(reason)
        self.retry_after = retry_after


class Part:
    """The beginning of one file of one address; `total` is its whole length, None where the server does not say."""

    def __init__(self, to: Path, url: str) -> None:
        self.to, self.url = to, url
        self.path = to.with_name(to.name + ".part")
        self.notes = to.with_name(to.name + ".part.json")
        self.headers: dict[str, str] = {}
        self.total: int | None = None
        self.size = 0
        self.hash = hashlib.sha256()
        self.hashed = 0
        self.recall()

    def recall(self) -> None:
        """Take up what an earlier call left; anything that cannot be gone on with is thrown away."""
        try:
            kept = json.loads(self.notes.read_text())
            self.size, self.headers, self.total = self.path.stat().st_size, kept["headers"], kept["total"]
        except (OSError, ValueError, KeyError, TypeError):
            kept = {}
        if kept.get("url") != self.url or not (self.can_go_on or self.complete):
            self.discard()

    @property
    def complete(self) -> bool:
        """Whether all of it is there."""
        return self.total is not None and self.size == self.total and bool(self.headers)

    @property
    def can_go_on(self) -> bool:
        """Whether the rest can be asked for."""
        return bool(self.size and self.validator)

    @property
    def validator(self) -> str:
        """What names this version for certain: a strong ETag, or the time of its last change."""
        etag = self.headers.get("etag", "")
        return etag if etag and not etag.startswith("W/") else self.headers.get("last-modified", "")

    def range_headers(self) -> dict[str, str]:
        """Ask for the rest, if it is still the same file."""
        return {"Range": f"bytes={self.size}-", "If-Range": self.validator} if self.can_go_on else {}

    def begin(self, response: httpx.Response) -> None:
        """Take an answer: the rest of what is there, or the file from its first byte; raises Again where neither."""
        encoding = response.headers.get("Content-Encoding", "identity")
        if encoding.lower() not in ("", "identity"):
            raise SourceTrouble(f"{self.url} came packed as {encoding} although it was asked for as it is.")
        if response.status_code == 200:
            self.start_anew(response)
        elif not self.goes_on(response):
            self.discard()
            raise Again(f"status {response.status_code} does not go on with what was there")

    def start_anew(self, response: httpx.Response) -> None:
        """Drop what is there, note which version comes now, then take its bytes."""
        self.discard()
        length = response.headers.get("Content-Length", "")
        self.total = int(length) if length.isdigit() else None
        self.headers = {name.lower(): value for name, value in response.headers.items()}
        self.path.touch()
        noted = {"url": self.url, "headers": self.headers, "total": self.total}
        write_whole(self.notes, json.dumps(noted).encode())

    def goes_on(self, response: httpx.Response) -> bool:
        """Whether an answer is the rest of the version that is there, from the very next byte."""
        said = CONTENT_RANGE.fullmatch(response.headers.get("Content-Range", ""))
        if response.status_code != 206 or said is None or int(said[1]) != self.size or not self.size:
            return False
        same_length = said[2] == "*" or self.total in (None, int(said[2]))
        names = (name for name in VALIDATORS if name in response.headers and name in self.headers)
        return same_length and all(response.headers[name] == self.headers[name] for name in names)

    def open(self) -> BinaryIO:
        return self.path.open("ab")

    def write(self, file: BinaryIO, chunk: bytes, most_bytes: int) -> None:
        """Add a piece; raises SourceTrouble when the file grows too large, Unanswered when the disk is full."""
        if self.size + len(chunk) > most_bytes:
            self.discard()
            raise SourceTrouble(f"{self.url} is longer than {most_bytes} bytes, the most that is taken.")
        try:
            file.write(chunk)
            file.flush()
        except OSError as error:
            raise Unanswered(f"{self.path} cannot be written: {error.strerror}.") from error
        self.hash.update(chunk)
        self.size += len(chunk)
        self.hashed = self.size

    def must_be_whole(self) -> None:
        if self.total is not None and self.size != self.total:
            raise Again(f"{self.size} of {self.total} bytes came")

    async def read_hash(self) -> None:
        """Hash what an earlier call left, away from the loop that other requests run in."""
        if self.hashed != self.size:
            self.hash = await asyncio.to_thread(hash_of, self.path)
            self.hashed = self.size

    def finish(self) -> str:
        """Give the whole file its name; its SHA-256."""
        with self.path.open("rb+") as file:
            os.fsync(file.fileno())
        self.path.replace(self.to)
        self.notes.unlink(missing_ok=True)
        return self.hash.hexdigest()

    def discard(self) -> None:
        """Forget what is there."""
        self.notes.unlink(missing_ok=True)
        self.path.unlink(missing_ok=True)
        self.headers, self.total, self.size = {}, None, 0
        self.hash, self.hashed = hashlib.sha256(), 0


def hash_of(path: Path) -> hashlib._Hash:
    """The SHA-256 of a file, read in blocks."""
    found = hashlib.sha256()
    with path.open("rb") as file:
        while block := file.read(HASHED_BYTES):
            found.update(block)
    return found
