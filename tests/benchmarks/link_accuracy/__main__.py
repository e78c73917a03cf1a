"""How well records become persons: `python -m tests.benchmarks.link_accuracy --people 6000,20000,60000`.

    --seed N         another nation of the same size
    --engine NAME    the engine pairs are scored on (duckdb)
    --spool FOLDER   keep the generated nations there and use them again while generator and normalizing stay the same
    --alone          without the linkers of others
    --publish        write pipeline/rules/link_accuracy.csv, which the methods page shows

Needs `pip install -e '.[bench]'` for the comparison with Splink. Exit code 1 where a forbidden conflict was found.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from pathlib import Path

from tests.benchmarks.link_accuracy.baselines import BASELINES
from tests.benchmarks.link_accuracy.process import alone, machine
from tests.benchmarks.link_accuracy.publish import publish
from tests.benchmarks.link_accuracy.report import report
from tests.benchmarks.link_accuracy.runs import Ours, Run, baseline, ours
from tests.benchmarks.link_accuracy.spool import Spool, spooled


def main(arguments: Sequence[str]) -> int:
    asked = parsed(arguments)
    today = datetime.now(UTC).date().isoformat()
    print(f"# Accuracy of linking, {today}; {machine()}; seed {asked.seed}, engine {asked.engine}\n", flush=True)
    measured = []
    with tempfile.TemporaryDirectory() as scratch:
        folder = asked.spool or Path(scratch)
        folder.mkdir(parents=True, exist_ok=True)
        for people in asked.people:
            measured.append((people, *one_nation(folder, people, asked)))
    if asked.publish:
        publish(measured, today)
    return int(any(found.conflicts.total for _, found, _ in measured))


def one_nation(folder: Path, people: int, asked: argparse.Namespace) -> tuple[Ours, list[Run]]:
    """Every linker over one nation, each in its own process."""
    spool = alone(spooled, folder, people, asked.seed)
    found = alone(ours, spool, asked.engine)
    others = [] if asked.alone else list(baselines(spool))
    print(report(spool, found, others), end="\n\n", flush=True)
    return found, others


def baselines(spool: Spool) -> Iterator[Run]:
    """The linkers of others; one that fails says so and does not stop the rest."""
    for name in BASELINES:
        try:
            yield alone(baseline, spool, name)
        except RuntimeError as error:
            print(f"{name} failed: {str(error).strip().splitlines()[-1]}")


def parsed(arguments: Sequence[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="link_accuracy", description=__doc__.split("\n", 1)[0])
    parser.add_argument("--people", type=sizes, default=[6000], help="sizes of nations, for example 6000,20000,60000")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--engine", default="duckdb")
    parser.add_argument("--spool", type=Path)
    parser.add_argument("--alone", action="store_true")
    parser.add_argument("--publish", action="store_true")
    return parser.parse_args(arguments)


def sizes(text: str) -> list[int]:
    return [int(part.replace("_", "")) for part in text.split(",")]


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
