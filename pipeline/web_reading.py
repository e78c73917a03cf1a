"""A sentence of a website, read: its credentials, of whom it speaks, and what stands around it.

In: a sentence and its setting on the page. Out: a Reading, in which mentions of certificates and licenses are looked
for. No judgment is made here.
"""

from __future__ import annotations

from dataclasses import dataclass

from pipeline.credentials import LocatedCredential, locate_credentials
from pipeline.web_phrases import first_phrase
from pipeline.web_sentences import Sentence
from pipeline.web_subjects import NAMED, Subject, is_attached, subjects_in

MOST_CREDENTIALS = 24
_BACK = 120
_ACUPUNCTURE_LETTERS = frozenset(
    "lac lac_caps ap_fl aemp_eamp dom daom dacm msom maom macchm msac mac mstcm mtom omd".split()
)


@dataclass(frozen=True)
class Setting:
    """What stands around a sentence on its page.

    `explains`: it answers a question or stands below a heading that explains; `requires`: below what is asked of
    applicants; `certificates`: below a heading that lists certificates; `board_named`: the national board is named
    near it; `acupuncture`: the page names the field; `field_is_doubtful`: nothing near it does; `regulator`:
    the state whose board is named beside it as the one that licenses these people; `of_a_relative`: it goes on about
    the writer's relative or teacher, of whom the sentence before speaks.
    """

    explains: bool = False
    requires: bool = False
    certificates: bool = False
    board_named: bool = False
    acupuncture: bool = False
    field_is_doubtful: bool = False
    they_is_one: bool = False
    place: str = ""
    regulator: str = ""
    of_a_relative: bool = False


@dataclass(frozen=True)
class Reading:
    sentence: Sentence
    credentials: tuple[LocatedCredential, ...]
    subjects: tuple[Subject, ...]
    setting: Setting

    @property
    def plain(self) -> str:
        return self.sentence.plain

    @property
    def names(self) -> list[Subject]:
        return [one for one in self.subjects if one.kind == NAMED]

    def before(self, at: int) -> str:
        """The words before a place, as many as matter."""
        return self.plain[max(0, at - _BACK) : at]

    def is_behind_name(self, at: int) -> bool:
        """Whether only letters and titles stand between a name and a place in the sentence."""
        return any(one.end <= at and is_attached(self.plain[one.end : at]) for one in self.names)

    def has_clinical_degree(self) -> bool:
        """Whether letters of a physician or chiropractor stand there and none of an acupuncturist."""
        letters = {one.credential.id for one in self.credentials}
        return first_phrase("clinical_degree", self.plain) is not None and not letters & _ACUPUNCTURE_LETTERS


@dataclass(frozen=True)
class Mention:
    """A certificate or a license in a sentence; `rule` is the phrase that found it.

    `plural`: its own words speak of several people; `needs_owner`: somebody must be said to have it; `person_only`: no
    badge is enough; `letters`: it names no board.
    """

    start: int
    end: int
    rule: str
    kind: str
    plural: bool = False
    needs_owner: bool = False
    person_only: bool = False
    letters: bool = False


def read_sentence(sentence: Sentence, setting: Setting) -> Reading:
    found = tuple(locate_credentials(sentence.plain)[:MOST_CREDENTIALS])
    letters = [(one.start, one.end) for one in found]
    return Reading(sentence, found, tuple(subjects_in(sentence.plain, letters, setting.they_is_one)), setting)
