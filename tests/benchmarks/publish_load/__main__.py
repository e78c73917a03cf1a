"""Publish while visitors ask: `python -m tests.benchmarks.publish_load [--flips 10 --requests 5000 --exports 20]`.

In: how much. Out: how many answers failed or mixed two builds (both must be 0), how many exports were under way while
the site moved, how long it took to move. `diplomate serve` runs as a person runs it; builds are published by processes
of their own, which keep only the newest file. Exit code 1 when one answer was not whole, or not of one build.
"""

from __future__ import annotations

import argparse
import asyncio
import sys
import tempfile
import time
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path

import httpx

from tests.benchmarks.publish_load.builds import MARK, publish_one
from tests.benchmarks.publish_load.visitors import Answer, Seen, ask, export, visit
from tests.benchmarks.site_speed import free_port, serving

ROOT = Path(__file__).resolve().parents[3]
MOST_SECONDS = 900


@dataclass(frozen=True)
class Load:
    """How much of everything."""

    flips: int = 10
    requests: int = 5_000
    exports: int = 20
    people: int = 10_000
    clients: int = 16
    workers: int = 2
    export_seconds: float = 6.0


@dataclass
class Outcome:
    """What happened; `builds` leads from a file's name to the mark of its rows."""

    answers: list[Answer] = field(default_factory=list)
    exports: list[Answer] = field(default_factory=list)
    builds: dict[str, str] = field(default_factory=dict)
    flips: list[float] = field(default_factory=list)
    moved_in: list[float] = field(default_factory=list)

    def failed(self) -> list[Answer]:
        return [answer for answer in self.answers + self.exports if answer.trouble]

    def mixed(self) -> list[Answer]:
        """Answers whose rows are not all of the build that the header names."""
        whole = [answer for answer in self.answers + self.exports if not answer.trouble]
        return [answer for answer in whole if answer.marks - {self.builds.get(answer.build)}]

    def across(self) -> int:
        """Exports that began before a flip and ended after it."""
        return sum(any(each.began < flip < each.ended for flip in self.flips) for each in self.exports)


async def run(load: Load, data: Path, port: int) -> Outcome:
    outcome, seen = Outcome(), Seen()
    outcome.builds[publish_name(data)] = MARK.format(0)
    visitors = [asyncio.create_task(visit(port, seen, load.people, seed)) for seed in range(load.clients)]
    exporting = asyncio.create_task(keep_exporting(load, port, outcome, seen))
    for number in range(1, load.flips + 1):
        await flip(load, data, port, number, outcome)
    until = time.monotonic() + MOST_SECONDS
    while (len(seen.answers) < load.requests or len(outcome.exports) < load.exports) and time.monotonic() < until:
        await asyncio.sleep(0.2)
    seen.enough.set()
    await asyncio.gather(*visitors, exporting)
    outcome.answers = seen.answers
    return outcome


def publish_name(data: Path) -> str:
    return (data / "current").resolve().stem


async def keep_exporting(load: Load, port: int, outcome: Outcome, seen: Seen) -> None:
    """Two whole tables at a time, one slower than the other."""

    async def one_after_the_other(seconds: float) -> None:
        while not seen.enough.is_set():
            outcome.exports.append(await export(port, seconds))

    await asyncio.gather(one_after_the_other(load.export_seconds), one_after_the_other(load.export_seconds / 3))


async def flip(load: Load, data: Path, port: int, number: int, outcome: Outcome) -> None:
    """Publish one build; every third is followed by the next before the site has moved."""
    command = [sys.executable, "-m", "tests.benchmarks.publish_load.builds", str(data), str(number), str(load.people)]
    build = await asyncio.create_subprocess_exec(*command, cwd=ROOT, stdout=asyncio.subprocess.DEVNULL)
    if await build.wait():
        raise RuntimeError(f"build {number} was not published")
    outcome.builds[publish_name(data)] = MARK.format(number)
    outcome.flips.append(asyncio.get_running_loop().time())
    if number % 3:
        outcome.moved_in.append(await seconds_until_all_moved(port, publish_name(data)))


async def seconds_until_all_moved(port: int, name: str) -> float:
    """Until twenty new connections in a row are answered from this build."""
    start, row = time.monotonic(), 0
    async with httpx.AsyncClient(base_url=f"http://127.0.0.1:{port}", timeout=60) as client:
        while row < 20:
            answer = await ask(client, "/-/health", {"connection": "close"})
            row = row + 1 if answer.build == name else 0
            await asyncio.sleep(0.05)
            if time.monotonic() - start > 120:
                raise RuntimeError(f"the site did not move to {name} within 120 seconds")
    return time.monotonic() - start


def measure(load: Load, data: Path) -> Outcome:
    """The whole load, on a site of its own."""
    publish_one(data, 0, load.people)
    port = free_port()
    serve = [sys.executable, "-m", "pipeline.commands.main", "serve", "--port", str(port)]
    with serving([*serve, "--workers", str(load.workers)], port, DIPLOMATE_DATA=str(data)):
        return asyncio.run(run(load, data, port))


def told(load: Load, outcome: Outcome) -> str:
    failed, mixed = outcome.failed(), outcome.mixed()
    builds = Counter(answer.build for answer in outcome.answers)
    moved = sorted(outcome.moved_in)
    lines = [
        f"{load.clients} visitors, {load.workers} workers, {load.people + 12:,} practitioners",
        f"{len(outcome.answers):,} requests, {len(outcome.exports)} exports ({outcome.across()} under way at a flip),"
        f" {len(outcome.flips)} flips, {len(builds)} builds seen",
        f"failed {len(failed)}, mixed {len(mixed)}",
        f"until every answer is of the new build: {moved[len(moved) // 2]:.1f} s, at most {moved[-1]:.1f} s",
    ]
    lines += [f"{each.path}: {each.trouble or sorted(each.marks)}" for each in (failed + mixed)[:20]]
    return "\n".join(lines)


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.benchmarks.publish_load", description=__doc__)
    for name, kind in (("flips", int), ("requests", int), ("exports", int), ("people", int), ("clients", int)):
        parser.add_argument(f"--{name}", type=kind, default=getattr(Load(), name))
    parser.add_argument("--workers", type=int, default=Load().workers)
    asked = parser.parse_args()
    load = Load(**vars(asked))
    with tempfile.TemporaryDirectory() as folder:
        outcome = measure(load, Path(folder))
    print(told(load, outcome))
    short = [each for each in outcome.exports if not each.trouble and each.rows != load.people + 12]
    return int(bool(outcome.failed() or outcome.mixed() or short))


if __name__ == "__main__":
    sys.exit(main())
