"""Shares: how common a name and how crowded a place is, counted in the register itself.

In: the tables `records`, `names`, `family_priors`, `given_priors`. Out: `named` (a row for each reading, with the
chance that somebody else has this given and this family name) and `crowds` (a row for each record, with how many people
share its phone, street, website, ZIP code, city and state). Rules give the chances of common names, so that a small
file of records does not make a Kim look rare.
"""

from __future__ import annotations

from pipeline.link.model import setting

Step = tuple[str, str]
OWN = 2  # the two records that are compared are no strangers to each other


def steps(people: float) -> list[Step]:
    """Tables to make, in order, for a register of this many people."""
    return [
        ("first_names", FIRST_NAMES),
        ("family_counts", counts("family")),
        ("given_counts", counts("given")),
        ("class_counts", CLASS_COUNTS),
        ("family_shares", shares("family", "rare_family_name")),
        ("given_shares", shares("given", "rare_given_name")),
        ("class_shares", CLASS_SHARES),
        ("key_counts", KEY_COUNTS),
        ("named", NAMED),
        ("zip_people", people_at("zips")),
        ("city_people", people_at("cities")),
        ("area_people", people_at("areas")),
        ("phone_people", people_at("phones")),
        ("street_people", people_at("streets")),
        ("site_people", people_at("websites")),
        ("state_shares", STATE_SHARES),
        ("family_zips", families_at("zips")),
        ("family_cities", families_at("cities")),
        ("family_areas", families_at("areas")),
        ("record_areas", AREAS),
        ("crowds", crowds(people)),
    ]


# the class of a name is the people who bear it: a Korean given name is common among Koreans
FIRST_NAMES = """
    SELECT n.rec, n.given, n.family, n.name_key, coalesce(p.class, 'other') AS class
    FROM names n LEFT JOIN family_priors p ON p.name = n.family
    WHERE n.reading = 0 AND NOT n.former
"""
CLASS_COUNTS = "SELECT class, given AS name, count(*) AS records FROM first_names GROUP BY class, given"
CLASS_SHARES = f"""
    SELECT c.class, c.name, (greatest(c.records - {OWN}, 0) + 200 * g.share) / (t.records + 200) AS share
    FROM class_counts c
    JOIN (SELECT class, sum(records) AS records FROM class_counts GROUP BY class) t ON t.class = c.class
    JOIN given_shares g ON g.name = c.name
"""
# a source that lists each person once counts people
KEY_COUNTS = """
    SELECT name_key, max(records) AS people FROM (
        SELECT n.name_key, r.source, count(DISTINCT n.rec) AS records
        FROM names n JOIN records r ON r.rec = n.rec
        WHERE array_length(r.once) > 0 GROUP BY n.name_key, r.source
    ) counted GROUP BY name_key
"""
NAMED = """
    SELECT n.*, coalesce(f.share, 1e-5) AS family_share,
        greatest(coalesce(g.share, 1e-4), coalesce(c.share, 0)) AS given_share, coalesce(k.people, 1) - 1 AS others
    FROM names n
    LEFT JOIN family_priors p ON p.name = n.family
    LEFT JOIN family_shares f ON f.name = n.family
    LEFT JOIN given_shares g ON g.name = n.given
    LEFT JOIN class_shares c ON c.name = n.given AND c.class = coalesce(p.class, 'other')
    LEFT JOIN key_counts k ON k.name_key = n.name_key
"""
# 300 people who live evenly in twenty states, so that a file of one state does not make the state prove nothing
STATE_SHARES = """
    SELECT class, state, (count(*) + 15) / (max(total) + 300) AS share FROM (
        SELECT class, state, count(*) OVER (PARTITION BY class) AS total FROM (
            SELECT n.class, r.state FROM first_names n
                JOIN (SELECT rec, unnest(states) AS state FROM records) r ON r.rec = n.rec
        ) lived
    ) counted GROUP BY class, state
"""


