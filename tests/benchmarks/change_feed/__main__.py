"""`python -m tests.benchmarks.change_feed --people 2000 --nights 10 --seed 1`: precision and recall of the change feed.

In: how many people and nights, a seed. Out: a table by kind; exit 1 where precision or recall is below 0.99.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
from pathlib import Path

from tests.benchmarks.change_feed.nights import live
from tests.benchmarks.change_feed.score import ALL, Score

WANTED = 0.99


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m tests.benchmarks.change_feed", description=__doc__)
    parser.add_argument("--people", type=int, default=2000)
    parser.add_argument("--nights", type=int, default=10)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--data", type=Path, help="keep the runs and published files here")
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        score = live(asked.data or Path(folder), asked.people, asked.nights, asked.seed)
    show(score)
    sys.exit(int(min(score.precision(), score.recall()) < WANTED))


def show(score: Score) -> None:
    print(f"{'kind':<20}{'right':>7}{'wrong':>7}{'missing':>9}{'precision':>11}{'recall':>9}")
    for kind in [*score.kinds(), ALL]:
        wrong = sum(kind in (ALL, item[0]) for _, item in score.wrong)
        missing = sum(kind in (ALL, item[0]) for _, item in score.missing)
        rates = f"{score.precision(kind):>11.4f}{score.recall(kind):>9.4f}"
        print(f"{kind:<20}{score.count(kind):>7}{wrong:>7}{missing:>9}{rates}")
    for word, items in (("wrong", score.wrong), ("missing", score.missing)):
        for night, item in items[:20]:
            print(f"{word}, night {night}: {' '.join(item)}")


if __name__ == "__main__":
    main()
