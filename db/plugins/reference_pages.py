"""`/methods`, `/data` and `/robots.txt`: how tags are made, what can be taken away, who may crawl."""

from __future__ import annotations

import sqlite3
from pathlib import Path
from typing import Any

from datasette import hookimpl
from datasette.utils.asgi import AsgiFileDownload, NotFound, Request, Response

from db.described import DATABASE
from db.pages import FRESH, page, read_once
from db.rows import Row, count, select
from db.schema import TABLES
from db.site import Site
from db.whole_files import CONTENT_TYPES, FORMATS, MANIFEST, WHOLE

# Pages must stay readable so that their noindex is seen (db/plugins/guard.py); endless filters and files need no robot.
ROBOTS = """User-agent: *
Disallow: /diplomate/
Disallow: /check
Disallow: /find?
Disallow: /find.
Disallow: /changes?
Disallow: /data/
Disallow: /*.csv
Disallow: /*.json
Disallow: /*.vcf
Disallow: /*.atom
"""

# The largest nation, without single pairs of sources; table link_accuracy holds all.
SHOWN_ACCURACY = (
    "SELECT * FROM link_accuracy WHERE population = (SELECT max(population) FROM link_accuracy)"
    " AND subset NOT LIKE 'sources:%' ORDER BY rowid"
)

READ = ("sources", "runs", "states", "board_counts", "build_info")
FORMAT_NAMES = {"csv": "CSV", "spreadsheet": "CSV for spreadsheets", "parquet": "Parquet", "json": "JSON"}


@hookimpl
def register_routes() -> list[tuple[str, Any]]:
    return [
        (r"^/methods$", methods),
        (r"^/data$", data),
        (r"^/data/(?P<name>[a-z_]+(\.spreadsheet)?\.(csv|json|parquet))$", whole_file),
        (r"^/robots\.txt$", robots),
    ]


async def methods(datasette: Site, request: Request) -> Response:
    return await page(datasette, request, "methods.html", await read_once(datasette, rules))


def rules(connection: sqlite3.Connection) -> dict[str, Any]:
    """Return the rule tables exactly as they were applied."""
    accuracy = select(connection, SHOWN_ACCURACY)
    return {
        "tag_words": select(connection, "SELECT * FROM tag_words ORDER BY kind, rowid"),
        "rules": select(connection, "SELECT * FROM tag_rules ORDER BY kind, rowid"),
        "windows": select(connection, "SELECT * FROM windows ORDER BY days"),
        "levels": select(connection, "SELECT * FROM link_levels ORDER BY rowid"),
        "accuracy": accuracy,
        "accuracy_tables": accuracy_tables(accuracy),
        "precision": of_all(accuracy, "pairwise precision", 10_000),
        "recall": of_all(accuracy, "pairwise recall", 100),
        "credentials": select(connection, "SELECT * FROM credentials ORDER BY type, canonical"),
    }


def of_all(rows: list[Row], measure: str, most: int) -> str:
    """A measure over everybody as a person says it: so many of 10,000; rounded down."""
    found = [float(row["value"]) for row in rows if row["measure"] == measure and row["subset"] == "all"]
    return f"{int(found[0] * most):,} of {most:,}" if found else ""


def accuracy_tables(rows: list[Row]) -> list[tuple[str, list[Row]]]:
    """Everybody, and what is hard on purpose."""
    usual = [row for row in rows if not str(row["subset"]).startswith("trap")]
    hard = [row for row in rows if row not in usual]
    tables = [("Every measure", usual), ("The same for people who are hard to tell apart", hard)]
    return [table for table in tables if table[1]]


async def data(datasette: Site, request: Request) -> Response:
    described = datasette.metadata("databases")[DATABASE]
    rows = await read_once(datasette, table_counts)
    tables = {
        name: {
            "name": name,
            "rows": rows[name],
            "description": described["tables"].get(name, {}).get("description", ""),
        }
        for name in rows
    }
    queries = [{"name": name, **query} for name, query in described["queries"].items()]
    context = {
        "groups": [(label, [tables[name] for name in names]) for label, names in grouped(list(tables))],
        "queries": queries,
        "downloads": downloads(datasette),
        "formats": FORMATS,
        "format_names": FORMAT_NAMES,
    }
    return await page(datasette, request, "data.html", context)


def grouped(names: list[str]) -> list[tuple[str, list[str]]]:
    """Tables about people, about what was read, and rules; the first in the order of the schema."""
    people = names[: names.index(READ[0])]
    rules = [name for name in names if name not in people and name not in READ]
    read = [name for name in READ if name in names]
    return [("Practitioners", people), ("What was read", read), ("Rules and words, exactly as applied", rules)]


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
    """Rows of every table; a file that was published before a table was known has none of it."""
    there = {row[0] for row in connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'")}
    return {name: count(connection, f"SELECT count(*) FROM [{name}]") for name in TABLES if name in there}


async def robots() -> Response:
    return Response.text(ROBOTS)