# of the four squares that hold a place the one with most people
AREAS = """
    SELECT r.rec, max(a.people) AS people, max(f.people) AS family
    FROM (SELECT rec, unnest(areas) AS area FROM records) r JOIN area_people a ON a.place = r.area
    LEFT JOIN first_names n ON n.rec = r.rec LEFT JOIN family_areas f ON f.place = r.area AND f.family = n.family
    GROUP BY r.rec
"""


def counts(part: str) -> str:
    return f"SELECT {part} AS name, count(*) AS records FROM first_names GROUP BY {part}"


def shares(part: str, rare: str) -> str:
    """Share of a name among people: what is counted, beside what the rules say."""
    prior, unlisted = setting("prior_records"), setting(rare) / 10000
    return f"""
        SELECT c.name, (greatest(c.records - {OWN}, 0) + {prior} * coalesce(p.share, {unlisted}))
            / (t.records + {prior}) AS share
        FROM {part}_counts c CROSS JOIN (SELECT sum(records) AS records FROM {part}_counts) t
        LEFT JOIN {part}_priors p ON p.name = c.name
    """


def people_at(column: str) -> str:
    """How many names one finds at each phone, street, ..."""
    return f"""
        SELECT at_place AS place, count(DISTINCT name_key) AS people FROM (
            SELECT n.name_key, r.at_place
            FROM first_names n JOIN (SELECT rec, unnest({column}) AS at_place FROM records) r ON r.rec = n.rec
        ) found GROUP BY at_place
    """


def families_at(column: str) -> str:
    """How many people of each family name one finds at each ZIP code or city."""
    return f"""
        SELECT family, at_place AS place, count(DISTINCT name_key) AS people FROM (
            SELECT n.family, n.name_key, r.at_place
            FROM first_names n JOIN (SELECT rec, unnest({column}) AS at_place FROM records) r ON r.rec = n.rec
        ) found GROUP BY family, at_place
    """


def crowds(people: float) -> str:
    """Per record how crowded its places are. 300 more people are assumed: a town is not rare in a small file."""
    return f"""
        SELECT r.rec,
            (coalesce(max(z.people), 1) + 1) / (max(t.people) + 300) AS zip_share,
            (coalesce(max(c.people), 1) + 5) / (max(t.people) + 300) AS city_share,
            (coalesce(max(ar.people), 1) + 5) / (max(t.people) + 300) AS area_share,
            coalesce(max(s.share), 1) AS state_share,
            coalesce(max(fz.people), 1) - 1 AS family_zip,
            coalesce(max(fc.people), 1) - 1 AS family_city,
            coalesce(max(ar.family), 1) - 1 AS family_area,
            coalesce(max(ph.people), 1) / {people} AS phone_share,
            coalesce(max(st.people), 1) / {people} AS street_share,
            coalesce(max(w.people), 1) / {people} AS site_share
        FROM (
            SELECT rec, zips[1] AS zip, cities[1] AS city, states[1] AS state, phones[1] AS phone,
                streets[1] AS street, websites[1] AS site
            FROM records
        ) r
        CROSS JOIN (SELECT count(DISTINCT name_key) AS people FROM first_names) t
        LEFT JOIN first_names n ON n.rec = r.rec
        LEFT JOIN zip_people z ON z.place = r.zip
        LEFT JOIN city_people c ON c.place = r.city
        LEFT JOIN record_areas ar ON ar.rec = r.rec
        LEFT JOIN state_shares s ON s.state = r.state AND s.class = n.class
        LEFT JOIN family_zips fz ON fz.place = r.zip AND fz.family = n.family
        LEFT JOIN family_cities fc ON fc.place = r.city AND fc.family = n.family
        LEFT JOIN phone_people ph ON ph.place = r.phone
        LEFT JOIN street_people st ON st.place = r.street
        LEFT JOIN site_people w ON w.place = r.site
        GROUP BY r.rec
    """
