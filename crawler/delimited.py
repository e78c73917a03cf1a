"""Delimited text files as boards publish them: rows by column name, and no value ever under another column's name.

In: a file's bytes as a stream (some hold millions of rows) and its publisher's `Layout`. Out: one dict a row. A row
with another number of values than the header is left out and counted; more than a few, and the file is refused. Text
is UTF-8, or UTF-16 as spreadsheets save it; a line that is neither is read as Windows-1252 and counted.
"""

from __future__ import annotations

import codecs
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from itertools import chain, islice
from typing import IO

from crawler.troubles import SourceTrouble

BLOCK_BYTES = 1024 * 1024
LONGEST_LINE = 1_000_000  # bytes; a longer one is damage
LINES_LOOKED_AT = 50  # to learn whether rows end with a delimiter
TOLERATED_ROWS, TOLERATED_SHARE = 3, 0.001
END_OF_FILE = b"\x1a"  # of DOS programs
NAMED_LINES = 5
REFUSED = {
    b"PK\x03\x04": "a ZIP archive or an Excel workbook",
    b"\xd0\xcf\x11\xe0": "a binary Excel or Word file",
    b"\x1f\x8b": "gzip-compressed",
    b"%PDF": "a PDF",
    b"<": "a web page",
}


@dataclass(frozen=True)
class Layout:
    """How a publisher writes its file. `what` names it to people, as in "the licensee list of ...".

    `spelled` gives a heading's usual spelling; `quoted`: a spreadsheet may have put quotes around values.
    """

    what: str
    delimiter: str
    required: frozenset[str]
    spelled: Callable[[str], str] = str.strip
    quoted: bool = False


@dataclass
class Damage:
    """Rows that were left out, and rows of which a part was guessed; `lines` are the first of them."""

    rows: int = 0
    broken: int = 0
    broken_wanted: int = 0
    lines: list[int] = field(default_factory=list)
    windows_lines: int = 0

    def note(self, line: int, wanted: bool) -> None:
        """Count a row that cannot be read; `wanted`: it could have been one of those looked for."""
        self.broken += 1
        self.broken_wanted += wanted
        if wanted and len(self.lines) < NAMED_LINES:
            self.lines.append(line)


class DelimitedFile:
    """One file while it is read: the header at once, the rows as a stream. Raises SourceTrouble for another file."""

    def __init__(self, file: IO[bytes], layout: Layout) -> None:
        self.layout = layout
        self.delimiter = layout.delimiter.encode()
        self.damage = Damage()
        self.lines = numbered_lines(utf8_blocks(file, layout))
        self.header = self.read_header()

    def read_header(self) -> list[str]:
        """The column names, spelled as the layout spells them."""
        first = next((line for _, line, _ in self.lines if line.strip()), b"")
        text = self.decoded(first.removeprefix(codecs.BOM_UTF8)) or ""
        names = [self.layout.spelled(cell) for cell in self.cells(text)]
        names = names[:-1] if names and not names[-1] else names
        missing = sorted(self.layout.required - set(names))
        twice = sorted(name for name, count in Counter(names).items() if count > 1)
        if missing or twice:
            wrong = f"the column {missing[0]!r} is missing" if missing else f"the column {twice[0]!r} stands twice"
            raise SourceTrouble(f"This is not {self.layout.what}: {wrong}; its first line begins {text[:60]!r}.")
        return names

    def rows(self, wanted: Callable[[bytes], bool] | None = None) -> Iterator[dict[str, str]]:
        """Every row, or those whose line `wanted` takes; raises SourceTrouble when too many rows are broken."""
        found = 0
        delimiters = self.usual_delimiters()
        for number, line, ended in self.lines:
            if not line.strip() or line == END_OF_FILE:
                continue
            self.damage.rows += 1
            whole = self.whole_row(line, delimiters)
            if whole is None and not ended:
                raise SourceTrouble(f"The file is cut short: line {number} ends in the middle of a row.")
            meant = wanted is None or wanted(line)
            text = self.decoded(whole) if whole is not None and meant else ""
            if whole is None or text is None:
                self.damage.note(number, meant)
            elif meant:
                found += 1
                yield dict(zip(self.header, self.cells(text), strict=True))
        self.refuse_if_broken(found)

    def usual_delimiters(self) -> int:
        """Delimiters in a row, learned from most of the first rows: some publishers end rows with one more."""
        first = list(islice(self.lines, LINES_LOOKED_AT))
        self.lines = chain(first, self.lines)
        counted = Counter(line.count(self.delimiter) for _, line, _ in first if line.strip())
        width = len(self.header)
        usual = counted.most_common(1)[0][0] if counted else width - 1
        if usual not in (width - 1, width):
            raise SourceTrouble(f"Rows hold {usual + 1} values under {width} columns; nothing was read.")
        return usual

    def whole_row(self, line: bytes, delimiters: int) -> bytes | None:
        """The row without the delimiter behind its last value; None when its values do not fit the columns."""
        if line.count(self.delimiter) != delimiters or b"\x00" in line:
            return None
        if delimiters < len(self.header):
            return line
        row, _, behind = line.rpartition(self.delimiter)
        return None if behind.strip() else row

    def refuse_if_broken(self, found: int) -> None:
        """A few damaged rows are the publisher's; more mean that the file is."""
        damage = self.damage
        for broken, rows in ((damage.broken, damage.rows), (damage.broken_wanted, found + damage.broken_wanted)):
            most = max(TOLERATED_ROWS, int(rows * TOLERATED_SHARE))
            if broken > most:
                raise SourceTrouble(f"{self.said_of(broken)}; more than {most} are not tolerated, nothing was read.")

    def said_of(self, broken: int) -> str:
        """How many rows are damaged, and where the first of them are."""
        lines = ", ".join(map(str, self.damage.lines))
        where = f" (line {lines})" if lines else ""
        return f"{broken} rows{where} do not hold the {len(self.header)} values of the header, or hold damaged bytes"

    def decoded(self, line: bytes) -> str | None:
        """A line's text; None when its bytes are no text."""
        try:
            return line.decode()
        except UnicodeDecodeError:
            pass
        try:
            text = line.decode("cp1252")
        except UnicodeDecodeError:
            return None
        self.damage.windows_lines += 1
        return text

    def cells(self, text: str) -> list[str]:
        cells = text.split(self.layout.delimiter)
        return [unwrapped(cell) for cell in cells] if self.layout.quoted else cells


