"""Judgments: what people have decided about two records: the same person, or two.

In: `rules/same_person.csv` of the package and the data folder's own `same_person.csv`, one decision a line, and every
renaming of a record. Out: judgments between records under the ids they have today. A line holds for ever and wins over
the model, so a file with a wrong line stops the build: each fault is a sentence with line number and value.
"""

from __future__ import annotations

import re
from collections import defaultdict, deque
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path

from crawler.records import Record
from pipeline.frames import Rows
from pipeline.judged_csv import judged_lines, refuse
from pipeline.renamings import Renamings
from pipeline.rules import RULES_FOLDER

FILE = "same_person.csv"
COLUMNS = ("verdict", "source_a", "key_a", "source_b", "key_b", "reason", "decided_on")
VERDICTS = ("same", "different")
_DATE = re.compile(r"\d{4}-\d{2}-\d{2}")


@dataclass(frozen=True)
class Judgment:
    """One decision, between records under the ids they have today. `on` is an ISO date."""

    first_id: str
    second_id: str
    same: bool
    reason: str
    on: str


@dataclass(frozen=True)
class JudgedLine:
    """One line as it was written: records by source and key, as they were called on the day of the decision."""

    file: str
    line: int
    verdict: str
    source_a: str
    key_a: str
    source_b: str
    key_b: str
    reason: str
    decided_on: str

    @property
    def where(self) -> str:
        return f"{self.file}, line {self.line}"

    @property
    def pair(self) -> str:
        return f"{self.source_a}:{self.key_a} and {self.source_b}:{self.key_b}"

    @property
    def ids(self) -> tuple[str, str]:
        """The ids both records had on the day of the decision."""
        return record_id(self.source_a, self.key_a), record_id(self.source_b, self.key_b)

    def judgment(self, renamings: Renamings) -> Judgment:
        """The decision about the records as they are called today."""
        first, second = (renamings.today(record, self.decided_on) for record in self.ids)
        return Judgment(first, second, self.verdict == "same", self.reason, self.decided_on)


def record_id(source: str, key: str) -> str:
    return Record(source, key, "", "", "", "", "", {}).id


def judgment_files(data: Path) -> tuple[Path, Path]:
    """The file that ships with the rules, and the operator's own, which `diplomate judge` writes."""
    return RULES_FOLDER / FILE, data / FILE


def read_judgments(data: Path, today: date) -> list[JudgedLine]:
    """Every line of both files; raises RuleError naming each fault, also a contradiction between two lines."""
    lines: list[JudgedLine] = []
    faults: list[str] = []
    for path in judgment_files(data):
        for found in read_file(path, today) if path.exists() else ():
            (faults if isinstance(found, str) else lines).append(found)  # type: ignore[arg-type]
    refuse(faults)
    refuse(contradictions(lines, Renamings([])))
    return lines


def applied(lines: Sequence[JudgedLine], renamings: Renamings) -> list[Judgment]:
    """What the linker must heed: each pair once, records that have become one left out; raises RuleError where
    two lines contradict each other under the ids of today."""
    refuse(contradictions(lines, renamings))
    found: dict[frozenset[str], Judgment] = {}
    for line in lines:
        judgment = line.judgment(renamings)
        if judgment.first_id != judgment.second_id:
            found.setdefault(frozenset((judgment.first_id, judgment.second_id)), judgment)
    return list(found.values())


def judgment_rows(lines: Sequence[JudgedLine], renamings: Renamings, owners: dict[str, str]) -> Rows:
    """The published table: every line, and whether today's directory follows it. `owners`: record -> person."""
    rows = []
    for line in lines:
        judgment = line.judgment(renamings)
        ends = {"record_a": judgment.first_id, "record_b": judgment.second_id}
        written = {column: getattr(line, column) for column in COLUMNS}
        rows.append({"file": line.file, "line": line.line} | written | ends | {"outcome": outcome(judgment, owners)})
    return rows


def outcome(judgment: Judgment, owners: dict[str, str]) -> str:
    """`waiting`: a record is in no source today. `not_applied` must never be seen, and is told to the operator."""
    first, second = owners.get(judgment.first_id), owners.get(judgment.second_id)
    if judgment.first_id == judgment.second_id:
        return "one_record"
    if first is None or second is None:
        return "waiting"
    return "applied" if (first == second) == judgment.same else "not_applied"


def read_file(path: Path, today: date) -> Iterator[JudgedLine | str]:
    """Each line of one file, or the sentence that says what is wrong with it."""
    name = f"{path.parent.name}/{path.name}"  # published with the line: no more of the operator's folders
    for found in judged_lines(path, COLUMNS, lambda cells: fault_of(cells, today)):
        yield found if isinstance(found, str) else JudgedLine(name, found[0], *found[1])


def fault_of(cells: list[str], today: date) -> str:
    """What is wrong with one line, or ""."""
    verdict, *ends, reason, decided_on = cells
    if verdict not in VERDICTS:
        return f"the verdict is {verdict!r}; it must be same or different."
    blank = next((name for name, cell in zip(COLUMNS[1:5], ends, strict=True) if not cell), "")
    if blank:
        return f"{blank} is empty; a record is named by its source and its key."
    if not reason:
        return f"the reason is empty; say why {ends[0]}:{ends[1]} and {ends[2]}:{ends[3]} are {verdict}."
    if ends[:2] == ends[2:]:
        return f"{ends[0]}:{ends[1]} is paired with itself."
    return date_fault(decided_on, today)


def date_fault(text: str, today: date) -> str:
    try:
        day = date.fromisoformat(text) if _DATE.fullmatch(text) else None
    except ValueError:
        day = None
    if day is None:
        return f"decided_on is {text!r}; it must be a day such as 2026-11-22."
    late = day > today + timedelta(days=1)  # a day is longer than one place's
    return f"decided_on is {text!r}, which is in the future." if late else ""


def contradictions(lines: Iterable[JudgedLine], renamings: Renamings) -> list[str]:
    """A sentence for every "different" whose two records other lines make the same, directly or by a chain."""
    same: dict[str, list[tuple[str, JudgedLine]]] = defaultdict(list)
    apart: list[tuple[JudgedLine, str, str]] = []
    for line in lines:
        judgment = line.judgment(renamings)
        first, second = judgment.first_id, judgment.second_id
        if judgment.same:
            same[first].append((second, line))
            same[second].append((first, line))
        elif first != second:
            apart.append((line, first, second))
    chains = ((line, chain(first, second, same)) for line, first, second in apart)
    return [contradiction(line, found) for line, found in chains if found]


def contradiction(line: JudgedLine, chain: list[JudgedLine]) -> str:
    others = " and ".join(sorted({other.where for other in chain}))
    verb = "says" if len({other.where for other in chain}) == 1 else "say together"
    return f"{line.where}: {line.pair} are judged different, but {others} {verb} that they are the same."


def chain(first: str, second: str, same: dict[str, list[tuple[str, JudgedLine]]]) -> list[JudgedLine]:
    """The shortest chain of "same" lines from one record to the other, or nothing."""
    came: dict[str, list[JudgedLine]] = {first: []}
    waiting = deque([first])
    while waiting:
        record = waiting.popleft()
        for other, line in same.get(record, ()):
            if other not in came:
                came[other] = [*came[record], line]
                waiting.append(other)
    return came.get(second, [])
