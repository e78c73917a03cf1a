"""The bundled sample behind a server that misbehaves: every source against every fault, quickly.

In: a source and what to do to its answers. Out: the manifest of the crawl. The crawl is the real one, forked from a
process that has loaded it once, because hundreds of fresh interpreters would take minutes.
"""

from __future__ import annotations

import os
from collections.abc import Callable
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from crawler.network import origin
from crawler.run_source import Order
from crawler.sample_site import SAMPLE, find_page, read_pages
from crawler.snapshots import Manifest, Run
from pipeline.commands.crawl import words
from tests import forked
from tests.fault_server import Answer, fault_site

Fault = Callable[[Answer, int], Answer]
PAGES = read_pages(SAMPLE)
PATIENCE = 120


@dataclass
class Faulty:
    """A source's sample site; `fault` changes each answer (the first is number 0).

    `seconds` is how long the crawl waits for one whole answer.
    """

    source: str
    fault: Fault
    robots: bytes | Answer = b""
    seconds: float = 20
    asked: list[str] = field(default_factory=list)

    def answer(self, site: str, path: str, body: str) -> Answer:
        method = "POST" if body else "GET"
        page = find_page(PAGES, method, site + path, body)
        sound = Answer((SAMPLE / page.file).read_bytes(), headers={"Content-Type": page.content_type}) if page else None
        self.asked.append(site + path)
        return self.fault(sound or Answer(b"not in the sample", 404), len(self.asked) - 1)

    @contextmanager
    def served(self):  # type: ignore[no-untyped-def]
        """Serve every origin of the source; gives the mirrors."""
        sites = dict.fromkeys(origin(page.url) for page in PAGES if page.source == self.source)
        if self.source.startswith("nppes"):
            sites |= dict.fromkeys(origin(page.url) for page in PAGES if page.source.startswith("nppes"))
        with ExitStack() as stack:
            serving = {
                site: stack.enter_context(
                    fault_site(lambda path, body, at=site: self.answer(at, path, body), self.robots)
                )
                for site in sites
            }
            yield {site: server.address for site, server in serving.items()}


def crawl(data: Path, faulty: Faulty) -> Manifest:
    """Crawl once, in a process of its own; fails when it leaves no manifest."""
    with faulty.served() as mirrors:
        run = Run.create(data, faulty.source)
        states = ["WA"] if faulty.source in ("npi_registry", "ncbahm") else []
        order = Order(faulty.source, str(run.folder), states=states, mirrors=mirrors, delay=0, vocabulary=words())
        forked.run(carry_out, order, faulty.seconds, patience=PATIENCE)
        manifest = run.manifest()
    assert manifest is not None, (run.folder / "log.txt").read_text()[-3000:]
    return manifest


def carry_out(order: Order, seconds: float) -> int:
    """In the child: little patience with slow servers, nothing on the test's own output."""
    from crawler import bulk, run_source, settings, socrata

    nowhere = os.open(os.devnull, os.O_WRONLY)
    os.dup2(nowhere, 1)
    os.dup2(nowhere, 2)
    settings.ANSWER_SECONDS, settings.RETRIES = seconds, 2
    socrata.PATIENCE["download_timeout"] = seconds
    bulk.TIMEOUT_SECONDS, bulk.RETRY_SECONDS, bulk.MOST_TRIES = seconds, 0, 3
    return 0 if run_source.carry_out(order).result == "good" else 1
