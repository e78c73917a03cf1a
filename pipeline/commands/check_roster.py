"""`diplomate check --roster`: the same question for every row of a file.

In: a roster (.csv, .tsv, .xlsx) and where to write. Out: the same rows with the answers beside them; on stderr how the
file was read and how many rows came to which outcome, never a name. Exit 1 when some rows could not be read.
"""

from __future__ import annotations

import sys
import time
from collections import Counter
from collections.abc import Callable
from pathlib import Path

import click

from pipeline.commands.environment import Failed, Wrong, print_json, published
from pipeline.commands.stopping import stopped_well

SECONDS_BETWEEN = 0.5


def check_roster(roster: Path, out: Path | None, columns: tuple[str, ...], sheet: str, as_json: bool) -> None:
    """Answer the roster into `out`; raises `Wrong` or `Failed` with a sentence, exits 1 when rows could not be read."""
    from db.check import Checker
    from db.opening import connect
    from db.roster import RosterError, open_roster
    from db.roster_out import check_paths, write_answers

    if out is None:
        raise Wrong("--roster needs --out FILE.csv: where the answers are written.")
    path = published()
    try:
        check_paths(roster, out)
        opened = open_roster(roster, column_words(columns), sheet)
        say("\n".join(opened.notes))
        with stopped_well(), Progress(opened.length) as progress:  # told to end, it leaves no half file
            counts = write_answers(Checker(connect(path)), opened, out, progress)
    except RosterError as error:
        raise Wrong(str(error)) from error
    except OSError as error:
        raise Failed(f"{out} could not be written: {error.strerror or error}. Nothing was left behind.") from error
    report(counts, out, as_json)
    if counts["not_readable"]:
        sys.exit(1)


def column_words(given: tuple[str, ...]) -> dict[str, str]:
    """`--column license="Lic #"` as our word and their heading."""
    pairs = [text.partition("=") for text in given]
    for text, (ours, _, heading) in zip(given, pairs, strict=True):
        if not ours.strip() or not heading.strip():
            raise Wrong(f'--column {text}: write OURS="Their heading", for example --column license="Lic #".')
    words = [ours.strip() for ours, _, _ in pairs]
    twice = next((word for word in words if words.count(word) > 1), "")
    if twice:
        raise Wrong(f"--column {twice} is given twice; one column is enough.")
    return {ours.strip(): heading for ours, _, heading in pairs}


def report(counts: Counter[str], out: Path, as_json: bool) -> None:
    """How many rows came to what, in the order of the outcomes."""
    from db.answers import OUTCOMES
    from db.roster_out import ABOVE, BLANK, IN_PART

    rows = counts.total() - counts[IN_PART]
    known = {key: counts[key] for key in (*OUTCOMES, "not_readable", BLANK, ABOVE) if counts[key]}
    if as_json:
        print_json({"out": str(out), "rows": rows, "used_in_part": counts[IN_PART], "outcomes": known})
    said = ", ".join(f"{number:,} {key}" for key, number in known.items())
    say(f"{rows:,} {'row' if rows == 1 else 'rows'}: {said or 'none'}.")
    if counts[IN_PART]:
        say(f"Of {counts[IN_PART]:,} a part was not used; diplomate_trouble says which and why.")
    if counts["not_readable"]:
        say(f"{counts['not_readable']:,} could not be read; diplomate_trouble says why.")
    say(f"Written: {out}")


def say(text: str) -> None:
    click.echo(text, err=True)


class Progress:
    """One line that is repainted on a terminal; silent elsewhere."""

    def __init__(self, rows: int) -> None:
        self.rows = rows
        self.seen = sys.stderr.isatty()
        self.painted = 0.0

    def __enter__(self) -> Callable[[int], None]:
        return self.paint

    def __exit__(self, *_: object) -> None:
        if self.seen:
            click.echo("\r\x1b[K", nl=False, err=True)

    def paint(self, done: int) -> None:
        if self.seen and time.monotonic() - self.painted >= SECONDS_BETWEEN:
            self.painted = time.monotonic()
            click.echo(f"\r\x1b[KRows answered: {done:,} of {self.rows:,}", nl=False, err=True)
