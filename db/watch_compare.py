"""What changed about one watched person between two looks.

Comes in: what is remembered (`Memory`) and what is known now (`View`). Goes out: the new memory and `Difference`s.
Silence is no news: a reading too old, a source that failed, details withheld below `confirmed` leave what is remembered
as it is, and when the same word comes back nothing has changed.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from db.veil import DISCIPLINE, speaks
from db.watch_kinds import BOARD_WORDS, kind_of
from db.watch_view import Field, View

READ_ON = re.compile(r"\bon \d{4}-\d{2}-\d{2}")  # a reason that only names a later reading is the same reason
SEVERAL, FAILED = "several_candidates", "source_failed"
TOLD_AT_ONCE = ("exclusion", "discipline")


@dataclass(frozen=True)
class Difference:
    """One thing that is not as it was; `field` is a `Field`, or outcome, match_level or practitioner_id."""

    kind: str
    field: Field
    old: str
    new: str
    as_of: str = ""


@dataclass(frozen=True)
class Memory:
    """What is remembered of one question. `id` and `known` are of the last person it led to, `level` is none when it
    led to nobody or to several at the last look; `reminded` is license -> (expires, days of the last reminder)."""

    outcome: str
    level: str = "none"
    id: str = ""
    known: Mapping[Field, str] = field(default_factory=dict)
    unread: frozenset[Field] = frozenset()
    reminded: Mapping[str, tuple[str, int | None]] = field(default_factory=dict)

    def to_json(self) -> dict[str, Any]:
        return {
            "outcome": self.outcome,
            "level": self.level,
            "id": self.id,
            "known": [[*field, value] for field, value in self.known.items()],
            "unread": sorted(map(list, self.unread)),
            "reminded": {license: list(last) for license, last in self.reminded.items()},
        }

    @classmethod
    def from_json(cls, row: Mapping[str, Any]) -> Memory:
        """Raises ValueError, KeyError or TypeError where the JSON is not one that `to_json` wrote."""
        return cls(
            outcome=str(row["outcome"]),
            level=str(row["level"]),
            id=str(row["id"]),
            known={Field(kind, scope, number): str(value) for kind, scope, number, value in row["known"]},
            unread=frozenset(Field(*parts) for parts in row["unread"]),
            reminded={
                str(license): (str(expires), day and int(day)) for license, (expires, day) in row["reminded"].items()
            },
        )


def first_memory(view: View) -> Memory:
    known = {field: now.value for field, now in view.known.items()}
    return Memory(view.outcome, view.level, view.id, known, unread_of(view))


def unread_of(view: View) -> frozenset[Field]:
    return frozenset(field for field, now in view.known.items() if now.unread)


def compare(was: Memory, view: View, leads_to: Callable[[str], str]) -> tuple[Memory, list[Difference]]:
    """The new memory and what changed; `leads_to` gives the id that an id leads to by now."""
    if view.outcome == FAILED and not view.id:
        return was, []
    was = replace(was, id=leads_to(was.id))
    if not view.id:
        return replace(was, outcome=view.outcome, level=view.level), lost(was, view)
    if view.id != was.id:
        return met(was, view)
    known, told = compare_known(was, view)
    level = was.level if view.aged and was.level != "none" else view.level
    memory = replace(was, outcome=view.outcome, level=level, known=known, unread=unread_of(view))
    return memory, [*met_again(was, view, level), *told]


def lost(was: Memory, view: View) -> list[Difference]:
    """Nobody, or several people, where one person was meant; or another kind of not knowing."""
    field, ends = Field("outcome"), (was.outcome, view.outcome)
    if was.level != "none":
        return [Difference("several_now" if view.outcome == SEVERAL else "no_longer_found", field, *ends)]
    return [Difference("outcome_changed", field, *ends)] if was.outcome not in (view.outcome, FAILED) else []


def met(was: Memory, view: View) -> tuple[Memory, list[Difference]]:
    """Another person than remembered, or the first one: told in one line, with what may not wait in its own."""
    if was.level == "none":
        told = [Difference("found", Field("outcome"), was.outcome, view.outcome)]
    else:
        told = [Difference("other_person", Field("practitioner_id"), was.id, view.id)]
    grave = [(field, now) for field, now in view.known.items() if field.kind in TOLD_AT_ONCE]
    told += [Difference(kind_of(field, "", now.value), field, "", now.value, now.as_of) for field, now in grave]
    return replace(first_memory(view), reminded=was.reminded), told


def met_again(was: Memory, view: View, level: str) -> list[Difference]:
    """The same person: found again, or with another certainty."""
    if was.level == "none":
        return [Difference("found", Field("outcome"), was.outcome, view.outcome)]
    if was.level != level:
        return [Difference("level_changed", Field("match_level"), was.level, level)]
    changed = was.outcome not in (view.outcome, FAILED) and view.outcome != FAILED
    return [Difference("outcome_changed", Field("outcome"), was.outcome, view.outcome)] if changed else []


def compare_known(was: Memory, view: View) -> tuple[dict[Field, str], list[Difference]]:
    """Field by field; what is silent now stays remembered."""
    known: dict[Field, str] = {}
    told = []
    for of in dict.fromkeys((*was.known, *view.known)):
        old, now = was.known.get(of, ""), view.known.get(of)
        silent = stays(of, old, view) if now is None else now.unread
        if silent:
            known[of] = was.known.get(of, now.value if now else "")
            continue
        if now is not None:
            known[of] = now.value
        new, as_of = (now.value, now.as_of) if now else ("", "")
        if plain(old) != plain(new) and is_news(of, old, new):
            told.append(Difference(kind_of(of, old, new), of, sayable(old, view), new, as_of))
    return known, told_once(told, was, view)


def plain(value: str) -> str:
    return READ_ON.sub("", value)


def stays(field: Field, old: str, view: View) -> bool:
    """Whether a value that is not seen may only be hidden: by the veil, or by a reading too old."""
    if field.kind in TOLD_AT_ONCE and not view.confirmed:
        return True
    if field.kind == "needs_review":
        return not view.confirmed and speaks(old)
    tag = view.known.get(Field("license", field.scope))
    return field.kind in ("license", "number", "expires", "discipline") and (view.withheld or bool(tag and tag.unread))


def is_news(field: Field, old: str, new: str) -> bool:
    """A state's tag that begins or ends is news where the board's own word does."""
    return field.kind != "license" or bool(old and new) or bool({old, new} & BOARD_WORDS)


def sayable(old: str, view: View) -> str:
    """A word of discipline that was shown while the match was confirmed is not repeated below it."""
    return old if view.confirmed or not (old in DISCIPLINE or speaks(old)) else ""


def told_once(told: list[Difference], was: Memory, view: View) -> list[Difference]:
    """Leave out what another line says: a license whose state's tag says it, the date of one that came or went."""
    tags = {line.field.scope: line for line in told if line.field.kind in ("license", "certification")}
    return [line for line in told if not said_by_tag(line, tags) and not came_or_went(line, was, view)]


def said_by_tag(line: Difference, tags: Mapping[str, Difference]) -> bool:
    if line.field.kind == "designations":
        return not (line.old and line.new) and any(tag.field.kind == "certification" for tag in tags.values())
    tag = tags.get(line.field.scope)
    return line.field.kind == "number" and tag is not None and line.new in ("", tag.new)


def came_or_went(line: Difference, was: Memory, view: View) -> bool:
    number = line.field._replace(kind="number")
    return line.field.kind == "expires" and not (number in was.known and number in view.known)
