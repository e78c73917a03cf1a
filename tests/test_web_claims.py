"""Claims from the text of websites: who says to have what, and everything that only looks like it."""

from __future__ import annotations

import itertools
import json
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline.facts import CERTIFIER_ISSUER
from pipeline.rules import RuleError, read_rule_table
from pipeline.web_claims import TextClaim, claims_in
from pipeline.web_names import names_in
from pipeline.web_phrases import KINDS, STATE, WORD, _rows, phrases, word
from pipeline.web_sentences import sentences_in
from pipeline.web_states import states_named
from tests.benchmarks import claim_extraction


def said(text: str, place: str = "") -> list[tuple[str, ...]]:
    """Kind, subject, what, number, tense of every claim, for comparison."""
    claims = claims_in(text, place)
    return [(c.kind, c.subject, c.designation or c.state or c.issuer, c.number, c.tense) for c in claims]


def national(text: str) -> list[TextClaim]:
    return [one for one in claims_in(text) if one.kind == "certification" and one.issuer == CERTIFIER_ISSUER]


CLAIMS = [
    (
        "Thaddeus Vantongeren, L.Ac., Dipl. O.M. (NCCAOM)",
        [
            ("certification", "Thaddeus Vantongeren", "Dipl. O.M.", "", "current"),
            ("license", "Thaddeus Vantongeren", "", "", "current"),
        ],
    ),
    ("NCCAOM certified", [("certification", "", "NCBAHM", "", "current")]),
    ("I am certified by the N.C.C.A.O.M.", [("certification", "", "NCBAHM", "", "current")]),
    ("She is NCCOAM board certified.", [("certification", "", "NCBAHM", "", "current")]),
    ("Nationally Certified (NCBAHM)", [("certification", "", "NCBAHM", "", "current")]),
    (
        "Ottoline Brackwater is a Diplomate of Acupuncture and of Chinese Herbology.",
        [
            ("certification", "Ottoline Brackwater", "Dipl. Ac.", "", "current"),
            ("certification", "Ottoline Brackwater", "Dipl. C.H.", "", "current"),
        ],
    ),
    (
        "Both Balthazar Kestrel and Dorothea Winship are NCCAOM certified.",
        [
            ("certification", "Balthazar Kestrel", "NCBAHM", "", "current"),
            ("certification", "Dorothea Winship", "NCBAHM", "", "current"),
        ],
    ),
    (
        "Meet our NCCAOM certified acupuncturist, Hesper Oakes!",
        [("certification", "Hesper Oakes", "NCBAHM", "", "current")],
    ),
    ("My NCCAOM certification lapsed in 2019.", [("certification", "", "NCBAHM", "", "past")]),
    ("Dipl. O.M. (NCCAOM), retired", [("certification", "", "Dipl. O.M.", "", "past")]),
    ("She was NCCAOM certified from 1992 to 2004.", [("certification", "", "NCBAHM", "", "past")]),
    ("Florida License No: AP 1999", [("license", "", "FL", "AP 1999", "current")]),
    ("CA Lic. AC 10999", [("license", "", "CA", "AC 10999", "current")]),
    (
        "Licensed in California and New York",
        [("license", "", "CA", "", "current"), ("license", "", "NY", "", "current")],
    ),
    ("Texas Medical Board Licensed Acupuncturist", [("license", "", "TX", "", "current")]),
    ("Osric J. French L. Ac.", [("license", "Osric J. French", "", "", "current")]),
    ("Thisbe Oldacre, L.Ac., MA", [("license", "Thisbe Oldacre", "", "", "current")]),
    ("Thisbe Oldacre, Lic. Ac. (MA)", [("license", "Thisbe Oldacre", "MA", "", "current")]),
    ("She was licensed as an acupuncturist in Ohio until 2012.", [("license", "", "OH", "", "past")]),
    ("Licensed in Texas: AC09941", [("license", "", "TX", "", "current")]),
    ("NCCAOM Certified: Yes", [("certification", "", "NCBAHM", "", "current")]),
    ("Gideon Ravensworth, MD, DABMA", [("certification", "Gideon Ravensworth", "DABMA", "", "current")]),
]


@pytest.mark.parametrize(("text", "expected"), CLAIMS)
def test_a_claim_is_read_with_person_and_time(text: str, expected: list[tuple[str, ...]]) -> None:
    assert said(text) == expected


