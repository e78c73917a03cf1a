"""A list that somebody pasted: up to 200 people, a line each, with or without headings.

Comes in: text, as copied from a spreadsheet, an e-mail or a list. Goes out: rows like a roster's, in their order, each
with its question or why it asks none. A line without headings may hold a name, a state, a license number and an NPI in
any order: `Li Wei, WA`, `WA AC60001234`, `1999999999`. Nothing is kept.
"""

from __future__ import annotations

import csv
from dataclasses import dataclass

from db.answers import Question
from db.asked_line import values_of
from db.roster_cells import read_question_of
from db.roster_columns import ASKABLE, Columns, ours_of, read_columns

MOST_LINES = 200
LONGEST_LINE = 1_000


@dataclass(frozen=True)
class PastedLine:
    """One line; `number` counts the lines as pasted."""

    number: int
    text: str
    question: Question | None
    trouble: str


@dataclass(frozen=True)
class Pasted:
    """The lines that are people, of all that were `given`; `notes` say how they were read and what was left out."""

    lines: tuple[PastedLine, ...]
    notes: tuple[str, ...] = ()
    given: int = 0


def read_pasted(text: str) -> Pasted:
    """Read a pasted list; more than 200 people are left out, and it is said."""
    every = [(number, line.strip()[:LONGEST_LINE]) for number, line in enumerate(text.splitlines(), start=1)]
    filled = [(number, line) for number, line in every if line]
    notes = []
    columns = headings(filled[0][1]) if filled else None
    if columns:
        filled = filled[1:]
        notes.append(columns.notes[0])
    if len(filled) > MOST_LINES:
        notes.append(f"{len(filled)} lines were given; the first {MOST_LINES} were read. The command reads any number.")
    return Pasted(
        tuple(read_line(number, line, columns) for number, line in filled[:MOST_LINES]), tuple(notes), len(filled)
    )


def headings(line: str) -> Columns | None:
    """The columns, where the first line names at least one that can be asked by and holds no number."""
    cells = cells_of(line)
    known = {found[0] for found in map(ours_of, cells) if found}
    is_heading = ASKABLE & known and not any(map(str.isdigit, line)) and (len(known) > 1 or len(cells) == 1)
    return read_columns(cells, [], {}, has_header=True) if is_heading else None


def cells_of(line: str) -> tuple[str, ...]:
    """A line from a spreadsheet has tabs; any other is read as CSV."""
    if "\t" in line:
        return tuple(line.split("\t"))
    delimiter = ";" if line.count(";") > line.count(",") else ","
    return tuple(next(csv.reader([line], delimiter=delimiter, skipinitialspace=True), ()))


def read_line(number: int, line: str, columns: Columns | None) -> PastedLine:
    values = columns.values(cells_of(line)) if columns else values_of(line)
    question, trouble = read_question_of(values)
    return PastedLine(number, line, question, f"line {number}: {trouble}" if trouble else "")
