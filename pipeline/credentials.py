"""Credentials in text: which letters and phrases stand there, and which of them claim national certification.

In: a credential field, a name's tail or a sentence. Out: FoundCredential in the order of the text. The
patterns are rules/credential_spellings.csv and what each proves is rules/credentials.csv; letters are never
evidence that a certificate is current, only a claim.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass, replace
from functools import cache

from pipeline.rules import read_rule_table

ACUPUNCTURE_TAXONOMY = "171100000X"
NATIONAL_BOARD = "NCBAHM"
GENERIC_CLAIM = "nccaom_generic"
_QUOTES = str.maketrans({"\u2018": "'", "\u2019": "'", "\u201c": '"', "\u201d": '"', "\u2013": "-", "\u2014": " - "})
_TRADE_MARKS = dict.fromkeys(map(ord, "\u00ae\u2122\u00a9"))
_ACUPUNCTURE = re.compile(
    r"acupunct|oriental med|chinese med|herbal med|\bDipl|\bDAOM|\bDACM|\bMSOM|NCCAOM|NCBAHM", re.I
)

_SENTENCES = re.compile(r"[\r\n]+|;|(?<=[a-z]{4}[.!?])\s+(?=[A-Z])|(?<=[a-z]{4}\)[.!?])\s+(?=[A-Z])")
LONGEST_LETTER_LIST = 60
_NAMES_BOARD = re.compile(r"NCC|NCBAHM|national", re.I)
_CLAUSES = re.compile(r"[,()|/]")
_DIP_WITHOUT_L = re.compile(r"dip(?!l)", re.I)
_CERTIFIED = re.compile(r"certif|diplomat|\bboard\b|\bDipl?\b", re.I)
_NOT_CERTIFICATION = re.compile(
    r"\b(?:exams?|examinations?|boards? exams?|passed|passing|passes|eligible|eligibility|candidate"
    r"|PDAs?|CEUs?|CE|provider|approved|accredited|appl(?:y|ying|ied|ication)|student|former|formerly|lapsed|expired|retired"
    r"|inactive|terminated|revoked|suspended|commissioner|member)\b",
    re.I,
)
_SPEAKS_OF_NOBODY = re.compile(
    r"\byou (?:have|must|should|need|can)\b|\b(?:practitioner|person|individual|acupuncturist|those) who\b"
    r"|\bacupuncturists (?:are|who|must)\b|\b(?:licensees|candidates?|denial|requires?|offers?)\b"
    r"|\b(?:entitled to|administered by|none of|no longer|verify|verification)\b"
    r"|\b(?:does|do|did|is|am|are|was) not\b",
    re.I,
)
_TAKEN_BACK = re.compile(
    r"\b(?:my|her|his|their)\b[^.]{0,60}\b(?:inactive|lapsed|expired|retired|terminated)\b"
    r"|\bno longer (?:certified|a diplomate)\b",
    re.I,
)


@dataclass(frozen=True)
class FoundCredential:
    """One credential in a text: `printed` as it stands there, the rest from rules/credentials.csv.

    `designation` is filled for a certificate that names its field (`Dipl. Ac.`), else "".
    """

    id: str
    printed: str
    canonical: str
    type: str
    issuer: str
    designation: str


@dataclass(frozen=True)
class LocatedCredential:
    """A credential and where it stands in the plain text."""

    start: int
    end: int
    credential: FoundCredential


def plain_text(text: str) -> str:
    """The text in compatibility form, plain quotes, one space for white space, no trademark signs."""
    clean = unicodedata.normalize("NFKC", text.translate(_TRADE_MARKS)).translate(_QUOTES)
    return " ".join(clean.split())


def read_credentials(text: str, state: str = "", taxonomy: str = "", resolve: bool = True) -> list[FoundCredential]:
    """The credentials in TEXT, each once, in order; where two overlap the longer one is read.

    `LAC` in capitals is read as L.Ac. beside acupuncture words or with TAXONOMY 171100000X, else it stays
    `lac_caps`, ambiguous; with RESOLVE off always. `AP` counts where STATE is FL or empty, and `L.O.M.` where it is
    PA or empty.
    """
    plain = plain_text(text)
    acupuncture = resolve and (
        taxonomy.strip().upper() == ACUPUNCTURE_TAXONOMY or _ACUPUNCTURE.search(plain) is not None
    )
    found = [_resolved(match.credential, acupuncture) for match in locate_credentials(plain)]
    elsewhere = {"ap_fl": "FL", "pom_pa": "PA"}
    kept = [one for one in found if state in ("", elsewhere.get(one.id, state))]
    return list({one.id: one for one in reversed(kept)}.values())[::-1]


def _resolved(found: FoundCredential, acupuncture: bool) -> FoundCredential:
    if found.id != "lac_caps" or not acupuncture:
        return found
    return replace(_known()["lac"], printed=found.printed)


def locate_credentials(plain: str) -> list[LocatedCredential]:
    """Every pattern's matches in the order of the text, without those inside or across a longer one."""
    found = [
        LocatedCredential(match.start(), match.end(), replace(_known()[credential], printed=match.group().strip(" ,")))
        for credential, pattern in _patterns()
        for match in pattern.finditer(plain)
    ]
    found.sort(key=lambda match: (match.start - match.end, match.start))
    taken = bytearray(len(plain))
    kept = []
    for match in found:
        if any(taken[match.start : match.end]) and not match.credential.designation:
            continue
        kept.append(match)
        taken[match.start : match.end] = b"\x01" * (match.end - match.start)
    return sorted(kept, key=lambda match: (match.start, match.end))


