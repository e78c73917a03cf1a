"""The people of a clinic's site and whose a claim is: precision before recall. Everybody is invented."""

from __future__ import annotations

from typing import Any

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from crawler.web_page import practice_fields, read_web_page
from pipeline.build import Before, build
from pipeline.facts import SourceFacts
from pipeline.gather import RECORD_COLUMNS, Reading
from pipeline.link import link
from pipeline.normalize import persons_of
from pipeline.web_people import Site, read_site
from pipeline.web_records import people_of_pages, phone_in
from pipeline.world import parsed

SITE = "https://lantern.example"
CLINICS = SourceFacts("clinics", "website", "Clinic websites", "The clinics", (), {})
NCBAHM = SourceFacts("ncbahm", "certifier", "NCBAHM directory", "NCBAHM", (), {})
NPI = SourceFacts("npi_registry", "registry", "NPI Registry", "CMS", (), {})
SOURCES = {"clinics": CLINICS, "ncbahm": NCBAHM, "npi_registry": NPI}
THADDEUS = "<h1>Thaddeus Quillfeather, L.Ac.</h1>"
ADDRESS = "<footer>1 Ninebark Ave, Seattle, WA 98103</footer>"


def page(path: str, html: str, kind: str = "team", **more: Any) -> dict[str, Any]:
    """One page record, read from HTML as the spider reads it."""
    read = read_web_page(html)
    fields = {
        "site": "lantern.example",
        "page_kind": kind,
        "title": read.title,
        "text": read.text,
        "headings": [[level, words] for level, words in read.headings],
        "footer_at": read.footer_at,
        "people": read.markup.people,
        "website": f"{SITE}/",
        **practice_fields(read),
    }
    return row("clinics", f"{SITE}{path}", fields | more, partition="lantern.example")


def row(source: str, key: str, fields: dict[str, Any], partition: str = "") -> dict[str, Any]:
    values = [f"{source}:{key}", source, key, key, "2026-11-20T00:00:00Z", None, f"sha{key}", [], partition, fields]
    return dict(zip(RECORD_COLUMNS, values, strict=True))


def frame(*rows: dict[str, Any]) -> pd.DataFrame:
    return pd.DataFrame(list(rows), columns=RECORD_COLUMNS)


def people(*pages: dict[str, Any]) -> dict[str, dict[str, Any]]:
    """Person records by name."""
    records, _ = people_of_pages(frame(*pages), SOURCES)
    return {fields["name"]: fields for fields in records["fields"]}


def claims(fields: dict[str, Any], kind: str = "certification", tense: str = "current") -> set[str]:
    said = [one for one in fields.get("statements", []) if one["kind"] == kind and one["tense"] == tense]
    return {one["designation"] or one["number"] or one["state"] or "(not named)" for one in said}


TEAM = page(
    "/team",
    "<h1>Our team</h1>"
    "<h2>Odalys Winterhalter, L.Ac.</h2><p>She is certified in acupuncture by the NCCAOM.</p>"
    "<h2>Thaddeus Quillfeather</h2><p>Licensed Acupuncturist</p><p>Thaddeus treats gout.</p>"
    "<h2>Maya Ashgrove</h2><p>Acupuncture student intern</p><p>She will sit for the NCCAOM examination.</p>"
    "<h2>Barnaby Thistlewick, LMT</h2><p>Licensed massage therapist, board certified in bodywork.</p>" + ADDRESS,
)


def test_only_acupuncturists_of_a_team_become_people_of_the_directory() -> None:
    assert set(people(TEAM)) == {"Odalys Winterhalter", "Thaddeus Quillfeather"}


def test_two_people_at_one_clinic_never_share_a_claim() -> None:
    found = people(TEAM)
    assert claims(found["Odalys Winterhalter"]) == {"(not named)"}
    assert claims(found["Thaddeus Quillfeather"]) == set()
    assert found["Thaddeus Quillfeather"]["conditions"] == ["gout"]
    assert found["Odalys Winterhalter"].get("conditions") is None


