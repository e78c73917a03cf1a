"""Rounds of kills: the twin does the steps of a round, the other folder is killed at them, then does them too.

In: a folder to begin with, how many kills, a seed. Out: `Report`. The twin's first steps measure how long each
takes, so that the kills fall anywhere between a command's first and last moment.
"""

from __future__ import annotations

import shutil
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from random import Random

from db.opening import current
from tests.benchmarks.kills.dates import dates, moved
from tests.benchmarks.kills.plan import back_to, draw, make_due
from tests.benchmarks.kills.same import differences
from tests.benchmarks.kills.site import Site
from tests.benchmarks.kills.steps import Extent, Moment, Operator, Step
from tests.benchmarks.kills.whole import leftovers, torn

A_ROUND = 10
AT_CHANGE = 0.5  # of the kills: just before a change to a file; the others at any moment
AGAIN = 5  # every so many rounds the commands are measured again: the machine has other work too
SHOWN = 5  # differences of one round
LISTED = Step("list", ("rollback", "--list"))


@dataclass
class Report:
    """What happened; `moments`: command -> before, during, after; at a change to a file."""

    moments: dict[str, Counter[str]] = field(default_factory=dict)
    failures: list[str] = field(default_factory=list)

    def count(self, step: Step, moment: str, at_change: bool) -> None:
        counted = self.moments.setdefault(step.name, Counter())
        counted[moment] += 1
        counted["at a change"] += at_change


class Rounds:
    """Two folders, and the site that both read."""

    def __init__(self, site: Site, mirrors: str, folder: Path, rng: Random, tell: Callable[[str], None]) -> None:
        self.site, self.rng, self.tell, self.report = site, rng, tell, Report()
        self.killed, self.twin = (Operator(folder / name, mirrors) for name in ("killed", "twin"))
        self.proven: set[Path] = set()
        self.extents: dict[str, Extent] = {}
        self.left: dict[str, list[int]] = {}
        self.known = dates(self.killed.data)
        self.number = self.kills = 0

    def go(self, kills: int) -> Report:
        while self.kills < kills:
            self.one(min(A_ROUND, kills - self.kills))
        return self.report

    def one(self, kills: int) -> None:
        """A round: new things on the site, the twin's steps, kills, the same steps."""
        self.number += 1
        self.site.turn()
        ends = {each.data: name_of(each.data) for each in (self.killed, self.twin)}
        steps = draw(self.rng, self.number, self.site.saved, self.twin.data)
        for each in ends:
            make_due(each)
        self.to_the_end(self.twin, steps, ends)
        for _ in range(kills):
            self.kill(self.rng.choice(steps))
        self.to_the_end(self.killed, steps, ends)
        self.compare()

    def to_the_end(self, operator: Operator, steps: list[Step], ends: dict[Path, str]) -> None:
        for step in steps:
            goes = back_to(operator.data, ends[operator.data]) if step.name == "rollback" else step
            measured = operator is self.twin and (step.name not in self.extents or not self.number % AGAIN)
            ended = operator.measure(goes) if measured else operator.finish(goes)
            if ended.extent:
                self.extents[step.name] = ended.extent
            if ended.code == 1:
                self.tell(f"round {self.number}, {operator.data.name}: {step.name} ended with 1: {ended.said[-300:]}")
            self.fail(ended.wrong(), f"round {self.number}, {operator.data.name}")

    def kill(self, step: Step) -> None:
        """One kill, and whether the folder is whole after it."""
        self.kills += 1
        before, when = state(self.killed.data), self.moment(step.name)
        had = (self.killed.data / "current").is_symlink()
        at_work = self.killed.kill(step, when)
        touched = state(self.killed.data) != before
        moment = "after" if not at_work else "during" if touched else "before"
        self.report.count(step, moment, bool(when.change))
        at = f"kill {self.kills}, {' '.join(step.words)} {when} ({moment})"
        lost = ["data/current is gone"] * (had and not (self.killed.data / "current").is_symlink())
        self.fail(lost + torn(self.killed.data, self.proven), at)

    def moment(self, name: str) -> Moment:
        """Any moment of the command's time, or just before one of its changes; each has its turn once."""
        extent, left = self.extents[name], self.left.setdefault(name, [])
        if self.rng.random() > AT_CHANGE or not extent.changes:
            return Moment(self.rng.uniform(0, extent.seconds))
        if not left:
            left += self.rng.sample(range(1, extent.changes + 1), extent.changes)
        return Moment(change=left.pop())

    def compare(self) -> None:
        """At the end of a round nothing is lost, nothing is there twice, nothing lies about."""
        listed = self.killed.finish(LISTED).said
        data = self.killed.data
        found = torn(data, self.proven) + leftovers(data, listed)
        told = differences(data, self.twin.data)
        known, self.known = self.known, dates(data)
        told += moved(known, self.known)
        more = [f"and {len(told) - SHOWN} differences more"] if len(told) > SHOWN else []
        self.fail(found + told[:SHOWN] + more, f"round {self.number}")
        self.tell(f"round {self.number}: {self.kills} kills, {len(self.report.failures)} failures")

    def fail(self, found: list[str], at: str) -> None:
        for said in found:
            self.report.failures.append(f"{at}: {said}")
            self.tell(f"FAILURE {self.report.failures[-1]}")


def name_of(data: Path) -> str:
    path = current(data)
    return path.resolve().name if path else ""


def state(data: Path) -> dict[str, tuple[int, int]]:
    """What a command would have touched; locks are taken before anything is done."""
    found = {}
    for path in data.rglob("*"):
        if "locks" not in path.parts and path.suffix != ".lock":
            about = path.lstat()
            found[str(path)] = about.st_mtime_ns, about.st_size
    return found


def copies(start: Path, folder: Path) -> None:
    """The same beginning for both."""
    for name in ("killed", "twin"):
        shutil.copytree(start, folder / name, symlinks=True)
