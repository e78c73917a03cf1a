"""Fitting finds the weights of linking again: those that made the pairs, and from a nation which way they speak."""

from __future__ import annotations

import csv
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from pipeline.build import once_only
from pipeline.commands.source_facts import source_facts
from pipeline.link import decide
from pipeline.link.model import outcomes
from pipeline.link.rounds import FEATURES
from tests.benchmarks import link_fit
from tests.benchmarks.link_accuracy.spool import whole_nation
from tests.benchmarks.link_fit import BY_HAND, Fitted, Outcome, committed, fit, lessons_of, says_against, write

PEOPLE, SEED = 1500, 7
FOR = [("name", "same"), ("name", "english_name"), ("middle", "initial"), ("place", "street_and_phone")]
AGAINST = [("middle", "disagrees"), ("website", "other"), ("license", "other"), ("place", "other_state")]


def nothing_known() -> dict[Outcome, float]:
    """The weights set by hand, and 0 for every other."""
    return {outcome: weight if outcome in BY_HAND else 0.0 for outcome, weight in committed().items()}


def found(fitted: list[Fitted]) -> dict[Outcome, float]:
    return {one.outcome: one.fitted for one in fitted if one.fitted is not None}


def invented_pairs(count: int, seed: int) -> pd.DataFrame:
    """Pairs whose outcomes are drawn evenly, right as often as the committed weights say."""
    draws, weights = np.random.default_rng(seed), committed()
    names = {
        feature: [name for name in known if (feature, name) not in BY_HAND] for feature, known in outcomes().items()
    }
    frame = pd.DataFrame({feature: draws.choice(names[feature], count) for feature in FEATURES})
    chance = draws.uniform(-4, 12, count)
    bits = chance + sum(
        frame[feature].map({name: weights[feature, name] for name in names[feature]}) for feature in FEATURES
    )
    return frame.assign(chance=chance, right=draws.random(count) < 1 / (1 + 2.0**-bits))


def test_weights_that_made_the_pairs_are_found_again() -> None:
    taught, before = invented_pairs(40_000, 1), committed()
    fitted = found(fit(taught, nothing_known()))
    assert len(fitted) > 25
    for outcome, weight in fitted.items():
        assert weight == pytest.approx(before[outcome], abs=0.75), outcome
    assert all(fitted[outcome] > 0 for outcome in FOR) and all(fitted[outcome] < 0 for outcome in AGAINST)


@pytest.mark.everything
def test_a_nation_teaches_which_way_the_main_outcomes_speak() -> None:
    people = whole_nation(PEOPLE, SEED)
    taught = lessons_of(decide(people.persons, once_only(source_facts())), people.truth)
    fitted = found(fit(taught, nothing_known()))
    assert all(fitted[outcome] > 0 for outcome in FOR)
    assert fitted["name", "same"] > fitted["name", "nickname"]
    assert fitted["place", "street_and_phone"] > fitted["place", "city"] > fitted["place", "other_city"]


def test_what_few_pairs_bear_on_keeps_its_weight() -> None:
    taught = invented_pairs(10, 2)
    assert found(fit(taught, committed())) == {}


def test_what_disagrees_never_speaks_for_a_pair() -> None:
    always_right = invented_pairs(5_000, 3).assign(right=True)
    fitted = found(fit(always_right, committed()))
    assert all(weight <= 0 for outcome, weight in fitted.items() if says_against(outcome))


def test_writing_changes_weights_alone(tmp_path: Path) -> None:
    file = tmp_path / "link_weights.csv"
    file.write_bytes(link_fit.FILE.read_bytes())
    write([Fitted(("middle", "agrees"), 1.0, 2.13, 5, 5), Fitted(("sex", "agrees"), 0.0, None, 5, 5)], file)
    before, after = (list(csv.DictReader(path.open(encoding="utf-8"))) for path in (link_fit.FILE, file))
    changed = [
        (one["feature"], one["outcome"], two["weight"]) for one, two in zip(before, after, strict=True) if one != two
    ]
    assert changed == [("middle", "agrees", "2.25")]


def test_the_published_nation_teaches_nothing(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        link_fit.main(["--seed", str(link_fit.PUBLISHED)])
    assert "published" in capsys.readouterr().err
