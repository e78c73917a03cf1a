"""What one box of text is read as, and that no text breaks the reading or loses a word unsaid."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from db.understand import Understood, understand
from db.vocabulary import Vocabulary, plain
from pipeline.rules import read_rule_table

WORDINGS = {
    ("condition", "leg pain"): "leg pain",
    ("condition", "back pain"): "back pain",
    ("condition", "insomnia"): "insomnia",
    ("condition", "trouble sleeping"): "insomnia",
    ("therapy", "cupping"): "cupping",
    ("therapy", "acupuncture"): "acupuncture",
    ("language", "korean"): "Korean",
    ("insurance", "medicare"): "Medicare",
}
VOCABULARY = Vocabulary(
    same=WORDINGS,
    related={("condition", "leg pain"): ("sciatica", "knee pain")},
    towns={"seattle": {"WA": 40}, "portland": {"OR": 20, "ME": 3}, "austin": {"TX": 4}, "flushing": {"NY": 9}},
)
STATES = {"wa": "WA", "washington": "WA", "or": "OR", "oregon": "OR", "ny": "NY", "new york": "NY", "mo": "MO"}
NAMED = {"austin": 12}


def read(text: str) -> Understood:
    return understand(
        text, VOCABULARY, lambda name: STATES.get(name.casefold()), lambda word: NAMED.get(plain(word), 0)
    )


def shown(text: str) -> tuple[str, list[str], str, str]:
    read_as = read(text)
    return read_as.words, [topic.topic for topic in read_as.topics], read_as.near, read_as.state


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("leg pain near Seattle", ("", ["leg pain"], "Seattle, WA", "")),
        ("an acupuncturist who treats my leg pain in Seattle, WA", ("", ["leg pain"], "Seattle, WA", "")),
        ("LEG PAIN, 98101", ("", ["leg pain"], "98101", "")),
        ("98101-1234", ("", [], "98101", "")),
        ("trouble sleeping", ("", ["insomnia"], "", "")),
        ("cupping and insomnia Portland OR", ("", ["cupping", "insomnia"], "Portland, OR", "")),
        ("back pain or", ("", ["back pain"], "", "")),
        ("Korean Medicare Flushing NY", ("", ["Korean", "Medicare"], "Flushing, NY", "")),
        ("Li Wei", ("Li Wei", [], "", "")),
        ("Li Wei 98101", ("Li Wei", [], "98101", "")),
        ("The My Nguyen", ("The My Nguyen", [], "", "")),
        ("Washington", ("", [], "", "WA")),
        ("Kim in Oregon", ("Kim", [], "", "OR")),
        ("OR", ("OR", [], "", "")),
        ("Seattle", ("", [], "Seattle, WA", "")),
        ("St. Louis MO", ("", [], "St. Louis, MO", "")),
        ("community acupuncture", ("community acupuncture", [], "", "")),
        ("acupuncturist", ("", [], "", "")),
        ("", ("", [], "", "")),
        ('"', ('"', [], "", "")),
    ],
)
def test_a_box_is_read_as_a_person_means_it(text: str, expected: tuple[str, list[str], str, str]) -> None:
    assert shown(text) == expected


def test_a_name_that_is_a_town_too_stays_a_name_where_more_people_bear_it() -> None:
    assert shown("Austin") == ("Austin", [], "", "")
    assert shown("insomnia in Austin") == ("", ["insomnia"], "Austin, TX", "")


def test_a_town_of_several_states_says_the_others() -> None:
    assert (read("Portland").near, read("Portland").also_in) == ("Portland, OR", ("Portland, ME",))


def test_a_patients_word_brings_what_it_may_mean() -> None:
    assert read("leg pain").topics[0].topics == ("leg pain", "sciatica", "knee pain")


def test_near_me_is_answered_in_words() -> None:
    assert "write a ZIP" in read("acupuncturist near me").notes[0] and not read("leg pain near Seattle").notes


def test_ten_digits_are_a_number_to_check() -> None:
    assert read("NPI 1999259298").npi == "1999259298" and read("2065550100 1").npi == "2065550100"


@given(st.text(max_size=80))
def test_any_text_is_read_and_reading_what_is_left_is_no_crash(text: str) -> None:
    assert len(read(text).words) <= len(text)


@given(st.lists(st.sampled_from("leg pain insomnia Kim Seattle WA 98101 near Austin cupping".split()), max_size=9))
def test_no_name_is_ever_lost(words: list[str]) -> None:
    assert read(" ".join(words)).words.split().count("Kim") == words.count("Kim")


def test_another_wording_of_a_topic_may_mean_what_the_topic_may_mean() -> None:
    vocabulary = Vocabulary(
        same={("condition", "leg pain"): "leg pain", ("condition", "dolor de pierna"): "leg pain"},
        related={("condition", "leg pain"): ("sciatica",)},
    )
    wanted = vocabulary.wanted("condition", "Dolor de pierna")
    assert wanted is not None and wanted.topics == ("leg pain", "sciatica")


def test_whoever_asks_for_chinese_is_shown_every_chinese() -> None:
    related = {
        row["topic"]
        for row in read_rule_table("languages")
        if (row["synonym"], row["relation"]) == ("Chinese", "related")
    }
    assert {"Mandarin", "Cantonese"} <= related
