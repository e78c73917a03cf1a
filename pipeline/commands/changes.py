"""`diplomate changes`: what changed between published files."""

from __future__ import annotations

import click

from pipeline.commands.environment import Wrong, print_json, published, state_codes, state_option


@click.command(name="changes")
@click.option("--since", metavar="DATE", help="Changes read on this day or later (2026-11-22).")
@state_option("Only practitioners of these states.")
@click.option("--json", "as_json", is_flag=True, help="One JSON document instead of lines.")
def command(since: str | None, states: tuple[str, ...], as_json: bool) -> None:
    """What changed, newest last. Failed, blocked and partial runs never cause a change."""
    from db.changes import changes_since
    from db.publish import connect

    try:
        rows = changes_since(connect(published()), since, list(state_codes(states)))
    except ValueError as error:
        raise Wrong(f"--since {error}.") from error
    if as_json:
        print_json(rows)
        return
    for row in rows:
        old, new = row["old"] or "(nothing)", row["new"] or "(nothing)"
        click.echo(f"{row['at'][:10]}  {row['practitioner_id']}  {row['field']}: {old} -> {new}")
    if not rows:
        click.echo("No changes.", err=True)
