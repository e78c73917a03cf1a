"""Names and roles as clinics' pages print them. Everybody is invented."""

from __future__ import annotations

import pytest

from pipeline.web_layout import lay_out
from pipeline.web_name_lines import name_line
from pipeline.web_staff import ACUPUNCTURIST, OTHER, PHYSICIAN, STUDENT, presented_on, says_died, title_of


@pytest.mark.parametrize(
    ("line", "name"),
    [
        ("Dr. Odalys Winterhalter, L.Ac., Dipl. O.M. (NCCAOM)®", "Odalys Winterhalter"),
        ("Meet Odalys Winterhalter | L.Ac.", "Odalys Winterhalter"),
        ("ODALYS WINTERHALTER L.AC.", "ODALYS WINTERHALTER"),
        ("Odalys “Odie” Winterhalter (she/her), LAc", "Odalys Winterhalter"),
        ("Minh Do, LAc", "Minh Do"),
        ("Ana de la Cruz - Acupuncturist", "Ana de la Cruz"),
        ("Hi, I'm Odalys Winterhalter, LAc., M.Ac.", "Odalys Winterhalter"),
        ("Licensed Acupuncturist (L.Ac.), Washington", None),
        ("Nationally Board-Certified · Dipl. AHM (NCBAHM)", None),
        ("Chronic Pain", None),
        ("Our Team", None),
        ("Odalys Winterhalter is a kind soul.", None),
        ("Dr. Winterhalter", None),
        ("NCCAOM Diploma of Acupuncture", None),
    ],
)
def test_a_line_begins_with_a_name_or_not(line: str, name: str | None) -> None:
    read = name_line(line)
    assert (read and read.name) == name


@pytest.mark.parametrize(
    ("role", "title"),
    [
        ("L.Ac., DACM", ACUPUNCTURIST),
        ("Acupuncture Physician", ACUPUNCTURIST),
        ("L.Ac. candidate", STUDENT),
        ("L.Ac., DAOM candidate", ACUPUNCTURIST),
        ("Acupuncture intern", STUDENT),
        ("Receptionist", OTHER),
        ("MD, DABMA", PHYSICIAN),
        ("MD", ""),
        ("Licensed massage therapist", OTHER),
        ("", ""),
    ],
)
def test_a_role_makes_an_acupuncturist_or_not(role: str, title: str) -> None:
    assert title_of(role) == title


@pytest.mark.parametrize(
    "role",
    [
        "Patient Coordinator, studying for her Doctor of Acupuncture",
        "Office Manager and wife of our acupuncturist",
        "Billing Specialist for Acupuncturist",
        "Assistant to Odalys Winterhalter, L.Ac.",
        "Acupuncturist support staff",
        "Acupuncturist Liaison",
        "Front Desk / Acupuncture & Herbs",
        "Herbal Dispensary Manager, Acupuncture and Herbs",
        "Observing Acupuncturist",
        "Pre-licensed acupuncturist",
        "Licensed Acupuncturist (license pending)",
        "Acupuncturist, unlicensed",
        "Veterinary Acupuncturist, DVM",
        "Future L.Ac.",
        "Retired Acupuncturist",
        "Former acupuncturist",
        "L.Ac. (retired)",
        "L.Ac.; Retired acupuncturist",
        "Acupuncturist emeritus",
        "Helper of our acupuncturist",
    ],
)
def test_who_learns_helps_or_has_stopped_is_no_acupuncturist(role: str) -> None:
    assert title_of(role) in (STUDENT, OTHER)


@pytest.mark.parametrize(
    "role",
    [
        "Owner and Licensed Acupuncturist",
        "Clinic Manager, L.Ac.",
        "Licensed Acupuncturist for 20 years",
        "L.Ac., former nurse",
        "Acupuncture and Herbs",
        "Acupuncturist, graduate of Ninebark College",
        "Acupuncturist – fertility support",
    ],
)
def test_an_acupuncturist_who_is_more_than_that_stays_one(role: str) -> None:
    assert title_of(role) == ACUPUNCTURIST


def test_a_heading_that_looks_to_the_future_makes_nobody_an_acupuncturist() -> None:
    page = lay_out(
        {"text": "Marla Quint, Future L.Ac.\n", "headings": [[2, "Marla Quint, Future L.Ac."]]}, "https://a.example/"
    )
    assert [one.title for one in presented_on(page)] == [STUDENT]


@pytest.mark.parametrize(
    ("text", "died"),
    [
        ("Thaddeus passed away in 2020.", True),
        ("In memory of Thaddeus Quillfeather", True),
        ("His mother died when he was ten.", False),
        ("He treats gout.", False),
    ],
)
def test_a_part_says_whether_its_person_died(text: str, died: bool) -> None:
    assert says_died(text) == died
