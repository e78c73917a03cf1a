"""Harmful tags of one night: words better than what the sources said when they were last read well.

In: a published file, what each source's last good reading said, whose each record is. Out: a sentence for each. Harm is
what the benchmark of tags calls so (tests/benchmarks/tag_truth): `listed` or `active` where the person's own rows do
not say it, another's discipline, another's exclusion; and here also `active` from a reading that is too old.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import replace

from crawler.records import Record
from pipeline.rules import window_days
from tests.benchmarks.tag_truth.measure import DISCIPLINE, POSITIVE
from tests.benchmarks.tag_truth.oracle import ONE_WORD, true_tags
from tests.benchmarks.year.seen import Look, Part, Read, Row

ROSTER = {"WA": "board_wa", "CO": "board_co", "IL": "board_il"}


def harmful(
    shown: Look, read: Iterable[Record], people: Mapping[str, int], read_at: Mapping[Part, Read], night: int
) -> list[str]:
    """A sentence for every harmful thing in the file of this night."""
    own: dict[int, list[Record]] = defaultdict(list)
    for record in read:
        own[people[record.id]].append(as_printed(record))
    owners = owners_of(shown, people)
    right = {person: true_tags(own[person]) for person in set(owners.values()) if own[person]}
    found = []
    for tag in shown["tags"]:
        if tag["value"] not in POSITIVE:
            continue
        person = owners[tag["practitioner_id"]]
        is_right = right.get(person, {}).get((tag["kind"], tag["scope"]), "no tag")
        if is_right != tag["value"]:
            found.append(f"{tag['practitioner_id']}: {tag['kind']} {tag['scope']} {tag['value']}, is {is_right}")
        elif tag["kind"] == "license" and too_old(tag, read_at, night):
            found.append(f"{tag['practitioner_id']}: {tag['scope']} active from too old a reading")
    return found + of_others(shown, people, owners)


def too_old(tag: Row, read_at: Mapping[Part, Read], night: int) -> bool:
    board = ROSTER[tag["scope"]]
    return night - read_at[board, tag["scope"]].night > window_days("stale")


def owners_of(shown: Look, people: Mapping[str, int]) -> dict[str, int]:
    """Practitioner -> the person most of whose records it holds."""
    counted: dict[str, Counter[int]] = defaultdict(Counter)
    for row in shown["records"]:
        if row["practitioner_id"]:
            counted[row["practitioner_id"]][people[row["id"]]] += 1
    return {practitioner: counts.most_common(1)[0][0] for practitioner, counts in counted.items()}


def of_others(shown: Look, people: Mapping[str, int], owners: Mapping[str, int]) -> list[str]:
    """Discipline and exclusions that stand under somebody else."""
    found = []
    for row in shown["licenses"]:
        spoken = row["discipline"] or row["status"] in DISCIPLINE
        if spoken and row["practitioner_id"] and people[row["record_id"]] != owners[row["practitioner_id"]]:
            found.append(f"{row['practitioner_id']}: another's discipline ({row['record_id']})")
    for row in shown["exclusions"]:
        if people[row["record_id"]] != owners[row["practitioner_id"]]:
            found.append(f"{row['practitioner_id']}: another's exclusion ({row['record_id']})")
    return found


def as_printed(record: Record) -> Record:
    """The status in the spelling that the oracle knows: capitals are how a list is printed."""
    words = {word.casefold(): word for word in ONE_WORD.get(record.partition, {})}
    status = str(record.fields.get("status", ""))
    return replace(record, fields=record.fields | {"status": words.get(status.casefold(), status)}) if words else record
