"""Why records stand together, as rows; whom discipline may concern stands in no public list of possible pairs."""

from __future__ import annotations

import json
import stat
from pathlib import Path

import pytest

from pipeline.exclusions import Excluded
from pipeline.facts import Person
from pipeline.ids import Identified
from pipeline.link import Evidence, Link
from pipeline.link_tables import candidate_rows, link_rows, review_rows
from pipeline.review_list import FILE, read_review, write_review
from tests.people import license_fact, listing, person

EVIDENCE = (
    Evidence("middle", "empty", 0.0),
    Evidence("place", "other_city", -1.5),
    Evidence("name", "nickname", -3.0),
    Evidence("license", "agrees", 12.0),
    Evidence("rarity", "by chance", 4.25),
    Evidence("sex", "agrees", 0.5),
    Evidence("weather", "fine_today", -1.0),
)


def link(first: str, second: str, level: str = "confirmed", evidence: tuple[Evidence, ...] = EVIDENCE) -> Link:
    return Link(first, second, level, "license", 11.254, 0.9987654321, 0.123, evidence, "1-abc", "They agree.")


def single(number: int, **facts: object) -> Identified:
    return Identified(f"p{number}", [person(f"board_wa:AC{number}", "Odalys Winterhalter", **facts)])  # type: ignore[arg-type]


def people(*groups: list[Person]) -> list[Identified]:
    return [Identified(f"p{number}", members) for number, members in enumerate(groups, start=1)]


A, B = person("npi_registry:1", "Odalys Winterhalter", "Seattle"), person("ncbahm:a", "Odalys Winterhalter", "Tacoma")


def test_a_link_is_a_row_with_what_agreed_what_did_not_and_what_was_empty() -> None:
    (row,) = link_rows([link(A.record_id, B.record_id)], people([A, B]))
    assert (row["practitioner_id"], row["record_id"], row["other_record_id"]) == ("p1", A.record_id, B.record_id)
    assert (row["level"], row["rule"], row["score"], row["model_version"]) == ("confirmed", "license", 11.25, "1-abc")
    told = {column: json.loads(row[column]) for column in ("agreed", "disagreed", "empty")}
    assert [item["feature"] for item in told["agreed"]] == ["license", "rarity", "name", "unpublished"]
    assert [item["feature"] for item in told["disagreed"]] == ["place", "weather"], "the heaviest first"
    assert [item["feature"] for item in told["empty"]] == ["middle"]
    assert told["agreed"][0] == {
        "feature": "license", "outcome": "agrees", "words": "the same state and license number", "weight": 12.0,
    }  # fmt: skip
    assert told["disagreed"][1]["words"] == "weather: fine today", "an outcome that no table words"


def test_sex_is_published_nowhere_and_the_weights_still_sum_up() -> None:
    (row,) = link_rows([link(A.record_id, B.record_id)], people([A, B]))
    silent = (*EVIDENCE[:-2], Evidence("sex", "empty", 0.0))
    asked = [link(A.record_id, B.record_id, "possible", silent)]
    review = review_rows(asked, people([A], [B]), Excluded())
    assert "sex" not in json.dumps([row, *candidate_rows(review, asked)])
    assert "sex" in review[0]["empty"], "the operator sees it"
    weights = [item["weight"] for column in ("agreed", "disagreed", "empty") for item in json.loads(row[column])]
    assert sum(weights) == pytest.approx(sum(item.weight for item in EVIDENCE))


def test_a_link_told_twice_is_one_row() -> None:
    rows = link_rows([link(A.record_id, B.record_id), link(B.record_id, A.record_id, "probable")], people([A, B]))
    assert [row["level"] for row in rows] == ["confirmed"]


def test_pairs_of_one_person_and_pairs_told_twice_are_not_asked_about() -> None:
    both = [link(A.record_id, B.record_id, "possible"), link(B.record_id, A.record_id, "possible")]
    assert len(review_rows(both, people([A], [B]), Excluded())) == 1
    assert review_rows(both, people([A, B]), Excluded()) == []


HARMFUL = {
    "a suspended license": {"licenses": (license_fact("WA", "AC9", "suspended"),)},
    "an action on an active license": {"licenses": (license_fact("WA", "AC9", "active", "Action taken"),)},
    "a certificate listed as inactive": {"certifications": (listing("listed_inactive"),)},
}


@pytest.mark.parametrize("why", HARMFUL)
def test_a_pair_with_discipline_on_either_side_is_for_the_operator_alone(why: str) -> None:
    persons = [single(1), single(2, **HARMFUL[why]), single(3), single(4)]
    ids = [entry.members[0].record_id for entry in persons]
    asked = [link(ids[0], ids[1], "possible"), link(ids[1], ids[2], "possible"), link(ids[2], ids[3], "possible")]
    review = review_rows(asked, persons, Excluded())
    assert [row["withheld"] for row in review] == [1, 1, 0]
    (public,) = candidate_rows(review, asked)
    assert (public["record_a"], public["rank"]) == (ids[2], 1), "no gap in the ranks tells of the others"
    assert not {"withheld", "states"} & set(public)


def test_discipline_on_another_record_of_the_person_withholds_the_pair_too() -> None:
    revoked = person("board_wa:AC9", "Odalys Winterhalter", licenses=(license_fact("WA", "AC9", "revoked"),))
    asked = [link(A.record_id, B.record_id, "possible")]
    review = review_rows(asked, people([A, revoked], [B]), Excluded())
    assert review[0]["withheld"] == 1 and candidate_rows(review, asked) == []


def test_a_possible_exclusion_withholds_the_pair() -> None:
    review = review_rows([link(A.record_id, B.record_id, "possible")], people([A], [B]), Excluded({"p2": []}))
    assert review[0]["withheld"] == 1


def test_the_operators_list_comes_back_as_it_was_and_nobody_else_reads_it(tmp_path: Path) -> None:
    assert read_review(tmp_path) is None
    rows = review_rows([link(A.record_id, B.record_id, "possible")], people([A], [B]), Excluded())
    write_review(tmp_path, rows)
    write_review(tmp_path, rows)
    (found,) = read_review(tmp_path) or []
    assert (found["rank"], found["score"], found["states"]) == (1, 11.25, ["WA"])
    assert found["agreed"] == json.loads(rows[0]["agreed"])
    assert stat.S_IMODE((tmp_path / FILE).stat().st_mode) == 0o600
    assert [path.name for path in tmp_path.iterdir()] == [FILE]