@pytest.mark.parametrize(
    "sentence",
    [
        "All of our acupuncturists are NCCAOM certified.",
        "Our practitioners are certified by the NCCAOM and licensed in Washington.",
        "Every acupuncturist here is NCCAOM certified.",
        "NCCAOM certified and licensed in Washington.",
    ],
)
def test_what_is_said_of_everybody_or_of_nobody_is_nobodys_claim(sentence: str) -> None:
    site = page("/", f"<h1>Lantern</h1><p>{sentence}</p>", "home")
    found = people(site, TEAM)
    assert claims(found["Thaddeus Quillfeather"]) == set()
    assert all(one["says"] != sentence for fields in found.values() for one in fields.get("statements", []))


def test_the_only_acupuncturist_of_a_site_speaks_for_himself() -> None:
    home = page("/", "<h1>Lantern</h1><p>I am certified by the NCCAOM.</p>" + ADDRESS, "home")
    bio = page("/about", "<h1>Thaddeus Quillfeather, L.Ac.</h1><p>I like needles.</p>" + ADDRESS, "about")
    assert claims(people(home, bio)["Thaddeus Quillfeather"]) == {"(not named)"}


@pytest.mark.parametrize(
    "sentence",
    [
        "All three of our acupuncturists are NCCAOM certified and hold Washington licenses.",
        "Everyone at Lantern is board certified by the NCCAOM.",
        "We are both NCCAOM certified.",
        "Staffed by NCCAOM-certified acupuncturists",
    ],
)
def test_what_is_said_of_a_team_is_not_even_the_only_acupuncturists(sentence: str) -> None:
    home = page("/", f"<h1>Lantern</h1><p>{sentence}</p>" + ADDRESS, "home")
    bio = page("/about", f"<h1>Thaddeus Quillfeather, L.Ac.</h1><p>{sentence}</p>" + ADDRESS, "about")
    assert claims(people(home, bio)["Thaddeus Quillfeather"]) == set()


def test_an_answer_that_explains_is_no_claim_even_with_one_acupuncturist() -> None:
    faq = page(
        "/faq", "<h2>What is NCCAOM?</h2><p>It certifies. A licensed acupuncturist is NCCAOM certified.</p>", "faq"
    )
    bio = page("/about", THADDEUS, "about")
    assert claims(people(faq, bio)["Thaddeus Quillfeather"]) == set()


def test_a_sentence_that_names_somebody_is_about_that_person_wherever_it_stands() -> None:
    both = page(
        "/team",
        "<h2>Odalys Winterhalter, L.Ac.</h2><p>Odalys founded the clinic. Thaddeus Quillfeather is an NCCAOM Diplomate"
        " of Acupuncture.</p><h2>Thaddeus Quillfeather, L.Ac.</h2><p>He treats gout.</p>",
    )
    found = people(both)
    assert claims(found["Odalys Winterhalter"]) == set()
    assert claims(found["Thaddeus Quillfeather"]) == {"Dipl. Ac."}


def test_patients_words_claim_nothing() -> None:
    bio = page(
        "/", "<h1>Thaddeus Quillfeather, L.Ac.</h1><h2>Testimonials</h2><p>He is NCCAOM certified and kind!</p>", "home"
    )
    assert claims(people(bio)["Thaddeus Quillfeather"]) == set()


def test_a_past_certificate_is_kept_as_past_and_never_as_claimed() -> None:
    bio = page(
        "/", "<h1>Thaddeus Quillfeather, L.Ac.</h1><p>I was a Diplomate of Acupuncture (NCCAOM) until 2015.</p>", "home"
    )
    records, _ = people_of_pages(frame(bio), SOURCES)
    (fields,) = records["fields"]
    assert claims(fields, tense="past") == {"Dipl. Ac."} and claims(fields) == set()
    (person,) = persons_of(records, SOURCES)
    assert person.certifications == ()


def test_a_claim_is_claimed_with_its_sentence_and_never_listed() -> None:
    bio = page(
        "/",
        "<h1>Thaddeus Quillfeather</h1><p>Acupuncture Physician</p><p>Florida license number AP 99077. He is a"
        " Diplomate of Acupuncture (NCCAOM).</p><p>3 Ninebark Ave, Miami, FL 33133</p>",
        "home",
    )
    records, _ = people_of_pages(frame(bio), SOURCES)
    (person,) = persons_of(records, SOURCES)
    (certificate,) = person.certifications
    assert (certificate.issuer, certificate.designation, certificate.status) == ("NCBAHM", "Dipl. Ac.", "claimed")
    assert certificate.printed == "He is a Diplomate of Acupuncture (NCCAOM)."
    assert [(item.state, item.number, item.status, item.primary) for item in person.licenses] == [
        ("FL", "AP 99077", "claimed", False)
    ]
    assert person.places[0].city == "Miami" and person.states == {"FL"}


