"""How the link step grows: `python -m tests.benchmarks.link_growth [--people 10000,30000,...] [--spool FOLDER]`.

Each nation is generated and normalized batch by batch onto disk in one process, then linked in another that reads it
as an iterator, so that no process holds more of it than the linker does. Seconds are the link step's, without those it
waits for records: by the clock, and of all cores together, which hardly change when others use the machine too; memory
is the whole process's. A third process only reads the nation, to show what reading holds. Prints the exponent of
growth, the slope of log seconds over log records (least squares), of both kinds of seconds and of memory.
Exit code 1 where the exponent of core seconds is above 1.1 or memory above 12 GB. A million people need some 5 GB of
disk.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
from collections import deque
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from pipeline.build import once_only
from pipeline.commands.source_facts import source_facts
from pipeline.facts import Person
from tests.benchmarks.link_accuracy.__main__ import sizes
from tests.benchmarks.link_accuracy.process import Cost, alone, machine, measured
from tests.benchmarks.link_accuracy.spool import Spool, persons, spooled

PEOPLE = [10_000, 30_000, 100_000, 300_000, 1_000_000]
HEADER = (
    "    people     records   clusters  generate  normalize  peak MB  reading"
    "  link: s   core s  peak MB core µs a record"
)
MOST_EXPONENT, MOST_MB = 1.1, 12_000


@dataclass(frozen=True)
class Step:
    """One size: what linking cost, and what reading alone holds."""

    spool: Spool
    link: Cost
    reading_mb: float
    clusters: int


def linking(spool: Spool, engine: str) -> tuple[Cost, int]:
    """The cost of deciding and of wording every link, and how many persons came of it."""
    from pipeline.link import decide

    once = once_only(source_facts())

    def whole_step(people: Iterable[Person]) -> int:
        decided = decide(people, once, engine=engine)
        deque(decided.links(), maxlen=0)
        deque(decided.candidates(), maxlen=0)
        return len(set(decided.clusters().values()))

    clusters, cost = measured(whole_step, persons(spool.path))
    return cost, clusters


def reading(spool: Spool) -> float:
    """The largest memory of a process that drains the same iterator and keeps nothing."""
    _, cost = measured(lambda people: deque(people, maxlen=0), persons(spool.path))
    return cost.peak_mb


def step(folder: Path, people: int, asked: argparse.Namespace) -> Step:
    spool = alone(spooled, folder, people, asked.seed)
    cost, clusters = alone(linking, spool, asked.engine)
    return Step(spool, cost, alone(reading, spool), clusters)


def exponent(records: Sequence[int], costs: Sequence[float]) -> float:
    """The slope of a straight line through the logarithms."""
    return float(np.polyfit(np.log(records), np.log(costs), 1)[0])


def row(one: Step) -> str:
    made = one.spool
    return (
        f"{made.people:>10,}{made.records:>12,}{one.clusters:>11,}{made.generating:>10.1f}{made.normalizing:>11.1f}"
        f"{made.peak_mb:>9.0f}{one.reading_mb:>9.0f}{one.link.seconds:>9.1f}{one.link.cpu_seconds:>9.1f}"
        f"{one.link.peak_mb:>9.0f}{one.link.cpu_seconds / made.records * 1e6:>12.1f}"
    )


def main(arguments: Sequence[str]) -> int:
    asked = parsed(arguments)
    print(f"Growth of the link step; {machine()}; engine {asked.engine}")
    print(HEADER)
    steps = []
    with tempfile.TemporaryDirectory() as scratch:
        folder = asked.spool or Path(scratch)
        folder.mkdir(parents=True, exist_ok=True)
        for people in asked.people:
            steps.append(step(folder, people, asked))
            print(row(steps[-1]), flush=True)
    return verdict(steps)


def verdict(steps: Sequence[Step]) -> int:
    records = [one.spool.records for one in steps]
    if len(steps) < 2:
        return 0
    cpu = exponent(records, [one.link.cpu_seconds for one in steps])
    clock = exponent(records, [one.link.seconds for one in steps])
    memory = exponent(records, [one.link.peak_mb for one in steps])
    print(
        f"growth exponent: core seconds {cpu:.3f} (at most {MOST_EXPONENT}), seconds by the clock {clock:.3f}, "
        f"peak memory {memory:.3f}"
    )
    return int(cpu > MOST_EXPONENT or max(one.link.peak_mb for one in steps) > MOST_MB)


def parsed(arguments: Sequence[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="link_growth", description=__doc__.split("\n", 1)[0])
    parser.add_argument("--people", type=sizes, default=PEOPLE)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--engine", default="duckdb")
    parser.add_argument("--spool", type=Path, help="keep the nations there and use them again")
    return parser.parse_args(arguments)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
