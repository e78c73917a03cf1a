"""Loaded by every interpreter that finds this folder on its path: counts changes to files, and kills at one of them.

In: KILLS_COUNT, a file that grows by a byte at each change below DIPLOMATE_DATA, whichever process of the group makes
it; KILLS_AT, the number of the change before which the whole group is killed. A random moment seldom falls between a
rename and the next; this falls between them always.
"""

from __future__ import annotations

import os
import signal
import sys
from typing import Any

CHANGES = {"os.rename", "os.remove", "os.rmdir", "os.mkdir", "os.symlink", "os.link", "os.chmod", "os.truncate", "open"}
WRITING = os.O_WRONLY | os.O_RDWR | os.O_CREAT | os.O_TRUNC | os.O_APPEND
LIKE_THE_NEXT = ("/locks/", ".building/")  # dozens of whole tables are written into one folder before it has its name
DATA, COUNT, AT = (os.environ.get(name, "") for name in ("DIPLOMATE_DATA", "KILLS_COUNT", "KILLS_AT"))


def watch(event: str, told: tuple[Any, ...]) -> None:
    """Called before each thing that Python does to files."""
    if event not in CHANGES or (event == "open" and not (isinstance(told[2], int) and told[2] & WRITING)):
        return
    path = str(told[1] if event == "os.symlink" else told[0])
    if path.startswith(DATA) and not any(part in path for part in LIKE_THE_NEXT):
        count_one()


def count_one() -> None:
    counted = os.write(COUNTER, b".") and os.fstat(COUNTER).st_size
    if AT and counted >= int(AT):
        os.killpg(0, signal.SIGKILL)


if DATA and COUNT:
    COUNTER = os.open(COUNT, os.O_WRONLY | os.O_APPEND | os.O_CREAT)
    os.set_inheritable(COUNTER, False)
    sys.addaudithook(watch)
