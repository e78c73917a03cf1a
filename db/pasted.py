"""A list that somebody pasted: up to 200 people, a line each, with or without headings.

Comes in: text, as copied from a spreadsheet, an e-mail or a list. Goes out: rows like a roster's, in their order, each
with its question or why it asks none. A line without headings may hold a name, a state, a license number and an NPI in
any order: `Li Wei, WA`, `WA AC60001234`, `1999999999`. Nothing is kept.
"""

from __future__ import annotations

import csv
import re
from dataclasses import dataclass

from db.answers import Question
from db.places import find_place
from db.roster_cells import read_question_of
from db.roster_columns import ASKABLE, Columns, ours_of, read_columns
from db.us_states import state_code

MOST_LINES = 200
LONGEST_LINE = 1_000
_NPI = re.compile(r"(?<![0-9A-Za-z])([12][0-9]{9})(?![0-9])")
_NUMBER = re.compile(
    r"(?<![\w-])#?((?=[A-Za-z.\- ]{0,8}[0-9]{3})[A-Za-z.]{0,8}[-. ]?[0-9]{3,9}(?:-[A-Za-z0-9]{1,4})?)(?![\w-])"
)
_ZIP_BEHIND = re.compile(r"(?<=[A-Za-z]{2})[ ,]+[0-9]{5}(-[0-9]{4})?\s*$")
_WORDS = re.compile(r"\b(?:npi|license|licence|lic)\b[.:#]*", re.IGNORECASE)


@dataclass(frozen=True)
class PastedLine:
    """One line; `number` counts the lines as pasted."""

    number: int
    text: str
    question: Question | None
    trouble: str


@dataclass(frozen=True)
class Pasted:
    """The lines that are people; `notes` say how they were read and what was left out."""

    lines: tuple[PastedLine, ...]
    notes: tuple[str, ...] = ()


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
    return Pasted(tuple(read_line(number, line, columns) for number, line in filled[:MOST_LINES]), tuple(notes))


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


def values_of(line: str) -> dict[str, str]:
    """What a line without headings holds."""
    left = _WORDS.sub(" ", line)
    npi = _NPI.search(left)
    left = _NPI.sub(" ", left, count=1)
    left = _ZIP_BEHIND.sub(" ", left)
    license = _NUMBER.search(left)
    left = _NUMBER.sub(" ; ", left, count=1)
    name, state = split_state(left)
    state = state or (own_state(license[1]) if license else "")
    return {"name": name, "state": state, "license": license[1] if license else "", "npi": npi[1] if npi else ""}


def own_state(number: str) -> str:
    """`WA 60001234`: a state that stands before the number itself."""
    before = re.match(r"([A-Z]{2})[ -]", number)
    return before[1] if before and state_code(before[1]) else ""


def split_state(text: str) -> tuple[str, str]:
    """The state that stands in a part of its own or in capitals at an end; the name without it and its town.

    Two words alone are a name: `Jun MA` and `MA, Jun` are people of the family Ma.
    """
    parts = [part.strip(" .;|#()") for part in re.split(r"[,\t;|()]|\s-\s", text) if any(map(str.isalnum, part))]
    whole = len(" ".join(parts).split()) > 2
    for part in reversed(parts[1:]):
        if whole and state_code(part):
            parts.remove(part)
            return ", ".join(without_town(parts, part)), part
    words = " ".join(parts).split()
    for at in (-1, 0):
        if whole and re.fullmatch(r"[A-Z]{2}", words[at]) and state_code(words[at]):
            state = words.pop(at)
            return " ".join(words), state
    alone = len(parts) == 1 and bool(state_code(parts[0]))
    return ("", parts[0]) if alone else (", ".join(parts), "")


def without_town(parts: list[str], state: str) -> list[str]:
    """`John Smith, Portland, OR` asks for John Smith."""
    if len(parts) > 1 and find_place(f"{parts[-1]}, {state_code(state)}"):
        return parts[:-1]
    return parts
