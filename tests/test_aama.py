"""The academy's directory: everybody it counts, ten at a time, or a sentence."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from crawler.snapshots import Manifest, good_runs, runs
from crawler.spiders.aama import Aama
from crawler.troubles import Gate, SourceTrouble
from tests.conftest import Outcome, run_diplomate
from tests.fault_server import Answer, FaultSite, fault_site
from tests.reading import read

SITE = "https://medacu.memberclicks.net"
DATA = "http://service-router.example/search-results/v2/results/5a3b"
FORM = Answer(json.dumps({"status": 200, "directory_search_id": 2999770, "elements": []}).encode())
CHALLENGE = Answer(b"<html><title>Just a moment...</title>", headers={"Content-Type": "text/html"})


def physician(number: int, **changes: Any) -> dict[str, Any]:
    left = [{"display_order": 0, "html": f"{number} Invented Way, \n<br />\nTulsa, OK 74103"}]
    left += [{"display_order": 1, "html": "<strong>Phone:</strong> (918) 555-0100"}]
    base = {"id": 2990000000 + number, "title": f"Odalys Thornquist{number}, MD, DABMA", "left": left, "right": []}
    return base | {"avatar_url": None, "bottom": [], "top": [], "distance": 0} | changes


def page(rows: list[dict[str, Any]], number: int, total: int, **changes: Any) -> Answer:
    counts = {"total_count": total, "total_page_count": -(-total // 10), "current_page": number, "data_url": DATA}
    return Answer(json.dumps({"count": len(rows), "results": rows} | counts | changes).encode())


def academy(people: int, form: Answer = FORM, **pages: Answer) -> Callable[[str, str], Answer]:
    """A directory of so many; `page_2=...` puts another answer in the place of one."""

    def answer(path: str, body: str) -> Answer:
        if not body:
            return form if "form" in path else Answer(b"<html></html>", headers={"Content-Type": "text/html"})
        asked = json.loads(body).get("url", "")
        number = int(parse_qs(urlsplit(asked).query)["pageNumber"][0]) if asked else 1
        rows = [physician(at) for at in range(people)][(number - 1) * 10 : number * 10]
        return pages.get(f"page_{number}", page(rows, number, people))

    return answer


def crawl(data: Path, answer: Callable[[str, str], Answer]) -> tuple[Outcome, FaultSite]:
    with fault_site(answer) as site:
        mirrors = f"{SITE}={site.address}"
        return run_diplomate("crawl", "aama", data=data, DIPLOMATE_MIRRORS=mirrors, DIPLOMATE_DELAY="0"), site


def last(data: Path) -> Manifest:
    return runs(data, "aama")[-1][1]


@pytest.mark.parametrize("people", [246, 10, 1])
def test_everybody_it_counts_is_read_and_nothing_is_asked_twice(tmp_path: Path, people: int) -> None:
    done, site = crawl(tmp_path, academy(people))
    assert done.code == 0, done.err
    assert last(tmp_path).rows == people and last(tmp_path).coverage == {"*": True}
    assert len(site.asked) == 2 + -(-people // 10)


FAULTS = {
    "fewer than it counts": (academy(25, page_3=page([physician(20)], 3, 25)), "21 of 25 rows could be read", "failed"),
    "a repeated page": (academy(25, page_2=academy(25)("", '{"form": 1}')), "the same 10 rows", "failed"),
    "an empty page": (academy(25, page_2=page([], 2, 25)), "page 2 shows nobody", "failed"),
    "no total": (academy(25, page_1=page([physician(1)], 1, 1, total_count=None)), "states no total_count", "failed"),
    "no page count": (
        academy(25, page_1=page([physician(1)], 1, 1, total_page_count="many")),
        "states no total_page_count",
        "failed",
    ),
    "no way on": (
        academy(25, page_1=page([physician(1)], 1, 25, data_url=None)),
        "names no data_url for the next one",
        "failed",
    ),
    "no number of the directory": (academy(25, Answer(b'{"status": 200}')), "names no directory_search_id", "failed"),
    "a session asked for": (academy(25, Answer(b'{"status": 401}')), "asks for a session", "blocked"),
    "a session lost": (academy(25, page_2=Answer(b'{"status": 401}')), "asks for a session", "blocked"),
    "a challenge": (academy(25, CHALLENGE), "a challenge instead of a list", "blocked"),
    "a web page": (academy(25, page_2=Answer(b"<html>Oops</html>")), "in the place of the directory's JSON", "failed"),
    "a list for an object": (academy(25, page_1=Answer(b"[]")), "holds no object", "failed"),
    "cut JSON": (academy(25, page_2=Answer(b'{"results": [{"id"')), "is cut short or damaged", "failed"),
    "an unknown key": (
        academy(1, page_1=page([physician(1, shoe_size=9)], 1, 1)),
        "'shoe_size' was never seen before",
        "failed",
    ),
    "no title": (academy(1, page_1=page([physician(1, title=" ")], 1, 1)), "has no id or no title", "failed"),
}


@pytest.mark.parametrize("fault", FAULTS)
@pytest.mark.everything
def test_a_fault_is_said_and_the_last_good_reading_stays(tmp_path: Path, fault: str) -> None:
    answer, sentence, result = FAULTS[fault]
    assert crawl(tmp_path, academy(12))[0].code == 0
    done, _ = crawl(tmp_path, answer)
    assert done.code == 1 and sentence in done.err
    assert last(tmp_path).result == result and "Traceback" not in done.err
    assert [manifest.rows for _, manifest in good_runs(tmp_path, "aama")] == [12]


def test_a_label_never_seen_before_is_said_and_an_email_is_never_kept() -> None:
    right = [{"display_order": 0, "html": "<strong>Fax:</strong> 918 555 0101"}, {"html": "odalys@example.com"}]
    source = Aama()
    (record,) = read(source, page([physician(1, right=right)], 1, 1).body)
    assert set(record.fields) == {"name", "address", "phone"}
    assert "'fax' was never seen before" in source.alarms[0]


def test_one_saved_page_is_a_part(real_data: Path) -> None:
    source = Aama()
    assert len(read(source, (real_data / "aama" / "aama_results_page_1.json").read_bytes())) == 10
    assert source.expected == {"*": 246}


KEYS = st.sampled_from(["results", "total_count", "total_page_count", "id", "title", "left", "right", "html", "status"])


@settings(max_examples=150, deadline=None)
@given(
    st.binary(max_size=200)
    | st.recursive(
        st.none() | st.booleans() | st.integers() | st.text(max_size=8),
        lambda inner: st.lists(inner, max_size=3) | st.dictionaries(KEYS, inner, max_size=5),
        max_leaves=12,
    ).map(lambda value: json.dumps(value).encode())
)
def test_any_answer_gives_rows_or_a_sentence(body: bytes) -> None:
    try:
        read(Aama(), body)
    except SourceTrouble as trouble:
        assert str(trouble) and isinstance(trouble, (SourceTrouble, Gate))
