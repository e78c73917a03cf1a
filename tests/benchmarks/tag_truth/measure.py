"""Tags shown against tags that are right: how many are equal, which would do harm, and what linking alone cost.

In: a nation. Out: `Report`. A published practitioner is matched with the true person most of its records belong to (of
equal parts: the one of the record it is made from). Three shares:

    true clusters    the pipeline's tags on the records of each true person: rules and reading alone
    true people      each true person by the practitioner that holds most of his or her records
    practitioners    every practitioner that is published, so that each part of a split person counts by itself

Harm, over practitioners: `listed` or `active` where the true person is not; discipline or an exclusion out of another
person's record, in a tag or in the tables of licenses and exclusions.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime

import pandas as pd

from crawler.records import Record
from crawler.snapshots import EVERYTHING
from pipeline.build import once_only, undecided_sources
from pipeline.commands.source_facts import source_facts
from pipeline.exclusions import match_exclusions
from pipeline.facts import Person, SourceFacts
from pipeline.gather import RECORD_COLUMNS, Reading, as_row
from pipeline.ids import Identified, Past, identify
from pipeline.link import Links, link
from pipeline.namesakes import namesakes_in
from pipeline.normalize import Exclusion, exclusions_of, persons_of
from pipeline.number_holders import numbers_of_others
from pipeline.persons import practitioner_row
from pipeline.tables import states_of_person
from pipeline.tag import tags_of
from pipeline.world import Tag, World, thin_records
from tests.benchmarks.nation import nation
from tests.benchmarks.nation.printing import FETCHED
from tests.benchmarks.tag_truth.oracle import Tags, true_tags

NOW = datetime(2026, 11, 22, tzinfo=UTC)
DISCIPLINE = frozenset(("limited", "suspended", "revoked", "surrendered"))
POSITIVE = frozenset(("listed", "active"))
ABSENT = frozenset(("no_evidence", "not_found"))
EXAMPLES = 12


@dataclass
class Nation:
    """Everything that is known: what sources print, as read by the pipeline, and whose it is."""

    people: list[Person]
    exclusions: list[Exclusion]
    truth: dict[str, int]
    right: dict[int, Tags]


@dataclass
class Share:
    """How many tags are equal to the truth; `wrong` counts (kind, right word, shown word)."""

    equal: int = 0
    all: int = 0
    wrong: Counter[tuple[str, str, str]] = field(default_factory=Counter)

    @property
    def share(self) -> float:
        return self.equal / self.all if self.all else 1.0

    def add(self, right: Tags, shown: Tags) -> None:
        for key in right.keys() | shown.keys():
            self.all += 1
            one, other = right.get(key, "no tag"), shown.get(key, "no tag")
            self.equal += one == other
            if one != other:
                self.wrong[key[0], one, other] += 1


@dataclass
class Report:
    """`split`: true people in several practitioners; `mixed`: practitioners of several true people; `flagged`: wrong
    positive tags beside which a reason to look again is said, `reviews`: all such among `positive` ones. `absences`:
    parts of split people that look absent from a list, `absences_flagged` those that say whom the list holds."""

    people: int
    practitioners: int
    true_clusters: Share = field(default_factory=Share)
    true_people: Share = field(default_factory=Share)
    shown: Share = field(default_factory=Share)
    of_whole: Share = field(default_factory=Share)
    split: int = 0
    mixed: int = 0
    harm: Counter[str] = field(default_factory=Counter)
    flagged: int = 0
    reviews: int = 0
    absences: int = 0
    absences_flagged: int = 0
    positive: int = 0
    examples: list[str] = field(default_factory=list)


def read_nation(people: int, seed: int) -> Nation:
    """Generate, normalize batch by batch, and ask the oracle about each person."""
    sources = source_facts()
    found = Nation([], [], {}, {})
    for batch in nation(people, seed):
        frame = pd.DataFrame([as_row(record) for record in batch.records], columns=RECORD_COLUMNS)
        found.people += persons_of(frame, sources)
        found.exclusions += exclusions_of(frame, sources)
        found.truth |= batch.truth
        found.right |= {person: true_tags(own) for person, own in by_person(batch.records, batch.truth)}
    return found


def by_person(records: Iterable[Record], truth: Mapping[str, int]) -> Iterator[tuple[int, list[Record]]]:
    """Who is in no source but the exclusion list is nobody's practitioner."""
    found: dict[int, list[Record]] = defaultdict(list)
    for record in records:
        found[truth[record.id]].append(record)
    return ((person, own) for person, own in found.items() if any(one.source != "leie" for one in own))


