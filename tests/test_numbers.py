"""License numbers, NPIs, telephone numbers, dates and web addresses in one form each."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from pipeline.dates_and_links import DateError, iso_date, website
from pipeline.numbers import display_phone, license_key, license_numbers, npi, phone

SAME_LICENSE = [
    ("WA", ["AC 60012345", "AC60012345", "60012345", "ac.60012345", "WA AC60012345"]),
    ("CA", ["AC12345", "12345", "L.Ac. 12345", "CA AC 12345", "License No. AC12345"]),
    ("FL", ["AP 1234", "AP1234", "1234", "Florida License No: AP 1234"]),
    ("TX", ["AC01234", "TX Acu License#\u00a0AC01234", "1234"]),
    ("NY", ["001234-1", "001234", "1234", "00123401", "001234-01"]),
    ("HI", ["ACU-1234", "ACU1234", "1234"]),
    ("SC", ["ACUP123", "ACUP 123", "123"]),
    ("CO", ["ACU.0001234", "1234"]),
    ("UT", ["123456-1201", "123456"]),
    ("WI", ["1234-55", "1234"]),
    ("RI", ["DA00123", "123"]),
    ("MT", ["MED-ACU-LIC-123", "123"]),
    ("IL", ["198.001234", "198001234"]),
    ("NJ", ["25MZ00012300", "25mz 00012300"]),
]


@pytest.mark.parametrize(("state", "spellings"), SAME_LICENSE)
def test_one_license_has_one_key(state: str, spellings: list[str]) -> None:
    keys = {license_key(state, spelling) for spelling in spellings}
    assert len(keys) == 1
    assert keys.pop().startswith(f"{state}:")


def test_letters_that_tell_professions_apart_stay() -> None:
    assert license_key("NJ", "25MZ00012300") == "NJ:25MZ00012300"
    assert license_key("DE", "M9-0001234") == "DE:M90001234"
    assert license_key("WA", "RN60012345") != license_key("WA", "AC60012345")
    assert license_key("WA", "60012345") != license_key("CA", "60012345")
    assert license_key("ID", "ACUC-12") != license_key("ID", "ACU-12")


@pytest.mark.parametrize(
    "number", ["", "0", "000", "NONE", "PENDING", "N/A", "none", "--", "39*****99", "XXXXX1", "9" * 80]
)
def test_no_number_has_no_key(number: str) -> None:
    assert license_key("CA", number) == ""


def test_a_number_without_a_known_state_has_no_key() -> None:
    assert license_key("", "12345") == "" == license_key("ZZ", "12345")


def test_npi_needs_its_check_digit() -> None:
    assert npi(" 1234567893 ") == "1234567893"
    assert npi("1234567890") == npi("0000000000") == npi("12345678\u0663\u0663") == ""


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("206-555-0123", "+12065550123"),
        ("(206) 555 0123 ext. 7", "+12065550123"),
        ("206 555 0123", "+12065550123"),
        ("120-155-0123", ""),
        ("+44 20 7946 0958", ""),
        ("Not Available", ""),
    ],
)
def test_phone_is_a_valid_us_number_or_nothing(text: str, number: str) -> None:
    assert phone(text) == number


def test_phone_is_shown_as_people_write_it() -> None:
    assert display_phone("+12065550123") == "(206) 555-0123"
    assert display_phone("") == ""


@pytest.mark.parametrize(
    ("text", "numbers"),
    [
        ("AC12345, AC12346", ["AC12345", "AC12346"]),
        ("AC 12345 / L.Ac. 0067", ["AC 12345", "L.Ac. 0067"]),
        ("001234 and 25MZ0012", ["001234", "25MZ0012"]),
        ("License No. AC12345, Washington", ["License No. AC12345, Washington"]),
        ("M9-0001234", ["M9-0001234"]),
        ("AC 12/345", ["AC 12/345"]),
        ("", [""]),
    ],
)
def test_several_numbers_in_one_cell_are_not_run_into_one(text: str, numbers: list[str]) -> None:
    assert license_numbers(text) == numbers


@pytest.mark.parametrize(
    ("text", "day"),
    [
        ("20160115", "2016-01-15"),
        ("2027-06-30T00:00:00.000", "2027-06-30"),
        ("06/30/2027", "2027-06-30"),
        ("06-30-2027", "2027-06-30"),
        ("2020-12-28", "2020-12-28"),
        (" 00000000 ", ""),
        ("", ""),
    ],
)
def test_dates_of_the_sources_are_read(text: str, day: str) -> None:
    assert iso_date(text) == day


@pytest.mark.parametrize("text", ["2027-02-30", "31/12/2027", "June 30", "2027", "20271301", "1/2-2027"])
def test_a_date_that_cannot_be_read_is_named(text: str) -> None:
    with pytest.raises(DateError, match=text):
        iso_date(text)


@pytest.mark.parametrize(
    ("text", "address"),
    [
        ("www.example.com/", "http://www.example.com/"),
        ("Www.Example.com/Team", "http://www.example.com/Team"),
        ("https://example.com", "https://example.com"),
        ("www.ann@anns-example.com", ""),
        ("www.a-long-name-that-was-cu ...", ""),
        ("javascript:alert(1)", ""),
        ("ftp://example.com", ""),
        ("Not Available", ""),
        ("N/A", ""),
        ("http://[bad", ""),
        ("http://example.com:99999999/", ""),
    ],
)
def test_website_is_a_web_address_or_nothing(text: str, address: str) -> None:
    assert website(text) == address


def test_very_long_texts_are_read() -> None:
    for piece in ("AC 1", "-", "0", "LIC ", "a.", "1/"):
        text = piece * 60_000
        license_key("NY", text), npi(text), phone(text), website(text)
        with pytest.raises(DateError):
            iso_date(text)


_STATES = st.sampled_from(["NY", "CA", "WA", "UT", "MT", "PR"])
_NUMBERS = st.text(alphabet="ACLUPN0123456789-. #", max_size=16)


@settings(max_examples=200, deadline=None)
@given(_STATES, _NUMBERS)
@example("NY", "00000101")
def test_a_key_is_its_own_key(state: str, number: str) -> None:
    key = license_key(state, number)
    assert not key or license_key(state, key.partition(":")[2]) == key


@settings(max_examples=150, deadline=None)
@given(st.text(max_size=40))
def test_any_text_is_taken(text: str) -> None:
    license_key("CA", text), license_key(text, text), npi(text)
    assert phone(phone(text)) == phone(text)
    assert website(website(text)) == website(text)
    try:
        day = iso_date(text)
    except DateError:
        return
    assert iso_date(day) == day


@settings(max_examples=60, deadline=None)
@given(st.dates(min_value=date(1900, 1, 1)))
def test_every_day_is_read_in_every_form(day: date) -> None:
    forms = ("%Y%m%d", "%Y-%m-%d", "%m/%d/%Y", "%m-%d-%Y", "%Y-%m-%dT00:00:00.000")
    assert {iso_date(day.strftime(form)) for form in forms} == {day.isoformat()}
