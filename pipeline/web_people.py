"""Whose claim is it: the people of one clinic's web site, and which sentence is about whom.

In: the pages of one site. Out: `Member`s with the claims that are surely theirs, and what they treat, do and speak. A
claim belongs to the person its sentence names, else to the person in whose part of the page it stands, else to the only
acupuncturist of the site. What fits several people, or is said of everybody, belongs to nobody: a wrong claim harms a
person, a missed one does not.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any

from pipeline.name_text import fold
from pipeline.names import PersonName, middle_conflict, name_key, parse_name, suffix_conflict
from pipeline.web_claims import TEAM, TextClaim, claims_in
from pipeline.web_layout import PageLayout, has_word, lay_out, repeated_lines
from pipeline.web_name_lines import name_line
from pipeline.web_phrases import first_phrase
from pipeline.web_staff import (
    ACUPUNCTURIST,
    NOWHERE,
    OTHER,
    PHYSICIAN,
    STUDENT,
    Presented,
    introduces_another,
    presented_in_markup,
    presented_on,
    says_died,
)
from pipeline.web_statements import LICENSE
from pipeline.web_topics import Topic, topics_in

CURRENT = "current"
_QUOTES = frozenset('"“«‘')
_TITLES = frozenset("dr doctor mr mrs ms miss mx prof professor".split())
# The order in which titles are believed where pages differ.
_TITLE_ORDER = (STUDENT, ACUPUNCTURIST, PHYSICIAN, OTHER)


@dataclass(frozen=True)
class Said:
    """One claim of one person and the address of the page that makes it."""

    claim: TextClaim
    page: str


@dataclass
class Member:
    """One person of a site: every place where the site presents him or her, and what is surely his or hers."""

    shown: list[Presented] = field(default_factory=list)
    claims: list[Said] = field(default_factory=list)
    topics: list[tuple[Topic, str]] = field(default_factory=list)

    @property
    def name(self) -> PersonName:
        return self.shown[0].name

    @property
    def sure(self) -> bool:
        return any(one.sure for one in self.shown)

    @property
    def title(self) -> str:
        """What the site says this person is; somebody shown as an acupuncturist anywhere is no mere assistant."""
        titles = {one.title for one in self.shown}
        if ACUPUNCTURIST in titles:
            return ACUPUNCTURIST
        return next((title for title in _TITLE_ORDER if title in titles), "")

    @property
    def practices(self) -> bool:
        """Whether this is somebody for a directory of acupuncturists: by title, or by a claim of his or her own."""
        if self.title == STUDENT:
            return False
        return self.title in (ACUPUNCTURIST, PHYSICIAN) or any(said.claim.tense == CURRENT for said in self.counted)

    @property
    def counted(self) -> list[Said]:
        """The claims that are about acupuncture: another profession has a license of its own."""
        is_of_another = self.title in (OTHER, PHYSICIAN) or (not self.title and any(one.role for one in self.shown))
        return [said for said in self.claims if not is_of_another or names_acupuncture(said.claim)]

    def words(self) -> set[str]:
        return set(fold(f"{self.name.given} {self.name.middle} {self.name.family}").split())


@dataclass
class Site:
    """One site: its pages laid out, its people, and how many claims could be tied to nobody."""

    pages: list[PageLayout]
    members: list[Member] = field(default_factory=list)
    everywhere: frozenset[str] = frozenset()
    untied: Counter[str] = field(default_factory=Counter)
    topics: list[tuple[Topic, str]] = field(default_factory=list)

    @property
    def practitioners(self) -> list[Member]:
        return [member for member in self.members if member.practices]


def names_acupuncture(claim: TextClaim) -> bool:
    """Whether a claim is a certification, or a license whose own sentence names the field."""
    return claim.kind != LICENSE or first_phrase("acupuncture_named", claim.sentence) is not None


def read_site(records: Iterable[dict[str, Any]], state: str = "") -> Site:
    """Read one site's page records (`url`, `fields`); STATE is the clinic's, where its pages say it."""
    rows = list(records)
    site = Site([lay_out(row["fields"], row["url"]) for row in rows])
    site.everywhere = repeated_lines(site.pages)
    for page, row in zip(site.pages, rows, strict=True):
        for one in [*presented_in_markup(row["fields"].get("people", []), page.url, state), *presented_on(page, state)]:
            add(site.members, one)
    drop_what_is_no_name(site)
    tie_claims(site, rows, state)
    tie_topics(site)
    site.members = [member for member in site.members if not has_died(member, site)]
    return site


def has_died(member: Member, site: Site) -> bool:
    """Whether a part of some page that is this person's says so."""
    texts = {page.url: page.text for page in site.pages}
    return any(says_died(texts[one.page][one.start : one.end]) for one in member.shown if one.start != NOWHERE)


