"""What every page plugin does the same way: read the file within a time limit, render, answer.

Comes in: the site, a request, a function that reads. Goes out: a Datasette `Response`.
"""

from __future__ import annotations

import asyncio
import json
import sqlite3
from collections.abc import Callable
from typing import Any, TypeVar

from datasette.utils import sqlite_timelimit
from datasette.utils.asgi import Request, Response

from db.described import DATABASE
from db.every_page import every_page
from db.site import Site

T = TypeVar("T")
FRESH = {"cache-control": "max-age=60"}
PRIVATE = {"cache-control": "private, no-store"}


WHOLE_FILE_MS = 30_000
_one_whole_file = asyncio.Semaphore(1)


class TooSlow(Exception):
    """The file could not be read within the time limit."""


async def read(site: Site, reader: Callable[[sqlite3.Connection], T], milliseconds: int = 0) -> T:
    """Run a reader on one of the site's read-only connections; raises `TooSlow` past the time limit.

    The limit is the site's own unless `milliseconds` are given.
    """

    def limited(connection: sqlite3.Connection) -> T:
        with sqlite_timelimit(connection, milliseconds or site.sql_time_limit_ms):
            try:
                return reader(connection)
            except sqlite3.OperationalError as error:
                if "interrupted" in str(error):
                    raise TooSlow("The search took too long and was stopped. Narrow it down, please.") from error
                raise

    result: T = await site.get_database(DATABASE).execute_fn(limited)
    return result


async def read_once(site: Site, reader: Callable[[sqlite3.Connection], T]) -> T:
    """What a reader finds, kept as long as the file is served: for readers that count everything and no age."""
    if reader not in site.counted:
        site.counted[reader] = await read(site, reader)
    found: T = site.counted[reader]
    return found


async def read_whole(site: Site, reader: Callable[[sqlite3.Connection], T]) -> T:
    """Run a reader that may take long, one at a time, so that whole files starve no page."""
    async with _one_whole_file:
        return await read(site, reader, WHOLE_FILE_MS)


async def page(
    site: Site,
    request: Request,
    template: str,
    context: dict[str, Any],
    status: int = 200,
    headers: dict[str, str] | None = None,
) -> Response:
    return Response.html(rendered(site, request, template, context), status=status, headers=headers or FRESH)


def rendered(site: Site, request: Request, template: str, context: dict[str, Any]) -> str:
    """One of our own pages as text: nothing in it waits, so it is made in half the time Datasette's own way takes."""
    shared = {**every_page(site, request), "urls": site.urls, "request": request}
    return site.quick_env.get_template(template).render(shared | context)


def json_answer(document: Any, status: int = 200, headers: dict[str, str] | None = None) -> Response:
    body = json.dumps(document, ensure_ascii=False, indent=1, default=str)
    return Response(body, status=status, headers=headers or FRESH, content_type="application/json; charset=utf-8")


def file_answer(body: str, content_type: str, name: str, cache: dict[str, str] | None = None) -> Response:
    """Answer with a file to keep; `name` may hold only letters, digits, dots and dashes."""
    headers = {"content-disposition": f'attachment; filename="{name}"', **(cache or FRESH)}
    return Response(body, headers=headers, content_type=f"{content_type}; charset=utf-8")


def asked(request: Request, name: str) -> str:
    """Return one query value as typed, without control characters."""
    text = request.args.get(name) or ""
    return "".join(c for c in text if c.isprintable()).strip()
