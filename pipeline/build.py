"""Build: every step of the pipeline in order, from records to the published tables.

In: gathered records, readings, the sources' facts, the tables published last time, the time of the build, what people
have judged. Out: table name -> rows, ready for the database, and the operator's review list. Raises NothingToBuild
where no run is good or no record is an acupuncturist's.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

import pandas as pd

from crawler.snapshots import TIMES
from pipeline.before import Before
from pipeline.disputed_people import shown_persons, shown_tags
from pipeline.disputed_tables import withheld_records
from pipeline.disputes import Dispute, Disputed, dispute_rows, disputed_today
from pipeline.exclusion_changes import Lists
from pipeline.exclusions import Excluded, match_exclusions
from pipeline.facts import Person, SourceFacts
from pipeline.frames import Rows, rows_of
from pipeline.gather import Reading
from pipeline.history_tables import History, history_tables
from pipeline.ids import Identified, identify
from pipeline.judgments import JudgedLine, applied, judgment_rows
from pipeline.left_out_build import Cast, leave_out
from pipeline.letters import letter_rows
from pipeline.link import Links, link
from pipeline.link.members import NAMELESS
from pipeline.link_tables import candidate_rows, link_rows, owners_of, review_rows
from pipeline.namesakes import namesakes_in
from pipeline.normalize import exclusions_of, persons_of
from pipeline.number_holders import numbers_of_others
from pipeline.persons import practitioner_row
from pipeline.renamings import Renamings
from pipeline.rules import published_rule_tables
from pipeline.succession import successors
from pipeline.suppressions import Suppressions
from pipeline.tables import (
    certification_rows,
    exclusion_rows,
    license_rows,
    record_rows,
    shown_json,
    state_rows,
    states_of_person,
    tag_rows,
    with_tags,
)
from pipeline.topics import topic_rows
from pipeline.unread_dates import unread_dates
from pipeline.web_records import people_of_pages
from pipeline.world import World, thin_records

NOBODY = Suppressions()
ONCE_ONLY_KINDS = frozenset({"certifier", "registry", "listing"})


class NothingToBuild(Exception):
    """There is nothing a directory could be made of; the message says what to do."""


@dataclass
class Build:
    """The tables, what the operator should hear, and the pairs worth judging, which are for the operator alone.

    `cast` says who was left out, and which words may therefore stand nowhere in the file.
    """

    tables: dict[str, Rows]
    notes: list[str]
    cast: Cast
    review: Rows = field(default_factory=list)


def build(
    records: pd.DataFrame,
    readings: dict[str, Reading],
    sources: dict[str, SourceFacts],
    before: Before,
    now: datetime,
    judged: Sequence[JudgedLine] = (),
    engine: str = "duckdb",
    disputes: Sequence[Dispute] = (),
    suppressed: Suppressions = NOBODY,
) -> Build:
    """Run the pipeline.

    Raises NothingToBuild, UnknownWord for a word no rule table knows, DateError where a source's dates can no longer be
    read, RuleError for judgments that contradict each other, EngineMissing where linking's engine is not installed.
    """
    records, left_out = people_of_pages(records, sources)
    cast = leave_out(Cast(records, persons_of(records, sources), before, judged, disputes), sources, suppressed)
    records, people, before, judged, disputes = cast.records, cast.people, cast.before, cast.judged, cast.disputes
    if not people:
        raise NothingToBuild("No good run holds a single acupuncturist; the published database stays as it is.")
    today = new_rows(records, people, before)
    before = before.renamed(successors(before.records, today), today, now.strftime(TIMES))
    renamings = Renamings(before.renamed_records)
    links = link(people, once_only(sources), applied(judged, renamings), engine)
    persons, redirects = identify(links.clusters, before.past())
    numbers = frozenset(item.key for person in people for item in person.licenses if item.primary and item.key)
    levels = {record: level for record, (level, _) in links.why.items()}
    thin = thin_records((item.first_id, item.second_id, item.level, item.score) for item in links.links)
    namesakes = namesakes_in(persons, sources)
    undecided = undecided_sources(links, people)
    world = World(sources, readings, now, undecided, numbers, numbers_of_others(persons), levels, thin, namesakes)
    lists = lists_of(records, sources, readings, before)
    hiding = disputed_today(disputes, people, lists.in_force, renamings)
    shown = shown_persons(persons, hiding)
    excluded = match_exclusions([item for item in lists.in_force if item.record_id not in hiding.exclusions], shown)
    review = review_rows(links.candidates, persons, excluded)
    tables = person_tables(persons, shown, hiding, world, records, links, excluded)
    tables["records"] = [row | {"namesakes_in": namesakes.get(row["id"], {})} for row in tables["records"]]
    history = History(persons, tables, world, excluded, lists, redirects, now, shown=shown, hiding=hiding)
    tables |= history_tables(history, before)
    tables |= {
        "links": link_rows(links.links, persons),
        "candidates": candidate_rows(review, links.candidates),
        "judgments": judgment_rows(judged, renamings, owners_of(persons)),
        "disputes": dispute_rows(hiding, owners_of(persons), people),
        "renamed_records": before.renamed_records,
        "states": state_rows(sources),
    }
    tables |= {name: rows for name, rows in published_rule_tables().items() if name != "states"}
    return Build(tables, notes_of(links, excluded, tables["judgments"]) + unread_dates(people) + left_out, cast, review)


def new_rows(records: pd.DataFrame, people: list[Person], before: Before) -> Rows:
    """Records that were not published last time, laid out as far as succession looks."""
    old, names = set(before.bytes_of()), {person.record_id: person.name.display for person in people}
    rows = (row for row in rows_of(records) if row["record_id"] in names)
    return [
        {"id": row["record_id"], "source": row["source"], "source_key": row["source_key"]}
        | {"name": names[row["record_id"]]}
        | {"fields": "{}" if row["record_id"] in old else shown_json(row)}
        for row in rows
    ]


def lists_of(
    records: pd.DataFrame, sources: dict[str, SourceFacts], readings: dict[str, Reading], before: Before
) -> Lists:
    """The federal exclusion list: what it holds, and what was known of it when the last file was built."""
    rows = records[records["source"].map(lambda name: sources[name].kind == "exclusions")]
    printed = dict(zip(rows["record_id"], rows["source"], strict=True))
    known = {row["name"]: row for row in before.sources}
    return Lists(readings, printed, exclusions_of(records, sources), known, before.built_at)


def once_only(sources: dict[str, SourceFacts]) -> frozenset[str]:
    """Sources that list each person once; a board lists each license."""
    return frozenset(name for name, source in sources.items() if source.kind in ONCE_ONLY_KINDS)


def undecided_sources(links: Links, people: Iterable[Any]) -> dict[str, list[str]]:
    """Record id -> sources that hold a record which may be the same person's."""
    source_of = {person.record_id: person.source for person in people}
    found: dict[str, list[str]] = defaultdict(list)
    for first, second in links.undecided:
        found[first].append(source_of[second])
        found[second].append(source_of[first])
    return dict(found)


