"""How long one question takes, and how long the command takes to start.

    python -m tests.benchmarks.check_speed --data FOLDER [--questions 200] [--starts 11]

In: a data folder with a published file (`tests.benchmarks.nation_runs` makes one). Out: p50 and p95 of each kind of
question as a first one (new connection, nothing held: what the command does once started) and as a later one (what
the website does), and the wall time of the whole command beside `python -c pass` and `import click` in this run.
"""

from __future__ import annotations

import argparse
import os
import random
import sqlite3
import sys
from collections.abc import Callable, Iterator
from contextlib import closing
from functools import partial
from pathlib import Path
from statistics import median, quantiles
from subprocess import DEVNULL, run
from time import perf_counter

from db.check import Checker, Question
from db.opening import connect, current

SEED = 5
LETTERS = "abcdefghijklmnopqrstuvwxyz"
Taken = tuple[float, float]
WARMING = Question(npi="0000000000")
PEOPLE = (
    "SELECT p.name, p.state, p.npi, l.state, l.number, p.id FROM practitioners p"
    " JOIN licenses l ON l.practitioner_id = p.id"
)


def slipped(name: str, draw: random.Random) -> str:
    """A name with one letter wrong, missing or swapped in its longest word."""
    word = max(name.split(), key=len)
    at = draw.randrange(1, max(2, len(word) - 1))
    wrong = draw.choice([word[:at] + word[at + 1 :], word[:at] + draw.choice(LETTERS) + word[at + 1 :]])
    swapped = word[: at - 1] + word[at] + word[at - 1] + word[at + 1 :]
    return name.replace(word, draw.choice([wrong, swapped]), 1)


def absent(draw: random.Random) -> str:
    return " ".join("".join(draw.choices(LETTERS, k=draw.randint(5, 9))) for _ in range(2))


def kinds(draw: random.Random) -> dict[str, Callable[[tuple[str, ...]], Question]]:
    return {
        "exact name": lambda row: Question(row[0]),
        "exact name, state": lambda row: Question(row[0], row[1] or ""),
        "typo": lambda row: Question(slipped(row[0], draw)),
        "typo, state": lambda row: Question(slipped(row[0], draw), row[1] or ""),
        "license": lambda row: Question("", row[3], row[4]),
        "license, name": lambda row: Question(row[0], row[3], row[4]),
        "NPI": lambda row: Question(npi=row[2]),
        "absent": lambda row: Question(absent(draw)),
        "absent, state": lambda row: Question(absent(draw), row[3]),
    }


def drawn(connection: sqlite3.Connection, count: int, draw: random.Random) -> list[tuple[str, ...]]:
    wanted = f"{PEOPLE} WHERE length(p.npi) = 10 AND l.number <> '' AND instr(p.name, ' ') ORDER BY p.id"
    rows = [tuple(row) for row in connection.execute(wanted)]
    return draw.sample(rows, min(count, len(rows)))


def seconds(ask: Callable[[], object]) -> Taken:
    """Wall time, and processor time of this process and its children: the same on a machine with other work to do."""
    began, used = perf_counter(), sum(os.times()[:4])
    ask()
    return perf_counter() - began, sum(os.times()[:4]) - used


def first_answer(path: Path, question: Question) -> None:
    with closing(connect(path)) as connection:
        Checker(connection).answer(question)


def measured(path: Path, questions: list[Question]) -> tuple[list[Taken], list[Taken]]:
    """Each question as a first one, and as a later one."""
    with closing(connect(path)) as connection:
        checker = Checker(connection)
        checker.answer(WARMING)
        later = [seconds(partial(checker.answer, question)) for question in questions]
    return [seconds(partial(first_answer, path, question)) for question in questions], later


def line(name: str, taken: list[Taken]) -> str:
    wall, busy = ([time * 1000 for time in times] for times in zip(*taken, strict=True))
    p95 = quantiles(wall, n=20)[-1]
    mean = sum(busy) / len(busy)
    return f"{name:<28} p50 {median(wall):7.1f} ms   p95 {p95:7.1f} ms   processor, mean {mean:7.1f} ms"


def found_again(path: Path, rows: list[tuple[str, ...]], draw: random.Random) -> Iterator[str]:
    """How often the person is among those found, and first, when the name is asked with slips."""
    ways: dict[str, Callable[[str], str]] = {
        "as printed": str,
        "one slip": lambda name: slipped(name, draw),
        "two slips": lambda name: slipped(slipped(name, draw), draw),
        "in reversed order": lambda name: " ".join(reversed(name.split())),
    }
    with closing(connect(path)) as connection:
        checker = Checker(connection)
        for name, way in ways.items():
            answers = [(row[5], checker.found(Question(way(row[0]), row[1] or "")).matches) for row in rows]
            among = sum(id in {match.id for match in matches} for id, matches in answers) / len(rows)
            first = sum([match.id for match in matches[:1]] == [id] for id, matches in answers) / len(rows)
            yield f"{name:<28} among those found {among:.3f}   first {first:.3f}"


def started(data: Path, starts: int) -> Iterator[str]:
    """Whole processes, taken in turn so that a busy machine is busy for all of them."""
    environment = {**os.environ, "DIPLOMATE_DATA": str(data)}
    calls = {
        "python -c pass": ["-c", "pass"],
        "python -c 'import click'": ["-c", "import click"],
        "diplomate check --npi": ["-m", "pipeline.commands.main", "check", "--npi", WARMING.npi],
        "diplomate check NAME": ["-m", "pipeline.commands.main", "check", "Grase Limm"],
    }
    taken: dict[str, list[Taken]] = {name: [] for name in calls}
    for _ in range(starts):
        for name, arguments in calls.items():
            call = [sys.executable, *arguments]
            taken[name].append(seconds(partial(run, call, env=environment, check=True, stdout=DEVNULL)))
    yield from (line(name, times) for name, times in taken.items())


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--questions", type=int, default=200)
    parser.add_argument("--starts", type=int, default=11)
    asked = parser.parse_args()
    path = current(asked.data)
    if path is None:
        sys.exit(f"There is no published file in {asked.data}.")
    draw = random.Random(SEED)
    with closing(connect(path)) as connection:
        people = connection.execute("SELECT count(*) FROM practitioners").fetchone()[0]
        rows = drawn(connection, asked.questions, draw)
    print(f"{people:,} practitioners, {len(rows)} questions of each kind, seed {SEED}")
    for name, make in kinds(draw).items():
        first, later = measured(path, [make(row) for row in rows])
        print(line(f"{name}: first", first))
        print(line(f"{name}: later", later))
    print("\nnames that are here, asked in the person's state")
    for told in found_again(path, rows, draw):
        print(told)
    print(f"\nwhole processes, {asked.starts} of each")
    for told in started(asked.data, asked.starts):
        print(told)


if __name__ == "__main__":
    main()