def add(members: list[Member], one: Presented) -> Member:
    """The member this is, a new one where no member can be."""
    for member in members:
        if same_person(member.name, one.name):
            member.shown.append(one)
            return member
    members.append(Member([one]))
    return members[-1]


def same_person(one: PersonName, other: PersonName) -> bool:
    """Whether two names of one site are one person's: the same words in either order, nothing against it.

    Father and son often share a clinic, so a name with Jr. is never the one without it.
    """
    apart = suffix_conflict(one, other) or bool(one.suffix) != bool(other.suffix) or middle_conflict(one, other)
    return name_key(one) == name_key(other) and not apart


def drop_what_is_no_name(site: Site) -> None:
    """A heading that only looks like a name is none when the site writes its words in small letters elsewhere."""
    small = {word for page in site.pages for word in re.findall(r"(?<!\S)[a-z]+", page.text)}
    site.members = [member for member in site.members if member.sure or not member.words() <= small]


def tie_claims(site: Site, rows: list[dict[str, Any]], state: str) -> None:
    """Give each claim of the site to the person whose it is."""
    for page, row in zip(site.pages, rows, strict=True):
        for claim in claims_in(page.text, state):
            member = owner(claim, page, site)
            if member is not None:
                member.claims.append(Said(claim, page.url))
        for one in presented_in_markup(row["fields"].get("people", []), page.url, state):
            member = add(site.members, one)
            claims = (claim for text in one.credentials for claim in claims_in(text, state) if claim.about != TEAM)
            member.claims += [Said(claim, page.url) for claim in claims]


def owner(claim: TextClaim, page: PageLayout, site: Site) -> Member | None:
    """The person a claim is about, or None (counted, with the reason)."""
    if claim.about == TEAM:
        return nobody(site, "it is said of everybody")
    if page.is_under("told_by_others", claim.start) or claim.sentence.lstrip()[:1] in _QUOTES:
        return nobody(site, "others say it")
    named = named_in(claim, page, site)
    if len(named) > 1:
        return nobody(site, "several people are named")
    if named:
        return named[0]
    if claim.subject and is_a_name(claim.subject):
        return stranger(claim, site)
    if has_word("everybody", claim.sentence):
        return nobody(site, "it is said of everybody")
    if claim.sentence.strip() not in site.everywhere:
        here = [member for member in site.members if stands_in_part_of(claim.start, page, member)]
        if len(here) > 1:
            return nobody(site, "several people are presented there")
        if here and introduces_another(claim.start, page, here[0].words()):
            return nobody(site, "somebody else is presented there")
        if here:
            return here[0]
    return only_one(claim, page, site)


def nobody(site: Site, why: str) -> Member | None:
    site.untied[why] += 1
    return None


def named_in(claim: TextClaim, page: PageLayout, site: Site) -> list[Member]:
    """Members the sentence means by name: by its subject, else by whole names anywhere in it.

    Of several whom a subject fits ("Dr. Lee") it means the one in whose part of the page it stands.
    """
    subject = [word for word in fold(claim.subject).split() if word not in _TITLES]
    if subject:
        meant = [member for member in site.members if set(subject) <= member.words()]
        there = [member for member in meant if is_presented_at(claim.start, page, member)]
        return there if len(there) == 1 else meant
    sentence = f" {fold(claim.sentence)} "
    return [member for member in site.members if member.sure and any(name in sentence for name in spellings(member))]


