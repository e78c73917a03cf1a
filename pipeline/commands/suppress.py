"""`diplomate suppress`: a person asks to be left out of everything that is published.

In: a practitioner's id, an NPI or STATE:NUMBER, and a reason. Out: hashed keys in the data folder's `suppressions.csv`;
the next build leaves the person out of every table, index, file and page, and of the kept older files. What it reaches
and what it cannot: docs/corrections.md.
"""

from __future__ import annotations

import sqlite3
from collections import Counter
from contextlib import closing
from pathlib import Path

import click

from pipeline.commands.environment import Failed, Wrong, alone, data_folder, now
from pipeline.commands.published_people import Shown, people_meant, shown_people
from pipeline.judged_csv import NotWritten, plain_reason
from pipeline.names import fold
from pipeline.numbers import license_key, npi
from pipeline.rules import RuleError
from pipeline.suppression_keys import Key
from pipeline.suppressions import FILE, SALT, Line, read_suppressions
from pipeline.suppressions_file import suppress, withdraw


@click.command(name="suppress")
@click.argument("person", metavar="[ID|NPI|STATE:NUMBER]", required=False)
@click.option("--reason", default="", metavar="TEXT", help="Why, without names; it is kept here and published nowhere.")
@click.option("--now", "at_once", is_flag=True, help="Clean the published files too, without waiting for a build.")
@click.option("--list", "listed", is_flag=True, help="Every suppression with its number, reason and date.")
@click.option("--withdraw", "number", type=int, metavar="N", help="Suppression N no longer stands.")
def command(person: str | None, reason: str, at_once: bool, listed: bool, number: int | None) -> None:
    """Leave a person out of everything that is published, today and after every crawl to come.

    The person is named by the id of a page, an NPI, or a license as WA:AC60000101. Every record that is shown of him or
    her counts. The file that is written holds hashes, no name and no number.
    """
    if sum((person is not None, listed, number is not None)) != 1 or (at_once and person is None):
        raise Wrong("Say one thing: an ID, NPI or STATE:NUMBER with --reason, or --list, or --withdraw N.")
    data = data_folder()
    try:
        if listed:
            show_all(data)
        elif number is not None:
            withdraw(data, number, now())
            click.echo(f"Suppression {number} is withdrawn; the next build shows what sources say again.", err=True)
        else:
            leave_out(data, str(person).strip(), reason, at_once)
    except NotWritten as error:
        raise Wrong(str(error)) from error
    except RuleError as error:
        raise Failed(f"{error} Nothing was written down.") from error


def leave_out(data: Path, person: str, reason: str, at_once: bool) -> None:
    reason = plain_reason(reason)
    keys, shown = keys_meant(data, person)
    if shown:
        refuse_names(reason, shown)
    number, new = suppress(data, keys, reason, now())
    said = f"Suppression {number}" if new else f"That is suppression {number} already"
    click.echo(f"{said}, in {data / FILE}. {what_is_known(shown)}", err=True)
    if at_once:
        clean_at_once(data)
    elif new:
        click.echo(
            "The next `diplomate build` leaves the person out and cleans the kept files; --now cleans them now.",
            err=True,
        )
    click.echo(f"Keep {SALT} beside it, and in every copy: without it nobody who is left out is known again.", err=True)


def keys_meant(data: Path, person: str) -> tuple[set[Key], Shown | None]:
    """The keys to write down, and what is published of the person, if anything is."""
    from db.opening import connect, current

    path = current(data)
    bare = bare_key(person)
    if path is not None:
        with closing(connect(path)) as connection:
            found = the_one(connection, person)
            if found:
                shown = shown_people(connection, [found])[found]
                return shown.all_keys | ({bare} if bare else set()), shown
    if bare is None and read_suppressions(data, now()).of([Key("person", person)]):
        return {Key("person", person)}, None  # asked for again after a kill: the files may still hold the person
    if bare is None:
        raise Wrong(f"Nobody published has the id '{person}'. Give an id as a page shows it, an NPI, or STATE:NUMBER.")
    return {bare}, None


def bare_key(person: str) -> Key | None:
    """A number as a key by itself; None for what is an id. Raises Wrong for a number that cannot be one."""
    state, colon, number = person.partition(":")
    if colon:
        key = license_key(state, number)
        if not key:
            raise Wrong(f"'{person}' is no license: give a state's two letters and the number, as WA:AC60000101.")
        return Key("license", key)
    if person.isdecimal() and not npi(person):
        raise Wrong(f"'{person}' is no NPI: ten digits of which the last one checks the others.")
    return Key("npi", person) if npi(person) else None


def the_one(connection: sqlite3.Connection, person: str) -> str:
    """The id of the practitioner who is meant, or ""; raises Wrong where there are several."""
    found = people_meant(connection, person)
    if len(found) > 1:
        raise Wrong(f"'{person}' leads to {len(found)} practitioners: {', '.join(found)}. Name one by this id.")
    return found[0] if found else ""


def refuse_names(reason: str, shown: Shown) -> None:
    """A reason is kept for ever; a name or a number in it would stay."""
    words = set(fold(reason).split())
    names = {fold(name.family) for name in shown.names} - {""}
    numbers = [key.value for key in shown.keys if key.kind == "npi"] + [key.partition(":")[2] for key in shown.licenses]
    if words & names or any(number in reason for number in numbers if len(number) > 3):
        raise NotWritten("Not written down: the reason holds the person's name or number; say it without.")


def what_is_known(shown: Shown | None) -> str:
    """How the person will be known again, without saying who it is."""
    if shown is None:
        return "Nobody published bears it; whoever is read under it from now on is left out."
    kinds = Counter(key.kind for key in shown.all_keys)
    return (
        f"Known again by {sum(kinds.values())} keys: {', '.join(f'{n} {kind}' for kind, n in sorted(kinds.items()))}."
    )


def clean_at_once(data: Path) -> None:
    from db.load import GateRefused, PublishFailed
    from pipeline.commands.cleaning import clean_kept

    with alone(data, "build"):
        try:
            said = clean_kept(data, now(), with_current=True)
        except (GateRefused, PublishFailed) as error:
            raise Failed(f"It is written down, but not every file could be cleaned: {error}.") from error
    for sentence in said or ["No published file holds the person."]:
        click.echo(sentence, err=True)


def show_all(data: Path) -> None:
    groups: dict[int, list[Line]] = {}
    for line in read_suppressions(data, now()).lines:
        groups.setdefault(line.number, []).append(line)
    for number, lines in sorted(groups.items()):
        first, standing = lines[0], [line for line in lines if not line.withdrawn_on]
        holds = f"{len(standing)} keys" if standing else f"withdrawn on {first.withdrawn_on[:10]}"
        click.echo("  ".join((str(number), first.suppressed_on[:10], holds, first.reason)))
    if not groups:
        click.echo("Nobody is suppressed.", err=True)
