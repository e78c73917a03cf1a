"""`python -m tests.benchmarks.kills --kills 200 --seed 1`: kill -9 at random moments, and look at what is left.

In: how many kills, a seed. Out: a table; exit 1 where the folder was torn after a kill, a command that was let alone
did not do its work, or the folder's history is not that of a twin which nobody killed. `--known-wrong` tears one byte
itself: it must be reported, and the exit code is 1.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
from pathlib import Path
from random import Random

from crawler.sample_site import sample_site
from tests.benchmarks.kills.rounds import Report, Rounds, copies
from tests.benchmarks.kills.site import Site
from tests.benchmarks.kills.steps import Operator, Step
from tests.benchmarks.kills.whole import torn

MOMENTS = ("before", "during", "after", "at a change")
DEMO = Step("demo", ("demo", "--no-serve"))


def main(words: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.benchmarks.kills", description=__doc__)
    parser.add_argument("--kills", type=int, default=200)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--start", type=Path, help="a data folder of `diplomate demo --no-serve`; else one is made")
    parser.add_argument("--data", type=Path, help="keep both folders here (it must not exist)")
    parser.add_argument("--known-wrong", action="store_true", help="tear a byte: it must be reported")
    asked = parser.parse_args(words)
    with tempfile.TemporaryDirectory() as scratch:
        folder = asked.data or Path(scratch) / "kills"
        copies(asked.start or demonstration(Path(scratch)), folder)
        rng = Random(asked.seed)
        report = tear(folder / "killed", rng) if asked.known_wrong else live(folder, asked.kills, rng)
    print("\n".join(table(report, asked.seed)))
    return int(bool(report.failures))


def demonstration(folder: Path) -> Path:
    ended = Operator(folder / "start", "").finish(DEMO)
    assert ended.code == 0, ended.said
    return folder / "start" / "demo"


def live(folder: Path, kills: int, rng: Random) -> Report:
    """Serve the changing sample, and kill."""
    site = Site(folder / "site", rng)
    with sample_site(site.folder) as mirrors:
        pairs = ",".join(f"{real}={here}" for real, here in mirrors.items())
        return Rounds(site, pairs, folder, rng, shown_now).go(kills)


def tear(data: Path, rng: Random) -> Report:
    """Change one byte of one kept answer."""
    path = rng.choice(sorted(data.glob("snapshots/*/*/bodies/*")))
    content = bytearray(path.read_bytes())
    content[rng.randrange(len(content))] ^= 1
    path.write_bytes(content)
    return Report(failures=[f"known wrong, {path.name[:12]}: {said}" for said in torn(data, set())])


def shown_now(text: str) -> None:
    print(text, flush=True)


def table(report: Report, seed: int) -> list[str]:
    lines = ["command".ljust(10) + "kills".rjust(12) + "".join(name.rjust(12) for name in MOMENTS)]
    for name, moments in sorted(report.moments.items()):
        counts = [sum(moments[each] for each in MOMENTS[:3]), *(moments[each] for each in MOMENTS)]
        lines.append(name.ljust(10) + "".join(str(count).rjust(12) for count in counts))
    lines += ["", *(f"seed {seed}, {said}" for said in report.failures)]
    return [*lines, f"{len(report.failures)} failures" if report.failures else "Nothing is wrong."]


if __name__ == "__main__":
    sys.exit(main())
