"""`diplomate judge`: a person's decision about two records, written down for ever.

In: two records, by id or as SOURCE:KEY, same or different, and a reason. Out: a line in the data folder's
`same_person.csv`; the next build applies it, and it wins over every rule.
"""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path
from typing import Any

import click

from pipeline.commands.environment import Failed, Wrong, data_folder, now, published
from pipeline.judged_file import NoJudgment, write_judgment
from pipeline.judgments import FILE
from pipeline.renamings import Renamings
from pipeline.rules import RuleError

RECORD = (
    "SELECT r.*, s.kind AS source_kind, s.title AS source_title FROM records r LEFT JOIN sources s ON s.name = r.source"
)


@click.command(name="judge")
@click.argument("first", metavar="ID_A")
@click.argument("second", metavar="ID_B")
@click.argument("verdict", metavar="same|different")
@click.option("--reason", default="", metavar="TEXT", help="Why; it is published with the decision.")
def command(first: str, second: str, verdict: str, reason: str) -> None:
    """Write down that two records are the same person's, or two people's.

    ID_A and ID_B are record ids, or SOURCE:KEY as in board_wa:AC60000101; `diplomate review` prints both. The decision
    goes to same_person.csv in the data folder (the file of that name among the rules is for decisions that ship with
    them; both are read), holds for ever, follows a record whose source gives it another key, and wins over every
    rule from the next build on. To take one back, delete its line.
    """
    from db.publish import connect

    with closing(connect(published())) as connection:
        ends = [found_record(connection, text) for text in (first, second)]
        renamings = read_renamings(published())
    record_judgment(ends, verdict, reason, renamings)


def record_judgment(ends: list[dict[str, Any]], verdict: str, reason: str, renamings: Renamings) -> None:
    """Write it down and say so; nonsense is a wrong call."""
    data = data_folder()
    cells = [verdict, *(cell for end in ends for cell in (end["source"], end["source_key"])), reason]
    try:
        new = write_judgment(data, cells, renamings, now().date())
    except NoJudgment as error:
        raise Wrong(str(error)) from error
    except RuleError as error:
        raise Failed(f"{error} Nothing was written down.") from error
    where = f"in {data / FILE}; the next `diplomate build` applies it"
    click.echo(f"Written down {where}." if new else f"That stands there already: {where}.", err=True)


def found_record(connection: sqlite3.Connection, text: str) -> dict[str, Any]:
    """The published record of an id or of SOURCE:KEY; raises Wrong for none, and for one that is nobody's record."""
    source, _, key = text.partition(":")
    found = connection.execute(f"{RECORD} WHERE r.id = ? OR (r.source = ? AND r.source_key = ?)", [text, source, key])
    row = found.fetchone()
    if row is None:
        raise Wrong(f"The published database has no record {text!r}. Give a record's id, or SOURCE:KEY.")
    if row["source_kind"] == "exclusions":
        raise Wrong(f"{text!r} is on the exclusion list; only practitioners' records are judged.")
    return dict(row)


def read_renamings(path: Path) -> Renamings:
    from db.publish import read_rows

    return Renamings(read_rows(path, "renamed_records"))
