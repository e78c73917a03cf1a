"""Tags with their words: what a page or an answer shows of one conclusion about a practitioner.

Comes in: rows of table `tags` and the facts of the file. Goes out: `Badge`s, as they were when the file was built;
`db.freshness` says what is left of them when somebody asks.
"""

from __future__ import annotations

import sqlite3
from dataclasses import asdict, dataclass
from typing import Any

from db.facts import Facts
from db.rows import Row, select

MAY_BE_ABSENT = frozenset("as_of needs_review source_date changed age warning value_then rule_text".split())


@dataclass(frozen=True)
class Badge:
    """One tag with its words; `rule_text` says when the rule applies, `because` why it applied here.

    Its dates: `source_date` the source's own, `as_of` when it was last read, `changed` when the value last changed.
    `freshness` is fresh, warn, stale or never (rests on no reading), `age` says it in words, `warning` is a sentence
    or "". A tag too old to speak for today shows as not known; `value_then` keeps what was shown before that.
    """

    kind: str
    scope: str
    value: str
    label: str
    sentence: str
    tone: str
    because: str
    rule: str
    rule_text: str
    as_of: str
    needs_review: str | None
    claims: tuple[str, ...]
    source_date: str = ""
    changed: str = ""
    freshness: str = ""
    age: str = ""
    warning: str = ""
    value_then: str = ""

    def to_json(self) -> dict[str, Any]:
        """As JSON; what there is none of is null."""
        known = {name: value if value or name not in MAY_BE_ABSENT else None for name, value in asdict(self).items()}
        return known | {"claims": list(self.claims)}


def read_badges(connection: sqlite3.Connection, id: str, facts: Facts) -> tuple[Badge, ...]:
    """Certification first, then licenses by state."""
    sql = "SELECT * FROM tags WHERE practitioner_id = ? ORDER BY kind, scope"
    return tuple(badge(row, facts) for row in select(connection, sql, [id]))


def badge(row: Row, facts: Facts) -> Badge:
    word = facts.word(row["kind"], row["value"])
    rule = facts.rules.get(row["rule"], {})
    return Badge(
        kind=row["kind"],
        scope=row["scope"] or "",
        value=row["value"] or "",
        label=word.label,
        sentence=word.sentence,
        tone=word.tone,
        because=row["because"] or "",
        rule=row["rule"] or "",
        rule_text=rule.get("when_text") or "",
        as_of=row["as_of"] or "",
        needs_review=row["needs_review"],
        claims=tuple(row["claims"] or ()),
        source_date=row.get("source_date") or "",
        changed=row.get("changed") or "",
    )
