"""Real cities with a real ZIP and area code each, and invented street names.

The eight states hold every class of state rule: certification at renewal (IA), own exam (CA),
exams (WA, HI, NJ, NY, FL) and no license at all (OK).
"""

from people import Place

PLACES: dict[str, list[Place]] = {
    "WA": [
        Place("Seattle", "WA", "98103", "206"),
        Place("Tacoma", "WA", "98405", "253"),
        Place("Spokane", "WA", "99203", "509"),
        Place("Bellevue", "WA", "98004", "425"),
        Place("Olympia", "WA", "98502", "360"),
        Place("Bellingham", "WA", "98225", "360"),
        Place("Vancouver", "WA", "98661", "360"),
        Place("Port Townsend", "WA", "98368", "360"),
        Place("Yakima", "WA", "98902", "509"),
    ],
    "CA": [
        Place("Los Angeles", "CA", "90004", "213"),
        Place("San Francisco", "CA", "94110", "415"),
        Place("San Diego", "CA", "92104", "619"),
        Place("Oakland", "CA", "94609", "510"),
        Place("Sacramento", "CA", "95816", "916"),
        Place("Irvine", "CA", "92604", "949"),
        Place("Santa Cruz", "CA", "95060", "831"),
        Place("Fresno", "CA", "93704", "559"),
    ],
    "HI": [
        Place("Honolulu", "HI", "96814", "808"),
        Place("Hilo", "HI", "96720", "808"),
        Place("Kailua", "HI", "96734", "808"),
        Place("Kihei", "HI", "96753", "808"),
        Place("Lihue", "HI", "96766", "808"),
    ],
    "NJ": [
        Place("Hoboken", "NJ", "07030", "201"),
        Place("Jersey City", "NJ", "07302", "201"),
        Place("Princeton", "NJ", "08540", "609"),
        Place("Montclair", "NJ", "07042", "973"),
        Place("Cherry Hill", "NJ", "08002", "856"),
        Place("Fort Lee", "NJ", "07024", "201"),
        Place("Edison", "NJ", "08820", "732"),
    ],
    "NY": [
        Place("New York", "NY", "10011", "212"),
        Place("Brooklyn", "NY", "11209", "718"),
        Place("Flushing", "NY", "11354", "718"),
        Place("Ithaca", "NY", "14850", "607"),
        Place("Rochester", "NY", "14607", "585"),
        Place("Albany", "NY", "12208", "518"),
    ],
    "IA": [
        Place("Des Moines", "IA", "50312", "515"),
        Place("Iowa City", "IA", "52240", "319"),
        Place("Cedar Rapids", "IA", "52403", "319"),
        Place("Fairfield", "IA", "52556", "641"),
        Place("Davenport", "IA", "52803", "563"),
    ],
    "FL": [
        Place("Miami", "FL", "33133", "305"),
        Place("Orlando", "FL", "32804", "407"),
        Place("Tampa", "FL", "33606", "813"),
        Place("Gainesville", "FL", "32605", "352"),
        Place("Jacksonville", "FL", "32205", "904"),
        Place("Sarasota", "FL", "34236", "941"),
    ],
    "OK": [
        Place("Oklahoma City", "OK", "73106", "405"),
        Place("Tulsa", "OK", "74104", "918"),
        Place("Norman", "OK", "73069", "405"),
        Place("Stillwater", "OK", "74074", "405"),
    ],
}

STREETS = [
    "Quillfern Ave", "Marlowick St", "Old Tannery Rd", "Saltgrass Ln", "Heron Gate Blvd", "Wexcombe St",
    "Brindle Ave", "Juniper Hollow Rd", "Lanternfield St", "Tidewrack Way", "Copperleaf Dr",
    "Pennybridge Ave", "Fallowmere St", "Ninebark Ave", "Osprey Landing Rd", "Thistlewood Blvd",
    "Candlewick Ct", "Ropewalk St", "Starling Row", "Millrace Ave", "Vesper Hill Rd", "Goldenseal Way",
    "Larkmeadow St", "Driftstone Ave",
]  # fmt: skip

UNITS = ["", "", "", "Suite 210", "Ste B", "Suite 4", "Ste 105", "Unit 12", "#301", "Suite C-2"]


def find_place(city: str, state: str) -> Place:
    """The place of that name.

    Raises KeyError with the name when the sample does not use the city.
    """
    for place in PLACES[state]:
        if place.city == city:
            return place
    raise KeyError(f"no place {city!r} in {state!r}")
