"""The catalog of sources: every class in crawler/spiders, by name.

In: nothing. Out: source classes. A file's name is its spider's name; a test holds it.
"""

from __future__ import annotations

import pkgutil
from importlib import import_module

from crawler import spiders
from crawler.source import Source


def source_names() -> list[str]:
    return sorted(module.name for module in pkgutil.iter_modules(spiders.__path__))


def source_class(name: str) -> type[Source]:
    """The class of a source; raises KeyError for a name that is not in `source_names()`."""
    if name not in source_names():
        raise KeyError(name)
    module = import_module(f"crawler.spiders.{name}")
    return next(
        value
        for value in vars(module).values()
        if isinstance(value, type) and issubclass(value, Source) and value.__module__ == module.__name__
    )


def all_sources() -> list[type[Source]]:
    return [source_class(name) for name in source_names()]