def test_markup_names_people_and_their_credentials() -> None:
    said = (
        '{"@type": "Person", "name": "Odalys Winterhalter", "jobTitle": "Acupuncturist", "knowsLanguage": "Korean",'
        ' "hasCredential": {"name": "Diplomate of Oriental Medicine (NCCAOM)"}}'
    )
    other = '{"@type": "Person", "name": "Barnaby Thistlewick", "jobTitle": "Chief executive"}'
    blocks = "".join(f'<script type="application/ld+json">{block}</script>' for block in (said, other))
    found = people(page("/", blocks + "<p>Welcome to our house.</p>", "home"))
    assert set(found) == {"Odalys Winterhalter"}
    assert claims(found["Odalys Winterhalter"]) == {"Dipl. O.M."}
    assert found["Odalys Winterhalter"]["languages"] == ["Korean"]


def test_one_name_in_either_order_is_one_person_and_a_son_is_another() -> None:
    found = people(
        page("/", "<h2>Dr. Wei Quillfeather, LAc</h2>", "home"),
        page(
            "/team",
            "<h2>Quillfeather Wei, LAc</h2><h2>Ernesto Thistlewick, L.Ac.</h2><h2>Ernesto Thistlewick Jr., L.Ac.</h2>",
        ),
    )
    assert len(found) == 3


def test_a_clinic_with_two_houses_says_of_nobody_where_he_works() -> None:
    homes = "<p>1 Ninebark Ave, Seattle, WA 98103</p><p>2 Copperleaf Dr, Spokane, WA 99203</p>"
    records, _ = people_of_pages(frame(page("/", THADDEUS + homes, "home")), SOURCES)
    (person,) = persons_of(records, SOURCES)
    assert person.places == () and person.states == {"WA"}


def test_a_page_without_an_address_speaks_for_the_state_its_site_was_found_in() -> None:
    bio = page("/", THADDEUS, "home", found_in_states=["OR"])
    (person,) = persons_of(people_of_pages(frame(bio), SOURCES)[0], SOURCES)
    assert person.states == {"OR"}


def test_the_records_key_is_the_page_and_the_name_and_cites_every_page() -> None:
    home = page("/", "<h2>Odalys Winterhalter, L.Ac.</h2>", "home")
    records, _ = people_of_pages(frame(home, TEAM), SOURCES)
    (found,) = [one for one in records.to_dict("records") if one["fields"]["name"] == "Odalys Winterhalter"]
    assert found["source_key"] == f"{SITE}/team#Odalys Winterhalter"
    assert found["also"] == [f"sha{SITE}/"]


def test_records_of_other_sources_stay_as_they_are() -> None:
    card = row("npi_registry", "1", {"name": "Odalys Winterhalter", "npi": "1999100005"})
    records, notes = people_of_pages(frame(card), SOURCES)
    assert records.to_dict("records") == [card] and notes == []


def listing(key: str, name: str, **fields: Any) -> dict[str, Any]:
    base = {"name": name, "status": "Certified Diplomate", "address": "1 Ninebark Ave, Seattle, WA 98103"}
    return row("ncbahm", key, base | fields, partition="WA")


def owners(*rows: dict[str, Any]) -> list[set[str]]:
    """The clusters the linker makes, as sets of names with their sources."""
    records, _ = people_of_pages(frame(*rows), SOURCES)
    links = link(persons_of(records, SOURCES), frozenset({"ncbahm", "npi_registry"}))
    return [{f"{one.source} {one.name.display}" for one in cluster.members} for cluster in links.clusters]


def test_a_shared_clinic_phone_and_website_join_nobody_of_another_name() -> None:
    shared = {"phone": "206-555-0100", "website": "http://www.lantern.example"}
    clusters = owners(
        TEAM, listing("1", "Odalys Winterhalter", **shared), listing("2", "Ottilie Winterhalter", **shared)
    )
    assert {"ncbahm Odalys Winterhalter", "clinics Odalys Winterhalter"} in clusters
    assert {"ncbahm Ottilie Winterhalter"} in clusters and {"clinics Thaddeus Quillfeather"} in clusters


