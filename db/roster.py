"""A roster: a file of people somebody asks about, read row by row.

Comes in: the path of a .csv, .tsv or .xlsx file, perhaps which of its headings is what. Goes out: a `Roster` whose rows
keep their order, their cells and the number a spreadsheet shows beside them, each with the question it asks or the
reason in words why it asks none. Nothing is kept in memory but the row at hand; nothing is logged.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from db.answers import Question
from db.roster_answer import RESULT_COLUMNS, answer_row
from db.roster_cells import read_question_of
from db.roster_columns import Columns, find_header, no_columns, read_columns
from db.roster_csv import read_delimited
from db.roster_grid import Cells, Grid, RosterError, kind_of

__all__ = ["RESULT_COLUMNS", "Roster", "RosterError", "RosterRow", "answer_row", "open_roster"]

DELIMITED = frozenset((".csv", ".tsv", ".txt", ".tab"))
WORKBOOKS = frozenset((".xlsx", ".xlsm"))


@dataclass(frozen=True)
class RosterRow:
    """One row; `number` counts as a spreadsheet does. `question` is None where `trouble` says why nothing can be asked.

    `trouble` beside a question names what of the row was not used.
    """

    number: int
    cells: Cells
    question: Question | None
    trouble: str
    above_headings: bool = False

    @property
    def blank(self) -> bool:
        return not any(cell.strip() for cell in self.cells)


@dataclass(frozen=True)
class Roster:
    """An open roster: its headings, which columns are used as what, and sentences that say how it was read.

    Columns of an earlier answer are no part of it: `kept` are the places of the others.
    `length` is the number of rows behind the headings; `marked` whether the file began with a byte order mark or is a
    workbook, so that Excel finds the same letters in what is written from it.
    """

    grid: Grid
    header: Cells
    header_row: int
    columns: Columns
    notes: tuple[str, ...]
    kept: tuple[int, ...]

    @property
    def length(self) -> int:
        return self.grid.length - (1 if self.header_row else 0)

    @property
    def marked(self) -> bool:
        return self.grid.marked

    def rows(self) -> Iterator[RosterRow]:
        """Every row but the headings; the file is read again on each call."""
        for number, cells in enumerate(self.grid.rows(), start=1):
            if len(cells) > self.grid.width:
                raise RosterError(f"row {number} grew while the file was being read; try again.")
            if number != self.header_row:
                yield self._row(number, tuple(cells[place] if place < len(cells) else "" for place in self.kept))

    def _row(self, number: int, cells: Cells) -> RosterRow:
        if number < self.header_row:
            return RosterRow(number, cells, None, f"row {number}: it stands above the headings", True)
        if not any(map(str.strip, cells)):
            return RosterRow(number, cells, None, f"row {number}: it is blank")
        question, trouble = read_question_of(self.columns.values(cells))
        return RosterRow(number, cells, question, f"row {number}: {trouble}" if trouble else "")


def open_roster(path: Path, columns: Mapping[str, str] | None = None, sheet: str = "") -> Roster:
    """Open a roster; `columns` maps our words (name, npi ...) to its headings, `sheet` names a sheet of a workbook.

    Raises `RosterError`, whose sentence says what is wrong with the file or the call.
    """
    grid = read_grid(path, sheet)
    try:
        first = grid.first_rows()
        header_row = find_header(first, dict(columns or {}))
        every = header_cells(first, header_row, grid.width)
        kept = tuple(place for place, heading in enumerate(every) if heading not in RESULT_COLUMNS)
        header = tuple(every[place] for place in kept)
        read = read_columns(header, first[header_row:], dict(columns or {}), bool(header_row))
    except OSError as error:
        raise RosterError(f"{path} could not be read: {error.strerror or error}.") from error
    if not read.can_ask:
        raise RosterError(no_columns(path, header, bool(header_row)))
    notes = (*grid.notes, *header_notes(header_row, len(every) - len(kept)), *read.notes)
    return Roster(grid, header, header_row, read, notes, kept)


def read_grid(path: Path, sheet: str) -> Grid:
    """Read by what the file is; a name that says otherwise is a sentence."""
    ending = path.suffix.lower()
    try:
        kind = kind_of(path)
        if ending in WORKBOOKS and kind == "workbook":
            from db.xlsx import read_workbook

            return read_workbook(path, sheet)
        if ending in DELIMITED and kind == "text":
            if sheet:
                raise RosterError(f"{path.name} has no sheets; --sheet is for .xlsx files.")
            return read_delimited(path)
    except OSError as error:
        raise RosterError(f"{path} could not be read: {error.strerror or error}.") from error
    raise RosterError(wrong_kind(path, ending, kind))


def wrong_kind(path: Path, ending: str, kind: str) -> str:
    found = {"workbook": "an Excel workbook (.xlsx)", "text": "text (such as .csv)"}
    if kind not in found:
        return f"{path.name} is {kind}. Save it as .csv or .xlsx."
    if ending in DELIMITED | WORKBOOKS:
        return f"{path.name} ends in {ending}, but it holds {found[kind]}. Rename it, or save it again."
    return f"{path.name} ends in {ending or 'nothing'}; a roster ends in .csv, .tsv, .txt or .xlsx."


def header_cells(first: list[Cells], header_row: int, width: int) -> Cells:
    """The headings as they stand; without a row of headings, or past its end, columns are called by their number."""
    given = first[header_row - 1] if header_row else ()
    return (*given, *(f"column {number}" for number in range(len(given) + 1, width + 1)))


def header_notes(header_row: int, ours: int) -> Iterator[str]:
    if not header_row:
        yield "No row of headings was found: row 1 is read as a person."
    if header_row > 1:
        yield f"The headings were found in row {header_row}; rows above it are kept and ask nothing."
    if ours:
        yield f"{ours} columns of an earlier answer were left out."
