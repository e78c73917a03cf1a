"""One run of one source in a process of its own: ``python -m crawler.run_source '<order as JSON>'``.

In: an order (which source, which run folder, crawl, replay or import). Out: the run's records, log and, last of
all, its manifest. Exit code 0 for a good run, 1 otherwise; the manifest says why. A process that is killed leaves
no manifest, so its run never happened.
"""

from __future__ import annotations

import fcntl
import json
import logging
import os
import resource
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import asdict, dataclass, field
from pathlib import Path

from scrapy.crawler import AsyncCrawlerProcess

from crawler.catalog import source_class
from crawler.health import Known, judge
from crawler.network import origin
from crawler.resume import begin, earlier_attempts
from crawler.settings import Manners, crawl_settings
from crawler.snapshots import EVERYTHING, Manifest, Run, good_runs, utc_now
from crawler.source import Source
from crawler.troubles import DISK, SourceTrouble

DATA_LIMIT_FACTOR = 2  # of the memory a source may take
DISK_ENDED_IT = 74  # exit code: this machine's disk took no more (EX_IOERR of sysexits.h)


@dataclass
class Order:
    """What to run. `vocabulary`: known words by vocabulary; `replay_of`: the run folder answered from."""

    source: str
    folder: str
    kind: str = "crawl"
    states: list[str] = field(default_factory=list)
    replay_of: str = ""
    mirrors: dict[str, str] = field(default_factory=dict)
    delay: float | None = None
    contact: str = ""
    vocabulary: dict[str, list[str]] = field(default_factory=dict)
    sample: bool = False

    def to_text(self) -> str:
        return json.dumps(asdict(self))

    def wanted(self) -> dict[str, object]:
        """What makes two crawls the same, so that one may go on where the other stopped."""
        return {"source": self.source, "states": self.states, "mirrors": self.mirrors, "sample": self.sample}


def carry_out(order: Order) -> Manifest:
    """Run the spider, judge the run, write its manifest."""
    kind, run = source_class(order.source), Run(Path(order.folder))
    if order.kind == "crawl":
        begin(run, order.wanted())
    log_to(run.folder / "log.txt")
    manifest = Manifest(order.source, run.name, order.kind, utc_now(), sample=order.sample)
    manifest.states = order.states or [EVERYTHING]
    manifest.replay_of = Path(order.replay_of).name if order.kind == "replay" else ""
    source, stats = crawl(kind, order, run)
    manifest.finished, manifest.attempts = utc_now(), 1 + len(earlier_attempts(run))
    date_run(manifest, Run(Path(order.replay_of)) if order.replay_of else run)
    if source is None:
        manifest.result = "failed"
        manifest.troubles = [f"{order.source}: Scrapy could not start; see log.txt of the run."]
    else:
        judge(manifest, source, stats, known_to(order, run))
    run.finish(manifest)
    return manifest


def crawl(kind: type[Source], order: Order, run: Run) -> tuple[Source | None, dict[str, object]]:
    """Let Scrapy run the spider to its end."""
    answered_from = Path(order.replay_of) if order.replay_of else run.folder if order.kind == "import" else None
    delay = kind.delay_seconds if order.delay is None else order.delay
    manners = Manners(delay, kind.sites_at_once, kind.request_ceiling, order.contact)
    process = AsyncCrawlerProcess(crawl_settings(run.folder, answered_from, order.mirrors, manners))
    crawler = process.create_crawler(kind)
    saved = tuple(run.snapshots()) if order.kind == "import" else ()
    process.crawl(crawler, states=tuple(order.states), saved=saved)
    process.start()
    spider = crawler.spider
    found = spider if isinstance(spider, Source) and not process.bootstrap_failed else None
    return found, dict(crawler.stats.get_stats() if crawler.stats else {})


def date_run(manifest: Manifest, read: Run) -> None:
    """When the youngest and the oldest byte arrived; a replay is dated by the run it replays."""
    times = [snapshot.fetched_at for snapshot in read.snapshots()] or [manifest.started]
    manifest.read_at, manifest.read_from = max(times), min(times)


def known_to(order: Order, run: Run) -> Known:
    """What the run is measured against."""
    mirrored = order.kind == "replay" or any(origin(snapshot.url) in order.mirrors for snapshot in run.snapshots())
    vocabulary = {name: set(words) for name, words in order.vocabulary.items()}
    return Known(vocabulary, earlier_rows(run), mirrored, earlier_fill(run))


def earlier_rows(run: Run) -> dict[str, int]:
    """State (or EVERYTHING) -> rows of its newest whole reading before this run."""
    rows: dict[str, int] = {}
    for _, manifest in good_runs(run.folder.parent.parent.parent, run.source):
        whole = [state for state, complete in manifest.coverage.items() if complete]
        rows |= {state: manifest.rows if state == EVERYTHING else manifest.rows_in.get(state, 0) for state in whole}
    return rows


def earlier_fill(run: Run) -> dict[str, float]:
    """Field -> share of rows that carried it in the newest complete crawl before this run."""
    crawls = [m for _, m in good_runs(run.folder.parent.parent.parent, run.source) if m.kind == "crawl" and m.complete]
    if not crawls or not crawls[-1].rows:
        return {}
    counts, rows = crawls[-1].counts, crawls[-1].rows
    return {name.removeprefix("with "): n / rows for name, n in counts.items() if name.startswith("with ")}


def log_to(path: Path) -> None:
    """Scrapy's log goes to the run's folder; tracebacks never reach a user."""
    kept = logging.FileHandler(path, encoding="utf-8")
    kept.setLevel(logging.INFO)  # on the handler: Scrapy opens the root logger to every row it has read
    logging.basicConfig(handlers=[kept], format="%(asctime)s %(levelname)s %(name)s %(message)s", force=True)


@contextmanager
def its_turn(run: Run) -> Iterator[None]:
    """Wait for a spider of this source that outlived its killed command by a moment: it may still be asking."""
    locks = run.folder.parent.parent.parent / "locks"
    locks.mkdir(exist_ok=True)
    with (locks / f"{run.source}.spider").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def end_with(parent: int) -> None:
    """End this process when the one that ordered it is gone: an orphan would double the load on a site."""
    while os.getppid() == parent:
        time.sleep(0.5)
    os._exit(1)


def keep_small(most_memory_mib: int) -> None:
    """The last defense of the machine: whoever ordered the run watches it and ends it long before.

    Where memory runs out all the same, the system is to take this process and not the site.
    """
    most = DATA_LIMIT_FACTOR * most_memory_mib * 1024**2
    with suppress(OSError, ValueError):
        resource.setrlimit(resource.RLIMIT_DATA, (most, most))
    with suppress(OSError):
        Path("/proc/self/oom_score_adj").write_text("500")


def main() -> int:
    order = Order(**json.loads(sys.argv[1]))
    keep_small(source_class(order.source).most_memory_mib)
    threading.Thread(target=end_with, args=(os.getppid(),), daemon=True).start()
    try:
        with its_turn(Run(Path(order.folder))):
            return 0 if carry_out(order).result == "good" else 1
    except SourceTrouble as trouble:
        print(trouble, file=sys.stderr)
        return 1
    except OSError as error:
        if error.errno in DISK:
            return DISK_ENDED_IT
        raise


if __name__ == "__main__":
    sys.exit(main())
