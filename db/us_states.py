"""States as people write them in a list: `WA`, `Washington`, `wash.`, `N.Y.`, `State of Oregon`.

Comes in: a cell. Goes out: the two-letter code, or "". Only a roster's cells are read this freely; a question's state
is a code or a name of table states.
"""

from __future__ import annotations

import re
from functools import cache

import us

from db.keys import name_words


@cache
def known_states() -> dict[str, str]:
    """Codes by folded name, code and abbreviation; DC and the territories too."""
    places = [*us.states.STATES_AND_TERRITORIES, us.states.DC]
    spelled = {folded(text): place.abbr for place in places for text in (place.name, place.ap_abbr or "") if text}
    return spelled | {place.abbr.lower(): place.abbr for place in places} | {"washingtondc": "DC", "cnmi": "MP"}


def folded(text: str) -> str:
    return "".join(name_words(text))


def state_code(text: str) -> str:
    key = folded(text)
    plain = re.sub(r"^(thestateof|stateof|us)|(state|usa)$", "", key)
    return known_states().get(key) or known_states().get(plain, "")


def states_in(text: str) -> list[str]:
    """The states that a cell lists: `WA, OR` or `WA/OR`; none when a part of it is no state."""
    whole = state_code(text)
    codes = [whole] if whole else [state_code(part) for part in re.split(r"[,;/&|\n]| and ", text) if part.strip()]
    return list(dict.fromkeys(codes)) if all(codes) else []
