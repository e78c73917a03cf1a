"""What can be wrong with a source, as sentences a person understands.

A trouble fails the run: its snapshots are kept, its records are not used, the last good run stays.
"""

from __future__ import annotations

import errno
from urllib.parse import urlsplit

from scrapy.exceptions import DownloadCancelledError, IgnoreRequest

SILENCE = {  # what Scrapy calls a silence, in words
    "DownloadTimeoutError": "it took too long",
    "ResponseDataLossError": "it was cut short",
    "ResponseFailed": "the connection broke",
    "DownloadFailedError": "the connection broke",
    "DownloadConnectionRefusedError": "nobody answers there",
    "CannotResolveHostError": "the name leads nowhere",
}
DISK = (errno.ENOSPC, errno.EDQUOT, errno.EFBIG, errno.EROFS, errno.EIO)  # our disk's fault, not the site's


class SourceTrouble(Exception):
    """Something about an answer makes the run unusable; the message is a whole sentence."""


class Gate(SourceTrouble):
    """A captcha, challenge, sign-in or key of somebody else. It is never bypassed; the run is `blocked`."""


class SnapshotMissing(SourceTrouble):
    """A replay asked for an address that the replayed run never read."""


class Damaged(SourceTrouble):
    """Kept bytes are gone or no longer match their hash."""


class Unanswered(SourceTrouble):
    """No answer, or none in full: what was read before it stays good, and the next crawl goes on from there."""


class TooMuch(SourceTrouble):
    """The run would ask more often than its source may ever cost."""


class NotAsked(IgnoreRequest):
    """A request that was lined up when the run was already over."""


def as_trouble(reason: BaseException, url: str) -> SourceTrouble:
    """One sentence for a download that failed."""
    if isinstance(reason, SourceTrouble):
        return reason
    if isinstance(reason, IgnoreRequest) and "robots" in str(reason):
        return SourceTrouble(f"robots.txt of {urlsplit(url).netloc} forbids {url}; it was not read.")
    if isinstance(reason, IgnoreRequest):
        return SourceTrouble(f"{url} leads from one address to the next without end; it was not followed further.")
    if isinstance(reason, DownloadCancelledError):
        return SourceTrouble(f"{url} gave no whole answer: it is larger than any answer that is taken into memory.")
    if isinstance(reason, OSError) and reason.errno in DISK:
        return Unanswered(f"{url} was read and could not be kept: {reason.strerror}. Look at this machine's disk.")
    return Unanswered(f"{url} gave no whole answer: {SILENCE.get(type(reason).__name__, str(reason))}.")
