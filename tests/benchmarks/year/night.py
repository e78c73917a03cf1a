"""One night of one operator: `diplomate run` as a real command, with real spiders, against servers on loopback.

In: a data folder, what the sources show, what goes wrong. Out: the command's exit code and words. The command is a fork
of a process that has loaded it once (tests/forked.py) with its clock set to the night; its spiders are forks of it. It
leads a process group of its own, so that a kill -9 takes all of it at once, as the end of a machine does.
"""

from __future__ import annotations

import os
import resource
import signal
import socket
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from tests import forked
from tests.benchmarks.year.clock import night_time, set_clock
from tests.benchmarks.year.faults import FEWER, REFUSED, WEB, Trouble, without_tag
from tests.benchmarks.year.pages import SOURCES, STATES, Edition, answer, site_of
from tests.fault_server import Answer, fault_site

PATIENCE = 300
BUILD_SECONDS = 1.5  # about what a build takes, within which it is killed
ANSWER_SECONDS = 3  # how long a crawl of this year waits for a whole answer
CRAWL_DISK, BUILD_DISK = 1_500, 300_000  # bytes that one file may hold on a full disk
CALL = ["run", *(word for state in STATES for word in ("--state", state))]


@dataclass
class Ended:
    """Code (negative: the signal that killed it), what was said, and how many questions were asked."""

    code: int
    said: str
    asked: int


@dataclass
class Site:
    """Every source's server. `trouble` changes answers; after `kill_after` questions its run is killed."""

    editions: dict[str, Edition] = field(default_factory=dict)
    trouble: Trouble = field(default_factory=Trouble)
    mirrors: dict[str, str] = field(default_factory=dict)
    asked: int = 0
    kill_after: int = 0
    pid: int = 0

    def answerer(self, source: str) -> Callable[[str, str], Answer]:
        return lambda path, body: self.answer(source, path)

    def answer(self, source: str, path: str) -> Answer:
        self.asked += 1
        if self.kill_after and self.asked >= self.kill_after:
            end_group(self.pid)
        edition, kind = self.editions[source], self.trouble.web.get(source, "")
        if kind == FEWER:
            edition = replace(edition, rows=edition.rows[::3])
        sound, change = answer(source, edition, path), WEB[kind][0] if kind else None
        return change(without_tag(sound), self.asked) if change else sound

    def tonight(self, closed: str) -> str:
        """The mirrors of the night; an outage leads to a port where nobody listens."""
        out = {site_of(source) for source, kind in self.trouble.web.items() if kind == REFUSED}
        return ",".join(f"{real}={closed if real in out else at}" for real, at in self.mirrors.items())


@contextmanager
def served() -> Iterator[Site]:
    """One server for each source while the block runs."""
    site = Site()
    with ExitStack() as stack:
        for source in SOURCES:
            server = stack.enter_context(fault_site(site.answerer(source)))
            site.mirrors[site_of(source)] = server.address
        yield site


def closed_port() -> str:
    """An address on loopback where nobody listens."""
    with socket.socket() as unused:
        unused.bind(("127.0.0.1", 0))
        return f"http://127.0.0.1:{unused.getsockname()[1]}"


def run_night(data: Path, site: Site, night: int, trouble: Trouble) -> Ended:
    """The operator's run of this night; a kill or a full disk comes over it where the trouble says so."""
    site.trouble, site.asked, site.kill_after = trouble, 0, 0
    with tempfile.TemporaryDirectory() as folder:
        out = Path(folder) / "said.txt"
        orders = {"data": str(data), "out": str(out), "night": night, "mirrors": site.tonight(closed_port())}
        orders |= {"disk": trouble.machine.removeprefix("disk full in ") if "disk" in trouble.machine else ""}
        child = forked.CONTEXT.Process(target=operate, args=(orders,))
        child.start()
        assert child.pid
        site.pid = child.pid
        if trouble.machine == "killed in crawl":
            site.kill_after = 1 + int(trouble.at * 3)
        if trouble.machine == "killed in build":
            threading.Thread(target=kill_in_build, args=(data, child, trouble.at), daemon=True).start()
        child.join(PATIENCE)
        if child.is_alive():
            end_group(child.pid)
            raise TimeoutError(f"night {night}: the run did not end within {PATIENCE} seconds ({trouble})")
        said = out.read_text(encoding="utf-8", errors="replace") if out.exists() else ""
    return Ended(child.exitcode or 0, said, site.asked)


def end_group(pid: int) -> None:
    """kill -9 of everything that the run started."""
    with suppress(ProcessLookupError, PermissionError):
        os.killpg(pid, signal.SIGKILL)


def kill_in_build(data: Path, child: Any, share: float) -> None:
    """Wait until a build holds its lock, then a part of the time that a build takes."""
    while child.is_alive() and not is_held(data / "locks" / "build"):
        time.sleep(0.01)
    time.sleep(share * BUILD_SECONDS)
    if child.is_alive():
        end_group(child.pid)


def is_held(lock: Path) -> bool:
    """Whether somebody holds this lock; it is only looked at, for asking for it would keep the build from it."""
    if not lock.exists():
        return False
    inode = f":{lock.stat().st_ino} "
    return any(inode in line for line in Path("/proc/locks").read_text().splitlines())


def operate(orders: dict[str, Any]) -> None:
    """In the fork: become `diplomate run` on that night."""
    os.setsid()
    from crawler import catalog, settings, socrata
    from pipeline.commands.source_facts import source_facts

    catalog.source_names = lambda: list(SOURCES)  # the others have no server here
    source_facts.cache_clear()
    settings.ANSWER_SECONDS, settings.RETRIES = ANSWER_SECONDS, 1
    socrata.PATIENCE["download_timeout"] = ANSWER_SECONDS
    set_clock(night_time(orders["night"]))
    if orders["disk"]:
        most = CRAWL_DISK if orders["disk"] == "crawl" else BUILD_DISK
        resource.setrlimit(resource.RLIMIT_FSIZE, (most, most))
    environment = {
        "DIPLOMATE_DATA": orders["data"], "DIPLOMATE_MIRRORS": orders["mirrors"], "DIPLOMATE_DELAY": "0",
        "DIPLOMATE_LOG": "plain", "PATH": os.environ["PATH"], "HOME": orders["data"],
    }  # fmt: skip
    os._exit(forked.command(CALL, environment, str(Path(__file__).parents[3]), orders["out"], orders["out"]))
