"""`diplomate check`: what public sources say about one practitioner, and which kind of not knowing it is.

In: a name, a license number with its state, or an NPI. Out: an answer in words or JSON. It reads the published file
only; nothing that was asked is stored or logged.
"""

from __future__ import annotations

import click

from pipeline.commands.environment import Wrong, print_json, published


@click.command(name="check")
@click.argument("name", nargs=-1)
@click.option("--state", default="", metavar="XX", help="The state the person practices in.")
@click.option("--license", "number", default="", metavar="N", help="License number; needs --state.")
@click.option("--npi", default="", metavar="N", help="National Provider Identifier.")
@click.option("--json", "as_json", is_flag=True, help="One JSON document instead of lines.")
def command(name: tuple[str, ...], state: str, number: str, npi: str, as_json: bool) -> None:
    """What public sources say about NAME, a license number or an NPI."""
    from db.check import BadQuestion, Question, answer_lines, check
    from db.publish import connect

    try:
        answer = check(connect(published()), Question(" ".join(name), state, number, npi))
    except BadQuestion as error:
        raise Wrong(str(error)) from error
    if as_json:
        print_json(answer.to_json())
    else:
        click.echo("\n".join(answer_lines(answer)))
