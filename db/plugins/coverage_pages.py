"""`/sources`, `/states`, `/states/XX` and `/-/status.json`: what was read, when, and what was not."""

from __future__ import annotations

import sqlite3
from typing import Any

from datasette import hookimpl
from datasette.utils.asgi import NotFound, Request, Response

from db import overview
from db.facts import Facts
from db.pages import json_answer, page, read
from db.profiles import board_links
from db.rows import Row, select
from db.site import Site


@hookimpl
def register_routes() -> list[tuple[str, Any]]:
    return [
        (r"^/sources$", sources),
        (r"^/states$", states),
        (r"^/states/(?P<code>[A-Za-z]{2})$", state),
        (r"^/-/status\.json$", status),
    ]


async def sources(datasette: Site, request: Request) -> Response:
    runs = await read(datasette, overview.recent_runs)
    context = {"sources": overview.source_rows(datasette.facts), "runs": runs}
    return await page(datasette, request, "sources.html", context)


async def states(datasette: Site, request: Request) -> Response:
    rows = await read(datasette, lambda connection: overview.state_rows(connection, datasette.facts))
    return await page(datasette, request, "states.html", {"states": rows})


async def state(datasette: Site, request: Request) -> Response:
    code = request.url_vars["code"].upper()
    row = datasette.facts.states.get(code)
    if row is None:
        raise NotFound(f"no state {code}")
    context = {
        "state": overview.state_row(row, datasette.facts),
        "people": await read(datasette, lambda connection: license_counts(connection, code, datasette.facts)),
        "links": board_links(code, datasette.facts),
    }
    return await page(datasette, request, "state.html", context)


def license_counts(connection: sqlite3.Connection, code: str, facts: Facts) -> list[Row]:
    """Return how many people of a state carry which license tag."""
    sql = (
        "SELECT license_status AS tag, count(*) AS people FROM practitioners WHERE state = ?"
        " AND license_status IS NOT NULL GROUP BY 1 ORDER BY 2 DESC"
    )
    return [row | {"word": facts.word("license", row["tag"])} for row in select(connection, sql, [code])]


async def status(datasette: Site) -> Response:
    facts = datasette.facts
    document = await read(datasette, lambda connection: overview.status(connection, facts))
    return json_answer(document)
