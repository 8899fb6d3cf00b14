"""Names: what is folded agrees, what is near is named as near, and nothing else ever agrees."""

from __future__ import annotations

import re
import subprocess
import sys
import unicodedata
from pathlib import Path
from typing import Any

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

import creditshare as cs
from creditshare.errors import MisuseError
from creditshare.screening import ChineseNames, Names, ReviewReason, SecondFactor
from creditshare.screening.agreement import Agreement, differ_by_one_slip
from creditshare.screening.spelling import HIDDEN, Spelling
from test_screening import asked, of, one, told
from world import World

PLAIN, CHINESE = Names(), ChineseNames()
BOTH = [PLAIN, CHINESE]
AGREES, SIMILAR, PARTIAL = Agreement.AGREES, Agreement.SIMILAR, Agreement.PARTIAL
CONFLICTS, UNKNOWN = Agreement.CONFLICTS, Agreement.UNKNOWN
TRANSLITERATED = Agreement.TRANSLITERATED


def compared(names: Names, left: str | None, right: str | None) -> Agreement:
    """What a comparer says, which is the same both ways."""
    told = names.compare(left, right)
    assert told is names.compare(right, left)
    return told


# -- What is written ---------------------------------------------------------------------------

WRITTEN = [
    # width, case, spaces, invisible characters
    ("王五", "王五", AGREES),
    ("王 五", "王五", AGREES),
    ("王\u3000五", "王五", AGREES),
    ("王\u200b五", "王五", AGREES),
    ("王\u00a0五\ufeff", "王五", AGREES),
    ("王\u2060五\u00ad", "王五", AGREES),
    ("王\u034f五", "王五", AGREES),
    ("葛\U000e0100西", "葛西", AGREES),  # a variation selector
    ("\uf9e1明", "李明", AGREES),  # a compatibility ideograph
    ("ＷＡＮＧ", "wang", AGREES),
    ("STRASSE", "straße", AGREES),
    ("José", "Jose\u0301", AGREES),
    ("Jose\u200b\u0301", "José", AGREES),
    # what parts and joins words
    ("阿里·买买提", "阿里•买买提", AGREES),
    ("阿里·买买提", "阿里・买买提", AGREES),
    ("阿里‧买买提", "阿里･买买提", AGREES),
    ("阿里⋅买买提", "阿里⸱买买提", AGREES),
    ("阿里∙买买提", "阿里\u0387买买提", AGREES),
    ("阿里·买买提", "阿里买买提", AGREES),
    ("阿里.买买提", "阿里．买买提", AGREES),
    ("阿里。买买提", "阿里 买买提", AGREES),
    ("Li-Na", "LI NA", AGREES),
    ("Ann‑Marie Lee", "Annmarie Lee", AGREES),
    ("O'Neill", "O’Neill", AGREES),
    ("O`Neill", "O´Neill", AGREES),
    ("J.R. Tolkien", "J R Tolkien", AGREES),
    # the order of words
    ("ZHANG Wei", "Wei ZHANG", AGREES),
    ("Zhang, Wei", "Wei Zhang", AGREES),
    ("ZHANG<<WEI", "Wei Zhang", AGREES),
    ("ZHANG/WEI", "Wei Zhang", AGREES),
    ("Zhang Xiaoming", "Xiao Ming Zhang", AGREES),
    ("García Márquez, Gabriel", "Gabriel García Márquez", AGREES),
    ("Иванов Иван", "Иван Иванов", AGREES),
    ("Gabriel García Márquez", "Márquez García Gabriel", SIMILAR),
    ("伟张", "张伟", SIMILAR),
    ("锋欧阳", "欧阳锋", SIMILAR),
    ("买买提·阿里", "阿里·买买提", SIMILAR),
    # accents tell names apart in some languages
    ("José", "Jose", SIMILAR),
    ("Dũng Nguyễn", "Dung Nguyen", SIMILAR),
    ("Müller Hans", "Mueller Hans", SIMILAR),
    # one slip
    ("张建国", "张建军", SIMILAR),
    ("张建国", "张国", SIMILAR),
    ("Jon Smith", "John Smith", SIMILAR),
    ("Jhon Smith", "John Smith", SIMILAR),
    ("Smith Jhon", "John Smith", SIMILAR),
    ("John Smyth", "John Smith", SIMILAR),
    ("김철수", "김철소", SIMILAR),
    # less of a name
    ("J. Smith", "John Smith", PARTIAL),
    ("Smith, J", "John Smith", PARTIAL),
    ("Maria Lopez", "Maria Garcia Lopez", PARTIAL),
    ("Dr Wei Zhang", "Wei Zhang", PARTIAL),
    ("Smith", "John Smith", PARTIAL),
    ("Smith J", "Smith John J.", PARTIAL),
    ("Smith Jo Ja", "Smith J X", CONFLICTS),
    ("Smith John Paul", "Smith J P", PARTIAL),
    ("阿里", "阿里·买买提", PARTIAL),
    ("张伟 (ZHANG WEI)", "张伟", PARTIAL),
    # a mask, or a character lost between encodings
    ("张*伟", "张晓伟", PARTIAL),
    ("张＊伟", "张*伟", PARTIAL),
    ("张某某", "张晓伟", PARTIAL),
    ("张〇〇", "张晓伟", PARTIAL),
    ("张\ufffd", "张玥", PARTIAL),
    ("张?", "张玥", PARTIAL),
    ("张〓伟", "张㛃伟", PARTIAL),
    ("张*", "张*", PARTIAL),
    ("J*** Smith", "John Smith", PARTIAL),
    ("李*伟", "张晓伟", CONFLICTS),
    ("张*", "张晓伟", CONFLICTS),
    # rare characters, as banks store them
    ("王\ue863", "王 \ue863", AGREES),
    ("王\ue863", "王", CONFLICTS),
    ("王\U000323b0", "王\U000323b0", AGREES),
    # nothing to compare
    (None, "王", UNKNOWN),
    (None, None, UNKNOWN),
    ("·", "王", UNKNOWN),
    (" ", "-", UNKNOWN),
    ("***", "***", UNKNOWN),
    ("某某", "某某", UNKNOWN),
    ("🙂", "🙂", UNKNOWN),
    ("\u0301", "\u0301", UNKNOWN),
    ("\u3164", "\u3164", UNKNOWN),
    ("123", "123", UNKNOWN),
    # plainly different
    ("王", "王五", CONFLICTS),
    ("王五", "王五五六", CONFLICTS),
    ("张伟", "李娜", CONFLICTS),
    ("John Smith", "Jane Smith", CONFLICTS),
    ("Li Na", "Li Da", CONFLICTS),
    ("张伟", "張娜", CONFLICTS),
    ("محمد علي", "Али Мухаммед", CONFLICTS),
    ("\U0003134a", "王", CONFLICTS),
    ("王\U0003134a", "王", CONFLICTS),
    ("Listen", "Tenlis", CONFLICTS),
]


