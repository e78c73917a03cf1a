"""Speed of finding the acupuncturists in the NPPES file: `python -m tests.benchmarks.nppes_extraction`.

Makes a file of 3 GB in the true format (see `nppes_file`; needs 4 GB of disk), then lets each way of reading it run
alone, in a process of its own, and prints MB of unpacked file a second and the largest memory. All must find the same
rows. Ours reads the ZIP; DuckDB, polars and pandas (`pip install -e '.[bench]'`) read the unpacked file and bring
the same 87 columns of the same rows. "polars, counting alone" looks at the 15 taxonomy columns and brings nothing:
it is shown for comparison. Exit code 1 when ours is below 1.5 times the fastest of the three, below 0.6 times
inflating alone, or holds 200 MB. Measure on a machine that does nothing else: beside other work on both cores
the share of inflating came out between 0.38 and 0.58 where it is 0.64 alone (2026-11-22).
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import resource
import shutil
import subprocess
import sys
import tempfile
import time
import zipfile
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from crawler.archives import open_member
from crawler.nppes_columns import ACUPUNCTURIST, CODES, HEADER, KNOWN, REQUIRED
from crawler.nppes_people import is_acupuncturist
from crawler.nppes_rows import RowFile
from crawler.nppes_source import BLOCK_BYTES, MEMBER
from tests.benchmarks.nppes_file import make_file

OURS = "ours, from the ZIP"
LEAST_OF_OTHERS, LEAST_OF_INFLATING, MOST_MEMORY_MB = 1.5, 0.6, 200
NEEDED = [name for name in HEADER if name in REQUIRED or name == "Provider Sex Code"]
MOST_BYTES = 1 << 40


@dataclass(frozen=True)
class Measure:
    """One way of reading: rows found, seconds, seconds of all processors, largest memory in MB."""

    rows: int
    seconds: float
    processor: float
    memory: float


def ours(text: Path, packed: Path) -> int:
    """Straight from the ZIP, as the spiders do."""
    with open_member(packed, MEMBER, MOST_BYTES) as member:
        rows = RowFile(iter(lambda: member.read1(BLOCK_BYTES), b""))  # type: ignore[attr-defined]
        rows.take(KNOWN, REQUIRED)
        return sum(1 for row in rows.rows(ACUPUNCTURIST.encode()) if is_acupuncturist(row))


def inflating(text: Path, packed: Path) -> int:
    """The same blocks out of the ZIP, not looked at."""
    with open_member(packed, MEMBER, MOST_BYTES) as member:
        while member.read1(BLOCK_BYTES):  # type: ignore[attr-defined]
            pass
    return -1


def inflating_by_zipfile(text: Path, packed: Path) -> int:
    """The standard library's way, for comparison."""
    with zipfile.ZipFile(packed) as archive, archive.open(archive.namelist()[0]) as member:
        while member.read(4 << 20):
            pass
    return -1


def by_duckdb(text: Path, packed: Path) -> int:
    import duckdb

    wanted, chosen = " or ".join(f"\"{name}\" = '{ACUPUNCTURIST}'" for name in CODES), ", ".join(map(quoted, NEEDED))
    read = f"read_csv('{text}', all_varchar = true, header = true, delim = ',', quote = '\"', escape = '\"')"
    return len(duckdb.sql(f"select {chosen} from {read} where {wanted}").fetchall())


def quoted(name: str) -> str:
    return f'"{name}"'


def by_polars(text: Path, packed: Path) -> int:
    import polars

    held = polars.any_horizontal(polars.col(name) == ACUPUNCTURIST for name in CODES)
    lazy = polars.scan_csv(text, infer_schema=False).filter(held).select(NEEDED)
    return lazy.collect(engine="streaming").height


def by_polars_counting(text: Path, packed: Path) -> int:
    import polars

    held = polars.any_horizontal(polars.col(name) == ACUPUNCTURIST for name in CODES)
    return int(polars.scan_csv(text, infer_schema=False).select(held.sum()).collect(engine="streaming").item())


def by_pandas(text: Path, packed: Path) -> int:
    import pandas

    chunks = pandas.read_csv(text, usecols=NEEDED, dtype=str, keep_default_na=False, chunksize=100_000)
    return sum(len(chunk[(chunk[list(CODES)] == ACUPUNCTURIST).any(axis=1)]) for chunk in chunks)


WAYS: dict[str, Callable[[Path, Path], int]] = {
    OURS: ours,
    "inflating alone": inflating,
    "inflating by zipfile": inflating_by_zipfile,
    "duckdb read_csv": by_duckdb,
    "polars scan_csv": by_polars,
    "pandas usecols": by_pandas,
    "polars, counting alone": by_polars_counting,
}
OTHERS = ("duckdb read_csv", "polars scan_csv", "pandas usecols")


