"""Making a bundle: the published rows of one person, and all that stands behind them in the data folder.

In: the published file, the data folder, an id. Out: the archive, and what to say about it. Nothing of the clock is in
it: the same published file and the same data folder give the same bytes.
"""

from __future__ import annotations

import csv
import io
import platform
import re
import sqlite3
from collections.abc import Iterable
from contextlib import closing
from dataclasses import asdict, dataclass
from importlib.metadata import PackageNotFoundError, requires, version
from pathlib import Path
from typing import Any

from db.facts import CORRECTION, PRE_CHECK
from db.opening import connect
from pipeline.commands.main import own_version
from pipeline.commands.source_facts import source_facts
from pipeline.evidence.applied import rules_applied
from pipeline.evidence.pack import manifest_files, write_bundle
from pipeline.evidence.runs import behind, proven
from pipeline.evidence.shapes import (
    ANSWER,
    FORMAT,
    MOST_BYTES,
    READINGS,
    README,
    RECORDS,
    RULES,
    RUNS,
    SNAPSHOTS,
    TABLES,
    WORLD,
    Behind,
    Kept,
    json_text,
    lines_text,
)
from pipeline.evidence.words import answer, readme
from pipeline.evidence.world import readings_of, undecided_of, world_values
from pipeline.frames import Rows
from pipeline.numbers import license_key
from pipeline.review_list import read_review
from pipeline.rule_tables import RULE_TABLES

OF_PERSON = (
    *("records", "licenses", "certifications", "claims", "tags", "exclusions"),
    *("links", "changes", "tag_history", "disputes"),
)
MOST_STEPS = 20  # of redirects, one after the other


def left_out(item: Kept) -> str:
    """A snapshot that is not in the bundle: why, and where it can be asked for."""
    snapshot = item.snapshot
    return f"{item.name} ({snapshot.url}, {snapshot.fetched_at}): {item.left_out}"


class NoSuchPractitioner(Exception):
    """Nobody has this id; the message says so."""


@dataclass(frozen=True)
class Made:
    """The bundle that was written; `problems` are what is missing in it."""

    sha256: str
    size: int
    files: int
    notes: list[str]
    problems: list[str]


def make_bundle(path: Path, data: Path, id: str, out: Path, largest: int, with_snapshots: bool) -> Made:
    """Write a bundle; raises NoSuchPractitioner, NotWritten, SourceTrouble for runs that cannot be read."""
    facts = source_facts()
    with closing(connect(path)) as connection:
        person, notes = find_person(connection, id)
        tables = tables_of(connection, person)
        known = {row["id"] for row in select(connection, "SELECT id FROM runs")}
        info = {row["key"]: row["value"] for row in select(connection, "SELECT * FROM build_info")}
        applied, anew = rules_applied({name: rule_rows(connection, name) for name in rule_tables(connection)})
        pairs = read_review(data) or select(connection, "SELECT record_a, record_b FROM candidates")
        mine = {row["id"] for row in tables["records"]}
        world = world_values(
            facts,
            info["built_at"],
            undecided_of(pairs, mine, sources_of(connection, pairs, mine)),
            numbers_on_rosters(connection, tables["licenses"]),
            tables,
        )
    found = behind(data, tables["records"], facts, known)
    found.kept = proven(found.kept, largest, MOST_BYTES, with_snapshots)
    files = small_files(found, tables, applied, world, readings_of(data, facts, known))
    problems = found.problems + [
        f"The snapshot {item.snapshot.sha256} of {item.snapshot.url} ({item.snapshot.fetched_at}) is left out: "
        f"{item.left_out}."
        for item in found.kept
        if item.is_gone
    ]
    notes += [f"{name}.csv was changed since the build; the bundle holds it as it was applied." for name in anew]
    manifest = {
        "format": FORMAT,
        "practitioner_id": person["id"],
        "built_at": info["built_at"],
        "built_by": info.get("version", ""),
        "sample": info.get("sample") == "1",
        "versions": versions(),
        "sentences": {"pre_check": PRE_CHECK, "correction": CORRECTION},
        "missing": problems,
        "left_out": sorted({left_out(item) for item in found.kept if item.left_out}),
    }
    files[ANSWER] = answer(tables, parsed_rules(files), info["built_at"], PRE_CHECK, CORRECTION)
    files[README] = readme(person, manifest, PRE_CHECK, CORRECTION)
    manifest["files"] = manifest_files(files, found.kept)
    digest = write_bundle(out, files, found.kept, manifest)
    return Made(digest, out.stat().st_size, len(manifest["files"]) + 1, notes, problems)


