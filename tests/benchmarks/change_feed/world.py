"""Reality: the rows of every source, and what happens to people night after night.

In: how many people, a seed. Out: `World` with rows that events change. People who are not yet licensed and listings not
yet made are kept aside; the exclusion list gains and loses rows about people whose NPI is in the registry.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable
from dataclasses import replace
from random import Random

from crawler.records import key_of_row
from tests.benchmarks.change_feed import rows as r
from tests.benchmarks.change_feed.rows import LAPSED, LIVE, WORDS, Row, row_of
from tests.benchmarks.nation import nation
from tests.benchmarks.nation.places import areas

NOT_YET, UNLISTED = 13, 9  # one person in so many is licensed later; one listing in so many is made later
LISTINGS = ("ncbahm", "aama")
PAGES = "clinics"  # the nation's rows of it are made people, not pages that a run could hold
SYLLABLES = "quil bar mond thes lor vask pren gult hask nim dov ter".split()
# What happens in one night, for each thousand people.
EVENTS = {
    "renewal": 20.0, "lapse": 8.0, "set_aside": 4.0, "reinstated": 4.0, "action": 1.5, "moved": 6.0, "renamed": 4.0,
    "phone": 4.0, "licensed": 5.0, "listed": 5.0, "delisted": 5.0, "add_exclusion": 1.5, "lifted": 1.0, "rekeyed": 2.0,
    "reprinted": 4.0,
}  # fmt: skip


class World:
    """`rows`: (source, key) -> row. `same`: new record id -> the id that the source called the row before."""

    def __init__(self, people: int, seed: int, events: dict[str, float] = EVENTS) -> None:
        self.rng, self.events, self.people = Random(f"{people} {seed} nights"), events, people
        self.rows: dict[str, Row] = {}
        self.later: dict[int, list[Row]] = defaultdict(list)
        self.unlisted: list[Row] = []
        self.same: dict[str, str] = {}
        self.excluded: dict[str, str] = {}
        self.happened: dict[str, int] = defaultdict(int)
        for batch in nation(people, seed):
            for record in batch.records:
                if record.source != PAGES:
                    self.settle(row_of(record, batch.truth[record.id]))
        self.places: dict[str, list[tuple[str, str]]] = defaultdict(list)
        for area in areas().values():
            self.places[area.state].append((area.city, area.zip))

    def settle(self, row: Row) -> None:
        """Into the world of today, or aside for a later night."""
        if row.source == "leie":
            self.rows[row.record.id] = row
        elif row.person % NOT_YET == 0:
            self.later[row.person].append(row)
        elif (
            row.source in LISTINGS
            and row.person % UNLISTED == 1
            and not any(row.source == other.source and row.person == other.person for other in self.unlisted)
        ):
            self.unlisted.append(row)
        else:
            self.rows[row.record.id] = row

    def live_a_night(self) -> None:
        """Every kind of event, as often as its share says."""
        for name, share in self.events.items():
            wanted = share * self.people / 1000
            count = int(wanted) + (self.rng.random() < wanted % 1)
            happen: Callable[[], bool] = getattr(self, name)
            self.happened[name] += sum(happen() for _ in range(count))

    def one(self, fits: Callable[[Row], bool]) -> Row | None:
        """A row drawn from those that fit."""
        chosen = [row for row in self.ordered() if fits(row)]
        return chosen[int(self.rng.random() * len(chosen))] if chosen else None

    def ordered(self) -> Iterable[Row]:
        return self.rows.values()

    def happens(self, fits: Callable[[Row], bool], event: Callable[[Row], None]) -> bool:
        row = self.one(fits)
        if row is not None:
            event(row)
        return row is not None

    def renewal(self) -> bool:
        return self.happens(lambda row: "expires" in row.facts and row.facts["word"] == LIVE, r.renew)

    def lapse(self) -> bool:
        return self.happens(lambda row: row.facts["word"] == LIVE, lambda row: r.say(row, LAPSED))

    def reinstated(self) -> bool:
        return self.happens(lambda row: row.facts["word"] == LAPSED, lambda row: r.say(row, LIVE))

    def set_aside(self) -> bool:
        def said(row: Row) -> None:
            r.say(row, next(word for word in WORDS[row.source] if word not in (LIVE, LAPSED)))

        return self.happens(lambda row: row.facts["word"] == LIVE and len(WORDS[row.source]) > 2, said)

    def action(self) -> bool:
        told = ("board_wa", "board_il")
        return self.happens(lambda row: row.source in told and row.fields["action_taken"] in ("N", "No"), r.act)

    def moved(self) -> bool:
        def to_another(row: Row) -> None:
            place = (row.fields.get("locations") or [row.fields])[0]
            printed = str(place.get("city") or place.get("address")).casefold()
            state = place.get("state") or place["address"].split(", ")[-2][:2]
            cities = [found for found in self.places[state] if found[0].casefold() not in printed]
            if cities:  # a state whose people all practice in one city leaves nowhere to go
                r.move(row, *cities[int(self.rng.random() * len(cities))])

        return self.happens(r.has_place, to_another)

    def renamed(self) -> bool:
        family = "".join(self.rng.choice(SYLLABLES) for _ in range(3)).capitalize()
        kept, watched = {"leie", r.KEYED_BY_NAME}, self.watched
        return self.happens(
            lambda row: row.source not in kept and row.person not in watched, lambda row: r.rename(row, family)
        )

    def phone(self) -> bool:
        number = f"{200 + int(self.rng.random() * 700)}-555-{int(self.rng.random() * 10_000):04d}"
        return self.happens(r.has_phone, lambda row: r.call(row, number))

    def reprinted(self) -> bool:
        return self.happens(lambda row: row.facts["word"] in (LIVE, LAPSED), r.reprint)

    def licensed(self) -> bool:
        """Somebody appears, in all sources that will know of the person."""
        person = next(iter(self.later), None)
        if person is None:
            return False
        self.rows |= {row.record.id: row for row in self.later.pop(person)}
        return True

    def listed(self) -> bool:
        known = {row.person for row in self.rows.values()}
        row = next((row for row in self.unlisted if row.person in known), None)
        if row is None:
            return False
        self.unlisted.remove(row)
        self.rows[row.record.id] = row
        return True

    def delisted(self) -> bool:
        def gone(row: Row) -> None:
            del self.rows[row.record.id]

        watched = self.watched
        return self.happens(lambda row: row.source != "leie" and row.person not in watched, gone)

    @property
    def watched(self) -> set[int]:
        """People with an exclusion event; what else happens to them must not decide whether the match is seen."""
        return {self.rows[id].person for id in self.excluded if id in self.rows}

    def excluded_row(self, row: Row) -> Row:
        fields = {
            "family_name": row.fields["family_name"], "given_name": row.fields["given_name"],
            "general": "IND- LIC HC SERV PRO", "specialty": "ACUPUNCTURIST", "state": "WA", "npi": row.fields["npi"],
            "exclusion_type": "1128b4", "excluded_on": "20260918",
        }  # fmt: skip
        record = replace(row.record, source="leie", source_key=key_of_row(fields), url="u", partition="", fields=fields)
        return row_of(replace(record, source_date=""), row.person)

    def add_exclusion(self) -> bool:
        def listed(row: Row) -> None:
            found = self.excluded_row(row)
            self.rows[found.record.id] = found
            self.excluded[found.record.id] = row.record.id

        fits = self.watched
        plain = lambda row: row.source == "npi_registry" and row.person not in fits and row.facts["name"] == 0  # noqa: E731
        return self.happens(plain, listed)

    def lifted(self) -> bool:
        def gone(row: Row) -> None:
            del self.rows[row.record.id]

        return self.happens(lambda row: row.record.id in self.excluded, gone)

    def rekeyed(self) -> bool:
        """The directory gives a row another key: no news of anybody."""

        def named(row: Row) -> None:
            old = row.record.id
            del self.rows[old]
            row.record = replace(row.record, source_key=f"{row.record.source_key}-2026")
            self.rows[row.record.id] = row
            self.same[row.record.id] = old

        return self.happens(lambda row: row.source == "ncbahm" and not row.record.source_key.endswith("-2026"), named)
