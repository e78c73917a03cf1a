"""The invented nation: the same for the same numbers, whole, readable by the pipeline, and like the real one."""

from __future__ import annotations

import csv
import json
from collections import Counter
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path

import pandas as pd
import pytest

from crawler.records import Record
from pipeline.commands.source_facts import source_facts
from pipeline.facts import Person
from pipeline.gather import RECORD_COLUMNS, as_row
from pipeline.names import fold
from pipeline.normalize import exclusions_of, persons_of
from tests.benchmarks.nation import Shares, nation
from tests.benchmarks.nation.__main__ import write
from tests.benchmarks.nation.stream import Stream

PEOPLE = 4_000
SOURCES = {"npi_registry", "ncbahm", "aama", "clinics", "leie"}
SOURCES |= {f"board_{state}" for state in "ca co ct de fl il mo nc tx wa".split()}
TRAPS = {
    *("spouse parent_child namesake reissued changed_surname swapped typo_number shared_clinic two_npis".split()),
    *("deceased moved stale_npi english_name physician no_npi".split()),
}


@dataclass
class Whole:
    """All batches of a nation together."""

    records: list[Record] = field(default_factory=list)
    truth: dict[str, int] = field(default_factory=dict)
    traps: dict[int, frozenset[str]] = field(default_factory=dict)
    pairs: list[tuple[int, int, str]] = field(default_factory=list)


@cache
def whole(people: int = PEOPLE, seed: int = 1, people_a_batch: int = 1_000) -> Whole:
    found = Whole()
    for batch in nation(people, seed, people_a_batch=people_a_batch):
        found.records += batch.records
        found.truth |= batch.truth
        found.traps |= batch.traps
        found.pairs += batch.pairs
    return found


@cache
def frame() -> pd.DataFrame:
    return pd.DataFrame([as_row(record) for record in whole().records], columns=RECORD_COLUMNS)


@cache
def people() -> list[Person]:
    return persons_of(frame(), source_facts())


def test_the_same_numbers_give_the_same_nation() -> None:
    first, second = whole(300, 7), whole(300, 7, 50)
    assert [one.to_line() for one in first.records] == [one.to_line() for one in second.records]
    assert (first.truth, first.traps, first.pairs) == (second.truth, second.traps, second.pairs)
    assert first.truth != whole(300, 8).truth


def test_every_record_has_its_own_key_and_its_person() -> None:
    nation_of = whole()
    assert len({(one.source, one.source_key) for one in nation_of.records}) == len(nation_of.records)
    assert {one.id for one in nation_of.records} == set(nation_of.truth)
    assert set(nation_of.truth.values()) == set(range(PEOPLE))


def test_every_source_is_there_with_about_four_records_a_person() -> None:
    assert {one.source for one in whole().records} == SOURCES
    assert 3.6 * PEOPLE < len(whole().records) < 4.5 * PEOPLE


def test_batches_are_bounded_and_stream() -> None:
    stream = nation(1_000_000, 1, people_a_batch=200)
    sizes = [len(next(stream).records) for _ in range(5)]
    assert all(400 < size < 2_000 for size in sizes)


@pytest.mark.everything
def test_what_a_batch_costs_in_draws_does_not_grow() -> None:
    """Linear: the hundredth batch asks the random source about as often as the second."""
    stream = Stream(20_000, 1, Shares())
    asked: list[int] = []
    counted = 0
    draw = stream.rng.random

    def counting() -> float:
        nonlocal counted
        counted += 1
        return draw()

    stream.rng.random = counting  # type: ignore[method-assign]
    for at, _ in enumerate(stream.batches(500)):
        asked.append(counted)
        counted = 0
        if at == 19:
            break
    assert sum(asked[-5:]) < 1.25 * sum(asked[1:6])


