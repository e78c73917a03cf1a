"""`python -m tests.benchmarks.year --nights 365 --people 150 --seed 1`: an operator's year among faults.

In: nights, people, a seed. Out: a table; exit 1 where the history of the year with faults is not that of the year
without them apart from the nights lost, a tag was harmful, a file torn or a fault went unsaid. `--known-wrong` adds an
invented change to the history and takes a true one away before it is compared: both must be found.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
from pathlib import Path

from tests.benchmarks.year.compared import HOW, NEVER, compare
from tests.benchmarks.year.year import Report, Year, live

SHOWN = 12


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m tests.benchmarks.year", description=__doc__)
    parser.add_argument("--nights", type=int, default=365)
    parser.add_argument("--people", type=int, default=150)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument(
        "--pace", type=float, default=1.0, help="how lively people are: 1 is about three events a night"
    )
    parser.add_argument("--data", type=Path, help="keep both operators' folders here (it must be empty)")
    parser.add_argument("--known-wrong", action="store_true", help="spoil the history: the comparison must see it")
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        year, report = live(asked.data or Path(folder), asked.people, asked.nights, asked.seed, shown_now, asked.pace)
    print("\n".join(table(report)))
    if asked.known_wrong:
        sys.exit(int(not is_found_out(year, report)))
    sys.exit(int(bool(report.wrong())))


def shown_now(text: str) -> None:
    print(text, flush=True)


def is_found_out(year: Year, report: Report) -> bool:
    """Whether one invented change and one that was taken away are both seen."""
    whole, lossy = (year.last[name]["changes"] for name in ("peace", "faults"))
    spoiled = [*lossy[1:], invented(lossy[0])]
    found = compare(year.ledger, whole, spoiled)
    more = len(found.missing) - len(report.compared.missing), len(found.extra) - len(report.compared.extra)
    print(f"known wrong: {more[0]} more missing, {more[1]} more extra (1 and 1 are right)")
    return more == (1, 1)


def invented(change: dict[str, object]) -> dict[str, object]:
    """Somebody's listing that ended, which it never did."""
    return change | {"kind": "no_longer_listed", "field": "listing", "old": "Active", "new": None}


def table(report: Report) -> list[str]:
    counts, found = report.compared.counts, report.compared
    happened = ", ".join(f"{count} {name}" for name, count in sorted(report.happened.items()))
    lines = [f"{report.nights} nights, {report.people} people, {report.minutes:.1f} minutes; {happened}", ""]
    lines += [f"{'fault':<22}{'nights':>7}  how its runs ended"]
    for kind, times in sorted(report.faults.items()):
        ends = ", ".join(f"{count} {end}" for (name, end), count in sorted(report.outcomes.items()) if name == kind)
        lines.append(f"{kind:<22}{times:>7}  {ends}")
    lines += ["", f"nights without a new file: {report.unpublished}; editions not read on their night, by source:"]
    lines += [f"  {source:<14}{nights:>5}" for source, nights in sorted(report.lost.items())]
    lines += ["", f"changes of the fault-free year: {sum(counts[name] for name in (*HOW, NEVER))}"]
    lines += [f"  {name:<18}{counts[name]:>6}" for name in (*HOW, NEVER, "combined", "netted")]
    lines += [f"  {'missing':<18}{len(found.missing):>6}", f"  {'extra':<18}{len(found.extra):>6}"]
    told = ", ".join(f"{count} {kind}" for kind, count in sorted(report.kinds.items()))
    lines += [f"told by the year with faults: {told}"]
    lines += ["", f"{report.claims} claims, {len(report.dates)} first or last seen on another night"]
    lines += [f"the end of both years: {report.same_end}, {len(report.end)} differences"]
    lines += [f"harmful tags: {len(report.harm)}", f"torn files: {len(report.torn)}"]
    lines += [f"nights' nonsense: {len(report.nonsense)}", f"faults unsaid: {len(report.silent)}"]
    lines += [f"wrong in the fault-free year: {len(report.peace)}", ""]
    for name in report.wrong():
        items = getattr(found, name, None) or getattr(report, {"harmful": "harm"}.get(name, name))
        lines += [f"{name}: {item}" for item in items[:SHOWN]]
    return [*lines, f"WRONG: {report.wrong()}" if report.wrong() else "Nothing is wrong."]


if __name__ == "__main__":
    main()
