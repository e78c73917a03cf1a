"""What can be wrong with a source, as sentences a person understands.

A trouble fails the run: its snapshots are kept, its records are not used, the last good run stays.
"""

from __future__ import annotations


class SourceTrouble(Exception):
    """Something about an answer makes the run unusable; the message is a whole sentence."""


class Gate(SourceTrouble):
    """A captcha, challenge, sign-in or key of somebody else. It is never bypassed; the run is `blocked`."""


class SnapshotMissing(SourceTrouble):
    """A replay asked for an address that the replayed run never read."""
