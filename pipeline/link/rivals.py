"""Rivals: which of the pairs a rule takes are contested.

In: `weighed`, `profiles`, `told_apart`, and a rule (a condition on `weighed`). Out: `accepted` (one, two, score): pairs
the rule takes and no rival comes near. A rival of a pair is a third profile that fits one side nearly as well (within
the margin) and cannot be the other side's person too: something forbids it, or its name is another.
"""

from __future__ import annotations

from pipeline.link.model import setting
from pipeline.link.name_pairs import SAME, compared
from pipeline.link.profiles import weighed
from pipeline.link.shares import Step


def steps(rule: str, people: float) -> list[Step]:
    """Tables to make, in order, each round; `people`: the size of the register."""
    return [
        ("open_pairs", f"SELECT one, two, rec_a, rec_b, name, score, ({rule}) AS taken FROM weighed WHERE {OPEN}"),
        ("contests", contests()),
        ("strangers", STRANGERS),
        ("stranger_names", compared("strangers", people)),
        ("stranger_pairs", STRANGER_PAIRS),
        ("stranger_weights", weighed("stranger_pairs")),
        ("contested", CONTESTED),
        ("accepted", ACCEPTED),
    ]


OPEN = f"NOT forbidden AND score > {setting('review_score')}"
OWN = "('same', 'same_words', 'given_word')"


def contests() -> str:
    """Each taken pair (side, other) with each third that fits its side, and the pair of other and third."""
    ways = " UNION ALL ".join(
        f"SELECT {side} AS side, {other} AS other, {record} AS rec, name, score, taken FROM open_pairs"
        for side, other, record in (("one", "two", "rec_b"), ("two", "one", "rec_a"))
    )
    return f"""
        WITH ways AS ({ways})
        SELECT least(w.side, w.other) AS one, greatest(w.side, w.other) AS two,
            least(w.other, r.other) AS first, greatest(w.other, r.other) AS second,
            least(w.rec, r.rec) AS rec_a, greatest(w.rec, r.rec) AS rec_b,
            w.name IN {SAME} AND r.name IN {SAME} AS same_names,
            w.name IN {OWN} AND r.name IN {OWN} AS own_names
        FROM ways w JOIN ways r ON r.side = w.side AND r.other <> w.other AND r.score > w.score - {setting("margin")}
        WHERE w.taken
    """


# other and third share no key, so they were never weighed
STRANGERS = """
    SELECT c.first, c.second, c.rec_a, c.rec_b, false AS numbered, false AS contact
    FROM contests c LEFT JOIN weighed w ON w.one = c.first AND w.two = c.second
    WHERE w.one IS NULL GROUP BY c.first, c.second, c.rec_a, c.rec_b
"""
STRANGER_PAIRS = """
    SELECT s.first AS one, s.second AS two, s.rec_a, s.rec_b, n.name, n.namesakes, n.given_chance, n.reread
    FROM strangers s JOIN stranger_names n ON n.one = s.rec_a AND n.two = s.rec_b
"""
# two names that differ from one another may both be the side's own: Grace Eunhye Park, Grace Park, Eunhye Park
CONTESTED = """
    SELECT DISTINCT c.one, c.two FROM contests c
    LEFT JOIN weighed w ON w.one = c.first AND w.two = c.second
    LEFT JOIN stranger_weights s ON s.one = c.first AND s.two = c.second
    WHERE coalesce(w.exclusive, s.exclusive)
        OR (coalesce(w.name, s.name) IN ('relative', 'other') AND NOT c.own_names)
        OR (coalesce(w.name, s.name) = 'one_word' AND NOT c.same_names)
"""
ACCEPTED = """
    SELECT p.one, p.two, p.score FROM open_pairs p LEFT JOIN contested c ON c.one = p.one AND c.two = p.two
    WHERE p.taken AND c.one IS NULL
"""
