"""`diplomate changes`: what changed between published files."""

from __future__ import annotations

import click

from pipeline.commands.environment import Wrong, print_json, published, state_codes, state_option


@click.command(name="changes")
@click.option("--since", metavar="DATE", help="Changes read on this day or later (2026-11-22).")
@state_option("Only practitioners or licenses of these states.")
@click.option("--kind", "kinds", multiple=True, metavar="K", help="Only this kind: new, renewed, lapsed, moved ...")
@click.option("--json", "as_json", is_flag=True, help="One JSON document instead of lines.")
def command(since: str | None, states: tuple[str, ...], kinds: tuple[str, ...], as_json: bool) -> None:
    """What changed, newest last. Failed and blocked runs never cause a change; partial ones only in what they show."""
    from db.changes import UnknownKind, changes_since
    from db.opening import connect

    try:
        rows = changes_since(connect(published()), since, state_codes(states), kind=kinds)[::-1]
    except UnknownKind as error:
        raise Wrong(f"--kind {error}.") from error
    except ValueError as error:
        raise Wrong(f"--since {error}.") from error
    if as_json:
        print_json(rows)
        return
    for row in rows:
        click.echo(f"{row['at'][:10]}  {row['line']}")
    if not rows:
        click.echo("No changes.", err=True)