NOBODYS = [
    "What is NCCAOM?",
    "NCCAOM certification shows that an acupuncturist was tested.",
    "L.Ac. stands for Licensed Acupuncturist.",
    "Dipl. Ac. = Diplomate of Acupuncture (NCCAOM)",
    "Look for an acupuncturist who is NCCAOM certified.",
    "Acupuncturists in New Jersey must be certified by the NCCAOM.",
    "In New Jersey, a Licensed Acupuncturist must have a degree.",
    "If your provider is certified by NCCAOM, ask for a receipt.",
    "I am not certified by the NCCAOM.",
    "Dorothea is a student working toward her NCCAOM certification.",
    "I hope to be certified by the NCCAOM next year.",
    "He has passed all four NCCAOM exams.",
    "NCCAOM board eligible",
    "NCCAOM approved PDA provider",
    "He served as an NCCAOM commissioner.",
    "We abide by the NCCAOM Code of Ethics.",
    "Member: AAAOM, NCCAOM",
    "Professional Affiliations\nNCCAOM\nAmerican Society of Acupuncturists",
    "Requirements:\n- NCCAOM certification\n- Active Oregon acupuncture license",
    "We are hiring! Applicants must be NCCAOM certified.",
    "She trained under a Diplomate of Oriental Medicine.",
    "Unlike Dr. Leocadia Vane, who is NCCAOM certified, I come from a massage background.",
    "Nationally board certified in acupuncture",
    "NCAA certified athletic acupuncture team",
    "Dip. Ac.",
    "Dipl. Ac. (IAMA)",
    "Odalys Crumbhorn, DC, Dipl. Ac.",
    "CNT certified through CCAOM",
    "NADA-certified Acupuncture Detoxification Specialist",
    "Certified in dry needling",
    "He is a certified veterinary acupuncturist.",
    "The college is accredited by ACAOM.",
    "Rosalind is a licensed massage therapist in Ohio.",
    "Licensed Acupuncturist in the United Kingdom",
    "In most states, acupuncturists must be licensed.",
    "Treatments are given by a licensed acupuncturist.",
    "Our clinic is fully licensed.",
    "Florida massage license MA12999",
    "Nominate your NCCAOM Diplomate of the Month by Friday.",
    "Qualifications: active NCCAOM certification or eligibility within six months.",
    "Dr. Oleander Quist is licensed to practice medicine in Ohio and uses acupuncture.",
    "NCCAOM Certified: No",
    "Tamsin Quillfeather BSc (Hons), Lic Ac, MBAcC",
    "Rosalind Amberley, LAC, LPC",
    "",
]


@pytest.mark.parametrize("text", NOBODYS)
def test_what_only_looks_like_a_claim_is_none(text: str) -> None:
    assert claims_in(text) == []


TEAMS = [
    "All three of our acupuncturists are NCCAOM certified and hold Vermont licenses.",
    "Everyone at Larkspur & Vetch is board certified by the NCCAOM.",
    "Every acupuncturist on our staff is licensed in Delaware.",
    "Our team of NCCAOM-certified acupuncturists is growing.",
    "The acupuncturists at Fern & Stone are all certified through NCCAOM.",
    "We are both NCCAOM certified.",
    "Staffed by licensed acupuncturists",
    "Our acupuncturists were NCCAOM certified until 2010.",
]
NO_TEAMS = [
    "All acupuncturists in Delaware must be NCCAOM certified.",
    "Every acupuncturist at a hospital should be NCCAOM certified.",
    "None of our acupuncturists is NCCAOM certified.",
    "Not all of our practitioners are licensed acupuncturists.",
    "Our acupuncturists hope to become NCCAOM certified.",
    "Our doctors refer patients to NCCAOM certified acupuncturists.",
    "Our interns are supervised by licensed acupuncturists.",
    "Book with one of our licensed acupuncturists.",
    "Join our team of NCCAOM certified acupuncturists!",
    "Are all of our acupuncturists NCCAOM certified?",
]


@pytest.mark.parametrize("text", TEAMS)
def test_what_is_said_of_a_team_is_a_claim_of_no_person(text: str) -> None:
    claims = claims_in(text)
    assert {(claim.about, claim.subject) for claim in claims} == {("team", "")}
    assert {claim.about for claim in claims_in("I am NCCAOM certified.")} == {"person"}


