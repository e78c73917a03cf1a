"""Rows of the NPPES dissemination file that may matter, found without parsing the millions that do not.

In: the bytes of `npidata_pfile_*.csv` in blocks, and a text that a row must hold (a taxonomy code; b"" for every row).
Out: one dict a row, by column name. A block is searched as bytes; only what stands between two row starts around a hit
is parsed, by the csv module, so quotes, commas and newlines inside values are read as they are meant.

Why a row start can be found without counting quotes from the first byte: `\\n"` and a digit. Outside quotes a newline
ends a row. Inside a quoted value a quote is doubled or ends the value, so after it comes a quote, a comma or a newline,
never a digit. Not every row start has to be found (rows of a file without quotes have none): rows are parsed together.
"""

from __future__ import annotations

import codecs
import csv
import io
import re
from collections.abc import Callable, Iterator
from itertools import chain, pairwise
from operator import itemgetter

from crawler.troubles import SourceTrouble

ROW_START = re.compile(rb'\n(?="[0-9])')
LONGEST_ROW = 8 * 1024 * 1024  # bytes without a row start; the real rows have about 1,200
LONGEST_HEADER = 64 * 1024
LONGEST_VALUE = 100_000
MOST_BROKEN = 3

Row = dict[str, str]


class BrokenRow(Exception):
    """A row that is no row of this file; the message says why."""


class RowFile:
    """One file while it is read: the header at once, the rows as a stream.

    `broken` holds a sentence for each row that could not be read; more than MOST_BROKEN are a SourceTrouble.
    """

    def __init__(self, blocks: Iterator[bytes]) -> None:
        self.broken: list[str] = []
        line, rest = header_line(blocks)
        self.header = self.read_header(line)
        self.blocks = chain([rest] if rest else [], blocks)
        self.names: tuple[str, ...] = ()
        self.values: Callable[[list[str]], tuple[str, ...]] = tuple

    def read_header(self, line: bytes) -> list[str]:
        try:
            names = next(csv.reader([line.removeprefix(codecs.BOM_UTF8).decode()], strict=True), [])
        except (csv.Error, UnicodeDecodeError) as error:
            raise SourceTrouble(f"This is no NPPES file: its first line cannot be read ({error}).") from error
        return [name.strip() for name in names]

    def take(self, wanted: frozenset[str], required: frozenset[str]) -> None:
        """Choose the columns that rows will have; raises SourceTrouble when one of `required` is missing."""
        missing = sorted(required - set(self.header))
        if missing:
            said = f"{len(missing)} columns are missing, among them" if len(missing) > 1 else "the column is missing:"
            raise SourceTrouble(f"This is no NPPES file, or its layout has changed: {said} {missing[0]!r}.")
        places = [number for number, name in enumerate(self.header) if name in wanted]
        self.names = tuple(self.header[number] for number in places)
        if len(places) < 2:
            raise SourceTrouble(f"This is no NPPES file: its first line names {len(places)} of its columns.")
        self.values = itemgetter(*places)

    def rows(self, held: bytes = b"") -> Iterator[Row]:
        """Every row that holds these bytes in one of its values; blanks around values and empty values are left out."""
        csv.field_size_limit(LONGEST_VALUE)
        for part in parts_holding(held, self.blocks):
            for row in self.parsed(part, held):
                values = zip(self.names, self.values(row), strict=True)
                yield {name: text for name, value in values if value and (text := value.strip())}

    def parsed(self, part: bytes, held: bytes) -> list[list[str]]:
        """The rows wanted of a part; where it cannot be parsed, row by row, so that only the broken ones are lost."""
        try:
            rows = self.read_rows(part)
        except (csv.Error, UnicodeDecodeError) as error:
            pieces = split_rows(part)
            if len(pieces) > 1:
                return [row for piece in pieces if held in piece for row in self.parsed(piece, held)]
            self.note_broken(part, str(error))
            return []
        text = held.decode()
        return rows if len(rows) == 1 else [row for row in rows if any(text in value for value in row)]

    def read_rows(self, part: bytes) -> list[list[str]]:
        """Parse strictly; raises csv.Error for a row with another number of values than the header."""
        rows = [row for row in csv.reader(io.StringIO(part.decode(), newline=""), strict=True) if row]
        for row in rows:
            if len(row) != len(self.header):
                raise csv.Error(f"it has {len(row)} values under {len(self.header)} columns")
        return rows

    def note_broken(self, part: bytes, reason: str) -> None:
        """Remember a row that cannot be read; a few may be the publisher's slips, more mean a damaged file."""
        if not part.endswith(b"\n"):
            raise SourceTrouble("The file is cut short: it ends in the middle of a row.")
        begins = part[:40].decode("ascii", "replace").strip()
        self.leave_out(f"The row that begins {begins!r} cannot be read: {reason}.")

    def leave_out(self, sentence: str) -> None:
        """Count a row that cannot be used; raises SourceTrouble when there are too many of them."""
        self.broken.append(sentence)
        if len(self.broken) > MOST_BROKEN:
            raise SourceTrouble(f"More than {MOST_BROKEN} rows cannot be read; nothing was read. {self.broken[0]}")


