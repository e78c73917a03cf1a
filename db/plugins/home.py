"""The first page: search, check, and what this site knows. Data for templates/index.html."""

from __future__ import annotations

import csv
from collections.abc import Awaitable, Callable
from functools import cache
from pathlib import Path
from typing import Any

from datasette import hookimpl

from db.overview import COVERAGE, counted_people, people_counts, source_rows, state_rows, troubled
from db.pages import read_once
from db.rows import Row
from db.site import Site

GRID = Path(__file__).parents[1] / "state_grid.csv"


@hookimpl
def extra_template_vars(datasette: Site, template: str) -> Callable[[], Awaitable[dict[str, Any]]] | dict[str, Any]:
    if template != "index.html":
        return {}

    async def home() -> dict[str, Any]:
        facts = datasette.facts
        sources = source_rows(facts)
        counted = await read_once(datasette, counted_people)
        states = state_rows(counted, facts)
        return {
            "counts": people_counts(counted, facts),
            "sources": sources,
            "troubled": troubled(sources),
            "states": states,
            "coverage": coverage(states),
            "licensing": licensing(states),
            "grid": grid(),
        }

    return home


def coverage(states: list[Row]) -> list[dict[str, Any]]:
    """Each kind of coverage that occurs, what it means, and its states."""
    kinds = [
        {"words": words, "css": css, "says": says, "states": [row for row in states if row["coverage_words"] == words]}
        for words, (css, says) in COVERAGE.items()
    ]
    return [kind for kind in kinds if kind["states"]]


def licensing(states: list[Row]) -> dict[str, Any]:
    """What the table of states says of licensing and of certification."""
    return {
        "all": len(states),
        "regulated": sum(row["regulated"] == 1 for row in states),
        "none": [row for row in states if row["regulated"] == 0],
        "certification": sum(row["certification_class"] == "certification_required" for row in states),
    }


@cache
def grid() -> dict[str, dict[str, str]]:
    """Where each state stands on the picture: squares of one size, so that no state is too small to press."""
    with GRID.open(encoding="utf-8", newline="") as lines:
        return {row["code"]: row for row in csv.DictReader(lines)}
