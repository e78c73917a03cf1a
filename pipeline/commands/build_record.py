"""The outcome of the last attempt to build, for whoever watches over the data folder.

In: the data folder and what became of the attempt. Out: `data/last_build.json`, always whole:
`{"at": time, "published": file name or "", "refused": sentence or "", "set_aside": [sentence, …]}`; the last are runs
that could not count.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import datetime
from pathlib import Path
from typing import TypedDict

from crawler.snapshots import write_whole

FILE = "last_build.json"


class LastBuild(TypedDict):
    """One of `published` and `refused` is filled."""

    at: str
    published: str
    refused: str
    set_aside: list[str]


def write_last_build(
    data: Path, at: datetime, published: str = "", refused: str = "", set_aside: Sequence[str] = ()
) -> None:
    """Replace the record in one step; raises OSError where the folder cannot be written."""
    when, aside = f"{at:%Y-%m-%dT%H:%M:%SZ}", list(set_aside)
    record: LastBuild = {"at": when, "published": published, "refused": refused, "set_aside": aside}
    write_whole(data / FILE, json.dumps(record, ensure_ascii=False, indent=1).encode())


def read_last_build(data: Path) -> LastBuild | None:
    """The record, or None where nothing was attempted yet or it cannot be read."""
    try:
        found = json.loads((data / FILE).read_text(encoding="utf-8"))
        at, published, refused = (str(found[key]) for key in ("at", "published", "refused"))
        aside = [str(said) for said in found.get("set_aside", ())]
    except (OSError, ValueError, KeyError, TypeError):
        return None
    return {"at": at, "published": published, "refused": refused, "set_aside": aside}
