"""`/changes?since=&day=&state=&kind=`: what changed about practitioners, also as JSON and as an Atom feed."""

from __future__ import annotations

from sqlite3 import Connection
from typing import Any
from xml.etree import ElementTree

from datasette import hookimpl
from datasette.utils.asgi import Request, Response

from db.changes import changes_since
from db.facts import Facts
from db.files import about
from db.pages import asked, json_answer, page, read, read_once, read_whole
from db.profiles import practitioner_address
from db.rows import Row, select
from db.site import Site

MOST_SHOWN = 200
ATOM = "http://www.w3.org/2005/Atom"


@hookimpl
def register_routes() -> list[tuple[str, Any]]:
    return [
        (r"^/changes$", changes),
        (r"^/changes\.json$", changes_json),
        (r"^/changes\.atom$", changes_atom),
    ]


async def rows_for(site: Site, request: Request, most: int) -> list[Row]:
    """The newest changes asked for; all of them where `most` is -1, which may take longer."""
    since, day, kinds = (asked(request, name) for name in ("since", "day", "kind"))
    states = [state_of(text, site.facts) for text in asked(request, "state").split(",") if text.strip()]

    def newest(connection: Connection) -> list[Row]:
        return changes_since(connection, since, states, most, kinds.split(","), day)

    return await (read_whole(site, newest) if most < 0 else read(site, newest))


def state_of(text: str, facts: Facts) -> str:
    """The code of a state; raises ValueError for what is none, which would show as a state where nothing changed."""
    code = facts.state_code(text)
    if code is None:
        raise ValueError(f"{text.strip()[:40]!r} is no state known here; write a code such as WA")
    return code


def kinds_of(connection: Connection) -> list[Row]:
    return select(connection, "SELECT kind, label FROM change_kinds ORDER BY rowid")


async def changes(datasette: Site, request: Request) -> Response:
    rows, trouble = [], ""
    try:
        rows = await rows_for(datasette, request, MOST_SHOWN + 1)
    except ValueError as error:
        trouble = f"{error}."
    context = {
        "rows": rows[:MOST_SHOWN],
        "cut": len(rows) > MOST_SHOWN,
        "trouble": trouble,
        "since": asked(request, "since"),
        "day": asked(request, "day"),
        "state": asked(request, "state"),
        "kind": asked(request, "kind"),
        "kinds": await read_once(datasette, kinds_of),
        "query_string": request.query_string,
    }
    return await page(datasette, request, "changes.html", context, status=400 if trouble else 200)


async def changes_json(datasette: Site, request: Request) -> Response:
    try:
        rows = await rows_for(datasette, request, -1)
    except ValueError as error:
        return json_answer({"ok": False, "status": 400, "error": str(error)}, status=400)
    return json_answer({"total": len(rows), **about(datasette.facts), "changes": rows})


async def changes_atom(datasette: Site, request: Request) -> Response:
    try:
        rows = await rows_for(datasette, request, MOST_SHOWN)
    except ValueError as error:
        return json_answer({"ok": False, "status": 400, "error": str(error)}, status=400)
    origin = f"{request.scheme}://{request.host}"
    return Response(atom(rows, datasette.facts, origin), content_type="application/atom+xml; charset=utf-8")


def atom(rows: list[Row], facts: Facts, origin: str) -> str:
    """Return an Atom feed (RFC 4287) of changes, newest first."""
    feed = ElementTree.Element("feed", xmlns=ATOM)
    add(feed, "title", "diplomate: changes")
    add(feed, "id", f"{origin}/changes")
    add(feed, "updated", rows[0]["at"] if rows else facts.built_at)
    ElementTree.SubElement(feed, "link", href=f"{origin}/changes.atom", rel="self")
    author = ElementTree.SubElement(feed, "author")
    add(author, "name", "diplomate")
    for row in rows:
        add_entry(feed, row, origin)
    return ElementTree.tostring(feed, encoding="unicode", xml_declaration=True)


def add_entry(feed: ElementTree.Element, row: Row, origin: str) -> None:
    page_address = origin + practitioner_address(row["practitioner_id"])
    entry = ElementTree.SubElement(feed, "entry")
    add(entry, "title", f"{row['name'] or row['practitioner_id']}: {row['label']}")
    add(entry, "id", f"{page_address}#change-{row['id']}")
    add(entry, "updated", row["at"])
    ElementTree.SubElement(entry, "link", href=page_address)
    ElementTree.SubElement(entry, "category", term=row["kind"], label=row["label"])
    add(entry, "summary", row["sentence"])


def add(parent: ElementTree.Element, name: str, text: str | None) -> None:
    """Add an element; characters that XML forbids are dropped."""
    kept = "".join(c for c in text or "" if c.isprintable() or c in "\n\t")
    ElementTree.SubElement(parent, name).text = kept
