"""Read a delimited roster: which letters, which mark between cells, then rows.

Comes in: the path of a text file. Goes out: a `Grid`. The file is read twice, so that nothing is decided by its
beginning alone and nothing of it is held: once for its letters, its longest row and its length, then for the rows.
"""

from __future__ import annotations

import codecs
import csv
import re
from collections.abc import Iterator
from functools import partial
from itertools import islice
from pathlib import Path
from typing import BinaryIO, TextIO

from db.roster_columns import ours_of
from db.roster_grid import FIRST_ROWS, Cells, Grid, RosterError

MARKS = {",": "commas", ";": "semicolons", "\t": "tabs", "|": "vertical bars"}
NO_MARK = "\x1f"  # one column: nothing stands between cells
CHUNK = 1 << 16
NO_AGREEMENT = (0, 0, 0)
LONGEST_LINE = 10_000_000
_BYTE_ORDER_MARKS = (
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
_SAID = {
    "utf-16": "The file was read as UTF-16.",
    "utf-16-le": "The file was read as UTF-16 without a mark.",
    "utf-16-be": "The file was read as UTF-16 without a mark.",
    "utf-32": "The file was read as UTF-32.",
    "cp1252": "The file is not UTF-8; it was read as Windows-1252, as Excel for Windows writes it.",
}


def as_latin_1(error: UnicodeError) -> tuple[str, int]:
    """The five bytes that Windows-1252 leaves open, as every browser reads them; broken UTF-16 as a replacement."""
    if not isinstance(error, UnicodeDecodeError):
        raise error
    if error.encoding in ("cp1252", "charmap"):
        return error.object[error.start : error.end].decode("latin-1"), error.end
    return "\ufffd", error.end


codecs.register_error("roster", as_latin_1)


def read_delimited(path: Path) -> Grid:
    encoding = encoding_of(path)
    told, mark = mark_of(path, encoding)
    rows = partial(delimited_rows, path, encoding, mark, told)
    width = length = 0
    for cells in rows():
        width, length = max(width, len(cells)), length + 1
    if not width:
        raise RosterError(f"{path.name} holds nothing but blank lines.")
    return Grid(rows, width, length, tuple(notes(encoding, mark)), encoding in ("utf-8-sig", "utf-16", "utf-32"))


def notes(encoding: str, mark: str) -> Iterator[str]:
    if encoding in _SAID:
        yield _SAID[encoding]
    if mark in MARKS and mark != ",":
        yield f"Cells are separated by {MARKS[mark]}."


def encoding_of(path: Path) -> str:
    """By its mark; else UTF-16 where every other byte is nothing; else UTF-8 if all of it is; else Windows-1252."""
    with path.open("rb") as file:
        start = file.read(4096)
        marked = next((name for mark, name in _BYTE_ORDER_MARKS if start.startswith(mark)), "")
        return marked or unmarked_utf16(start) or utf8_or_windows(start, file)


def unmarked_utf16(start: bytes) -> str:
    """Latin letters in UTF-16 have a zero in every second place."""
    even, odd = start[::2], start[1::2]
    if len(start) >= 8 and odd.count(0) > 0.7 * len(odd) and even.count(0) < 0.1 * len(even):
        return "utf-16-le"
    return "utf-16-be" if len(start) >= 8 and even.count(0) > 0.7 * len(even) and odd.count(0) < 0.1 * len(odd) else ""


def utf8_or_windows(start: bytes, file: BinaryIO) -> str:
    decoder = codecs.getincrementaldecoder("utf-8")()
    try:
        decoder.decode(start)
        while chunk := file.read(CHUNK):
            decoder.decode(chunk)
        decoder.decode(b"", final=True)
    except UnicodeDecodeError:
        return "cp1252"
    return "utf-8"


def open_text(path: Path, encoding: str) -> TextIO:
    return path.open(encoding=encoding, errors="strict" if encoding.startswith("utf-8") else "roster", newline="")


def mark_of(path: Path, encoding: str) -> tuple[bool, str]:
    """Return whether the first line tells the mark (`sep=;`, as Excel writes it), and the mark."""
    with open_text(path, encoding) as text:
        lines = list(islice(Lines(path, text), 10 * FIRST_ROWS))
    told = re.fullmatch(r'"?sep=([,;\t|])"?\s*', lines[0], re.IGNORECASE) if lines else None
    if told:
        return True, told[1]
    return False, likely_mark(lines, "\t" if path.suffix.lower() in (".tsv", ".tab") else ",")


def likely_mark(lines: list[str], usual: str) -> str:
    """The mark that makes most headings known; else that cuts most rows into as many cells as the first one cut."""
    best = max((usual, *(mark for mark in MARKS if mark != usual)), key=lambda mark: agreement(lines, mark))
    return best if agreement(lines, best) > NO_AGREEMENT else NO_MARK


def agreement(lines: list[str], mark: str) -> tuple[int, int, int]:
    """Of the first row that is cut: its known headings, how many rows have as many cells, and how many cells that is.

    Where the first row is one heading by itself the file has one column, whatever its names hold: `Ashgrove, Petra`.
    """
    try:
        rows = [cells for cells in csv.reader(lines, delimiter=mark) if any(cell.strip() for cell in cells)][
            :FIRST_ROWS
        ]
    except csv.Error:
        return NO_AGREEMENT
    first = next((cells for cells in rows if len(cells) > 1), None)
    if not first or (len(rows[0]) == 1 and ours_of(rows[0][0])):
        return NO_AGREEMENT
    return sum(map(bool, map(ours_of, first))), sum(len(cells) == len(first) for cells in rows), len(first)


def delimited_rows(path: Path, encoding: str, mark: str, told: bool) -> Iterator[Cells]:
    """Every row, a blank line too; a quotation mark that is never closed would swallow rows, so it is an error."""
    with open_text(path, encoding) as text:
        lines, last, number = Lines(path, text), [""], 0
        try:
            for cells in islice(csv.reader(lines, delimiter=mark), 1 if told else 0, None):
                last, number = lines.taken(), number + 1
                yield tuple(cells)
        except csv.Error as error:
            raise RosterError(f"{path.name}, row {number + 1}: {why(error)}.") from error
    if never_closed(last, mark):
        raise RosterError(f"{path.name}, row {number}: a quotation mark opens a cell that is never closed.")


class Lines:
    """The lines of a file; remembers those that the row at hand is made of."""

    def __init__(self, path: Path, text: TextIO) -> None:
        self.path, self.text = path, text
        self.since_row: list[str] = []

    def __iter__(self) -> Iterator[str]:
        while line := self.text.readline(LONGEST_LINE):
            if len(line) == LONGEST_LINE:
                raise RosterError(f"{self.path.name} has a line of more than {LONGEST_LINE:,} characters.")
            self.since_row.append(line)
            yield line

    def taken(self) -> list[str]:
        lines, self.since_row = self.since_row, []
        return lines


def why(error: csv.Error) -> str:
    if "field larger" in str(error):
        limit = f"{csv.field_size_limit():,}"
        return f"a cell is longer than {limit} characters; a quotation mark may open it and never close"
    return str(error)


def never_closed(lines: list[str], mark: str) -> bool:
    try:
        list(csv.reader(lines, delimiter=mark, strict=True))
    except csv.Error as error:
        return "unexpected end" in str(error)
    return False
