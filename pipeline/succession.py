"""Succession: a record whose source gave it another key is the same record still.

In: records published last time, today's records. Out: old record id -> new record id. The NCBAHM directory changed all
its keys in 2026; without this every diplomate known only there would get a new id and a history cut in two.
"""

from __future__ import annotations

import json
from collections import Counter, defaultdict
from collections.abc import Iterable
from typing import Any

from pipeline.frames import Rows
from pipeline.names import fold

CONTACTS = ("phone", "website", "badge", "npi", "license_number", "address", "city")
Signature = tuple[str, str, str, str]


def successors(before: Rows, today: Rows) -> dict[str, str]:
    """Match records that are gone with records that are new: same source and name, a contact in common, no rival.

    Both are rows as the published `records` table lays them out.
    """
    old, new = {row["id"] for row in before}, {row["id"] for row in today}
    gone = by_signature(row for row in before if row["id"] not in new)
    come = by_signature(row for row in today if row["id"] not in old)
    alone = [key for key in gone.keys() & come.keys() if len(gone[key]) == len(come[key]) == 1]
    return one_to_one({(gone[key][0], come[key][0]) for key in alone})


def by_signature(rows: Iterable[dict[str, Any]]) -> dict[Signature, list[str]]:
    """Record ids by source, name and each single contact."""
    found: dict[Signature, list[str]] = defaultdict(list)
    for row in rows:
        fields = json.loads(row["fields"])
        for contact in CONTACTS:
            if fields.get(contact):
                found[(row["source"], fold(row["name"] or ""), contact, str(fields[contact]))].append(row["id"])
    return found


def one_to_one(pairs: set[tuple[str, str]]) -> dict[str, str]:
    """Pairs in which neither side has another partner."""
    olds, news = Counter(old for old, _ in pairs), Counter(new for _, new in pairs)
    return {old: new for old, new in pairs if olds[old] == news[new] == 1}