def test_a_site_without_an_address_is_joined_by_name_and_website() -> None:
    bio = page("/", THADDEUS, "home")
    card = listing("1", "Thaddeus Quillfeather", website="http://www.lantern.example")
    assert len(owners(bio, card)) == 1
    other = listing("1", "Thaddeus Quillfeather", website="http://www.another.example")
    assert len(owners(bio, other)) == 2


def test_one_name_at_one_website_is_one_person_though_the_listing_is_of_another_state() -> None:
    bio = page("/", THADDEUS + ADDRESS, "home")
    card = listing("1", "Thaddeus Quillfeather", website=SITE, address="5 Copperleaf Dr, Miami, FL 33133")
    card["partition"] = "FL"
    assert len(owners(bio, card)) == 1


def test_a_build_shows_the_sentence_and_says_what_was_left_out() -> None:
    home = page("/", "<h1>Lantern</h1><p>Every acupuncturist here is NCCAOM certified.</p>" + ADDRESS, "home")
    readings = {name: Reading(name, 1, "2026-11-20T00:00:00Z") for name in SOURCES}
    made = build(frame(TEAM, home), readings, SOURCES, Before(), parsed("2026-11-21T00:00:00Z"))
    tags = {tag["value"]: tag["because"] for tag in made.tables["tags"] if tag["kind"] == "certification"}
    assert "'She is certified in acupuncture by the NCCAOM.'" in tags["claimed"]
    assert {item["printed"] for item in made.tables["certifications"]} == {
        "She is certified in acupuncture by the NCCAOM."
    }
    shown = {record["source_key"]: record["fields"] for record in made.tables["records"]}
    assert "Barnaby" not in "".join(shown.values()) and "Our team" not in "".join(shown.values())


ODALYS = "<h2>Odalys Winterhalter, L.Ac.</h2><p>Odalys treats gout.</p>"
HERS = "Nationally board certified by NCCAOM. Washington acupuncture license AC60009999."


@pytest.mark.parametrize(
    "part",
    [
        f"<h2>Barnaby Thistlewick</h2><p>{HERS}</p>",
        f"<h2>Meet Barnaby</h2><p>{HERS}</p>",
        f"<h3>Meet Barnaby</h3><p>{HERS}</p>",
        f"<p><b>Dr. Thistlewick</b></p><p>{HERS}</p>",
        "<h2>Barnaby Thistlewick</h2><p>I am a licensed acupuncturist and diplomate of NCCAOM.</p>",
        "<h2>Barnaby Thistlewick</h2><p>Barnaby answers the phone.</p>"
        "<p>She is NCCAOM certified and holds Washington acupuncture license AC60001234.</p>",
        f"<h2>Barnaby</h2><p>{HERS}</p>",
    ],
)
@pytest.mark.parametrize("kind", ["team", "home"])
def test_what_stands_under_a_colleague_is_not_the_only_acupuncturists(part: str, kind: str) -> None:
    if kind == "home" and "<h2>Barnaby</h2>" in part:
        pytest.skip("a lone word is known as a name only on a page of people")
    found = people(page("/team", "<h1>Lantern</h1>" + ODALYS + part + ADDRESS, kind))
    assert found["Odalys Winterhalter"].get("statements") is None


def test_a_colleagues_own_page_says_nothing_of_the_only_acupuncturist() -> None:
    own = page("/barnaby/", f"<h1>Meet Barnaby</h1><p>{HERS}</p>", "bio")
    plain = page("/b/", f"<h1>Barnaby</h1><p>{HERS}</p>", "bio")
    found = people(page("/team", ODALYS + ADDRESS), own, plain)
    assert found["Odalys Winterhalter"].get("statements") is None


def test_a_heading_with_her_own_name_leaves_a_claim_hers() -> None:
    team = page("/team", ODALYS + "<h2>Meet Odalys</h2><p>NCCAOM certified in acupuncture.</p>" + ADDRESS)
    assert claims(people(team)["Odalys Winterhalter"]) == {"(not named)"}


