"""`diplomate dispute`: a fact that somebody says is wrong is hidden until its source has been read again.

In: a record, by id or as SOURCE:KEY, perhaps a field, and a reason. Out: lines in the data folder's `disputes.csv`; the
next build hides what they name. What it means and what else can be done: docs/corrections.md.
"""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path
from typing import Any

import click

from pipeline.commands.environment import Failed, Wrong, data_folder, now, published
from pipeline.disputes import EXCLUSION, FILE, Dispute, about, exclusion_value, read_disputes
from pipeline.disputes_file import withdraw, write_disputes
from pipeline.judged_csv import NotWritten
from pipeline.rules import RuleError

NEXT = "the next `diplomate build` hides it until its source has been read again"


@click.command(name="dispute")
@click.argument("record", metavar="[RECORD_ID]", required=False)
@click.option(
    "--field", default="", metavar="FIELD", help="Only this fact, named as in table claims; else all of them."
)
@click.option("--reason", default="", metavar="TEXT", help="Why, without names; it is kept here and published nowhere.")
@click.option("--list", "listed", is_flag=True, help="Every dispute with its number and what became of it.")
@click.option("--withdraw", "number", type=int, metavar="N", help="Dispute N no longer stands.")
def command(record: str | None, field: str, reason: str, listed: bool, number: int | None) -> None:
    """Hide a fact, or all facts of a record, until its source has been read again.

    RECORD_ID is a record's id, or SOURCE:KEY as in board_wa:AC60000101; a practitioner's page names the records it
    rests on. If the source then still says the same, the fact is shown again, with both dates; if it says something
    else, the dispute is settled. Records stay joined: two people in one entry are told apart with `diplomate judge`.
    """
    if sum((record is not None, listed, number is not None)) != 1:
        raise Wrong("Say one thing: a RECORD_ID with --reason, or --list, or --withdraw N.")
    try:
        if listed:
            show_all()
        elif number is not None:
            ended = withdraw(data_folder(), number, now())
            click.echo(
                f"Dispute {number} ({about(ended.field)}) is withdrawn; the next build shows it again.", err=True
            )
        else:
            add(str(record), field, reason)
    except NotWritten as error:
        raise Wrong(str(error)) from error
    except RuleError as error:
        raise Failed(f"{error} Nothing was written down.") from error


def add(record: str, field: str, reason: str) -> None:
    from db.publish import connect

    with closing(connect(published())) as connection:
        found = found_record(connection, record)
        stated = stated_in(connection, found, field)
    new = write_disputes(data_folder(), found["id"], stated, reason, now())
    if not new:
        click.echo(f"That is under dispute already, in {data_folder() / FILE}.", err=True)
        return
    for line in new:
        click.echo(f"Dispute {line.number}: {about(line.field)} of record {line.record_id}; {NEXT}.", err=True)


def found_record(connection: sqlite3.Connection, text: str) -> dict[str, Any]:
    """The published record of an id or of SOURCE:KEY; raises Wrong for none."""
    source, _, key = text.partition(":")
    sql = "SELECT id, source FROM records WHERE id = ? OR (source = ? AND source_key = ?)"
    row = connection.execute(sql, [text, source, key]).fetchone()
    if row is None:
        raise Wrong(f"The published database has no record {text!r}. Give a record's id, or SOURCE:KEY.")
    return dict(row)


def stated_in(connection: sqlite3.Connection, record: dict[str, Any], field: str) -> list[tuple[str, str]]:
    """(field, value) of what is disputed; raises Wrong where the record states no such thing."""
    rows = connection.execute("SELECT * FROM claims WHERE record_id = ? AND current = 1", [record["id"]])
    claims = [(row["field"], row["value"]) for row in rows if row["disputed"] != "hidden"]
    excluded = connection.execute("SELECT * FROM exclusions WHERE record_id = ?", [record["id"]])
    claims += [(EXCLUSION, exclusion_value(row["exclusion_type"] or "", row["excluded_on"] or "")) for row in excluded]
    chosen = [claim for claim in claims if not field or claim[0].casefold() == field.strip().casefold()]
    if not chosen:
        names = ", ".join(dict.fromkeys(repr(name) for name, _ in claims)) or "nothing that is not hidden already"
        raise Wrong(f"Record {record['id']} states no {field or 'fact'!r}; it states {names}.")
    return list(dict.fromkeys(chosen))


def show_all() -> None:
    lines = read_disputes(data_folder(), now())
    became = outcomes()
    for line in lines:
        click.echo("  ".join((str(line.number), line.record_id, line.field, line.disputed_on, became_of(line, became))))
    if not lines:
        click.echo("Nothing is disputed.", err=True)


def became_of(line: Dispute, became: dict[int, str]) -> str:
    if line.withdrawn_on:
        return f"withdrawn on {line.withdrawn_on[:10]}"
    return became.get(line.number, "waits for the next build")


def outcomes() -> dict[int, str]:
    """What the published file says of each number."""
    from db.opening import current
    from db.publish import read_rows

    path: Path | None = current(data_folder())
    rows = read_rows(path, "disputes") if path else []
    return {row["number"]: " ".join(filter(None, [row["outcome"], row["read_on"]])) for row in rows}
