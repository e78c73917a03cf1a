"""Name pairs: how well the names of two records fit, over all their readings.

In: the tables `candidates` and `named`. Out: `name_pairs` (one, two): for each candidate the first outcome of
`name` in rules/link_weights.csv that fits, how many other people one expects under names that agree so
(`namesakes`), and the chance that a stranger's given name would agree so (`given_chance`). Pairs under other names that
share no number are left out.
"""

from __future__ import annotations

from pipeline.link.model import outcomes
from pipeline.link.shares import Step

SAME = "('same', 'same_words')"  # the outcomes that are one whole name


def steps(people: float) -> list[Step]:
    """Tables to make, in order, for a register of this many people."""
    return [("name_pairs", compared("candidates", people, KEPT))]


def compared(pairs: str, people: float, kept: str = "true") -> str:
    """A query for every pair (rec_a, rec_b, numbered, contact) of a table; for those of them that are kept."""
    both = BOTH.format(outcome=OUTCOME, pairs=pairs)
    return BEST.format(both=both, people=people, listed=listed(), kept=kept)


def near(part: str) -> str:
    """One letter more, fewer, other or two that changed places, in words of four letters or more."""
    return (
        f"(least(length(a.{part}), length(b.{part})) > 3 AND abs(length(a.{part}) - length(b.{part})) < 2"
        f" AND (levenshtein(a.{part}, b.{part}) < 2"
        f" OR (a.letters = b.letters AND levenshtein(a.{part}, b.{part}) = 2)))"
    )


# Seo is no short form of Seon-Sook, nor Chan a slip for Chang: East Asian names are short, and near to one another
SHORT = """(list_has_any(a.short_forms, b.short_forms)
    OR (least(length(a.given), length(b.given)) > 2
        AND (c.numbered OR NOT (a.east_asian AND (a.romanized OR b.romanized)))
        AND (starts_with(a.given, b.given) OR starts_with(b.given, a.given))))"""
# one side's whole given name is a part of the other's: Grace Eun-Hye, Eunhye
GIVEN_WORD = "(list_contains(a.given_words, b.given) OR list_contains(b.given_words, a.given))"
OUTCOME = f"""CASE
    WHEN a.name_key = b.name_key THEN 'same'
    WHEN a.all_words <> '' AND a.all_words = b.all_words THEN 'same_words'
    WHEN a.family = b.family AND {GIVEN_WORD} THEN 'given_word'
    WHEN a.family = b.family AND {SHORT} THEN 'nickname'
    WHEN a.family = b.family AND {near("given")} THEN 'given_misspelled'
    WHEN a.given = b.given AND {near("family")} AND (c.numbered OR NOT (a.east_asian AND b.east_asian))
        THEN 'family_misspelled'
    WHEN list_has_any(a.family_words, b.family_words) AND a.family <> b.family
        AND (a.given = b.given OR {SHORT} OR {GIVEN_WORD}) THEN 'family_part'
    WHEN a.family = b.family AND a.initial = b.initial AND least(length(a.given), length(b.given)) = 1 THEN 'initial'
    WHEN a.family = b.family AND list_has_any(a.given_words, b.given_words) THEN 'one_word'
    WHEN a.given = b.given AND length(a.given) > 1 AND a.reading + b.reading = 0 THEN 'changed_family'
    WHEN a.family = b.family AND a.east_asian AND ((a.english AND b.romanized) OR (b.english AND a.romanized))
        THEN 'english_name'
    WHEN a.family = b.family THEN 'relative'
    ELSE 'other' END"""
BOTH = """
    SELECT c.rec_a, c.rec_b, c.numbered, c.contact, {outcome} AS outcome,
        greatest(a.given_share, b.given_share) AS given_share,
        greatest(a.family_share, b.family_share) AS family_share, greatest(a.others, b.others) AS others,
        a.reading + b.reading > 0 AS reread
    FROM {pairs} c JOIN named a ON a.rec = c.rec_a JOIN named b ON b.rec = c.rec_b
"""
# `likeness`: the outcome that stands first in the rules explains two names best, then the commoner reading
BEST = """
    SELECT rec_a AS one, rec_b AS two, max_by(outcome, likeness) AS name, max_by(namesakes, likeness) AS namesakes,
        max_by(given_chance, likeness) AS given_chance, max_by(reread, likeness) AS reread,
        max(likeness) AS likeness
    FROM (
        SELECT *, least(namesakes, 1e5) / 1e3 + given_chance / 1e3 - CASE WHEN reread THEN 1e-9 ELSE 0 END
            - place_in_list * 1e3 AS likeness FROM (
            SELECT rec_a, rec_b, numbered, contact, outcome, reread, o.place_in_list,
                greatest({people} * given_chance * CASE WHEN outcome = 'changed_family' THEN 1 ELSE family_share END,
                    CASE WHEN outcome IN ('same', 'same_words') THEN others ELSE 0 END) AS namesakes, given_chance
            FROM (
                SELECT *, CASE outcome WHEN 'initial' THEN 0.08 WHEN 'english_name' THEN 1 WHEN 'relative' THEN 1
                    WHEN 'other' THEN 1
                    WHEN 'same' THEN given_share WHEN 'same_words' THEN given_share
                    ELSE least(3 * given_share, 1) END AS given_chance
                FROM ({both}) compared WHERE {kept}
            ) chances JOIN ({listed}) o ON o.name = chances.outcome
        ) expected
    ) likened GROUP BY rec_a, rec_b
"""
# said of one reading: what it leaves out could be the best of a pair only where the whole pair is left out
KEPT = """
    (numbered OR outcome NOT IN ('one_word', 'changed_family', 'english_name', 'relative', 'other')
        OR (contact AND outcome <> 'other'))
"""


def listed() -> str:
    """The outcomes of the feature `name` in the order of the rules."""
    rows = ", ".join(f"('{name}', {at})" for at, name in enumerate(outcomes()["name"]))
    return f"SELECT * FROM (VALUES {rows}) AS listed(name, place_in_list)"
