"""`/check/list`: paste a list, get a table and a CSV. Nothing that was pasted is stored or logged."""

from __future__ import annotations

import csv
import io
import sqlite3
from collections import Counter
from typing import Any
from urllib.parse import parse_qs

from datasette import hookimpl
from datasette.utils.asgi import Request, Response

from db.answers import OUTCOMES
from db.check import Checker
from db.export import safe_cells
from db.pages import PRIVATE, file_answer, page, read_whole
from db.pasted import MOST_LINES, Pasted, read_pasted
from db.roster_answer import NOT_READABLE, PREFIX, RESULT_COLUMNS, answer_row
from db.site import Site

PATHS = ("/check/list", "/check/list.csv")
HEADINGS = OUTCOMES | {NOT_READABLE: "This line could not be read"}
Rows = list[dict[str, str]]


@hookimpl
def register_routes() -> list[tuple[str, Any]]:
    return [(r"^/check/list$", check_list), (r"^/check/list\.csv$", check_list_csv)]


@hookimpl
def skip_csrf(scope: dict[str, Any]) -> bool:
    """A pasted list changes nothing here; the guard refuses one that another site sends."""
    return scope["path"] in PATHS


async def check_list(datasette: Site, request: Request) -> Response:
    return await list_page(datasette, request, await pasted_text(request))


async def list_page(datasette: Site, request: Request, text: str, trouble: str = "") -> Response:
    """The form with what was pasted, and the answers; `trouble` says why there is no file of them."""
    pasted = read_pasted(text)
    rows = await answers_to(datasette, pasted)
    context = {
        "text": text,
        "pasted": pasted,
        "rows": [{name.removeprefix(PREFIX): cell for name, cell in row.items()} for row in rows],
        "headings": HEADINGS,
        "summary": Counter(row[f"{PREFIX}outcome"] for row in rows),
        "most": MOST_LINES,
        "asked": request.method == "POST",
        "trouble": trouble,
    }
    status = 400 if trouble else 200
    return await page(datasette, request, "check_list.html", context, status=status, headers=PRIVATE)


async def check_list_csv(datasette: Site, request: Request) -> Response:
    if request.method != "POST":
        return Response.redirect(datasette.urls.path("/check/list"), status=301)
    typed = await pasted_text(request)
    pasted = read_pasted(typed)
    if refused := no_file(pasted):
        return await list_page(datasette, request, typed, refused)
    rows = await answers_to(datasette, pasted)
    text = io.StringIO(newline="")
    writer = csv.writer(text)
    writer.writerow(("asked", *RESULT_COLUMNS))
    for line, row in zip(pasted.lines, rows, strict=True):
        writer.writerow(safe_cells((line.text, *row.values())))
    return file_answer("\ufeff" + text.getvalue(), "text/csv", "checked.csv", PRIVATE)


def no_file(pasted: Pasted) -> str:
    """Why there is no file: one that leaves people out would pass for the whole list."""
    if not pasted.lines:
        return "There is no file: nothing was pasted. Write one person a line."
    if pasted.given > MOST_LINES:
        return (
            f"There is no file: {pasted.given} people were pasted, and it would hold the first {MOST_LINES} alone."
            " Paste the list in parts, or check it whole with the command diplomate check --roster."
        )
    return ""


async def pasted_text(request: Request) -> str:
    """What was pasted; the guard has seen to its size."""
    if request.method != "POST":
        return ""
    body = (await request.post_body()).decode("utf-8", "replace")
    return "\n".join(parse_qs(body, keep_blank_values=True).get("list", []))


async def answers_to(site: Site, pasted: Pasted) -> Rows:
    def answer(connection: sqlite3.Connection) -> Rows:
        checker = Checker(connection, held=getattr(site, "held", None))
        site.held = checker.held
        return [answer_row(checker, line) for line in pasted.lines]

    return await read_whole(site, answer) if pasted.lines else []