@cache
def _patterns() -> tuple[tuple[str, re.Pattern[str]], ...]:
    rows = read_rule_table("credential_spellings")
    return tuple((row["credential_id"], re.compile(row["pattern"], re.I if row["flags"] else 0)) for row in rows)


@cache
def _known() -> dict[str, FoundCredential]:
    return {row["id"]: _from_rule(row) for row in read_rule_table("credentials")}


def _from_rule(row: dict[str, str]) -> FoundCredential:
    named = row["type"] == "certification" and row["issuer"] == NATIONAL_BOARD and row["id"] != GENERIC_CLAIM
    designation = row["canonical"] if named else ""
    return FoundCredential(row["id"], row["canonical"], row["canonical"], row["type"], row["issuer"], designation)


def claims_national_certification(text: str) -> list[FoundCredential]:
    """The NCCAOM/NCBAHM certificates that TEXT claims for its subject: designations, or the board by name.

    Examinations passed, eligibility, candidacy, approved course providers, definitions, former certificates
    and `Dip. Ac.` without the l or the board's name are not claims. A text that takes its claim back ("my
    NCCAOM status is inactive") claims nothing. The board's name alone is returned only where no designation
    is claimed.
    """
    claimed: dict[str, FoundCredential] = {}
    for sentence in _SENTENCES.split(text):
        plain = plain_text(sentence)
        national = [match for match in locate_credentials(plain) if _is_national(match.credential)]
        if national and _TAKEN_BACK.search(plain):
            return []
        if national and not _SPEAKS_OF_NOBODY.search(plain):
            claimed |= {found.id: found for found in _claimed_in(plain, national)}
    designations = {key: value for key, value in claimed.items() if key != GENERIC_CLAIM}
    return list((designations or claimed).values())


def _is_national(found: FoundCredential) -> bool:
    return found.issuer == NATIONAL_BOARD and found.type == "certification"


def _claimed_in(plain: str, national: list[LocatedCredential]) -> list[FoundCredential]:
    """The national certificates that one sentence claims."""
    named = any(_NAMES_BOARD.search(match.credential.printed) for match in national)
    said_certified = _CERTIFIED.search(_without(plain, national)) is not None
    short = len(plain) <= LONGEST_LETTER_LIST
    return [
        match.credential
        for match in national
        if not _NOT_CERTIFICATION.search(_clause(plain, match))
        and _is_strong(match.credential, named, said_certified, short)
    ]


def _is_strong(found: FoundCredential, named: bool, said_certified: bool, short: bool) -> bool:
    """Whether the spelling is enough: `Dip.` needs the board's name, the name alone needs the word or a short
    list.
    """
    if found.id == GENERIC_CLAIM:
        return said_certified or (short and " " not in found.printed)
    return named or not _DIP_WITHOUT_L.match(found.printed)


def _clause(plain: str, match: LocatedCredential) -> str:
    """The words around a match up to the next comma or bracket, the match itself left out."""
    before = _CLAUSES.split(plain[max(0, match.start - 120) : match.start])[-1]
    after = _CLAUSES.split(plain[match.end : match.end + 120])[0]
    return f"{before} {after}"


def _without(plain: str, matches: list[LocatedCredential]) -> str:
    """The text with the matches cut out."""
    parts, at = [], 0
    for match in matches:
        parts.append(plain[at : match.start])
        at = max(at, match.end)
    return " ".join((*parts, plain[at:]))
