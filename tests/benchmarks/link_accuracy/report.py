"""The tables that are printed. In: a nation and what was measured on it. Out: text."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from tests.benchmarks.link_accuracy.curve import CERTAIN, PRECISIONS, Point, recall_at, thinned
from tests.benchmarks.link_accuracy.levels import Stated
from tests.benchmarks.link_accuracy.metrics import Scores
from tests.benchmarks.link_accuracy.review import Coverage, share
from tests.benchmarks.link_accuracy.runs import Ours, Run
from tests.benchmarks.link_accuracy.spool import Spool

Row = Sequence[object]
MEASURES = ("precision", "recall", "F1", "B³ prec.", "B³ recall", "B³ F1", "wrong", "missed", "people", "records")


def report(spool: Spool, ours: Ours, others: Sequence[Run]) -> str:
    """Everything about one nation."""
    runs = [ours.run, *others]
    sources = {" + ".join(pair): scores for pair, scores in ours.sources.items()}
    return "\n\n".join(
        [
            made(spool, ours),
            table("linker", (*MEASURES, "seconds", "peak MB", "before"), [linker_row(run) for run in runs]),
            scored("surnames", ours.surnames),
            scored("pair of sources", sources),
            table(
                "trap", ("wrong inside", *MEASURES), [(n, t.inside, *cells(t.scores)) for n, t in ours.traps.items()]
            ),
            table(
                "taken for each other", ("pairs", "joined"), [(label, *counts) for label, counts in ours.taken.items()]
            ),
            stated("level", ours.levels),
            stated("level and rule", ours.rules),
            stated("stated probability", ours.bins),
            table("level shown", ("records", "of the main person"), [shown(*row) for row in ours.shown.items()]),
            review(ours.review),
            table("recall at precision", ("recall", "precision", "score"), list(points_at(ours.points))),
            table(
                "links of score",
                ("", "precision", "recall", "F1", "links"),
                [point_row(p) for p in thinned(ours.points)],
            ),
            forbidden(ours),
        ]
    )


def made(spool: Spool, ours: Ours) -> str:
    return (
        f"## {spool.people:,} people, {spool.records:,} records; model version {ours.version}\n"
        f"generated in {spool.generating:.1f} s, normalized in {spool.normalizing:.1f} s (peak {spool.peak_mb:.0f} MB),"
        f" linked in {ours.run.cost.seconds:.1f} s (peak {ours.run.cost.peak_mb:.0f} MB, records held included)"
    )


def scored(name: str, groups: dict[str, Scores]) -> str:
    return table(name, MEASURES, [(group, *cells(scores)) for group, scores in groups.items()])


def cells(scores: Scores) -> tuple[object, ...]:
    pairs = scores.pairs
    cubed = (scores.cubed_precision, scores.cubed_recall, scores.cubed_f1)
    return (pairs.precision, pairs.recall, pairs.f1, *cubed, pairs.wrong, pairs.missed, scores.people, scores.records)


def linker_row(run: Run) -> Row:
    cost = run.cost
    return (run.name, *cells(run.scores), f"{cost.seconds:.1f}", f"{cost.peak_mb:.0f}", f"{cost.before_mb:.0f}")


def stated(name: str, rows: Iterable[Stated]) -> str:
    found = [(row.group, row.count, row.said, row.measured, row.measured - row.said) for row in rows]
    return table(name, ("links", "stated", "measured", "difference"), found)


def shown(level: str, counts: tuple[int, int]) -> Row:
    return (level, counts[0], share(counts[1], counts[0]))


def review(found: Coverage) -> str:
    rows = [
        ("pairs of fragments of one person", found.fragments, found.listed, share(found.listed, found.fragments)),
        (
            "... joined by yes to all true lines",
            found.fragments,
            found.reachable,
            share(found.reachable, found.fragments),
        ),
        ("pairs of records behind them", found.pairs, found.pairs_listed, found.share),
        ("lines of the list that are right", found.lines, found.right_lines, share(found.right_lines, found.lines)),
    ]
    return table("review list", ("not joined", "listed", "share"), rows)


def points_at(points: Sequence[Point]) -> Iterable[Row]:
    for precision in PRECISIONS:
        point = recall_at(points, precision)
        if point:
            yield (f"{precision:g}", point.pairs.recall, point.pairs.precision, bits(point))
        else:
            yield (f"{precision:g}", "never reached", "", "")


def point_row(point: Point) -> Row:
    where = "joined" if point.joined else "review"
    return (bits(point), where, point.pairs.precision, point.pairs.recall, point.pairs.f1, point.links)


def bits(point: Point) -> str:
    return "deterministic" if point.score == CERTAIN else f">= {point.score:.2f}"


def forbidden(ours: Ours) -> str:
    found = ours.conflicts
    lines = [
        f"forbidden conflicts: {found.total} (two NPIs {found.npis}, two entries of a once-only source {found.entries},"
        f" two live licenses of one board {found.licenses}, of them under two names {found.licenses_of_two_names})",
        *(f"    {' '.join(example)}" for example in found.examples),
    ]
    if ours.unexplained:
        lines.append(f"pairs that stand together though no link explains it: {ours.unexplained}")
    return "\n".join(lines)


def table(name: str, columns: Sequence[str], rows: Iterable[Row]) -> str:
    """Columns as wide as their longest cell, the first to the left."""
    lines = [[name, *columns], *([text(cell) for cell in row] for row in rows)]
    widths = [max(len(line[at]) for line in lines) for at in range(len(columns) + 1)]
    return "\n".join(
        "  ".join(
            cell.ljust(width) if not at else cell.rjust(width)
            for at, (cell, width) in enumerate(zip(line, widths, strict=True))
        )
        for line in lines
    )


def text(cell: object) -> str:
    """Shares with five digits, counts with commas."""
    if isinstance(cell, float):
        return f"{cell:.5f}"
    return f"{cell:,}" if isinstance(cell, int) else str(cell)