@pytest.mark.everything
def test_every_record_normalizes_to_a_whole_person() -> None:
    found = people()
    assert len(found) == sum(one.source != "leie" for one in whole().records)
    assert all(one.name.given and one.name.family and one.states for one in found)
    assert all(one.npi == one.source_key for one in found if one.source == "npi_registry")
    raw = {row["record_id"]: row["fields"] for row in frame().to_dict("records")}
    assert all(one.phone for one in found if raw[one.record_id].get("phone"))
    assert exclusions_of(frame(), source_facts())


def test_board_licenses_have_keys_and_known_statuses() -> None:
    licenses = [(one.source, item) for one in people() for item in one.licenses if item.primary]
    assert all(item.key for source, item in licenses if source != "board_nc")
    shares = Counter(item.status for _, item in licenses)
    assert 0.6 < shares["active"] / len(licenses) < 0.9
    assert shares["expired"] and shares["inactive"]
    assert sum(item.disciplined for _, item in licenses) < 0.02 * len(licenses)


def test_the_fields_are_those_of_the_spiders() -> None:
    for source in SOURCES - {"clinics"}:
        rows = json.loads((Path(__file__).parent / "expected" / f"{source}.json").read_text())
        known = {name for row in rows for name in row["fields"]}
        found = {name for one in whole().records if one.source == source for name in one.fields}
        assert found - known <= {"suffix", "middle_name", "cut", "discipline_cases", "credential"}, source


def test_family_names_are_as_common_as_in_life() -> None:
    """A Kim in forty practitioners, a Smith in three hundred, and most names rare."""
    names = Counter(fold(one.name.family) for one in people() if one.source == "npi_registry")
    total = sum(names.values())
    assert 0.008 < names["kim"] / total < 0.04
    assert 0.004 < names["nguyen"] / total < 0.02
    assert 0.001 < names["smith"] / total < 0.01
    assert len(names) > 0.4 * total
    assert sum(count for _, count in names.most_common(20)) / total < 0.30


def test_namesakes_become_more_with_the_nation() -> None:
    def share(nation_of: Whole, size: int) -> float:
        return sum("namesake" in labels for labels in nation_of.traps.values()) / size

    assert share(whole(500), 500) < share(whole(), PEOPLE) < 0.05


@pytest.mark.parametrize("label", sorted(TRAPS))
def test_every_trap_is_there_and_rare(label: str) -> None:
    found = sum(label in labels for labels in whole().traps.values()) / PEOPLE
    assert 0 < found < 0.7
    if label in ("two_npis", "reissued", "namesake", "deceased"):
        assert found < 0.02


def test_pairs_name_people_who_bear_the_label() -> None:
    nation_of = whole()
    assert {label for _, _, label in nation_of.pairs} == {"spouse", "parent_child", "namesake"}
    assert all(label in nation_of.traps[one] for pair in nation_of.pairs for one in pair[:2] for label in pair[2:])


def test_one_in_five_has_no_npi_and_half_are_certified() -> None:
    sources = Counter(one.source for one in whole().records)
    assert 0.15 < sum("no_npi" in labels for labels in whole().traps.values()) / PEOPLE < 0.25
    assert 0.45 < sources["ncbahm"] / PEOPLE < 0.65


def test_nothing_can_be_anybodys_real_number_or_address() -> None:
    for one in whole().records:
        fields = one.fields
        numbers = [fields.get("phone", ""), *(place.get("phone", "") for place in fields.get("locations", []))]
        assert all(number[4:7] == "555" for number in numbers if number)
        assert fields.get("npi", "2")[0] == "2"
        assert ".example/" in fields.get("website", ".example/")


def test_the_command_writes_what_it_says(tmp_path: Path) -> None:
    count = write(200, 1, tmp_path)
    records = [Record.from_line(line) for line in (tmp_path / "records.jsonl").read_text().splitlines()]
    with (tmp_path / "truth.csv").open() as file:
        truth = {row["record_id"]: int(row["person"]) for row in csv.DictReader(file)}
    assert count == len(records) == len(truth)
    assert {one.id for one in records} == set(truth)
    assert (tmp_path / "traps.csv").read_text().startswith("person,labels\n")
