"""The one place where Datasette is configured: a published file in, a website out.

Comes in: the path of a published file. Goes out: a Datasette or an ASGI app.
The file is opened as immutable under the name `diplomate`; a newer file needs a new process, because
Datasette keeps its connections for ever.
"""

from __future__ import annotations

import hashlib
import os
from contextlib import closing
from functools import cached_property
from pathlib import Path
from typing import Any

from datasette.app import Datasette
from jinja2 import Environment

from db.described import DATABASE, read_metadata
from db.facts import Facts
from db.find import Known, read_known
from db.matches import Held
from db.opening import connect, named_damage
from db.published_file import PublishedFile
from db.tiles import Tiles, read_tiles
from db.whole_files import files_of, read_manifest

HERE = Path(__file__).resolve().parent
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

    known: Known
    held: Held
    style_version: str
    tiles: Tiles
    files: Path
    manifest: dict[str, Any]

    @property
    def facts(self) -> Facts:
        return self.known.facts

    @cached_property
    def quick_env(self) -> Environment:
        """The templates compiled without `async`, for pages in which nothing waits."""
        return self.jinja_env.overlay(enable_async=False)

    @cached_property
    def counted(self) -> dict[Any, Any]:
        """What was counted over the whole file (`db.pages.read_once`)."""
        return {}

    @cached_property
    def allowed(self) -> dict[tuple[str, str], Any]:
        return {}

    def _table_permission_allows(self, database: str, table: str) -> Any:
        """Who may see a table never changes here, and Datasette copies all metadata each time it asks."""
        if (database, table) not in self.allowed:
            self.allowed[database, table] = super()._table_permission_allows(database, table)
        return self.allowed[database, table]


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
    site.add_database(PublishedFile(site, str(real), is_mutable=False), name=DATABASE)
    site.known = known_of(real)
    site.style_version = version_of("site.css", "map.js", "leaflet/leaflet.js")
    site.tiles = read_tiles(os.environ.get("DIPLOMATE_TILES", ""), os.environ.get("DIPLOMATE_TILES_CREDIT", ""))
    site.files, site.manifest = files_of(real), read_manifest(real)
    return site


def version_of(*files: str) -> str:
    """Changes with the static files, so that a browser keeps no old one."""
    digest = hashlib.sha256()
    for name in files:
        digest.update((HERE / "static" / name).read_bytes())
    return digest.hexdigest()[:12]


def known_of(path: Path) -> Known:
    with closing(connect(path)) as connection, named_damage(path):
        return read_known(connection)


def make_app(path: Path) -> Any:
    """Return the ASGI app: pages, headers and closed doors are all plugins of the Datasette within."""
    return make_datasette(path).app()
