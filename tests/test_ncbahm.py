"""The certifier's directory: a gate in any dress stops the run, and a list is read whole or said not to be."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from crawler.snapshots import Manifest, good_runs, runs
from crawler.spiders.ncbahm import Ncbahm
from crawler.troubles import Gate, SourceTrouble
from tests.conftest import Outcome, run_diplomate
from tests.fault_server import Answer, FaultSite, fault_site
from tests.reading import read

SITE = "https://directory.ncbahm.org"
HTML = {"Content-Type": "text/html"}
PAGE_CARDS = 20
WIDGET = '<div class="cf-turnstile" data-sitekey="0x0"></div><script src="https://challenges.cloudflare.com/turnstile/v0/api.js"></script>'
CHALLENGES = {
    "just a moment": b"<!DOCTYPE html><html><head><title>Just a moment...</title></head><body>",
    "the widget alone": f"<!DOCTYPE html><html><body><form>{WIDGET}</form></body></html>".encode(),
    "a script": b"<html><body><script>window._cf_chl_opt={cvId:'3'}</script></body></html>",
    "in words": b"<html><body><p>Verify you are human by completing the action below.</p></body></html>",
}


def card(number: int, name: str = "", more: str = "") -> str:
    """A list card as the site prints one."""
    key, shown = f"key{number:04}", name or f"Quillan Featherby{chr(97 + number % 26)} {number}"
    lines = ("icon-call-end", "Not Available"), ("icon-globe", "Not Available")
    callouts = "".join(f'<div><i class="{icon}"></i><p class="copy"> {text} </p></div>' for icon, text in lines)
    place = f'<div><i class="icon-location-pin"></i><p><em id="addressdata_{number}">Hilo, HI, USA</em></p></div>'
    return (
        f'<div class="result-card__item"><p class="name"><a href="/FAP/PractitionerDetail?AgencyClientId={key}">'
        f'{shown}</a></p><p class="gendar">Certified Diplomate | Female</p>{callouts}{place}{more}'
        '<div class="cert-box__item"><p class="copy">AC Certification</p></div></div>'
    )


def page(cards: list[str], total: int, last: str) -> bytes:
    hidden = f'<input type="hidden" id="hdnlastpage" value="{last}">' if last else ""
    sort = f'<a href="/FAP/SearchResultWithoutMap?{QUERY}&amp;StateCode=HI&amp;PageNo=1">Name</a>'
    found = f'<p class="title">{total:,} Practitioners found</p>'
    return f"<!DOCTYPE html><html><body>{WIDGET}{found}{sort}{hidden}{''.join(cards)}</body></html>".encode()


QUERY = "Radius=0&amp;CountryCode=USA&amp;SearchType=2&amp;Latitude=0&amp;Longitude=0&amp;SearchFormType=FAP"
PROFILE = (
    '<!DOCTYPE html><html><body><div class="detail-info__content"><div class="content__text"><h2>Quillan Featherby {}'
    "</h2><h6>Dipl. Ac. (NCCAOM)® | Female</h6></div></div></body></html>"
)


def asked_of(path: str) -> tuple[str, int]:
    query = parse_qs(urlsplit(path).query)
    return query.get("StateCode", [""])[0], int(query.get("PageNo", ["0"])[0])


def directory(
    people: int, last: str = "?", profile: Answer | None = None, **pages: Answer
) -> Callable[[str, str], Answer]:
    """A directory of so many people in every state; `page_2=...` puts another answer in the place of one."""
    pages_in_all = str(-(-people // PAGE_CARDS))

    def answer(path: str, body: str) -> Answer:
        if "PractitionerDetail" in path:
            return profile or Answer(PROFILE.format(path[-4:]).encode(), headers=HTML)
        number = asked_of(path)[1]
        shown = [card(at) for at in range(people)][(number - 1) * PAGE_CARDS : number * PAGE_CARDS]
        ordinary = Answer(page(shown, people, pages_in_all if last == "?" else last), headers=HTML)
        return pages.get(f"page_{number}", ordinary)

    return answer


def crawl(data: Path, answer: Callable[[str, str], Answer], *states: str) -> tuple[Outcome, FaultSite]:
    narrowed = [part for state in states or ("HI",) for part in ("--state", state)]
    with fault_site(answer) as site:
        mirrors = f"{SITE}={site.address}"
        done = run_diplomate("crawl", "ncbahm", *narrowed, data=data, DIPLOMATE_MIRRORS=mirrors, DIPLOMATE_DELAY="0")
    return done, site


def last(data: Path) -> Manifest:
    return runs(data, "ncbahm")[-1][1]


@pytest.mark.parametrize("last_page", ["?", "", "none"])
def test_a_list_is_walked_by_its_last_page_or_by_its_total(tmp_path: Path, last_page: str) -> None:
    done, site = crawl(tmp_path, directory(45, last_page))
    assert done.code == 0, done.err
    assert last(tmp_path).rows == 45 and last(tmp_path).coverage == {"HI": True}
    assert [asked_of(path)[1] for path in site.asked if "PageNo" in path] == [1, 2, 3]


def test_nobody_in_a_state_is_a_whole_reading_of_it(tmp_path: Path) -> None:
    """Ten people in Washington, none in Guam: Guam was read too."""

    def answer(path: str, body: str) -> Answer:
        return directory(0 if asked_of(path)[0] == "GU" else 10)(path, body)

    done, _ = crawl(tmp_path, answer, "WA", "GU")
    assert done.code == 0, done.err
    assert last(tmp_path).coverage == {"WA": True, "GU": True}


def test_somebody_listed_in_two_states_is_asked_for_once_and_counts_in_both(tmp_path: Path) -> None:
    done, site = crawl(tmp_path, directory(3), "WA", "OR")
    assert done.code == 0, done.err
    assert last(tmp_path).rows == 3 and last(tmp_path).rows_in == {"WA": 3, "OR": 3}
    assert sum("PractitionerDetail" in path for path in site.asked) == 3


@pytest.mark.parametrize("dress", CHALLENGES)
@pytest.mark.parametrize("place", ["list", "later list", "profile"])
@pytest.mark.everything
def test_a_challenge_with_status_200_blocks_the_run(tmp_path: Path, dress: str, place: str) -> None:
    shown = Answer(CHALLENGES[dress], headers=HTML)
    answers = {"list": directory(45, page_1=shown), "later list": directory(45, page_3=shown)}
    done, _ = crawl(tmp_path, answers.get(place) or directory(45, profile=shown))
    assert done.code == 1
    assert last(tmp_path).result == "blocked" and "a challenge instead of a list" in done.err
    assert "save its pages and bring them in: diplomate import ncbahm" in done.err
    assert not good_runs(tmp_path, "ncbahm")


def test_a_challenge_with_a_header_stops_at_the_first_page(tmp_path: Path) -> None:
    shown = Answer(CHALLENGES["just a moment"], 403, HTML | {"cf-mitigated": "challenge"})
    done, site = crawl(tmp_path, lambda path, body: shown, "WA", "OR", "CA")
    assert done.code == 1 and last(tmp_path).result == "blocked"
    assert len(site.asked) == 1, "a gate is knocked at once"


FAULTS = {
    "a repeated page": (directory(45, page_2=directory(45)("?PageNo=1", "")), "the same 20 rows as an earlier page"),
    "an empty page": (directory(45, page_2=Answer(page([], 45, "3"), headers=HTML)), "shows nobody though more pages"),
    "fewer than it says": (
        directory(45, page_3=Answer(page([card(40)], 45, "3"), headers=HTML)),
        "ncbahm HI: 41 of 45 rows",
    ),
    "another layout": (directory(45, page_2=Answer(b"<html><p>Welcome</p></html>", headers=HTML)), "it is no list"),
    "a cut list": (directory(3, page_1=Answer(page([card(1)], 3, "1")[:-30], headers=HTML)), "is cut short"),
    "another profile": (directory(3, profile=Answer(b"<html><p>Hello</p></html>", headers=HTML)), "is no profile"),
    "a cut profile": (directory(3, profile=Answer(PROFILE.encode()[:-30], headers=HTML)), "is cut short"),
    "an unknown status": (
        directory(1, page_1=Answer(page([card(1).replace("Certified Diplomate", "Wobbly")], 1, "1"), headers=HTML)),
        "'Wobbly'",
    ),
}


@pytest.mark.parametrize("fault", FAULTS)
@pytest.mark.everything
def test_a_fault_is_said_and_does_not_count(tmp_path: Path, fault: str) -> None:
    answer, sentence = FAULTS[fault]
    done, _ = crawl(tmp_path, answer)
    assert done.code == 1 and sentence in done.err
    assert not good_runs(tmp_path, "ncbahm") and "Traceback" not in done.err


def test_what_is_not_available_is_not_there_and_the_name_stays_as_printed() -> None:
    addresses = (
        '<ul><li data-address="Hilo"></li><li data-address="Not Available"></li><li data-address="Kona"></li></ul>'
    )
    (record,) = read(Ncbahm(), page([card(1, "odalys Thornquist Daom, L. Ac", addresses)], 151, "8"))
    assert record.fields == {
        "name": "odalys Thornquist Daom, L. Ac",
        "status": "Certified Diplomate",
        "sex": "Female",
        "address": "Hilo, HI, USA",
        "other_addresses": ["Kona"],
        "designations": ["AC Certification"],
    }


def test_real_pages_carry_the_widget_and_are_no_challenge(real_data: Path) -> None:
    source = Ncbahm()
    for name in ("wa", "ca", "hi"):
        assert len(read(source, (real_data / "ncbahm" / f"ncbahm_search_{name}_live.html").read_bytes())) == 20
    assert {"WA", "CA", "HI"} == set(source.expected)
    with pytest.raises(Gate):
        read(Ncbahm(), CHALLENGES["the widget alone"])


@settings(max_examples=100, deadline=None)
@given(st.binary(max_size=300) | st.binary(max_size=80).map(lambda noise: page([card(1)], 1, "1") + noise))
def test_any_bytes_give_rows_or_a_sentence(body: bytes) -> None:
    try:
        read(Ncbahm(), body)
    except SourceTrouble as trouble:
        assert str(trouble)