def person_tables(
    persons: list[Identified],
    shown: list[Identified],
    hiding: Disputed,
    world: World,
    records: pd.DataFrame,
    links: Links,
    excluded: Excluded,
) -> dict[str, Rows]:
    """The tables that hold one person's rows each; `shown`: the persons without what is hidden by a dispute."""
    kinds = {name: source.kind for name, source in world.sources.items()}
    practitioners, tags = [], []
    for full, person in zip(persons, shown, strict=True):
        row = practitioner_row(person, kinds)
        since = "" if full is person else hiding.since(full.members)
        found = shown_tags(full.members, person.members, states_of_person(full, row), world, since)
        practitioners.append(with_tags(row, person, found))
        tags += tag_rows(person, found)
    return {
        "practitioners": practitioners,
        "practitioner_topics": topic_rows(practitioners),
        "tags": tags,
        "licenses": license_rows(shown, world),
        "certifications": certification_rows(shown),
        "exclusions": exclusion_rows(excluded, world),
        "letters": letter_rows(records, shown, world.sources, hiding.fields),
        "records": withheld_records(record_rows(records, shown, links, excluded), hiding),
    }


def notes_of(links: Links, excluded: Excluded, judgments: Rows) -> list[str]:
    """What the operator should hear, without naming anybody."""
    notes = []
    if links.undecided:
        notes.append(f"{len(links.undecided)} pairs of records may be one person's; `diplomate review` lists them.")
    if excluded.possible:
        notes.append(
            f"{excluded.possible} exclusions share only name and state with a practitioner; they are not shown."
        )
    nameless = sum(sentence == NAMELESS for _, sentence in links.why.values())
    if nameless:
        notes.append(f"{nameless} records print no name that can be compared; each stands alone.")
    outcomes = Counter(row["outcome"] for row in judgments)
    if outcomes["waiting"]:
        notes.append(f"{outcomes['waiting']} judgments wait: no source shows one of their records today.")
    return notes + [
        f"{row['file']}, line {row['line']}: judged {row['verdict']}, but the build did not follow it."
        for row in judgments
        if row["outcome"] == "not_applied"
    ]


COUNTED = ("practitioners", "records", "licenses", "certifications", "claims", "changes")


def build_info(now: datetime, version: str, sample: bool, tables: dict[str, Rows]) -> Rows:
    """What the file says of itself; `sample` says that its people are invented."""
    facts = {"built_at": now.strftime(TIMES), "version": version, "sample": str(int(sample))}
    facts |= {name: str(len(tables[name])) for name in COUNTED}
    return [{"key": key, "value": value} for key, value in facts.items()]
