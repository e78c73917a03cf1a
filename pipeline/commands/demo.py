"""`diplomate demo`: the whole way on invented people, without network: crawl the bundled sample, build, serve.

In: nothing. Out: a published database in `data/demo` (never among real data), and a website.
"""

from __future__ import annotations

import os
from dataclasses import replace

import click

from crawler.catalog import source_names
from crawler.sample_site import sample_site
from pipeline.commands.build import build_and_publish
from pipeline.commands.crawl import carry_out_all, crawl_order, report
from pipeline.commands.environment import data_folder
from pipeline.commands.serve import free_port, serve_published


@click.command(name="demo")
@click.option("--serve/--no-serve", default=True, help="Serve the result, or stop after publishing.")
@click.option("--host", default="127.0.0.1", show_default=True)
@click.option("--port", default=8001, show_default=True, type=click.IntRange(0, 65535), help="0 takes a free one.")
def command(serve: bool, host: str, port: int) -> None:
    """Crawl the bundled sample of invented people, build, serve."""
    port = free_port(host, port) if serve else port
    os.environ["DIPLOMATE_DATA"] = str(data_folder() / "demo")
    with sample_site() as mirrors:
        report(carry_out_all([replace(crawl_order(name, (), mirrors, 0), sample=True) for name in source_names()]))
    click.echo(f"Published {build_and_publish(data_folder())}", err=True)
    click.echo(f"On the command line: DIPLOMATE_DATA={data_folder()} diplomate check NAME", err=True)
    if serve:
        serve_published(host, port)
