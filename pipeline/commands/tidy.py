"""`diplomate tidy`: raw answers and rows that nothing rests on any more are removed.

In: the data folder. Out: old runs emptied but for their verdicts; what is lost with them, in sentences. Never emptied
is what a published file that is kept rests on, or what counts today. What stays how long: docs/operate.md.
"""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

import click

from pipeline.commands.environment import Failed, Wrong, alone, data_folder, now
from pipeline.retention import FEWEST_DAYS, Emptied, empty, interrupted, to_empty

KEEP_DAYS = 365
MIB = 1024 * 1024


@click.command(name="tidy")
@click.option(
    "--keep-days",
    type=int,
    default=KEEP_DAYS,
    show_default=True,
    metavar="N",
    help="Runs that began within so many days stay whole.",
)
@click.option("--dry-run", is_flag=True, help="Say what would be removed, and remove nothing.")
def command(keep_days: int, dry_run: bool) -> None:
    """Remove raw answers, rows and logs of old runs that nothing rests on; their verdicts stay.

    What counts today, what a kept published file rests on, and what the next crawl compares with is never touched. The
    history of people stays; the bytes behind what was shown long ago cannot be shown again.
    """
    from crawler.catalog import source_names

    if keep_days < FEWEST_DAYS:
        raise Wrong(f"--keep-days is {keep_days}; it must be {FEWEST_DAYS} or more: a crawl may still be gone on with.")
    data = data_folder()
    with alone(data, "build"):
        known = runs_of_files(data)
        busy = [source for source in source_names() if not tidied(data, source, known, keep_days, dry_run)]
    if busy:
        raise Failed(f"Not looked at, because a crawl is at work: {', '.join(busy)}. Call it again later.")


def tidied(data: Path, source: str, known: list[set[str]], keep_days: int, dry_run: bool) -> bool:
    """Empty what may be emptied of one source; False while a crawl of it is at work."""
    try:
        with alone(data, source):
            if not dry_run:
                for run in interrupted(data, [source]):
                    empty(run)
            found = to_empty(data, source, known, now(), keep_days)
            for run, _ in () if dry_run else found:
                empty(run)
    except Failed:
        return False
    for sentence in said([item for _, item in found], dry_run):
        click.echo(sentence, err=True)
    return True


def runs_of_files(data: Path) -> list[set[str]]:
    """What each kept published file knows; raises Failed for one that cannot be read: it may rest on anything."""
    from db.kept import kept_files
    from db.opening import DamagedFile, read_rows

    try:
        return [{row["id"] for row in read_rows(path, "runs")} for path in kept_files(data)]
    except DamagedFile as error:
        raise Failed(f"{error} Nothing was removed, for it may rest on any run.") from error


def said(items: list[Emptied], dry_run: bool) -> Iterable[str]:
    """One sentence a source: how much, of which days, and what is lost with it."""
    if not items:
        return
    good = [item for item in items if item.result == "good"]
    days = sorted(item.read_at[:10] for item in items if item.read_at)
    when = f", read {days[0]} to {days[-1]}" if days else ""
    would = "would be emptied" if dry_run else "emptied"
    size = sum(item.bytes for item in items) / MIB
    yield f"{items[0].source}: {len(items)} {'run' if len(items) == 1 else 'runs'} {would}{when}, {size:.1f} MiB."
    if good:
        rows = sum(item.rows for item in good)
        yield (
            f"{items[0].source}: with them the bytes behind {rows:,} rows of {len(good)} good readings; no kept file"
            " rests on them, and no evidence bundle can be made from them any more. Their dates and counts stay."
        )