def unwrapped(cell: str) -> str:
    """A value without the quotes a spreadsheet put around it."""
    quoted = len(cell) > 1 and cell[0] == cell[-1] == '"'
    return cell[1:-1].replace('""', '"') if quoted else cell


def utf8_blocks(file: IO[bytes], layout: Layout) -> Iterator[bytes]:
    """The file's bytes, UTF-16 turned into UTF-8; refuses what is no text file."""
    block = file.read(BLOCK_BYTES)
    for start, what in REFUSED.items():
        if block.lstrip()[: len(start)] == start:
            raise SourceTrouble(f"This is not {layout.what}: it is {what}.")
    encoding = wide_encoding(block)
    decoder = codecs.getincrementaldecoder(encoding)() if encoding else None
    try:
        while block:
            yield decoder.decode(block).encode() if decoder else block
            block = file.read(BLOCK_BYTES)
        if decoder:
            decoder.decode(b"", final=True)
    except UnicodeError as error:
        raise SourceTrouble(f"The file is cut short or damaged: it is no whole {encoding} text ({error}).") from error


def wide_encoding(start: bytes) -> str:
    """The name of the UTF-16 a file begins with, by its mark or by the NUL beside every letter; "" for others."""
    if start.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return "utf-16"
    head = start[:200]
    zeros = head[::2].count(0), head[1::2].count(0)
    if max(zeros) * 3 < len(head) or min(zeros):
        return ""
    return "utf-16-le" if zeros[1] else "utf-16-be"


def numbered_lines(blocks: Iterable[bytes]) -> Iterator[tuple[int, bytes, bool]]:
    """(number, line without its end, whether it had one): lines end with a line feed and with nothing else."""
    number, rest = 0, b""
    for block in blocks:
        *lines, rest = (rest + block).split(b"\n")
        for number, line in enumerate(lines, start=number + 1):  # noqa: B020 the count goes on
            refuse_if_long(number, line)
            yield number, line.rstrip(b"\r"), True
        refuse_if_long(number + 1, rest)
    if rest:
        yield number + 1, rest.rstrip(b"\r"), False


def refuse_if_long(number: int, line: bytes) -> None:
    if len(line) > LONGEST_LINE:
        raise SourceTrouble(f"Line {number} is longer than {LONGEST_LINE:,} bytes; the file is damaged.")


def plain_heading(text: str) -> str:
    """A heading without what publishers change without notice: case, blanks, signs."""
    return "".join(letter for letter in text.casefold() if letter.isalnum())


def usual_spelling(names: Iterable[str], also: Mapping[str, str]) -> Callable[[str], str]:
    """Gives a heading the spelling it has in `names`; `also` maps other headings for the same column to it."""
    known = {plain_heading(name): name for name in names}
    known |= {plain_heading(other): name for other, name in also.items()}
    return lambda heading: known.get(plain_heading(heading), heading.strip())