@pytest.mark.parametrize("names", BOTH, ids=["plain", "chinese"])
@pytest.mark.parametrize(("left", "right", "expected"), WRITTEN)
def test_what_is_written(
    names: Names, left: str | None, right: str | None, expected: Agreement
) -> None:
    """Each pair of names compares as the table says, with and without knowledge of Chinese."""
    assert expected is compared(names, left, right)


CHINESE_ONLY = [
    # one character in two scripts
    ("张伟", "張偉", CONFLICTS, AGREES),
    ("陈国华", "陳國華", CONFLICTS, AGREES),
    ("陈国华", "陳国華", CONFLICTS, AGREES),
    ("張 偉", "张伟", CONFLICTS, AGREES),
    # two characters behind one simplified form
    ("钟伟", "鍾伟", CONFLICTS, SIMILAR),
    ("范伟", "範伟", CONFLICTS, SIMILAR),
    ("张丰", "张豐", CONFLICTS, SIMILAR),
    ("李干", "李乾", CONFLICTS, SIMILAR),
    ("张升", "张昇", CONFLICTS, SIMILAR),
    ("后羿", "後羿", CONFLICTS, SIMILAR),
    # sounds
    ("张伟", "张玮", CONFLICTS, SIMILAR),
    ("王五", "王伍", CONFLICTS, SIMILAR),
    ("張偉", "张玮", CONFLICTS, SIMILAR),
    # pinyin
    ("张伟", "ZHANG WEI", CONFLICTS, TRANSLITERATED),
    ("張偉", "ZHANG WEI", CONFLICTS, TRANSLITERATED),
    ("张伟", "Zhāng Wěi", CONFLICTS, TRANSLITERATED),
    ("张伟", "Wei Zhang", CONFLICTS, TRANSLITERATED),
    ("欧阳锋", "Feng Ouyang", CONFLICTS, TRANSLITERATED),
    ("张晓明", "ZHANG XIAO-MING", CONFLICTS, TRANSLITERATED),
    ("吕布", "LYU BU", CONFLICTS, TRANSLITERATED),
    ("吕布", "Lü Bu", CONFLICTS, TRANSLITERATED),
    ("吕布", "LV BU", CONFLICTS, TRANSLITERATED),
    ("单雄信", "Shan Xiongxin", CONFLICTS, TRANSLITERATED),
    ("张伟", "Zhang We", CONFLICTS, CONFLICTS),
    ("张伟", "Cheung Wai", CONFLICTS, CONFLICTS),
    ("张伟", "Wei", CONFLICTS, CONFLICTS),
    ("张伟", "李娜", CONFLICTS, CONFLICTS),
]


