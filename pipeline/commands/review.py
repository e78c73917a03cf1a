"""`diplomate review`: the pairs of records most worth judging, side by side, and how to judge them.

In: the review list that the last build wrote, and the published records. Out: pairs in words or JSON, or, with --judge,
one question after the other. The list is for the operator: it also holds pairs that no page may show.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Iterator
from contextlib import closing
from itertools import islice
from pathlib import Path
from typing import Any

import click

from pipeline.commands.environment import (
    Failed,
    Wrong,
    data_folder,
    now,
    print_json,
    published,
    state_codes,
    state_option,
)
from pipeline.commands.judge import RECORD, read_renamings, record_judgment
from pipeline.commands.review_words import pair_json, pair_lines
from pipeline.frames import Rows
from pipeline.judgments import read_judgments
from pipeline.renamings import Renamings
from pipeline.review_list import read_review
from pipeline.rules import RuleError

ANSWERS = {"s": "same", "d": "different", "k": "skip", "q": "quit"}
Pair = tuple[dict[str, Any], dict[str, Any], dict[str, Any]]


@click.command(name="review")
@state_option("Only pairs with a record tied to these states.")
@click.option("--limit", default=20, show_default=True, type=click.IntRange(1), help="How many pairs.")
@click.option("--json", "as_json", is_flag=True, help="One JSON document instead of lines.")
@click.option("--judge", is_flag=True, help="Ask about each pair: s(ame), d(ifferent), (s)k(ip), q(uit).")
def command(states: tuple[str, ...], limit: int, as_json: bool, judge: bool) -> None:
    """The pairs of records most worth judging, the worthiest first: one person or two?

    Pairs that were judged since the last build are left out. What is listed here was found likely by a model and is no
    statement about anybody; it is for the operator's eyes.
    """
    if judge and as_json:
        raise Wrong("--judge asks questions; it goes without --json.")
    path, codes = published(), state_codes(states)
    renamings = read_renamings(path)
    rows = [row for row in unjudged(renamings) if not codes or set(codes) & set(row["states"])]
    pairs = list(islice(with_records(path, rows), limit))
    if as_json:
        print_json({"total": len(rows), "pairs": [pair_json(*pair) for pair in pairs]})
    elif judge:
        ask(pairs, renamings)
    else:
        click.echo("\n\n".join("\n".join(pair_lines(*pair)) for pair in pairs) or "Nothing waits to be judged.")
        click.echo(f"\n{len(pairs)} of {len(rows)} pairs.", err=True)


def unjudged(renamings: Renamings) -> Rows:
    """The list of the last build without the pairs that were judged since."""
    rows = read_review(data_folder())
    if rows is None:
        raise Wrong(f"There is no review list in {data_folder()} yet; `diplomate build` writes it.")
    try:
        lines = read_judgments(data_folder(), now().date())
    except RuleError as error:
        raise Failed(str(error)) from error
    judgments = [line.judgment(renamings) for line in lines]
    judged = {frozenset((judgment.first_id, judgment.second_id)) for judgment in judgments}
    return [row for row in rows if frozenset((row["record_a"], row["record_b"])) not in judged]


def with_records(path: Path, rows: Iterable[dict[str, Any]]) -> Iterator[Pair]:
    """Each pair with its two published records; one that the published file does not hold is passed over."""
    from db.publish import connect

    with closing(connect(path)) as connection:
        for row in rows:
            ends = [record_of(connection, row[name]) for name in ("record_a", "record_b")]
            if ends[0] and ends[1]:
                yield row, ends[0], ends[1]


def record_of(connection: sqlite3.Connection, identifier: str) -> dict[str, Any] | None:
    row = connection.execute(f"{RECORD} WHERE r.id = ?", [identifier]).fetchone()
    return dict(row) if row else None


def ask(pairs: Iterable[Pair], renamings: Renamings) -> None:
    """One pair after the other; every answer is on the disk before the next question."""
    for row, first, second in pairs:
        click.echo("\n".join(pair_lines(row, first, second)))
        answer = click.prompt("One person? s(ame), d(ifferent), k (skip), q(uit)", type=click.Choice(list(ANSWERS)))
        if answer == "q":
            return
        if answer != "k":
            reason = click.prompt("Why? (it is published with the decision)")
            try:
                record_judgment([first, second], ANSWERS[answer], reason, renamings)
            except Wrong as error:
                click.echo(error.message, err=True)
        click.echo("")
