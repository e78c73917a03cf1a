"""One answer read by one source, without a web server: for tests of parsers.

In: a source and the bytes of an answer. Out: its records, or the trouble it raises.
"""

from __future__ import annotations

from pathlib import Path

from scrapy.http import Request, Response
from scrapy.responsetypes import responsetypes

from crawler.records import Record
from crawler.snapshots import make_snapshot
from crawler.source import Source

READ_AT = "2026-11-20T08:00:00Z"


def answer(body: bytes, url: str = "https://source.example/page", path: Path | None = None, name: str = "") -> Response:
    """An answer as a spider gets it, its snapshot with it; `name` is that of a saved file."""
    snapshot = make_snapshot("GET", url, "asked", 200, {}, body, READ_AT, name)
    request = Request(url, meta={"snapshot": snapshot} | ({"path": path} if path else {}))
    kind = responsetypes.from_args(body=body)
    return kind(url=url, status=200, body=body, request=request)


def read(source: Source, body: bytes, url: str = "https://source.example/page", name: str = "") -> list[Record]:
    """What `read_page` gives for these bytes."""
    return list(source.read_page(answer(body, url, name=name)))
