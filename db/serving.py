"""The site as long as it runs: workers that answer from `data/current`, and follow it when it moves.

Comes in: the link, a socket, how many workers. Goes out: whether the site came up, when it was told to end. Built on
uvicorn's supervisor of processes, which keeps workers alive and replaces them on SIGHUP; what it lacks is here: it
follows the link by itself, gives every worker one file that was tried before, goes on serving the old file where a new
one cannot be opened, and never waits for a slow visitor of an old worker before it goes on.
"""

from __future__ import annotations

import copy
import os
import socket
import sys
import time
from functools import partial
from pathlib import Path
from typing import Any

from uvicorn import Config
from uvicorn.config import STARTUP_FAILURE
from uvicorn.supervisors.multiprocess import Multiprocess, Process

from db.opening import DamagedFile, connect
from db.serving_worker import GentleServer, Worker, outlive_nobody

READY_WITHIN = 180.0  # seconds a new worker may take until it answers
SILENT_FOR = 60.0  # seconds without a sign of life after which a worker is taken for hung
REFUSED_FOR = 300.0  # seconds until a file that could not be served is tried again
TRY_AGAIN = 5.0  # seconds between attempts to replace a worker that did not come up
FINISH_WITHIN = 900  # seconds an old worker has for the answers under way (a whole table, a slow visitor)
STOP_WITHIN = 30.0  # seconds for the same when the whole site is told to end
IDLE_FOR = 5  # seconds an idle connection is kept
BACKLOG = 2048
BUILD_HEADER = "x-diplomate-build"


class Served(Process):
    """One worker and the file it serves."""

    def __init__(self, config: Config, sockets: list[socket.socket], path: Path, strict: bool) -> None:
        own = copy.copy(config)
        own.app, own.headers = partial(Worker, path, strict), [(BUILD_HEADER, path.stem)]
        super().__init__(own, sockets)
        self.path, self.ready, self.has_left, self.asked = path, False, False, False
        self.born = self.heard = time.monotonic()

    @property
    def server(self) -> GentleServer:
        if self._server is None:
            self._server = GentleServer(config=self.config)
        return self._server  # type: ignore[return-value]

    def target(self, sockets: list[socket.socket] | None = None) -> None:
        outlive_nobody()
        super().target(sockets)

    def pong(self) -> None:
        """In the worker: answer whether it takes visitors already, and whether it takes them no more."""
        self.child_conn.recv()
        self.child_conn.send((self.server.started, self.server.has_left))

    def listen(self) -> None:
        """Ask for a sign of life, and take those that came, without waiting."""
        try:
            if not self.asked:
                self.parent_conn.send(b"ping")
                self.asked = True
            while self.parent_conn.poll(0):
                self.ready, self.has_left = self.parent_conn.recv()
                self.heard, self.asked = time.monotonic(), False
        except (OSError, EOFError):
            return

    def is_well(self) -> bool:
        self.listen()
        limit = SILENT_FOR if self.ready else READY_WITHIN
        return self.process.is_alive() and time.monotonic() - self.heard < limit

    def is_late(self) -> bool:
        return not self.ready and time.monotonic() - self.born > READY_WITHIN

    def end(self) -> None:
        """At once, and for sure."""
        self.kill()
        self.join()


