"""The first page: search, check, and what this site knows. Data for templates/index.html."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any

from datasette import hookimpl

from db.overview import people_counts, source_rows, state_rows
from db.pages import read
from db.site import Site


@hookimpl
def extra_template_vars(datasette: Site, template: str) -> Callable[[], Awaitable[dict[str, Any]]] | dict[str, Any]:
    if template != "index.html":
        return {}

    async def home() -> dict[str, Any]:
        facts = datasette.facts
        return {
            "counts": await read(datasette, lambda connection: people_counts(connection, facts)),
            "sources": source_rows(facts),
            "states": await read(datasette, lambda connection: state_rows(connection, facts)),
        }

    return home
