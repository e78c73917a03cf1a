"""True names of invented people, with the frequencies of each origin's family and given names.

In: an origin and a sex. Out: `TrueName`. Common names come from tables with their shares; the long tail of rare ones is
put together from syllables, so that a register of any size has as many people of one name as a real one would.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from random import Random

from tests.benchmarks.nation.draws import Draw, grouped, steep, table
from tests.benchmarks.nation.shares import Shares

EAST_ASIAN = frozenset(("chinese", "korean", "vietnamese", "japanese"))
PER_NAME_TABLE = 100_000  # European shares are counted per 100,000 people
RARE_GIVEN = {"european": 0.10, "hispanic": 0.08, "japanese": 0.0, "english_asian": 0.03}
RARE_FAMILY = {"chinese": 0.004, "korean": 0.002, "vietnamese": 0.004, "japanese": 0.28, "hispanic": 0.14}
JAPANESE_FIRST = (
    "Naka Yama Kawa Ishi Matsu Fuji Taka Oka Hara Shima Sawa Mura Ueno Nishi Kita Higashi Mina Kuro".split()
)
JAPANESE_FIRST += "Shira Aka Kiyo Hoso Mizu Hama Toku Masu Iwa Uchi Tsuji Kuwa Sugi Ume Sakaki Kashi Asa Tomi".split()
JAPANESE_LAST = (
    "moto zaki yama kawa da mura shima no hara guchi naka gawa uchi sawa be mori nishi bara oka numa".split()
)


@dataclass(slots=True)
class TrueName:
    """A name as its owner's papers have it.

    `given` are the words of the given name (syllables where it is composed), `joint` what stands between them.
    `english` is a name used beside it; where `english_legal`, it is the one in the papers, and `given` is its middle.
    """

    origin: str
    sex: str
    given: tuple[str, ...]
    joint: str
    middle: str
    family: str
    english: str = ""
    english_legal: bool = False
    nickname: str = ""
    former: str = ""
    suffix: str = ""

    @property
    def romanized(self) -> str:
        return compose(self.given, self.joint)

    @property
    def first(self) -> str:
        """The given name of the papers."""
        return self.english if self.english_legal else self.romanized

    @property
    def called(self) -> str:
        """The given name other people know."""
        return self.english or self.nickname or self.romanized


def compose(given: tuple[str, ...], joint: str) -> str:
    """Syllables as one word (`Xiaoming`), or apart (`Xiao Ming`, `Xiao-Ming`)."""
    return given[0] + "".join(joint + (word if joint else word.lower()) for word in given[1:])


def true_name(rng: Random, origin: str, sex: str, shares: Shares) -> TrueName:
    """A person's name, without what life does to it."""
    given, joint, middle = given_name(rng, origin, sex)
    name = TrueName(origin, sex, given, joint, middle, family_name(rng, origin))
    if origin in EAST_ASIAN:
        add_english(rng, name, shares)
    else:
        if sex == "M" and rng.random() < shares.suffix:
            name.suffix = ("Jr.", "Jr.", "III", "II")[int(rng.random() * 4)]
        others = grouped("nicknames", "name", "nickname").get(given[0])
        if others and rng.random() < shares.goes_by_nickname:
            name.nickname = others[int(rng.random() * len(others))]
    return name


def add_english(rng: Random, name: TrueName, shares: Shares) -> None:
    """An English name, beside the romanized one or in its place."""
    chance = rng.random()
    legal = shares.english_legal[name.origin]
    if chance < legal + shares.english_beside[name.origin]:
        name.english = drawn_given(rng, "english_asian", name.sex)
        name.english_legal = chance < legal


@cache
def families(origin: str) -> tuple[Draw[str], float]:
    """The common family names of an origin, and the share of people who have another."""
    rows = [(row["name"], float(row["share"])) for row in table("family_names") if row["origin"] == origin]
    drawn = Draw(rows)
    return drawn, RARE_FAMILY.get(origin, 1 - drawn.total / PER_NAME_TABLE)