def measure(known: Nation) -> Report:
    """Link and tag as a build does, and the same for the true clusters."""
    sources = source_facts()
    links = link(known.people, once_only(sources))
    persons, _ = identify(links.clusters, Past())
    report = compared(known, persons, world_of(known, persons, sources, links), sources)
    alone = true_clusters(known)
    world = world_of(known, alone, sources)
    for person in alone:
        report.true_clusters.add(known.right[int(person.id)], words(tags_for(person, world, sources)))
    return report


def world_of(
    known: Nation, persons: list[Identified], sources: dict[str, SourceFacts], links: Links | None = None
) -> World:
    readings = {name: Reading(name, last_good=FETCHED, whole={EVERYTHING: FETCHED}) for name in sources}
    numbers = frozenset(item.key for person in known.people for item in person.licenses if item.primary and item.key)
    undecided = undecided_sources(links, known.people) if links else {}
    namesakes = namesakes_in(persons, sources)
    levels = {record: level for record, (level, _) in links.why.items()} if links else {}
    joined = links.links if links else ()
    thin = thin_records((item.first_id, item.second_id, item.level, item.score) for item in joined)
    return World(sources, readings, NOW, undecided, numbers, numbers_of_others(persons), levels, thin, namesakes)


def true_clusters(known: Nation) -> list[Identified]:
    members: dict[int, list[Person]] = defaultdict(list)
    for person in known.people:
        members[known.truth[person.record_id]].append(person)
    return [Identified(str(number), own) for number, own in members.items()]


def tags_for(person: Identified, world: World, sources: dict[str, SourceFacts]) -> list[Tag]:
    row = practitioner_row(person, {name: source.kind for name, source in sources.items()})
    return tags_of(person.members, states_of_person(person, row), world)


def words(tags: Iterable[Tag]) -> Tags:
    return {(tag.kind, tag.scope): tag.value for tag in tags}


def compared(known: Nation, persons: list[Identified], world: World, sources: dict[str, SourceFacts]) -> Report:
    """Every practitioner against the true person it stands for."""
    report = Report(len(known.right), len(persons))
    parts: dict[int, list[tuple[int, Tags]]] = defaultdict(list)
    for person in persons:
        counted = Counter(known.truth[member.record_id] for member in person.members)
        owner, tags = owner_of(person, counted, known.truth), tags_for(person, world, sources)
        report.mixed += len(counted) > 1
        report.shown.add(known.right[owner], words(tags))
        report.positive += sum(tag.value in POSITIVE for tag in tags)
        report.reviews += sum(tag.value in POSITIVE and bool(tag.needs_review) for tag in tags)
        note_harm(report, person, owner, tags, known)
        for true, records in counted.items():
            parts[true].append((records, words(tags)))
    for true, found in parts.items():
        report.split += len(found) > 1
        best = max(found, key=lambda part: part[0])[1]
        report.true_people.add(known.right[true], best)
        if len(found) == 1:
            report.of_whole.add(known.right[true], best)
    note_exclusions(report, known, persons)
    return report


def owner_of(person: Identified, counted: Counter[int], truth: Mapping[str, int]) -> int:
    most = max(counted.values())
    first = (truth[member.record_id] for member in person.members)
    return next(owner for owner in first if counted[owner] == most)


def note_harm(report: Report, person: Identified, owner: int, tags: list[Tag], known: Nation) -> None:
    right = known.right[owner]
    for tag in tags:
        if tag.value in ABSENT and right.get((tag.kind, tag.scope)) != tag.value:
            report.absences += 1
            report.absences_flagged += "holds a person" in f"{tag.because} {tag.needs_review}"
        if tag.value in POSITIVE and right.get((tag.kind, tag.scope)) != tag.value:
            report.flagged += bool(tag.needs_review)
            harm(report, f"{tag.value} shown, is {right.get((tag.kind, tag.scope), 'no tag')}", person, owner, known)
    for member in person.members:
        foreign = known.truth[member.record_id] != owner
        if foreign and any(item.disciplined or item.status in DISCIPLINE for item in member.licenses):
            harm(report, "another's discipline", person, owner, known)


def note_exclusions(report: Report, known: Nation, persons: list[Identified]) -> None:
    owners = {person.id: person for person in persons}
    for identifier, found in match_exclusions(known.exclusions, persons).confirmed.items():
        person = owners[identifier]
        counted = Counter(known.truth[member.record_id] for member in person.members)
        owner = owner_of(person, counted, known.truth)
        for item in found:
            if known.truth[item.record_id] != owner:
                harm(report, "another's exclusion", person, owner, known)


def harm(report: Report, kind: str, person: Identified, owner: int, known: Nation) -> None:
    report.harm[kind] += 1
    if len(report.examples) < EXAMPLES:
        shown = "; ".join(
            f"{member.source}:{member.source_key} {member.name.display!r}"
            + (" (another's)" if known.truth[member.record_id] != owner else "")
            for member in person.members
        )
        report.examples.append(f"{kind}: {shown}")
