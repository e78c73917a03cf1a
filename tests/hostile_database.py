"""A tiny database in which every text that may hold anything holds something hostile.

In: the twelve invented people of tests/tiny_database.py. Out: the same rows with markup, scripts, formulas, SQL,
endless words and marks that turn the direction of reading in every free text; what keys, tags and dates need stays.
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import count
from pathlib import Path
from typing import Any

from db.publish import publish
from db.schema import TABLES, Table
from db.whole_files import write_whole_files
from tests.tiny_database import BUILT_AT, tiny_tables

HIT = "window.top.hit=1"
HOSTILE = (
    f"<script>{HIT}</script>",
    f"\"'><img src=x onerror={HIT}>",
    f"javascript:{HIT}",
    "' OR 1=1; DROP TABLE practitioners --",
    '=HYPERLINK("http://evil.example","x")',
    "@SUM(1+1)*cmd|' /C calc'!A0",
    "x" * 10_000,
    "\u202eabc\u2066\u200f\u0301 \ufeff",
    "{{ 7*7 }}{% raw %}",
    "a\r\nBEGIN:VCARD\r\nX-BAD:1;,\\\\",
    f"http://ok.example/' onmouseover='{HIT}",
    "]]><x xmlns='y'>&bad;",
)
# Behind each of them, so that whichever stands in a place, the place is noticed where it lets markup through.
TAIL = f"\"'><x onclick={HIT}>"
# What a row needs to be found, counted and joined at all.
KEPT = {
    "practitioners": {"id", "state", "certification", "license_status", "zip"},
    "records": {"id", "practitioner_id", "source", "source_key", "match_level"},
    "licenses": {"id", "practitioner_id", "record_id", "state", "source_kind"},
    "certifications": {"id", "practitioner_id", "record_id"},
    "claims": {"id", "practitioner_id", "record_id"},
    "tags": {"id", "practitioner_id", "kind", "scope", "value", "rule"},
    "changes": {"id", "practitioner_id", "at", "kind", "record_id"},
    "exclusions": {"id", "practitioner_id", "record_id"},
    "links": {"practitioner_id", "record_id", "other_record_id"},
    "candidates": {"practitioner_a", "practitioner_b", "record_a", "record_b"},
    "practitioner_topics": {"practitioner_id", "kind"},
    "sources": {"name", "kind", "last_good_read"},
    "states": {"code", "coverage", "license_source"},
    "runs": {"id", "source", "started"},
    "judgments": {"record_a", "record_b", "verdict", "outcome"},
    "link_levels": {"level"},
    "link_accuracy": {"measure", "subset", "value"},
    "credentials": {"id"},
    "credential_spellings": {"credential_id"},
    "status_words": {"status"},
    "tag_words": {"kind", "tag"},
    "tag_rules": {"rule", "kind", "value"},
    "windows": {"name", "days"},
    "conditions": {"relation"},
    "common_family_names": {"per_10000"},
    "license_number_marks": {"state", "place"},
}
# What leads elsewhere in a row of a table that the tiny database has none of.
LED = {"practitioner_id": "p01", "record_id": "r-wa-p01", "state": "WA", "credential_id": "nccaom_dipl_ac"}


def hostile_tables() -> dict[str, list[dict[str, Any]]]:
    tables = tiny_tables()
    turn = count()
    for name, kept in KEPT.items():
        for row in tables.get(name, []):
            numbers = {column.name for column in TABLES[name].columns if column.type in ("INTEGER", "REAL")}
            for column in sorted(set(row) - kept - numbers):
                row[column] = hostile(row[column], next(turn))
    for name in set(TABLES) - set(tables):
        tables[name] = [hostile_row(TABLES[name], turn)]
    return tables


def hostile_row(table: Table, turn: Iterator[int]) -> dict[str, Any]:
    """A row of a table that the tiny database has none of, every text in it hostile."""
    samples = {"INTEGER": 1, "REAL": 1.0, "JSON": []}
    return {
        column.name: LED.get(column.name) or hostile(samples.get(column.type, ""), next(turn))
        for column in table.columns
    }


def hostile(cell: Any, turn: int) -> Any:
    """A hostile text in place of a text, a list of them in place of a list; numbers stay numbers."""
    text = HOSTILE[turn % len(HOSTILE)] + TAIL
    if isinstance(cell, list):
        return [text, HOSTILE[(turn + 1) % len(HOSTILE)] + TAIL]
    return cell if isinstance(cell, int | float) else text


def publish_hostile(data: Path) -> Path:
    return publish(hostile_tables(), data, BUILT_AT, beside=write_whole_files)