@pytest.mark.parametrize("text", NO_TEAMS)
def test_what_only_looks_like_a_team_claims_nothing(text: str) -> None:
    assert claims_in(text) == []


def test_of_several_people_only_the_one_spoken_of_has_it() -> None:
    text = "We are Perpetua Quillfeather and Hesper Oakes, an NCCAOM diplomate."
    assert [claim.subject for claim in national(text)] == ["Hesper Oakes"]


def test_what_was_restored_is_not_taken_back() -> None:
    text = "I am a Diplomate in Acupuncture (NCCAOM). My certification lapsed but I completed recertification."
    assert [claim.tense for claim in national(text)] == ["current"]


def test_a_notice_of_the_board_names_the_state() -> None:
    notice = "Acupuncture is regulated by the Texas Medical Board."
    assert said(f"{notice} Ignatia Wrenfield, Licensed Acupuncturist.") == [
        ("license", "Ignatia Wrenfield", "TX", "", "current")
    ]
    assert claims_in(notice) == []


def test_a_license_abroad_is_none_but_one_here_beside_it_is() -> None:
    text = "She holds a Rhode Island acupuncture licence and qualified first in Leeds in the UK."
    assert said(text) == [("license", "", "RI", "", "current")]
    assert said("Juniper Castellane, DOM (NM)") == [("license", "Juniper Castellane", "NM", "", "current")]
    assert said("Juniper Castellane, DOM (China)") == []


def test_what_a_person_takes_back_is_past() -> None:
    taken_back = "I am a Diplomate in Acupuncture (NCCAOM). My certification is currently inactive."
    assert [claim.tense for claim in national(taken_back)] == ["past"]
    assert [claim.tense for claim in national("I am a Diplomate in Acupuncture (NCCAOM). My dog is retired.")] == [
        "current"
    ]


def test_a_question_explains_until_somebody_speaks() -> None:
    assert claims_in("What do the letters mean?\nL.Ac.\nDipl. Ac. (NCCAOM)") == []
    assert national("What are your qualifications?\nNCCAOM certified")
    assert national("What is NCCAOM?\nIt is a national board. I am certified by the NCCAOM.")


def test_a_list_of_certificates_names_the_board_alone() -> None:
    assert national("Certifications\nNCCAOM\nReiki II")
    assert not national("Memberships\nNCCAOM\nReiki II")


def test_letters_of_one_state_are_read_where_the_clinic_is() -> None:
    assert said("Juniper Castellane, D.O.M.") == []
    assert said("Juniper Castellane, D.O.M.", "NM") == [("license", "Juniper Castellane", "NM", "", "current")]
    assert said("Juniper Castellane, D.O.M.", "GA") == []
    assert said("Juniper Castellane, A.P.") == [("license", "Juniper Castellane", "FL", "", "current")]
    assert said("Juniper Castellane, A.P.", "NY") == []


def test_a_license_without_a_field_needs_the_field_on_its_page() -> None:
    page = "\n".join(["Our eye clinic", "Glasses", "Lenses", "Frames", "She is licensed in Texas.", "Prices", "Hours"])
    assert claims_in(page) == []
    assert claims_in(page.replace("Glasses", "Acupuncture"))


def test_other_boards_are_never_the_national_board() -> None:
    claims = claims_in("Perpetua Quillfeather, L.Ac., FABORM, Dipl. O.M. (NCCAOM)")
    issuers = {claim.designation: claim.issuer for claim in claims if claim.kind == "certification"}
    assert issuers == {"Dipl. O.M.": "NCBAHM", "FABORM": "ABORM"}


def test_the_deciding_rule_is_published() -> None:
    known = {row["id"] for name in ("claim_phrases", "credentials") for row in read_rule_table(name)}
    texts = [text for text, _ in CLAIMS]
    assert {claim.rule for text in texts for claim in claims_in(text)} <= known