def find_person(connection: sqlite3.Connection, id: str) -> tuple[dict[str, Any], list[str]]:
    """The practitioner's row, over redirects, and what to say of them."""
    now, notes = id, list[str]()
    for _ in range(MOST_STEPS):
        found = select(connection, "SELECT * FROM practitioners WHERE id = ?", now)
        if found:
            return found[0], notes
        led = select(connection, "SELECT new_id FROM redirects WHERE old_id = ?", now)
        if not led:
            break
        notes.append(f"{now} is an old id; it leads to {led[0]['new_id']}.")
        now = led[0]["new_id"]
    raise NoSuchPractitioner(
        f"No practitioner of the published file has the id {id!r}; `diplomate check NAME` finds ids."
    )


def tables_of(connection: sqlite3.Connection, person: dict[str, Any]) -> dict[str, Rows]:
    """The person's rows of every table that holds any, as stored; the sources and runs they come from."""
    known = {row["name"] for row in select(connection, "SELECT name FROM sqlite_master WHERE type = 'table'")}
    tables: dict[str, Rows] = {"practitioners": [person]}
    for table in OF_PERSON:
        if table in known:
            order = f"SELECT * FROM [{table}] WHERE practitioner_id = ? ORDER BY rowid"
            tables[table] = select(connection, order, person["id"])
    tables["redirects"] = select(connection, "SELECT * FROM redirects WHERE new_id = ? ORDER BY old_id", person["id"])
    tables["sources"] = select(connection, "SELECT * FROM sources ORDER BY name")
    return tables


def select(connection: sqlite3.Connection, sql: str, *values: str) -> Rows:
    return [dict(row) for row in connection.execute(sql, values)]


def rule_tables(connection: sqlite3.Connection) -> list[str]:
    known = {row["name"] for row in select(connection, "SELECT name FROM sqlite_master WHERE type = 'table'")}
    return sorted(known & set(RULE_TABLES))


def rule_rows(connection: sqlite3.Connection, name: str) -> Rows:
    return select(connection, f"SELECT * FROM [{name}] ORDER BY rowid")


def sources_of(connection: sqlite3.Connection, pairs: Rows, mine: set[str]) -> dict[str, str]:
    """Record id -> source, of the records that might be this person's."""
    ends = {row[end] for row in pairs if {row["record_a"], row["record_b"]} & mine for end in ("record_a", "record_b")}
    found = (select(connection, "SELECT id, source FROM records WHERE id = ?", end) for end in sorted(ends))
    return {row["id"]: row["source"] for rows in found for row in rows}


def numbers_on_rosters(connection: sqlite3.Connection, licenses: Rows) -> set[str]:
    """Keys of this person's numbers that a board shows, whoever holds them."""
    found: set[str] = set()
    wanted = {license_key(row["state"], row["number"] or "") for row in licenses} - {""}
    for state in sorted({row["state"] for row in licenses}):
        sql = "SELECT state, number FROM licenses WHERE state = ? AND source_kind = 'primary'"
        found |= {license_key(row["state"], row["number"] or "") for row in select(connection, sql, state)} & wanted
    return found


def small_files(
    found: Behind, tables: dict[str, Rows], applied: dict[str, bytes], world: dict[str, Any], readings: dict[str, Any]
) -> dict[str, bytes]:
    """Every file that is made in memory."""
    files = {
        RECORDS: lines_text([row.to_line() for row in found.rows]),
        SNAPSHOTS: lines_text([item.to_line() for item in found.kept]),
        RUNS: json_text([asdict(run) for run in found.runs]),
        READINGS: json_text(readings),
        WORLD: json_text(world),
    }
    files |= {f"{TABLES}{name}.json": json_text(rows) for name, rows in tables.items()}
    return files | {RULES + name: content for name, content in applied.items()}


def parsed_rules(files: dict[str, bytes]) -> dict[str, Rows]:
    """The rule tables that words are taken from."""
    return {name: csv_rows(files[f"{RULES}{name}.csv"]) for name in ("tag_words", "states")}


def csv_rows(content: bytes) -> Rows:
    return list(csv.DictReader(io.StringIO(content.decode())))


def versions() -> dict[str, Any]:
    """What ran when the bundle was made: diplomate, Python, and the libraries diplomate asks for."""
    return {"diplomate": own_version(), "python": platform.python_version(), "libraries": libraries()}


def libraries() -> dict[str, str]:
    try:
        asked = requires("diplomate") or []
    except PackageNotFoundError:
        return {}
    return dict(installed(re.split(r"[^\w.-]", line, maxsplit=1)[0] for line in asked if "extra ==" not in line))


def installed(names: Iterable[str]) -> Iterable[tuple[str, str]]:
    for name in sorted(names):
        try:
            yield name, version(name)
        except PackageNotFoundError:
            continue
