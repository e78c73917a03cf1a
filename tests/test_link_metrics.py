"""What measures linking, measured itself: clusterings small enough to be counted by hand."""

from __future__ import annotations

import pytest

from pipeline.facts import Person
from pipeline.link import Link
from pipeline.rules import read_rule_table
from tests.benchmarks.link_accuracy.baselines import same_name, same_name_and_state
from tests.benchmarks.link_accuracy.curve import curve, recall_at, thinned
from tests.benchmarks.link_accuracy.forbidden import conflicts
from tests.benchmarks.link_accuracy.forest import Forest
from tests.benchmarks.link_accuracy.levels import by_level, by_probability, by_record
from tests.benchmarks.link_accuracy.metrics import Labeled, labeled, score
from tests.benchmarks.link_accuracy.process import Timed, measured
from tests.benchmarks.link_accuracy.report import table
from tests.benchmarks.link_accuracy.review import coverage
from tests.benchmarks.link_accuracy.subsets import (
    by_surname,
    by_trap,
    commonest,
    source_pairs,
    surnames,
    taken_for_each_other,
)
from tests.benchmarks.link_growth import exponent
from tests.people import license_fact, person

# Anna has records a1-a3, Bela b1-b2, Cleo c1. The clustering joins a1+a2, puts a3 with b1 and b2, leaves c1 alone.
TRUTH = {"a1": "Anna", "a2": "Anna", "a3": "Anna", "b1": "Bela", "b2": "Bela", "c1": "Cleo"}
MIXED = {"a1": "x", "a2": "x", "a3": "y", "b1": "y", "b2": "y", "c1": "z"}
ALL_IN_ONE = dict.fromkeys(TRUTH, "x")


def link_of(
    first: str, second: str, score: float, level: str = "probable", probability: float = 0.9, rule: str = "evidence"
) -> Link:
    return Link(first, second, level, rule, score, probability, 0.0, (), "test", "")


def test_right_wrong_and_missed_pairs_are_counted() -> None:
    found = score(labeled(TRUTH, MIXED))
    assert (found.people, found.records) == (3, 6)
    assert (found.pairs.right, found.pairs.joined, found.pairs.true) == (2, 4, 4)
    assert (found.pairs.wrong, found.pairs.missed) == (2, 2)
    assert (found.pairs.precision, found.pairs.recall, found.pairs.f1) == (0.5, 0.5, 0.5)


def test_b_cubed_is_the_mean_over_records() -> None:
    found = score(labeled(TRUTH, MIXED))
    assert found.cubed_precision == pytest.approx((1 + 1 + 1 / 3 + 2 / 3 + 2 / 3 + 1) / 6)
    assert found.cubed_recall == pytest.approx((2 / 3 + 2 / 3 + 1 / 3 + 1 + 1 + 1) / 6)


def test_a_clustering_that_is_wrong_on_purpose_shows() -> None:
    found = score(labeled(TRUTH, ALL_IN_ONE))
    assert (found.pairs.precision, found.pairs.recall) == (pytest.approx(4 / 15), 1.0)
    assert found.cubed_precision == pytest.approx((9 + 4 + 1) / 36) and found.cubed_recall == 1.0


def test_truth_itself_is_perfect_and_joining_nothing_is_precise() -> None:
    assert score(labeled(TRUTH, TRUTH)).pairs.f1 == score(labeled(TRUTH, TRUTH)).cubed_f1 == 1.0
    alone = score(labeled(TRUTH, {record: record for record in TRUTH}))
    assert (alone.pairs.precision, alone.pairs.recall) == (1.0, 0.0)


def test_a_record_that_was_dropped_is_an_error() -> None:
    with pytest.raises(ValueError, match="'c1'"):
        labeled(TRUTH, {record: "x" for record in TRUTH if record != "c1"})


def test_many_records_need_no_list_of_pairs() -> None:
    truth = {str(number): str(number % 2) for number in range(200_000)}
    assert score(labeled(truth, dict.fromkeys(truth, "x"))).pairs.joined == 200_000 * 199_999 // 2


def of_mixed() -> Labeled:
    return labeled(TRUTH, MIXED)


def test_pairs_of_sources_are_counted_across_the_two() -> None:
    found = source_pairs(of_mixed(), ["npi", "board", "npi", "board", "npi", "npi"])
    across = found["board", "npi"].pairs
    assert (across.right, across.joined, across.true) == (2, 3, 3)
    assert (found["npi", "npi"].pairs.joined, found["npi", "npi"].pairs.true) == (1, 1)
    assert ("board", "board") not in found


