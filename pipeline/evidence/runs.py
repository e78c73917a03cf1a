"""Runs: the parsed rows a person rests on, the runs they stand in, and the snapshots they were read from.

In: the data folder, the person's published records, the runs the build knew. Out: `Behind`. Rows are looked for as
`pipeline.gather` lays runs over each other, in the runs of that build only: a crawl since then changes no evidence.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Iterable
from dataclasses import replace
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from crawler.records import Record
from crawler.snapshots import Manifest, Run, Snapshot, good_runs
from pipeline.evidence.shapes import PAGES, READING, SAVED, SITE, WHOLE_READING, Behind, Kept, Row, RunFacts
from pipeline.facts import SourceFacts
from pipeline.frames import Rows
from pipeline.gather import in_scope, whole_states

BEGINNINGS = "sites.json"
Ended = list[tuple[Run, Manifest]]
Found = dict[str, tuple[Run, Record]]


def runs_of_build(data: Path, source: str, known: set[str]) -> Ended:
    """The good runs of a source that the build knew, oldest first; `known` holds their ids (`source/run`)."""
    return [(run, manifest) for run, manifest in good_runs(data, source) if f"{source}/{run.name}" in known]


def behind(data: Path, records: Rows, sources: dict[str, SourceFacts], known: set[str]) -> Behind:
    """Everything that stands behind these published records."""
    result = Behind()
    groups: dict[str, Rows] = {}
    for row in records:
        groups.setdefault(read_in(row, data, sources, known), []).append(row)
    for source, rows in sorted(groups.items()):
        if source not in sources:
            result.problems.append(f"{source} is no source of this version of diplomate; its rows are left out.")
            continue
        ended = runs_of_build(data, source, known)
        find = rows_of_sites if sources[source].kind == "website" else rows_by_key
        found = find(ended, rows, result)
        used = {run.folder for run, _ in found.values()}
        for pair in ended:
            if pair[0].folder in used:
                add_run(result, pair, found, sources[source])
    result.rows.sort(key=lambda row: (row.run, row.record.source_key))
    return result


def read_in(row: dict[str, Any], data: Path, sources: dict[str, SourceFacts], known: set[str]) -> str:
    """The source whose run holds the row: a register's row may stand under another source's name. Where the published
    fields are withheld, every source of the register is looked at."""
    fields: dict[str, Any] = json.loads(row["fields"])
    of_register = [name for name, source in sources.items() if source.register == row["source"]]
    if fields or not of_register:
        return str(fields.get("read_in") or row["source"])
    for name in of_register:
        if rows_by_key(runs_of_build(data, name, known), [row], Behind()):
            return name
    return str(row["source"])


def rows_by_key(ended: Ended, rows: Rows, result: Behind) -> Found:
    """The rows of these keys; a row that is no longer there, or another one now, is a problem."""
    wanted = {row["source_key"]: row for row in rows}
    found = current(ended, list(wanted), lambda record: record.source_key in wanted, result)
    for key, row in wanted.items():
        if key not in found or found[key][1].sha256 != row["sha256"]:
            result.problems.append(f"{row['source']}: the parsed row {key!r} is no longer in the data folder.")
            found.pop(key, None)
    return found


def rows_of_sites(ended: Ended, rows: Rows, result: Behind) -> Found:
    """Every page of the sites these people stand on: a person of a site is read from all of its pages."""
    pages = {row["source_key"].partition("#")[0] for row in rows}
    shown = current(ended, list(pages), lambda record: record.source_key in pages, result)
    for page in sorted(pages - set(shown)):
        result.problems.append(f"{rows[0]['source']}: the parsed page {page} is no longer in the data folder.")
    sites = {record.partition for _, record in shown.values()}
    return current(ended, list(sites), lambda record: record.partition in sites, Behind()) if sites else {}


def current(ended: Ended, words: list[str], wanted: Callable[[Record], bool], result: Behind) -> Found:
    """Key -> run and row, as the runs leave them; `words` stand in every line that can be wanted."""
    marks = [json.dumps(word, ensure_ascii=False)[1:-1].encode() for word in words]
    found: Found = {}
    for run, manifest in ended:
        whole = whole_states(manifest)
        found = {key: pair for key, pair in found.items() if not in_scope(pair[1], whole)}
        for record in marked_rows(run, manifest, marks, result):
            if wanted(record):
                found[record.source_key] = (run, record)
    return found


def marked_rows(run: Run, manifest: Manifest, marks: list[bytes], result: Behind) -> list[Record]:
    """Rows of a run whose lines hold one of these marks; none of a file that is gone or was changed."""
    path = run.folder / "records.jsonl"
    try:
        content = path.read_bytes()
    except OSError as error:
        result.problems.append(f"{path} cannot be read ({error.strerror}).")
        return []
    if hashlib.sha256(content).hexdigest() != manifest.records_sha256:
        result.problems.append(f"{path} was changed after its run ended; its rows are left out.")
        return []
    lines = content.splitlines() if any(mark in content for mark in marks) else []
    return [Record.from_line(line.decode()) for line in lines if any(mark in line for mark in marks)]


def add_run(result: Behind, ended: tuple[Run, Manifest], found: Found, source: SourceFacts) -> None:
    """The rows of one run, what is known of the run, and its snapshots."""
    run, manifest = ended
    rows = [record for at, record in found.values() if at.folder == run.folder]
    read = Run(run.folder.parent / manifest.replay_of) if manifest.replay_of else run
    answers, name = read.snapshots(), f"{run.source}/{run.name}"
    facts = RunFacts(
        run=name,
        source=run.source,
        kind=manifest.kind,
        how=PAGES,
        read_at=manifest.read_at,
        read_from=manifest.read_from,
        as_of=manifest.as_of,
        sample=manifest.sample,
        states=manifest.states,
    )
    chosen = choose(facts, source, answers, rows, read)
    result.runs.append(facts)
    result.rows += [Row(name, record) for record in rows]
    result.kept += [Kept(name, snapshot, read.path_of(snapshot.sha256)) for snapshot in chosen]
    here = {snapshot.sha256 for snapshot in chosen}
    for digest in sorted({digest for record in rows for digest in (record.sha256, *record.also)} - here):
        result.problems.append(f"{name}: the snapshot {digest} has no line in its index; it cannot be given.")


def choose(
    facts: RunFacts, source: SourceFacts, answers: list[Snapshot], rows: list[Record], read: Run
) -> list[Snapshot]:
    """The snapshots to give, in the order they came; says in `facts` how they are to be read again."""
    if source.kind == "website" and facts.kind != "import":
        facts.how, facts.starts = SITE, starts_of(read, {record.partition for record in rows})
        sites = {origin(record.url) for record in rows}
        sites |= {origin(url) for start in facts.starts for url in start["addresses"]}
        return [answer for answer in answers if origin(answer.url) in sites]
    if facts.kind == "import":
        facts.how = SAVED
    if len(answers) <= WHOLE_READING:
        facts.how = facts.how if facts.how == SAVED else READING
        return answers
    return cited(answers, rows)


def cited(answers: list[Snapshot], rows: Iterable[Record]) -> list[Snapshot]:
    """The answers that rows name; of one that came twice with the same bytes the one whose time the row bears."""
    wanted = {digest for record in rows for digest in (record.sha256, *record.also)}
    times = {(record.sha256, record.fetched_at) for record in rows}
    found: dict[str, Snapshot] = {}
    for answer in answers:
        if answer.sha256 in wanted:
            exact = (answer.sha256, answer.fetched_at) in times
            found[answer.sha256] = answer if exact else found.get(answer.sha256, answer)
    return [answer for answer in answers if found.get(answer.sha256) is answer]


def starts_of(read: Run, sites: set[str]) -> list[dict[str, Any]]:
    """Where the reading of these sites began."""
    path = read.folder / BEGINNINGS
    known = json.loads(path.read_text())["sites"] if path.exists() else []
    return [start for start in known if start["site"] in sites]


def origin(url: str) -> str:
    parts = urlsplit(url)
    return f"{parts.scheme}://{parts.netloc}"


def proven(kept: Iterable[Kept], largest: int, most: int, wanted: bool) -> list[Kept]:
    """Each snapshot with its bytes proven, or with the reason why they are left out."""
    checked: list[Kept] = []
    spent: dict[str, int] = {}
    for item in kept:
        why, gone = reason_against(item, largest, wanted), False
        if not why:
            why = damage(item)
            gone = bool(why)
        if not why and item.snapshot.sha256 not in spent:
            if sum(spent.values()) + item.snapshot.size > most:
                why = f"the snapshots of this bundle would have more than {most} bytes together"
            else:
                spent[item.snapshot.sha256] = item.snapshot.size
        checked.append(replace(item, body=None if why else item.body, left_out=why, is_gone=gone))
    return checked


def reason_against(item: Kept, largest: int, wanted: bool) -> str:
    if not wanted:
        return "the bundle was asked for without snapshots"
    size = item.snapshot.size
    return f"it has {size} bytes; the most for one snapshot was {largest}" if size > largest else ""


def damage(item: Kept) -> str:
    """What is wrong with the bytes in the data folder, or ""."""
    digest = hashlib.sha256()
    try:
        with item.body.open("rb") as file:  # type: ignore[union-attr]
            while block := file.read(1024 * 1024):
                digest.update(block)
    except OSError:
        return "its bytes are gone from the data folder"
    same = digest.hexdigest() == item.snapshot.sha256
    return "" if same else "its bytes were changed in the data folder after they were kept"
