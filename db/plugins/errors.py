"""Errors as our own page: what happened, what to do, and never a traceback.

Comes in: any exception from a page. Goes out: a page, or JSON where JSON was asked for.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any

from datasette import hookimpl
from datasette.database import QueryInterrupted
from datasette.utils.asgi import Base400, Response
from datasette.views.base import DatasetteError

from db.pages import TooSlow, json_answer
from db.site import Site

HEADINGS = {
    400: "This address asks for something that cannot be read",
    403: "Closed",
    404: "Nothing here",
    503: "Too slow",
}
BROKEN = "Something went wrong on this site. Nothing is wrong with what you asked; please report it."
UNREADABLE = "Datasette could not read this address. Check what stands behind the question mark."
ABSENT = "There is no page at this address. Start from the search, or see what this site holds under Data."


@hookimpl
def handle_exception(datasette: Site, request: Any, exception: Exception) -> Callable[[], Awaitable[Response]]:
    async def answer() -> Response:
        status, sentence = explain(exception)
        return await error_page(datasette, request, status, sentence)

    return answer


@hookimpl
def forbidden(datasette: Site, request: Any, message: str) -> Callable[[], Awaitable[Response]]:
    async def answer() -> Response:
        return await error_page(
            datasette, request, 403, "This part of the site is closed: SQL is not taken from visitors."
        )

    return answer


def explain(exception: Exception) -> tuple[int, str]:
    """Return a status and a sentence; the text of an unexpected error stays in the log."""
    if isinstance(exception, TooSlow):
        return 503, str(exception)
    if isinstance(exception, QueryInterrupted):
        return 503, "The search took too long and was stopped. Narrow it down, please."
    if isinstance(exception, (Base400, DatasetteError)):
        status = getattr(exception, "status", None)
        return (404, ABSENT) if status == 404 else (400, UNREADABLE)
    return 500, BROKEN


async def error_page(site: Site, request: Any, status: int, sentence: str) -> Response:
    heading = HEADINGS.get(status, "Something went wrong")
    if request.path.endswith(".json"):
        return json_answer({"ok": False, "status": status, "error": sentence}, status=status)
    body = await site.render_template("trouble.html", {"heading": heading, "error": sentence}, request=request)
    return Response.html(body, status=status)