# What is said of one certain person in any of these ways is a claim, and in none of the others.
PREDICATES = [
    "certified by the NCCAOM",
    "NCCAOM certified",
    "nationally board certified (NCCAOM)",
    "a Diplomate of Oriental Medicine",
    "an NCCAOM Diplomate",
    "a licensed acupuncturist",
    "licensed to practice acupuncture in Oregon",
]
SAID_OF_ONE = [
    "She is {}.",
    "I have been {} since 2004.",
    "Dr. Oakenshaw is {} and loves hiking.",
    "In 2009, Peregrine became {}.",
    "Our founder, Peregrine Oakenshaw, is {}.",
    "She is not only {} but also kind.",
]
SAID_OF_NOBODY = [
    "An acupuncturist who is {} has passed exams.",
    "Make sure your acupuncturist is {}.",
    "Is your acupuncturist {}?",
    "To be {} takes years.",
    "She is not {}.",
    "He has never been {}.",
    "I hope to be {} soon.",
    "My friend is {}.",
    "Those who are {} have studied long.",
    "Applicants must be {}.",
    "Many people think that I am {}, but I am not.",
    "Not every acupuncturist is {}.",
]


@pytest.mark.parametrize(("frame", "predicate"), list(itertools.product(SAID_OF_ONE, PREDICATES)))
def test_what_is_said_of_one_person_is_a_claim(frame: str, predicate: str) -> None:
    assert claims_in(frame.format(predicate))


@pytest.mark.parametrize(("frame", "predicate"), list(itertools.product(SAID_OF_NOBODY, PREDICATES)))
def test_what_is_said_of_nobody_is_no_claim(frame: str, predicate: str) -> None:
    assert claims_in(frame.format(predicate)) == []


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("Dr. Perpetua Quillfeather, DACM, L.Ac., sees patients.", ["Dr. Perpetua Quillfeather"]),
        ("LUCASTA WINTERMOOR, L.AC.", ["LUCASTA WINTERMOOR"]),
        ("In 2003 Florian became a father.", ["Florian"]),
        ("Typically, a practitioner studies.", []),
        ("Bastyr University graduates practice in New Jersey.", []),
        ("National Board Certified Acupuncturist", []),
    ],
)
def test_names_are_people(text: str, names: list[str]) -> None:
    assert [name.text for name in names_in(text)][: len(names) or None] == names


def test_letters_behind_names_end_no_sentence() -> None:
    text = "Jane Doe, L.Ac., Dipl. Ac. (NCCAOM). She lives in St. Paul. I am a Dipl. Ac. My door is open!"
    cut = [sentence.text for sentence in sentences_in(text)]
    assert cut == [
        "Jane Doe, L.Ac., Dipl. Ac. (NCCAOM).",
        "She lives in St. Paul.",
        "I am a Dipl. Ac.",
        "My door is open!",
    ]


def test_states_are_read_in_capitals_or_by_name() -> None:
    assert states_named("licensed in OR or in new york, Washington, D.C. and West Virginia") == ["OR", "NY", "DC", "WV"]
    assert states_named("LICENSED IN NEW YORK STATE") == ["NY"]
    assert states_named("L.Ac. (IN, OH)") == ["IN", "OH"]


def test_phrases_are_applied_in_order_and_every_kind_has_some() -> None:
    rows = read_rule_table("claim_phrases")
    assert [int(row["applied"]) for row in rows] == sorted({int(row["applied"]) for row in rows})
    assert {row["kind"] for row in rows} == KINDS
    assert all(phrases(kind) for kind in KINDS - {WORD, STATE})
    with pytest.raises(RuleError, match="nonsense"):
        phrases("nonsense")
    with pytest.raises(RuleError, match="nonsense"):
        word("nonsense")


def test_a_row_that_cannot_be_read_names_itself(monkeypatch: pytest.MonkeyPatch) -> None:
    row = {"id": "torn", "kind": "explains", "applied": "1", "pattern": "(", "flags": "", "value": "", "note": "x"}
    monkeypatch.setattr("pipeline.web_phrases.read_rule_table", lambda name: [row])
    clear_caches()
    with pytest.raises(RuleError, match="torn"):
        phrases("explains")
    row["kind"] = "explians"
    clear_caches()
    with pytest.raises(RuleError, match="explians"):
        phrases("explains")
    monkeypatch.undo()
    clear_caches()
    assert phrases("explains")


def clear_caches() -> None:
    phrases.cache_clear()
    _rows.cache_clear()


