"""Why a person was found, in the words of the person's own sources.

Comes in: a connection, ids, the topics asked for. Goes out: for each id one sentence a topic.
"""

from __future__ import annotations

import sqlite3
from collections import defaultdict
from collections.abc import Mapping, Sequence

from db.rows import marks, select
from db.vocabulary import TABLES, Wanted

MOST_REASONS = 4
SAYS = dict(zip(TABLES, ("Treats", "Offers", "Speaks", "Takes"), strict=True))


def reasons(connection: sqlite3.Connection, ids: list[str], wanted: Sequence[Wanted]) -> Mapping[str, list[str]]:
    """Why each person matched the topics asked for, in the words of their own sources."""
    why: dict[str, list[str]] = defaultdict(list)
    for asked in wanted:
        sql = (
            "SELECT practitioner_id, topic, printed FROM practitioner_topics"
            f" WHERE practitioner_id IN ({marks(ids)}) AND kind = ? AND topic IN ({marks(asked.topics)})"
        )
        said: dict[str, dict[str, str]] = defaultdict(dict)
        for row in select(connection, sql, [*ids, asked.kind, *asked.topics]):
            said[row["practitioner_id"]][row["topic"]] = row["printed"]
        for id, words in said.items():
            why[id].append(reason(asked, words))
    return why


def reason(wanted: Wanted, said: dict[str, str]) -> str:
    """`Treats leg pain; also sciatica and shin splints, which “leg pain” may mean`."""
    verb, itself = SAYS[wanted.kind], said.get(wanted.topic, "")
    meant = [said[topic] for topic in wanted.related if topic in said and topic != wanted.topic]
    if not meant:
        return f"{verb} {itself}"
    listed = ", ".join(meant[:MOST_REASONS]) + (
        f" and {len(meant) - MOST_REASONS} more" if meant[MOST_REASONS:] else ""
    )
    may_mean = f"{listed}, which “{wanted.wording}” may mean"
    return f"{verb} {itself}; also {may_mean}" if itself else f"{verb} {may_mean}"