@pytest.mark.parametrize(("left", "right", "plain", "chinese"), CHINESE_ONLY)
def test_what_chinese_adds(left: str, right: str, plain: Agreement, chinese: Agreement) -> None:
    """Both scripts, homophones and pinyin are known to the Chinese comparer alone."""
    assert (plain, chinese) == (compared(PLAIN, left, right), compared(CHINESE, left, right))


ROOT = Path(__file__).parent.parent
PAGE = (ROOT / "docs" / "explanation" / "second-factors.md").read_text("utf-8")
ROWS = re.findall(r"^\| `(.+?)` \| `(.+?)` \| (\w+) \| (\w+) \|$", PAGE, re.MULTILINE)


@pytest.mark.parametrize(("left", "right", "plain", "chinese"), ROWS)
def test_what_the_page_says(left: str, right: str, plain: str, chinese: str) -> None:
    """Each example in the documentation compares as the documentation says."""
    said = compared(PLAIN, left, right), compared(CHINESE, left, right)

    assert (Agreement(plain), Agreement(chinese)) == said


def test_the_page_has_examples() -> None:
    """The documentation gives an example of every answer."""
    assert {told.value for told in Agreement} == {told for row in ROWS for told in row[2:]}


# -- Laws --------------------------------------------------------------------------------------

LETTERS = "张張伟偉干乾阿里 ·・*某〇-,'.aAbBéÉ\u0301ßijＡ\u200bИи"
WORDS = st.lists(
    st.sampled_from(["a", "b", "ab", "ac", "smith", "张", "Wei", "é", "*"]), max_size=4
)
TEXT = st.one_of(st.text(max_size=12), st.text(LETTERS, max_size=8), WORDS.map(" ".join))
IGNORED = [" ", "\u3000", "·", "•", "・", "‧", "\u200b", "\ufeff", "-", "’"]


