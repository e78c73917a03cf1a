"""Files that are whole or not there: what a kill, or a full disk, must not tear.

In: bytes. Out: a file of its own name that holds all of them, or none; and rows of files that are only added to.
"""

from __future__ import annotations

import json
import os
from contextlib import suppress
from pathlib import Path
from typing import Any


def write_whole(path: Path, content: bytes, flush: bool = True) -> None:
    """Write beside, flush to disk, rename: the path holds all of it or does not exist.

    Without `flush` that holds for a process that is killed, not for a machine that loses power.
    """
    beside = path.with_name(path.name + ".part")
    try:
        with beside.open("wb") as file:
            file.write(content)
            if flush:
                file.flush()
                os.fsync(file.fileno())
        beside.replace(path)
    except OSError:
        with suppress(OSError):
            beside.unlink(missing_ok=True)
        raise


def read_json_lines(path: Path) -> list[dict[str, Any]]:
    """Rows of a JSON Lines file; an unfinished last line is not a row."""
    if not path.exists():
        return []
    lines = path.read_text(encoding="utf-8").split("\n")
    return [json.loads(line) for line in lines[:-1] if line]
