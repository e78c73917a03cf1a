"""`diplomate build`: from the last good runs to a new published file, through gates.

In: the data folder. Out: a new database file under `data/published`, `data/current` pointing at it. Whatever is wrong,
the file that was current stays current.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import datetime
from pathlib import Path

import click

from db.cleaned import MARK
from db.gates import Accepted, is_word
from db.load import GateRefused, PublishedBut, PublishFailed
from db.publish import KEPT, publish
from db.whole_files import write_whole_files
from pipeline.build import Build, NothingToBuild, build, build_info
from pipeline.commands.build_record import FILE, write_last_build
from pipeline.commands.cleaning import clean_kept
from pipeline.commands.earlier import before
from pipeline.commands.environment import Failed, Wrong, alone, data_folder, now
from pipeline.commands.going_on import goes_on, refuse_lost_readings, refuse_no_reading
from pipeline.commands.main import own_version, sentence
from pipeline.commands.source_facts import source_facts
from pipeline.commands.stopping import refuse_to_go_on
from pipeline.commands.watch_forget import forget_left_out
from pipeline.commands.watch_look import look_after_build
from pipeline.dates_and_links import DateError
from pipeline.disputes import read_disputes
from pipeline.facts import SourceFacts
from pipeline.frames import Rows
from pipeline.gather import Reading, gather
from pipeline.judgments import read_judgments
from pipeline.left_out_build import pattern, without
from pipeline.link import EngineMissing
from pipeline.overview import run_rows, source_row
from pipeline.review_list import write_review
from pipeline.rules import RuleError
from pipeline.statuses import UnknownWord
from pipeline.suppressions import read_suppressions
from pipeline.suppressions_file import learn
from pipeline.written_down import KEY, decisions_mark

ENGINES = ("duckdb", "spark")


@click.command(name="build")
@click.option("--accept-smaller", is_flag=True, help="Publish even with far fewer rows than now.")
@click.option(
    "--accept",
    "words",
    multiple=True,
    metavar="WORD",
    help="Publish in spite of a refusal, by the word that it names, such as source:board_wa; may be given again.",
)
@click.option(
    "--engine",
    type=click.Choice(ENGINES),
    default="duckdb",
    show_default=True,
    help="Where records are compared: duckdb in this process; spark, an extra, where one machine is too small.",
)
def command(accept_smaller: bool, words: tuple[str, ...], engine: str) -> None:
    """Make a new database from the last good runs and publish it."""
    path = build_and_publish(data_folder(), accept_smaller, engine, accepted_words(words))
    click.echo(f"Published {path}", err=True)
    if look_after_build(data_folder()):
        raise click.exceptions.Exit(1)


def accepted_words(words: tuple[str, ...]) -> frozenset[str]:
    """Words of refusals; a wrong call when one is no such word."""
    for word in words:
        if not is_word(word):
            raise Wrong(f"--accept '{word}' is no word of a refusal; take the one it names, such as source:board_wa.")
    return frozenset(words)


def build_and_publish(
    data: Path, accept_smaller: bool = False, engine: str = "duckdb", words: frozenset[str] = frozenset()
) -> Path:
    """Gather, build, publish; whatever is wrong is one sentence (Failed) and leaves `data/current` alone."""
    facts, keep = source_facts(), files_kept()
    undone: list[str] = []  # after publishing: it is said, and stops nothing
    with alone(data, "build"), recorded(data) as (outcome, aside):
        records, readings = gather(data, facts, {name: source.register for name, source in facts.items()})
        aside += [said for reading in readings.values() for said in reading.set_aside]
        refuse_no_reading(data, readings)
        last = goes_on(data, now(), words)
        refuse_lost_readings(data, last.path, readings, words)
        try:
            decided = decisions_mark(data)  # before they are read: what is written meanwhile is for the next build
            judged = read_judgments(data, now().date())
            disputes = read_disputes(data, now())
            suppressed = read_suppressions(data, now())
            made = build(records, readings, facts, before(last.path), last.at, judged, engine, disputes, suppressed)
            left_out = suppressed.with_lines(learn(data, made.cast.left_out.learned, now())).mark
            add_overview(made.tables, data, facts, readings, last.at)
            note_decisions(made, decided, left_out)
            path = publish(
                made.tables,
                data,
                last.at,
                keep=keep,
                accepted=Accepted(words, accept_smaller),
                forbidden=made.cast.forbidden,
                beside=write_whole_files,
                last=last.path,
                anew=last.path is None,
            )
            outcome.append(path.name)
        except PublishedBut as error:
            path = error.path
            outcome.append(path.name)
            undone.append(str(error))
        except EngineMissing as error:
            raise Wrong(f"{error} Nothing was published.") from error
        except (NothingToBuild, UnknownWord, DateError, RuleError) as error:
            raise Failed(f"{error} Nothing was published; the database that was current still is.") from error
        except (GateRefused, PublishFailed) as error:
            raise Failed(f"Not published: {error}. The database that was current still is.") from error
        made.notes = [*last.notes, *(f"Set aside: {said}" for said in aside), *made.notes]
        made.notes += clean_older(data, made, left_out)
        undone += listed_for_review(data, path, made)
    for note in made.notes:
        click.echo(note, err=True)
    if undone:
        raise Failed(" ".join(f"{said}." for said in undone))
    return path


def listed_for_review(data: Path, path: Path, made: Build) -> list[str]:
    """Write the list of pairs for a person to judge; a sentence where that fails, for the file is published."""
    try:
        write_review(data, made.review)
    except OSError as error:
        return [f"Published {path}; but the review list could not be written ({error})"]
    return []


def clean_older(data: Path, made: Build, left_out: str) -> list[str]:
    """What was published before, and what watched rosters remember, without people who are left out; also what was
    just published, where somebody was suppressed while the build was at work."""
    forget_left_out(data, made.cast.left_out.people)
    try:
        return clean_kept(data, now(), with_current=read_suppressions(data, now()).mark != left_out)
    except (GateRefused, PublishFailed) as error:
        raise Failed(f"Published; but an older file could not be freed of people who are left out: {error}.") from error


@contextmanager
def recorded(data: Path) -> Iterator[tuple[list[str], list[str]]]:
    """Write down what became of this attempt; whoever publishes adds the file's name to the first list, and to the
    second a sentence for each run that was set aside."""
    outcome: list[str] = []
    aside: list[str] = []
    try:
        yield outcome, aside
    except Wrong:
        raise
    except Exception as error:
        refuse_to_go_on()
        with suppress(OSError):  # the disk that refused the build may refuse this too
            published = "".join(outcome)  # what goes wrong after it is no refusal
            write_last_build(data, now(), published, "" if published else sentence(error), aside)
        if isinstance(error, OSError) and not published:
            raise Failed(f"{sentence(error)} Nothing was published; the database that was current still is.") from error
        raise
    published = "".join(outcome)
    try:
        write_last_build(data, now(), published, "", aside)
    except OSError as error:
        raise Failed(f"Published {published}; but {FILE} could not be written ({error}).") from error


def files_kept() -> int:
    """How many published files stay on disk."""
    text = os.environ.get("DIPLOMATE_KEEP", "").strip() or str(KEPT)
    if not text.isdecimal() or not 1 <= int(text) <= 1000:
        raise Wrong(f"DIPLOMATE_KEEP is '{text}'; it must be a number of files from 1 to 1000.")
    return int(text)


def add_overview(
    tables: dict[str, Rows], data: Path, facts: dict[str, SourceFacts], readings: dict[str, Reading], at: datetime
) -> None:
    """The tables that speak of the directory itself: sources, runs, this build."""
    sample = any(reading.sample for reading in readings.values())
    tables["sources"] = [source_row(data, source, readings[source.name], at) for source in facts.values()]
    tables["runs"] = run_rows(data, facts.values())
    tables["build_info"] = build_info(at, own_version(), sample, tables)


def note_decisions(made: Build, decided: str, left_out: str) -> None:
    """With which decisions and suppressions the file is made; what runs say of rows is said without those people."""
    made.tables["build_info"] += [{"key": KEY, "value": decided}, {"key": MARK, "value": left_out}]
    spelled = pattern(set(made.cast.forbidden))
    if spelled is not None:
        made.tables |= {name: [without(row, spelled) for row in made.tables[name]] for name in ("runs", "sources")}
