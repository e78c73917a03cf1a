"""Rivals: which of the pairs a rule takes are contested.

In: `weighed`, `profiles`, `told_apart`, and a rule (a condition on `weighed`). Out: `accepted` (one, two, score): pairs
the rule takes and no rival comes near. A rival of a pair is a third profile that fits one side nearly as well (within
the margin) and cannot be the other side's person too: something forbids it, or its name is another.
"""

from __future__ import annotations

from pipeline.link.model import setting
from pipeline.link.profiles import weighed
from pipeline.link.shares import Step


def steps(rule: str) -> list[Step]:
    """Tables to make, in order, each round."""
    return [
        (
            "open_pairs",
            f"SELECT one, two, name, score, ({rule}) AS taken FROM weighed WHERE NOT forbidden AND score > -6",
        ),
        ("ways", WAYS),
        ("contests", contests()),
        ("unweighed", UNWEIGHED),
        ("opposed", f"SELECT one, two FROM ({weighed('unweighed')}) stranger WHERE forbidden"),
        ("contested", CONTESTED),
        ("accepted", ACCEPTED),
    ]


WAYS = """
    SELECT one AS side, two AS other, name, score, taken FROM open_pairs
    UNION ALL SELECT two, one, name, score, taken FROM open_pairs
"""


def contests() -> str:
    """Each taken pair (side, other) with each third that fits its side; `alike`: other and third bear one name."""
    return f"""
        SELECT least(w.side, w.other) AS one, greatest(w.side, w.other) AS two,
            least(w.other, r.other) AS first, greatest(w.other, r.other) AS second,
            w.name IN ('same', 'same_words') AND r.name IN ('same', 'same_words') AS alike
        FROM ways w JOIN ways r ON r.side = w.side AND r.other <> w.other AND r.score > w.score - {setting("margin")}
        WHERE w.taken
    """


# other and third share no key, so they were never weighed; what forbids them must still be known
UNWEIGHED = """
    SELECT DISTINCT c.first AS one, c.second AS two, c.first AS rec_a, c.second AS rec_b, 'same' AS name,
        1.0 AS namesakes, 1.0 AS given_chance
    FROM contests c LEFT JOIN weighed w ON w.one = c.first AND w.two = c.second
    WHERE w.one IS NULL AND c.alike
"""
CONTESTED = """
    SELECT DISTINCT c.one, c.two FROM contests c
    LEFT JOIN weighed w ON w.one = c.first AND w.two = c.second
    LEFT JOIN opposed o ON o.one = c.first AND o.two = c.second
    WHERE CASE WHEN w.one IS NOT NULL THEN w.forbidden OR w.name IN ('relative', 'other')
        ELSE NOT c.alike OR o.one IS NOT NULL END
"""
ACCEPTED = """
    SELECT p.one, p.two, p.score FROM open_pairs p LEFT JOIN contested c ON c.one = p.one AND c.two = p.two
    WHERE p.taken AND c.one IS NULL
"""
