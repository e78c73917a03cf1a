"""Reading the snapshots of a bundle again, by the spiders of their sources, in a temporary data folder.

In: an unpacked bundle. Out: a finding for each parsed row: equal, different, or why it could not be read again. The
spiders run as `crawl --replay` runs them: in a process of their own, answered from files alone, never from the network.
"""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import replace
from functools import reduce
from pathlib import Path
from typing import Any

from crawler.catalog import source_names
from crawler.conditional import place
from crawler.records import Record
from crawler.run_source import Order
from crawler.snapshots import EVERYTHING, Manifest, Run, Snapshot, read_json_lines, write_whole
from crawler.troubles import SourceTrouble
from pipeline.commands.crawl import words
from pipeline.evidence.replay import CONFIRMED, DIFFERS, NOT_REPLAYED, SHOWN, Finding
from pipeline.evidence.runs import BEGINNINGS
from pipeline.evidence.shapes import BODIES, PAGES, READING, RECORDS, RUNS, SITE, SNAPSHOTS, RunFacts

PATIENCE = 300  # seconds for one run; the largest lists take ten
RUN_NAME = re.compile(r"[a-z0-9_]+/[A-Za-z0-9]+-[a-z0-9]+")
SHA = re.compile(r"[0-9a-f]{64}")
CODE = Path(__file__).parents[2]
# What the bytes do not say, but the question: the state that was asked for.
OF_THE_QUESTION = frozenset({"partition"})
REPLAYED = (READING, SITE)
Line = dict[str, Any]


def read_again(folder: Path, work: Path) -> Iterator[Finding]:
    """One finding a row; raises ValueError, KeyError or TypeError for files that are no bundle's."""
    runs = [RunFacts(**row) for row in json.loads((folder / RUNS).read_text(encoding="utf-8"))]
    rows, kept = by_run(folder / RECORDS), by_run(folder / SNAPSHOTS)
    for facts in runs:
        if not RUN_NAME.fullmatch(facts.run) or facts.source not in source_names():
            yield Finding(NOT_REPLAYED, f"{facts.run[:80]}: this version of diplomate has no such source")
        elif rows[facts.run]:
            yield from run_again(facts, rows[facts.run], kept[facts.run], folder, work)
    for run in sorted(set(rows) - {facts.run for facts in runs}):
        yield Finding(NOT_REPLAYED, f"{run[:80]}: {len(rows[run])} rows stand in a run that {RUNS} does not name")


def by_run(path: Path) -> dict[str, list[Line]]:
    found: dict[str, list[Line]] = defaultdict(list)
    for line in read_json_lines(path):
        found[str(line.pop("run"))].append(line)
    return found


def run_again(facts: RunFacts, rows: list[Line], kept: list[Line], folder: Path, work: Path) -> Iterator[Finding]:
    """Lay one run out as a data folder has it, let its spider read it, compare the rows."""
    missing = missing_of(facts, rows, kept, folder)
    if missing:
        for row in rows:
            yield Finding(NOT_REPLAYED, f"{facts.source}: the row {row['source_key']!r} was not read again: {missing}")
        return
    found: dict[str, list[Record]] = defaultdict(list)
    troubles = ""
    for number, part in enumerate(parts_of(facts, rows, kept)):
        try:
            said = carried_out(facts, laid_out(facts, part, folder, work / str(number)), found)
        except SourceTrouble as trouble:
            said = str(trouble)
        troubles = " ".join(filter(None, [troubles, said]))
    for row in rows:
        yield compared(facts, row, found, troubles)


def parts_of(facts: RunFacts, rows: list[Line], kept: list[Line]) -> list[list[Line]]:
    """What is read together: where single pages of a crawl stand for it, each page of a row by itself."""
    alone = facts.how == PAGES and any(row["also"] for row in rows)
    return [[line] for line in kept] if alone else [kept]


def missing_of(facts: RunFacts, rows: list[Line], kept: list[Line], folder: Path) -> str:
    """Why this run cannot be read again, or ""; a whole reading needs all of its answers."""
    wanted = {str(digest) for row in rows for digest in (row["sha256"], *row["also"])}
    here = {str(line["sha256"]): line for line in kept}
    for digest in sorted(wanted - set(here)):
        return f"its snapshot {digest[:64]} is not in the bundle"
    for digest, line in here.items():
        if not SHA.fullmatch(digest) or not (folder / BODIES / digest).is_file():
            why = line["left_out"] or "it is not in the archive, or was changed"
            return f"the snapshot {digest[:64]} ({str(line['url'])[:200]}) is left out: {why}"
    return ""


