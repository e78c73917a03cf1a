"""A nation on disk: generated and normalized once, then read batch by batch by every linker that is measured.

In: how many people, a seed. Out: a file of batches (records as Persons, the truth, the traps), so that no process
but the linker's own holds a nation, and the linker can be run again without waiting for one.
"""

from __future__ import annotations

import hashlib
import pickle
import time
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING

import pandas as pd

from crawler.records import Record
from pipeline.commands.source_facts import source_facts
from pipeline.facts import Person
from pipeline.gather import RECORD_COLUMNS, as_row
from pipeline.normalize import persons_of
from tests.benchmarks.link_accuracy.process import peak_mb

if TYPE_CHECKING:
    from tests.benchmarks.nation import Batch

REPO = Path(__file__).parents[3]
AFTERWARD = frozenset(("build", "evidence", "link", "persons", "tables", "history", "exclusions"))
NO_RULES_OF_NAMES = ("link_", "same_person")


@dataclass(frozen=True)
class Part:
    """One batch. `truth`: record id -> person; `traps`: person -> labels; `pairs`: who is taken for whom, and why."""

    persons: list[Person] = field(default_factory=list)
    truth: dict[str, str] = field(default_factory=dict)
    traps: dict[str, tuple[str, ...]] = field(default_factory=dict)
    pairs: list[tuple[str, str, str]] = field(default_factory=list)

    def add(self, other: Part) -> None:
        """Everything of another batch; labels of a person grow from batch to batch, the later are whole."""
        self.persons.extend(other.persons)
        self.truth.update(other.truth)
        self.traps.update(other.traps)
        self.pairs.extend(other.pairs)


@dataclass(frozen=True)
class Spool:
    """A nation that lies on disk, and what making it cost."""

    path: Path
    people: int
    records: int
    generating: float
    normalizing: float
    peak_mb: float


def spooled(folder: Path, people: int, seed: int) -> Spool:
    """The nation of this size; made unless the folder holds one of the same code already."""
    path = folder / f"nation-{people}-{seed}-{code_digest()}"
    facts = path.with_suffix(".facts")
    if not facts.exists():
        facts.write_bytes(pickle.dumps(write(path, people, seed)))
    made: Spool = pickle.loads(facts.read_bytes())
    return made


def write(path: Path, people: int, seed: int) -> Spool:
    from tests.benchmarks.nation import nation

    records, generating, normalizing = 0, 0.0, 0.0
    start = time.perf_counter()
    with path.open("wb") as file:
        for batch in nation(people, seed):
            generated = time.perf_counter()
            part = part_of(batch)
            generating += generated - start
            normalizing += time.perf_counter() - generated
            pickle.dump(part, file, pickle.HIGHEST_PROTOCOL)
            records += len(part.persons)
            start = time.perf_counter()
    return Spool(path, people, records, generating, normalizing, peak_mb())


def part_of(batch: Batch) -> Part:
    """A batch with its practitioners normalized; the federal exclusions are matched elsewhere and are left out."""
    facts = source_facts()
    records = [record for record in batch.records if facts[record.source].kind != "exclusions"]
    return Part(
        persons=normalized(records),
        truth={record.id: str(batch.truth[record.id]) for record in records},
        traps={str(person): tuple(sorted(labels)) for person, labels in batch.traps.items()},
        pairs=[(str(one), str(two), label) for one, two, label in batch.pairs],
    )


def whole_nation(people: int, seed: int) -> Part:
    """A small nation in memory, for tests."""
    from tests.benchmarks.nation import nation

    whole = Part()
    for batch in nation(people, seed):
        whole.add(part_of(batch))
    return whole


def normalized(records: list[Record]) -> list[Person]:
    rows = pd.DataFrame([as_row(record) for record in records], columns=RECORD_COLUMNS)
    return persons_of(rows, source_facts())


def parts(path: Path) -> Iterator[Part]:
    with path.open("rb") as file:
        while file.peek(1):
            yield pickle.load(file)


def persons(path: Path) -> Iterator[Person]:
    """Every record, one batch in memory at a time."""
    return (person for part in parts(path) for person in part.persons)


def answers(path: Path) -> Part:
    """The truth, the traps and the pairs of the whole nation, without its records."""
    whole = Part()
    for part in parts(path):
        whole.add(replace(part, persons=[]))
    return whole


def code_digest() -> str:
    """Changes with the generator, the normalizing and the rules, not with what comes after them."""
    code = [path for path in (REPO / "pipeline").glob("*.py") if path.stem not in AFTERWARD]
    rules = [
        path for path in (REPO / "pipeline" / "rules").glob("*.csv") if not path.name.startswith(NO_RULES_OF_NAMES)
    ]
    made_by = [path for path in (REPO / "tests" / "benchmarks").rglob("*.*") if "nation" in str(path.relative_to(REPO))]
    digest = hashlib.sha256()
    for path in sorted([*code, *rules, *(path for path in made_by if path.suffix in (".py", ".csv")), Path(__file__)]):
        digest.update(path.name.encode() + path.read_bytes())
    return digest.hexdigest()[:12]
