"""The one place where Datasette is configured: a published file in, a website out.

Comes in: the path of a published file. Goes out: a Datasette, an ASGI app, or a running server.
The file is opened as immutable under the name `diplomate`; a newer file needs a new process, because
Datasette keeps its connections for ever.
"""

from __future__ import annotations

import asyncio
import hashlib
import json
from contextlib import closing
from pathlib import Path
from typing import Any

from datasette.app import Datasette
from datasette.database import Database

from db.facts import Facts, read_facts
from db.publish import connect, named_damage

HERE = Path(__file__).resolve().parent
DATABASE = "diplomate"
SETTINGS = {
    "default_page_size": 50,
    "max_returned_rows": 1000,
    "sql_time_limit_ms": 1500,
    "facet_time_limit_ms": 1000,
    "suggest_facets": False,
    "allow_download": False,
    "default_allow_sql": False,
    "max_csv_mb": 0,
    "allow_csv_stream": True,
    "num_sql_threads": 4,
    "default_cache_ttl": 60,
}


class Site(Datasette):
    """Datasette that knows the facts of the one file it serves."""

    facts: Facts
    style_version: str


def make_datasette(path: Path) -> Site:
    """Return a Datasette on a published file.

    Raises `FileNotFoundError` when there is none and `DamagedFile` when it cannot be read.
    """
    real = path.resolve()
    if not real.is_file():
        raise FileNotFoundError(f"no published database at {path}")
    site = Site(
        [],
        metadata=read_metadata(),
        template_dir=str(HERE / "templates"),
        plugins_dir=str(HERE / "plugins"),
        static_mounts=[("static", str(HERE / "static"))],
        settings=SETTINGS,
    )
    site.remove_database("_memory")
    site.add_database(Database(site, str(real), is_mutable=False), name=DATABASE)
    site.facts = facts_of(real)
    site.style_version = hashlib.sha256((HERE / "static" / "site.css").read_bytes()).hexdigest()[:12]
    return site


def read_metadata() -> dict[str, Any]:
    """Return metadata.json from the package of an installed wheel, or from the top of the repository."""
    for folder in (HERE, HERE.parent):
        if (folder / "metadata.json").is_file():
            metadata: dict[str, Any] = json.loads((folder / "metadata.json").read_text(encoding="utf-8"))
            return metadata
    raise FileNotFoundError(f"metadata.json is neither in {HERE} nor in {HERE.parent}")


def facts_of(path: Path) -> Facts:
    with closing(connect(path)) as connection, named_damage(path):
        return read_facts(connection)


def make_app(path: Path) -> Any:
    """Return the ASGI app: pages, headers and closed doors are all plugins of the Datasette within."""
    return make_datasette(path).app()


def serve(path: Path, host: str = "127.0.0.1", port: int = 8001) -> None:
    """Serve a published file until stopped; no access log, because addresses hold searched names."""
    import uvicorn

    site = make_datasette(path)
    asyncio.run(site.invoke_startup())
    uvicorn.run(site.app(), host=host, port=port, access_log=False, log_level="warning", server_header=False)
