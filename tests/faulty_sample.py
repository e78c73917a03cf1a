"""The bundled sample behind a server that misbehaves: every source against every fault, quickly.

In: a source and what to do to its answers. Out: the manifest of the crawl. The crawl is the real one, forked from a
process that has loaded it once, because hundreds of fresh interpreters would take minutes.
"""

from __future__ import annotations

import multiprocessing
import os
import sys
from collections.abc import Callable
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from importlib import import_module
from pathlib import Path

from scrapy.settings import default_settings
from scrapy.utils.misc import load_object

from crawler.catalog import all_sources
from crawler.network import origin
from crawler.run_source import Order
from crawler.sample_site import SAMPLE, find_page, read_pages
from crawler.snapshots import Manifest, Run
from pipeline.commands.crawl import words
from tests.fault_server import Answer, fault_site

Fault = Callable[[Answer, int], Answer]
PAGES = read_pages(SAMPLE)
CONTEXT = multiprocessing.get_context("forkserver")
CONTEXT.set_forkserver_preload(["tests.faulty_sample"])
PATIENCE = 120


def load_once() -> None:
    """Everything a crawl loads by name, so that each fork has it already; never a reactor."""
    named = [name for base in vars(default_settings).values() if isinstance(base, dict) for name in base]
    for name in named:
        if isinstance(name, str) and name.startswith("scrapy."):
            load_object(name)
    for module in ("crawler.bulk", "crawler.politeness", "crawler.watch", "scrapy.core.downloader.contextfactory"):
        import_module(module)
    all_sources()


load_once()


@dataclass
class Faulty:
    """A source's sample site; `fault` changes each answer (the first is number 0)."""

    source: str
    fault: Fault
    robots: bytes | Answer = b""
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
        child = CONTEXT.Process(target=carry_out, args=(order,))
        child.start()
        child.join(PATIENCE)
        if child.is_alive():
            child.kill()
        manifest = run.manifest()
    assert manifest is not None, (run.folder / "log.txt").read_text()[-3000:]
    return manifest


def carry_out(order: Order) -> None:
    """In the child: no patience with slow servers, nothing on the test's own output."""
    from crawler import bulk, run_source, settings, socrata

    nowhere = os.open(os.devnull, os.O_WRONLY)
    os.dup2(nowhere, 1)
    os.dup2(nowhere, 2)
    settings.ANSWER_SECONDS, settings.RETRIES = 1, 2
    socrata.PATIENCE["download_timeout"] = 1
    bulk.TIMEOUT_SECONDS, bulk.RETRY_SECONDS, bulk.MOST_TRIES = 1, 0, 3
    sys.exit(0 if run_source.carry_out(order).result == "good" else 1)
