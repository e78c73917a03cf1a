"""`/check?name=&state=&license=&npi=&as_of=`: a form and its answer, also as JSON.

Answers hold names, so no cache keeps them.
"""

from __future__ import annotations

import sqlite3
from typing import Any

from datasette import hookimpl
from datasette.utils.asgi import Request, Response

from db.answers import Answer, BadQuestion, Question
from db.check import Checker
from db.pages import PRIVATE, asked, json_answer, page, read
from db.past import answer_as_of
from db.site import Site


@hookimpl
def register_routes() -> list[tuple[str, Any]]:
    return [(r"^/check$", check_page), (r"^/check\.json$", check_json)]


def read_question(request: Request) -> Question:
    return Question(*(asked(request, name) for name in ("name", "state", "license", "npi")))


async def answer_to(site: Site, question: Question, day: str) -> Answer:
    """Today's answer, or what was shown on a day; what never changes is read once and held with the file."""

    def answer(connection: sqlite3.Connection) -> Answer:
        checker = Checker(connection, held=getattr(site, "held", None))
        site.held = checker.held
        return answer_as_of(checker, question, day) if day else checker.answer(question)

    return await read(site, answer)


async def check_page(datasette: Site, request: Request) -> Response:
    question, answer, trouble, day = read_question(request), None, "", asked(request, "as_of")
    if any((question.name, question.state, question.license, question.npi)):
        try:
            answer = await answer_to(datasette, question, day)
        except BadQuestion as error:
            trouble = str(error)
    context = {
        "question": question,
        "answer": answer,
        "trouble": trouble,
        "day": day,
        "query_string": request.query_string,
    }
    return await page(datasette, request, "check.html", context, status=400 if trouble else 200, headers=PRIVATE)


async def check_json(datasette: Site, request: Request) -> Response:
    try:
        answer = await answer_to(datasette, read_question(request), asked(request, "as_of"))
    except BadQuestion as error:
        return json_answer({"ok": False, "status": 400, "error": str(error)}, status=400, headers=PRIVATE)
    return json_answer(answer.to_json(), headers=PRIVATE)
