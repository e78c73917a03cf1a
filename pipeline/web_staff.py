"""Who is presented on a clinic's page: names in headings, in lines of their own and in markup, with their roles.

In: a page with its headings. Out: `Presented`: a name, its letters and role as printed, and the part of the text that
is about this person. A line is a name when letters, a role beside it or the page's markup say so; a heading that only
looks like one ("Jane Roe") is kept as a mere possibility, never a person by itself.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from typing import Any
from urllib.parse import unquote, urlsplit

from pipeline.credentials import locate_credentials, read_credentials
from pipeline.name_text import fold
from pipeline.names import PersonName, parse_name
from pipeline.web_layout import PageLayout, found_words, has_word, is_word, lines_of, plain
from pipeline.web_name_lines import LONGEST_ROLE, NameLine, is_name_word, is_role, letters_in, name_line

ACUPUNCTURIST, PHYSICIAN, STUDENT, OTHER, UNKNOWN = "acupuncturist", "physician", "student", "other", ""
LONGEST_NAME_LINE = 160
MOST_ROLE_LINES = 3
NOWHERE = -1
_LEARNING = re.compile(
    r"\b(?:candidate|student|intern|trainee|apprentice|studying|future|pre-?licensed|pending|unlicensed|observing|graduate)\b",
    re.I,
)
_PARTS = re.compile(r"[,;|•·–—]|\s-\s")
_PIECES = re.compile(r"[,;|•·–—()]|\s-\s")
_GREETED = re.compile(
    r"(?:(?:meet|about|introducing|hi|hello|i[’']m|i am|my name is|"
    r"dr|doctor|mr|mrs|ms|miss|mx|prof|professor)\b[.,!:]*\s+)+"
    r"(\S+(?:\s\S+)?)",
    re.I,
)
# A place of work: beside a clerical word it is a department and nobody's title.
_DEPARTMENT = re.compile(r"\bacupuncture\s+(?:and|&)\s+(?:chinese medicine|herbs)\b", re.I)
_SENTENCES = re.compile(r"(?<=[.!?])\s+|\n+")
# Letters that only somebody who practices acupuncture puts behind a name (ids of rules/credentials.csv).
_PRACTICES = frozenset("lac ap_fl dom omd aemp_eamp rac dac_ri pom_pa daom dacm dtcm".split())
_PHYSICIANS = frozenset("dabma faama".split())


@dataclass(frozen=True)
class Presented:
    """A person as one page presents him or her; START and END bound what the page says of this person.

    `sure` says that more than the looks of a heading makes this a person. `title` is acupuncturist, physician,
    student, other or "" (the page does not say).
    """

    name: PersonName
    printed: str
    start: int
    end: int
    role: str
    title: str
    sure: bool
    page: str
    credentials: tuple[str, ...] = ()
    npi: str = ""
    languages: tuple[str, ...] = ()


def presented_on(page: PageLayout, state: str = "") -> list[Presented]:
    """People of one page in the order of its text; each one's part ends where the next one's begins.

    The page's title presents somebody too, but bounds no part of the text.
    """
    lines = lines_of(page.text)
    levels = {heading.start: heading.level for heading in page.headings}
    titled = name_line(page.title)
    named = presented(titled, [], state, "") if titled else None
    found = []
    for index, (start, line) in enumerate(lines):
        level = levels.get(start)
        read = name_line(line) if len(line) <= LONGEST_NAME_LINE or level else None
        if read:
            following = role_lines([text for _, text in lines[index + 1 : index + 1 + MOST_ROLE_LINES]])
            person = presented(read, following, state, path_words(page.url), level is not None)
            if person:
                end = page.section_end(start, level if level else level_around(page, start))
                found.append(replace(person, start=start, end=end, page=page.url))
    return [*([replace(named, page=page.url)] if named else []), *parted(found)]


def path_words(url: str) -> str:
    """The words of a page's address: `/team/jane-roe` is a page of Jane Roe's."""
    return fold(re.sub(r"[-_/.+]", " ", unquote(urlsplit(url).path)))


def introduces_another(at: int, page: PageLayout, words: set[str]) -> bool:
    """Whether a line above (`Meet Bob`, `Dr. Lee`) begins a part of the page about somebody of other words."""
    levels = {heading.start: heading.level for heading in page.headings}
    for start, line in reversed(lines_of(page.text[:at])):
        named = greeted(line)
        if named and at < page.section_end(start, levels.get(start) or level_around(page, start)):
            return not named <= words
    return False


def greeted(line: str) -> set[str]:
    """The words of a name that is all a short line holds behind `Meet` or `Dr.`."""
    match = _GREETED.fullmatch(line.strip().rstrip(":.!"))
    tokens = match[1].split() if match else []
    named = all(is_name_word(token, 0) for token in tokens)
    return {word for token in tokens for word in fold(token).split()} if named else set()


def level_around(page: PageLayout, at: int) -> int:
    heading = page.heading_before(at)
    return heading.level if heading else 1


def parted(found: list[Presented]) -> list[Presented]:
    """Each one's part ends where the next sure person's begins."""
    parts = []
    for index, one in enumerate(found):
        later = (other.start for other in found[index + 1 :] if other.sure and other.start < one.end)
        parts.append(replace(one, end=next(later, one.end)))
    return parts


def presented(
    read: NameLine, following: list[str], state: str, path: str, is_heading: bool = False
) -> Presented | None:
    """The person of a name line, if letters, a role or the page's address make it one; else a heading that looks so."""
    name, role = parse_name(read.name), "; ".join(filter(None, [read.role, *following]))
    title = title_of(role, state)
    letters = any(letters_in(text) for text in (read.role, *following))
    own_page = is_heading and set(fold(f"{name.given} {name.family}").split()) <= set(path.split())
    sure = bool(title) or letters or own_page or (is_heading and read.introduced)
    if not (name.given and name.family) or not (sure or (is_heading and not read.role)):
        return None
    return Presented(name, read.name, NOWHERE, NOWHERE, role, title, sure, "")


