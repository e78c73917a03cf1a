"""`/check`: a form and its answer, also as JSON. Answers hold names, so no cache keeps them."""

from __future__ import annotations

import sqlite3
from typing import Any

from datasette import hookimpl
from datasette.utils.asgi import Request, Response

from db.answers import Answer, BadQuestion, Question
from db.check import Checker
from db.pages import PRIVATE, asked, json_answer, page, read
from db.site import Site


@hookimpl
def register_routes() -> list[tuple[str, Any]]:
    return [(r"^/check$", check_page), (r"^/check\.json$", check_json)]


def read_question(request: Request) -> Question:
    return Question(*(asked(request, name) for name in ("name", "state", "license", "npi")))


async def answer_to(site: Site, question: Question) -> Answer:
    """What does not change between questions is read at the first one and held as long as the file is served."""

    def answer(connection: sqlite3.Connection) -> Answer:
        checker = Checker(connection, held=getattr(site, "held", None))
        site.held = checker.held
        return checker.answer(question)

    return await read(site, answer)


async def check_page(datasette: Site, request: Request) -> Response:
    question, answer, trouble = read_question(request), None, ""
    if any((question.name, question.state, question.license, question.npi)):
        try:
            answer = await answer_to(datasette, question)
        except BadQuestion as error:
            trouble = str(error)
    context = {
        "question": question,
        "answer": answer,
        "trouble": trouble,
        "query_string": request.query_string,
    }
    return await page(datasette, request, "check.html", context, status=400 if trouble else 200, headers=PRIVATE)


async def check_json(datasette: Site, request: Request) -> Response:
    try:
        answer = await answer_to(datasette, read_question(request))
    except BadQuestion as error:
        return json_answer({"ok": False, "status": 400, "error": str(error)}, status=400, headers=PRIVATE)
    return json_answer(answer.to_json(), headers=PRIVATE)
