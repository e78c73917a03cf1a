"""`/find` and the same search as JSON, CSV and GeoJSON, whole."""

from __future__ import annotations

import json
import sqlite3
from typing import Any
from urllib.parse import urlencode

from datasette import hookimpl
from datasette.utils.asgi import Request, Response

from db.facts import Facts
from db.files import csv_text, geojson, json_text
from db.find import SORTS, FindQuery, FindResult, find, find_all
from db.find_counts import COUNTED, Count
from db.find_filter import WORDS
from db.pages import FRESH, asked, file_answer, json_answer, page, read, read_whole
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
    result = await read(datasette, lambda connection: find(connection, query, datasette.known))
    status = 400 if result.trouble else 200
    return await page(datasette, request, "find.html", context_of(result, datasette), status=status)


def context_of(result: FindResult, site: Site) -> dict[str, Any]:
    """Everything that find.html shows."""
    query = result.query
    return {
        "query": query,
        "result": result,
        "read_as": read_as(result),
        "narrow": narrowing(result, site.facts),
        "chosen": chosen(result),
        "best": best_evidenced(result),
        "wider": wider(result),
        "meant": [(town, address(result.query.filled() | {"near": town})) for town in result.meant],
        "without_words": without_words(result),
        "sorts": sorts(result),
        "files": {kind: address(query.filled(), f"/find.{kind}") for kind in ("csv", "json", "geojson")},
        "previous": page_address(result, -1),
        "next": page_address(result, 1),
        "map": map_data(result, site),
    }


async def find_file(datasette: Site, request: Request) -> Response:
    """Answer with every row found. Cells of the CSV are made safe for spreadsheets unless `raw=1`."""
    query, kind = read_query(request), request.url_vars["format"]
    make = FILES[kind]
    safe = asked(request, "raw") != "1"
    known = datasette.known

    def made(connection: sqlite3.Connection) -> tuple[FindResult, str]:
        result = find_all(connection, query, known)
        return result, make(result, datasette.facts, safe)

    result, body = await read_whole(datasette, made)
    if result.trouble:
        return json_answer({"ok": False, "status": 400, "error": result.trouble, "meant": result.meant}, status=400)
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


def read_as(result: FindResult) -> dict[str, Any]:
    """What was read out of the box, and the address that looks for its words themselves."""
    read, filled = result.understood, result.query.filled()
    if not (read.topics or read.near or read.state or read.npi or read.license):
        return {}
    rest = {name: value for name, value in filled.items() if name != "q"}
    return {
        "topics": read.topics,
        "near": read.near,
        "state": read.state,
        "words": read.words,
        "npi": read.npi,
        "license": read.license,
        "as_words": address(rest | {"words": result.query.q}),
        "elsewhere": [(town, address(filled | {"near": town})) for town in read.also_in],
    }


def chosen(result: FindResult) -> list[dict[str, str]]:
    """Return the filters in use, each with the address that removes it."""
    filled = result.query.filled()
    return [
        {"name": name, "value": value, "without": address({k: v for k, v in filled.items() if k != name})}
        for name, value in filled.items()
        if name in COUNTED or name == "words"
    ]


def narrowing(result: FindResult, facts: Facts) -> dict[str, list[dict[str, Any]]]:
    """Return, for each filter not in use, its values with counts and addresses."""
    filled = result.query.filled()
    return {
        name: [{"value": c.value, "rows": c.rows, "href": address({**filled, name: c.value})} for c in counts]
        for name, counts in ((name, in_order(name, counts, facts)) for name, counts in result.counts.items())
        if counts and name not in filled
    }


def in_order(name: str, counts: list[Count], facts: Facts) -> list[Count]:
    """Tags from the best evidence to none at all, everything else by how many people it leaves."""
    return sorted(counts, key=lambda count: facts.rank(name, count.value)) if name in WORDS else counts


def best_evidenced(result: FindResult) -> dict[str, str]:
    """The address that keeps people whom the certifier lists and whose board shows an active license."""
    filled = result.query.filled()
    if "certification" in filled or "license" in filled or not result.total:
        return {}
    return {"href": address({**filled, "certification": "listed", "license": "active"})}


def wider(result: FindResult) -> dict[str, str]:
    """Where nobody matches near a place: the address of everybody there, whatever they treat or speak."""
    near = result.query.near or result.understood.near
    if result.total or not result.place or result.query.filled().keys() <= {"near", "miles"}:
        return {}
    return {"href": address({"near": near}), "label": result.place.label}


def without_words(result: FindResult) -> dict[str, str]:
    """Where nobody matches: the same search without the words that were taken for a name, clinic or town."""
    read, filled = result.understood, result.query.filled()
    understood = {"q": " ".join(topic.wording for topic in read.topics), "near": read.near, "state": read.state}
    rest = {name: value for name, value in (understood | filled).items() if name not in ("q", "words") and value}
    rest |= {"q": understood["q"]} if understood["q"] else {}
    if result.total or result.trouble or not (read.words and rest.keys() - {"miles", "sort"}):
        return {}
    return {"words": read.words, "href": address(rest)}


def sorts(result: FindResult) -> list[dict[str, Any]]:
    """The orders people can be shown in, and which it is now."""
    filled = result.query.filled()
    usual = "distance" if result.place else "name"
    now = result.query.sort if result.query.sort in SORTS else usual
    return [
        {"name": name, "here": name == now, "href": address({**filled, "sort": name})}
        for name in SORTS
        if name != "distance" or result.place
    ]


def map_data(result: FindResult, site: Site) -> dict[str, Any]:
    """What the map draws: the place, the circle, and one point for each ZIP."""
    if not result.place or not result.points:
        return {}
    points = [[p.latitude, p.longitude, p.people, p.town, p.zip] for p in result.points]
    place = result.place
    drawn = {"center": [place.latitude, place.longitude], "label": place.label, "miles": result.miles, "points": points}
    return {"json": json.dumps(drawn, ensure_ascii=False), "tiles": site.tiles}
