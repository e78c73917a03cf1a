"""Everything that reads text somebody else wrote: what fuzzing feeds and growth is measured of.

In: nothing. Out: READERS, name -> function of one text; IDEMPOTENT, the normalizers whose result, read again, is
itself. A reader is total: it returns for every text, or raises one of REFUSALS, which a person is told as a sentence.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from crawler.troubles import SourceTrouble
from crawler.web_page import MOST_HEADINGS, read_web_page
from db.keys import asked_name_words, number_key
from db.names import quoted
from db.pasted import read_pasted
from pipeline import credentials, dates_and_links, name_text, names, numbers, places, statuses
from pipeline.dates_and_links import DateError
from pipeline.statuses import UnknownWord
from pipeline.web_claims import claims_in
from pipeline.web_layout import PageLayout, lay_out
from pipeline.web_name_lines import name_line
from pipeline.web_names import names_in
from pipeline.web_people import read_site
from pipeline.web_sentences import sentences_in
from pipeline.web_staff import presented_on
from pipeline.web_states import states_named
from pipeline.web_topics import topics_in

REFUSALS = (SourceTrouble, UnknownWord, DateError)
ADDRESS = "https://clinic.example/about"
Reader = Callable[[str], Any]


def page_fields(text: str) -> dict[str, Any]:
    headings = [(2, line) for line in text.splitlines()[::3]][:MOST_HEADINGS]
    return {"text": text, "title": text[:80], "page_kind": "about", "headings": headings}


def page(text: str) -> PageLayout:
    return lay_out(page_fields(text), ADDRESS)


def whole_site(text: str) -> Any:
    return read_site([{"fields": page_fields(text), "url": ADDRESS}])


READERS: dict[str, Reader] = {
    "a name": names.parse_name,
    "a name in parts": lambda text: names.name_from_parts(text, text, text),
    "a name's key": lambda text: names.name_key(names.parse_name(text)),
    "proper case": name_text.proper_case,
    "an NPI": numbers.npi,
    "a phone": numbers.phone,
    "a license number": lambda text: numbers.license_key("WA", text),
    "an asked license number": number_key,
    "an asked name": asked_name_words,
    "a place": places.parse_place,
    "a street": places.street_key,
    "a home": places.is_home_like,
    "a state": places.state_code,
    "a ZIP code": places.zip5,
    "a date": dates_and_links.iso_date,
    "a website": dates_and_links.website,
    "letters behind a name": credentials.read_credentials,
    "a claim in letters": credentials.claims_national_certification,
    "a board's word": lambda text: statuses.license_status("board_wa", text),
    "the certifier's word": statuses.certification_status,
    "a designation": statuses.designation,
    "sentences": sentences_in,
    "names in a text": names_in,
    "a line with a name": name_line,
    "states in a text": states_named,
    "claims in a text": claims_in,
    "topics of a page": lambda text: topics_in(page(text)),
    "people of a page": lambda text: presented_on(page(text)),
    "a clinic's site": whole_site,
    "a web page": read_web_page,
    "a web page's text": lambda text: read_web_page(f"<html><body><p>{text}</p></body></html>"),
    "a pasted list": read_pasted,
    "a full-text search": quoted,
}

IDEMPOTENT: dict[str, Callable[[str], str]] = {
    "folding": name_text.fold,
    "squeezing": name_text.squeeze,
    "an NPI": numbers.npi,
    "a phone": numbers.phone,
    "a state": places.state_code,
    "a ZIP code": places.zip5,
    "a date": dates_and_links.iso_date,
    "a website": dates_and_links.website,
    "a street": places.street_key,
    "a license number": lambda text: numbers.license_key("WA", text).removeprefix("WA:"),
}
