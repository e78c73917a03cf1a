"""The benchmark of the tags, short: the rules are right, and it sees what is wrong where something is."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from functools import cache

from pipeline.commands.source_facts import source_facts
from pipeline.facts import DISCIPLINE, Person
from pipeline.ids import Identified
from tests.benchmarks.tag_truth.measure import (
    Nation,
    Report,
    compared,
    measure,
    read_nation,
    true_clusters,
    world_of,
)

PEOPLE = 600


@cache
def known() -> Nation:
    return read_nation(PEOPLE, seed=1)


def report_of(persons: list[Identified]) -> Report:
    sources = source_facts()
    return compared(known(), persons, world_of(known(), persons, sources), sources)


def test_tags_equal_the_truth_and_nobody_is_harmed() -> None:
    report = measure(known())
    assert report.true_clusters.share >= 0.995, report.true_clusters.wrong
    assert report.of_whole.share >= 0.995, report.of_whole.wrong
    assert report.true_people.share >= 0.95, report.true_people.wrong  # linking's own floor is tested with linking
    assert not report.harm, report.examples


def test_true_clusters_have_nothing_wrong_split_or_mixed() -> None:
    report = report_of(true_clusters(known()))
    assert (report.shown.share, report.split, report.mixed, report.harm.total()) == (1.0, 0, 0, 0)
    assert report.practitioners == report.people == len(known().right)


def merged(first: Identified, second: Identified) -> list[Identified]:
    others = [person for person in true_clusters(known()) if person.id not in (first.id, second.id)]
    return [*others, Identified("wrong", [*first.members, *second.members])]


def people(listed: bool, least: int) -> Iterator[Identified]:
    """True people in the certifier's directory or not, of at least so many records."""
    for person in true_clusters(known()):
        sources = {member.source for member in person.members}
        if ("ncbahm" in sources) == listed and len(person.members) >= least:
            yield person


def test_a_listing_of_another_person_is_seen_as_harm() -> None:
    unlisted = next(people(listed=False, least=3))
    stranger = next(person for person in people(listed=True, least=1) if len(person.members) < 3)
    report = report_of(merged(unlisted, stranger))
    assert report.mixed == 1 and report.harm["listed shown, is no_evidence"] == 1 and report.examples


def is_disciplined(member: Person) -> bool:
    return any(item.disciplined or item.status in DISCIPLINE for item in member.licenses)


def test_discipline_of_another_person_is_seen_as_harm() -> None:
    other = next(person for person in true_clusters(known()) if any(map(is_disciplined, person.members)))
    mine = next(person for person in people(listed=True, least=1) if person.id != other.id)
    half = Identified("half", [member for member in other.members if is_disciplined(member)])
    if len(half.members) >= len(mine.members):
        mine = max(people(listed=True, least=3), key=lambda person: len(person.members))
    assert report_of(merged(mine, half)).harm["another's discipline"] >= 1


def test_a_split_person_is_counted_once_over_people_and_twice_over_practitioners() -> None:
    whole = next(people(listed=True, least=3))
    others = [person for person in true_clusters(known()) if person.id != whole.id]
    apart = [member for member in whole.members if member.source == "ncbahm"]
    rest = [member for member in whole.members if member.source != "ncbahm"]
    report = report_of([*others, Identified("a", rest), Identified("b", apart)])
    assert (report.split, report.mixed) == (1, 0)
    assert report.true_people.wrong.total() < report.shown.wrong.total()
    assert any(one == "listed" for _, one, _ in report.true_people.wrong)


def test_a_wrong_reading_of_a_status_word_is_seen() -> None:
    """The oracle is no mirror of the pipeline: it does not follow when a record is read otherwise."""
    persons = true_clusters(known())
    for person in persons:
        person.members = [replace(member, licenses=()) for member in person.members]
    assert report_of(persons).shown.share < 0.9
