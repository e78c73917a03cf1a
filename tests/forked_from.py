"""What the process that commands are forked from has loaded: all that a crawl and a build load by name or read once.

Comes in: nothing. Goes out: filled caches. A fork of it begins where a new interpreter is after two seconds.
"""

from __future__ import annotations

import gc
from importlib import import_module

from scrapy.settings import default_settings
from scrapy.utils.misc import load_object

from crawler.catalog import all_sources
from pipeline.web_phrases import KINDS, phrases
from pipeline.zip_centers import is_city, zip_center, zip_county

MODULES = (
    *("crawler.bulk", "crawler.politeness", "crawler.watch", "crawler.run_source", "pipeline.build", "db.check"),
    *("pipeline.commands.main", "pipeline.commands.crawl", "pipeline.commands.build", "pipeline.commands.check"),
    *("pipeline.commands.import_files", "pipeline.commands.sources", "pipeline.commands.status", "db.publish"),
    "scrapy.core.downloader.contextfactory",
)


def load_once() -> None:
    """Everything a crawl loads by name, never a reactor; phrases and places, which a build reads once."""
    named = [name for base in vars(default_settings).values() if isinstance(base, dict) for name in base]
    for name in named:
        if isinstance(name, str) and name.startswith("scrapy."):
            load_object(name)
    for module in MODULES:
        import_module(module)
    all_sources()
    for kind in KINDS:
        phrases(kind)
    assert zip_center("98101") and zip_county("98101") and is_city("WA", "seattle")


load_once()
gc.freeze()  # a collection in a fork would copy every page of what was loaded
