"""Places: one-line addresses taken apart, keys for comparison, ZIP centers."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline.places import Place, city_key, is_home_like, locate, parse_place, state_code, street_key, zip5

ADDRESSES = [
    ("18 Kalo St , Hilo, HI, USA", Place("18 Kalo St", "Hilo", "HI")),
    (
        "77 Larkspur Downs , Lynbrook, NY 11563-0042, USA",
        Place("77 Larkspur Downs", "Lynbrook", "NY", "11563"),
    ),
    ("PO Box 77, Wainscott, NY 11975", Place("PO Box 77", "Wainscott", "NY", "11975")),
    (
        "5500 Lake View Trail , Ste 2-E, Raleigh, NC 27607",
        Place("5500 Lake View Trail, Ste 2-E", "Raleigh", "NC", "27607"),
    ),
    ("Not Available", Place()),
    ("", Place()),
    (
        "Quiet River MD, PO Box 12, Ketchum, ID 83340",
        Place("PO Box 12", "Ketchum", "ID", "83340", "Quiet River MD"),
    ),
    (
        "Quiet River Acupuncture PLLC, 1801 Elm Blvd, Ste 109, Greenville, NC 27858",
        Place("1801 Elm Blvd, Ste 109", "Greenville", "NC", "27858", "Quiet River Acupuncture PLLC"),
    ),
    (
        "1801 Elm Blvd, Ste 109 Greenville, NC 27858",
        Place("1801 Elm Blvd, Ste 109", "Greenville", "NC", "27858"),
    ),
    ("One Garden Drive, Lewisburg, PA 17837", Place("One Garden Drive", "Lewisburg", "PA", "17837")),
    ("Green Valley Rd , Wailuku, HI, USA", Place("Green Valley Rd", "Wailuku", "HI")),
    ("6400 E OCEAN HWY # 119, LONG BEACH, CA, USA", Place("6400 E Ocean Hwy # 119", "Long Beach", "CA")),
    ("123 Main St Hoboken NJ 07030", Place("123 Main St", "Hoboken", "NJ", "07030")),
    ("123 MAIN ST, HOBOKEN, New Jersey, 07030", Place("123 Main St", "Hoboken", "NJ", "07030")),
    ("HOBOKEN, NJ", Place("", "Hoboken", "NJ")),
    ("27607", Place(zip="27607")),
]


@pytest.mark.parametrize(("text", "place"), ADDRESSES)
def test_one_line_addresses_are_taken_apart(text: str, place: Place) -> None:
    assert parse_place(text) == place


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("11563-0042", "11563"),
        ("064430042", "06443"),
        ("07030.0", "07030"),
        ("7030", "07030"),
        ("00000", ""),
        ("", ""),
        ("K1A 0B1", ""),
    ],
)
def test_zip_codes_keep_their_leading_zeros(text: str, code: str) -> None:
    assert zip5(text) == code


def test_a_zip_code_wins_over_the_city_and_the_city_stands_in() -> None:
    by_zip = locate(Place(zip="07030"))
    by_city = locate(Place(city="HOBOKEN", state="NJ"))
    assert by_zip is not None and by_city is not None
    assert by_zip == pytest.approx((40.74, -74.03), abs=0.05)
    assert by_city == pytest.approx(by_zip, abs=0.05)
    assert locate(Place(city="Nowhere At All", state="NJ")) is None
    assert locate(Place()) is None


def test_city_keys_agree() -> None:
    assert city_key("Kailua-Kona") == city_key("KAILUA KONA")
    assert city_key("St. Paul") == city_key("Saint Paul")
    assert city_key("Ft Worth") == city_key("Fort Worth")


@pytest.mark.parametrize(
    ("street", "key"),
    [
        ("811 N 42nd St", "811 42nd"),
        ("811 42ND STREET NORTH, Suite 2", "811 42nd"),
        ("One Garden Drive", "1 garden"),
        ("4-120 Palm Hwy #7 B", "4-120 palm"),
        ("1234 Highway 50", "1234 50"),
        ("12 First Ave", "12 1st"),
        ("PO Box 41", ""),
        ("Green Valley Rd", ""),
        ("", ""),
    ],
)
def test_street_keys_hold_house_number_and_street_word(street: str, key: str) -> None:
    assert street_key(street) == key


def test_homes_and_offices_are_told_apart_cautiously() -> None:
    assert is_home_like("94-100 Palm Pkwy Apt 2D")
    assert is_home_like("31 Buttercup Way")
    assert not is_home_like("31 Buttercup Way Ste 4")
    assert not is_home_like("PO Box 41")
    assert not is_home_like("")


def test_state_names_and_codes() -> None:
    assert state_code("new jersey") == state_code("nj") == "NJ"
    assert state_code("District of Columbia") == "DC"
    assert state_code("Ontario") == state_code("") == ""


def test_very_long_texts_are_read() -> None:
    locate(Place(zip="07030"))
    for piece in ("1 ", ", ", "St ", "a", "\n"):
        text = piece * 60_000
        parse_place(text), street_key(text), city_key(text), is_home_like(text), zip5(text)


@settings(max_examples=150, deadline=None)
@given(st.text(max_size=60) | st.text(alphabet="1 2,NJ07aStBox#.-", max_size=40))
def test_any_text_is_a_place(text: str) -> None:
    place = parse_place(text)
    assert place.state == "" or state_code(place.state) == place.state
    assert zip5(zip5(text)) == zip5(text)
    assert city_key(text).isalnum() or not city_key(text)
    street_key(text), is_home_like(text), locate(place)
