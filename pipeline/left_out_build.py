"""Leaving people out of a build: its records, its past, its judgments and disputes; and what must not be in its file.

In: what a build begins with, what is suppressed. Out: the same without these people, as if no source had ever shown
them; and the words (ids, NPI, numbers, names) of which no published byte may hold one.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

import pandas as pd

from pipeline.before import Before
from pipeline.claims import claims_of
from pipeline.disputes import Dispute
from pipeline.facts import Person, SourceFacts
from pipeline.frames import rows_of
from pipeline.judgments import JudgedLine
from pipeline.left_out import LeftOut, claim_columns, find_left_out, without_people
from pipeline.normalize import read_person
from pipeline.suppression_keys import Key, host_of
from pipeline.suppressions import Suppressions

SENTENCES = ("statements", "findings", "job_title")  # what a clinic's page says of one may name another
GAP = "…"
SURE_DIGITS = 10  # fewer digits also stand inside hashes by chance
SAID = ("name", "other name", "npi", "phone")


@dataclass
class Cast:
    """Whom a build is about. `forbidden`: words that must stand nowhere in its file."""

    records: pd.DataFrame
    people: list[Person]
    before: Before
    judged: Sequence[JudgedLine]
    disputes: Sequence[Dispute]
    left_out: LeftOut = field(default_factory=LeftOut)
    forbidden: frozenset[str] = frozenset()


def leave_out(cast: Cast, sources: dict[str, SourceFacts], book: Suppressions) -> Cast:
    """The same without people who asked to be left out."""
    if not book:
        return cast
    listed = [read_person(row, sources[row["source"]]) for row in exclusion_rows(cast.records, sources)]
    found = find_left_out([*cast.people, *listed], cast.before, book)
    gone = found.records
    before = without_people(cast.before, found)
    people = [person for person in cast.people if person.record_id not in gone]
    records = cast.records[~cast.records["record_id"].isin(gone)].reset_index(drop=True)
    records, people = with_gaps(records, people, found.members, sources)
    return Cast(
        records,
        people,
        before,
        [line for line in cast.judged if not is_known(line.ids, gone, book)],
        [line for line in cast.disputes if not is_known([line.record_id], gone, book)],
        found,
        forbidden_words(found, cast.before, people, before),
    )


def exclusion_rows(records: pd.DataFrame, sources: dict[str, SourceFacts]) -> list[dict[str, Any]]:
    return rows_of(records[records["source"].map(lambda name: sources[name].kind == "exclusions")])


def is_known(records: Iterable[str], gone: set[str], book: Suppressions) -> bool:
    """Whether any of these records, today's or one no source shows, is of somebody left out."""
    return any(record in gone or book.of([Key("record", record)]) for record in records)


def with_gaps(
    records: pd.DataFrame, people: list[Person], members: Sequence[Person], sources: dict[str, SourceFacts]
) -> tuple[pd.DataFrame, list[Person]]:
    """Sentences of colleagues' clinic pages without the names of those who are left out."""
    hosts = {host_of(address) for member in members for address in (member.website, member.source_key)} - {""}
    spelled = pattern({text for text in spellings(members) if " " in text})
    if not hosts or spelled is None:
        return records, people
    is_page = [sources[name].kind == "website" and host_of(url) in hosts for name, url in urls(records)]
    changed: dict[str, Person] = {}
    cells = records["fields"].tolist()
    for at, row in zip(records.index[is_page], rows_of(records[is_page]), strict=True):
        said = {name: without(row["fields"][name], spelled) for name in SENTENCES if name in row["fields"]}
        cells[at] = row["fields"] | said
        changed[row["record_id"]] = read_person(row | {"fields": cells[at]}, sources[row["source"]])
    records = records.assign(fields=pd.Series(cells, records.index, dtype=object))
    return records, [changed.get(person.record_id, person) for person in people]


def urls(records: pd.DataFrame) -> Iterator[tuple[str, str]]:
    return zip(records["source"], records["url"].fillna(""), strict=True)


def spellings(members: Iterable[Person]) -> set[str]:
    """The ways in which the names are written: as printed, as shown, and the given and the family name alone."""
    names = [name for member in members for name in (member.name, *member.other_names)]
    both = {f"{name.given} {name.family}" for name in names if name.given and name.family}
    return {text.strip() for name in names for text in (name.printed, name.display)} | both - {""}


def pattern(texts: set[str]) -> re.Pattern[str] | None:
    """Finds any of these texts, the longest first; None where there are none."""
    found = sorted(texts, key=len, reverse=True)
    return re.compile("|".join(map(re.escape, found)), re.IGNORECASE) if found else None


def without(value: Any, spelled: re.Pattern[str]) -> Any:
    """The same value with a gap for each name, however deep in lists it stands."""
    if isinstance(value, str):
        return spelled.sub(GAP, value)
    if isinstance(value, list):
        return [without(item, spelled) for item in value]
    if isinstance(value, dict):
        return {name: without(item, spelled) for name, item in value.items()}
    return value


def forbidden_words(found: LeftOut, was: Before, people: Iterable[Person], before: Before) -> frozenset[str]:
    """Ids, numbers and names of these people, but for what somebody who is shown bears too (a name, a clinic's
    telephone)."""
    words = found.records | found.people
    for member in found.members:
        words |= {member.source_key, member.npi, *(item.number for item in member.licenses)}
        words |= {claim.value for claim in claims_of(member) if claim.field in SAID} | spellings([member])
    words |= said_before(was.claims[was.claims["record_id"].isin(found.records)] if len(was.claims) else was.claims)
    words = {word for word in words if is_sure(word)}
    if not words:
        return frozenset()
    shown = "\n".join([*texts_of(people), *said_before(before.claims, (*SAID, "clinic", "website"))])
    return frozenset(word for word in words if word not in shown)


def is_sure(word: str) -> bool:
    """Whether a word means one person wherever it stands: a name of two words, an id, a long number."""
    digits = sum(character.isdigit() for character in word)
    letters = sum(character.isalpha() and character not in "abcdef" for character in word)
    return digits >= SURE_DIGITS or bool(letters and digits > 2) or (" " in word and letters > 1) or len(word) == 16


def said_before(claims: pd.DataFrame, fields: Sequence[str] = SAID) -> set[str]:
    """Values of claims of the last file."""
    if claims.empty:
        return set()
    return {str(value) for (value,) in claim_columns(claims[claims["field"].isin(fields)], "value")}


def texts_of(people: Iterable[Person]) -> Iterator[str]:
    """What names and numbers people who are shown bear."""
    for person in people:
        yield from (person.record_id, person.source_key, person.npi, person.clinic, person.website)
        yield from (item.number for item in person.licenses)
        yield from (claim.value for claim in claims_of(person) if claim.field in SAID)
        yield from spellings([person])