def test_a_family_name_that_two_share_means_the_one_in_whose_part_it_stands() -> None:
    said = "<p>Dr. Winterhalter is NCCAOM certified.</p>"
    his = ODALYS + "<h2>Bertrand Winterhalter</h2>" + said
    assert people(page("/team", his))["Odalys Winterhalter"].get("statements") is None
    hers = ODALYS + said + "<h2>Bertrand Winterhalter</h2><p>Bertrand gardens.</p>"
    assert claims(people(page("/team", hers))["Odalys Winterhalter"]) == {"(not named)"}
    neither = "<h1>Lantern</h1>" + said + ODALYS + "<h2>Bertrand Winterhalter</h2>"
    assert people(page("/team", neither))["Odalys Winterhalter"].get("statements") is None


@pytest.mark.parametrize("role", ["LMT", "ND", "Massage Therapist", "Naturopathic physician"])
def test_a_license_of_another_profession_makes_no_acupuncturist(role: str) -> None:
    other = f"<h2>Barnaby Thistlewick, {role}</h2><p>Barnaby has been licensed in Washington since 2009.</p>"
    assert set(people(page("/team", ODALYS + other + ADDRESS))) == {"Odalys Winterhalter"}


def test_a_massage_therapist_with_an_acupuncture_license_is_in_with_that_alone() -> None:
    both = (
        "<h2>Barnaby Thistlewick, LMT</h2><p>Barnaby has been licensed in Oregon since 2009.</p>"
        "<p>Barnaby is a licensed acupuncturist in Washington.</p>"
    )
    found = people(page("/team", both + ADDRESS))["Barnaby Thistlewick"]
    assert claims(found, "license") == {"WA"}


def test_the_dead_are_left_out() -> None:
    late = "<h2>Thaddeus Quillfeather, L.Ac.</h2><p>Thaddeus founded Lantern. He passed away in 2020.</p>"
    assert set(people(page("/team", ODALYS + late + ADDRESS))) == {"Odalys Winterhalter"}


def test_nobodys_home_is_published() -> None:
    said = (
        "<p>Odalys is NCCAOM certified, treats sciatica and holds Washington acupuncture license AC60009999;"
        " reach her at home 206-555-0177 or odalys@ninebark.example, 12 Copperleaf St, Seattle, WA 98103</p>"
    )
    records, _ = people_of_pages(frame(page("/team", ODALYS + said)), SOURCES)
    (fields,) = records["fields"]
    assert claims(fields) == {"(not named)"} and claims(fields, "license") == {"AC60009999"}
    (person,) = persons_of(records, SOURCES)
    for shown in (str(fields), str(person)):
        assert not any(private in shown for private in ("0177", "Copperleaf", "odalys@"))


@pytest.mark.parametrize("words", ["home:", "cell", "Mobile -", "text me at"])
def test_a_number_of_her_own_is_not_the_clinics(words: str) -> None:
    assert (
        phone_in(f"Reach Odalys, {words} 206-555-0177, office of the clinic on weekdays: 206-555-0100.")
        == "206-555-0100"
    )


WORDS = st.sampled_from(
    [
        "Odalys Winterhalter",
        "Thaddeus Quillfeather",
        ", L.Ac.",
        "NCCAOM certified",
        "She is",
        "I am",
        "licensed in WA",
        ".",
    ]
    + [
        "Our team",
        "intern",
        "\n",
        "Dipl. O.M.",
        "massage therapist",
        "Testimonials",
        "AC 123",
        "|",
        "–",
        "de la",
        "(",
        "®",
    ]
)
TEXTS = st.lists(WORDS | st.text(max_size=6), max_size=30).map(" ".join)


@settings(max_examples=80, deadline=None)
@given(st.lists(st.tuples(TEXTS, st.lists(TEXTS, max_size=3)), min_size=1, max_size=3))
def test_no_text_breaks_a_site_and_no_claim_has_two_owners(pages: list[tuple[str, list[str]]]) -> None:
    rows = [
        {
            "url": f"{SITE}/{at}",
            "fields": {"text": text, "headings": [[2, words] for words in headings], "page_kind": "team"},
        }
        for at, (text, headings) in enumerate(pages)
    ]
    site: Site = read_site(rows, "WA")
    owned = [id(said.claim) for member in site.members for said in member.claims]
    assert len(owned) == len(set(owned))
    assert all(member.name.given and member.name.family for member in site.practitioners)
