"""Names and roles as clinics' pages print them. Everybody is invented."""

from __future__ import annotations

import pytest

from pipeline.web_name_lines import name_line
from pipeline.web_staff import ACUPUNCTURIST, OTHER, PHYSICIAN, STUDENT, title_of


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
