"""One page of a clinic's site: what a reader sees, what its markup says, and that no bytes ever break it."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from crawler.web_page import EMAIL, LONGEST_TEXT, practice_fields, read_web_page

PERSON = '{"@type": "Person", "name": "Odalys Winterhalter", "jobTitle": "Acupuncturist"}'


def ld(*blocks: str) -> str:
    return "".join(f'<script type="application/ld+json">{block}</script>' for block in blocks)


def test_menus_forms_and_scripts_are_no_text_and_the_footer_comes_last() -> None:
    page = read_web_page(
        "<html lang='en-US'><title>Lantern | Team</title><body><footer>1 Ninebark Ave</footer><nav>Menu</nav>"
        "<script>var x</script><h1>Our <em>team</em></h1><p>We are two.</p><form>Name <input></form></body></html>"
    )
    assert page.text == "Our team\n\nWe are two.\n\n1 Ninebark Ave"
    assert page.text[page.footer_at :].strip() == "1 Ninebark Ave"
    assert page.headings == [(1, "Our team")]
    assert (page.title, page.language) == ("Lantern | Team", "en-us")


def test_addresses_of_mail_and_birth_dates_are_not_kept() -> None:
    page = read_web_page(
        "<h2>Odalys odalys@lantern.example</h2><p>Write to o.w [at] lantern [dot] example or desk@lantern.example."
        " Date of birth: March 3, 1961. Born on 03/03/1961 in Reno.</p>"
        + ld('{"@type": "Person", "name": "Odalys", "birthDate": "1961-03-03", "email": "o@lantern.example"}')
    )
    kept = repr((page.text, page.headings, page.markup))
    assert "lantern.example" not in kept and "1961" not in kept and "in Reno" in kept


def test_people_of_the_markup_are_those_presented_not_those_quoted() -> None:
    page = read_web_page(
        ld(
            '{"@graph": [{"@type": "MedicalClinic", "name": "Lantern", "telephone": "206-555-0100",'
            ' "address": {"streetAddress": "1 Ninebark Ave", "addressLocality": "Reno", "addressRegion": "NV"},'
            f' "employee": [{PERSON}], "review": {{"author": {{"@type": "Person", "name": "Happy Patient"}}}}}}]}}'
        )
    )
    assert [person["name"] for person in page.markup.people] == ["Odalys Winterhalter"]
    assert practice_fields(page)["clinic"] == "Lantern"
    assert practice_fields(page)["locations"][0]["city"] == "Reno"


def test_a_damaged_block_takes_no_other_with_it() -> None:
    page = read_web_page(ld("{broken", PERSON, "[" * 100_000, ""))
    assert page.markup.damaged >= 2
    assert [person["job_title"] for person in page.markup.people] == ["Acupuncturist"]


def test_credentials_and_an_npi_are_read_in_one_line_each() -> None:
    page = read_web_page(
        ld(
            '{"@type": "Physician", "name": "Odalys Winterhalter", "honorificSuffix": ["L.Ac.", "DACM"],'
            ' "hasCredential": [{"name": "Diplomate of Acupuncture", "recognizedBy": {"name": "NCCAOM"}}, "MSOM"],'
            ' "identifier": [{"propertyID": "MRN", "value": "1111111111"},'
            ' {"propertyID": "NPI", "value": "1999690864"}]}'
        )
    )
    (person,) = page.markup.people
    assert person["credentials"] == ["Diplomate of Acupuncture (NCCAOM)", "MSOM"]
    assert (person["credential"], person["npi"]) == ("L.Ac., DACM", "1999690864")


def test_a_doctors_office_that_calls_itself_a_physician_is_a_place() -> None:
    page = read_web_page(ld('{"@type": "Physician", "name": "Lantern Acupuncture", "telephone": "206-555-0100"}'))
    assert page.markup.people == [] and practice_fields(page)["clinic"] == "Lantern Acupuncture"


def test_microdata_is_read_like_json_ld() -> None:
    page = read_web_page(
        '<div itemscope itemtype="https://schema.org/Person"><b itemprop="name">Odalys Winterhalter</b>'
        '<i itemprop="jobTitle">Acupuncturist</i></div>'
    )
    assert page.markup.people == [{"name": "Odalys Winterhalter", "job_title": "Acupuncturist"}]


@pytest.mark.parametrize(
    ("html", "gate"),
    [
        ("<title>Just a moment...</title><p>Checking your browser</p>", "a challenge page"),
        ("<title>Attention Required! | Cloudflare</title>", "a challenge page"),
        ("<p>One step</p><script src='/cdn-cgi/challenge-platform/x.js'></script>", "a challenge page"),
        ("<form><input type='password'></form><p>Log in</p>", "a sign-in page"),
        ("<form><input type='password'></form><p>" + "We treat sciatica. " * 30 + "</p>", ""),
        ("<p>" + "We treat sciatica. " * 30 + "</p><div class='g-recaptcha'></div>", ""),
    ],
)
def test_a_gate_is_recognized_and_a_contact_form_is_none(html: str, gate: str) -> None:
    assert read_web_page(html).gate == gate


def test_a_page_without_words_and_a_parked_name_say_so() -> None:
    assert read_web_page("<div id='root'></div><script src='app.js'></script>").needs_script
    assert read_web_page("<p>This domain is for sale.</p>").parked
    assert not read_web_page("<p>We moved to a new house; the old one is for sale.</p>").parked


def test_pages_in_other_scripts_and_a_huge_page_are_read() -> None:
    assert "针灸" in read_web_page("<h1>针灸诊所</h1><p>欢迎</p>").text
    assert "acupunturista" in read_web_page("<p>Soy acupunturista</p>").text
    assert len(read_web_page("<p>word " * 300_000).text) <= LONGEST_TEXT


def test_deep_nesting_does_not_break_the_parser() -> None:
    assert read_web_page("<div>" * 20_000 + "deep") is not None


@settings(max_examples=150, deadline=None)
@given(st.text() | st.binary().map(lambda raw: raw.decode("utf-8", "replace")))
def test_no_text_breaks_a_page(html: str) -> None:
    page = read_web_page(html)
    assert "\x00" not in page.text and not EMAIL.search(page.text)


FRAGMENTS = st.sampled_from(
    ["<p>", "</p>", "<h1>", "<footer>", "</footer>", "<nav>", "a@b.co", "<table><tr>", "<!--", "-->", "&#0;", "\ud7ff"]
    + ["<script type='application/ld+json'>", '{"@type":["Person"],"name":[1]}', "</script>", "&#x110000;", "words"]
    + [
        "<div itemscope itemprop=x>",
        "<a href='tel:'>",
        "<meta property='og:site_name' content='x'>",
        "<base href='[::'>",
    ]
)


@settings(max_examples=150, deadline=None)
@given(st.lists(FRAGMENTS, max_size=30).map("".join))
def test_no_markup_breaks_a_page(html: str) -> None:
    page = read_web_page(html)
    assert page.footer_at <= len(page.text)
    practice_fields(page)
