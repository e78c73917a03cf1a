"""Write the answers to a roster: its own columns as they are, ours beside them.

Comes in: a `Checker`, an open roster, the path of a .csv. Goes out: that file, whole or not at all, and how many rows
came to which outcome. Cells of the user pass as they are; ours cannot be taken for a formula.
"""

from __future__ import annotations

import csv
from collections import Counter
from collections.abc import Callable
from pathlib import Path

from db.check import Checker
from db.export import safe_cell, written_beside
from db.roster import RESULT_COLUMNS, Roster, RosterError, answer_row
from db.roster_answer import NOT_READABLE, PREFIX

BLANK, ABOVE, IN_PART = "blank", "above_headings", "in_part"
OUTCOME, TROUBLE = PREFIX + "outcome", PREFIX + "trouble"


def check_paths(roster: Path, out: Path) -> None:
    """Raises `RosterError` for an output that would replace the roster or cannot be written here."""
    if out.suffix.lower() != ".csv":
        raise RosterError(f"{out} does not end in .csv: answers are written as CSV.")
    if out.is_dir():
        raise RosterError(f"{out} is a folder; --out names a file.")
    if not out.parent.is_dir():
        raise RosterError(f"There is no folder {out.parent} to write {out.name} into.")
    if out.exists() and roster.exists() and out.samefile(roster):
        raise RosterError(f"{out} is the roster itself; give --out another name.")


def write_answers(
    checker: Checker, roster: Roster, out: Path, progress: Callable[[int], None] = lambda rows: None
) -> Counter[str]:
    """Answer every row in order; return counts by outcome (blank rows and titles apart) and of rows used in part.

    `progress` is told how many rows are answered. Raises OSError when the file cannot be written; nothing is left then.
    """
    counts: Counter[str] = Counter()
    encoding = "utf-8-sig" if roster.marked else "utf-8"
    with written_beside(out) as part, part.open("w", encoding=encoding, errors="replace", newline="") as text:
        writer = csv.writer(text)  # with \r\n, without which a cell that holds either would break its row
        writer.writerow((*roster.header, *RESULT_COLUMNS))
        for done, row in enumerate(roster.rows(), start=1):
            answer = answer_row(checker, row)
            writer.writerow((*row.cells, *map(safe_cell, answer.values())))
            counts[BLANK if row.blank else ABOVE if row.above_headings else answer[OUTCOME]] += 1
            counts[IN_PART] += bool(answer[TROUBLE]) and answer[OUTCOME] != NOT_READABLE
            progress(done)
    return counts