def test_a_wrong_join_counts_for_the_people_of_either_side() -> None:
    names = {"Anna": "kim", "Bela": "zeleny", "Cleo": "zeleny"}
    found = by_surname(of_mixed(), TRUTH, {person: name for person, name in names.items() if name == "kim"})
    common, others = found["twenty commonest surnames"], found["other surnames"]
    assert (common.pairs.right, common.pairs.wrong, common.pairs.missed, common.people) == (1, 2, 2, 1)
    assert (others.pairs.right, others.pairs.wrong, others.pairs.missed, others.people) == (1, 2, 0, 2)


def test_surnames_are_those_most_records_print_apart() -> None:
    records = [person("a:1", "Kim|L|Park"), person("b:1", "Park Kim L"), person("c:1", "Wu Kim")]
    truth = {"a:1": "P", "b:1": "P", "c:1": "Q"}
    assert surnames(truth, records)["Q"] == "kim"
    many = {str(number): f"name{number % 30:02}" for number in range(45)}
    assert commonest(many) == {f"name{number:02}" for number in [*range(15), *range(15, 20)]}


def test_traps_tell_joins_inside_from_joins_with_anybody() -> None:
    found = by_trap(of_mixed(), TRUTH, {"Anna": ("spouse",), "Bela": ("spouse", "namesake"), "Cleo": ()})
    assert list(found) == ["namesake", "spouse"]
    assert (found["spouse"].inside, found["spouse"].scores.pairs.missed) == (2, 2)
    assert (found["namesake"].inside, found["namesake"].scores.pairs.wrong) == (0, 2)


def test_pairs_taken_for_each_other_are_counted_by_label() -> None:
    pairs = [("Anna", "Bela", "spouse"), ("Anna", "Cleo", "spouse"), ("Bela", "Cleo", "namesake")]
    assert taken_for_each_other(TRUTH, MIXED, pairs) == {"namesake": (1, 0), "spouse": (2, 1)}


def test_review_covers_fragments_that_a_true_line_names() -> None:
    truth = dict.fromkeys(("a", "b", "c", "d"), "Anna") | {"e": "Bela"}
    apart = {"a": "1", "b": "1", "c": "2", "d": "3", "e": "3"}
    found = coverage(truth, apart, [("a", "c"), ("c", "d"), ("b", "e"), ("a", "b")])
    assert (found.fragments, found.listed, found.reachable) == (3, 2, 3)
    assert (found.pairs, found.pairs_listed) == (5, 3)
    assert (found.lines, found.right_lines, found.share) == (4, 3, 0.6)


def test_a_line_about_two_people_covers_nothing() -> None:
    found = coverage(TRUTH, MIXED, [("a1", "b1")])
    assert (found.fragments, found.listed, found.right_lines) == (1, 0, 0)


def test_levels_are_compared_with_what_they_say() -> None:
    links = [
        link_of("a1", "a2", 30, "confirmed", 1.0),
        link_of("a1", "a3", 9, probability=0.97),
        link_of("a3", "b1", 8, probability=0.95),
    ]
    confirmed, probable = by_level(TRUTH, links)
    assert (confirmed.count, confirmed.said, confirmed.measured) == (1, 1.0, 1.0)
    assert (probable.count, probable.said, probable.measured) == (2, pytest.approx(0.96), 0.5)
    assert [(row.group, row.count) for row in by_probability(TRUTH, links)] == [("0.95 to 0.98", 2), ("0.9999 to 1", 1)]


def test_levels_beside_records_are_judged_by_the_main_person() -> None:
    why = dict.fromkeys(TRUTH, ("probable", "")) | {"a1": ("confirmed", "")}
    assert by_record(TRUTH, MIXED, why) == {"confirmed": (1, 1), "probable": (4, 3)}


def test_the_curve_rises_link_by_link_and_goes_on_into_the_review_list() -> None:
    links = [link_of("a3", "b1", 5), link_of("a1", "a2", 9), link_of("b1", "b2", 0, rule="npi")]
    points = curve(TRUTH, links, [link_of("a2", "a3", 20, "possible")])
    assert [(point.pairs.right, point.pairs.joined) for point in points] == [(1, 1), (2, 2), (2, 4), (4, 10)]
    assert [point.joined for point in points] == [True, True, True, False]
    best = recall_at(points, 0.99)
    assert best and (best.pairs.recall, best.score) == (0.5, 9)
    assert recall_at([points[2]], 0.99) is None and thinned(points, 3)[-1] is points[-1]


def test_links_of_one_score_are_one_point() -> None:
    points = curve(TRUTH, [link_of("a1", "a2", 9), link_of("b1", "b2", 9)], [])
    assert [(point.links, point.pairs.right) for point in points] == [(2, 2)]


