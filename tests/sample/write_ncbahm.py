"""Prints the cast as pages of the certifier's directory: lists of 20 cards and one profile each.

In: Person values. Out: file name -> HTML, filled into the texts of ncbahm_templates.
"""

from html import escape

from ncbahm_templates import (
    CARD,
    CARD_BADGE,
    FRAME,
    LIST_BODY,
    LOCATION,
    PROFILE_BADGE,
    PROFILE_BODY,
    SORT_LINK,
)
from people import Listing, Office, Person

PAGE_SIZE = 20
MISSING = "Not Available"
LIST_URL = (
    "/FAP/SearchResultWithoutMap?Radius=0&CountryCode=USA&StateCode={state}&SearchType=2&Latitude=0&Longitude=0"
    "&SortBy=DisplayName&SortDirection=ASC&SearchFormType=FAP&PageNo={page}"
)
PROFILE_URL = "/FAP/PractitionerDetail?AgencyClientId={client_id}"
DESIGNATIONS = {"AC": "Dipl. Ac.", "OM": "Dipl. O.M.", "CH": "Dipl. C.H.", "ABT": "Dipl. A.B.T."}
BADGES = {
    "AC": "Dipl. Acupuncture",
    "OM": "Dipl. Oriental Medicine",
    "CH": "Dipl. Chinese Herbology",
    "ABT": "Dipl. Asian Bodywork Therapy",
}


def printed_address(office: Office | None, with_zip: bool) -> str:
    """The address as the directory prints it, with its stray blank where there is no unit."""
    if office is None:
        return MISSING
    zip_code = f" {office.place.zip_code}" if with_zip else ""
    return f"{office.street} {office.unit}, {office.place.city}, {office.place.state}{zip_code}, USA"


def card_website(website: str) -> str:
    """The website as a card shows it, twice, or "Not Available"."""
    if not website:
        return MISSING
    return f'<span>www.{website}</span>\n<a href="http://{website}" title="http://{website}">Visit</a>'


def card(listing: Listing, position: int) -> str:
    """One card of a list page."""
    return CARD.format(
        picture="women" if listing.sex == "Female" else "men",
        url=escape(PROFILE_URL.format(client_id=listing.client_id)),
        name=escape(listing.name),
        status=listing.status,
        sex=listing.sex,
        phone=listing.phone or MISSING,
        website=card_website(listing.website),
        position=position,
        address=escape(printed_address(listing.office, with_zip=False)),
        badges="\n".join(CARD_BADGE.format(code=code) for code in listing.designations),
    )


def list_page(listings: list[Listing], state: str, page: int) -> str:
    """One list page; page counts from 1, an empty list prints "0 Practitioners found"."""
    last = -(-len(listings) // PAGE_SIZE)
    shown = listings[(page - 1) * PAGE_SIZE : page * PAGE_SIZE]
    cards = [card(listing, position) for position, listing in enumerate(shown, start=1)]
    body = LIST_BODY.format(
        total=len(listings),
        state=state,
        page=page,
        last=last,
        sort_link=SORT_LINK.format(url=escape(LIST_URL.format(state=state, page=page))) if cards else "",
        cards="\n".join(cards) or "<p>No practitioners found.</p>",
    )
    return FRAME.format(title="Find a Practitioner", body=body)


def profile_website(website: str) -> str:
    """The website as a profile shows it."""
    icon = '<span><i class="icon-globe"></i></span>'
    if not website:
        return f"{icon}<em>{MISSING}</em>"
    return f'<a href="http://{website}" target="_blank" title="http://{website}">{icon}<em>www.{website}</em></a>'


def profile_badge(listing: Listing, code: str) -> str:
    """The link to the digital badge of one designation."""
    return PROFILE_BADGE.format(
        host=listing.issuer.lower(), badge_id=code.lower() + listing.badge_id, title=BADGES[code]
    )


def profile_locations(listing: Listing) -> str:
    """Every practice location with its number."""
    offices = [office for office in (listing.office, listing.second_office) if office]
    texts = [escape(printed_address(office, with_zip=True)) for office in offices]
    return "\n".join(LOCATION.format(number=number, address=text) for number, text in enumerate(texts, start=1))


def list_items(texts: tuple[str, ...]) -> str:
    """The texts as items of a list."""
    return "\n".join(f"<li><span></span> {escape(text)}</li>" for text in texts)


def printed_designations(listing: Listing) -> str:
    """The line under the name, e.g. "Dipl. Ac. (NCCAOM)<sup>®</sup>"."""
    return ", ".join(f"{DESIGNATIONS[code]} ({listing.issuer})<sup>®</sup>" for code in listing.designations)


def profile_page(listing: Listing) -> str:
    """The practitioner's own page."""
    school, course = listing.education
    body = PROFILE_BODY.format(
        name=escape(listing.name),
        printed=printed_designations(listing),
        sex=listing.sex,
        address=escape(printed_address(listing.office, with_zip=True)),
        phone=listing.phone or MISSING,
        website=profile_website(listing.website),
        about=escape(listing.about, quote=False),
        locations=profile_locations(listing),
        badges="\n".join(profile_badge(listing, code) for code in listing.designations),
        school=escape(school, quote=False),
        course=escape(course, quote=False),
        languages=list_items(listing.languages),
        conditions=list_items(listing.conditions),
    )
    return FRAME.format(title="Practitioner profile", body=body)


def listings_of(cast: list[Person], state: str) -> list[Listing]:
    """The listings of one state in the order of the page: by name, ignoring case."""
    found = [person.listing for person in cast if person.listing and person.listing.state == state]
    return sorted(found, key=lambda listing: (listing.name.casefold(), listing.client_id))


def state_files(cast: list[Person], state: str) -> dict[str, str]:
    """All list pages of one state."""
    listings = listings_of(cast, state)
    pages = range(1, -(-len(listings) // PAGE_SIZE) + 1)
    return {f"ncbahm/list_{state}_{page}.html": list_page(listings, state, page) for page in pages}


def profile_files(cast: list[Person]) -> dict[str, str]:
    """A profile for every listing."""
    listed = [(person.slug, person.listing) for person in cast if person.listing]
    return {f"ncbahm/profile_{slug}.html": profile_page(listing) for slug, listing in listed}


def directory_files(cast: list[Person]) -> dict[str, str]:
    """List pages of every state with listings, the profiles, and empty.html for the other states."""
    files: dict[str, str] = {}
    for state in sorted({person.listing.state for person in cast if person.listing}):
        files |= state_files(cast, state)
    return files | profile_files(cast) | {"ncbahm/empty.html": list_page([], "", 1)}
