"""Whatever is read, nothing breaks: every reader of text, every normalizer twice, every source on damaged answers.

The short version runs always; `python -m pytest -m long tests/test_fuzz.py` runs each with thousands of examples.
How the time grows with the text is measured by `python -m tests.benchmarks.reader_growth`.
"""

from __future__ import annotations

from functools import cache
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from crawler.catalog import source_class, source_names
from crawler.snapshots import good_runs
from crawler.troubles import SourceTrouble
from tests.reading import read
from tests.text_readers import IDEMPOTENT, READERS, REFUSALS

SHORT, LONG = 12, 2_000
MOST_BYTES = 60_000
WORDS = st.sampled_from(
    [
        *(
            "Wei",
            "O'Brien",
            "de la",
            "Jr.",
            "III",
            "L.Ac.",
            "LAC",
            "Dipl. O.M. (NCCAOM)®",
            "Dr.",
            "licensed in",
            "NCBAHM",
        ),
        *("certified by", "WA", "Washington", "98101-1234", "AC60000001", "1999999984", "(206) 555-0100", "12/31/2026"),
        *(
            "https://",
            "javascript:",
            "<b>",
            "</p",
            "&amp;",
            "\u202e",
            "\u0301",
            "\x00",
            "李薇",
            "ﬁ",
            "İ",
            "ß",
            "'",
            '"',
        ),
        *(",", ";", "|", "\t", "\n", "\r\n", "#", "=1+1", "%", "\\", "{", "]]>", "--", "..", "/../", "\ud7ff", "٣"),
    ]
)
TEXTS = st.one_of(
    st.text(max_size=200), st.lists(WORDS, max_size=40).map(" ".join), st.lists(WORDS, max_size=40).map("".join)
)
QUIET = [HealthCheck.too_slow, HealthCheck.function_scoped_fixture, HealthCheck.data_too_large]
LENGTHS = [pytest.param(SHORT, id="short"), pytest.param(LONG, id="long", marks=pytest.mark.long)]


@pytest.mark.parametrize("examples", LENGTHS)
@pytest.mark.parametrize("name", READERS)
def test_a_reader_returns_or_says_why_not(name: str, examples: int) -> None:
    @settings(max_examples=examples, deadline=None, suppress_health_check=QUIET, database=None)
    @given(TEXTS)
    def reads(text: str) -> None:
        try:
            READERS[name](text)
        except REFUSALS as refusal:
            assert str(refusal).strip()

    reads()


@pytest.mark.parametrize("examples", LENGTHS)
@pytest.mark.parametrize("name", IDEMPOTENT)
def test_what_is_normal_stays_as_it_is(name: str, examples: int) -> None:
    @settings(max_examples=examples, deadline=None, suppress_health_check=QUIET, database=None)
    @given(TEXTS)
    def stays(text: str) -> None:
        try:
            once = IDEMPOTENT[name](text)
        except REFUSALS:
            return
        assert IDEMPOTENT[name](once) == once

    stays()


def test_a_reader_that_breaks_would_be_noticed() -> None:
    """The known-wrong case."""

    @settings(max_examples=200, deadline=None, database=None)
    @given(TEXTS)
    def reads(text: str) -> None:
        text.encode("ascii")

    with pytest.raises(UnicodeEncodeError):
        reads()


@pytest.mark.parametrize("examples", LENGTHS)
@pytest.mark.parametrize("source", source_names())
def test_a_source_reads_damaged_bytes_or_says_what_is_wrong(sample_data: Path, source: str, examples: int) -> None:
    sound = answers_of(sample_data, source)
    assert sound, f"{source} has no answer of at most {MOST_BYTES} bytes in the sample"

    @settings(max_examples=examples, deadline=None, suppress_health_check=QUIET, database=None)
    @given(
        st.sampled_from(sound),
        st.lists(st.tuples(st.floats(0, 1), st.integers(0, 60), st.binary(max_size=40)), max_size=4),
    )
    def reads(body: bytes, cuts: list[tuple[float, int, bytes]]) -> None:
        try:
            read(source_class(source)(), damaged(body, cuts))
        except SourceTrouble as trouble:
            assert str(trouble).strip()

    reads()


@cache
def answers_of(data: Path, source: str) -> list[bytes]:
    """What the sample's site sent: some of everything the source asks for, the small ones."""
    run, _ = good_runs(data, source)[-1]
    bodies = (run.body(snapshot.sha256) for snapshot in run.snapshots())
    return [body for body in bodies if len(body) <= MOST_BYTES][:12]


def damaged(body: bytes, cuts: list[tuple[float, int, bytes]]) -> bytes:
    """Each cut takes some bytes out at a place and puts others there."""
    for where, length, put in cuts:
        at = int(where * len(body))
        body = body[:at] + put + body[at + length :]
    return body
