"""Prints pages.csv: which file the sample's web server sends for which request.

In: the file names. Out: the table source,method,url,body,content_type,file. The first matching row wins:
exact addresses come first, wildcards (fnmatch) last. Rows of sources that are not in SOURCES are written by
hand; `split_pages` sets them apart so that nothing here touches them.
"""

import csv
import io

from people import Person
from write_ncbahm import LIST_URL, PROFILE_URL

SOURCES = ("npi_registry", "ncbahm", "aama", "board_wa", "leie")
HEADER = ["source", "method", "url", "body", "content_type", "file"]
NPI_URL = (
    "https://npiregistry.cms.hhs.gov/api/?version=2.1&enumeration_type=NPI-1"
    "&taxonomy_description=Acupuncturist&state={state}&limit=200&skip=0"
)
NCBAHM = "https://directory.ncbahm.org"
AAMA = "https://medacu.memberclicks.net"
AAMA_SEARCH = AAMA + "/ui-directory-search/v2"
AAMA_FORM = AAMA_SEARCH + "/get-directory-search-form/patient-referral-directory"
WA = "https://data.wa.gov/resource/qxh8-f4bd.json"
WA_GROUPS = WA + "?$select=credentialtype,count(*)&$group=credentialtype&$order=credentialtype&$limit=50000"
LEIE = "https://oig.hhs.gov/exclusions/downloadables/UPDATED.csv"
JSON, HTML = "application/json; charset=utf-8", "text/html; charset=utf-8"

Row = tuple[str, str, str, str, str, str]


def named(files: list[str], start: str, end: str) -> list[str]:
    """The middle parts of the file names that begin and end so, e.g. "WA" of npi_registry/state_WA.json."""
    return sorted(file[len(start) : -len(end)] for file in files if file.startswith(start) and file.endswith(end))


def registry_rows(files: list[str]) -> list[Row]:
    """One answer for each state with people, the empty one for every other request."""
    states = named(files, "npi_registry/state_", ".json")
    exact = [NPI_URL.format(state=state) for state in states]
    rows: list[Row] = [
        ("npi_registry", "GET", url, "", JSON, f"npi_registry/state_{state}.json")
        for url, state in zip(exact, states, strict=True)
    ]
    empty = "https://npiregistry.cms.hhs.gov/api/?*"
    return [*rows, ("npi_registry", "GET", empty, "", JSON, "npi_registry/empty.json")]


def list_rows(files: list[str]) -> list[Row]:
    """Every list page by its exact address."""
    rows: list[Row] = []
    for middle in named(files, "ncbahm/list_", ".html"):
        state, page = middle.split("_")
        url = NCBAHM + LIST_URL.format(state=state, page=page)
        rows.append(("ncbahm", "GET", url, "", HTML, f"ncbahm/list_{middle}.html"))
    return rows


def profile_rows(cast: list[Person]) -> list[Row]:
    """Every profile by the directory's id."""
    rows: list[Row] = []
    for person in cast:
        if person.listing:
            url = NCBAHM + PROFILE_URL.format(client_id=person.listing.client_id)
            rows.append(("ncbahm", "GET", url, "", HTML, f"ncbahm/profile_{person.slug}.html"))
    return sorted(rows, key=lambda row: row[5])


def academy_rows(files: list[str]) -> list[Row]:
    """The page, the form, the search and the further pages by the number in the body."""
    numbers = sorted(int(number) for number in named(files, "aama/results_", ".json"))
    paged: list[Row] = [
        (
            "aama",
            "POST",
            f"{AAMA_SEARCH}/search-directory-paged/",
            f"pageNumber={n}",
            JSON,
            f"aama/results_{n}.json",
        )
        for n in numbers
    ]
    return [
        ("aama", "GET", f"{AAMA}/patient-referral-directory", "", HTML, "aama/directory.html"),
        ("aama", "GET", AAMA_FORM, "", JSON, "aama/form.json"),
        ("aama", "POST", f"{AAMA_SEARCH}/search-directory/", "", JSON, "aama/results_1.json"),
        *paged,
    ]


def page_rows(cast: list[Person], files: list[str]) -> list[Row]:
    """All rows, wildcards after the exact rows of their source."""
    no_listing = f"{NCBAHM}/FAP/SearchResultWithoutMap?*"
    return [
        *registry_rows(files),
        *list_rows(files),
        *profile_rows(cast),
        ("ncbahm", "GET", no_listing, "", HTML, "ncbahm/empty.html"),
        *academy_rows(files),
        ("board_wa", "GET", WA_GROUPS, "", JSON, "board_wa/types.json"),
        ("board_wa", "GET", WA + "?*$offset=0*", "", JSON, "board_wa/rows.json"),
        ("board_wa", "GET", WA + "?*$offset=*", "", JSON, "board_wa/empty.json"),
        ("leie", "GET", LEIE, "", "text/csv", "leie/UPDATED.csv"),
    ]


def pages_file(cast: list[Person], files: list[str]) -> dict[str, str]:
    """pages.csv as text."""
    text = io.StringIO()
    table = csv.writer(text, lineterminator="\n")
    table.writerow(HEADER)
    table.writerows(page_rows(cast, files))
    return {"pages.csv": text.getvalue()}


def split_pages(text: str) -> tuple[str, str]:
    """Header and rows of SOURCES, and the rows of all other sources: each in its order, to the byte.

    Empty lines are in neither. Raises csv.Error when the quotation marks of a row do not match.
    """
    lines = list(io.StringIO(text, newline=""))
    table = csv.reader(lines, strict=True)
    own, foreign, start = "", "", 0
    for row in table:
        written = "".join(lines[start : table.line_num])
        start = table.line_num
        if row == HEADER or set(row[:1]) & set(SOURCES):
            own += written
        elif row:
            foreign += written
    return own, foreign
