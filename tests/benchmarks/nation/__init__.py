"""An invented nation of practitioners: every source's records about them, and who is who.

In: how many people, and a seed. Out: batches of records with the truth (`stream`). Everybody is invented; cities and
ZIP codes are real, telephones have the exchange 555, NPIs begin with 2, websites end in .example.
"""

from tests.benchmarks.nation.shares import SHARES, Shares
from tests.benchmarks.nation.stream import Batch, nation

__all__ = ["SHARES", "Batch", "Shares", "nation"]
