"""`diplomate crawl`: read sources into snapshots and records, each in a process of its own.

In: names of sources, states, what is due. Out: one run folder a source, one line a source, exit 1 when any is not good.
"""

from __future__ import annotations

import threading
import time
from collections import defaultdict
from concurrent.futures import Executor, ThreadPoolExecutor
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import click

from crawler.catalog import source_class
from crawler.resume import is_readable, ordered, unfinished
from crawler.run_source import Order
from crawler.snapshots import (
    EVERYTHING,
    DamagedRun,
    Manifest,
    Run,
    damaged_runs,
    good_runs,
    is_misdated,
    latest_believed,
    misdated_runs,
    run_folders,
    runs,
    utc_now,
)
from crawler.troubles import SourceTrouble
from pipeline.commands import log_lines, spider_process
from pipeline.commands.environment import (
    NARROW_SOURCES,
    Failed,
    Wrong,
    alone,
    chosen_sources,
    contact,
    data_folder,
    delay,
    mirrors,
    now,
    state_codes,
    state_option,
)
from pipeline.commands.log_lines import note
from pipeline.commands.progress import shown_progress
from pipeline.commands.source_facts import source_facts
from pipeline.commands.stopping import Stopped, stopped_well
from pipeline.commands.verdict import forget_empty, forget_interruption, verdict
from pipeline.overview import import_words, is_due
from pipeline.statuses import known_words

AT_ONCE = 4


@click.command(name="crawl")
@click.argument("sources", nargs=-1)
@state_option(NARROW_SOURCES)
@click.option("--due", is_flag=True, help="Only sources whose cadence has passed since their last good crawl.")
@click.option("--replay", is_flag=True, help="Read the newest snapshots again without network, with today's spiders.")
def command(sources: tuple[str, ...], states: tuple[str, ...], due: bool, replay: bool) -> None:
    """Read SOURCES (all of them when none is named) into snapshots and records."""
    names, codes = chosen_sources(sources), state_codes(states)
    if replay and (states or due):
        raise Wrong("--replay reads what was read before; it takes no --state and no --due.")
    facts = source_facts()
    wanted = [name for name in names if not due or is_due(data_folder(), facts[name], now(), codes)]
    wanted = speaking_for(wanted, codes)
    orders = [replay_order(name) for name in wanted] if replay else [crawl_order(name, codes) for name in wanted]
    if not orders:
        click.echo("Nothing is due." if due else "None of these sources speaks for that state.", err=True)
    ahead = [said for order in orders for said in misdated_runs(data_folder(), order.source).values()]
    try:
        with stopped_well():
            report(carry_out_all(orders))
    except Stopped:
        note("stopped", "Stopped. What was read is kept; call the crawl again to go on.", "warning")
        raise
    if ahead:
        raise Failed(" ".join(ahead))


def speaking_for(names: list[str], states: tuple[str, ...]) -> list[str]:
    """Sources that cover any of these states; all of them when no state is asked for."""
    facts = source_facts()
    return [name for name in names if not states or not facts[name].covers or set(facts[name].covers) & set(states)]


def crawl_order(
    name: str, states: tuple[str, ...], through: dict[str, str] | None = None, wait: float | None = None
) -> Order:
    """An order to ask the web, or the mirrors given; only a source that can be asked by state is narrowed."""
    through = mirrors() if through is None else through
    wait = delay() if wait is None else wait
    narrowed = list(states) if source_facts()[name].partitions else []
    order = Order(name, "", "crawl", narrowed, "", through, wait, contact(), words())
    cut_off = unfinished(data_folder(), name, order.wanted())
    if cut_off:
        kept = len(cut_off.snapshots())
        note("goes_on", f"{name}: goes on with the crawl {cut_off.name}, {kept} answers of it kept.", source=name)
    return replace(order, folder=str((cut_off or Run.create(data_folder(), name)).folder))


def replay_order(name: str) -> Order:
    """An order to read the newest crawl that has snapshots again, or one whose rows or verdict were damaged since."""
    limit = latest_believed()
    believed = [pair for pair in runs(data_folder(), name) if not is_misdated(*pair, limit)]
    crawled = [run for run, manifest in believed if manifest.kind == "crawl" and has_answers(run)]
    source = damaged_crawl(name) or (crawled[-1] if crawled else None)
    if source is None:
        raise Wrong(f"{name} has never been crawled here, so there is nothing to replay. Try `diplomate crawl {name}`.")
    narrowed, sample = asked_for(source)
    run = Run.create(data_folder(), name)
    return Order(name, str(run.folder), "replay", narrowed, str(source.folder), {}, 0, contact(), words(), sample)


def damaged_crawl(name: str) -> Run | None:
    """The newest crawl that cannot count because its rows or its verdict were changed on disk."""
    aside = damaged_runs(data_folder(), name)
    verdicts = {run.name: manifest for run, manifest in good_runs(data_folder(), name)}
    for run in reversed(run_folders(data_folder(), name)):
        manifest = verdicts.get(run.name)
        without_verdict = run.name in aside and ordered(run) is not None and has_answers(run)
        if without_verdict or (manifest and manifest.kind == "crawl" and is_missed(run, verdicts)):
            return run
        if manifest and manifest.complete:
            break
    return None


def has_answers(run: Run) -> bool:
    """Whether there is anything to read again, in an index that can be read."""
    return is_readable(run) and bool(run.snapshots())


