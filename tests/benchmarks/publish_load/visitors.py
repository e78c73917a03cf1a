"""Visitors who ask without a pause, and visitors who fetch the whole table slowly.

In: the address of the site, what was seen so far. Out: an `Answer` for every request: the build its header names, the
builds its rows name, or what went wrong. Half of the visitors keep their connection, half make a new one every time.
"""

from __future__ import annotations

import asyncio
import csv
import io
import random
import re
import socket
from dataclasses import dataclass, field

import h11
import httpx

HEADER = "x-diplomate-build"
MARKED = re.compile(r"Load build \d{4}")
WHOLE = "/diplomate/practitioners.csv?_stream=on&_size=max"
PAGES = (
    "/diplomate/practitioners.json?_shape=array&_size=100",
    "/diplomate/practitioners?_size=20&_sort_desc=id",
    "/find.json?q=Loadstone+{number}",
    "/find?q=Wilfreda+Loadstone+{number}",
    "/practitioner/q{number}.json",
    "/practitioner/q{number}",
    "/-/health",
    "/states",
)


@dataclass(frozen=True)
class Answer:
    """One answer; `marks` are the builds its content names, `trouble` is empty when it came whole."""

    path: str
    build: str = ""
    marks: frozenset[str] = frozenset()
    trouble: str = ""
    rows: int = 0
    began: float = 0.0
    ended: float = 0.0


@dataclass
class Seen:
    """What all visitors saw; they go on until `enough` is set."""

    answers: list[Answer] = field(default_factory=list)
    enough: asyncio.Event = field(default_factory=asyncio.Event)


async def visit(port: int, seen: Seen, people: int, seed: int) -> None:
    """Ask for one page after the other."""
    rng, keep = random.Random(seed), seed % 2 == 0
    headers = {} if keep else {"connection": "close"}
    limits = httpx.Limits(max_connections=1, keepalive_expiry=3)
    async with httpx.AsyncClient(base_url=f"http://127.0.0.1:{port}", limits=limits, timeout=120) as client:
        while not seen.enough.is_set():
            path = rng.choice(PAGES).format(number=rng.randrange(people))
            seen.answers.append(await ask(client, path, headers))


async def ask(client: httpx.AsyncClient, path: str, headers: dict[str, str]) -> Answer:
    try:
        answer = await client.get(path, headers=headers)
    except httpx.HTTPError as error:
        return Answer(path, trouble=f"{type(error).__name__}: {error}")
    trouble = "" if answer.status_code == 200 else f"status {answer.status_code}"
    return Answer(path, answer.headers.get(HEADER, ""), frozenset(MARKED.findall(answer.text)), trouble)


async def export(port: int, seconds: float, hold: asyncio.Event | None = None) -> Answer:
    """The whole table over about so many seconds, by a visitor who reads slowly, or who stops until `hold` is set."""
    clock = asyncio.get_running_loop().time
    began = clock()
    try:
        build, text = await slowly(port, WHOLE, seconds, hold)
    except (OSError, h11.RemoteProtocolError, RuntimeError) as error:
        return Answer(WHOLE, trouble=f"{type(error).__name__}: {error}", began=began, ended=clock())
    rows = list(csv.DictReader(io.StringIO(text)))
    marks = frozenset(row["clinic"] or "" for row in rows)
    return Answer(WHOLE, build, marks, "", len(rows), began, clock())


async def slowly(port: int, path: str, seconds: float, hold: asyncio.Event | None = None) -> tuple[str, str]:
    """The build and the text of an answer whose end was seen; a small receive buffer makes the site wait."""
    made = socket.socket()
    made.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 1 << 14)
    made.setblocking(False)
    loop = asyncio.get_running_loop()
    await loop.sock_connect(made, ("127.0.0.1", port))
    with made:
        connection, parts, build, reads = h11.Connection(h11.CLIENT), [], "", 0
        asked = h11.Request(method="GET", target=path, headers=[("host", "127.0.0.1"), ("connection", "close")])
        await loop.sock_sendall(made, (connection.send(asked) or b"") + (connection.send(h11.EndOfMessage()) or b""))
        while True:
            event = connection.next_event()
            if event is h11.NEED_DATA:
                connection.receive_data(await loop.sock_recv(made, 1 << 16))
                reads += 1
                if hold:
                    await hold.wait()
                await asyncio.sleep(seconds / 100 if reads < 100 else 0)
            elif isinstance(event, h11.Response):
                if event.status_code != 200:
                    raise RuntimeError(f"status {event.status_code}")
                build = dict(event.headers).get(HEADER.encode(), b"").decode()
            elif isinstance(event, h11.Data):
                parts.append(bytes(event.data))
            elif isinstance(event, h11.EndOfMessage):
                return build, b"".join(parts).decode()
            else:
                raise RuntimeError(f"the answer ended with {type(event).__name__}")
