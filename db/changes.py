"""What changed about practitioners since a date, in sentences.

Comes in: a connection, a date, states, kinds. Goes out: changes with the person's name and state and a sentence, newest
first. A change is recorded only from a read that succeeded. Words of discipline and the exclusion list are told only
where the record is the practitioner's at level confirmed; people who are gone keep the last name a source printed.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator, Sequence
from itertools import islice

from db.ages import moment
from db.change_words import told
from db.rows import Row, marks, value
from db.veil import speaks

TIMES = "%Y-%m-%dT%H:%M:%SZ"
DETAIL = "detail_changed"
EXCLUSIONS = ("exclusion_appeared", "exclusion_went")


class UnknownKind(ValueError):
    """There is no such kind of change; the message names those there are."""


# Whose record it is today; else the person it was told of, or whom that one was found to be.
_OWNER = "coalesce(r.practitioner_id, d.new_id, c.practitioner_id)"
_LAST_NAME = (
    f"(SELECT k.value FROM claims k WHERE k.practitioner_id = {_OWNER} AND k.field = 'name'"
    " ORDER BY k.last_seen DESC, k.id LIMIT 1)"
)
_CHANGES = (
    f"SELECT c.id, c.at, {_OWNER} AS practitioner_id, coalesce(p.name, {_LAST_NAME}) AS name,"
    " p.id IS NOT NULL AS still_shown, p.city, coalesce(p.state, c.state) AS state, c.field, c.old, c.new, c.record_id,"
    " c.kind, w.label, c.source, coalesce(s.title, c.source) AS source_title, s.kind AS source_kind, w.sentence,"
    " w.where_voluntary, c.disciplinary,"
    " CASE WHEN r.id IS NULL THEN c.match_level ELSE r.match_level END AS match_level"
    " FROM changes c LEFT JOIN records r ON r.id = c.record_id LEFT JOIN redirects d ON d.old_id = c.practitioner_id"
    f" LEFT JOIN practitioners p ON p.id = {_OWNER} LEFT JOIN sources s ON s.name = c.source"
    f" LEFT JOIN change_kinds w ON w.kind = coalesce(c.kind, '{DETAIL}')"
)
# Found by indexes, before the owner of each is worked out.
_MAY_BE_THEIRS = (
    "SELECT id FROM changes WHERE practitioner_id = :id"
    " UNION SELECT m.id FROM redirects o JOIN changes m ON m.practitioner_id = o.old_id WHERE o.new_id = :id"
    " UNION SELECT m.id FROM records o JOIN changes m ON m.record_id = o.id WHERE o.practitioner_id = :id"
)
_ORDER = " ORDER BY c.at DESC, c.id"


def changes_since(
    connection: sqlite3.Connection,
    since: str | None,
    state: Sequence[str] = (),
    most: int = -1,
    kind: Sequence[str] = (),
    day: str | None = None,
) -> list[Row]:
    """Return changes at or after `since` (YYYY-MM-DD or a time; None for all), newest first.

    `state` is the license's or the practitioner's; `day` narrows to one day; `most` limits the rows; -1 means all.
    Raises `ValueError` for a date that cannot be read and for a kind there is none of.
    """
    since, day = (dated(text) for text in (since, day))
    kinds = [name.strip().casefold() for name in kind if name.strip()]
    refuse_unknown(connection, kinds)
    states = [code.strip().upper() for code in state if code.strip()]
    where = [" WHERE c.at >= ?", " AND c.at LIKE ? || '%'"]
    if states:
        where.append(f" AND (c.state IN ({marks(states)}) OR p.state IN ({marks(states)}))")
    found = shown(connection.execute(_CHANGES + "".join(where) + _ORDER, [since, day[:10], *states, *states]))
    rows = (row for row in found if not kinds or row["kind"] in kinds)
    return list(rows if most < 0 else islice(rows, most))


def changes_of(connection: sqlite3.Connection, id: str) -> list[Row]:
    """Everything that changed about one practitioner, under this id and under ids that lead to it, newest first."""
    sql = f"{_CHANGES} WHERE c.id IN ({_MAY_BE_THEIRS}) AND {_OWNER} = :id{_ORDER}"
    return list(shown(connection.execute(sql, {"id": id})))


def dated(text: str | None) -> str:
    """The time as changes are dated, UTC; a day is its beginning."""
    text = (text or "").strip()
    then = moment(text)
    if text and then is None:
        raise ValueError(f"{text!r} is no date; write it as 2026-11-22")
    return f"{then:{TIMES}}" if then else ""


def refuse_unknown(connection: sqlite3.Connection, kinds: Sequence[str]) -> None:
    known = [name for (name,) in map(tuple, connection.execute("SELECT kind FROM change_kinds"))]
    for name in kinds:
        if name not in known:
            raise UnknownKind(f"{name!r} is no kind of change; there are {', '.join(known)}")


def shown(cursor: sqlite3.Cursor) -> Iterator[Row]:
    """Rows as anybody may read them, each with its sentence."""
    names = [column[0] for column in cursor.description]
    for cells in cursor:
        row = {name: value(name, cell) for name, cell in zip(names, cells, strict=True)}
        row["kind"] = row["kind"] or DETAIL
        if row["kind"] in EXCLUSIONS and row["match_level"] != "confirmed":
            continue
        yield told(veiled(row) if is_veiled(row) else row | {"veiled": False})


def is_veiled(row: Row) -> bool:
    """Whether the row speaks of discipline from a record that is not surely the practitioner's."""
    harmful = row["disciplinary"] or speaks(row["old"]) or speaks(row["new"])
    return bool(harmful) and row["field"] != "name" and row["match_level"] != "confirmed"


def veiled(row: Row) -> Row:
    """That something changed, without what."""
    field = " ".join((row["field"] or "").split(" ")[:1])
    hidden = dict.fromkeys(("old", "new", "sentence", "where_voluntary", "label", "disciplinary"))
    return row | hidden | {"kind": DETAIL, "field": field, "veiled": True}
