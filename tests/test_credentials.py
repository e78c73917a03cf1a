"""Credentials: every spelling with its examples, the reading of whole texts, and what counts as a claim."""

from __future__ import annotations

import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline.credentials import claims_national_certification, plain_text, read_credentials
from pipeline.rules import read_rule_table

SPELLED = [
    ("nccaom_dipl_ac", "Jane Doe, Dipl. Ac., L.Ac."),
    ("nccaom_dipl_ac", "DiplAc"),
    ("nccaom_dipl_ac", "Dipl.Ac (NCCAOM)"),
    ("nccaom_dipl_ac", "Diplomate in Acupuncture"),
    ("nccaom_dipl_ac", "NCCAOM Diplomate of Acupuncture"),
    ("nccaom_dipl_ac", "Dipl Ac (NCBAHM)"),
    ("nccaom_dipl_ac", "Diplomate, Acupuncture"),
    ("nccaom_dipl_ac", "Dipl. Ac. & C.H."),
    ("nccaom_dipl_ac", "Dip. Ac."),
    ("nccaom_dipl_om", "Dipl. O.M. (NCCAOM)®"),
    ("nccaom_dipl_om", "DiplOM"),
    ("nccaom_dipl_om", "Diplomate of Oriental Medicine"),
    ("nccaom_dipl_om", "Dipl OM"),
    ("nccaom_dipl_om", "DAOM · Dipl. O.M. (NCBAHM)®"),
    ("nccaom_dipl_ch", "Dipl. C.H."),
    ("nccaom_dipl_ch", "DiplCH"),
    ("nccaom_dipl_ch", "Diplomate of Chinese Herbology"),
    ("nccaom_dipl_ch", "Dipl. Ac. & C.H."),
    ("nccaom_dipl_ch", "Diplomate of Acupuncture and Chinese Herbology"),
    ("nccaom_dipl_abt", "Dipl. ABT (NCCAOM)"),
    ("nccaom_dipl_abt", "Dipl. A.B.T."),
    ("nccaom_generic", "NCCAOM certified"),
    ("nccaom_generic", "board certified by NCBAHM"),
    ("nccaom_generic", "National Certification Board for Acupuncture and Herbal Medicine"),
    ("nationally_certified_phrase", "Board Certified Acupuncturist"),
    ("nationally_certified_phrase", "nationally board certified"),
    ("lac", "Jane Doe, L.Ac."),
    ("lac", "LAc"),
    ("lac", "Lic. Ac."),
    ("lac", "Licensed Acupuncturist"),
    ("lac", "L. Ac."),
    ("lac_caps", "John Roe, LAC"),
    ("ap_fl", "Jane, AP"),
    ("ap_fl", "Acupuncture Physician"),
    ("ap_fl", "Jane, A.P., DOM"),
    ("dom", "DOM"),
    ("dom", "D.O.M."),
    ("dom", "Doctor of Oriental Medicine"),
    ("omd", "O.M.D."),
    ("omd", "OMD"),
    ("aemp_eamp", "EAMP/L.Ac."),
    ("aemp_eamp", "AEMP"),
    ("rac", "R.Ac."),
    ("rac", "RAc"),
    ("rac", "Registered Acupuncturist"),
    ("cac", "C.Ac."),
    ("cac", "Certified Acupuncturist"),
    ("cac", "DC, CAc"),
    ("dac_ri", "D.Ac."),
    ("dac_ri", "DAc"),
    ("dac_ri", "Doctor of Acupuncture"),
    ("pom_pa", "L.O.M."),
    ("pom_pa", "Practitioner of Oriental Medicine"),
    ("dabma", "MD, DABMA"),
    ("dabma", "Diplomate of the American Board of Medical Acupuncture"),
    ("faama", "DO, FAAMA"),
    ("aama_member", "Member, AAMA"),
    ("dabca", "DC, DABCA"),
    ("fiama", "DC, FIAMA"),
    ("ccap", "DC, CCAP"),
    ("ads", "AcuDetox Specialist"),
    ("ads", "RN, ADS"),
    ("ads", "NADA certified"),
    ("faborm", "Dipl. OM (NCCAOM), FABORM"),
    ("dnbao", "L.Ac., DNBAO"),
    ("cnt", "CNT"),
    ("cnt", "Clean Needle Technique"),
    ("mac", "M.Ac."),
    ("mac", "MAc"),
    ("macchm", "MAcCHM"),
    ("msom", "MSOM"),
    ("msom", "M.S.O.M."),
    ("msom", "MSTOM"),
    ("maom", "MAOM"),
    ("maom", "MSAOM"),
    ("mstcm", "MSTCM"),
    ("mstcm", "MTCM"),
    ("mtom", "MTOM"),
    ("msac", "MSAc"),
    ("msac", "M.S.Ac."),
    ("daom", "DAOM"),
    ("daom", "D.A.O.M."),
    ("daim", "DAIM"),
    ("dacm", "DACM"),
    ("dacm", "D.A.C.M."),
    ("dtcm", "DTCM"),
    ("md_china", "MD (China)"),
    ("nccaom_dipl_ahm", "Dipl. AHM (NCBAHM)"),
    ("nccaom_dipl_ahm", "Diplomate in Acupuncture & Herbal Medicine"),
    ("nccaom_dipl_ac", "Diploma of Acupuncture (NCCAOM)"),
    ("lac", "L.AC, DAOM"),
    ("dac_ri", "D Ac."),
]

