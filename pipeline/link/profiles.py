"""Profiles: records already taken for one person, laid together, and pairs of them weighed.

In: `records`, `crowds`, `name_pairs`, `told_apart` (pairs of roots that people told apart), and each round `taken`
(one, two: profiles to lay together). Out: `profiles` (one row a root, which is the smallest record number; every list
the union of its records' lists), `pairs`, and `weighed`: for each pair of profiles the outcome of every feature of
rules/link_weights.csv, the score in bits, against the people one expects to look so much alike by chance, and whether
something forbids that the two are one person. What counts is everything that is known of both sides, not two records.
"""

from __future__ import annotations

from pipeline.link.fields import LISTS
from pipeline.link.model import outcomes, setting
from pipeline.link.name_pairs import SAME
from pipeline.link.shares import Step

CROWDS = ("zip_share", "city_share", "area_share", "state_share", "family_zip", "family_city", "family_area",
          "phone_share", "street_share", "site_share")  # fmt: skip
NAMED = ("name", "namesakes", "given_chance", "reread")


def first_steps() -> list[Step]:
    """Every record by itself. `rec_a`, `rec_b`: the two records of a pair that fit best, by `fit`."""
    columns = ", ".join((*(f"r.{name}" for name in LISTS), *(f"c.{name}" for name in CROWDS)))
    named = ", ".join((*NAMED, "likeness"))
    return [
        ("profiles", f"SELECT r.rec AS root, r.disciplined, {columns} FROM records r JOIN crowds c ON c.rec = r.rec"),
        ("pairs", f"SELECT one, two, {named}, one AS rec_a, two AS rec_b, 0 AS fit FROM name_pairs"),
        ("weighed", weighed("pairs")),
        ("pairs", f"SELECT p.one, p.two, {named}, p.rec_a, p.rec_b, {FIT} AS fit {FITTED}"),
    ]


FIT = "row_number() OVER (ORDER BY w.score, -p.one, -p.two)"
FITTED = "FROM pairs p JOIN (SELECT one, two, score FROM weighed) w ON w.one = p.one AND w.two = p.two"


def next_steps() -> list[Step]:
    """After a round: the taken profiles laid together, what they touch weighed anew."""
    return [
        ("touched", "SELECT one AS root, one AS goes_to FROM taken UNION ALL SELECT two, one FROM taken"),
        ("profiles", f"{untouched('profiles', 'root')} UNION ALL {laid_together()}"),
        ("fresh", FRESH),
        ("pairs", f"{untouched('pairs', 'one', 'two')} UNION ALL SELECT * FROM fresh"),
        ("told_apart", TOLD_APART),
        ("weighed", f"{untouched('weighed', 'one', 'two')} UNION ALL {weighed('fresh')}"),
    ]


def untouched(table: str, *columns: str) -> str:
    """The rows of a table that no taken profile stands in."""
    kept = " AND ".join(f"{column} NOT IN (SELECT root FROM touched)" for column in columns)
    return f"SELECT * FROM {table} WHERE {kept}"


def laid_together() -> str:
    lists = ", ".join(f"list_distinct(list_concat(a.{name}, b.{name})) AS {name}" for name in LISTS)
    crowded = ", ".join(f"greatest(a.{name}, b.{name}) AS {name}" for name in CROWDS)
    return f"""
        SELECT a.root, a.disciplined OR b.disciplined AS disciplined, {lists}, {crowded}
        FROM taken t JOIN profiles a ON a.root = t.one JOIN profiles b ON b.root = t.two
    """


