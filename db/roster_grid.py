"""The shape that every kind of roster file is read into: rows of text, as often as they are asked for.

Comes in: a path. Goes out: what its first bytes say it is; and the `Grid` that the readers fill.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import islice
from pathlib import Path

Cells = tuple[str, ...]

FIRST_ROWS = 20
_OLD_OFFICE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_KINDS = {
    b"PK\x05\x06": "an empty zip archive",
    b"%PDF": "a PDF",
    b"\x1f\x8b": "a gzip archive; unpack it first",
    b"{\\rtf": "a text document (.rtf)",
    b"\x89PNG": "a picture",
    b"\xff\xd8\xff": "a picture",
    b"PAR1": "a Parquet file",
    b"SQLite format 3": "a database",
}


class RosterError(ValueError):
    """The roster cannot be read this way; the sentence says why."""


@dataclass(frozen=True)
class Grid:
    """A file as rows of text; `width` is its longest row, `length` the number of its rows.

    `marked`: it began with a byte order mark or is a workbook, so Excel is likely to open what comes of it.
    """

    rows: Callable[[], Iterator[Cells]]
    width: int
    length: int
    notes: tuple[str, ...]
    marked: bool = False

    def first_rows(self) -> list[Cells]:
        return list(islice(self.rows(), FIRST_ROWS))


def kind_of(path: Path) -> str:
    """`workbook`, `text`, or words for something that is neither, by the first bytes."""
    if not path.exists():
        raise RosterError(f"There is no file {path}.")
    if not path.is_file():
        raise RosterError(f"{path} is no file that can be read twice; give a .csv or .xlsx file.")
    with path.open("rb") as file:
        start = file.read(4096)
        if start.startswith(_OLD_OFFICE):
            return old_office(start + file.read(60_000))
    if not start:
        return "empty (0 bytes)"
    if start.startswith(b"PK\x03\x04"):
        return "workbook"
    known = next((words for begin, words in _KINDS.items() if start.startswith(begin)), "")
    return known or ("a web page (HTML)" if looks_like_html(start) else "text")


def old_office(start: bytes) -> str:
    """An encrypted .xlsx is wrapped in the container of the old .xls."""
    locked = "EncryptedPackage".encode("utf-16-le") in start
    return "protected by a password; remove it first" if locked else "an old Excel file (.xls)"


def looks_like_html(start: bytes) -> bool:
    head = start.lstrip(b"\xef\xbb\xbf \t\r\n").lower()
    return head.startswith((b"<!doctype", b"<html", b"<table", b"<?xml"))
