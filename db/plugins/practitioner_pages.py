"""`/practitioner/ID`, also as .json and .vcf; an id of the past leads to the present one."""

from __future__ import annotations

import json
import sqlite3
from typing import Any
from urllib.parse import unquote

from datasette import hookimpl
from datasette.utils.asgi import Request, Response

from db.answers import Candidate
from db.changes import changes_of
from db.disputed import disputes_of
from db.facts import Facts
from db.files import about, vcard
from db.pages import FRESH, file_answer, json_answer, page, read
from db.profiles import Profile, practitioner_address, read_profile
from db.rows import Row, select
from db.schema import SEARCH_KEYS
from db.site import Site

MOST_HOPS = 5
LETTERS = "SELECT DISTINCT printed, reading, means, why, note FROM letters WHERE practitioner_id = ? ORDER BY printed"


@hookimpl
def register_routes() -> list[tuple[str, Any]]:
    return [(r"^/practitioner/(?P<id>[^/]+?)(\.(?P<format>json|vcf))?$", practitioner)]


async def practitioner(datasette: Site, request: Request) -> Response:
    id, kind = unquote(request.url_vars["id"]), request.url_vars.get("format")
    around: dict[str, Any] = {}

    def whole(connection: sqlite3.Connection) -> Profile | None:
        found = read_profile(connection, id, datasette.facts)
        if found and not kind:
            around.update(beside(connection, id))
        return found

    profile = await read(datasette, whole)
    if profile is None:
        return await moved_or_absent(datasette, request, id, kind)
    if kind == "json":
        return json_answer(profile_json(profile, datasette.facts))
    if kind == "vcf":
        return file_answer(vcard(profile, datasette.facts), "text/vcard", "practitioner.vcf")
    context = {
        "profile": profile,
        "row": profile.row,
        "address": practitioner_address(profile.id),
        "map": map_data(profile.row, datasette),
    }
    return await page(datasette, request, "practitioner.html", context | around)


def beside(connection: sqlite3.Connection, id: str) -> dict[str, Any]:
    """What only the page shows; read together with the profile, since every read waits for its turn."""
    return {
        "history": changes_of(connection, id),
        "disputes": disputes_of(connection, id),
        "letters": select(connection, LETTERS, [id]),
    }


def map_data(row: Row, site: Site) -> dict[str, Any]:
    """What the map draws: the center of the practitioner's ZIP, never a house."""
    if row["latitude"] is None or row["longitude"] is None:
        return {}
    spot = [row["latitude"], row["longitude"]]
    drawn = {"center": spot, "label": row["zip"] or "", "miles": 5, "points": [[*spot, 1, row["city"], row["zip"]]]}
    return {"json": json.dumps(drawn, ensure_ascii=False), "tiles": site.tiles}


def profile_json(profile: Profile, facts: Facts) -> dict[str, Any]:
    """Return everything the page shows, plus the row itself."""
    known = Candidate(profile, "", "").to_json()
    for asked_only in ("match_level", "match_reason", "withheld"):
        del known[asked_only]
    row = {name: value for name, value in profile.row.items() if name not in SEARCH_KEYS}
    return {
        **known,
        "practitioner": row,
        "claims": profile.claims,
        "changes": profile.changes,
        **about(facts),
    }


async def moved_or_absent(site: Site, request: Request, id: str, kind: str | None) -> Response:
    target = await read(site, lambda connection: follow(connection, id))
    if target:
        address = practitioner_address(target) + (f".{kind}" if kind else "")
        return Response.redirect(address, status=301, headers=dict(FRESH))
    if kind == "json":
        return json_answer({"ok": False, "status": 404, "error": "No practitioner has this id."}, status=404)
    return await page(site, request, "no_practitioner.html", {}, status=404)


def follow(connection: sqlite3.Connection, id: str) -> str | None:
    """Return the present id behind an old one, over at most five steps, or None."""
    for _ in range(MOST_HOPS):
        row = connection.execute("SELECT new_id FROM redirects WHERE old_id = ?", [id]).fetchone()
        if row is None:
            return None
        id = row[0]
        if connection.execute("SELECT 1 FROM practitioners WHERE id = ?", [id]).fetchone():
            return id
    return None