def family_name(rng: Random, origin: str) -> str:
    common, rare = families(origin)
    if rng.random() < rare:
        return rare_family(rng, origin)
    name = common.pick(rng)
    if origin == "hispanic":
        name = two_surnames(rng, name, common)
    return name


def two_surnames(rng: Random, name: str, common: Draw[str]) -> str:
    """Father's and mother's, a particle, or one alone, as most write it here."""
    chance = rng.random()
    if chance < 0.12:
        return f"{name} {common.pick(rng)}"
    if chance < 0.15:
        return f"{name}-{common.pick(rng)}"
    return f"de la {name}" if chance < 0.153 else name


def rare_family(rng: Random, origin: str) -> str:
    if origin == "japanese":
        return steep(rng, JAPANESE_FIRST) + steep(rng, JAPANESE_LAST)
    if origin in ("chinese", "korean", "vietnamese"):
        return families("chinese")[0].pick(rng)
    stem, ending = steep(rng, parts("family_stem")), steep(rng, parts("family_ending"))
    name = (stem + ending).capitalize()
    if rng.random() < 0.02:
        name = f"{name}-{families('european')[0].pick(rng)}"
    return name if origin == "european" else name.rstrip("s") + "ez"


@cache
def parts(kind: str) -> list[str]:
    """Syllables of one kind, in an order that is not the alphabet's."""
    found = [row["part"] for row in table("name_parts") if row["kind"] == kind]
    Random(kind).shuffle(found)
    return found


@cache
def givens(origin: str, sex: str) -> Draw[str]:
    rows = table("given_names")
    return Draw((row["name"], float(row["share"])) for row in rows if (row["origin"], row["sex"]) == (origin, sex))


def drawn_given(rng: Random, origin: str, sex: str) -> str:
    """A given name of one word."""
    if rng.random() < RARE_GIVEN.get(origin, 0.0):
        return steep(rng, parts("given_stem")) + steep(rng, parts(f"given_ending_{sex}"))
    return givens(origin, sex).pick(rng)


def given_name(rng: Random, origin: str, sex: str) -> tuple[tuple[str, ...], str, str]:
    """Given words, what joins them, and the middle name."""
    if origin == "chinese":
        return chinese_given(rng, sex)
    if origin == "korean":
        return korean_given(rng, sex)
    if origin == "vietnamese":
        return vietnamese_given(rng, sex)
    given = drawn_given(rng, origin, sex)
    has_middle = rng.random() < {"european": 0.80, "hispanic": 0.45}.get(origin, 0.0)
    return (given,), "", drawn_given(rng, origin, sex) if has_middle else ""


def chinese_given(rng: Random, sex: str) -> tuple[tuple[str, ...], str, str]:
    syllable = givens("chinese_syllable", sex)
    if rng.random() < 0.26:
        return (syllable.pick(rng),), "", ""
    chance = rng.random()
    joint = "" if chance < 0.60 else " " if chance < 0.84 else "-"
    return (syllable.pick(rng), syllable.pick(rng)), joint, ""


def korean_given(rng: Random, sex: str) -> tuple[tuple[str, ...], str, str]:
    first, last = givens("korean_first", sex).pick(rng), givens("korean_last", sex).pick(rng)
    chance = rng.random()
    if chance < 0.04:
        return (last,), "", ""
    return (first, last), " " if chance < 0.48 else "" if chance < 0.80 else "-", ""


def vietnamese_given(rng: Random, sex: str) -> tuple[tuple[str, ...], str, str]:
    given = givens("vietnamese", sex)
    middle = givens("vietnamese_middle", sex).pick(rng) if rng.random() < 0.82 else ""
    if rng.random() < 0.16:
        return (given.pick(rng), given.pick(rng)), " ", middle
    return (given.pick(rng),), "", middle
