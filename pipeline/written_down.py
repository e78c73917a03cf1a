"""What people have decided, as one mark: a build says which decisions it applied, the next run sees whether it did all.

In: the data folder. Out: a short text that differs when a judgment or a dispute was written or withdrawn. It is made of
the bytes and not of the files' times: what is written while a build is at work is newer than the build, and its file is
older than the published one. Suppressions have a mark of their own (`pipeline.suppressions`).
"""

from __future__ import annotations

import hashlib
from pathlib import Path

from pipeline.disputes import FILE as DISPUTES
from pipeline.judgments import FILE as JUDGMENTS

KEY = "decisions"  # of table build_info


def decisions_mark(data: Path) -> str:
    """The mark of what is written down now; "" where nobody has decided anything."""
    found = [(data / name).read_bytes() if (data / name).exists() else b"" for name in (JUDGMENTS, DISPUTES)]
    if not any(found):
        return ""
    return hashlib.blake2b(b"".join(hashlib.sha256(each).digest() for each in found), digest_size=8).hexdigest()
