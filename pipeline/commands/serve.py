"""`diplomate serve`: the published database as a website, moving to each newly published file by itself."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

import click

from pipeline.commands.environment import Failed, data_folder, published

if TYPE_CHECKING:
    from socket import socket

MOST_BY_DEFAULT = 4


@click.command(name="serve")
@click.option("--host", default="127.0.0.1", show_default=True, help="Address to listen on.")
@click.option(
    "--port",
    default=8001,
    show_default=True,
    type=click.IntRange(0, 65535),
    help="Port to listen on; 0 takes a free one.",
)
@click.option(
    "--workers",
    default=None,
    type=click.IntRange(1, 64),
    help=f"Processes that answer; by default one a processor, at most {MOST_BY_DEFAULT}.",
)
def command(host: str, port: int, workers: int | None) -> None:
    """Serve the published database until interrupted."""
    published()  # where there is nothing to serve, that alone is said
    warn_without_contact()
    serve_published(host, port, workers)


def warn_without_contact() -> None:
    """A page about people must say to whom a mistake is told."""
    from db.described import read_metadata
    from db.every_page import operator

    if not operator(read_metadata()["plugins"]["diplomate"]):
        click.echo(
            "No page says how you are reached: set DIPLOMATE_CONTACT to an e-mail or web address, so that people can"
            " report mistakes and ask to be taken off.",
            err=True,
        )


def serve_published(host: str, port: int, workers: int | None = None) -> None:
    """Serve; raises Failed when the port is taken or the file cannot be served, DamagedFile when that was changed."""
    from db.kept import read_through
    from db.serving import serve

    path = published()
    read_through(path)
    listener = own_socket(host, port)
    shown = f"[{host}]" if ":" in host else host
    click.echo(f"Serving {path.name} at http://{shown}:{listener.getsockname()[1]}/  (stop with Ctrl-C)")
    if not serve(data_folder() / "current", listener, workers or processors()):
        raise Failed(f"{path.name} could not be served; the sentences above say why.")


def processors() -> int:
    """How many workers are sensible here."""
    try:
        there = len(os.sched_getaffinity(0))
    except AttributeError:  # not every system says which it may use
        there = os.cpu_count() or 1
    return min(there, MOST_BY_DEFAULT)


def own_socket(host: str, port: int) -> socket:
    from db.serving import bound

    try:
        return bound(host, port)
    except OSError as error:
        raise Failed(f"Port {port} on {host} cannot be used: {error.strerror}. Choose another with --port.") from error


def free_port(host: str, port: int) -> int:
    """The port, once it is known to be free; a free one for 0."""
    with own_socket(host, port) as probe:
        return int(probe.getsockname()[1])
