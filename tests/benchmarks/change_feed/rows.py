"""A row of a source in reality: what it prints, and what it means to whoever knows the events that made it.

In: a record of the nation, events. Out: the record as it reads after them, and `facts`: what an observer can tell
apart (a license's word, its expiry, how often the place, the name and the phone have changed). Nothing here is of the
pipeline.
"""

from __future__ import annotations

import re
from copy import deepcopy
from dataclasses import dataclass, field, replace
from typing import Any

from crawler.records import Fields, Record

LIVE, LAPSED = "live", "lapsed"
# Each board's words: for a license that is live, one that ran out, one that is set aside.
WORDS: dict[str, dict[str, Fields]] = {
    "board_ca": {LIVE: {"status": "Current"}, LAPSED: {"status": "Delinquent"}, "inactive": {"status": "Inactive"}},
    "board_co": {LIVE: {"status": "Active"}, LAPSED: {"status": "Expired"}, "inactive": {"status": "Inactive"}},
    "board_ct": {
        LIVE: {"status": "ACTIVE", "status_reason": "CURRENT"},
        LAPSED: {"status": "INACTIVE", "status_reason": "LAPSED DUE TO NON-RENEWAL"},
    },
    "board_de": {LIVE: {"status": "Active"}, LAPSED: {"status": "Expired"}, "suspended": {"status": "Suspended"}},
    "board_fl": {LIVE: {"status": "CLEAR"}, LAPSED: {"status": "DELINQUENT"}, "retired": {"status": "RETIRED"}},
    "board_il": {LIVE: {"status": "ACTIVE"}, LAPSED: {"status": "NOT RENEWED"}},
    "board_nc": {LIVE: {"status": "Active"}, LAPSED: {"status": "Expired"}, "inactive": {"status": "Inactive"}},
    "board_tx": {
        LIVE: {"status": "ACTIVE", "currently_licensed": "Y"},
        LAPSED: {"status": "EXPIRED", "currently_licensed": "N"},
    },
    "board_wa": {LIVE: {"status": "Active"}, LAPSED: {"status": "Expired"}, "retired": {"status": "Retired"}},
}
MONTH_FIRST = ("board_ca", "board_fl", "board_il")
KEYED_BY_NAME = "board_nc"


@dataclass
class Row:
    """`facts`: attribute -> what an observer who reads the row knows of it."""

    record: Record
    person: int
    facts: dict[str, Any] = field(default_factory=dict)

    @property
    def source(self) -> str:
        return self.record.source

    @property
    def fields(self) -> Fields:
        return self.record.fields


def row_of(record: Record, person: int) -> Row:
    record = replace(record, fields=deepcopy(record.fields))
    facts: dict[str, Any] = {"name": 0, "city": 0, "phone": 0, "acted": 0}
    words = WORDS.get(record.source, {})
    facts["word"] = next((word for word, said in words.items() if said.items() <= record.fields.items()), "other")
    if "expires" in record.fields:
        facts["expires"] = iso(record.source, record.fields["expires"])
    return Row(record, person, facts)


def iso(source: str, text: str) -> str:
    if source in MONTH_FIRST:
        return f"{text[6:10]}-{text[:2]}-{text[3:5]}"
    return text[:10]


def say(row: Row, word: str) -> None:
    """The board prints another word."""
    row.fields.update(WORDS[row.source][word])
    row.facts["word"] = word


def renew(row: Row) -> None:
    """Two more years."""
    row.fields["expires"] = re.sub(r"(19|20)\d\d", lambda year: str(int(year[0]) + 2), row.fields["expires"], count=1)
    row.facts["expires"] = iso(row.source, row.fields["expires"])


def act(row: Row) -> None:
    """The board's list says that an action was taken."""
    row.fields["action_taken"] = "Yes" if row.source == "board_wa" else "Y"
    row.facts["acted"] = 1


def move(row: Row, city: str, zip_code: str) -> None:
    """Another place of the same state, as each source prints places."""
    place = row.fields["locations"][0] if "locations" in row.fields else row.fields
    if "address" in place and "city" not in place:
        street, _, rest = place["address"].partition(", ")
        state = re.search(r", ([A-Z]{2}) \d{5}", f", {rest}")
        assert state, place["address"]
        place["address"] = f"{street}, {city}, {state[1]} {zip_code}, USA"
    else:
        place |= {"city": city.upper() if place["city"].isupper() else city, "zip": zip_code}
    row.facts["city"] += 1


def rename(row: Row, family: str) -> None:
    """Another family name in the place of the last word of the name."""
    fields = row.fields
    if "family_name" in fields:
        fields["family_name"] = family.upper() if fields["family_name"].isupper() else family
    else:
        fields["name"] = re.sub(
            r"^[^,]*?(\S+)(?=,|$)", lambda found: found[0].removesuffix(found[1]) + family, fields["name"]
        )
    row.facts["name"] += 1


def call(row: Row, phone: str) -> None:
    place = row.fields["locations"][0] if row.source == "npi_registry" else row.fields
    place["phone"] = phone
    row.facts["phone"] += 1


def reprint(row: Row) -> None:
    """Capitals for the same word: no news."""
    row.fields["status"] = row.fields["status"].swapcase()


def has_place(row: Row) -> bool:
    place = row.fields["locations"][0] if row.fields.get("locations") else row.fields
    return row.source != KEYED_BY_NAME and ("city" in place or ("address" in place and row.source == "ncbahm"))


def has_phone(row: Row) -> bool:
    place = row.fields["locations"][0] if row.source == "npi_registry" else row.fields
    return row.source in ("npi_registry", "ncbahm") and "phone" in place
