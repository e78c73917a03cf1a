"""World: what the tags looked at beside the person: sources, readings, the time, and what others' records weighed.

In: the runs the build knew, the published tables, the review list. Out: plain JSON values, and the `World` of
`pipeline.world` made of them again. Of other people nothing is written down: only which sources hold a record that
might be this person's, and which of this person's numbers a board's roster shows.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import asdict
from pathlib import Path
from typing import Any

from crawler.snapshots import EVERYTHING
from pipeline.evidence.runs import Ended, runs_of_build
from pipeline.facts import SourceFacts
from pipeline.frames import Rows
from pipeline.gather import Reading, whole_states
from pipeline.numbers import license_key
from pipeline.tag_doubts import number_mark
from pipeline.world import World, parsed, thin_records

STATE_LETTERS = 2  # other parts a source may be read by are no states: EVERYTHING, a clinic's site


def readings_of(data: Path, sources: Iterable[str], known: set[str]) -> dict[str, dict[str, Any]]:
    """Source -> when each state was last read whole, and by which run, as the build knew it."""
    return {source: reading_of(source, runs_of_build(data, source, known)) for source in sources}


def reading_of(source: str, ended: Ended) -> dict[str, Any]:
    whole: dict[str, dict[str, str]] = {}
    for run, manifest in ended:
        at = manifest.as_of or manifest.read_from or manifest.read_at
        states = (state for state in whole_states(manifest) if state == EVERYTHING or len(state) == STATE_LETTERS)
        whole |= {state: {"read_at": at, "run": f"{source}/{run.name}"} for state in states}
    last = ended[-1][1] if ended else None
    return {"last_good": last.read_at if last else "", "sample": any(m.sample for _, m in ended), "whole": whole}


def world_values(
    sources: dict[str, SourceFacts],
    built_at: str,
    undecided: dict[str, list[str]],
    numbers: Iterable[str],
    tables: Mapping[str, Rows],
) -> dict[str, Any]:
    """What world.json holds; of the published tables only how sure each record is and whose numbers are another's."""
    facts = {name: asdict(source) for name, source in sources.items()}
    namesakes = {row["id"]: json.loads(row.get("namesakes_in") or "{}") for row in tables["records"]}
    return {"built_at": built_at, "sources": facts, "undecided": undecided, "board_numbers": sorted(numbers)} | {
        "numbers_of_others": sorted(
            number_mark(row["record_id"], license_key(row["state"], row["number"] or ""))
            for row in tables["licenses"]
            if row.get("under_other_name")
        ),
        "namesakes": {record: names for record, names in namesakes.items() if names},
        "levels": {row["id"]: row["match_level"] for row in tables["records"]},
        "thin": sorted(
            thin_records(
                (row["record_id"], row["other_record_id"], row["level"], row["score"])
                for row in tables.get("links", [])
            )
        ),
    }


def undecided_of(pairs: Rows, records: Iterable[str], source_of: dict[str, str]) -> dict[str, list[str]]:
    """Record id -> sources that hold a record which may be the same person's."""
    own = set(records)
    found: dict[str, set[str]] = {}
    for row in pairs:
        for mine, other in ((row["record_a"], row["record_b"]), (row["record_b"], row["record_a"])):
            if mine in own and other in source_of:
                found.setdefault(mine, set()).add(source_of[other])
    return {record: sorted(names) for record, names in sorted(found.items())}


def world_of(values: dict[str, Any], readings: dict[str, Any]) -> World:
    """The world again; raises TypeError or KeyError for one that another version of diplomate wrote."""
    sources = {name: SourceFacts(**as_tuples(facts)) for name, facts in values["sources"].items()}
    read = {
        name: Reading(name, last_good=said["last_good"], whole={s: at["read_at"] for s, at in said["whole"].items()})
        for name, said in readings.items()
    }
    read |= {name: Reading(name) for name in sources if name not in read}
    numbers = frozenset(values["board_numbers"])
    others = frozenset(values["numbers_of_others"])
    built = parsed(values["built_at"])
    undecided, levels, thin = values["undecided"], values["levels"], frozenset(values["thin"])
    namesakes = {record: dict(**near) for record, near in values["namesakes"].items()}
    return World(sources, read, built, undecided, numbers, others, levels, thin, namesakes)


def as_tuples(facts: dict[str, Any]) -> dict[str, Any]:
    """JSON knows no tuples."""
    return {name: tuple(value) if isinstance(value, list) else value for name, value in facts.items()}
