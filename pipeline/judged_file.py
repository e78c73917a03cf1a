"""Writing a judgment down: one more line in the data folder's `same_person.csv`.

In: a decision about two records. Out: the file with the line in it, on the disk. The file is replaced as a whole under
a lock: a process that is killed leaves the file of before or the file of after; of two at once both lines stay.
"""

from __future__ import annotations

import csv
import fcntl
import io
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import astuple
from datetime import date
from pathlib import Path

from pipeline.judgments import COLUMNS, FILE, JudgedLine, contradictions, fault_of, read_judgments
from pipeline.renamings import Renamings
from pipeline.review_list import replace_file

LONGEST_REASON = 500


class NoJudgment(ValueError):
    """The decision cannot be written down; the sentence says why."""


def write_judgment(data: Path, cells: Sequence[str], renamings: Renamings, today: date) -> bool:
    """Add a line (verdict, source, key, source, key, reason); False where the same decision stands there already.

    Raises NoJudgment for a line that would be wrong or would contradict another, RuleError for a file that is wrong.
    """
    cells = [*cells[:5], " ".join(cells[5].split()), today.isoformat()]
    with only_one_writer(data):
        lines = read_judgments(data, today)
        path = data / FILE
        kept = path.read_bytes() if path.exists() else b""
        line = JudgedLine(f"{data.name}/{FILE}", kept.count(b"\n") + 2, *cells)
        refuse_nonsense(line, cells, today)
        if stands_already(line, lines, renamings):
            return False
        refuse_contradiction(line, lines, renamings)
        replace_file(path, with_line(kept, astuple(line)[2:]))
    return True


@contextmanager
def only_one_writer(data: Path) -> Iterator[None]:
    """Wait for whoever is writing; a killed writer's lock ends with it."""
    locks = data / "locks"
    locks.mkdir(parents=True, exist_ok=True)
    with (locks / "judge").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def refuse_nonsense(line: JudgedLine, cells: Sequence[str], today: date) -> None:
    fault = fault_of(list(cells), today)
    if fault:
        raise NoJudgment(f"Not written down: {fault}")
    if len(line.reason) > LONGEST_REASON:
        raise NoJudgment(
            f"Not written down: the reason has {len(line.reason)} characters; {LONGEST_REASON} are enough."
        )
    if not all(character.isprintable() for cell in cells for character in cell):
        raise NoJudgment("Not written down: the reason or a key holds characters that cannot be printed.")


def stands_already(line: JudgedLine, lines: Sequence[JudgedLine], renamings: Renamings) -> bool:
    new = line.judgment(renamings)
    known = (other.judgment(renamings) for other in lines)
    pair = {new.first_id, new.second_id}
    return any({old.first_id, old.second_id} == pair and old.same == new.same for old in known)


def refuse_contradiction(line: JudgedLine, lines: Sequence[JudgedLine], renamings: Renamings) -> None:
    """A decision against an earlier one is not added to it: which of the two is wrong only a person knows."""
    found = contradictions([*lines, line], renamings)
    if found:
        advice = "Delete the line that is wrong, then judge again."
        raise NoJudgment(f"Not written down as line {line.line}, for then: {' '.join(found)} {advice}")


def with_line(kept: bytes, cells: Sequence[str]) -> bytes:
    """The file as it was, whoever wrote it, and one line more."""
    text = io.StringIO(newline="")
    writer = csv.writer(text, lineterminator="\n")
    if not kept:
        writer.writerow(COLUMNS)
    writer.writerow(cells)
    ended = b"" if not kept or kept.endswith(b"\n") else b"\n"
    return kept + ended + text.getvalue().encode()