NOT_SPELLED = [
    ("nccaom_dipl_ac", "Diplomat to Acapulco"),
    ("nccaom_dipl_ac", "Diplomate of Oriental Medicine"),
    ("nccaom_dipl_ac", "Dipl. O.M."),
    ("nccaom_dipl_om", "Dipl. Ac."),
    ("nccaom_dipl_om", "Diploma Omaha"),
    ("nccaom_dipl_om", "OMD"),
    ("nccaom_dipl_ch", "Dipl. Chem."),
    ("nccaom_dipl_ch", "Dipl. Ac."),
    ("nccaom_dipl_abt", "Dipl. Ac."),
    ("nccaom_generic", "NCCA accredited"),
    ("nccaom_generic", "NCAA football"),
    ("nationally_certified_phrase", "board certified in dermatology"),
    ("lac", "Fond du Lac"),
    ("lac", "LAC"),
    ("lac", "Lactation"),
    ("lac", "L.A. clinic"),
    ("lac", "L.A. County"),
    ("lac_caps", "LAc"),
    ("lac_caps", "BLACK"),
    ("ap_fl", "AP Chemistry teacher"),
    ("ap_fl", "MAP"),
    ("dom", "Dom Perignon"),
    ("dom", "DO"),
    ("dom", "OMD"),
    ("dom", "DOMAIN"),
    ("omd", "MD"),
    ("omd", "OMDC"),
    ("aemp_eamp", "CAMP"),
    ("rac", "Rachel"),
    ("rac", "RAC audit"),
    ("cac", "CA 90210"),
    ("cac", "CAcademy"),
    ("dac_ri", "DACM"),
    ("dac_ri", "Doctor of Acupuncture and Oriental Medicine"),
    ("dac_ri", "DACA"),
    ("pom_pa", "Lombard"),
    ("dabma", "DABCA"),
    ("faama", "FAMA"),
    ("aama_member", "FAAMA"),
    ("aama_member", "Sue, CMA (AAMA)"),
    ("dabca", "DABMA"),
    ("fiama", "FAMA"),
    ("ccap", "CCAPS"),
    ("ads", "Google Ads"),
    ("ads", "BADS"),
    ("faborm", "ABORT"),
    ("dnbao", "DABCA"),
    ("cnt", "CNTY"),
    ("nccaom_dipl_ahm", "Dipl. O.M."),
    ("nccaom_dipl_ac", "Diploma of Acupuncture"),
    ("nccaom_dipl_om", "Diplomate of Herbal Medicine"),
]


def matches(credential: str, text: str) -> bool:
    rows = [row for row in read_rule_table("credential_spellings") if row["credential_id"] == credential]
    assert rows, credential
    return any(re.search(row["pattern"], plain_text(text), re.I if row["flags"] else 0) for row in rows)


@pytest.mark.parametrize(("credential", "text"), SPELLED)
def test_the_spelling_is_known(credential: str, text: str) -> None:
    assert matches(credential, text)


@pytest.mark.parametrize(("credential", "text"), NOT_SPELLED)
def test_the_spelling_takes_nothing_else(credential: str, text: str) -> None:
    assert not matches(credential, text)


def test_every_credential_has_an_example() -> None:
    assert {row["id"] for row in read_rule_table("credentials")} == {credential for credential, _ in SPELLED}


