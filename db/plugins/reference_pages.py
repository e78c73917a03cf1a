"""`/methods`, `/data` and `/robots.txt`: how tags are made, what can be taken away, who may crawl."""

from __future__ import annotations

import sqlite3
from pathlib import Path
from typing import Any

from datasette import hookimpl
from datasette.utils.asgi import AsgiFileDownload, NotFound, Request, Response

from db.described import DATABASE
from db.pages import FRESH, page, read
from db.rows import count, select
from db.schema import TABLES
from db.site import Site
from db.whole_files import CONTENT_TYPES, FORMATS, MANIFEST, WHOLE

# Pages must stay readable so that their noindex is seen; endless filters and files need no robot.
ROBOTS = """User-agent: *
Disallow: /diplomate/
Disallow: /check
Disallow: /find?
Disallow: /data/
Disallow: /*.csv
Disallow: /*.json
"""

# The largest nation, without single pairs of sources; table link_accuracy holds all.
SHOWN_ACCURACY = (
    "SELECT * FROM link_accuracy WHERE population = (SELECT max(population) FROM link_accuracy)"
    " AND subset NOT LIKE 'sources:%' ORDER BY rowid"
)


@hookimpl
def register_routes() -> list[tuple[str, Any]]:
    return [
        (r"^/methods$", methods),
        (r"^/data$", data),
        (r"^/data/(?P<name>[a-z_]+(\.spreadsheet)?\.(csv|json|parquet))$", whole_file),
        (r"^/robots\.txt$", robots),
    ]


async def methods(datasette: Site, request: Request) -> Response:
    return await page(datasette, request, "methods.html", await read(datasette, rules))


def rules(connection: sqlite3.Connection) -> dict[str, Any]:
    """Return the rule tables exactly as they were applied."""
    return {
        "tag_words": select(connection, "SELECT * FROM tag_words ORDER BY kind, rowid"),
        "rules": select(connection, "SELECT * FROM tag_rules ORDER BY kind, rowid"),
        "windows": select(connection, "SELECT * FROM windows ORDER BY days"),
        "levels": select(connection, "SELECT * FROM link_levels ORDER BY rowid"),
        "accuracy": select(connection, SHOWN_ACCURACY),
        "credentials": select(connection, "SELECT * FROM credentials ORDER BY type, canonical"),
    }


async def data(datasette: Site, request: Request) -> Response:
    described = datasette.metadata("databases")[DATABASE]
    rows = await read(datasette, table_counts)
    tables = [
        {
            "name": name,
            "rows": rows[name],
            "description": described["tables"].get(name, {}).get("description", ""),
        }
        for name in TABLES
    ]
    queries = [{"name": name, **query} for name, query in described["queries"].items()]
    context = {"tables": tables, "queries": queries, "downloads": downloads(datasette), "formats": FORMATS}
    return await page(datasette, request, "data.html", context)


def downloads(site: Site) -> list[dict[str, Any]]:
    """The whole files of the published database by table; none where they were not made."""
    files = site.manifest.get("files", [])
    return [
        {"table": table, "rows": of_table[0]["rows"], "files": {file["format"]: file for file in of_table}}
        for table in WHOLE
        if (of_table := [file for file in files if file["table"] == table])
    ]


async def whole_file(datasette: Site, request: Request) -> Response | AsgiFileDownload:
    """A file made when the database was published, with its hash as ETag; a name that is none is no file."""
    name = request.url_vars["name"]
    known = {file["name"]: file["sha256"] for file in datasette.manifest.get("files", [])}
    if name not in known and name != MANIFEST:
        raise NotFound(f"There is no file {name}.")
    kind = CONTENT_TYPES[Path(name).suffix]
    headers = {"etag": f'"{known[name]}"'} if name in known else {}
    return AsgiFileDownload(str(datasette.files / name), filename=name, content_type=kind, headers=headers | FRESH)


def table_counts(connection: sqlite3.Connection) -> dict[str, int]:
    return {name: count(connection, f"SELECT count(*) FROM [{name}]") for name in TABLES}


async def robots() -> Response:
    return Response.text(ROBOTS)
