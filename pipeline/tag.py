"""Tags: our conclusions, in the words of the rule tables, each naming its rule and the claims it rests on.

In: one person's facts, and what was read when. Out: one certification tag and one license tag for each state the
person is tied to. Absence is never a verdict: the tag says which kind of not knowing it is.
"""

from __future__ import annotations

from pipeline.facts import Person
from pipeline.tag_certification import certification_tag
from pipeline.tag_doubts import with_death
from pipeline.tag_license import license_tag
from pipeline.world import Tag, World

__all__ = ["Tag", "World", "tags_of"]


def tags_of(members: list[Person], states: list[str], world: World) -> list[Tag]:
    """All tags of one person; `states` are the states to answer for, the main one first."""
    tags = [certification_tag(members, states, world), *(license_tag(members, state, world) for state in states)]
    return with_death(tags, members, world)