READ = [
    ("Dipl. Ac. & C.H.", ["nccaom_dipl_ac", "nccaom_dipl_ch"]),
    ("DAOM · Dipl. O.M. (NCBAHM)®, L.Ac.", ["daom", "nccaom_dipl_om", "nccaom_generic", "lac"]),
    ("Diplomate of Acupuncture and Oriental Medicine", ["nccaom_dipl_om"]),
    ("L.AC, DAOM, DIPL.OM, DIPL.Ac. MS", ["lac", "daom", "nccaom_dipl_om", "nccaom_dipl_ac"]),
    ("OMD", ["omd"]),
    ("AP, DOM", ["ap_fl", "dom"]),
    ("EAMP/L.Ac.", ["aemp_eamp", "lac"]),
    ("MD, DABMA, FAAMA", ["dabma", "faama"]),
    ("Diplomate of the American Board of Medical Acupuncture", ["dabma"]),
    ("A.P. (Florida), M.D. (China)", ["ap_fl", "md_china"]),
    ("", []),
]


@pytest.mark.parametrize(("text", "ids"), READ)
def test_a_text_is_read_in_order_and_longest_first(text: str, ids: list[str]) -> None:
    assert [found.id for found in read_credentials(text)] == ids


def test_lac_in_capitals_needs_its_surroundings() -> None:
    assert read_credentials("LAC, LPC")[0].type == "ambiguous"
    assert read_credentials("LAC", taxonomy="101YA0400X")[0].id == "lac_caps"
    by_taxonomy = read_credentials("LAC", taxonomy="171100000X")[0]
    assert (by_taxonomy.id, by_taxonomy.printed) == ("lac", "LAC")
    assert [found.id for found in read_credentials("DACM, LAC")] == ["dacm", "lac"]


def test_letters_of_one_state_are_not_read_in_another() -> None:
    assert [found.id for found in read_credentials("Jane, AP", state="FL")] == ["ap_fl"]
    assert read_credentials("Jane, AP", state="NY") == []


def test_a_designation_names_field_and_issuer() -> None:
    found = read_credentials("Dipl. Ac. (NCCAOM)®")[0]
    assert (found.designation, found.issuer, found.type, found.printed) == (
        "Dipl. Ac.",
        "NCBAHM",
        "certification",
        "Dipl. Ac.",
    )
    assert read_credentials("NCCAOM")[0].designation == ""
    assert read_credentials("DABMA")[0].designation == ""


CLAIMS = [
    ("Dipl. Ac. (NCCAOM), L.Ac.", ["Dipl. Ac."]),
    ("Dipl. Ac., L.Ac., NCCAOM PDA provider", ["Dipl. Ac."]),
    ("Dipl. O.M. and Dipl. C.H.", ["Dipl. O.M.", "Dipl. C.H."]),
    ("Nationally Board-Certified · Dipl. AHM (NCBAHM)", ["Dipl. AHM"]),
    ("She is NCCAOM certified and a licensed acupuncturist in Idaho.", [""]),
    ("certified by the National Certification Board for Acupuncture and Herbal Medicine", [""]),
    ("LAc, NCCAOM", [""]),
    ("Dip. Ac. (NCCAOM)", ["Dipl. Ac."]),
    ("I am an NCCAOM Diplomate in Oriental Medicine. I passed five examinations.", ["Dipl. O.M."]),
    ("Dip. Ac.", []),
    ("passed all NCCAOM exams", []),
    ("NCCAOM board eligible", []),
    ("NCCAOM candidate", []),
    ("NCCAOM approved PDA provider", []),
    ("former NCCAOM diplomate", []),
    ("nationally board certified", []),
    ("board certified acupuncturist in the state of California", []),
    ("DACM, LAc", []),
    ("MD, DABMA", []),
    ("NCAA certified", []),
    ("NCCA accredited", []),
    ("Acupuncturists who pass are entitled to add Dipl. Ac. after their name.", []),
    ("I am a Diplomate of Oriental Medicine (Dipl. O.M.). Currently my NCCAOM status is inactive.", []),
    ("Memberships\nNational Certification Commission for Acupuncture and Oriental Medicine (NCCAOM)", []),
    ("", []),
]


@pytest.mark.parametrize(("text", "designations"), CLAIMS)
def test_only_a_named_board_or_designation_is_a_claim(text: str, designations: list[str]) -> None:
    assert [found.designation for found in claims_national_certification(text)] == designations


@pytest.mark.everything
def test_very_long_texts_are_read() -> None:
    for piece in ("NCCAOM ", "my ", "Dipl. Ac. ", "dipl" + "," * 40):
        text = (piece * 200_000)[:200_000]
        read_credentials(text)
        claims_national_certification(text)


@settings(max_examples=80, deadline=None)
@given(st.text(max_size=80) | st.text(alphabet="DiplAcOMNBHLC.,& ()", max_size=40))
def test_any_text_is_read(text: str) -> None:
    found = read_credentials(text)
    assert len({one.id for one in found}) == len(found)
    assert all(one.printed in plain_text(text) for one in found)
    assert all(one.issuer == "NCBAHM" for one in claims_national_certification(text))
