"""What a column holds, judged by its cells: for a roster without headings.

Comes in: the first rows. Goes out: our words with places, for columns whose every filled cell is an NPI, a state, a
license number or a name. Nothing is guessed for a file that has headings.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from db.roster_grid import Cells
from db.us_states import state_code

_NPI = re.compile(r"[12][0-9]{9}(\.0+)?")
_LICENSE = re.compile(r"(?=.*[0-9]{3})(?=.{3,20}$)[A-Za-z. ]{0,9}[-# ]*[0-9]{2,9}(-[A-Za-z0-9]{1,4})?")
_NAME = re.compile(r"[^\W\d_]['’.\w-]*,?( +[^\W\d_]['’.\w-]*,?){1,6}")


def guessed_columns(rows: Sequence[Cells]) -> dict[str, int]:
    """Nothing unless some column holds numbers that only rows of people have: two words alone may be a heading."""
    columns = [
        [cells[place].strip() for cells in rows if place < len(cells)]
        for place in range(max(map(len, rows), default=0))
    ]
    kinds = [kind_of_cells([cell for cell in column if cell]) for column in columns]
    found = {kind: place for place, kind in reversed(list(enumerate(kinds))) if kind}
    return found if {"license", "npi", "state"} & set(found) and {"license", "npi", "name"} & set(found) else {}


def kind_of_cells(cells: list[str]) -> str:
    if not cells:
        return ""
    tests = (
        ("npi", _NPI.fullmatch),
        ("state", state_code),
        ("license", _LICENSE.fullmatch),
        ("name", _NAME.fullmatch),
    )
    return next((kind for kind, holds in tests if all(holds(cell) for cell in cells)), "")