FRESH = f"""
    SELECT one, two, {", ".join(f"max_by({name}, likeness) AS {name}" for name in NAMED)}, max(likeness) AS likeness,
        max_by(rec_a, fit) AS rec_a, max_by(rec_b, fit) AS rec_b, max(fit) AS fit
    FROM (
        SELECT least(coalesce(a.goes_to, p.one), coalesce(b.goes_to, p.two)) AS one,
            greatest(coalesce(a.goes_to, p.one), coalesce(b.goes_to, p.two)) AS two,
            {", ".join(f"p.{name}" for name in (*NAMED, "likeness", "rec_a", "rec_b", "fit"))}
        FROM pairs p LEFT JOIN touched a ON a.root = p.one LEFT JOIN touched b ON b.root = p.two
        WHERE a.root IS NOT NULL OR b.root IS NOT NULL
    ) mapped WHERE one <> two GROUP BY one, two
"""
TOLD_APART = """
    SELECT DISTINCT least(coalesce(a.goes_to, d.one), coalesce(b.goes_to, d.two)) AS one,
        greatest(coalesce(a.goes_to, d.one), coalesce(b.goes_to, d.two)) AS two
    FROM told_apart d LEFT JOIN touched a ON a.root = d.one LEFT JOIN touched b ON b.root = d.two
"""


def both(column: str) -> str:
    return f"(array_length(a.{column}) > 0 AND array_length(b.{column}) > 0)"


def shared(column: str) -> str:
    return f"list_has_any(a.{column}, b.{column})"


def agreement(column: str) -> str:
    return f"CASE WHEN {shared(column)} THEN 'agrees' WHEN {both(column)} THEN 'disagrees' ELSE 'empty' END"


CONTACT = f"({shared('phones')} OR {shared('streets')})"
# one wrong or missing digit, in numbers long enough that few others are as near
NEAR_NUMBER = f"""({both("licenses")} AND array_length(a.licenses) = 1 AND array_length(b.licenses) = 1
    AND least(length(a.licenses[1]), length(b.licenses[1])) > 6 AND levenshtein(a.licenses[1], b.licenses[1]) = 1
    AND substr(a.licenses[1], 1, 3) = substr(b.licenses[1], 1, 3))"""
# the same of the two kinds there are: a physician whose NPI record says acupuncturist took in namesakes' licenses
ONE_KIND = f"({shared('kinds')} AND array_length(a.kinds) = array_length(b.kinds))"
FEATURES = {
    "middle": f"""CASE WHEN NOT {both("middles")} THEN 'empty' WHEN {shared("middle_names")} THEN 'agrees'
        WHEN {shared("middles")} AND {both("middle_names")} THEN 'same_initial'
        WHEN {shared("middles")} THEN 'initial'
        WHEN p.name = 'same_words' OR p.reread THEN 'empty' ELSE 'disagrees' END""",
    "generation": f"""CASE WHEN {shared("generations")} THEN 'agrees' WHEN {both("generations")} THEN 'disagrees'
        WHEN array_length(a.generations) + array_length(b.generations) > 0 THEN 'one_side' ELSE 'empty' END""",
    "sex": agreement("sexes"),
    "npi": agreement("npis"),
    "license": f"""CASE WHEN {shared("licenses")} THEN 'agrees' WHEN {NEAR_NUMBER} THEN 'near'
        WHEN {shared("numbered_states")} THEN 'other' ELSE 'empty' END""",
    "place": f"""CASE WHEN {shared("streets")} AND {shared("phones")} THEN 'street_and_phone'
        WHEN {shared("streets")} THEN 'street' WHEN {shared("phones")} THEN 'phone'
        WHEN {shared("websites")} THEN 'website' WHEN {shared("zips")} THEN 'zip' WHEN {shared("cities")} THEN 'city'
        WHEN {shared("areas")} THEN 'area'
        WHEN {shared("states")} AND {both("cities")} THEN 'other_city' WHEN {shared("states")} THEN 'state'
        WHEN {both("states")} THEN 'other_state' ELSE 'unknown' END""",
    "website": f"""CASE WHEN {shared("websites")} OR NOT {both("websites")} THEN 'empty'
        WHEN {CONTACT} THEN 'other_here' ELSE 'other' END""",
    "kind": f"CASE WHEN {ONE_KIND} THEN 'same' ELSE 'other' END",
    "board": f"CASE WHEN {shared('boards')} THEN 'two' ELSE 'one' END",
}
NUMBERED = "(npi = 'agrees' OR license = 'agrees')"
ONE_NAME = f"(name IN {SAME} AND generation <> 'one_side')"
CLASH = f"""npi = 'disagrees' OR sex = 'disagrees' OR generation = 'disagrees' OR once_twice OR live_twice
    OR told_apart OR (same_list AND NOT contact) OR (same_site AND name NOT IN {SAME})"""
