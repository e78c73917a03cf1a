"""Replay: the rows of a bundle normalized and tagged again, by the bundle's own rules.

In: the folder of an unpacked bundle, its rules under `rules/`. Out: findings, each a verdict and a sentence. It runs in
a process of its own (``python -m pipeline.evidence.replay FOLDER``), because rules are read once and kept, and because
a bundle is a stranger's: a pattern in it that never ends takes this process only.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple

from pipeline import rules
from pipeline.evidence.shapes import READINGS, RECORDS, RULES, TABLES, WORLD

CONFIRMED, DIFFERS, NOT_REPLAYED, NOTE = "confirmed", "differs", "not replayed", "note"
SHOWN = 300


class Finding(NamedTuple):
    """What was found of one thing: CONFIRMED, DIFFERS, NOT_REPLAYED or NOTE, and a sentence."""

    verdict: str
    sentence: str


def replay(folder: Path) -> Iterator[Finding]:
    """Everything that can be made again from the rows, compared with what was published."""
    from pipeline.evidence.made_again import made_again

    tables = {path.stem: read_json(path) for path in sorted((folder / TABLES).glob("*.json"))}
    rows = [json.loads(line) for line in (folder / RECORDS).read_text(encoding="utf-8").split("\n") if line]
    made = made_again(rows, read_json(folder / WORLD), read_json(folder / READINGS), tables)
    for name, keys, what in COMPARED:
        if made.get(name) or tables.get(name):
            yield from compared(name, keys, what, made.get(name, []), tables.get(name, []))


# Table, what names a row in it, and how a row is called.
COMPARED: tuple[tuple[str, tuple[str, ...], str], ...] = (
    ("tags", ("kind", "scope"), "the tag {kind} {scope}"),
    ("claims", ("id",), "the claim {id}"),
    ("licenses", ("record_id", "state", "number"), "the license {state} {number}"),
    ("certifications", ("record_id", "issuer", "designation"), "the certification {issuer} {designation}"),
    ("exclusions", ("record_id",), "the possible match on the exclusion list, record {record_id}"),
    ("records", ("id",), "the published record {id}"),
    ("practitioners", ("id",), "the practitioner's row {id}"),
)


def compared(
    table: str, keys: tuple[str, ...], what: str, made: list[dict[str, Any]], published: list[dict[str, Any]]
) -> Iterator[Finding]:
    """Both sides by key; columns are compared that both have."""
    one = {tuple(str(row[key] or "") for key in keys): row for row in made}
    other = {tuple(str(row[key] or "") for key in keys): row for row in published}
    wrong = False
    for key in sorted(one.keys() | other.keys()):
        name = what.format(**dict(zip(keys, key, strict=True)))
        if key not in other:
            yield Finding(DIFFERS, f"{name} is made again from the rows, but tables/{table}.json does not hold it.")
        elif key not in one:
            yield Finding(DIFFERS, f"{name} stands in tables/{table}.json, but is not made again from the rows.")
        elif said := difference(one[key], other[key]):
            yield Finding(DIFFERS, f"{name}: {said}.")
        else:
            continue
        wrong = True
    if not wrong:
        yield Finding(CONFIRMED, f"{table}: {len(one)} of {len(other)} are made again from the rows, equal.")


def difference(made: dict[str, Any], published: dict[str, Any]) -> str:
    """The first column in which two rows differ, with both values; "" for none."""
    for name in sorted(made.keys() & published.keys() - {"id"}):
        again, stated = plain(made[name]), plain(published[name])
        if again != stated:
            return f"{name} is {stated[:SHOWN]!r} in the bundle, but made again it is {again[:SHOWN]!r}"
    return ""


def plain(value: Any) -> str:
    return "" if value is None else str(value)


def read_json(path: Path) -> Any:
    return json.loads(path.read_text(encoding="utf-8"))


def main() -> int:
    """Findings as JSON on stdout; whatever is wrong is a finding too, never a traceback."""
    folder = Path(sys.argv[1])
    rules.RULES_FOLDER = folder / RULES
    try:
        found = list(replay(folder))
    except Exception as error:  # a stranger's bundle, or another version's: nothing else may come of it
        said = str(error) if isinstance(error, rules.RuleError) else f"{type(error).__name__}: {error}"
        found = [Finding(NOT_REPLAYED, f"the rows could not be tagged again ({said[:SHOWN]})")]
    print(json.dumps(found))
    return 0


if __name__ == "__main__":
    sys.exit(main())
