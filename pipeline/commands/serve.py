"""`diplomate serve`: the published database as a website."""

from __future__ import annotations

import click

from pipeline.commands.environment import Failed, published


@click.command(name="serve")
@click.option("--host", default="127.0.0.1", show_default=True, help="Address to listen on.")
@click.option(
    "--port",
    default=8001,
    show_default=True,
    type=click.IntRange(0, 65535),
    help="Port to listen on; 0 takes a free one.",
)
def command(host: str, port: int) -> None:
    """Serve the published database until interrupted."""
    serve_published(host, port)


def serve_published(host: str, port: int) -> None:
    """Serve; raises Failed when the port is taken."""
    from db.site import serve

    path = published()
    free = free_port(host, port)
    click.echo(f"Serving {path.name} at http://{host}:{free}/  (stop with Ctrl-C)")
    serve(path, host, free)


def free_port(host: str, port: int) -> int:
    """The port, once it is known to be free; a free one for 0."""
    import socket

    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with socket.socket(family, socket.SOCK_STREAM) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError as error:
            raise Failed(
                f"Port {port} on {host} cannot be used: {error.strerror}. Choose another with --port."
            ) from error
        return int(probe.getsockname()[1])