def is_missed(run: Run, verdicts: dict[str, Manifest]) -> bool:
    """Whether the rows of a run were changed on disk and it was not replayed since."""
    if not has_answers(run):
        return False
    try:
        run.records()
    except DamagedRun:
        return all(manifest.replay_of != run.name for manifest in verdicts.values())
    return False


def asked_for(run: Run) -> tuple[list[str], bool]:
    """The states a crawl was narrowed to, and whether it read the sample: by its verdict or, without one, its order."""
    try:
        manifest = run.manifest()
    except DamagedRun:
        manifest = None
    if manifest:
        return [state for state in manifest.states if state != EVERYTHING], manifest.sample
    order = ordered(run) or {}
    return list(order.get("states", ())), bool(order.get("sample"))


def words() -> dict[str, list[str]]:
    """The vocabularies the crawler is to hold its rows against."""
    return {name: sorted(known) for name, known in known_words().items()}


def carry_out_all(orders: list[Order]) -> list[tuple[Order, Manifest | None]]:
    """Run every order in its own process, a few at once; they never share a host.

    Whatever ends this (Ctrl-C, SIGTERM) ends the spiders first, so that each writes down how far it came.
    """
    folders, stopping = {order.source: Path(order.folder) for order in orders}, threading.Event()
    try:
        with shown_progress(folders), ThreadPoolExecutor(AT_ONCE) as pool:
            done = carried_out(orders, pool, stopping)
    finally:
        for folder in folders.values():
            forget_empty(folder)
    return [(order, done[order.source]) for order in orders]


def carried_out(orders: list[Order], pool: Executor, stopping: threading.Event) -> dict[str, Manifest | None]:
    """Source -> how its run ended. A source of many sites begins with addresses of the others, so it comes last."""
    last = [order for order in orders if source_class(order.source).many_sites]
    first = [order for order in orders if order not in last]
    done: dict[str, Manifest | None] = {}
    try:
        for group in (first, last):
            for ended in pool.map(partial(carry_out_in_turn, stopping=stopping), by_host(group)):
                done |= ended
    except BaseException:
        stopping.set()
        raise
    return done


def by_host(orders: list[Order]) -> list[list[Order]]:
    """Orders that ask the same host stand together: they are carried out one after the other."""
    groups: dict[str, list[Order]] = defaultdict(list)
    for order in orders:
        groups[urlsplit(source_class(order.source).homepage).netloc].append(order)
    return list(groups.values())


def carry_out_in_turn(orders: list[Order], stopping: threading.Event) -> dict[str, Manifest | None]:
    """Source -> how its run ended; a source that cannot be read now is said and left alone."""
    done: dict[str, Manifest | None] = {}
    for order in orders:
        try:
            done[order.source] = None if stopping.is_set() else carry_out(order, stopping)
        except (Failed, OSError, SourceTrouble) as failed:
            note("not_read", said_of(order, failed), "error", source=order.source)
            done[order.source] = None
    return done


def said_of(order: Order, failed: Exception) -> str:
    """What kept a source from being read: one sentence, whoever says it."""
    if isinstance(failed, OSError):
        return f"{order.source}: {failed.filename or order.folder}: {failed.strerror}."
    return failed.message if isinstance(failed, Failed) else str(failed)


def carry_out(order: Order, stopping: threading.Event | None = None) -> Manifest | None:
    """Run one order; the verdict is the spider's own or, where it could not give one, says what ended it."""
    began, clock = utc_now(), time.monotonic()
    with alone(data_folder(), order.source):
        note("source_begins", f"{order.source}: {order.kind} begins", source=order.source, kind=order.kind)
        forget_interruption(order)
        process = spider_process.start(order)
        why = spider_process.watched(order, process, stopping or threading.Event())
        manifest = verdict(order, began, why, process.returncode)
    if log_lines.is_json():
        counted: dict[str, Any] = {
            "rows": manifest.rows,
            "requests": manifest.requests,
            "seconds": round(time.monotonic() - clock, 1),
        }
        said = f"{order.source}: {order.kind} ended, {manifest.result}"
        note("source_ended", said, source=order.source, result=manifest.result, **counted)
    return manifest


def report(results: list[tuple[Order, Manifest | None]]) -> None:
    """Say how each run ended; raise Failed when any is not good or rang an alarm."""
    for order, manifest in results:
        first, *others = lines_of(order, manifest)
        calm = manifest is not None and manifest.result == "good"
        note("verdict", first, "info" if calm else "error", source=order.source)
        for line in others:
            note("trouble", line, "warning", source=order.source)
    wrong = [
        order.source for order, manifest in results if manifest is None or manifest.result != "good" or manifest.alarms
    ]
    if wrong:
        raise Failed(f"Look at: {', '.join(wrong)}. What was read well before still counts.")


def lines_of(order: Order, manifest: Manifest | None) -> list[str]:
    """One line for the run, one for each trouble and alarm."""
    if manifest is None:
        return [f"{order.source}: interrupted before its end; it does not count yet. Call the crawl again to go on."]
    partly = [state for state, whole in manifest.coverage.items() if not whole]
    states = ", ".join(state for state in partly if state != EVERYTHING)
    note = f", read in part{': ' * bool(states)}{states}" if partly and manifest.result == "good" else ""
    lines = [f"{order.source}: {manifest.result}, {manifest.rows} rows{note}"]
    lines += [f"  {sentence}" for sentence in [*manifest.troubles, *manifest.alarms]]
    return lines + ([f"  {import_words(source_facts()[order.source])}"] if manifest.result == "blocked" else [])
