"""How fast the site answers 16 visitors at once: `python -m tests.benchmarks.site_speed --data FOLDER`.

In: a data folder with a published file (`tests.benchmarks.nation_runs --people 60000 --build` makes one). Out: for each
kind of page the median and the 95th percentile of a closed loop of 16 clients, beside what the same work costs bare:
the same reads and the same template without a server, by as many askers in as many processes; Datasette without our
pages on the same file with the same settings. Everything is measured in one run. Exit code 1 above the wanted ratios.
"""

from __future__ import annotations

import argparse
import asyncio
import os
import random
import socket
import sqlite3
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing, contextmanager
from functools import partial
from multiprocessing import get_context
from pathlib import Path
from statistics import quantiles
from typing import Any
from urllib.parse import quote_plus, urlencode

from db.find import FindQuery, find
from db.find_shapes import Known
from db.opening import connect, current
from db.site import SETTINGS, Site, make_datasette

CLIENTS, WORKERS = 16, 2
ROUNDS = 20
LARGEST_VIEW = 150_000
BARE = """
import sys
from datasette.app import Datasette
import uvicorn, json
settings = json.loads(sys.argv[3])
uvicorn.run(Datasette([], immutables=[sys.argv[1]], settings=settings).app(), port=int(sys.argv[2]), access_log=False,
            log_level="error")
"""


def questions(connection: sqlite3.Connection, seed: int, number: int) -> list[FindQuery]:
    """Places, names and languages as people ask for them, drawn from the file itself."""
    rng = random.Random(seed)
    sql = "SELECT name, city, state, zip FROM practitioners WHERE zip <> '' AND city <> '' ORDER BY id"
    people = rng.sample(connection.execute(sql).fetchall(), number)
    made = []
    for at, (name, city, state, zip_code) in enumerate(people):
        texts = (f"{city}, {state}", zip_code, name, f"Mandarin near {city}, {state}")
        made.append(FindQuery(q=texts[at % len(texts)]))
    return made


def tables(connection: sqlite3.Connection, seed: int, number: int) -> list[str]:
    """Pages of the largest table: one half of a whole state, one half of a town."""
    sql = "SELECT DISTINCT state, city FROM practitioners WHERE state <> '' AND city <> '' ORDER BY 1, 2"
    towns = random.Random(seed).choices(connection.execute(sql).fetchall(), k=number)
    asked = [{"state": state} | ({"city": city} if at % 2 else {}) for at, (state, city) in enumerate(towns)]
    return [f"/diplomate/practitioners?{urlencode(each)}&_size=20&_sort=family_name" for each in asked]


def ids(connection: sqlite3.Connection, seed: int, number: int) -> list[str]:
    every = [row[0] for row in connection.execute("SELECT id FROM practitioners ORDER BY id")]
    return random.Random(seed).sample(every, number)


@contextmanager
def serving(command: Sequence[str], port: int, **environment: str) -> Iterator[int]:
    """A server in a process of its own, until the block ends."""
    server = subprocess.Popen(command, env=os.environ | environment, stderr=subprocess.DEVNULL)
    try:
        wait_for(port)
        asyncio.run(loop(port, ["/"] * 4 * CLIENTS))  # every process is up and has made a page
        yield port
    finally:
        server.terminate()
        server.wait(timeout=20)


def wait_for(port: int) -> None:
    for _ in range(600):
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", port)) == 0:
                return
        time.sleep(0.1)
    raise TimeoutError(f"nothing answers at port {port}")


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


async def get(port: int, path: str, packed: bool = False) -> tuple[int, int]:
    """Status and bytes on the wire of one answer; a small client, so that it takes little of the machine."""
    reader, writer = await asyncio.open_connection("127.0.0.1", port, limit=1 << 20)
    packing = "Accept-Encoding: gzip\r\n" if packed else ""
    writer.write(f"GET {path} HTTP/1.1\r\nHost: 127.0.0.1\r\n{packing}Connection: close\r\n\r\n".encode())
    await writer.drain()
    status = int((await reader.readline()).split()[1])
    size = 0
    while part := await reader.read(1 << 16):
        size += len(part)
    writer.close()
    return status, size


async def loop(port: int, paths: Sequence[str]) -> list[float]:
    """Seconds of every answer but the very first, with CLIENTS visitors who ask again as soon as they are answered."""
    waiting = iter(paths)
    seconds: list[float] = []

    async def visitor() -> None:
        for path in waiting:
            start = time.perf_counter()
            status, _ = await get(port, path)
            if status != 200:
                raise RuntimeError(f"{path} was answered with {status}")
            seconds.append(time.perf_counter() - start)

    await asyncio.gather(*(visitor() for _ in range(CLIENTS)))
    return seconds[CLIENTS:]


def bare(works: Sequence[Callable[[], Any]]) -> list[float]:
    """Seconds of every piece of work, by CLIENTS askers over as many processes as the site has."""
    with get_context("fork").Pool(WORKERS, to_do.extend, ([works[at::WORKERS] for at in range(WORKERS)],)) as processes:
        return [seconds for part in processes.map(timed_share, range(WORKERS), chunksize=1) for seconds in part]


to_do: list[Sequence[Callable[[], Any]]] = []  # in each of those processes


