"""The verdict of a run whose spider could not give one: killed, broken off, ended for taking too much.

In: an order whose process has ended. Out: the run's manifest, the spider's own wherever it left one. A crawl without a
verdict of its own counts as failed and cut off: what it read is kept, and the next one goes on from there.
"""

from __future__ import annotations

import shutil
import signal
from pathlib import Path

from crawler.health import INTERRUPTED
from crawler.resume import earlier_attempts, forget_verdict, was_cut_off
from crawler.run_source import DISK_ENDED_IT, Order, date_run
from crawler.snapshots import EVERYTHING, Manifest, Run, utc_now

SIGNALS = {each.value: each.name for each in signal.Signals}


def verdict(order: Order, began: str, why: str, code: int | None) -> Manifest:
    """The run's manifest; where the spider left none, or only says that it was told to end, with what ended it.

    `why` is the reason for which its parent ended it, "" where it did not; `code` the exit code.
    """
    run = Run(Path(order.folder))
    found = run.manifest()
    if found and not (why and was_told_to_end(found)):
        return found
    manifest = found or without_spider(order, run, began)
    manifest.result, manifest.cut_off = "failed", order.kind == "crawl"
    manifest.troubles = [why or broke(order, code)]
    run.finish(manifest)
    return manifest


def without_spider(order: Order, run: Run, began: str) -> Manifest:
    """What can be said of a run from outside."""
    manifest = Manifest(order.source, run.name, order.kind, began, utc_now(), sample=order.sample)
    manifest.states = order.states or [EVERYTHING]
    manifest.replay_of = Path(order.replay_of).name if order.kind == "replay" else ""
    manifest.attempts = 1 + len(earlier_attempts(run))
    date_run(manifest, Run(Path(order.replay_of)) if order.replay_of else run)
    return manifest


def was_told_to_end(manifest: Manifest) -> bool:
    return manifest.result == "failed" and any(trouble.endswith(INTERRUPTED) for trouble in manifest.troubles)


def broke(order: Order, code: int | None) -> str:
    """Why a process without a verdict ended, as far as its exit code tells."""
    if code is not None and code < 0:
        name = SIGNALS.get(-code, f"signal {-code}")
        memory = " (where nobody did that, the machine was out of memory)" if name == "SIGKILL" else ""
        return f"{order.source}: its process was killed by {name}{memory}; {rest(order)}."
    if code == DISK_ENDED_IT:
        return f"{order.source}: this machine's disk took no more of it; {rest(order)}."
    return f"{order.source}: its process ended before its verdict (exit code {code}); {rest(order)}."


def rest(order: Order) -> str:
    """What becomes of what was read."""
    if order.kind == "crawl":
        return "what it read is kept, and the next crawl goes on from there"
    return "nothing of it counts"


def forget_interruption(order: Order) -> None:
    """Take the verdict of a cut-off run away before it is gone on with: it must not stand for how this attempt ends."""
    run = Run(Path(order.folder))
    if was_cut_off(run):
        forget_verdict(run)


def forget_empty(folder: Path) -> None:
    """Take away the folder of a run that never began: at most half a file stands in it, where the disk was full."""
    if not any(path.is_file() and path.suffix != ".part" for path in folder.rglob("*")):
        shutil.rmtree(folder, ignore_errors=True)
