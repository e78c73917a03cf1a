"""Names: read from one string or from parts, and keys that agree across order and script habit."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from db.keys import name_words
from pipeline.names import (
    PersonName,
    fold,
    middle_conflict,
    name_from_parts,
    name_key,
    name_tokens,
    parse_name,
    suffix_conflict,
)

PRINTED = [
    ("Adrian Birch DACM, L.Ac.", "Adrian", "", "Birch", "", ("DACM", "L.Ac.")),
    ("Renaldo M. Silveira Phd Daom Dac Omd", "Renaldo", "M.", "Silveira", "", ("PhD", "DAOM", "DAc", "OMD")),
    ("evan Brandt Mspt, Ocs, L. Ac", "Evan", "", "Brandt", "", ("MSPT", "OCS", "L.Ac.")),
    ("Declan Novak D Ac.", "Declan", "", "Novak", "", ("D.Ac.",)),
    ("Juan Carlos  Stone, MD", "Juan", "Carlos", "Stone", "", ("MD",)),
    ("Margaret C. Peterson, MD,LAc, FAAMA", "Margaret", "C.", "Peterson", "", ("MD", "LAc", "FAAMA")),
    ("Ingrid F. Ventura Dacm, Faborm", "Ingrid", "F.", "Ventura", "", ("DACM", "FABORM")),
    ("Mei Ling Ma L.Ac.", "Mei", "Ling", "Ma", "", ("L.Ac.",)),
    ("Hoa Thi Do LAc", "Hoa", "Thi", "Do", "", ("LAc",)),
    ("Corin Vale MA L.Ac.", "Corin", "", "Vale", "", ("MA", "L.Ac.")),
    ("Corin Vale Ma Lac", "Corin", "", "Vale", "", ("MA", "LAC")),
    ("Mary Lou Van Horn", "Mary", "Lou", "Van Horn", "", ()),
    ("Reyes, Lucia", "Lucia", "", "Reyes", "", ()),
    ("Van Horn, Mary Lou", "Mary", "Lou", "Van Horn", "", ()),
    ("STONE, PETER A., MD", "Peter", "A.", "Stone", "", ("MD",)),
    ("LI, WEI LAC", "Wei", "", "Li", "", ("LAC",)),
    ("Lee, Jung Ok L.Ac.", "Jung", "Ok", "Lee", "", ("L.Ac.",)),
    ("LUCIA DE LA FUENTE, LAC", "Lucia", "", "de la Fuente", "", ("LAC",)),
    ("SEAN O'MALLEY-MCBRIDE JR", "Sean", "", "O'Malley-McBride", "Jr.", ()),
    ("Peter Stone, Jr., MD", "Peter", "", "Stone", "Jr.", ("MD",)),
    ("Stone, Jr., Peter", "Peter", "", "Stone", "Jr.", ()),
    ("Peter Stone III", "Peter", "", "Stone", "III", ()),
    ("Dr. Jane Stone", "Jane", "", "Stone", "", ()),
    ('Robert "Bob" Stone', "Robert", "", "Stone", "", ()),
    ("Wen Stone, L.Ac., MD (China)", "Wen", "", "Stone", "", ("L.Ac.", "MD (China)")),
    (
        "Carl B. Stone DC, FIAMA, Dipl.Ac. (NCCAOM)",
        "Carl",
        "B.",
        "Stone",
        "",
        ("DC", "FIAMA", "Dipl.Ac.", "NCCAOM"),
    ),
    ("Jane Stone, Licensed Acupuncturist", "Jane", "", "Stone", "", ("Licensed Acupuncturist",)),
    ("Jane Stone, Ph. D.", "Jane", "", "Stone", "", ("Ph.D.",)),
    ("Jane Stone DOM", "Jane", "", "Stone", "", ("DOM",)),
    ("Jane Stone Dacm Dom", "Jane", "", "Stone", "", ("DACM", "DOM")),
]

FAMILY_NAMES_THAT_LOOK_LIKE_LETTERS = [
    ("Thuy Dom", "Dom"),
    ("THUY DOM", "Dom"),
    ("Wei Ho", "Ho"),
    ("Mary Jane Do", "Do"),
    ("Kim Ma, L.Ac.", "Ma"),
    ("Tina Mai", "Mai"),
    ("Linh Le", "Le"),
    ("Linh Van", "Van"),
    ("Anh Van Nguyen", "Nguyen"),
    ("Kelly Mac", "Mac"),
    ("Rosa Ma Do, LAc", "Do"),
]


@pytest.mark.parametrize(("text", "given_name", "middle", "family", "suffix", "letters"), PRINTED)
def test_one_printed_string_is_taken_apart(
    text: str, given_name: str, middle: str, family: str, suffix: str, letters: tuple[str, ...]
) -> None:
    name = parse_name(text)
    assert (name.given, name.middle, name.family, name.suffix) == (given_name, middle, family, suffix)
    assert name.credentials == letters
    assert name.printed == " ".join(text.split())


@pytest.mark.parametrize(("text", "family"), FAMILY_NAMES_THAT_LOOK_LIKE_LETTERS)
def test_a_family_name_is_not_taken_for_letters(text: str, family: str) -> None:
    assert parse_name(text).family == family


def test_parts_keep_initials_and_treat_dashes_as_nothing() -> None:
    name = name_from_parts("N. CLARA", "--", "BELLINI", "--", "DACM, DAC, LAC")
    assert (name.given, name.middle, name.family, name.suffix) == ("N. Clara", "", "Bellini", "")
    assert name.credentials == ("DACM", "DAC", "LAC")
    assert name.display == "N. Clara Bellini"


def test_a_generation_stuck_to_the_family_name_is_found() -> None:
    assert name_from_parts("PETER", "", "STONE JR").suffix == "Jr."
    assert name_from_parts("PETER", "", "STONE", "jr").suffix == "Jr."


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Li Wei", "Wei Li"),
        ("Wei-Ling Stone", "Stone Weiling"),
        ("JOSÉ PEÑA", "Jose Pena"),
        ("Sean O'Malley", "Sean OMalley"),
        ("Reyes, Lucia", "Lucia M. Reyes"),
    ],
)
def test_keys_agree_for_one_person(one: str, other: str) -> None:
    assert name_key(parse_name(one)) == name_key(parse_name(other))


def test_names_are_folded_alike_where_records_meet_and_where_people_search() -> None:
    codes = (0x27, *range(0x41, 0x2B0), 0x2BB, 0x2BC, 0x2019, *range(0x1E00, 0x1F00), 0x738B, 0xAC00)
    letters = [letter for letter in map(chr, codes) if letter.isalpha() or letter in "'\u2019"]
    apart = [letter for letter in letters if fold(f"Ka{letter}ulani").split() != name_words(f"Ka{letter}ulani")]
    assert len(letters) > 800 and apart == ["\u0149"], "Afrikaans 'n is no letter of a name"


def test_fold_keeps_other_scripts_and_drops_marks() -> None:
    assert fold("Nguyễn-Đức O’Neil") == "nguyen duc oneil"
    assert fold("Łukasz Bjørnæs") == "lukasz bjornaes" and fold("Đặng Þóra") == "dang thora"
    assert fold("王 伟") == "王 伟"


def test_tokens_leave_the_middle_name_out() -> None:
    assert name_tokens(parse_name("Mary Lou Van Horn")) == ("mary", "van", "horn")


@pytest.mark.parametrize(
    ("one", "other", "conflict"),
    [
        ("M.", "Maria", False),
        ("Maria", "M", False),
        ("", "Maria", False),
        ("Maria", "Lucia", True),
        ("L", "M", True),
    ],
)
def test_middle_names_conflict_by_first_letter(one: str, other: str, conflict: bool) -> None:
    assert middle_conflict(one, other) is conflict
    assert middle_conflict(PersonName("", middle=one), PersonName("", middle=other)) is conflict


@pytest.mark.parametrize(
    ("one", "other", "conflict"),
    [
        ("Jr.", "Sr.", True),
        ("Jr", "jr.", False),
        ("", "III", False),
        ("Jr.", "II", False),
        ("II", "III", True),
    ],
)
def test_generations_conflict_when_both_are_given(one: str, other: str, conflict: bool) -> None:
    assert suffix_conflict(one, other) is conflict


def test_a_very_long_text_is_read() -> None:
    for piece in ("L. Ac ", "a.", ",", '"(', " ", "Dipl "):
        parse_name(piece * 40_000)


@settings(max_examples=150, deadline=None)
@given(st.text(max_size=60))
def test_any_text_is_a_name_and_folding_is_idempotent(text: str) -> None:
    name = parse_name(text)
    assert name_key(name) == name_key(name)
    assert parse_name(name.printed) == name
    assert fold(fold(text)) == fold(text)
    name_from_parts(text, text, text, text, text)


_LETTERS = st.text(alphabet="abcdefghijklmnopqrstuvwxyz", min_size=4, max_size=9).map(str.title)


@settings(max_examples=80, deadline=None)
@given(_LETTERS, _LETTERS, st.sampled_from(["L.Ac.", "DACM", "LAc", "Dipl. Ac. (NCCAOM)", "Phd"]))
def test_letters_after_a_comma_never_change_the_name(first: str, last: str, letters: str) -> None:
    plain, lettered = parse_name(f"{first} {last}"), parse_name(f"{first} {last}, {letters}")
    assert (plain.given, plain.family) == (lettered.given, lettered.family)
    assert lettered.credentials
