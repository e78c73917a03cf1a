"""`/sources`, `/states` and `/states/XX`: what was read, when, and what was not."""

from __future__ import annotations

from typing import Any

from datasette import hookimpl
from datasette.utils.asgi import NotFound, Request, Response

from db import overview
from db.pages import page, read, read_once
from db.profiles import board_links
from db.site import Site


@hookimpl
def register_routes() -> list[tuple[str, Any]]:
    return [
        (r"^/sources$", sources),
        (r"^/states$", states),
        (r"^/states/(?P<code>[A-Za-z]{2})$", state),
    ]


async def sources(datasette: Site, request: Request) -> Response:
    runs = await read(datasette, overview.recent_runs)
    rows = overview.source_rows(datasette.facts)
    context = {"sources": rows, "troubled": overview.troubled(rows), "runs": runs}
    return await page(datasette, request, "sources.html", context)


async def states(datasette: Site, request: Request) -> Response:
    facts = datasette.facts
    context = {
        "states": overview.state_rows(await read_once(datasette, overview.counted_people), facts),
        "licenses": overview.board_counts(await read_once(datasette, overview.counted_licenses), facts),
    }
    return await page(datasette, request, "states.html", context)


async def state(datasette: Site, request: Request) -> Response:
    code = request.url_vars["code"].upper()
    row = datasette.facts.states.get(code)
    if row is None:
        raise NotFound(f"no state {code}")
    facts, counted = datasette.facts, await read_once(datasette, overview.counted_people)
    context = {
        "state": overview.state_row(row, facts) | {"people": counted["state"][code]},
        "people": overview.license_counts(counted, facts, code),
        "licenses": overview.board_counts(await read_once(datasette, overview.counted_licenses), facts)[code],
        "links": board_links(code, facts),
    }
    return await page(datasette, request, "state.html", context)
