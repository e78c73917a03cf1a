"""Topics of clinics' pages: what counts as said, what does not, and that the tables hang together."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline.rules import read_rule_table
from pipeline.web_layout import lay_out
from pipeline.web_topics import CUES, LONGEST_SAYS, PAGES, Topic, stem, topics_in

TABLES = ("conditions", "therapies", "languages", "insurance")


def topics(text: str, kind: str = "services", headings: tuple[tuple[int, str], ...] = ()) -> dict[str, list[str]]:
    """Topics of a page by table."""
    page = lay_out({"text": text, "page_kind": kind, "headings": headings}, "https://lantern.example/")
    found: dict[str, list[str]] = {table: [] for table in TABLES}
    for topic in topics_in(page):
        found[topic.table].append(topic.topic)
    return found


def said(text: str, table: str, kind: str = "home") -> set[str]:
    return set(topics(text, kind)[table])


@pytest.mark.parametrize("table", TABLES)
def test_every_topic_has_its_own_name_as_a_wording_and_one_area(table: str) -> None:
    rows = read_rule_table(table)
    names = {row["topic"] for row in rows}
    assert names == {row["topic"] for row in rows if row["synonym"] == row["topic"] and row["relation"] == "same"}
    assert len({(row["topic"], row["area"]) for row in rows}) == len(names)


@pytest.mark.parametrize("table", TABLES)
def test_a_wording_means_one_topic_and_patients_words_may_mean_several(table: str) -> None:
    meant: dict[tuple[str, ...], set[str]] = {}
    for row in read_rule_table(table):
        if row["relation"] == "same":
            words = tuple(stem(word) for word in row["synonym"].replace("-", " ").split())
            meant.setdefault(words, set()).add(row["topic"])
    assert not {words: names for words, names in meant.items() if len(names) > 1}


def test_the_tables_are_large_enough_and_know_patients_words() -> None:
    conditions = read_rule_table("conditions")
    assert len({row["topic"] for row in conditions}) >= 80
    legs = {row["topic"] for row in conditions if row["synonym"] == "leg pain"}
    wanted = (
        "sciatica;runner's knee;plantar fasciitis;shin splints;restless legs syndrome;knee osteoarthritis;neuropathy"
    )
    assert set(wanted.split(";")) <= legs


@pytest.mark.parametrize(
    ("sentence", "found"),
    [
        ("We treat sciatica and runner’s knee.", {"sciatica", "runner's knee"}),
        ("We treat SCIATICA, Runners Knee and plantar-fasciitis.", {"sciatica", "runner's knee", "plantar fasciitis"}),
        ("Acupuncture helps with back, neck & joint pain.", {"back pain", "neck pain", "joint pain"}),
        ("I help people with migraine headaches.", {"migraines"}),
        ("She specializes in IBS, GERD and TMJ.", {"irritable bowel syndrome", "acid reflux", "TMJ disorder"}),
        ("Tratamos la ciática y el insomnio.", {"sciatica", "insomnia"}),
        ("We do not treat cancer pain or lupus.", set()),
        ("We don't treat lupus, but we treat gout.", {"gout"}),
        ("We do not only treat gout.", {"gout"}),
        ("Do you treat gout?", set()),
        ("My grandmother had gout.", set()),
        ("Goutweed helps gardens.", set()),
    ],
)
def test_conditions_are_what_a_sentence_says_is_treated(sentence: str, found: set[str]) -> None:
    assert said(sentence, "conditions") == found


def test_a_list_counts_on_its_page_or_under_its_heading() -> None:
    items = "Sciatica\nGout\nHives"
    assert said(items, "conditions", "conditions") == {"sciatica", "gout", "hives"}
    assert said(items, "conditions", "home") == set()
    assert topics(f"What we treat\n{items}", "home", ((2, "What we treat"),))["conditions"] == [
        "sciatica",
        "gout",
        "hives",
    ]


@pytest.mark.parametrize("heading", ["What our patients say", "Continuing Education", "Disclaimer", "From our blog"])
def test_what_stands_under_a_heading_set_aside_is_not_the_clinics_statement(heading: str) -> None:
    text = f"Conditions we treat\nGout\n{heading}\nTreatment of sciatica and hives"
    assert topics(text, "conditions", ((2, "Conditions we treat"), (2, heading)))["conditions"] == ["gout"]


def test_questions_and_answers_name_no_conditions() -> None:
    assert said("Acupuncture can help with gout.", "conditions", "faq") == set()


@pytest.mark.parametrize(
    ("sentence", "found"),
    [
        ("We offer electro-acupuncture, fire cupping and tuina.", {"electroacupuncture", "cupping", "tui na"}),
        ("Our services include scalp and ear acupuncture.", {"scalp acupuncture", "auricular acupuncture"}),
        ("She practices Japanese meridian therapy.", {"Japanese acupuncture"}),
        ("I am a Diplomate of Oriental Medicine, trained at the College of Traditional Chinese Medicine.", set()),
        ("We do not offer dry needling.", set()),
    ],
)
def test_therapies_are_what_a_sentence_says_is_offered(sentence: str, found: set[str]) -> None:
    assert said(sentence, "therapies") == found


@pytest.mark.parametrize(
    ("sentence", "found"),
    [
        ("She speaks Mandarin, Cantonese and some Spanish.", {"Mandarin", "Cantonese", "Spanish"}),
        ("Languages: English · 中文 · Tiếng Việt", {"English", "Chinese", "Vietnamese"}),
        ("Se habla español.", {"Spanish"}),
        ("He speaks often about Chinese medicine and Japanese acupuncture.", set()),
        ("We do not speak Korean.", set()),
        ("Korean barbecue is around the corner.", set()),
    ],
)
def test_languages_are_those_said_to_be_spoken(sentence: str, found: set[str]) -> None:
    assert said(sentence, "languages") == found


@pytest.mark.parametrize(
    ("sentence", "found"),
    [
        ("We accept Aetna, BCBS and Cigna.", {"Aetna", "Blue Cross Blue Shield", "Cigna"}),
        ("We do not accept Medicare or Medicaid.", set()),
        ("Medicare covers acupuncture for chronic low back pain.", set()),
        ("Medicare is not accepted here.", set()),
        ("Do you take Cigna?", set()),
        ("We do not accept insurance, but can provide a superbill.", {"does not accept insurance", "superbill"}),
        ("HSA and FSA cards are welcome.", {"HSA/FSA"}),
        ("We are a TriWest provider and accept VA Community Care referrals.", {"VA community care"}),
        ("We bill workers’ comp and PIP.", {"workers' compensation", "auto insurance"}),
    ],
)
def test_insurance_is_what_is_said_to_be_accepted(sentence: str, found: set[str]) -> None:
    assert said(sentence, "insurance", "insurance") == found


def test_each_finding_keeps_its_sentence() -> None:
    page = lay_out({"text": "Hello.\nWe treat gout. " + "We treat " + "hives and " * 60, "page_kind": "home"}, "u")
    found = topics_in(page)
    assert found[0] == Topic("conditions", "gout", "We treat gout.", 7)
    assert all(len(topic.says) <= LONGEST_SAYS for topic in found)


def test_every_table_has_a_cue_and_pages() -> None:
    assert set(CUES) == set(PAGES) == set(TABLES)


@settings(max_examples=100, deadline=None)
@given(
    st.lists(
        st.sampled_from([row["synonym"] for table in TABLES for row in read_rule_table(table)])
        | st.sampled_from(["we treat", "not", ".", "\n", "?", ",", "and", "pain", "we accept", "…", "("])
        | st.text(max_size=8),
        max_size=25,
    ).map(" ".join),
    st.sampled_from(["home", "conditions", "services", "insurance", "faq", "other", ""]),
)
def test_no_text_breaks_the_topics_and_each_is_said_in_it(text: str, kind: str) -> None:
    page = lay_out({"text": text, "page_kind": kind, "headings": [[2, text[:20]]]}, "u")
    known = {(table, row["topic"]) for table in TABLES for row in read_rule_table(table)}
    for topic in topics_in(page):
        assert (topic.table, topic.topic) in known and 0 <= topic.start <= len(text)
