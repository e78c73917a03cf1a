"""Letters: what stands behind a name and means one thing in one state and another in the next, or nothing.

In: the records of today, the persons as they may be shown. Out: rows of `letters`: the letters as printed, the reading
that was taken and why, or that they were left unresolved. The readings are rules/confusable_letters.csv; none is ever
evidence that a license or a certificate is current.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from functools import lru_cache
from typing import Any

import pandas as pd

from pipeline.credentials import FoundCredential, read_credentials
from pipeline.facts import ACUPUNCTURIST, Person, SourceFacts
from pipeline.frames import Rows, rows_of
from pipeline.ids import Identified
from pipeline.rules import read_rule_table

OF_ACUPUNCTURE = {"board": "on an acupuncture board's roster", "certifier": "in the certifier's directory"}
TAXONOMY = f"taxonomy {ACUPUNCTURIST}"
WORDS_BESIDE = "acupuncture words beside the letters"
RESOLVED, UNRESOLVED = "resolved", "unresolved"
Rule = Mapping[str, str]


def letter_rows(
    records: pd.DataFrame, persons: Iterable[Identified], sources: Mapping[str, SourceFacts], left_out: Iterable[str]
) -> Rows:
    """One row a record and kind of letters; `left_out`: records of which a printed fact is disputed."""
    people = {member.record_id: (person, member) for person in persons for member in person.members}
    hidden = set(left_out)
    rows = []
    for record in rows_of(records[records["record_id"].isin(people)]):
        if record["record_id"] not in hidden:
            person, member = people[record["record_id"]]
            rows += rows_of_record(record, person, member, sources[record["source"]])
    return rows


def rows_of_record(record: dict[str, Any], person: Identified, member: Person, source: SourceFacts) -> Rows:
    text = ", ".join(filter(None, [record["fields"].get("credential", ""), *member.name.credentials]))
    field = field_of(record["fields"], source)
    return [
        {
            "practitioner_id": person.id,
            "record_id": member.record_id,
            "credential_id": found.id,
            "printed": found.printed,
            **read(found, field or (WORDS_BESIDE if has_field_words(text) else ""), states_of(member, person)),
            "as_of": member.fetched_at,
        }
        for found in confusable_in(text)
    ]


def field_of(fields: Mapping[str, Any], source: SourceFacts) -> str:
    """What says that a record is of acupuncture, or ""."""
    codes = {item.get("code") for item in fields.get("taxonomies", [])}
    return TAXONOMY if ACUPUNCTURIST in codes else OF_ACUPUNCTURE.get(source.kind, "")


def states_of(member: Person, person: Identified) -> list[str]:
    """The record's own states, else those of the person's other records."""
    own = sorted(member.states)
    return own or sorted({state for other in person.members for state in other.states})


@lru_cache(maxsize=50_000)
def confusable_in(text: str) -> tuple[FoundCredential, ...]:
    """The letters of the rule table in a text, as printed; whether they are resolved is asked apart."""
    return tuple(found for found in read_credentials(text, resolve=False) if found.id in rules()) if text else ()


@lru_cache(maxsize=50_000)
def has_field_words(text: str) -> bool:
    """Whether something else in the text is of acupuncture: a degree, a certificate, the word itself."""
    return any(found.id == "lac" and found.printed.replace(".", "").isupper() for found in read_credentials(text))


@lru_cache(maxsize=1)
def rules() -> dict[str, list[Rule]]:
    found: dict[str, list[Rule]] = {}
    for row in read_rule_table("confusable_letters"):
        found.setdefault(row["credential_id"], []).append(row)
    return found


def read(found: FoundCredential, field: str, states: list[str]) -> dict[str, str | None]:
    """The first reading that the state or the field of the record decides, else the last row of the table."""
    for row in rules()[found.id]:
        if row["state"] and row["state"] in states:
            return reading(row, f"state {row['state']}")
        if row["field"] and field:
            return reading(row, field)
    last = rules()[found.id][-1]
    known = f"the record's states are {', '.join(states)}" if states else "the record names no state"
    return reading(last, f"by rule everywhere else; {known}" if last["means"] else f"nothing decides it; {known}")


def reading(row: Rule, why: str) -> dict[str, str | None]:
    return {
        "reading": RESOLVED if row["means"] else UNRESOLVED,
        "means": row["means"] or None,
        "why": why,
        "note": row["note"] or None,
    }