PIECES = st.sampled_from(
    [
        *(
            "NCCAOM",
            "certified",
            "by the",
            "She",
            "I",
            "is",
            "not",
            "L.Ac.",
            "Dipl. O.M.",
            "Jane Roe",
            "licensed",
            "in",
        ),
        *(
            "Oregon",
            "?",
            ".",
            "\n",
            ",",
            ";",
            "(",
            ")",
            "exam",
            "#",
            "1234",
            "acupuncturist",
            "who",
            "must",
            "\u00ae",
            "\u2014",
        ),
    ]
)
TEXTS = st.text(max_size=200) | st.lists(PIECES, max_size=30).map(" ".join)


@settings(max_examples=150, deadline=None)
@given(TEXTS, st.sampled_from(["", "FL", "NM", "xx"]))
def test_any_text_is_read_and_evidence_is_exact(text: str, place: str) -> None:
    for claim in claims_in(text, place):
        assert text[claim.start : claim.end] == claim.sentence
        assert claim.kind in {"certification", "license"} and claim.tense in {"current", "past"}


UNRELATED = st.sampled_from(["We open at nine.", "Parking is free.", "Acupuncture feels pleasant.", "Call us today!"])
CLAIMING = st.sampled_from([text for text, _ in CLAIMS])


@settings(max_examples=60, deadline=None)
@given(CLAIMING, st.lists(UNRELATED, max_size=3), st.lists(UNRELATED, max_size=3), st.sampled_from(["\n", "\n\n"]))
def test_unrelated_lines_change_nothing(text: str, before: list[str], after: list[str], gap: str) -> None:
    assert set(said(text)) <= set(said(gap.join([*before, text, "Acupuncture feels pleasant.", *after])))


@settings(max_examples=60, deadline=None)
@given(
    st.sampled_from(
        ["NCCAOM", "nccaom", "NCBAHM", "National Certification Commission for Acupuncture and Oriental Medicine"]
    ),
    st.sampled_from(["", " ", "\n", "\t\n "]),
    st.sampled_from(["She is certified by the {}.", "{} certified", "I am a diplomate of the {}."]),
)
def test_space_and_case_of_the_board_do_not_matter(board: str, space: str, frame: str) -> None:
    assert national(f"{space}{frame.format(board)}{space}")


@settings(max_examples=60, deadline=None)
@given(
    st.sampled_from(["She is", "I am", "Dr. Oakenshaw is", "Peregrine Oakenshaw is", "He is"]),
    st.sampled_from(["not", "neither licensed nor", "not yet", "no longer a student and not"]),
    st.sampled_from(PREDICATES),
)
def test_a_denial_ends_a_claim(who: str, denial: str, predicate: str) -> None:
    assert claims_in(f"{who} {predicate}.")
    assert claims_in(f"{who} {denial} {predicate}.") == []


def test_the_invented_sentences_are_read_well_enough(capsys: pytest.CaptureFixture[str]) -> None:
    assert claim_extraction.main([str(claim_extraction.INVENTED), "--quiet"]) == 0
    assert "explanatory sentences taken for a claim: 0" in capsys.readouterr().out


def test_the_real_sentences_are_read_well_enough(real_data: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = real_data / "claims" / "claims.jsonl"
    if not path.exists():
        pytest.skip(f"the real sentences are not here ({path})")
    assert claim_extraction.main([str(path), "--quiet"]) == 0
    assert "explanatory sentences taken for a claim: 0" in capsys.readouterr().out


def test_the_benchmark_sees_a_claim_that_is_none(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """A known wrong label: a claim called an explanation must fail the benchmark."""
    label = {"nccaom": "none", "designations": [], "license": "none", "state": None}
    row = {"id": "x1", "text": "I am NCCAOM certified.", "category": "explanatory", "ambiguous": False, "label": label}
    path = tmp_path / "wrong.jsonl"
    path.write_text(json.dumps(row) + "\n", encoding="utf-8")
    assert claim_extraction.main([str(path)]) == 1
    out = capsys.readouterr().out
    assert "explanatory sentences taken for a claim: 1" in out and "+NCCAOM current" in out


def test_the_benchmark_sees_a_claim_that_is_missed(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    label = {"nccaom": "claims_current", "designations": ["Dipl. OM"], "license": "none", "state": None}
    row = {"id": "x2", "text": "What is NCCAOM?", "category": "claim_current", "ambiguous": False, "label": label}
    path = tmp_path / "wrong.jsonl"
    path.write_text(json.dumps(row) + "\n", encoding="utf-8")
    assert claim_extraction.main([str(path)]) == 1
    assert "-designation om" in capsys.readouterr().out
