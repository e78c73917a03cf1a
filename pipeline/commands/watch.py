"""`diplomate watch`: remember a roster, and be told what changed about its people.

In: a roster, or the name of a watched one. Out: a folder in the data folder that only its owner may read; sentences.
The roster never leaves the machine; what changed is sent only where DIPLOMATE_NOTIFY says so.
"""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from pipeline.commands import environment
from pipeline.commands.environment import Failed, Wrong, data_folder, print_json

if TYPE_CHECKING:
    from db.watch_files import State

ALL = "\0all"


@click.command(name="watch")
@click.argument("roster", required=False, type=click.Path(path_type=Path))
@click.option("--name", default="", metavar="NAME", help="What the watched roster is called; else the file's own name.")
@click.option("--column", "columns", multiple=True, metavar='OURS="Theirs"', help="Which heading is what, as in check.")
@click.option("--sheet", default="", metavar="NAME", help="The sheet of a workbook.")
@click.option("--look", "asked", is_flag=False, flag_value=ALL, metavar="[NAME]", help="Look now, at one or at all.")
@click.option("--forget", default="", metavar="NAME", help="Remove a watched roster and all that is kept of it.")
@click.option("--json", "as_json", is_flag=True, help="The list as one JSON document.")
def command(
    roster: Path | None, name: str, columns: tuple[str, ...], sheet: str, asked: str | None, forget: str, as_json: bool
) -> None:
    """Remember ROSTER; after each build what changed about its people is written, and sent. Alone: what is watched."""
    refuse_mixture(roster, name, columns, sheet, asked, forget)
    if roster:
        from pipeline.commands.check_roster import column_words

        watch(roster, name, column_words(columns), sheet)
    elif forget:
        forget_one(forget)
    elif asked is not None:
        look_now(asked)
    else:
        show(as_json)


def refuse_mixture(
    roster: Path | None, name: str, columns: tuple[str, ...], sheet: str, asked: str | None, forget: str
) -> None:
    """One thing at a time; raises `Wrong`."""
    if bool(roster) + (asked is not None) + bool(forget) > 1:
        raise Wrong("Give one of ROSTER, --look and --forget.")
    if (name or columns or sheet) and not roster:
        raise Wrong("--name, --column and --sheet go with a ROSTER.")


def watch(roster: Path, name: str, columns: dict[str, str], sheet: str) -> None:
    """Keep the roster and remember what is known now; raises `Failed` when some rows ask nothing."""
    from db.roster import RosterError
    from db.watch_files import WatchError, folder_of, name_from
    from pipeline.commands.watch_keep import keep_roster
    from pipeline.commands.watch_look import one_at_a_time

    data = data_folder()
    try:
        folder = folder_of(data, name or name_from(roster))
        with one_at_a_time(data):
            kept = keep_roster(folder, roster, columns, sheet, f"{environment.now():%Y-%m-%dT%H:%M:%SZ}")
    except RosterError as error:
        raise Wrong(str(error)) from error
    except WatchError as error:
        raise (Failed if name_taken(error) else Wrong)(str(error)) from error
    except OSError as error:
        raise Failed(f"{error.filename or roster} could not be written or read: {error.strerror or error}.") from error
    click.echo("\n".join((*kept.notes, kept.sentence)), err=True)
    first_look(data, folder.name)
    if kept.troubles:
        raise Failed("\n".join(kept.troubles))


def name_taken(error: Exception) -> bool:
    """Whether a state that cannot be read is in the way, and not the name."""
    return "cannot be the name" not in str(error)


def first_look(data: Path, name: str) -> None:
    from db.opening import current
    from pipeline.commands.watch_look import look_at

    path = current(data)
    if path is None:
        click.echo("Nothing is published yet; it is looked at after the first build.", err=True)
    elif look_at(data, [name], path):
        raise click.exceptions.Exit(1)


def look_now(asked: str) -> None:
    from pipeline.commands.watch_look import look_at

    data, path = data_folder(), environment.published()
    chosen = known_names(data) if asked == ALL else [known(data, asked)]
    if not chosen:
        click.echo("No roster is watched. Begin with `diplomate watch ROSTER.csv`.", err=True)
    elif look_at(data, chosen, path):
        raise click.exceptions.Exit(1)


def known_names(data: Path) -> list[str]:
    from db.watch_files import names

    return names(data)


def known(data: Path, name: str) -> str:
    watched = known_names(data)
    if name not in watched:
        are = f"Watched are: {', '.join(watched)}." if watched else "No roster is watched."
        raise Wrong(f"No roster is watched as '{name}'. {are}")
    return name


def forget_one(name: str) -> None:
    """Remove everything of one roster, also one whose state is damaged, and say what that was."""
    from db.watch_files import folder_of, forget
    from pipeline.commands.watch_look import one_at_a_time

    data = data_folder()
    folder = folder_of(data, known(data, name))
    try:
        with one_at_a_time(data):
            gone = forget(folder)
    except OSError as error:
        raise Failed(f"{error.filename or folder} could not be removed: {error.strerror or error}.") from error
    click.echo(f"Forgotten: {folder} with {', '.join(gone) or 'nothing in it'}.", err=True)


def show(as_json: bool) -> None:
    """What is watched; exit 1 when a state cannot be read."""
    from db.watch_files import WatchError, folder_of, read_state

    data = data_folder()
    rows: list[dict[str, Any]] = []
    troubles = []
    for name in known_names(data):
        try:
            rows.append(row_of(read_state(folder_of(data, name))))
        except WatchError as error:
            troubles.append(f"{name}: {error}")
    if as_json:
        print_json(rows)
    else:
        click.echo("\n".join(map(line_of, rows)) or ("" if troubles else "No roster is watched."))
    if troubles:
        raise Failed("\n".join(troubles))


def row_of(state: State) -> dict[str, Any]:
    return {
        "name": state.name,
        "questions": state.asked_rows,
        "since": state.since,
        "last_looked_at": state.looked_at or None,
        "last_change": state.last_change or None,
        "files": len(state.files),
        "messages_waiting": len(state.pending),
    }


def line_of(row: dict[str, Any]) -> str:
    looked, changed = day(row["last_looked_at"]) or "not yet", day(row["last_change"]) or "none yet"
    waiting = f", messages that wait to be sent: {row['messages_waiting']}" if row["messages_waiting"] else ""
    return (
        f"{row['name']}: {row['questions']} people asked about, watched since {day(row['since'])},"
        f" last looked at {looked}, last change {changed}{waiting}"
    )


def day(time: str | None) -> str:
    return f"{datetime.fromisoformat(time):%Y-%m-%d %H:%M} UTC" if time else ""