@pytest.mark.parametrize("names", BOTH, ids=["plain", "chinese"])
@settings(max_examples=400, deadline=None)
@given(left=TEXT, right=TEXT)
@example(left="smith ab ac", right="smith a x")
def test_comparing_is_symmetrical(names: Names, left: str, right: str) -> None:
    """Any two texts compare the same both ways, without an error."""
    assert names.compare(left, right) is names.compare(right, left)


@pytest.mark.parametrize("names", BOTH, ids=["plain", "chinese"])
@settings(max_examples=400, deadline=None)
@given(name=TEXT)
def test_a_name_agrees_with_itself(names: Names, name: str) -> None:
    """A name agrees with itself, unless it tells nothing or hides something."""
    spelled = Spelling.of(name)
    expected = PARTIAL if HIDDEN in spelled.letters else AGREES

    assert (expected if spelled.tells else UNKNOWN) is names.compare(name, name)


@settings(max_examples=400, deadline=None)
@given(left=TEXT, right=TEXT)
def test_only_the_same_letters_agree(left: str, right: str) -> None:
    """Names agree only if they have the same folded letters, one of them perhaps turned round."""
    one, other = Spelling.of(left).letters, Spelling.of(right).letters

    if PLAIN.compare(left, right) is AGREES:
        assert len(one) == len(other)
        assert one in other + other


@settings(max_examples=400, deadline=None)
@given(left=TEXT, right=TEXT)
def test_chinese_only_knows_more(left: str, right: str) -> None:
    """Whatever agrees or is unknown by the letters alone is so with knowledge of Chinese."""
    plain = PLAIN.compare(left, right)

    if plain in (AGREES, UNKNOWN):
        assert plain is CHINESE.compare(left, right)


@settings(max_examples=300, deadline=None)
@given(name=st.text(LETTERS.replace("\u0301", ""), min_size=1, max_size=8), data=st.data())
def test_what_is_ignored_changes_nothing(name: str, data: st.DataObject) -> None:
    """A space, an interpunct or an invisible character more changes no letter."""
    place = data.draw(st.integers(0, len(name)))
    added = data.draw(st.sampled_from(IGNORED))
    changed = name[:place] + added + name[place:]

    assert Spelling.of(name).letters == Spelling.of(changed).letters


@settings(max_examples=300, deadline=None)
@given(name=st.text("abcdéüçяж王伟 ", min_size=1, max_size=10))
def test_case_width_and_composition_change_nothing(name: str) -> None:
    """Upper case, full width and decomposed accents are the same name."""
    wide = "".join(chr(ord(char) + 0xFEE0) if "a" <= char <= "z" else char for char in name)
    letters = Spelling.of(name).letters

    assert letters == Spelling.of(name.upper()).letters
    assert letters == Spelling.of(wide).letters
    assert letters == Spelling.of(unicodedata.normalize("NFD", name)).letters


@pytest.mark.parametrize("names", BOTH, ids=["plain", "chinese"])
@settings(max_examples=200, deadline=None)
@given(first=st.text("张李王", min_size=1, max_size=3), second=st.text("伟娜", max_size=3))
def test_chinese_characters_are_never_turned_round(names: Names, first: str, second: str) -> None:
    """The order of Chinese characters is part of a name, spaced or not."""
    one, other = f"{first} {second}", f"{second} {first}"

    assert (names.compare(one, other) is AGREES) == (first + second == second + first)


def test_conversion_merges_nothing() -> None:
    """No character of one script stands for two of the other, and none is both old and new."""
    alike = CHINESE._characters.alike

    assert 2000 < len(alike) == len(set(alike.values()))
    assert not set(map(chr, alike)) & set(alike.values())
    assert b"" == "".join(alike.values()).encode("big5", "ignore")
    assert b"" == "".join(map(chr, alike)).encode("gb2312", "ignore")


LONG = ["a b " * 50, "b c " * 50, "张" * 200, "张*" * 100, "*" * 200, "Z\u0301" * 100, "🙂张" * 100]


