"""`/-/status.json` and `/-/metrics`: for a monitor, answered by one worker about the file it serves."""

from __future__ import annotations

from typing import Any

from datasette import hookimpl
from datasette.utils.asgi import Request, Response

from db.pages import PRIVATE, json_answer, read
from db.site import Site
from db.status import Where, document, gauges
from db.status_text import CONTENT_TYPE, text_of


@hookimpl
def register_routes() -> list[tuple[str, Any]]:
    return [(r"^/-/status\.json$", status), (r"^/-/metrics$", metrics)]


def where(site: Site) -> Where:
    """The downloads of a published file lie in `files/NAME` of the data folder, whether they were made or not."""
    return Where(site.files.parent.parent, site.files.name)


async def status(datasette: Site, request: Request) -> Response:
    found = await read(datasette, lambda connection: document(connection, datasette.facts, where(datasette)))
    return json_answer(found, headers=PRIVATE)


async def metrics(datasette: Site, request: Request) -> Response:
    found = await read(datasette, lambda connection: gauges(connection, datasette.facts, where(datasette)))
    return Response(text_of(found), headers=PRIVATE, content_type=CONTENT_TYPE)
