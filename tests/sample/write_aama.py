"""Prints the physicians as answers of the academy's directory: a page, a form and result pages.

In: Person values. Out: file name -> text. The JSON has the keys of the real answers; an entry's facts
sit in its title and in small pieces of HTML on its left and right side.
"""

import json
from html import escape

from people import AcademyEntry, Person
from places import PLACES

PAGE_SIZE = 10
SEARCH_ID = "5a3b1e00-0000-4000-8000-5a3b1e000001"
DATA_URL = f"http://service-router.prod01.memberclicks.io/search-results/v2/results/{SEARCH_ID}"
FORM_ID = 2999770
DIRECTORY_PAGE = """<!DOCTYPE html>
<html lang="en">
<head><meta charset="UTF-8"><title>Patient Referral Directory</title></head>
<body>
<div class="ui-directory-search" data-slug="patient-referral-directory"></div>
<p>Sample page of invented people.</p>
</body>
</html>
"""

Json = dict[str, object]


def side(*pieces: str) -> list[Json]:
    """The pieces of HTML of one side, numbered."""
    return [{"display_order": number, "html": piece} for number, piece in enumerate(pieces)]


def address_html(entry: AcademyEntry) -> str:
    """Two lines and the city; without a clinic the street is the first line and the second is empty."""
    office = entry.office
    street = ", ".join(part for part in (office.street, office.unit) if part)
    lines = (entry.clinic, street) if entry.clinic else (street, "")
    city = f"{office.place.city}, {office.place.state} {office.place.zip_code}"
    return f"{escape(lines[0])}, \n{escape(lines[1])}<br />\n{city}"


def printed_phone(phone: str, number: int) -> str:
    """The telephone number in one of the three spellings of the real entries."""
    area, exchange, line = phone.split("-")
    return [f"({area}) {exchange}-{line}", phone, f"{area} {exchange} {line}"][number % 3]


def entry_result(entry: AcademyEntry) -> Json:
    """One entry of "results"."""
    phone = printed_phone(entry.phone, entry.member_id)
    return {
        "id": entry.member_id,
        "avatar_url": None,
        "title": entry.title,
        "bottom": [],
        "top": [],
        "left": side(address_html(entry), f"<strong>Phone:</strong> {phone}"),
        "right": side(f"<strong>Specialty:</strong> {entry.specialty}", entry.website),
        "distance": 0,
    }


def page_url(page: int) -> str:
    """The address of one result page."""
    return f"{DATA_URL}?pageSize={PAGE_SIZE}&pageNumber={page}"


def result_page(entries: list[AcademyEntry], page: int) -> str:
    """One result page; page counts from 1."""
    last = -(-len(entries) // PAGE_SIZE)
    shown = entries[(page - 1) * PAGE_SIZE : page * PAGE_SIZE]
    document = {
        "count": len(shown),
        "page_size": PAGE_SIZE,
        "total_count": len(entries),
        "total_page_count": last,
        "current_page": page,
        "first_page_url": page_url(1),
        "last_page_url": page_url(last),
        "next_page_url": page_url(page + 1) if page < last else None,
        "prev_page_url": page_url(page - 1) if page > 1 else None,
        "data_url": DATA_URL,
        "search_id": SEARCH_ID,
        "results": [entry_result(entry) for entry in shown],
    }
    return json.dumps(document, ensure_ascii=False) + "\n"


def search_form() -> str:
    """The form: a drop-down of states and a text field; directory_search_id goes into the search."""
    choices = [{"id": 0, "name": "Select an option", "displayOrder": -1}]
    choices += [{"id": n + 1, "name": state, "displayOrder": n} for n, state in enumerate(sorted(PLACES))]
    field: Json = {"type": "attribute", "middle_initial": False, "currency": False}
    state = {"id": 2, "display_order": 2, "element_id": 2, "label": "Search by State"} | field
    state |= {"attribute_id": 0, "attribute_part_id": 53, "display_type": "dropdown", "selections": choices}
    specialty = {"id": 3, "display_order": 3, "element_id": 4, "label": "Search by Specialty"} | field
    specialty |= {"attribute_id": 29990607, "attribute_part_id": 0, "display_type": "text", "selections": ""}
    title = {
        "id": 1,
        "display_order": 1,
        "element_id": 8,
        "label": "Invented physicians",
        "type": "section title",
    }
    document = {
        "timestamp": 1790000000000,
        "status": 200,
        "message": "OK",
        "elements": [title, state, specialty],
    }
    return json.dumps(document | {"directory_search_id": FORM_ID}) + "\n"


def academy_files(cast: list[Person]) -> dict[str, str]:
    """The directory page, the form and the result pages, in order of family name."""
    members = sorted((person for person in cast if person.academy), key=lambda p: (p.family, p.given))
    entries = [person.academy for person in members if person.academy]
    pages = range(1, -(-len(entries) // PAGE_SIZE) + 1)
    files = {f"aama/results_{page}.json": result_page(entries, page) for page in pages}
    return files | {"aama/directory.html": DIRECTORY_PAGE, "aama/form.json": search_form()}
