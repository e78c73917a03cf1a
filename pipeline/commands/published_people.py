"""What a published file holds of people, as the keys by which they may be suppressed.

In: a connection to a published file. Out: keys by practitioner, whom a question means, and words that must be gone with
people. Nothing is written.
"""

from __future__ import annotations

import re
import sqlite3
from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field

from db.cleaned import listed
from pipeline.names import PersonName, name_from_parts, parse_name
from pipeline.numbers import license_key, npi, phone
from pipeline.suppression_keys import Key, named_keys

LICENSE_FIELD = re.compile(r"license ([A-Z]{2}) (.+?)(?: expires| discipline)?")
MOST_STEPS = 20  # of redirects, one after the other


@dataclass
class Shown:
    """What is published of one practitioner."""

    names: set[PersonName] = field(default_factory=set)
    keys: set[Key] = field(default_factory=set)
    licenses: set[str] = field(default_factory=set)
    zips: set[str] = field(default_factory=set)
    phones: set[str] = field(default_factory=set)
    sites: set[str] = field(default_factory=set)

    @property
    def all_keys(self) -> set[Key]:
        return self.keys | set(named_keys(self.names, self.licenses, self.zips, self.phones, self.sites))


def shown_people(connection: sqlite3.Connection, ids: Collection[str] | None = None) -> dict[str, Shown]:
    """Practitioner id -> what is published of him or her now or was before; `ids` narrows to these."""
    people: dict[str, Shown] = defaultdict(Shown)
    where, values = narrowed(ids, "id")
    for row in connection.execute(f"SELECT * FROM practitioners{where}", values):
        note_person(people[row["id"]], row)
    where, values = narrowed(ids, "practitioner_id")
    sql = f"SELECT practitioner_id, record_id, field, value FROM claims{where}"
    for row in connection.execute(sql, values):
        note_claim(people[row["practitioner_id"]], row["record_id"], row["field"], row["value"] or "")
    sql = f"SELECT id, practitioner_id FROM records{where or ' WHERE practitioner_id IS NOT NULL'}"
    for row in connection.execute(sql, values):
        people[row["practitioner_id"]].keys.add(Key("record", row["id"]))
    for id, shown in people.items():
        shown.keys.add(Key("person", id))
    return dict(people)


def narrowed(ids: Collection[str] | None, column: str) -> tuple[str, list[str]]:
    if ids is None:
        return "", []
    return f" WHERE [{column}] IN ({', '.join('?' * len(ids))})", list(ids)


def note_person(shown: Shown, row: sqlite3.Row) -> None:
    shown.names.add(name_from_parts(row["given_name"] or "", "", row["family_name"] or "", "", ""))
    others = listed(row["other_names"]) if "other_names" in row.keys() else []  # noqa: SIM118 (a row's values)
    shown.names |= {parse_name(text) for text in [row["name"] or "", *others] if text}
    shown.keys |= {Key("npi", number) for number in [npi(row["npi"] or "")] if number}
    shown.zips |= {row["zip"] or ""} - {""}
    shown.phones |= {phone(row["phone"] or "")} - {""}
    shown.sites |= {row["website"] or ""} - {""}


def note_claim(shown: Shown, record: str, field: str, value: str) -> None:
    shown.keys.add(Key("record", record))
    if field in ("name", "other name") and value:
        shown.names.add(parse_name(value))
    elif field == "phone":
        shown.phones |= {phone(value)} - {""}
    elif field == "website":
        shown.sites |= {value} - {""}
    elif found := LICENSE_FIELD.fullmatch(field):
        shown.licenses |= {license_key(found[1], found[2])} - {""}


def people_meant(connection: sqlite3.Connection, text: str) -> list[str]:
    """Ids of the practitioners that an id, an NPI or STATE:NUMBER leads to today."""
    state, colon, number = text.partition(":")
    if colon:
        wanted = license_key(state, number)
        rows = connection.execute("SELECT practitioner_id, number FROM licenses WHERE state = ?", [state.upper()])
        found = {row["practitioner_id"] for row in rows if wanted and license_key(state, row["number"] or "") == wanted}
    elif npi(text):
        sql = "SELECT practitioner_id FROM claims WHERE field = 'npi' AND value = ? AND current = 1"
        found = {row["practitioner_id"] for row in connection.execute(sql, [text])}
        found |= {row["id"] for row in connection.execute("SELECT id FROM practitioners WHERE npi = ?", [text])}
    else:
        found = {led_to(connection, text)}
    marks = ", ".join("?" * len(found))
    there = connection.execute(f"SELECT id FROM practitioners WHERE id IN ({marks})", list(found))
    return sorted(row["id"] for row in there)


def led_to(connection: sqlite3.Connection, id: str) -> str:
    """Where an old id leads."""
    for _ in range(MOST_STEPS):
        row = connection.execute("SELECT new_id FROM redirects WHERE old_id = ?", [id]).fetchone()
        if row is None:
            break
        id = row["new_id"]
    return id


def words_gone(people: Mapping[str, Shown], gone: Collection[str]) -> set[str]:
    """Names and NPIs of people who go, but for names that stand in somebody else's."""
    mine = {name.display for id in gone for name in people[id].names} - {""}
    numbers = {key.value for id in gone for key in people[id].keys if key.kind == "npi"}
    others = "\n".join(name.display for id, shown in people.items() if id not in gone for name in shown.names)
    return numbers | {name for name in mine if " " in name and name not in others}


def records_of(people: Mapping[str, Shown], gone: Iterable[str]) -> set[str]:
    return {key.value for id in gone for key in people[id].keys if key.kind == "record"}
