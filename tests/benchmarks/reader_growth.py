"""How the time of every reader of text grows with the text: never faster than the text itself.

    python -m tests.benchmarks.reader_growth [--size 4000] [--times 8] [--reader NAME]

In: tests/text_readers.READERS, and texts made of one piece repeated, such as regular expressions stumble over. Out: for
each reader its worst piece: seconds for a text of SIZE characters, for one TIMES as long, and by what the second is
larger. Both are timed in one run, the best of three, so that the ratio holds on any machine. Exit 1 where a reader
takes more than twice the ratio of the lengths, for a text it takes at least FLOOR seconds for.
"""

from __future__ import annotations

import argparse
import sys
import time
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass

from tests.text_readers import READERS, REFUSALS, Reader

PIECES = (
    *(
        "a",
        "A",
        "a ",
        "A. ",
        "1",
        "1 ",
        "1-",
        "(",
        ")",
        "((1",
        "-",
        ".",
        ". ",
        ",",
        ", ",
        " ",
        "\n",
        "\t",
        "\u0301",
        "'",
    ),
    *(
        '"',
        "&",
        "&amp;",
        "<",
        "<b>",
        "<p>a</p>",
        "</div>",
        "@",
        "a@",
        "a.",
        "http://a.",
        "www.",
        "/",
        "#",
        "|",
        ";",
        "®",
    ),
    *("Dr. ", "Jr. ", "L.Ac., ", "LAC ", "Dipl. ", "Dipl. O.M. (NCCAOM)®, ", "NCCAOM ", "de la ", "van ", "Wei Li, "),
    *(
        "Grace Lim, L.Ac.\n",
        "licensed in ",
        "certified by the ",
        "Washington ",
        "WA 98101 ",
        "12 Main St, ",
        "2026-01-01 ",
    ),
    *(
        "She is licensed in Washington. ",
        "not ",
        "no longer ",
        "李",
        "ß",
        "İ",
        "(206) 555-0100 ",
        "AC60000001 ",
        "and ",
    ),
)
FLOOR, MOST = 0.02, 2.0


@dataclass(frozen=True)
class Growth:
    """Seconds of one reader for a text and for a longer one of the same piece."""

    reader: str
    piece: str
    short: float
    long: float

    @property
    def ratio(self) -> float:
        return self.long / max(self.short, 1e-6)


def main() -> int:
    """Measure, print, and say by the exit code whether all grow no faster than their text."""
    ask = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    ask.add_argument("--size", type=int, default=4_000, help="characters of the shorter text")
    ask.add_argument("--times", type=int, default=8, help="how much longer the other is")
    ask.add_argument("--reader", choices=READERS, help="only this one")
    asked = ask.parse_args()
    names = [asked.reader] if asked.reader else list(READERS)
    worst = [max(growths(name, asked.size, asked.times), key=lambda one: badness(one, asked.times)) for name in names]
    for one in sorted(worst, key=lambda one: -badness(one, asked.times)):
        print(
            f"{one.reader:28} {one.piece!r:36} {one.short:9.5f} s {one.long:9.5f} s"
            f"  x{one.ratio:6.1f} for x{asked.times} {'GROWS FASTER' if is_bad(one, asked.times) else ''}"
        )
    return int(any(is_bad(one, asked.times) for one in worst))


def growths(name: str, size: int, times: int) -> Iterator[Growth]:
    """Each piece; the pieces that stay quick even when long need no second look."""
    for piece in PIECES:
        text = piece * (size // len(piece))
        long = best(READERS[name], text * times, 1)
        if long >= FLOOR:
            long = min(long, best(READERS[name], text * times, 2))
        yield Growth(name, piece, best(READERS[name], text, 3), long)


def best(reader: Reader, text: str, runs: int) -> float:
    found = []
    for _ in range(runs):
        start = time.process_time()
        with suppress(REFUSALS):
            reader(text)
        found.append(time.process_time() - start)
    return min(found)


def badness(one: Growth, times: int) -> float:
    return one.ratio / times if one.long >= FLOOR else one.long


def is_bad(one: Growth, times: int) -> bool:
    return one.long >= FLOOR and one.ratio > MOST * times


if __name__ == "__main__":
    sys.exit(main())
