"""Candidates: pairs of records that could be one person's, found by keys they share.

In: the tables `records` and `named`. Out: `candidates` (rec_a < rec_b; `numbered`: they share an NPI or
a license number, `contact`: a phone, street or website). Every key holds a part of a name together with
a place or a number, and a key that too many records share brings no pairs (a finer key with the ZIP code does), so that
the pairs grow with the register and not with its square.
"""

from __future__ import annotations

from pipeline.link.model import setting
from pipeline.link.shares import Step


def steps() -> list[Step]:
    """Tables to make, in order."""
    return [
        ("words", WORDS),
        ("keys", " UNION ALL ".join(key_queries())),
        ("useful_keys", USEFUL),
        ("candidates", CANDIDATES),
    ]


WORDS = """
    SELECT rec, given, family, initial, name_key, all_words, letters, given_words,
        unnest(family_words) AS family_word FROM named
"""
MANY_WORDS = "(SELECT rec, all_words FROM words WHERE all_words <> '')"  # a name of two words has none
USEFUL = f"""
    SELECT key FROM keys GROUP BY key
    HAVING count(*) > 1 AND count(*) <= {int(setting("crowded"))}
"""
CANDIDATES = """
    SELECT a.rec AS rec_a, b.rec AS rec_b, bool_or(a.kind = 'number') AS numbered,
        bool_or(a.kind = 'contact') AS contact
    FROM keys a JOIN useful_keys u ON u.key = a.key JOIN keys b ON b.key = a.key
    WHERE a.rec < b.rec GROUP BY a.rec, b.rec
"""


def key_queries() -> list[str]:
    """One query for each kind of key, of (key, rec), each pair once."""
    by_name = ("'k ' || name_key", "'i ' || initial || ' ' || family_word",
               "'g ' || given || ' ' || substr(family, 1, 2)", "'h ' || given || ' ' || right(family, 2)",
               "'l ' || letters")  # fmt: skip
    given = "(SELECT rec, family_word, unnest(given_words) AS given_word FROM words)"
    queries = [keyed("'w ' || given_word || ' ' || family_word || '@' || value", beside(listed("states"), given))]
    queries += [keyed(f"'{name} ' || value", listed(name), "number") for name in ("npis", "licenses")]
    queries += [keyed("'k ' || name_key", "words"), keyed("'a ' || all_words", MANY_WORDS)]
    for places in (listed("states"), together("zips", "cities")):
        queries += [keyed(f"{word} || '@' || value", beside(places)) for word in by_name]
        queries += [keyed("'a ' || all_words || '@' || value", beside(places, MANY_WORDS))]
    contacts = beside(together("phones", "streets", "websites"))
    words = ("'f ' || family_word", "'v ' || given")
    return queries + [keyed(f"{word} || '@' || value", contacts, "contact") for word in words]


def keyed(key: str, table: str, kind: str = "name") -> str:
    return f"SELECT DISTINCT hash({key}) AS key, rec, '{kind}' AS kind FROM {table}"


def listed(column: str) -> str:
    """The values of a list of the records, one a row."""
    return f"(SELECT rec, CAST(unnest({column}) AS VARCHAR) AS value FROM records) listed"


def together(*columns: str) -> str:
    """The values of several lists, marked by which list they are of."""
    parts = (f"SELECT rec, '{column} ' || value AS value FROM {listed(column)}" for column in columns)
    return f"({' UNION ALL '.join(parts)}) together"


def beside(places: str, words: str = "words") -> str:
    """Parts of the name beside places of the record."""
    return f"(SELECT w.*, p.value FROM {words} w JOIN (SELECT * FROM {places}) p ON p.rec = w.rec) beside"
