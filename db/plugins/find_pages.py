"""`/find` and the same search as JSON, CSV and GeoJSON, whole."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

from datasette import hookimpl
from datasette.utils.asgi import Request, Response

from db.files import csv_text, geojson, json_text
from db.find import COUNTED, FindQuery, FindResult, find, find_all
from db.pages import FRESH, asked, file_answer, page, read, read_whole
from db.places import find_place
from db.site import Site

FILES = {"json": json_text, "csv": csv_text, "geojson": geojson}
CONTENT_TYPES = {"json": "application/json; charset=utf-8", "geojson": "application/geo+json; charset=utf-8"}
TEXT_FIELDS = [name for name in FindQuery.__dataclass_fields__ if name != "page"]


@hookimpl
def register_routes() -> list[tuple[str, Any]]:
    return [(r"^/find$", find_page), (r"^/find\.(?P<format>json|csv|geojson)$", find_file)]


@hookimpl
def startup() -> None:
    """Read the ZIP centers before the first question: that second must not count against its time limit."""
    find_place("98101")
    find_place("Seattle, WA")


async def find_page(datasette: Site, request: Request) -> Response:
    query = read_query(request)
    result = await read(datasette, lambda connection: find(connection, query))
    context = {
        "query": query,
        "result": result,
        "narrow": narrowing(result),
        "chosen": chosen(result),
        "files": {kind: address(query.filled(), f"/find.{kind}") for kind in ("csv", "json", "geojson")},
        "previous": page_address(result, -1),
        "next": page_address(result, 1),
    }
    return await page(datasette, request, "find.html", context)


async def find_file(datasette: Site, request: Request) -> Response:
    """Answer with every row found. Cells of the CSV are made safe for spreadsheets unless `raw=1`."""
    query, kind = read_query(request), request.url_vars["format"]
    make = FILES[kind]
    safe = asked(request, "raw") != "1"
    body = await read_whole(datasette, lambda found: make(find_all(found, query), datasette.facts, safe))
    if kind == "csv":
        return file_answer(body, "text/csv", "practitioners.csv")
    return Response(body, headers=FRESH, content_type=CONTENT_TYPES[kind])


def read_query(request: Request) -> FindQuery:
    text = {name: asked(request, name) for name in TEXT_FIELDS}
    number = asked(request, "page")
    page_number = int(number) if number.isascii() and number.isdigit() and len(number) < 7 else 1
    return FindQuery(**text, page=page_number)


def address(values: dict[str, str], path: str = "/find") -> str:
    return f"{path}?{urlencode(values)}" if values else path


def page_address(result: FindResult, step: int) -> str | None:
    wanted = min(max(1, result.query.page), result.pages) + step
    if not 1 <= wanted <= result.pages:
        return None
    return address({**result.query.filled(), "page": str(wanted)})


def chosen(result: FindResult) -> list[dict[str, str]]:
    """Return the filters in use, each with the address that removes it."""
    filled = result.query.filled()
    return [
        {"name": name, "value": value, "without": address({k: v for k, v in filled.items() if k != name})}
        for name, value in filled.items()
        if name in COUNTED
    ]


def narrowing(result: FindResult) -> dict[str, list[dict[str, Any]]]:
    """Return, per filter not in use, its values with counts and addresses."""
    filled = result.query.filled()
    return {
        name: [{"value": c.value, "rows": c.rows, "href": address({**filled, name: c.value})} for c in counts]
        for name, counts in result.counts.items()
        if counts and name not in filled
    }
