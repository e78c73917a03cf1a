"""Files in which people's decisions are written down: judgments, disputes, suppressions. Read and replaced alike.

In: a CSV file of the data folder, its columns, what makes a line wrong. Out: each line's cells, or the sentence that
says what is wrong with it; the file replaced as a whole under a lock: a process that is killed leaves the file of
before or the file of after. Lines are never removed: what no longer holds says since when.
"""

from __future__ import annotations

import csv
import fcntl
import io
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from crawler.snapshots import TIMES
from pipeline.rules import RuleError

LONGEST_REASON = 500
MOST_FAULTS = 10


class NotWritten(ValueError):
    """The decision cannot be written down or withdrawn; the sentence says why."""


def judged_lines(
    path: Path, columns: Sequence[str], fault_of: Callable[[list[str]], str]
) -> Iterator[tuple[int, list[str]] | str]:
    """(line number, cells) of each line, or the sentence that says what is wrong with it."""
    name = f"{path.parent.name}/{path.name}"  # may be shown to anybody: no more of the operator's folders
    try:
        rows = list(numbered_rows(path))
    except (UnicodeDecodeError, csv.Error, OSError) as error:
        yield f"{name} cannot be read as CSV in UTF-8: {error}."
        return
    if not rows or tuple(rows[0][1]) != tuple(columns):
        yield f"{name} must start with the columns {','.join(columns)}."
        return
    for number, cells in rows[1:]:
        wrong = len(cells) != len(columns)
        fault = f"{len(cells)} cells instead of {len(columns)}: {cells!r}." if wrong else fault_of(cells)
        yield f"{name}, line {number}: {fault}" if fault else (number, cells)


def numbered_rows(path: Path) -> Iterator[tuple[int, list[str]]]:
    """Rows with the number of the line they begin on; blank lines are none. A spreadsheet's BOM is no fault."""
    with path.open(encoding="utf-8-sig", newline="") as file:
        reader, begins = csv.reader(file, strict=True), 1
        for cells in reader:
            if cells:
                yield begins, [cell.strip() for cell in cells]
            begins = reader.line_num + 1


def refuse(faults: Sequence[str]) -> None:
    """Raise RuleError with the faults, when there are any."""
    more = [f"And {len(faults) - MOST_FAULTS} faults more."] if len(faults) > MOST_FAULTS else []
    if faults:
        raise RuleError(" ".join([*faults[:MOST_FAULTS], *more]))


def time_fault(column: str, text: str, now: datetime) -> str:
    """What is wrong with a day or a time, or ""; a day is longer than one place's."""
    try:
        moment = datetime.strptime(f"{text}+0000", TIMES + "%z" if "T" in text else "%Y-%m-%d%z")
    except ValueError:
        return f"{column} is {text!r}; it must be a day or a time such as 2026-11-22 or 2026-11-22T09:30:00Z."
    return f"{column} is {text!r}, which is in the future." if moment > now + timedelta(days=1) else ""


def plain_reason(reason: str) -> str:
    """The reason in one line; raises NotWritten for one that cannot be kept."""
    reason = " ".join(reason.split())
    if not reason:
        raise NotWritten("Not written down: --reason is missing; say why, in a sentence without names.")
    if len(reason) > LONGEST_REASON:
        raise NotWritten(f"Not written down: the reason has {len(reason)} characters; {LONGEST_REASON} are enough.")
    if not reason.isprintable():
        raise NotWritten("Not written down: the reason holds characters that cannot be printed.")
    return reason


@contextmanager
def only_one_writer(data: Path, what: str) -> Iterator[None]:
    """Wait for whoever is writing; a killed writer's lock ends with it."""
    locks = data / "locks"
    locks.mkdir(parents=True, exist_ok=True)
    with (locks / what).open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def as_csv(columns: Sequence[str], rows: Iterable[Sequence[Any]]) -> bytes:
    text = io.StringIO(newline="")
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(columns)
    writer.writerows(rows)
    return text.getvalue().encode()