@pytest.mark.parametrize("names", BOTH, ids=["plain", "chinese"])
@pytest.mark.parametrize("left", LONG, ids=range(7))
@pytest.mark.parametrize("right", LONG, ids=range(7))
def test_long_names_are_compared(names: Names, left: str, right: str) -> None:
    """The longest names that a value may hold are compared like any other."""
    told = compared(names, left, right)

    assert (told is AGREES) == (left == right and "*" not in left and "🙂" not in left)


# -- One slip ----------------------------------------------------------------------------------


def distance(left: str, right: str) -> int:
    """The restricted Damerau distance by its definition."""
    if not left or not right:
        return len(left) + len(right)
    best = min(
        distance(left[1:], right) + 1,
        distance(left, right[1:]) + 1,
        distance(left[1:], right[1:]) + (left[0] != right[0]),
    )
    if left[:2] == right[1::-1] and len(left) > 1 and len(right) > 1:
        best = min(best, distance(left[2:], right[2:]) + 1)
    return best


@settings(max_examples=500, deadline=None)
@given(st.text("ab", max_size=5), st.text("abc", max_size=5))
def test_a_slip_is_a_distance_of_one(left: str, right: str) -> None:
    """Two texts are one slip apart exactly if their distance after Damerau is at most one."""
    assert (distance(left, right) <= 1) is differ_by_one_slip(left, right)


# -- In a screening ----------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("stated", "names", "reason"),
    [
        ("张建军", PLAIN, ReviewReason.NAME_SIMILAR),
        ("张*国", PLAIN, ReviewReason.NAME_PARTIAL),
        ("張建國", PLAIN, ReviewReason.NAME_CONFLICT),
        ("ZHANG JIANGUO", PLAIN, ReviewReason.NAME_CONFLICT),
        ("ZHANG JIANGUO", CHINESE, ReviewReason.NAME_TRANSLITERATED),
        ("张健国", CHINESE, ReviewReason.NAME_SIMILAR),
    ],
)
@pytest.mark.parametrize("dated", [True, False])
def test_a_near_name_goes_to_a_person(
    world: World, stated: str, names: Names, reason: ReviewReason, dated: bool
) -> None:
    """A near miss is no match, even where the birth dates agree, and says how near it is."""
    drafted = of(name="张建国")
    born = {"birth_date": drafted.borrower.birth_date} if dated else {}
    answer = one(world, told(world, drafted), asked(name=stated, **born), names=names)
    (review,) = answer.reviews

    assert cs.Outcome.NEEDS_REVIEW is answer.outcome
    assert (reason, *([] if dated else [ReviewReason.NO_SECOND_FACTOR])) == review.reasons
    assert None is not review.listing


def test_a_name_in_the_other_script_matches(world: World) -> None:
    """With knowledge of Chinese a name in the other script corroborates."""
    who = asked(name="張建國")
    answer = one(world, told(world, of(name="张建国")), who, names=CHINESE)

    assert cs.Outcome.MATCH is answer.outcome
    assert (SecondFactor.NAME,) == answer.matches[0].corroboration


def test_names_are_compared_by_a_comparer(world: World) -> None:
    """What is no comparer of names is refused."""
    not_made: Any = ChineseNames

    with pytest.raises(MisuseError):
        world.screen(world.registry(), asked(), names=not_made)


# -- The extra ---------------------------------------------------------------------------------


@pytest.mark.parametrize("missing", ["opencc", "pypinyin"])
def test_without_the_extra(missing: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Without one of its libraries the Chinese comparer cannot be made, and names the extra."""
    monkeypatch.setitem(sys.modules, missing, None)

    with pytest.raises(MisuseError, match=r"creditshare\[chinese\]"):
        ChineseNames()


def test_nothing_is_loaded_before() -> None:
    """Importing creditshare loads neither library."""
    code = "import sys, creditshare; print({'opencc', 'pypinyin'} & set(sys.modules))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True)

    assert ("set()\n", "") == (done.stdout, done.stderr)
