"""Nights of a watched roster: twelve invented people, published again and again, and looked at each time."""

from __future__ import annotations

import csv
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from db.opening import connect
from db.publish import publish
from db.watch import Look, look
from db.watch_files import State
from tests.tiny_database import BUILT_AT, Row, tiny_tables

HEADER = ("Name", "State", "License number", "NPI")
BY_NUMBER = ("Imelda Quackenbush", "WA", "AC60000101", "")  # p01, confirmed
BY_NAME = ("Zoë Marchbanks-Liu", "WA", "", "")  # p04, possible
DISCIPLINED = ("Peregrine Yamanote", "WA", "AC60000106", "")  # p06, confirmed
DISCIPLINED_BY_NAME = ("Peregrine Yamanote", "", "", "")  # p06, possible
NOBODY = ("Nobody Atall", "WA", "", "")
ASKS_NOTHING = ("", "", "AC60000105", "")
PEOPLE = (BY_NUMBER, BY_NAME, DISCIPLINED, DISCIPLINED_BY_NAME, NOBODY, ASKS_NOTHING)


def write_roster(path: Path, rows: tuple[tuple[str, ...], ...] = PEOPLE) -> Path:
    with path.open("w", encoding="utf-8", newline="") as file:
        csv.writer(file).writerows((HEADER, *rows))
    return path


class Nights:
    """A roster and what is remembered of it; `tables` may be changed between nights."""

    def __init__(self, folder: Path, rows: tuple[tuple[str, ...], ...] = PEOPLE) -> None:
        self.folder, self.tables = folder, tiny_tables()
        write_roster(folder / "roster.csv", rows)
        self.state = State("staff", since="2026-11-22T12:00:00Z", roster="roster.csv")
        self.nights = 0

    def night(self, days: int = 0) -> Look:
        """Publish the tables so many days after the first build, and look."""
        at = BUILT_AT + timedelta(days=days, seconds=self.nights)
        self.nights += 1
        with closing(connect(publish(self.tables, self.folder, at))) as connection:
            return look(connection, self.folder, self.state, at)

    def lines(self, days: int = 0) -> list[tuple[str, str, str, str, str]]:
        """(row, kind, field, old, new) of each change of a night."""
        return [brief(change) for change in self.night(days).changes]

    def set(self, table: str, where: dict[str, Any], **values: Any) -> None:
        """Change rows of a table; at least one must be there."""
        found = [row for row in self.tables[table] if where.items() <= row.items()]
        assert found, (table, where)
        for row in found:
            row.update(values)

    def drop(self, table: str, where: dict[str, Any]) -> list[Row]:
        gone = [row for row in self.tables[table] if where.items() <= row.items()]
        self.tables[table] = [row for row in self.tables[table] if row not in gone]
        return gone

    def license(self, person: str, status: str, **values: Any) -> None:
        """The board shows another status: its row, the tag and the person's row."""
        self.set("licenses", {"practitioner_id": person}, status=status, status_raw=status.upper(), **values)
        self.set("tags", {"practitioner_id": person, "kind": "license"}, value=status, rule=f"license_{status}")
        self.set("practitioners", {"id": person}, license_status=status)

    def read_on(self, day: datetime) -> None:
        """Everything was read again on a day, and says what it said."""
        text = f"{day.astimezone(UTC):%Y-%m-%dT%H:%M:%SZ}"
        names = ("as_of", "fetched_at", "last_good_read", "last_attempt", "last_seen")
        for rows in self.tables.values():
            for row in rows:
                row.update({name: text for name in names if row.get(name)})


def brief(change: dict[str, str]) -> tuple[str, str, str, str, str]:
    return change["row"], change["kind"], change["field"], change["old"], change["new"]
