"""Calls of the downloader as tests make them, and what must be true of a file that came whole."""

from __future__ import annotations

import asyncio
import hashlib
from pathlib import Path

import pytest

from crawler.bulk import Downloaded, download
from crawler.troubles import SourceTrouble
from tests.byte_server import BODY


def fetch(address: str, to: Path, most_bytes: int = 1 << 30, **headers: str) -> Downloaded:
    return asyncio.run(download(address, to, headers, most_bytes))


def refused(address: str, to: Path, most_bytes: int = 1 << 30) -> str:
    with pytest.raises(SourceTrouble) as caught:
        fetch(address, to, most_bytes)
    return str(caught.value)


def must_be(found: Downloaded, to: Path, body: bytes = BODY) -> None:
    """The file, its hash and its size are the body's, and nothing else was left behind."""
    assert to.read_bytes() == body
    assert (found.status, found.sha256, found.size) == (200, hashlib.sha256(body).hexdigest(), len(body))
    assert list(to.parent.iterdir()) == [to]