def measure(way: str, text: Path, packed: Path) -> Measure:
    """Run one way in a process of its own."""
    call = [sys.executable, "-m", "tests.benchmarks.nppes_extraction", "--way", way, str(text), str(packed)]
    done = subprocess.run(call, check=True, capture_output=True, text=True)
    return Measure(**json.loads(done.stdout))


def measured_here(way: str, text: Path, packed: Path) -> dict[str, Any]:
    """What the process of one way prints; loading the library does not count, reading the file does."""
    for name in {"duckdb": "duckdb", "polars": "polars", "pandas": "pandas"}:
        if way.startswith(name):
            __import__(name)
    begun, worked = time.perf_counter(), time.process_time()
    rows = WAYS[way](text, packed)
    seconds, processor = time.perf_counter() - begun, time.process_time() - worked
    memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    return {"rows": rows, "seconds": seconds, "processor": processor, "memory": memory}


def warm(path: Path) -> None:
    """Bring the file into the page cache: disks are not what is measured."""
    with path.open("rb") as file:
        while file.read(1 << 24):
            pass


def report(size: int, found: dict[str, Measure]) -> list[str]:
    """Print the table; what is not as it must be."""
    speed = {way: size / each.seconds / 1e6 for way, each in found.items()}
    mine = found[OURS]
    print(f"{'':24} {'MB/s':>6} {'ours is':>8} {'processor':>10} {'memory':>8} {'rows':>8}")
    for way, each in found.items():
        times = speed[OURS] / speed[way]
        rows = str(each.rows) if each.rows >= 0 else ""
        print(f"{way:24} {speed[way]:6.0f} {times:7.2f}x {each.processor:8.1f} s {each.memory:5.0f} MB {rows:>8}")
    fastest = max(speed[way] for way in OTHERS)
    share = speed[OURS] / max(speed["inflating alone"], speed["inflating by zipfile"])
    print(f"ours is {speed[OURS] / fastest:.2f} times the fastest of the three and {share:.2f} times inflating alone")
    wrong = {
        "not all found the same rows": len({each.rows for each in found.values() if each.rows >= 0}) > 1,
        f"below {LEAST_OF_OTHERS} times the fastest": speed[OURS] < LEAST_OF_OTHERS * fastest,
        f"below {LEAST_OF_INFLATING} times inflating": share < LEAST_OF_INFLATING,
        f"{MOST_MEMORY_MB} MB of memory or more": mine.memory >= MOST_MEMORY_MB,
    }
    return [sentence for sentence, is_so in wrong.items() if is_so]


def compare(folder: Path, gigabytes: float, repeat: int) -> int:
    """Make the file, measure every way once in each round (its best counts), print, judge."""
    text, packed = make_file(folder, int(gigabytes * 1e9))
    size = text.stat().st_size
    print(f"{size:,} bytes, {packed.stat().st_size:,} in the ZIP; {len(HEADER)} columns, {len(NEEDED)} wanted")
    print(f"{platform.platform()}, Python {platform.python_version()}")
    print(f"{os.cpu_count()} cores, load {os.getloadavg()[0]:.1f} before the first measure")
    warm(text)
    warm(packed)
    rounds = [{way: measure(way, text, packed) for way in WAYS} for _ in range(repeat)]
    wrong = report(size, {way: min((each[way] for each in rounds), key=lambda one: one.seconds) for way in WAYS})
    print("\n".join(f"NOT GOOD: {sentence}" for sentence in wrong) or "good")
    return bool(wrong)


def main() -> int:
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--gigabytes", type=float, default=3.0)
    parser.add_argument(
        "--folder", type=Path, help="keep the files here for the next time; without it they are removed"
    )
    parser.add_argument("--repeat", type=int, default=2, help="rounds; of each way the best time counts")
    parser.add_argument("--way", nargs=3, metavar=("WAY", "CSV", "ZIP"), help=argparse.SUPPRESS)
    given = parser.parse_args()
    if given.way:
        print(json.dumps(measured_here(given.way[0], Path(given.way[1]), Path(given.way[2]))))
        return 0
    folder = given.folder or Path(tempfile.mkdtemp(prefix="nppes_"))
    try:
        return compare(folder, given.gigabytes, given.repeat)
    finally:
        if given.folder is None:
            shutil.rmtree(folder)


if __name__ == "__main__":
    sys.exit(main())