def header_line(blocks: Iterator[bytes]) -> tuple[bytes, bytes]:
    """The first line without its end, and what of the file was read behind it."""
    start = b""
    for block in blocks:
        start += block
        if b"\n" in start or len(start) > LONGEST_HEADER:
            break
    line, newline, rest = start.partition(b"\n")
    if not newline or len(line) > LONGEST_HEADER:
        raise SourceTrouble(f"This is no NPPES file: it begins {start[:60].decode('ascii', 'replace')!r}.")
    return line.rstrip(b"\r"), rest


def parts_holding(held: bytes, blocks: Iterator[bytes]) -> Iterator[bytes]:
    """Whole rows around every place where these bytes stand, each once; one or several rows at a time."""
    rest = b""
    for block in blocks:
        start = ROW_START.search(block)
        if start is None:
            rest += block
            if len(rest) > LONGEST_ROW:
                raise SourceTrouble(
                    f"No row begins within {LONGEST_ROW:,} bytes; the file is damaged, or its values are not in quotes."
                )
            continue
        first, last = start.end(), last_start(block)
        seam = rest + block[:first]
        if held in seam:
            yield seam
        yield from parts_between(held, block, first, last) if held else [block[first:last]]
        rest = block[last:]
    if held in rest or not rest.endswith(b"\n"):
        yield rest


def parts_between(held: bytes, block: bytes, first: int, last: int) -> list[bytes]:
    """The rows that hold these bytes, between two row starts of a block.

    Searched from the end: in CPython 3.11 `rfind` skips ahead and takes half the time of `find` on long blocks.
    """
    found = []
    while (hit := block.rfind(held, first, last)) >= 0:
        behind = ROW_START.search(block, hit, last)
        start = start_before(block, hit, first)
        found.append(block[start : behind.end() if behind else last])
        last = start
    return found[::-1]


def start_before(block: bytes, hit: int, first: int) -> int:
    """Where the row around a place begins; `first` is a row start at or before it."""
    place = block.rfind(b'\n"', first, hit)
    while place >= 0 and not block[place + 2 : place + 3].isdigit():
        place = block.rfind(b'\n"', first, place + 1)
    return place + 1 if place >= 0 else first


def last_start(block: bytes) -> int:
    """The last row start of a block that has one."""
    place = block.rfind(b'\n"')
    while not block[place + 2 : place + 3].isdigit():
        place = block.rfind(b'\n"', 0, place + 1)
    return place + 1


def split_rows(part: bytes) -> list[bytes]:
    """Rows that were kept together, as far as their starts can be told."""
    starts = [0, *(found.end() for found in ROW_START.finditer(part)), len(part)]
    return [piece for start, end in pairwise(starts) if (piece := part[start:end])]
