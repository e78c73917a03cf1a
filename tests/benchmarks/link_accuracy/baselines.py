"""What others would do with the same records: join by name, by name and state, or by Splink as it comes.

In: normalized persons. Out: record id -> cluster. None knows exclusivity or an ambiguity margin. Splink 5 runs on
DuckDB with the comparisons of its own library, trained as its manual shows, and clusters at a probability of .95.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterable
from contextlib import suppress
from typing import Any

import pandas as pd

from pipeline.facts import Person
from pipeline.names import fold, name_key
from tests.benchmarks.link_accuracy.forest import Forest

Clustering = dict[str, str]
MATCH = 0.95
SEED = 1
COLUMNS = "unique_id given family city state phone npi license".split()


def same_name(people: Iterable[Person]) -> Clustering:
    """Everybody of one name is one person."""
    return joined_by(people, lambda person: [name_key(person.name)])


def same_name_and_state(people: Iterable[Person]) -> Clustering:
    """Everybody of one name who shares a state."""
    return joined_by(people, lambda person: [f"{name_key(person.name)}|{state}" for state in person.states])


def joined_by(people: Iterable[Person], keys: Callable[[Person], list[str]]) -> Clustering:
    """Records that share a key; one without a name stays alone."""
    forest: Forest[str] = Forest()
    first: dict[str, str] = {}
    ids = []
    for person in people:
        ids.append(person.record_id)
        for key in keys(person) if name_key(person.name) else []:
            forest.join(person.record_id, first.setdefault(key, person.record_id))
    return forest.clusters(ids)


def splink_row(person: Person) -> tuple[str | None, ...]:
    """A record as a table for Splink: one value a column, null where there is none."""
    place = person.places[0] if person.places else None
    values = (
        fold(person.name.given),
        fold(person.name.family),
        fold(place.city) if place else "",
        (place.state if place else "") or min(person.states, default=""),
        person.phone,
        person.npi,
        next((item.key for item in person.licenses if item.key), ""),
    )
    return (person.record_id, *(value or None for value in values))


def splink_default(people: Iterable[Person]) -> Clustering:
    """Splink, untuned: train, predict, connected components."""
    from splink.backends.duckdb import DuckDBAPI

    logging.getLogger("splink").setLevel(logging.ERROR)
    table = pd.DataFrame.from_records([splink_row(person) for person in people], columns=COLUMNS)
    linker = trained(DuckDBAPI().register(table))
    pairs = linker.inference.predict(threshold_match_probability=MATCH)
    found = linker.clustering.cluster_pairwise_predictions_at_threshold(pairs, MATCH).as_pandas_dataframe()
    return dict(zip(found["unique_id"], found["cluster_id"], strict=True))


def trained(table: Any) -> Any:
    """A linker with the defaults of the manual: u by sampling, m by EM over two blockings.

    Blocked on phone or city instead, EM takes colleagues of one clinic for matches (precision .19 and .28 at 2,000
    people, .93 so, 2026-11-22). A training that Splink breaks off, because a probability became nothing, leaves its
    parameters as they come.
    """
    from splink import Linker, block_on

    linker = Linker(table, splink_settings(), log_level="ERROR")
    sure: list[Any] = [block_on("npi"), block_on("license", "family"), block_on("given", "family", "phone")]
    linker.training.estimate_probability_two_random_records_match(sure, recall=0.7)
    linker.training.estimate_u_using_random_sampling(max_pairs=1e6, seed=SEED)
    for rule in (block_on("given", "family"), block_on("license")):
        with suppress(ValueError):
            linker.training.estimate_parameters_using_expectation_maximisation(rule)
    return linker


def splink_settings() -> Any:
    import splink.comparison_library as compare
    from splink import SettingsCreator, block_on

    exact = [compare.ExactMatch(column) for column in ("city", "state", "phone", "npi", "license")]
    blocks = [("npi",), ("license",), ("phone",), ("given", "family"), ("family", "city"), ("given", "city")]
    return SettingsCreator(
        link_type="dedupe_only",
        comparisons=[compare.ForenameSurnameComparison("given", "family"), *exact],
        blocking_rules_to_generate_predictions=[block_on(*columns) for columns in blocks],
        retain_matching_columns=False,
    )


BASELINES: dict[str, Callable[[Iterable[Person]], Clustering]] = {
    "same name": same_name,
    "same name and state": same_name_and_state,
    "Splink default": splink_default,
}
