"""`diplomate rollback`: the site goes back to an older published file, and history goes on from it.

In: the data folder. Out: `data/current` pointing at another kept file, a line in `data/rollbacks.jsonl`. A running
`diplomate serve` follows by itself.
"""

from __future__ import annotations

from pathlib import Path

import click

from pipeline.commands.environment import FIRST_STEPS, Failed, Wrong, alone, data_folder, now


@click.command(name="rollback")
@click.option("--to", "name", default="", metavar="NAME", help="The kept file to go to, as --list names it.")
@click.option("--list", "only_list", is_flag=True, help="Show the kept files, newest first, and change nothing.")
@click.option("--show-disputed", is_flag=True, help="Also to a file that shows what is disputed since it was made.")
def command(name: str, only_list: bool, show_disputed: bool) -> None:
    """Publish an older kept file again; without --to the one before the current one."""
    if only_list and name:
        raise Wrong("Give --list or --to, not both.")
    data = data_folder()
    if only_list:
        list_kept(data)
    else:
        with alone(data, "build"):  # a build at work would publish over it
            go_back(data, name, show_disputed)


def list_kept(data: Path) -> None:
    from db.publish import kept

    files = kept(data)
    if not files:
        raise Wrong(f"There is no published database in {data} yet. {FIRST_STEPS}")
    for each in files:
        people = f"{each.people:,} practitioners" if each.people is not None else f"cannot be read: {each.trouble}"
        click.echo(f"{'*' if each.is_current else ' '} {each.path.stem}  built {each.built_at or '?'}  {people}")
    click.echo("* is what the site shows. Go to another with: diplomate rollback --to NAME", err=True)


def go_back(data: Path, name: str, show_disputed: bool = False) -> None:
    from db.publish import DamagedFile, NoSuchBuild, PublishFailed, current, roll_back
    from pipeline.commands.cleaning import freed

    was, name = current(data), freed(data, name, now())
    try:
        if not show_disputed:
            refuse_disputed(data, name)
        path = roll_back(data, now(), name)
    except NoSuchBuild as error:
        raise Wrong(f"{error} See `diplomate rollback --list`.") from error
    except PublishFailed as error:
        raise Failed(f"Nothing was changed: {error}.") from error
    except DamagedFile as error:
        raise Failed(f"{error} Nothing was changed.") from error
    if path.resolve() == was:
        click.echo(f"{path.name} is current already; nothing was changed.", err=True)
    else:
        click.echo(f"The site now shows {path.name}, no longer {was.name if was else 'nothing'}.", err=True)
        warn_of_decisions(data, path)


def refuse_disputed(data: Path, name: str) -> None:
    """A file shows what was disputed after it was made, as if nobody had said anything."""
    from db.kept import earlier, named
    from db.opening import read_rows
    from pipeline.disputes import read_disputes
    from pipeline.rules import RuleError

    path = named(data, name) if name else earlier(data)
    try:
        standing = {line.number for line in read_disputes(data, now()) if not line.withdrawn_on}
    except RuleError as error:
        raise Failed(f"{error} Nothing was changed.") from error
    unknown = sorted(standing - {row["number"] for row in read_rows(path, "disputes")} if standing else ())
    if unknown:
        raise Failed(
            f"{path.name} is older than dispute {', '.join(map(str, unknown))} and shows what is disputed there."
            " Nothing was changed. Mend the cause and call `diplomate build`, or say --show-disputed."
        )


def warn_of_decisions(data: Path, path: Path) -> None:
    """The next run does not build for them: it would undo what was just done."""
    from db.kept import build_facts
    from pipeline.written_down import KEY, decisions_mark

    if build_facts(path).get(KEY, "") != decisions_mark(data):
        click.echo(
            "It was made with other judgments or disputes than are written down; a build applies them.", err=True
        )
