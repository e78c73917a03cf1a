"""The rows of one sheet of a workbook, as a stream.

Comes in: a workbook's path, its shared texts and formats, the part that is the sheet. Goes out: rows of text, as often
as they are asked for, and what must be said of them. A row that the file leaves out is a blank row; blank rows at the
end are none. In memory is one piece of the file and the rows in it.
"""

from __future__ import annotations

import zipfile
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from xml.parsers import expat

from db.roster_grid import Cells, RosterError
from db.xlsx_cells import Formats
from db.xlsx_strings import CHUNK, SharedStrings

LAST_ROW, LAST_COLUMN = 1_048_576, 16_384


@dataclass(frozen=True)
class Workbook:
    path: Path
    strings: SharedStrings
    formats: Formats


@dataclass
class Sheet:
    """A sheet that can be read again; what it holds beside its rows is counted anew on each reading."""

    book: Workbook
    part: str
    hidden_rows: int = 0
    formulas_without_value: int = 0

    def rows(self) -> Iterator[Cells]:
        """Raises `RosterError` when the file is damaged on the way."""
        self.hidden_rows = self.formulas_without_value = 0
        due = 1
        for number, cells in self.filled_rows():
            if number < due:
                raise RosterError(f"{self.book.path.name}: row {number} of the sheet stands twice or out of order.")
            for _ in range(due, number):
                yield ()
            yield cells
            due = number + 1

    def filled_rows(self) -> Iterator[tuple[int, Cells]]:
        reader = RowReader(self)
        try:
            with zipfile.ZipFile(self.book.path) as archive, archive.open(self.part) as source:
                while chunk := source.read(CHUNK):
                    reader.parser.Parse(chunk, False)
                    yield from reader.taken()
                reader.parser.Parse(b"", True)
                yield from reader.taken()
        except (expat.ExpatError, zipfile.BadZipFile, EOFError, ValueError, KeyError) as error:
            if isinstance(error, RosterError):
                raise
            raise RosterError(damaged(self.book.path, error)) from error


def damaged(path: Path, error: Exception) -> str:
    return f"{path.name} is a damaged workbook ({error}). Open it in Excel and save it again."


@dataclass
class Cell:
    column: int
    kind: str
    style: int
    parts: list[str] = field(default_factory=list)
    formula: bool = False


class RowReader:
    """Handlers of the parser: a row is finished at its end tag, and only one with text in it counts."""

    def __init__(self, sheet: Sheet) -> None:
        self.sheet = sheet
        self.done: list[tuple[int, Cells]] = []
        self.number = 0
        self.texts: dict[int, str] = {}
        self.cell: Cell | None = None
        self.column = 0
        self.hint = 0
        self.inside = False
        self.parser = expat.ParserCreate(namespace_separator=" ")
        self.parser.buffer_text = True
        self.parser.StartElementHandler = self.start
        self.parser.EndElementHandler = self.end
        self.parser.CharacterDataHandler = self.characters

    def taken(self) -> list[tuple[int, Cells]]:
        done, self.done = self.done, []
        return done

    def start(self, tag: str, attributes: dict[str, str]) -> None:
        name = tag.rpartition(" ")[2]
        if name == "c":
            self.column = column_of(attributes.get("r", "")) or self.column + 1
            self.cell = Cell(self.column, attributes.get("t", "n"), int(attributes.get("s") or 0))
        elif name == "row":
            self.start_row(attributes)
        elif self.cell:
            self.hint += name == "rPh"
            self.inside = name in ("v", "t") and not self.hint
            self.cell.formula |= name == "f"

    def start_row(self, attributes: dict[str, str]) -> None:
        self.number = int(float(attributes.get("r") or self.number + 1))
        if not 1 <= self.number <= LAST_ROW:
            raise ValueError(f"row {self.number} is none")
        self.texts, self.column = {}, 0
        self.sheet.hidden_rows += attributes.get("hidden") in ("1", "true")

    def characters(self, text: str) -> None:
        if self.inside and self.cell:
            self.cell.parts.append(text)

    def end(self, tag: str) -> None:
        name = tag.rpartition(" ")[2]
        self.inside = False
        if name == "rPh" and self.hint:
            self.hint -= 1
        elif name == "c" and self.cell:
            self.end_cell(self.cell)
            self.cell = None
        elif name == "row" and any(self.texts.values()):
            cells = tuple(self.texts.get(column, "") for column in range(1, max(self.texts) + 1))
            self.done.append((self.number, cells))

    def end_cell(self, cell: Cell) -> None:
        stored, book = "".join(cell.parts), self.sheet.book
        if not stored:
            self.sheet.formulas_without_value += cell.formula
        elif cell.kind == "s":
            self.texts[cell.column] = book.strings[int(stored)]
        else:
            self.texts[cell.column] = book.formats.text(stored, cell.kind, cell.style)


def column_of(reference: str) -> int:
    """`AB12` is in column 28; 0 where nothing is said."""
    column = 0
    for letter in reference.rstrip("0123456789").upper():
        column = column * 26 + ord(letter) - 64
    if not 0 <= column <= LAST_COLUMN:
        raise ValueError(f"column {reference!r} is none")
    return column
