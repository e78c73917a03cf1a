"""`/diplomate/QUESTION.csv`: a ready question as a whole file, or an error.

Datasette's own ends after 1,000 rows and does not say so. Text that a spreadsheet would run as a formula is made safe
unless `raw=1`.
"""

from __future__ import annotations

import csv
import io
import re
import sqlite3
from typing import Any

from datasette import hookimpl
from datasette.utils import derive_named_parameters
from datasette.utils.asgi import NotFound, Request, Response

from db.described import DATABASE
from db.export import safe_cells
from db.pages import asked, file_answer, read_whole
from db.site import Site


@hookimpl
def register_routes(datasette: Site) -> list[tuple[str, Any]]:
    names = "|".join(map(re.escape, questions(datasette)))
    return [(rf"^/{DATABASE}/(?P<name>{names})\.csv$", answers)] if names else []


def questions(site: Site) -> dict[str, Any]:
    described: dict[str, Any] = site.metadata("databases")[DATABASE]
    return described.get("queries") or {}


async def answers(datasette: Site, request: Request) -> Response:
    name = request.url_vars["name"]
    if name not in questions(datasette):
        raise NotFound(f"There is no question {name}.")
    sql = questions(datasette)[name]["sql"]
    names = await derive_named_parameters(datasette.get_database(DATABASE), sql)
    values = {parameter: asked(request, parameter) for parameter in names}
    safe = asked(request, "raw") != "1"
    text = await read_whole(datasette, lambda connection: csv_of(connection, sql, values, safe))
    return file_answer(text, "text/csv", f"{name}.csv")


def csv_of(connection: sqlite3.Connection, sql: str, values: dict[str, str], safe: bool) -> str:
    """Every row of a query."""
    cursor = connection.execute(sql, values)
    out = io.StringIO(newline="")
    writer = csv.writer(out)
    writer.writerow(column[0] for column in cursor.description)
    writer.writerows(safe_cells(row) if safe else row for row in cursor)
    return out.getvalue()
