"""Model: the weights, settings and levels of linking, as the CSV files of pipeline/rules give them.

In: link_weights.csv, link_settings.csv, link_levels.csv. Out: numbers and words, and a version that changes with every
change of any of them, so that a published link names the model it was made by.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from functools import cache
from itertools import groupby

from pipeline.rules import RULES_FOLDER, read_rule_table

FILES = ("link_weights", "link_settings", "link_levels", "common_family_names", "common_given_names", "no_names")
LINK_RULES = 4  # raise it when the code that compares or joins changes what is joined


@dataclass(frozen=True)
class Outcome:
    """One way a feature can come out: bits, whether it agrees, disagrees or is empty, and words for a page."""

    weight: float
    says: str
    words: str


@cache
def outcomes() -> dict[str, dict[str, Outcome]]:
    """Feature -> outcome -> what it weighs, in the file's order."""
    rows = read_rule_table("link_weights")
    return {
        feature: {row["outcome"]: Outcome(float(row["weight"]), row["says"], row["words"]) for row in group}
        for feature, group in groupby(rows, key=lambda row: row["feature"])
    }


@cache
def setting(name: str) -> float:
    """A number of link_settings.csv; KeyError for a name it lacks."""
    return {row["name"]: float(row["value"]) for row in read_rule_table("link_settings")}[name]


def probability(score: float) -> float:
    """How often links of this score are right, by the calibration in link_settings.csv."""
    bits = setting("calibration_slope") * score + setting("calibration_offset")
    return 1 / (1 + 2 ** -max(min(bits, 60.0), -60.0))


@cache
def version() -> str:
    """Rules and model in a few characters: `1-3f9a0c`."""
    texts = b"".join((RULES_FOLDER / f"{name}.csv").read_bytes() for name in FILES)
    return f"{LINK_RULES}-{hashlib.sha256(texts).hexdigest()[:6]}"