# what no evidence can outweigh; two licenses of one board are one person's only under one name
FORBIDDEN = f"({CLASH} OR (board = 'two' AND NOT {ONE_NAME}) OR (kind = 'other' AND NOT contact))"
# two that are each other's rivals: a third cannot be both
EXCLUSIVE = f"({CLASH} OR (middle = 'disagrees' AND NOT {NUMBERED}))"
# needs more than others do
DOUBTFUL = f"(board = 'two' OR (middle = 'disagrees' AND NOT {NUMBERED}))"
# people who look as much alike by chance: namesakes at the place, or kin of the same address
KIN = f"(CASE WHEN name IN ('changed_family', 'other') THEN 0 ELSE {setting('kin')} END * given_chance)"
EXPECTED = f"""CASE
    WHEN place IN ('street', 'street_and_phone') THEN namesakes * street_share + {KIN} + 0.001
    WHEN place = 'phone' THEN namesakes * phone_share + {KIN} + 0.001
    WHEN place = 'website' THEN namesakes * site_share + {KIN} + 0.002
    WHEN place = 'zip' THEN greatest(namesakes * zip_share, family_zip * given_chance) + 0.002
    WHEN place = 'city' THEN greatest(namesakes * city_share, family_city * given_chance) + 0.002
    WHEN place = 'area' THEN greatest(namesakes * area_share, family_area * given_chance) + 0.003
    WHEN place IN ('state', 'other_city') THEN namesakes * state_share + 0.004
    ELSE namesakes + 0.01 END"""


def weight(feature: str) -> str:
    """The bits of a feature's outcome."""
    cases = " ".join(f"WHEN '{name}' THEN {outcome.weight}" for name, outcome in outcomes()[feature].items())
    return f"CASE {feature} {cases} END"


def weighed(pairs: str) -> str:
    """A query that weighs the pairs of a table."""
    features = ", ".join(f"{sql} AS {name}" for name, sql in FEATURES.items())
    crowded = ", ".join(f"greatest(a.{name}, b.{name}) AS {name}" for name in CROWDS)
    bits = " + ".join(weight(feature) for feature in ("name", *FEATURES))
    return f"""
        SELECT one, two, rec_a, rec_b, name, namesakes, {", ".join(FEATURES)}, forbidden, exclusive,
            doubtful, numbered, disciplined, bits - log2(expected) AS score
        FROM (
            SELECT *, {EXPECTED} AS expected, {FORBIDDEN} AS forbidden, {EXCLUSIVE} AS exclusive,
                {DOUBTFUL} AS doubtful, {NUMBERED} AS numbered, {bits} AS bits
            FROM (
                SELECT p.one, p.two, p.rec_a, p.rec_b, p.name, p.namesakes, p.given_chance, {features}, {crowded},
                    {CONTACT} AS contact, a.disciplined OR b.disciplined AS disciplined,
                    {shared("once")} AS once_twice, {shared("live_boards")} AS live_twice,
                    {shared("entries")} AS same_list, {shared("site_pages")} AS same_site,
                    t.one IS NOT NULL AS told_apart
                FROM {pairs} p JOIN profiles a ON a.root = p.one JOIN profiles b ON b.root = p.two
                LEFT JOIN told_apart t ON t.one = p.one AND t.two = p.two
            ) compared
        ) counted
    """