class Following(Multiprocess):
    """uvicorn's supervisor, following a link."""

    processes: list[Served]  # type: ignore[assignment]

    def __init__(self, config: Config, sockets: list[socket.socket], link: Path) -> None:
        super().__init__(config, sockets)
        self.link, self.path = link, link.resolve()
        self.refused: Path | None = None
        self.incoming: Served | None = None
        self.outdated: list[Served] = []
        self.retired: list[Served] = []
        self.not_before = self.refused_until = 0.0
        self.has_served = self.has_failed = self.is_moving = False
        self.on_terminal = os.isatty(0)

    def started(self) -> Served:
        """A new worker; it must be able to show everything where another file is there to go on with."""
        another = any(worker.path != self.path for worker in self.processes)
        worker = Served(self.config, self.sockets, self.path, strict=another)
        worker.start()
        return worker

    def init_processes(self) -> None:
        self.processes = [self.started() for _ in range(self.processes_num)]

    def keep_subprocess_alive(self) -> None:
        """Every half second: one step of whatever is to be done; nothing here waits."""
        self.retired = [worker for worker in self.retired if worker.process.is_alive()]
        self.replace_lost()
        if not self.should_exit.is_set():
            self.follow()
            self.replace_outdated()
            self.announce()

    def replace_lost(self) -> None:
        """A worker that died or hangs is replaced; one that never came up at the very first ends the site."""
        for at, worker in enumerate(self.processes):
            if worker.is_well():
                self.has_served = self.has_served or worker.ready
            elif time.monotonic() >= self.not_before:
                worker.end()
                self.follow()
                if worker.exitcode == STARTUP_FAILURE and not self.has_served and worker.path == self.path:
                    self.has_failed = True
                    self.should_exit.set()
                    return
                say(f"A worker ended ({worker.exitcode}); another takes its place.")
                self.not_before = time.monotonic() + TRY_AGAIN
                self.processes[at] = self.started()

    def follow(self) -> None:
        """See whether the link leads to another file, and whether that can be opened."""
        path = self.link.resolve()
        if path == self.path or (path == self.refused and time.monotonic() < self.refused_until):
            return
        try:
            connect(path).close()
        except DamagedFile as error:
            self.refuse(path, str(error))
        else:
            self.move_to(path)

    def move_to(self, path: Path) -> None:
        self.path, self.refused, self.not_before, self.is_moving = path, None, 0.0, True
        if self.incoming:
            self.retire(self.incoming)  # it may have taken visitors already
            self.incoming = None
        self.outdated = [worker for worker in self.processes if worker.path != path]

    def refuse(self, path: Path, why: str) -> None:
        self.refused, self.refused_until = path, time.monotonic() + REFUSED_FOR
        say(f"{why} The site goes on with {self.path.name}.")

    def restart_all(self) -> None:
        """SIGHUP: every worker is replaced, a refused file is tried again; a terminal that closes sends it too."""
        if self.on_terminal and not os.isatty(0):
            self.should_exit.set()
        self.refused, self.is_moving = None, True
        self.outdated = list(self.processes)

    def replace_outdated(self) -> None:
        """Bring one replacement up; when it answers, retire one old worker."""
        self.outdated = [worker for worker in self.outdated if worker in self.processes]
        if self.incoming:
            self.incoming.listen()
            if self.incoming.ready:
                self.swap(self.incoming)
            elif not self.incoming.process.is_alive() or self.incoming.is_late():
                self.give_up(self.incoming)
        elif self.outdated and time.monotonic() >= self.not_before:
            self.incoming = self.started()

    def swap(self, fresh: Served) -> None:
        self.incoming = None
        if not self.outdated:  # the old one died meanwhile and was replaced
            self.retire(fresh)
            return
        old = self.outdated.pop(0)
        self.processes[self.processes.index(old)] = fresh
        self.retire(old)

    def announce(self) -> None:
        """Say what is shown once that is true: a worker told to go takes visitors until it hears it."""
        for worker in self.retired:
            worker.listen()
        if not self.is_moving or self.outdated:
            return
        if all(worker.ready for worker in self.processes) and all(worker.has_left for worker in self.retired):
            self.is_moving = False
            say(f"The site shows {self.path.name}.")

    def retire(self, old: Served) -> None:
        """Let it finish what it answers; nobody waits for it."""
        old.terminate()
        self.retired.append(old)

    def give_up(self, failed: Served) -> None:
        """The first replacement that does not come up condemns the file; a later one is tried again."""
        failed.end()
        self.incoming, self.not_before = None, time.monotonic() + TRY_AGAIN
        if any(worker.path == self.path for worker in self.processes):
            say(f"A new worker did not come up; it is tried again in {TRY_AGAIN:.0f} seconds.")
            return
        condemned, self.path = self.path, self.processes[0].path
        self.outdated, self.is_moving = [], False
        self.refuse(condemned, f"{condemned.name} could not be served.")

    def handle_ttin(self) -> None:
        self.processes.append(self.started())

    def handle_ttou(self) -> None:
        if len(self.processes) > 1:
            self.retire(self.processes.pop())

    def terminate_all(self) -> None:
        for worker in self.processes:
            worker.terminate()
        if self.incoming:
            self.incoming.terminate()

    def join_all(self) -> None:
        """Wait for the answers under way, but not for ever."""
        until = time.monotonic() + STOP_WITHIN
        for worker in [*self.processes, *self.retired, *([self.incoming] if self.incoming else [])]:
            worker.process.join(max(0.0, until - time.monotonic()))
            if worker.process.is_alive():
                say(f"An answer was still under way after {STOP_WITHIN:.0f} seconds and was cut off.")
                worker.process.kill()
                worker.process.join()


def say(sentence: str) -> None:
    print(sentence, file=sys.stderr, flush=True)


def bound(host: str, port: int) -> socket.socket:
    """A socket of this address that takes visitors once a worker is ready. Raises OSError when the address is taken."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    made = socket.socket(family, socket.SOCK_STREAM)
    try:
        made.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        made.bind((host, port))
    except OSError:
        made.close()
        raise
    return made


def serve(link: Path, made: socket.socket, workers: int) -> bool:
    """Serve what `link` leads to until told to end; returns whether the site came up.

    There is no access log, because addresses hold searched names.
    """
    with made:
        supervisor = Following(settings(workers), [made], link)
        supervisor.run()
    return not supervisor.has_failed


def settings(workers: int) -> Config:
    """uvicorn's own settings; app and headers are each worker's."""
    fixed: dict[str, Any] = {"access_log": False, "log_level": "warning", "server_header": False, "lifespan": "on"}
    return Config(
        "",
        factory=True,
        loop="asyncio",  # the one whose way of accepting the workers know
        interface="asgi3",
        workers=workers,
        backlog=BACKLOG,
        timeout_keep_alive=IDLE_FOR,
        timeout_graceful_shutdown=FINISH_WITHIN,
        **fixed,
    )
