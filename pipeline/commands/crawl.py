"""`diplomate crawl`: read sources into snapshots and records, each in a process of its own.

In: names of sources, states, what is due. Out: one run folder a source, one line a source, exit 1 when any is not good.
"""

from __future__ import annotations

import subprocess
import sys
from collections import defaultdict
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path
from urllib.parse import urlsplit

import click

from crawler.catalog import source_class
from crawler.resume import unfinished
from crawler.run_source import Order
from crawler.snapshots import EVERYTHING, Manifest, Run, runs
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
from pipeline.commands.progress import shown_progress
from pipeline.commands.source_facts import source_facts
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
    report(carry_out_all(orders))


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
        click.echo(
            f"{name}: goes on with the crawl {cut_off.name}, {len(cut_off.snapshots())} answers of it kept.", err=True
        )
    return replace(order, folder=str((cut_off or Run.create(data_folder(), name)).folder))


def replay_order(name: str) -> Order:
    """An order to read the newest crawl that has snapshots again."""
    crawled = [pair for pair in runs(data_folder(), name) if pair[1].kind == "crawl" and pair[0].snapshots()]
    if not crawled:
        raise Wrong(f"{name} has never been crawled here, so there is nothing to replay. Try `diplomate crawl {name}`.")
    source, manifest = crawled[-1]
    narrowed = [state for state in manifest.states if state != EVERYTHING]
    run = Run.create(data_folder(), name)
    return Order(
        name, str(run.folder), "replay", narrowed, str(source.folder), {}, 0, contact(), words(), manifest.sample
    )


def words() -> dict[str, list[str]]:
    """The vocabularies the crawler is to hold its rows against."""
    return {name: sorted(known) for name, known in known_words().items()}


def carry_out_all(orders: list[Order]) -> list[tuple[Order, Manifest | None]]:
    """Run every order in its own process, a few at once; they never share a host.

    A source of many sites begins with addresses in the records of the others, so it comes last.
    """
    folders = {order.source: Path(order.folder) for order in orders}
    last = [order for order in orders if source_class(order.source).many_sites]
    first = [order for order in orders if order not in last]
    done: dict[str, Manifest | None] = {}
    with shown_progress(folders), ThreadPoolExecutor(AT_ONCE) as pool:
        for group in (first, last):
            for ended in pool.map(carry_out_in_turn, by_host(group)):
                done |= ended
    return [(order, done[order.source]) for order in orders]


def by_host(orders: list[Order]) -> list[list[Order]]:
    """Orders that ask the same host stand together: they are carried out one after the other."""
    groups: dict[str, list[Order]] = defaultdict(list)
    for order in orders:
        groups[urlsplit(source_class(order.source).homepage).netloc].append(order)
    return list(groups.values())


def carry_out_in_turn(orders: list[Order]) -> dict[str, Manifest | None]:
    """Source -> how its run ended; a source that another process is reading is said and left alone."""
    done: dict[str, Manifest | None] = {}
    for order in orders:
        try:
            done[order.source] = carry_out(order)
        except Failed as failed:
            click.echo(failed.message, err=True)
            done[order.source] = None
    return done


def carry_out(order: Order) -> Manifest | None:
    """Run one order; None when its process ended without a manifest (killed, out of memory)."""
    with alone(data_folder(), order.source):
        click.echo(f"{order.source}: {order.kind} begins", err=True)
        run_spider(order)
    return Run(Path(order.folder)).manifest()


def run_spider(order: Order) -> None:
    """Let a process of its own carry out the order, and wait for its end."""
    call = [sys.executable, "-m", "crawler.run_source", order.to_text()]
    nowhere, here = subprocess.DEVNULL, Path(__file__).parents[2]
    subprocess.run(call, check=False, cwd=here, stdout=nowhere, stderr=nowhere)


def report(results: list[tuple[Order, Manifest | None]]) -> None:
    """Say how each run ended; raise Failed when any is not good or rang an alarm."""
    for order, manifest in results:
        for line in lines_of(order, manifest):
            click.echo(line, err=True)
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
