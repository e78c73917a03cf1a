"""One slip in a date is noted and costs nobody a build; a column of them is a source that changed."""

from __future__ import annotations

from dataclasses import replace

import pytest

from pipeline.dates_and_links import DateError
from pipeline.facts import Person
from pipeline.unread_dates import unread_dates
from tests.people import license_fact, person


def roster(unread: int, of: int) -> list[Person]:
    """A board's records of which some print no date."""
    held = license_fact("WA", "AC60012345", "active")
    texts = [("13/45/2027",)] * unread + [()] * (of - unread)
    licenses = [replace(held, unread=text) for text in texts]
    return [person(f"board_wa:{n}", "Odalys Winterhalter", licenses=(item,)) for n, item in enumerate(licenses)]


@pytest.mark.parametrize(("unread", "of"), [(1, 1), (3, 10), (10, 1000)])
def test_slips_are_told_to_the_operator(unread: int, of: int) -> None:
    (said,) = unread_dates(roster(unread, of))
    assert f"board_wa prints {unread} dates" in said and "'13/45/2027'" in said and "Winterhalter" not in said


@pytest.mark.parametrize(("unread", "of"), [(4, 10), (11, 1000), (500, 1000)])
def test_a_column_in_another_form_stops_the_build(unread: int, of: int) -> None:
    with pytest.raises(DateError, match="another form"):
        unread_dates(roster(unread, of))


def test_dates_that_are_read_are_not_spoken_of() -> None:
    assert unread_dates(roster(0, 10)) == []
