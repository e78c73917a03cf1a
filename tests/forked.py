"""Commands and crawls in forks of a process that has loaded everything once: a fresh interpreter takes a second.

In: what to run. Out: its exit code and what it printed. A fork has its own environment, folder and output like the
command a user calls, and its spiders are forks of it; the demonstration's spiders, and whatever tests about processes
themselves start (kill -9, signals), are fresh interpreters.
"""

from __future__ import annotations

import multiprocessing
import os
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from importlib import import_module
from pathlib import Path
from typing import Any

from crawler.run_source import Order

CONTEXT = multiprocessing.get_context("forkserver")
CONTEXT.set_forkserver_preload(["tests.forked", "tests.forked_from"])


def run(work: Callable[..., int], *arguments: Any, patience: float = 300) -> int:
    """The exit code of `work(*arguments)` in a fork; raises TimeoutError when it does not end."""
    child = CONTEXT.Process(target=ended, args=(work, arguments))
    child.start()
    child.join(patience)
    if child.is_alive():
        child.kill()
        raise TimeoutError(f"{work.__name__} did not end within {patience} seconds")
    assert child.exitcode is not None
    return child.exitcode


def ended(work: Callable[..., int], arguments: tuple[Any, ...]) -> None:
    sys.exit(work(*arguments))


def run_command(arguments: list[str], environment: dict[str, str], folder: Path) -> tuple[int, str, str]:
    """Exit code, stdout and stderr of the `diplomate` command."""
    with tempfile.TemporaryDirectory() as outputs:
        texts = [Path(outputs) / name for name in ("out", "err")]
        code = run(command, arguments, environment, str(folder), *map(str, texts))
        out, err = (text.read_text(encoding="utf-8") for text in texts)
    return code, out, err


def command(arguments: list[str], environment: dict[str, str], folder: str, out: str, err: str) -> int:
    """In the fork: become the command."""
    os.environ.clear()
    os.environ.update(environment)
    os.chdir(folder)
    for number, path in ((1, out), (2, err)):
        os.dup2(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC), number)
    os.dup2(os.open(os.devnull, os.O_RDONLY), 0)
    sys.argv = ["diplomate", *arguments]
    take_over_output()
    if "demo" not in arguments:
        import_module("pipeline.commands.spider_process").start = ForkedSpider
    try:
        code = exit_code()
    finally:
        sys.stdout.flush()
        sys.stderr.flush()
    return code


def take_over_output() -> None:
    """Print where the file descriptors lead now."""
    sys.stdout = open(1, "w", encoding="utf-8", closefd=False)  # noqa: SIM115
    sys.stderr = open(2, "w", encoding="utf-8", closefd=False)  # noqa: SIM115


class ForkedSpider:
    """What `pipeline.commands.spider_process.start` starts, without a fresh interpreter."""

    def __init__(self, order: Order) -> None:
        self.returncode: int | None = None
        self.pid = os.fork()
        if self.pid == 0:
            os._exit(spider(order))

    def wait(self, timeout: float | None = None) -> int:
        until = time.monotonic() + (1e9 if timeout is None else timeout)
        while self.returncode is None:
            pid, status = os.waitpid(self.pid, os.WNOHANG)
            if pid:
                self.returncode = os.waitstatus_to_exitcode(status)
            elif time.monotonic() > until:
                raise subprocess.TimeoutExpired("spider", timeout or 0)
            else:
                time.sleep(0.005)
        return self.returncode

    def terminate(self) -> None:
        os.kill(self.pid, signal.SIGTERM)

    def kill(self) -> None:
        os.kill(self.pid, signal.SIGKILL)


def spider(order: Order) -> int:
    """In the fork of the fork: become the spider."""
    from crawler import run_source

    for number in (1, 2):
        os.dup2(os.open(os.devnull, os.O_WRONLY), number)
    take_over_output()
    os.chdir(Path(__file__).parent.parent)
    sys.argv = ["crawler.run_source", order.to_text()]
    try:
        return run_source.main()
    except BaseException:
        return 1


def exit_code() -> int:
    from pipeline.commands.main import main

    try:
        main()
    except SystemExit as ending:
        return ending.code if isinstance(ending.code, int) else int(bool(ending.code))
    return 0
