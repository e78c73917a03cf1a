"""`diplomate run`: crawl what is due, build, publish, tell. What cron, systemd and CI call; two at once never happen.

In: the data folder. Out: a new database when anything new was read well; exit 1 when a source, a gate or a message
failed, with everything that did work already published. Stopped by SIGTERM (exit 143) it leaves crawls that the next
run goes on with, and of a build nothing.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from functools import partial
from pathlib import Path
from typing import TypeVar

import click

from crawler.catalog import source_class
from crawler.snapshots import good_runs
from db.cleaned import MARK
from db.kept import build_facts, known_runs, shown_files
from db.load import GateRefused, PublishFailed
from pipeline.commands.build import build_and_publish
from pipeline.commands.cleaning import clean_kept
from pipeline.commands.crawl import carry_out_all, crawl_order, report, speaking_for
from pipeline.commands.environment import (
    NARROW_SOURCES,
    Failed,
    Sentence,
    alone,
    chosen_sources,
    data_folder,
    now,
    state_codes,
    state_option,
)
from pipeline.commands.log_lines import begin_log, note
from pipeline.commands.main import sentence
from pipeline.commands.run_record import LastRun, write_last_run
from pipeline.commands.source_facts import source_facts
from pipeline.commands.stopping import Stopped, refuse_to_go_on, stopped_well
from pipeline.commands.watch_look import look_after_build
from pipeline.overview import is_due
from pipeline.rules import RuleError
from pipeline.suppressions import read_suppressions
from pipeline.written_down import KEY, decisions_mark

T = TypeVar("T")
TIMES = "%Y-%m-%dT%H:%M:%SZ"


@click.command(name="run")
@state_option(NARROW_SOURCES)
@click.option("--without", "left", multiple=True, metavar="SOURCE", help="Leave a source for another machine; again.")
def command(states: tuple[str, ...], left: tuple[str, ...]) -> None:
    """Crawl what is due, build, publish."""
    data, codes = data_folder(), state_codes(states)
    names = [name for name in source_facts() if name not in (chosen_sources(left) if left else ())]
    begin_log()
    try:
        with stopped_well(), alone(data, "run"):
            wrong = run(data, codes, names)
    except Stopped:
        note("stopped", "Stopped. What was read is kept, and the next run goes on from there.", "warning")
        raise
    if wrong:
        raise click.exceptions.Exit(1)


def run(data: Path, codes: tuple[str, ...], sources: list[str]) -> list[str]:
    """Everything of these sources that is due, in order; returns what went wrong, which has been said."""
    started = f"{now():{TIMES}}"
    due, wrong = each(speaking_for(sources, codes), lambda name: due_now(data, name, codes))
    note("run_begins", f"Due: {', '.join(due) or 'nothing'}.", due=due)
    results = []
    for names in in_turns(due):
        orders, failed = each(names, lambda name: [crawl_order(name, codes)])
        results += carry_out_all(orders)
        wrong += failed + publish_anything_new(data)
    wrong += failures(lambda: leave_nobody_in(data))
    wrong += ["A watched roster could not be looked at."] * look_after_build(data)  # on any night: reminders
    wrong += failures(lambda: report(results))
    note_run(data, started, wrong, codes)  # before alarms look: this run ends a silence
    wrong += failures(lambda: tell(data))
    wrong = note_run(data, started, wrong, codes)
    note("run_ended", "The run has ended.", "error" if wrong else "info", wrong=wrong)
    return wrong


def note_run(data: Path, started: str, wrong: list[str], codes: tuple[str, ...]) -> list[str]:
    """Write the run down; returns what went wrong, each once."""
    once = list(dict.fromkeys(wrong))
    write_last_run(data, LastRun(started, f"{now():{TIMES}}", once, list(codes)))
    return once


def leave_nobody_in(data: Path) -> None:
    """Clean kept files of people who were suppressed, on any night: a build may have been refused, or not needed."""
    with alone(data, "build"):
        try:
            said = clean_kept(data, now(), with_current=True)
        except (GateRefused, PublishFailed, RuleError) as error:
            why = str(error).rstrip(".")
            raise Failed(f"A kept file could not be freed of people who are left out: {why}.") from error
    for sentence_said in said:
        note("said", sentence_said)


def due_now(data: Path, name: str, codes: tuple[str, ...]) -> list[str]:
    """The source itself when it is due."""
    return [name] if is_due(data, source_facts()[name], now(), codes) else []


def each(names: list[str], work: Callable[[str], list[T]]) -> tuple[list[T], list[str]]:
    """What the work gives for every source, and what went wrong with some: it keeps no other from its turn."""
    found: list[T] = []
    wrong = [said for name in names for said in failures(partial(extended, found, work, name))]
    return found, wrong


def extended(found: list[T], work: Callable[[str], list[T]], name: str) -> None:
    found += work(name)


def in_turns(due: list[str]) -> Iterable[list[str]]:
    """Sources of many sites take hours and begin with addresses of the others: what those say is published before."""
    slow = [name for name in due if source_class(name).many_sites]
    quick = [name for name in due if name not in slow]
    return [turn for turn in (quick, slow) if turn] or [[]]


def publish_anything_new(data: Path) -> list[str]:
    """Publish when there is something to publish; returns what went wrong, which has been said."""

    def work() -> None:
        if anything_new(data):
            path = build_and_publish(data)
            note("published", f"Published {path}", file=path.name)
        else:
            note("nothing_new", "Nothing new was read; the published database stays as it is.")

    return failures(work)


def failures(work: Callable[[], object]) -> list[str]:
    """Do it; what goes wrong is said and returned, and keeps nothing that comes after from being done."""
    try:
        work()
        refuse_to_go_on()
    except Exception as error:
        refuse_to_go_on()
        said = error.message if isinstance(error, Sentence) else sentence(error)
        note("failed", said, "error")
        return [said]
    return []


def tell(data: Path) -> None:
    """Send what needs a person to whoever DIPLOMATE_NOTIFY names; raises Failed where something waits on."""
    from pipeline.commands.alerts import is_anything_waiting, tell_alarms

    tell_alarms(data)
    if is_anything_waiting(data):
        raise Failed("A message could not be sent; it is sent again at the next look.")


def anything_new(data: Path) -> bool:
    """Whether a good run ended, or a person decided something, that no published file knows."""
    good = {f"{name}/{run.name}" for name in source_facts() for run, _ in good_runs(data, name)}
    return bool(good - known_runs(data)) or anything_decided(data)


def anything_decided(data: Path) -> bool:
    """Whether judgments, disputes or suppressions are not those that the newest published file was made with."""
    newest = shown_files(data)[:1]
    marks = {KEY: decisions_mark(data), MARK: read_suppressions(data, now()).mark}
    return any(build_facts(path).get(key, "") != mark for path in newest for key, mark in marks.items())
