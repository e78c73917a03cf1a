"""Florida Board of Acupuncture: its rows in the licensure file of the Department of Health's MQA division.

In: LIC_ALL or PROF_ALL (a ZIP, or the text in it): 39 columns between pipes, no quoting, every profession of the
state, millions of rows read as a stream. Out: one record a person's acupuncture license. The file stands behind a
free account with sign-in: the spider stops there as blocked, and a person brings the file by `diplomate import`.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import urlencode, urljoin, urlsplit

from scrapy import Request
from scrapy.http import HtmlResponse, Response

from crawler.archives import open_member
from crawler.board_file import BoardFile, is_a_street, opened
from crawler.challenges import refused
from crawler.delimited import Layout, usual_spelling
from crawler.records import Fields, Record
from crawler.source import ALL_STATES
from crawler.troubles import Gate, SourceTrouble

PAGE = "https://data-download.mqa.flhealthsource.gov/LicensureData"
LOOKUP = "https://mqa-internet.doh.state.fl.us/MQASearchServices/HealthCareProviders"
MOVED = [301, 302, 303, 307, 308]
MOST_FOLLOWED = 5
ASKED = {"big": True, "dont_redirect": True, "handle_httpstatus_list": MOVED}
MEMBER = re.compile(r"(?:^|/)(?:LIC|PROF)[^/]*\.txt$", re.IGNORECASE)
FILE_LINK = re.compile(r"\b(?:PROF|LIC)_ALL\.(?:zip|txt)\b", re.IGNORECASE)
SIGN_IN = re.compile(r"sign[ _-]?in|log[ _-]?in|b2clogin|oauth2|/account\b|type=[\"']password", re.IGNORECASE)
MOST_BYTES = 8 * 1024**3
PROFESSION = re.compile(r"acupunct", re.IGNORECASE)
NO_PLACE = re.compile(r"\W*|none|n/?a|unknown|not practicing|.*\*\*.*|out of state|foreign|0+(?:-0+)?", re.IGNORECASE)
CONFIDENTIAL = re.compile(r"confidential", re.IGNORECASE)

COLUMNS = {
    "Profession-Name": "license_type",
    "lic_id": "license_id",
    "pro_cde": "profession_code",
    "License-Number": "license_number",
    "Rank-Code": "rank_code",
    "License-Status-Description": "status",
    "License-Active-Status-Description": "status_reason",
    "Status-Effective-Date": "status_since",
    "Original-Date": "first_issued",
    "Expire-Date": "expires",
    "Board-Action-Indicator": "action_taken",
    "Last-Name": "family_name",
    "First-Name": "given_name",
    "Middle-Name": "middle_name",
    "Name-Suffix": "suffix",
    "Practice-Location-Address-Line1": "street",
    "Practice-Location-Address-line2": "street2",
    "Practice-Location-Address-City": "city",
    "Practice-Location-Address-State": "state",
    "Practice-Location-Address-ZIPcode": "zip",
    "Mailing-Address-City": "mailing_city",
    "Mailing-Address-State": "mailing_state",
}
# Telephones, mail and the streets of mailing addresses may be a home's; the age band is nobody's business.
IGNORED = frozenset(
    {
        *("Business-Name", "County", "County-Description", "Practice-Location-Address-line3"),
        *(f"Mailing-Address-{part}" for part in ("Line1", "line2", "line3", "ZIPcode")),
        *(f"Mailing-Address-{part}" for part in ("Area-Code", "Phone-Number", "Phone-Extension")),
        *("Email", "Mod-Cdes", "Prescribe-Ind", "Dispensing-Ind", "Birth-Year-Range", "Other-License"),
    }
)
REQUIRED = frozenset(
    {
        *("Profession-Name", "lic_id", "License-Number", "Last-Name", "First-Name"),
        *("License-Status-Description", "License-Active-Status-Description", "Board-Action-Indicator"),
    }
)


class BoardFl(BoardFile):
    """Everybody the department licensed as an acupuncturist: its standing (CLEAR) and whether it is ACTIVE."""

    name = "board_fl"
    title = "Florida licensure data (MQA), acupuncturists"
    publisher = "Florida Department of Health"
    covers = ("FL",)
    access = "gated"
    homepage = LOOKUP
    terms = "Public record (Florida Statutes, chapter 119); the download asks for a free account."
    cadence_days = 30
    floor, ceiling = 1_500, 15_000
    request_ceiling = 10
    columns, ignored, required = COLUMNS, IGNORED, REQUIRED
    words = {"status": "license_status:board_fl", "status_reason": "license_status:board_fl"}
    fill = {"expires": 0.3}
    layout = Layout(
        what="the licensure file of Florida's Department of Health",
        delimiter="|",
        required=REQUIRED,
        spelled=usual_spelling([*COLUMNS, *IGNORED], {}),
    )
    by_hand = (
        f"A person with a free account can sign in at {PAGE}, download LIC_ALL.zip or PROF_ALL.zip and call: "
        "diplomate import board_fl FILE."
    )

    leaves_out = "licenses that are not current, unless the file of all statuses was read"
    followed = 0

    def first_requests(self) -> Iterator[Request]:
        yield self.ask(PAGE, self.parse, meta=dict(ASKED))

    def saved_requests(self) -> Iterator[Request]:
        """A saved file is too large for memory as well."""
        for request in super().saved_requests():
            request.meta["big"] = True
            yield request

    def parse(self, response: Response, **_: Any) -> Iterator[Record | Request]:
        """The file itself, or the page that links to it; anything that asks who we are is a gate."""
        if response.status in MOVED:
            yield self.follow(response, (response.headers.get("Location") or b"").decode("latin-1"))
        elif beginning(response).lstrip()[:1] == b"<":
            yield self.read_links(response)
        else:
            yield from self.read_page(response)
            self.read_whole(self.state)

    def follow(self, response: Response, location: str) -> Request:
        """Where the page sends us: never to a sign-in, nor to another host, which would be one."""
        target = urljoin(response.url, location)
        if urlsplit(target).netloc != urlsplit(PAGE).netloc or SIGN_IN.search(target):
            raise Gate(f"{response.url} sends us to a sign-in ({urlsplit(target).netloc}). {self.by_hand}")
        self.followed += 1
        if self.followed > MOST_FOLLOWED:
            raise SourceTrouble(f"{PAGE} leads from one address to the next without end. {self.by_hand}")
        return self.ask(target, self.parse, meta=dict(ASKED), dont_filter=True)

    def read_links(self, response: Response) -> Request:
        """The link of a page to the whole file."""
        page = HtmlResponse(response.url, body=beginning(response))
        links = [page.urljoin(link) for link in page.css("a::attr(href)").getall() if FILE_LINK.search(link)]
        links.sort(key=lambda link: "PROF_ALL" not in link.upper())  # all statuses, not the current licenses alone
        if links and links[0] != response.url:
            return self.ask(links[0], self.parse, meta=dict(ASKED))
        if SIGN_IN.search(page.text):
            raise Gate(f"{response.url} asks for a sign-in. {self.by_hand}")
        raise refused(response.replace(body=page.body), f"{response.url} holds no licensure file. {self.by_hand}")

    def read_page(self, response: Response) -> Iterator[Record]:
        """The acupuncturists of a file; all other rows are passed over without being taken apart."""
        if beginning(response).startswith(b"PK\x03\x04"):
            archive: Path | bytes = response.meta.get("path") or response.body
            with open_member(archive, MEMBER, MOST_BYTES) as member:
                yield from self.read_rows(response, member)
        else:
            with opened(response) as file:
                yield from self.read_rows(response, file)

    def read_rows(self, response: Response, file: Any) -> Iterator[Record]:
        for row in self.rows_of(file, response, could_be_one):
            if not PROFESSION.search(row["Profession-Name"]):
                self.skip("other professions that mention acupuncture")
            elif not (row["Last-Name"].strip() or row["First-Name"].strip()):
                self.skip("organizations")
            else:
                yield self.license_record(self.audit.read(row), response)

    def license_record(self, fields: Fields, response: Response) -> Record:
        """The record, keyed by lic_id: license numbers are given more than once across professions."""
        key = fields.pop("license_id", "")
        if not key:
            raise SourceTrouble(f"The license {fields.get('license_number')!r} has no lic_id.")
        query = urlencode({"LicInd": key, "ProCde": fields.pop("profession_code", "")})
        fields = self.with_days(with_place(fields), key)
        return self.record(response, key, f"{LOOKUP}/LicenseVerification?{query}", fields)


def could_be_one(line: bytes) -> bool:
    return b"acupunct" in line.lower()


def beginning(response: Response) -> bytes:
    """The first bytes of the body, wherever it is."""
    with opened(response) as file:
        return file.read(256 * 1024)


def with_place(fields: Fields) -> Fields:
    """The practice location; where none is given, city and state of the mailing address, which is then said.

    An address that the department keeps confidential stays so; a place abroad has no state and is none here.
    """
    mailing = {part: fields.pop(f"mailing_{part}", "") for part in ("city", "state")}
    practice = {part: fields.pop(part, "") for part in ("street", "street2", "city", "state", "zip")}
    if any(CONFIDENTIAL.search(value) for value in practice.values()):
        return fields
    if practice["street"] and NO_PLACE.fullmatch(practice["street"]):
        practice = {}
    for kind, parts in (("practice location", practice), ("mailing address", mailing)):
        real = {part: value for part, value in parts.items() if not NO_PLACE.fullmatch(value)}
        if real.get("city") and real.get("state", "").upper() in ALL_STATES and not is_a_street(real["city"]):
            return fields | real | {"place_is": kind}
    return fields