def timed_share(share: int) -> list[float]:
    with ThreadPoolExecutor(CLIENTS // WORKERS) as askers:
        return list(askers.map(timed, to_do[share]))


def timed(work: Callable[[], Any]) -> float:
    asked = time.perf_counter()
    work()
    return time.perf_counter() - asked


def find_works(path: Path, site: Site, queries: Sequence[FindQuery]) -> list[Callable[[], Any]]:
    """The reads of each question and its template rendered, without a server."""
    from db.plugins.find_pages import context_of

    template = site.quick_env.get_template("find.html")
    shared = variables(site)
    known: Known = site.known

    held = threading.local()  # a connection is kept by its thread, as the site's own are

    def work(query: FindQuery) -> None:
        if not hasattr(held, "connection"):
            held.connection = connect(path)
        result = find(held.connection, query, known)
        template.render(shared | context_of(result, site))

    return [partial(work, query) for query in queries]


def variables(site: Site) -> dict[str, Any]:
    from db.every_page import every_page

    return every_page(site, None) | {"urls": site.urls}


def p95(seconds: Sequence[float]) -> float:
    return quantiles(seconds, n=20)[-1]


def line(name: str, seconds: Sequence[float], beside: str = "") -> str:
    middle = sorted(seconds)[len(seconds) // 2]
    return f"{name:<34}{len(seconds):>6}{middle * 1000:>10.1f}{p95(seconds) * 1000:>10.1f} ms   {beside}"


def measure(data: Path, seed: int) -> int:
    path = current(data)
    if path is None:
        print(f"There is no published file in {data}.", file=sys.stderr)
        return 2
    site = make_datasette(path)
    asyncio.run(site.invoke_startup())
    with closing(connect(path)) as connection:
        people = connection.execute("SELECT count(*) FROM practitioners").fetchone()[0]
        many = CLIENTS * ROUNDS
        asked, chosen = questions(connection, seed, many), ids(connection, seed, many)
        tabular = tables(connection, seed, many)
    print(f"{people:,} practitioners, {CLIENTS} visitors, {os.cpu_count()} processors")
    print(f"{'':34}{'pages':>6}{'median':>10}{'p95':>10}")
    port = free_port()
    command = [sys.executable, "-m", "pipeline.commands.main", "serve", "--port", str(port)]
    with serving(command, port, DIPLOMATE_DATA=str(data)):
        wrong = pages_too_slow(port, site, path, asked, chosen)
    with serving([*command, "--workers", "1"], port, DIPLOMATE_DATA=str(data)):
        ours = asyncio.run(loop(port, tabular))
    return int(any((*wrong, table_too_slow(ours, bare_datasette(path, tabular)))))


def table_too_slow(ours: Sequence[float], datasettes: Sequence[float]) -> bool:
    """Whether our table pages take longer than Datasette's own, with one process on each side."""
    print(line("plain table, one process", ours, f"{p95(ours) / p95(datasettes):.2f} of bare Datasette (at most 1)"))
    print(line("  bare Datasette", datasettes))
    return p95(ours) > p95(datasettes)


def pages_too_slow(
    port: int, site: Site, path: Path, asked: Sequence[FindQuery], chosen: Sequence[str]
) -> tuple[bool, ...]:
    finding = asyncio.run(loop(port, [f"/find?q={quote_plus(query.q)}" for query in asked]))
    alone = bare(find_works(path, site, asked))
    print(line("find", finding, f"{p95(finding) / p95(alone):.2f} of bare (at most 1.5)"))
    print(line("  the same, bare", alone))
    pages = asyncio.run(loop(port, [f"/practitioner/{id}" for id in chosen]))
    print(line("practitioner", pages, "at most 50 ms"))
    rate = csv_rate(port)
    print(f"{'whole practitioners as CSV':<34}{rate / 1e6:>16.1f} MB/s (at least 5)")
    largest = largest_view(port, chosen[0])
    print(f"{'largest first view, packed':<34}{largest[1] / 1000:>16.1f} KB of {largest[0]} (at most 150)")
    return p95(finding) > 1.5 * p95(alone), p95(pages) > 0.05, rate < 5e6, largest[1] > LARGEST_VIEW


def bare_datasette(path: Path, tables: Sequence[str]) -> list[float]:
    """The same table pages by Datasette itself, on the same file with the same settings."""
    import json

    port = free_port()
    with serving([sys.executable, "-c", BARE, str(path), str(port), json.dumps(SETTINGS)], port):
        return asyncio.run(loop(port, [page.replace("/diplomate/", f"/{path.stem}/") for page in tables]))


def csv_rate(port: int) -> float:
    start = time.perf_counter()
    status, size = asyncio.run(get(port, "/diplomate/practitioners.csv?_stream=on&_size=max"))
    if status != 200:
        raise RuntimeError(f"the whole table was answered with {status}")
    return size / (time.perf_counter() - start)


def largest_view(port: int, id: str) -> tuple[str, int]:
    """The page that needs most bytes at a first visit, with everything it loads from the site."""
    paths = [
        "/",
        "/find?q=Seattle%2C+WA",
        f"/practitioner/{id}",
        "/check",
        "/states",
        "/sources",
        "/methods",
        "/data",
        "/changes",
    ]
    return max(((path, asyncio.run(view(port, path))) for path in paths), key=lambda pair: pair[1])


async def view(port: int, path: str) -> int:
    static = ["/static/site.css"]
    static += ["/static/map.js", "/static/leaflet/leaflet.js", "/static/leaflet/leaflet.css"] if "find" in path else []
    return sum([(await get(port, each, packed=True))[1] for each in (path, *static)])


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.benchmarks.site_speed", description=__doc__)
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--seed", type=int, default=1)
    asked = parser.parse_args()
    return measure(asked.data, asked.seed)


if __name__ == "__main__":
    sys.exit(main())
