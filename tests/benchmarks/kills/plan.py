"""What is done in a round: commands, drawn by the seed, in an order that comes to the same for both folders.

In: the site, the twin's folder, a number of the round. Out: steps. Rollback stands first and leads back to where the
last round ended, whatever a killed one left; last stands what publishes: a build, or a run, which must see by itself
that there is something to publish.
"""

from __future__ import annotations

import json
from contextlib import closing
from pathlib import Path
from random import Random

from crawler.snapshots import runs
from db.kept import built, kept_files
from db.opening import connect, current
from tests.benchmarks.kills.steps import Step

CRAWLED = ("board_wa", "board_co", "board_tx", "aama", "board_ct", "board_nc")
DUE = ("board_il", "board_de")
SELDOM = ("import", "suppress", "rollback")
PUBLISHING = ("build", "run")


def draw(rng: Random, number: int, saved: Path, twin: Path) -> list[Step]:
    """The steps of a round; each command that is killed seldom has its turn every few rounds.

    Where nothing is published yet nobody can be left out, and there is nothing to go back to.
    """
    wanted = {"crawl", PUBLISHING[number % 2], SELDOM[number % 3], rng.choice(SELDOM)}
    wanted = wanted if current(twin) else {"build"}
    sources = rng.sample(CRAWLED, rng.randint(1, 3))
    words = {
        "rollback": ("rollback",),
        "suppress": suppression(rng, twin),
        "import": ("import", "leie", str(saved)),
        "crawl": ("crawl", *sources),
        "run": ("run",),
        "build": ("build",),
    }
    return [Step(name, call) for name, call in words.items() if name in wanted and call]


def suppression(rng: Random, data: Path) -> tuple[str, ...]:
    """Leave out somebody who is published; at once, or by the next build."""
    path = current(data)
    if path is None:
        return ()
    with closing(connect(path)) as database:
        people = [row[0] for row in database.execute("select id from practitioners order by id")]
    at_once = ("--now",) if rng.random() < 0.5 else ()
    return ("suppress", rng.choice(people), "--reason", "asked by letter", *at_once)


def back_to(data: Path, end: str) -> Step:
    """To the file that ended the last round; one that was cleaned since has another name and the same time."""
    names = [path.stem for path in kept_files(data) if built(path.name) == built(end)]
    return Step("rollback", ("rollback", "--to", names[0] if names else end))


def make_due(data: Path) -> None:
    """What was read of these sources counts as brought in by hand, so that `diplomate run` crawls them again."""
    for source in DUE:
        for run, manifest in runs(data, source):
            if manifest.kind == "crawl":
                path = run.folder / "manifest.json"
                told = json.loads(path.read_text(encoding="utf-8")) | {"kind": "import"}
                path.write_text(json.dumps(told), encoding="utf-8")