def role_lines(following: list[str]) -> list[str]:
    """The short lines under a name that say what the person is; a sentence or another name ends them."""
    found: list[str] = []
    for line in following:
        text = line.strip()
        is_sentence = text.endswith((".", "!", "?")) and len(text) > LONGEST_ROLE // 2
        if len(text) > LONGEST_ROLE or is_sentence or not (is_role(text) or letters_in(text)) or name_line(text):
            break
        found.append(text)
    return found


def title_of(role: str, state: str = "") -> str:
    """What a role makes of a person; a student stays one whatever he or she studies."""
    done = "" if is_over(role) or is_not_yet(role) else ", ".join(own_parts(role))
    found = {one.id for one in read_credentials(done, state)}
    if found & _PRACTICES or any(one.startswith("nccaom_dipl") for one in found):
        return ACUPUNCTURIST
    if has_word("student_role", role):
        return STUDENT
    if has_word("acupuncture_title", done):
        return ACUPUNCTURIST
    if found & _PHYSICIANS:
        return PHYSICIAN
    is_other = any(has_word(kind, role) for kind in ("other_role", "clerical_role", "former_role"))
    return OTHER if is_other else UNKNOWN


def own_parts(role: str) -> list[str]:
    """The parts of a role that say what the person is today, without what is somebody else's or a place of work."""
    kept: list[str] = []
    for line in role.split(";"):
        is_clerical = has_word("clerical_role", line)
        for part in filter(str.strip, _PARTS.split(line)):
            if has_word("clerical_role", part) and has_word("belongs_to", part):
                break  # "Assistant to Ana Bell, L.Ac.": the letters behind are another's
            if not is_set_aside(part):
                kept.append(_DEPARTMENT.sub("", part) if is_clerical else part)
    return kept


def is_set_aside(part: str) -> bool:
    """Whether a part of a role is of somebody who learns or works at the desk, of the past, or of others."""
    kinds = ("everybody", "clerical_role", "former_role", "student_role")
    return bool(_LEARNING.search(part)) or any(has_word(kind, part) for kind in kinds) or is_anothers(part)


def is_anothers(part: str) -> bool:
    """Whether words such as `for` stand before the title: `Helper of our acupuncturist`."""
    text = plain(part)
    titles = [*found_words("acupuncture_title", text), *((one.start, one.end) for one in locate_credentials(text))]
    return any(has_word("belongs_to", text[:start]) for start, _ in titles)


def is_over(role: str) -> bool:
    """Whether a role says of its title that it is past: `L.Ac. (retired)`, `Retired acupuncturist`."""
    pieces = _PIECES.split(role)
    ended = (piece for piece in pieces if has_word("ended_role", piece) and has_word("acupuncture_title", piece))
    return any(is_word("former_role", piece) for piece in pieces) or any(ended)


def is_not_yet(role: str) -> bool:
    """Whether a role says of its title that there is no license yet: `Acupuncturist, unlicensed`."""
    return any(is_word("no_license_yet", piece) for piece in _PIECES.split(role))


def says_died(text: str) -> bool:
    """Whether a part of a page says that its person died, and not somebody of the family or a patient."""
    said = (one for one in _SENTENCES.split(text) if has_word("died", one))
    return any(not has_word("died_another", one) for one in said)


def presented_in_markup(people: list[dict[str, Any]], page: str, state: str = "") -> list[Presented]:
    """People a page's markup names; they have no place in its text."""
    found = []
    for item in people:
        said = [text for text in item.get("credentials", []) if isinstance(text, str)]
        role = "; ".join(filter(None, [item.get("credential", ""), item.get("job_title", "")]))
        read = name_line(item.get("name", ""))
        if not read:
            continue
        name = parse_name(read.name)
        role = "; ".join(filter(None, [read.role, role]))
        title = title_of(role, state) or title_of(", ".join(said), state)
        facts = {"credentials": tuple(said), "npi": item.get("npi", ""), "languages": tuple(item.get("languages", []))}
        if name.given and name.family:
            found.append(Presented(name, read.name, NOWHERE, NOWHERE, role, title, True, page, **facts))
    return found
