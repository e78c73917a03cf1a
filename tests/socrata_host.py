"""A Socrata host in miniature, and a way to let a spider read it without a network or a process of its own.

In: tables of rows. Out: what SODA answers to $select, $where in(...), $group, $order, $limit and $offset, with its
errors; or, by `reading`, the records, the trouble and the questions of one whole crawl of a board.
"""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qsl, urlsplit

from scrapy import Request
from scrapy.http import TextResponse

from crawler.records import Record
from crawler.snapshots import make_snapshot
from crawler.socrata import SocrataSource
from crawler.troubles import SourceTrouble

Row = dict[str, Any]
MOST_QUESTIONS = 60


@dataclass
class Host:
    """`tables` by data set; `cap`: most rows an answer holds; `columns` a table has beside those its rows show;
    `surplus`: rows counted and not there, by table; `order` changes the rows before a page is cut out of them.
    """

    tables: dict[str, list[Row]]
    cap: int = 50_000
    columns: dict[str, set[str]] = field(default_factory=dict)
    surplus: dict[str, int] = field(default_factory=dict)
    order: Callable[[list[Row], int], list[Row]] = lambda rows, offset: rows
    changed: Callable[[int], str] = lambda offset: "Sat, 21 Nov 2026 08:00:00 GMT"
    asked: list[dict[str, str]] = field(default_factory=list)

    def answer(self, url: str) -> tuple[int, dict[str, str], bytes]:
        """Status, headers and body for an address."""
        table = urlsplit(url).path.removeprefix("/resource/").removesuffix(".json")
        query = dict(parse_qsl(urlsplit(url).query))
        self.asked.append({"table": table} | query)
        known = {name for row in self.tables[table] for name in row} | self.columns.get(table, set())
        for name in query["$select"].split(","):
            if name not in known and not name.startswith("count("):
                return 400, {}, error(f"Query coordinator error: query.soql.no-such-column; No such column: {name}")
        rows = self.grouped(table, query) if "$group" in query else self.page(table, query)
        headers = {"X-SODA2-Truth-Last-Modified": self.changed(int(query.get("$offset", 0)))}
        return 200, headers, json.dumps(rows).encode()

    def grouped(self, table: str, query: dict[str, str]) -> list[Row]:
        column = query["$group"]
        counts = Counter(row.get(column) for row in self.tables[table])
        more = self.surplus.get(table, 0)
        return [({column: name} if name else {}) | {"count": str(n + more)} for name, n in counts.items()]

    def page(self, table: str, query: dict[str, str]) -> list[Row]:
        column, offset = query["$where"].partition(" in(")[0], int(query["$offset"])
        wanted = {name.replace("''", "'") for name in re.findall(r"'((?:[^']|'')*)'", query["$where"])}
        rows = self.order([row for row in self.tables[table] if row.get(column) in wanted], offset)
        select = query["$select"].split(",")
        cut = rows[offset : offset + min(int(query["$limit"]), self.cap)]
        return [{name: row[name] for name in select if name in row} for row in cut]


def error(message: str) -> bytes:
    return json.dumps({"message": message, "errorCode": "query.soql.no-such-column", "data": {}}).encode()


@dataclass
class Reading:
    """One crawl: its spider, its records (one a key), its trouble in words, or ""."""

    spider: SocrataSource
    records: dict[str, Record]
    trouble: str


def reading(board: type[SocrataSource], host: Host) -> Reading:
    """Let a board read a host to its end or its first trouble."""
    spider, records = board(), {}
    queue, asked = list(spider.first_requests()), 0
    try:
        while queue:
            request, asked = queue.pop(0), asked + 1
            assert asked <= MOST_QUESTIONS, "the spider asks without end"
            for found in answered(request, host):
                if isinstance(found, Request):
                    queue.append(found)
                    continue
                spider.note_record(found)
                earlier = records.get(found.source_key)
                records[found.source_key] = earlier.combined(found) if earlier else found
    except SourceTrouble as trouble:
        return Reading(spider, records, str(trouble))
    spider.close(spider, "finished")
    return Reading(spider, records, "")


def answered(request: Request, host: Host) -> Iterator[Record | Request]:
    status, headers, body = host.answer(request.url)
    response = TextResponse(request.url, status, headers, body, request=request, encoding="utf-8")
    response.meta["snapshot"] = make_snapshot("GET", request.url, "", status, {}, body)
    assert status == 200 or status in request.meta["handle_httpstatus_list"]
    assert callable(request.callback)
    yield from request.callback(response, **request.cb_kwargs)