def spellings(member: Member) -> Iterator[str]:
    """The whole name as it may stand in a sentence, between spaces."""
    for one in member.shown:
        yield f" {fold(one.printed)} "
        yield f" {fold(f'{one.name.given} {one.name.family}')} "


def is_a_name(subject: str) -> bool:
    """Whether a subject is somebody's name and not `she` or `our founder`."""
    words = [word for word in subject.split() if fold(word) not in _TITLES]
    return bool(words) and all(word[:1].isupper() for word in words)


def stranger(claim: TextClaim, site: Site) -> Member | None:
    """Somebody whom only this sentence names: a member by a whole name, nobody by one word of it."""
    read = name_line(claim.subject)
    if read is None or read.role:
        return nobody(site, "the name in the sentence is nobody's here")
    name = parse_name(read.name)
    return add(site.members, Presented(name, read.name, NOWHERE, NOWHERE, "", "", True, ""))


def stands_in_part_of(at: int, page: PageLayout, member: Member) -> bool:
    """Whether a place of the page is in a part that is about this person."""
    return member.sure and is_presented_at(at, page, member)


def is_presented_at(at: int, page: PageLayout, member: Member) -> bool:
    """Whether a place stands under this name, be it surely a person's or not."""
    return any(one.page == page.url and one.start <= at < one.end for one in member.shown)


def only_one(claim: TextClaim, page: PageLayout, site: Site) -> Member | None:
    """The person a page is named after, else the only acupuncturist of the site, where the page does not explain."""
    here = [member for member in site.members if member.sure and has_part_of(page, member)]
    named = [member for member in site.members if member.sure and is_page_of(page, member)]
    if len(named) == 1 and here in ([], named):
        return named[0]
    titled = [member for member in site.members if member.title in (ACUPUNCTURIST, PHYSICIAN)]
    heading = page.heading_before(claim.start)
    explains = page.kind == "faq" or (heading is not None and heading.words.endswith("?"))
    if len(titled) != 1 or explains:
        return nobody(site, "the page explains" if explains else "nobody or several people may be meant")
    if is_anothers_place(claim.start, page, titled[0], site):
        return nobody(site, "somebody else is presented there")
    return titled[0]


def is_anothers_place(at: int, page: PageLayout, member: Member, site: Site) -> bool:
    """Whether a place outside this member's parts may be about a colleague, of whom only a name may be known."""
    others = [other for other in site.members if other is not member]
    if any(is_presented_at(at, page, other) for other in others) or introduces_another(at, page, member.words()):
        return True
    if page.kind not in ("team", "bio"):
        return False
    heading = page.heading_before(at)
    starts = [one.start for other in site.members for one in other.shown if one.page == page.url and one.end > 0]
    is_above_all = bool(starts) and at < min(starts)
    return not (is_above_all or (heading is not None and bool(member.words() & set(fold(heading.words).split()))))


def has_part_of(page: PageLayout, member: Member) -> bool:
    """Whether some of the page's text is about this person."""
    return any(one.page == page.url and one.start != NOWHERE for one in member.shown)


def is_page_of(page: PageLayout, member: Member) -> bool:
    """Whether the page's title or its first heading of the highest level is this person's name."""
    top = [heading.words for heading in page.headings if heading.level == 1][:1]
    titles = f" {fold(' | '.join([page.title, *top]))} "
    return any(name in titles for name in spellings(member))


def tie_topics(site: Site) -> None:
    """What stands in one person's part of a page is that person's, the rest the clinic's."""
    for page in site.pages:
        for topic in topics_in(page):
            members = [member for member in site.members if stands_in_part_of(topic.start, page, member)]
            if members and topic.says not in site.everywhere:
                members[0].topics.append((topic, page.url))
            else:
                site.topics.append((topic, page.url))
