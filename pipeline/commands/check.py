"""`diplomate check`: what public sources say about one practitioner, and which kind of not knowing it is.

In: a name, a license number with its state, or an NPI. Out: an answer in words or JSON. It reads the published file
only; nothing that was asked is stored or logged.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from pipeline.commands.environment import Wrong, print_json, published

if TYPE_CHECKING:
    from db.answers import Answer


@click.command(name="check")
@click.argument("name", nargs=-1)
@click.option("--state", default="", metavar="XX", help="The state the person practices in.")
@click.option("--license", "number", default="", metavar="N", help="License number; needs --state.")
@click.option("--npi", default="", metavar="N", help="National Provider Identifier.")
@click.option("--as-of", "day", default="", metavar="DATE", help="What was shown on that day, such as 2026-01-31.")
@click.option("--json", "as_json", is_flag=True, help="One JSON document instead of lines.")
@click.option("--roster", type=Path, metavar="IN", help="Every row of a .csv, .tsv or .xlsx file; needs --out.")
@click.option("--out", type=Path, metavar="OUT.csv", help="The same rows with the answers beside them.")
@click.option("--column", "columns", multiple=True, metavar='OURS="Theirs"', help="Which of its columns is what.")
@click.option("--sheet", default="", metavar="NAME", help="The sheet of an .xlsx file; otherwise its first.")
def command(
    name: tuple[str, ...],
    state: str,
    number: str,
    npi: str,
    day: str,
    as_json: bool,
    roster: Path | None,
    out: Path | None,
    columns: tuple[str, ...],
    sheet: str,
) -> None:
    """What public sources say about NAME, a license number or an NPI."""
    if roster:
        from pipeline.commands.check_roster import check_roster

        if name or state or number or npi or day:
            raise Wrong("--roster asks for every row of a file; leave out NAME, --state, --license, --npi and --as-of.")
        check_roster(roster, out, columns, sheet, as_json)
        return
    if out or columns or sheet:
        raise Wrong("--out, --column and --sheet belong to --roster.")
    answer = answer_to(" ".join(name), state, number, npi, day)
    if as_json:
        print_json(answer.to_json())
    else:
        from db.answer_lines import answer_lines

        click.echo("\n".join(answer_lines(answer)))


def answer_to(name: str, state: str, number: str, npi: str, day: str) -> Answer:
    """The answer of today, or of a day in the past; a wrong call when it cannot be asked."""
    from db.answers import BadQuestion, Question
    from db.check import Checker
    from db.opening import connect

    question, checker = Question(name, state, number, npi), Checker(connect(published()))
    try:
        if not day:
            return checker.answer(question)
        from db.past import answer_as_of

        return answer_as_of(checker, question, day)
    except BadQuestion as error:
        raise Wrong(str(error)) from error
