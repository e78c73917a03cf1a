"""What the pipeline must know of each source, taken from its class.

In: the catalog of spiders. Out: SourceFacts by name.
"""

from __future__ import annotations

from functools import cache

from crawler.catalog import all_sources
from pipeline.facts import SourceFacts


@cache
def source_facts() -> dict[str, SourceFacts]:
    """Every source of the catalog."""
    return {
        source.name: SourceFacts(
            name=source.name,
            kind=source.kind,
            title=source.title,
            publisher=source.publisher,
            covers=tuple(source.covers),
            partitions=tuple(source.partitions),
            register=source.register,
            numberless=source.numberless,
            leaves_out=source.leaves_out,
            changes_only=source.changes_only,
            details={
                "access": source.access,
                "homepage": source.homepage,
                "terms": source.terms,
                "cadence_days": source.cadence_days,
                "floor": source.floor,
            },
        )
        for source in all_sources()
    }
