"""Headers on every answer, and doors that stay closed: an ASGI wrapper around Datasette.

Comes in: every request. Goes out: the same answer with security headers; 404 for Datasette's own administration pages;
405 for anything but reading, save a pasted list, which is read up to 64 KB and refused where another site sends it.
`_ttl` is dropped: a visitor sets no cache time. An answer that fails on its way says so and is broken off.
"""

from __future__ import annotations

import asyncio
import os
import re
from collections.abc import Awaitable, Callable, MutableMapping
from typing import Any
from urllib.parse import parse_qsl, urlencode

from datasette import hookimpl

from db.published_file import TROUBLES, in_key_order

Message = MutableMapping[str, Any]
App = Callable[[Message, Any, Any], Awaitable[None]]
Headers = list[tuple[bytes, bytes]]

CLOSED = re.compile(
    r"/-/(databases|metadata|settings|config|threads|versions|plugins|actor|permissions|messages|allow-debug"
    r"|patterns|auth-token|logout)(\.json)?/?$"
)
NOWHERE = "/-/closed"
POSTED = frozenset(("/check/list", "/check/list.csv"))
OWN = frozenset((b"same-origin", b"none"))
NOT_WHOLE = b'\r\n"ERROR: this file is NOT WHOLE. It took too long: ask without _sort, or take it from /data."\r\n'
DROPPED = frozenset(("_ttl", "_trace"))
LARGEST_BODY, SLOWEST_BODY = 64 * 1024, 20.0
POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'{tiles}; form-action 'self';"
    " base-uri 'none'; frame-ancestors 'none'"
)
HEADERS = [
    (b"x-content-type-options", b"nosniff"),
    (b"x-frame-options", b"DENY"),
    (b"referrer-policy", b"same-origin"),
    (b"permissions-policy", b"geolocation=(), camera=(), microphone=()"),
]
NOINDEX = (b"x-robots-tag", b"noindex")
# Pages a search engine may list where the operator chose so; searches, checks, tables and files never are.
INDEXED = re.compile(r"/|/(states|states/\w\w|sources|methods|data|practitioner/[^/.]+)")


@hookimpl
def asgi_wrapper(datasette: Any) -> Callable[[App], App]:
    return lambda app: guard(app, datasette)


def guard(app: App, site: Any) -> App:
    async def guarded(scope: Message, receive: Any, send: Any) -> None:
        headers = headers_of(site, scope)
        if scope["type"] != "http":
            await app(scope, receive, send)
        elif scope["method"] not in {"GET", "HEAD"} and not may_post(scope):
            await refuse(send, 405, b"This site can only be read.\n", headers)
        elif scope["method"] == "POST" and is_foreign(scope):
            await refuse(send, 403, b"A list must be sent from this site's own page.\n", headers)
        elif scope["method"] == "POST":
            await post(app, scope, receive, send, headers)
        elif not scope.get("raw_path", b"").isascii():
            await refuse(send, 400, b"The address holds letters that must be written as %XX.\n", headers)
        else:
            TROUBLES.set([])
            await app(whole(without_ttl(close_doors(scope))), receive, unless_broken(with_headers(send, headers)))

    return guarded


def may_post(scope: Message) -> bool:
    """Only a pasted list is sent; it changes nothing."""
    return scope["method"] == "POST" and scope["path"] in POSTED


def is_foreign(scope: Message) -> bool:
    """Whether another site's page sent it: browsers say so; what is no browser says nothing."""
    said = {name.lower(): value for name, value in scope["headers"]}
    site, origin = said.get(b"sec-fetch-site", b"none"), said.get(b"origin", b"")
    host = said.get(b"host", b"")
    return site not in OWN or bool(origin and origin.partition(b"://")[2] != host)


async def post(app: App, scope: Message, receive: Any, send: Any, headers: Headers) -> None:
    """Pass on a body read whole, up to its limit, so that none is ever held that is too long or too slow."""
    try:
        body = await asyncio.wait_for(whole_body(receive), SLOWEST_BODY)
    except TimeoutError:
        await refuse(send, 408, b"The list took too long to arrive.\n", headers)
        return
    if body is None:
        await refuse(send, 413, b"The list is too long: up to 200 lines, 64 KB.\n", headers)
        return

    async def received() -> Message:
        return {"type": "http.request", "body": body, "more_body": False}

    await app(without_ttl(scope), received, with_headers(send, headers))


async def whole_body(receive: Any) -> bytes | None:
    """The body, or None past the limit; a visitor who leaves ends it."""
    parts, size, more = [], 0, True
    while more:
        message = await receive()
        part = message.get("body", b"")
        size += len(part)
        if size > LARGEST_BODY:
            return None
        parts.append(part)
        more = message.get("more_body", False)
    return b"".join(parts)


def headers_of(site: Any, scope: Message) -> Headers:
    """Security headers; pages may load pictures from the tile server that the operator named."""
    hidden = [] if may_be_indexed(scope) else [NOINDEX]
    tiles = f" {site.tiles.origin}" if site.tiles.origin else ""
    return [(b"content-security-policy", POLICY.format(tiles=tiles).encode("ascii", "ignore")), *HEADERS, *hidden]


def may_be_indexed(scope: Message) -> bool:
    """Nobody's page is offered to search engines unless the operator sets DIPLOMATE_INDEX=1."""
    return os.environ.get("DIPLOMATE_INDEX") == "1" and bool(INDEXED.fullmatch(scope.get("path", "")))


async def refuse(send: Any, status: int, body: bytes, headers: Headers) -> None:
    sent = [(b"content-type", b"text/plain; charset=utf-8"), (b"allow", b"GET, HEAD"), *headers]
    await send({"type": "http.response.start", "status": status, "headers": sent})
    await send({"type": "http.response.body", "body": body})


def close_doors(scope: Message) -> Message:
    if CLOSED.match(scope["path"]):
        return {**scope, "path": NOWHERE, "raw_path": NOWHERE.encode()}
    return scope


def without_ttl(scope: Message) -> Message:
    if not any(name.encode() in scope.get("query_string", b"") for name in DROPPED):
        return scope
    pairs = parse_qsl(scope["query_string"].decode("latin-1"), keep_blank_values=True)
    kept = urlencode([(name, value) for name, value in pairs if name not in DROPPED])
    return {**scope, "query_string": kept.encode("latin-1")}


def whole(scope: Message) -> Message:
    """A whole table is read in the order of its key, which is quick and loses nothing."""
    return {**scope, "query_string": in_key_order(scope["path"], scope.get("query_string", b""))}


def unless_broken(send: Any) -> Any:
    """Datasette writes its error into a file that fails on its way, and ends it as if it were whole: here it is never
    ended, so that the connection breaks and every client sees that the file is not whole."""
    broken = False

    async def send_whole(message: Message) -> None:
        nonlocal broken
        troubles = TROUBLES.get() or []
        if message["type"] == "http.response.start":
            troubles.clear()  # whatever failed before was answered
        elif troubles and not broken:
            broken = True
            await send({"type": "http.response.body", "body": NOT_WHOLE, "more_body": True})
        if not broken:
            await send(message)

    return send_whole


def with_headers(send: Any, headers: Headers) -> Any:
    names = {name for name, _ in headers}

    async def send_with_headers(message: Message) -> None:
        if message["type"] == "http.response.start":
            kept = [pair for pair in message.get("headers", []) if pair[0].lower() not in names]
            message = {**message, "headers": [*kept, *headers]}
        await send(message)

    return send_with_headers
