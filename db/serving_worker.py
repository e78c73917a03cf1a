"""One worker of the site: a process that opens one published file, makes itself ready, and answers from it alone.

Comes in: the path of a published file. Goes out: an ASGI app that is started by uvicorn's lifespan: what the file needs
in memory is read, every thread holds the file open (so that it may be deleted), the main pages were made once, and only
then does the worker take requests. Asked to end, it stops accepting, tells those it still answers to come back to
somebody else, and finishes every answer under way.
"""

from __future__ import annotations

import asyncio
import gc
import multiprocessing
import os
import signal
import sys
import threading
from collections.abc import Awaitable, Callable, MutableMapping
from pathlib import Path
from socket import socket
from typing import Any

from uvicorn import Server
from uvicorn.config import STARTUP_FAILURE

Message = MutableMapping[str, Any]
Send = Callable[[Message], Awaitable[None]]
Receive = Callable[[], Awaitable[Message]]

HEALTH = "/-/health"
FIRST_PAGES = ("/", "/find?q=pain", "/check", "/states", "/diplomate/practitioners?_size=1")
FIRST_PERSON = "SELECT id FROM practitioners LIMIT 1"
OPENED_WITHIN = 120.0  # seconds for all threads of a worker to open the file
LOOK_EVERY = 0.05  # seconds between looks whether everybody has gone
BROKEN = 500  # 503 only says that this machine is busy
NOT_AGAIN = (b"connection", b"close")


class Worker:
    """The ASGI app of one worker; a `strict` one does not start where a main page cannot be made of the file."""

    def __init__(self, path: Path, strict: bool = False) -> None:
        self.path, self.strict = path, strict
        self.site: Any = None
        self.app: Any = None

    async def __call__(self, scope: Message, receive: Receive, send: Send) -> None:
        if scope["type"] == "lifespan":
            await self.lifespan(receive, send)
        elif scope.get("path") == HEALTH:
            await self.health(send)
        else:
            await self.app(scope, receive, send)

    async def lifespan(self, receive: Receive, send: Send) -> None:
        await receive()
        try:
            await self.start()
        except Exception as error:
            await send({"type": "lifespan.startup.failed", "message": f"{self.path.name} cannot be served: {error}"})
            return
        await send({"type": "lifespan.startup.complete"})
        await receive()
        await send({"type": "lifespan.shutdown.complete"})

    async def start(self) -> None:
        """Open the file and become quick before the first visitor comes."""
        from db.site import make_datasette

        self.site = make_datasette(self.path)
        await self.site.invoke_startup()
        await hold_open(self.site)
        self.app = self.site.app()
        await make_once(self.site, self.strict)
        gc.collect()
        gc.freeze()  # what the file needs in memory stays: looking through it stopped every page for a quarter second

    async def health(self, send: Send) -> None:
        """Answer by asking the file itself."""
        try:
            found = await database_of(self.site).execute("SELECT value FROM build_info WHERE key = 'built_at'")
            status, text = 200, f"ok {self.path.stem} built {found.single_value()}\n"
        except Exception:
            status, text = 503, f"{self.path.stem} cannot be read\n"
        headers = [(b"content-type", b"text/plain; charset=utf-8"), (b"cache-control", b"no-store")]
        await send({"type": "http.response.start", "status": status, "headers": headers})
        await send({"type": "http.response.body", "body": text.encode()})


def database_of(site: Any) -> Any:
    from db.described import DATABASE

    return site.get_database(DATABASE)


async def hold_open(site: Any) -> None:
    """Open the file in every thread that will ever read it: a name that is gone opens nothing, an open file stays."""
    threads = site.setting("num_sql_threads")
    everybody = threading.Barrier(threads)

    def opened(connection: Any) -> None:
        connection.execute("SELECT 1 FROM build_info LIMIT 1").fetchone()
        everybody.wait(OPENED_WITHIN)

    await asyncio.gather(*(database_of(site).execute_fn(opened) for _ in range(threads)))


async def make_once(site: Any, strict: bool) -> None:
    """Make each main page once: templates are compiled and the pages of the file are in memory."""
    person = (await database_of(site).execute(FIRST_PERSON)).first()
    for page in (*FIRST_PAGES, *([f"/practitioner/{person[0]}"] if person else [])):
        answer = await site.client.get(page)
        if strict and answer.status_code == BROKEN:
            raise RuntimeError(f"its page {page} was answered with {answer.status_code}")


def outlive_nobody() -> None:
    """End with the supervisor, however it ends; a SIGHUP to the whole group is the supervisor's to hear."""

    def leave() -> None:
        parent = multiprocessing.parent_process()
        if parent:
            parent.join()
        os.kill(os.getpid(), signal.SIGTERM)

    signal.signal(signal.SIGHUP, signal.SIG_IGN)
    threading.Thread(target=leave, daemon=True).start()


class GentleServer(Server):
    """uvicorn's server, which ends a little too fast: connections just accepted and idle ones are closed at once, and
    with them a request that is on its way there.

    Here what was accepted is answered, and an idle connection is kept until its visitor has asked once more and was
    told that it ends, or has been silent for as long as an idle connection may be.
    """

    has_left = False  # whether it takes no new visitors any more

    async def startup(self, sockets: list[socket] | None = None) -> None:
        try:
            await super().startup(sockets)
        except OSError as error:
            print(f"No visitors can be taken: {error.strerror}.", file=sys.stderr, flush=True)
            await self.lifespan.shutdown()
            sys.exit(STARTUP_FAILURE)

    async def shutdown(self, sockets: list[socket] | None = None) -> None:
        await self.accept_no_more()
        self.server_state.default_headers = [*self.server_state.default_headers, NOT_AGAIN]
        if signal.SIGINT not in self._captured_signals:
            await self.last_requests()
        await super().shutdown(sockets)

    async def accept_no_more(self) -> None:
        """Leave new visitors to the other workers; asyncio drops those it accepted a moment before a server closes."""
        loop = asyncio.get_running_loop()
        for server in self.servers:
            for listener in server.sockets:
                loop.remove_reader(listener.fileno())
        await asyncio.sleep(LOOK_EVERY)
        for server in self.servers:
            server.close()
        self.has_left = True

    async def last_requests(self) -> None:
        clock = asyncio.get_running_loop().time
        until = clock() + self.config.timeout_keep_alive + LOOK_EVERY
        while self.server_state.connections and not self.force_exit and clock() < until:
            await asyncio.sleep(LOOK_EVERY)
