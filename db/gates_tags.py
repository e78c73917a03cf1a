"""Gates on tags: too many of the same people carry another word than in the last file.

Comes in: a connection with the new file as `main` and the last one as `last`. Goes out: refusals, one a tag. Only
people who are in both files are compared, so that new people move nothing. Moves that have a reason are left out
(`db.gates_reasons`). Whoever is known for the first time, new people too, is compared with the others of the state: a
word whose limit has a name of its own must not be that of too many.
"""

from __future__ import annotations

import json
import sqlite3
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping

from db.gates_reasons import UNKNOWN, Move, read_reasons
from db.refusals import Limits, Refusal, percent

Words = tuple[str, str]  # a kind of tag and its word
NO_WORD = "no word"

# A license tag speaks of one state, a certification tag of all that the person is tied to.
MOVES = """
SELECT was.kind, was.value, coalesce(now.value, ?), coalesce(was.as_of, ''),
       CASE was.kind WHEN 'license' THEN json_array(was.scope) ELSE (
           SELECT json_group_array(state) FROM (
               SELECT state FROM main.practitioners WHERE id = was.practitioner_id
               UNION SELECT scope FROM main.tags WHERE practitioner_id = was.practitioner_id AND kind = 'license'))
       END
FROM last.tags was LEFT JOIN main.tags now USING (practitioner_id, kind, scope)
WHERE was.practitioner_id IN (SELECT id FROM main.practitioners) AND was.value IS NOT now.value
"""
CARRIED = "SELECT kind, value, count(*) FROM last.tags GROUP BY 1, 2"
FIRST_KNOWN = """
SELECT now.kind, now.scope, now.value, count(*)
FROM main.tags now LEFT JOIN last.tags was USING (practitioner_id, kind, scope)
WHERE (was.value IS NULL OR was.value IN ({words})) AND now.value NOT IN ({words})
GROUP BY 1, 2, 3 ORDER BY 1, 2, 3
""".format(words=", ".join(f"'{word}'" for word in sorted(UNKNOWN)))


def moved_tags(connection: sqlite3.Connection, limits: Limits) -> Iterator[Refusal]:
    """Tags that too many people left, or came to."""
    moves = unexplained(connection)
    carried = {(kind, value): number for kind, value, number in connection.execute(CARRIED)}
    yield from left(moves, carried, limits)
    yield from came(moves, carried, limits)
    yield from first_known(connection, limits)


def unexplained(connection: sqlite3.Connection) -> list[tuple[str, str, str, int]]:
    """Kind, last word, new word and how many, of moves that have no reason; the most frequent first."""
    reasons = read_reasons(connection)
    found: Counter[tuple[str, str, str]] = Counter()
    for kind, was, now, as_of, states in connection.execute(MOVES, [NO_WORD]):
        if not reasons.explain(Move(kind, was, now, as_of, frozenset(json.loads(states)))):
            found[kind, was, now] += 1
    return [(*words, number) for words, number in sorted(found.items(), key=lambda item: (-item[1], item[0]))]


def left(moves: list[tuple[str, str, str, int]], carried: Mapping[Words, int], limits: Limits) -> Iterator[Refusal]:
    gone: dict[Words, dict[str, int]] = defaultdict(dict)
    for kind, was, now, number in moves:
        gone[kind, was][now] = number
    for (kind, word), to in gone.items():
        limit, number, before = limits.of("tag_left", f"{kind}.{word}"), sum(to.values()), carried[kind, word]
        if limit and number >= limit.least and number > before * limit.share:
            where = ", ".join(f"{count:,} {now}" for now, count in to.items())
            said = f"{number:,} of the {before:,} tags {kind} '{word}' are another word now ({where})"
            yield Refusal(f"{said}, more than {percent(limit.share)}", f"tag:{kind}.{word}")


def came(moves: list[tuple[str, str, str, int]], carried: Mapping[Words, int], limits: Limits) -> Iterator[Refusal]:
    come: dict[Words, int] = defaultdict(int)
    for kind, _, now, number in moves:
        come[kind, now] += number
    for (kind, word), number in come.items():
        limit, before = limits.of("tag_came", f"{kind}.{word}"), carried.get((kind, word), 0)
        if limit and word != NO_WORD and number >= limit.least and number > before * limit.share:
            said = f"{number:,} tags came to be {kind} '{word}' that were another word, beside {before:,} that were it"
            yield Refusal(f"{said}, more than {percent(limit.share)}", f"tag:{kind}.{word}")


def first_known(connection: sqlite3.Connection, limits: Limits) -> Iterator[Refusal]:
    """Words that too many come to of whom nothing was known: a board's words that are read wrong the first time."""
    found: dict[Words, dict[str, int]] = defaultdict(dict)
    for kind, scope, word, number in connection.execute(FIRST_KNOWN):
        found[kind, scope][word] = number
    for limit in limits.named("tag_came"):
        for (kind, scope), words in found.items():
            number, of = words.get(limit.subject.removeprefix(f"{kind}."), 0), sum(words.values())
            if number >= limit.least and number > of * limit.share:
                said = f"{scope}: {number:,} of the {of:,} tags that no board spoke of before are {limit.subject}"
                yield Refusal(f"{said}, more than {percent(limit.share)}", f"tag:{limit.subject}")
