"""Answers that should be JSON or CSV: read strictly, or refused in one sentence.

In: a response. Out: parsed rows. A page of HTML, a cut body, a wrong encoding or an API error with status 200 is
a SourceTrouble, never an empty list.
"""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterator
from typing import Any

from scrapy.http import Response

from crawler.troubles import SourceTrouble

LONGEST_FIELD = 1_000_000
PACKED = {
    b"\x1f\x8b": "is gzip-compressed; unpack it first",
    b"PK\x03\x04": "is a ZIP archive; unpack it first",
    b"From: <Saved by": "is an MHTML archive; save the page as HTML instead",
}


def text_of(response: Response, encoding: str = "utf-8-sig") -> str:
    """The body as text; raises SourceTrouble naming the byte that is not in the expected encoding."""
    for start, advice in PACKED.items():
        if response.body.startswith(start):
            raise SourceTrouble(f"{response.url} {advice}.")
    try:
        return response.body.decode(encoding)
    except UnicodeDecodeError as error:
        expected = "UTF-8" if encoding.startswith("utf-8") else encoding
        raise SourceTrouble(f"{response.url} is not {expected} text (byte {error.start}); nothing was read.") from error


def json_of(response: Response) -> Any:
    """The body as JSON; raises SourceTrouble saying whether it is cut, HTML or something else."""
    text = text_of(response)
    try:
        return json.loads(text)
    except json.JSONDecodeError as error:
        start = text[:60].replace("\n", " ").strip()
        cut = "is cut short or damaged" if start[:1] in "{[" else "is not JSON"
        raise SourceTrouble(f"{response.url} {cut} (position {error.pos}); it begins: {start!r}.") from error


def json_rows(response: Response, of: str = "results") -> list[dict[str, Any]]:
    """The list under `of` of a JSON object (or a bare list when `of` is empty), each row an object."""
    answer = json_of(response)
    rows = answer if not of else answer.get(of) if isinstance(answer, dict) else None
    if not isinstance(rows, list) or not all(isinstance(row, dict) for row in rows):
        raise SourceTrouble(f"{response.url} holds no list of {of or 'rows'}; it begins: {response.text[:80]!r}.")
    return rows


def csv_rows(response: Response, columns: frozenset[str], delimiter: str = ",") -> Iterator[dict[str, str]]:
    """Rows of a delimited file whose header must hold `columns`; a row of another length is a SourceTrouble.

    Read strictly: an unterminated quote swallows the rest of a file silently otherwise (measured 2026-11-22).
    """
    csv.field_size_limit(LONGEST_FIELD)
    rows = csv.reader(io.StringIO(text_of(response), newline=""), delimiter=delimiter, strict=True)
    try:
        header = [name.strip() for name in next(rows, [])]
        missing = sorted(columns - set(header))
        if missing:
            raise SourceTrouble(f"{response.url}: the column {missing[0]!r} is missing; it begins with {header[:6]}.")
        for row in rows:
            if row in ([], ["\x1a"]):
                continue
            if len(row) != len(header):
                where = f"line {rows.line_num} has {len(row)} values under {len(header)} columns"
                raise SourceTrouble(f"{response.url}: {where}; nothing was read.")
            yield dict(zip(header, row, strict=True))
    except csv.Error as error:
        raise SourceTrouble(f"{response.url}: line {rows.line_num} cannot be read: {error}.") from error