def laid_out(facts: RunFacts, kept: list[Line], folder: Path, work: Path) -> Run:
    """A run folder with these snapshots."""
    run = Run(work / "snapshots" / facts.run)
    (run.folder / "bodies").mkdir(parents=True)
    for line in kept:
        snapshot = Snapshot(**{name: value for name, value in line.items() if name not in ("file", "left_out")})
        place(folder / BODIES / snapshot.sha256, run.path_of(snapshot.sha256))
        run.note(snapshot)
    if facts.how == SITE:
        beginnings = {"sites": facts.starts, "left_out": {}}
        write_whole(run.folder / BEGINNINGS, json.dumps(beginnings, sort_keys=True).encode())
    return run


def carried_out(facts: RunFacts, answers: Run, found: dict[str, list[Record]]) -> str:
    """Add the rows read again; what the spider said was wrong. Raises SourceTrouble where it came to no end."""
    order = Order(facts.source, str(answers.folder), "import", delay=0, vocabulary=words(), sample=facts.sample)
    if facts.how in REPLAYED:
        folder = Run.create(answers.folder.parents[2], facts.source).folder
        states = [state for state in facts.states if state != EVERYTHING]
        order = replace(order, folder=str(folder), kind="replay", states=states, replay_of=str(answers.folder))
    run = Run(Path(order.folder))
    manifest = run_spider(order, run)
    for record in run.records():
        found[record.source_key].append(record)
    return " ".join(manifest.troubles)


def run_spider(order: Order, run: Run) -> Manifest:
    """Let a process of its own carry out the order; one that does not end is ended."""
    call = [sys.executable, "-m", "crawler.run_source", order.to_text()]
    settings = os.environ | {"PYTHONPATH": os.pathsep.join(filter(None, [str(CODE), os.environ.get("PYTHONPATH")]))}
    hidden: dict[str, Any] = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
    try:
        subprocess.run(call, check=False, cwd=run.folder, env=settings, timeout=PATIENCE, **hidden)
    except subprocess.TimeoutExpired as error:
        raise SourceTrouble(f"its snapshots were not read to their end within {PATIENCE} seconds") from error
    manifest = run.manifest()
    if manifest is None:
        raise SourceTrouble("its spider ended without a verdict")
    return manifest


def compared(facts: RunFacts, row: Line, found: dict[str, list[Record]], troubles: str) -> Finding:
    """The row of the bundle beside the row that was read again."""
    name = f"{facts.source}: the row {row['source_key']!r}"
    again = found.get(row["source_key"])
    if not again:
        because = f" ({troubles[:SHOWN]})" if troubles else ""
        return Finding(NOT_REPLAYED if troubles else DIFFERS, f"{name} is not found in its snapshot{because}.")
    differences = [difference(row, record, facts.how) for record in made_one(again)]
    if "" not in differences:
        return Finding(DIFFERS, f"{name}: {differences[-1]}.")
    return Finding(CONFIRMED, f"{name} is read again from its snapshot, equal in every field.")


def made_one(printed: list[Record]) -> list[Record]:
    """One row out of several printings, both ways in which spiders do it: what is later over what was earlier, as a
    profile over its card; or lists of both united."""
    last = printed[-1]
    fields: Line = {}
    for record in printed:
        fields |= record.fields
    also = tuple(dict.fromkeys(record.sha256 for record in reversed(printed[:-1]) if record.sha256 != last.sha256))
    over = replace(last, fields=fields, also=last.also or also)
    return [over, reduce(Record.combined, printed)]


def difference(row: Line, again: Record, how: str) -> str:
    """The first thing in which they differ, "" for nothing; the state asked for is in no page."""
    made = json.loads(again.to_line())
    skipped = frozenset() if how in REPLAYED else OF_THE_QUESTION
    stated = {name: value for name, value in row.items() if name not in skipped}
    said = {name: value for name, value in made.items() if name not in skipped}
    if isinstance(stated.get("fields"), dict) and stated["fields"] != said["fields"]:
        stated, said = stated["fields"], said["fields"]
    names = sorted(name for name in stated.keys() | said.keys() if stated.get(name) != said.get(name))
    if not names:
        return ""
    wrote, says = shown(stated.get(names[0])), shown(said.get(names[0]))
    return f"its {names[0]} is {wrote} in {RECORDS}, but its snapshot says {says}"


def shown(value: Any) -> str:
    return "nothing" if value is None else json.dumps(value, ensure_ascii=False)[:SHOWN]