def test_the_curve_ends_where_the_clusters_stand() -> None:
    links = [link_of("a1", "a2", 9), link_of("a3", "b1", 8), link_of("b1", "b2", 7), link_of("a3", "b2", 6)]
    assert curve(TRUTH, links, [])[-1].pairs == score(of_mixed()).pairs


def clusters_with_conflicts() -> list[list[Person]]:
    live = [license_fact("WA", number, "active") for number in ("AC1", "AC2")]
    return [
        [person("npi_registry:1", "Anna Zeleny"), person("npi_registry:2", "Anna Zeleny")],
        [person("ncbahm:1", "Bela Zeleny"), person("ncbahm:2", "Bela Zeleny")],
        [
            person("board_wa:1", "Cleo|M|Zeleny", licenses=(live[0],)),
            person("board_wa:2", "Dora||Zeleny", licenses=(live[1],)),
        ],
    ]


def test_forbidden_conflicts_are_found() -> None:
    found = conflicts(clusters_with_conflicts(), frozenset(("npi_registry", "ncbahm")))
    assert (found.npis, found.entries, found.licenses, found.licenses_of_two_names) == (1, 2, 1, 1)
    assert found.total == 4 and len(found.examples) == 3


def test_what_may_stand_together_is_no_conflict() -> None:
    dead, live = license_fact("WA", "AC1", "expired"), license_fact("WA", "AC2", "active")
    clusters = [
        [person("board_wa:1", "Cleo Zeleny", licenses=(dead,)), person("board_wa:2", "Cleo Zeleny", licenses=(live,))],
        [person("board_wa:3", "Dora Zeleny", licenses=(live,)), person("roster_wa:3", "Dora Zeleny", licenses=(live,))],
        [person("ncbahm:1", "Bela Zeleny"), person("ncbahm:x", "Bela Zeleny", keyless=True)],
    ]
    assert conflicts(clusters, frozenset(("ncbahm",))).total == 0


def test_name_only_joins_take_namesakes_for_one() -> None:
    people = [person("a:1", "Li Wei"), person("b:1", "Wei Li"), person("c:1", "Wei Li", state="CA"), person("d:1", "")]
    named, stated = same_name(people), same_name_and_state(people)
    assert named["a:1"] == named["b:1"] == named["c:1"] != named["d:1"]
    assert stated["a:1"] == stated["b:1"] != stated["c:1"]


def test_splink_joins_what_agrees_everywhere() -> None:
    pytest.importorskip("splink")
    from tests.benchmarks.link_accuracy.baselines import splink_default

    people = [one for number in range(300) for one in twins(number)]
    found = splink_default(people)
    assert len(found) == 600 and found["a:7"] == found["b:7"]


def twins(number: int) -> list[Person]:
    """One invented person in two sources that print the same phone and license."""
    name = f"{'ABCDEFGHIJ'[number % 10]}{'aeiou'[number % 5]}nna{number} Z{'aeiou'[number // 60]}leny{number // 3}"
    phone = f"+1206555{number:04}"
    held = (license_fact("WA", f"AC{number + 1}"),)
    return [person(f"{source}:{number}", name, f"City{number % 40}", phone=phone, licenses=held) for source in "ab"]


def test_roots_do_not_depend_on_who_joined_whom_first() -> None:
    forest: Forest[str] = Forest()
    for one, two in (("a", "b"), ("c", "d"), ("d", "b"), ("a", "c")):
        forest.join(one, two)
    assert len(set(forest.clusters("abcd").values())) == 1 and forest.root("e") == "e"


def test_waiting_for_input_is_not_the_steps_time() -> None:
    source = Timed(iter("abc"))
    assert list(source) == ["a", "b", "c"] and source.seconds >= 0
    result, cost = measured(list, "abc")
    assert result == ["a", "b", "c"] and cost.peak_mb >= cost.before_mb


def test_the_exponent_is_the_slope_of_the_logarithms() -> None:
    assert exponent([10, 100, 1000], [2, 20, 200]) == pytest.approx(1)
    assert exponent([10, 100, 1000], [1, 100, 10_000]) == pytest.approx(2)


def test_tables_stand_in_columns() -> None:
    assert table("what", ("n",), [("a", 1234), ("bb", 0.5)]).splitlines() == [
        "what        n",
        "a       1,234",
        "bb    0.50000",
    ]


def test_the_published_table_holds_shares_of_samples() -> None:
    rows = read_rule_table("link_accuracy")
    if not rows:
        pytest.skip("no table was published yet")
    assert all(0 <= float(row["value"]) <= 1 for row in rows if row["measure"] != "forbidden conflicts")
    assert all(float(row["value"]) == 0 for row in rows if row["measure"] == "forbidden conflicts")
