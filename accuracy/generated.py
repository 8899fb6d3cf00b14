"""Chinese names, made up, and changed by a documented error model.

The characters below are common in names; beside each stand its traditional form and its pinyin,
both written by hand and not taken from the libraries that are being measured. Each kind of pair has
the same number of pairs, so that a rare kind counts as much as a frequent one: the sums say how
many kinds are understood, not how often each occurs in an agency's files, which is not known.

The same seed gives the same pairs.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator

import attrs

from accuracy.tally import Tally, verdict
from creditshare.screening import Names

__all__ = ["KINDS", "SEED", "Kind", "measure", "pairs"]

SEED = 20261123
_FAMILY = """王王wang 李李li 张張zhang 刘劉liu 陈陳chen 杨楊yang 黄黃huang 赵趙zhao 吴吳wu 周周zhou
徐徐xu 孙孫sun 马馬ma 朱朱zhu 胡胡hu 郭郭guo 何何he 林林lin 高高gao 罗羅luo 郑鄭zheng 梁梁liang
谢謝xie 宋宋song 唐唐tang 许許xu 邓鄧deng 韩韓han 冯馮feng 曹曹cao 曾曾zeng 彭彭peng 萧蕭xiao
蔡蔡cai 潘潘pan 田田tian 董董dong 袁袁yuan 于于yu 余余yu 叶葉ye 蒋蔣jiang 杜杜du 苏蘇su 魏魏wei
程程cheng 吕呂lyu 丁丁ding 沈沈shen 任任ren 姚姚yao 卢盧lu 傅傅fu 钟鍾zhong 姜姜jiang 崔崔cui
谭譚tan 范范fan 陆陸lu 汪汪wang 万萬wan 单單shan 仇仇qiu"""
_GIVEN = """伟偉wei 玮瑋wei 威威wei 芳芳fang 方方fang 娜娜na 敏敏min 民民min 静靜jing 晶晶jing
敬敬jing 丽麗li 莉莉li 立立li 利利li 强強qiang 磊磊lei 蕾蕾lei 军軍jun 君君jun 俊俊jun 洋洋yang
阳陽yang 勇勇yong 艳豔yan 燕燕yan 彦彥yan 杰傑jie 洁潔jie 娟娟juan 涛濤tao 明明ming 铭銘ming
超超chao 秀秀xiu 霞霞xia 平平ping 萍萍ping 刚剛gang 桂桂gui 建建jian 健健jian 剑劍jian 国國guo
华華hua 桦樺hua 文文wen 雯雯wen 英英ying 莹瑩ying 颖穎ying 玉玉yu 宇宇yu 雨雨yu 兰蘭lan 岚嵐lan
红紅hong 宏宏hong 虹虹hong 梅梅mei 美美mei 春春chun 龙龍long 凤鳳feng 飞飛fei 菲菲fei 佳佳jia
嘉嘉jia 家家jia 晨晨chen 辰辰chen 轩軒xuan 萱萱xuan 梓梓zi 子子zi 涵涵han 博博bo 海海hai 鹏鵬peng
云雲yun 芸芸yun 丹丹dan 东東dong 冬冬dong 志志zhi 智智zhi 欣欣xin 新新xin 鑫鑫xin 浩浩hao
昊昊hao 皓皓hao 怡怡yi 毅毅yi 艺藝yi 坤坤kun 昆昆kun 丰豐feng 峰峰feng 升昇sheng 胜勝sheng"""
_ELSEWHERE = (
    *("阿里", "艾山", "买买提", "吐尔逊", "古丽娜尔", "帕提曼", "扎西", "多吉", "尼玛", "卓玛"),
    *("次仁", "巴特尔", "其其格", "乌兰"),
)
_HONG_KONG = dict(  # how these family names are spelled there
    zip(
        "张陈黄王李林吴刘杨郑梁谢许蔡",
        (
            *("CHEUNG", "CHAN", "WONG", "WONG", "LEE", "LAM", "NG"),
            *("LAU", "YEUNG", "CHENG", "LEUNG", "TSE", "HUI", "CHOI"),
        ),
        strict=True,
    )
)
_INTERPUNCTS = "·•・‧⋅⸱･. "
_FULL_WIDTH = str.maketrans({code: code + 0xFEE0 for code in range(0x21, 0x7F)})


@attrs.frozen
class _Character:
    simplified: str
    traditional: str
    sound: str

    @classmethod
    def read(cls, text: str) -> list[_Character]:
        return [cls(item[0], item[1], item[2:]) for item in text.split()]


_FAMILIES, _GIVENS = _Character.read(_FAMILY), _Character.read(_GIVEN)


@attrs.frozen
class _Name:
    family: _Character
    given: tuple[_Character, ...]

    def __str__(self) -> str:
        return "".join(char.simplified for char in (self.family, *self.given))

    @property
    def traditional(self) -> str:
        return "".join(char.traditional for char in (self.family, *self.given))

    @property
    def latin(self) -> tuple[str, str]:
        return self.family.sound.upper(), "".join(char.sound for char in self.given).title()


_Pair = tuple[str, str]


@attrs.frozen
class Kind:
    """One kind of pair.

    Attributes:
        words: What the second name is, beside the first.
        same: Whether they are one person's.
        make: Makes a pair.
    """

    words: str
    same: bool
    make: Callable[[random.Random], _Pair]


def pairs(kind: Kind, count: int, seed: int = SEED) -> Iterator[_Pair]:
    """Pairs of names of one kind."""
    rng = random.Random(f"{seed} {kind.words}")
    return (kind.make(rng) for _ in range(count))


def measure(names: Names, count: int, seed: int = SEED) -> list[Tally]:
    """Count what a comparer says.

    Args:
        names: The comparer.
        count: How many pairs of each kind.
        seed: The same one gives the same pairs.

    Returns:
        One tally for each kind.
    """
    return [
        Tally.of(
            kind.words,
            kind.same,
            (verdict(names.compare(*pair)) for pair in pairs(kind, count, seed)),
        )
        for kind in KINDS
    ]


def _name(rng: random.Random, least: int = 1) -> _Name:
    return _Name(rng.choice(_FAMILIES), tuple(rng.sample(_GIVENS, rng.randint(least, 2))))


def _other_character(rng: random.Random, name: _Name, alike: bool) -> _Name | None:
    """The name with one given character replaced by one that sounds alike, or does not."""
    place = rng.randrange(len(name.given))
    old = name.given[place]
    choices = [new for new in _GIVENS if new != old and (new.sound == old.sound) is alike]
    if not choices:
        return None
    given = list(name.given)
    given[place] = rng.choice(choices)
    return _Name(name.family, tuple(given))


def _unchanged(rng: random.Random) -> _Pair:
    name = str(_name(rng))
    return name, name


def _noise(rng: random.Random) -> _Pair:
    name = str(_name(rng))
    place = rng.randrange(len(name) + 1)
    return name, name[:place] + rng.choice(" \u3000\u00a0\u200b\ufeff") + name[place:]


def _interpuncts(rng: random.Random) -> _Pair:
    first, second = rng.sample(_ELSEWHERE, 2)
    one, other = rng.sample(_INTERPUNCTS, 2)
    return first + one + second, first + other + second


def _traditional(rng: random.Random) -> _Pair:
    while True:
        name = _name(rng)
        if str(name) != name.traditional:
            return str(name), name.traditional


def _homophone(rng: random.Random) -> _Pair:
    while True:
        name = _name(rng)
        if other := _other_character(rng, name, alike=True):
            return str(name), str(other)


def _mistaken(rng: random.Random, given: int) -> _Pair:
    while True:
        name = _name(rng, least=given)
        other = _other_character(rng, name, alike=False)
        if other and len(name.given) == given:
            return str(name), str(other)


def _mistaken_of_three(rng: random.Random) -> _Pair:
    return _mistaken(rng, 2)


def _mistaken_of_two(rng: random.Random) -> _Pair:
    return _mistaken(rng, 1)


def _missing(rng: random.Random) -> _Pair:
    name = _name(rng, least=2)
    return str(name), name.family.simplified + rng.choice(name.given).simplified


def _swapped(rng: random.Random) -> _Pair:
    name = str(_name(rng))
    return name, name[1:] + name[0]


def _masked(rng: random.Random) -> _Pair:
    name = str(_name(rng))
    return name, name[0] + rng.choice("*＊某○") * (len(name) - 1)


def _masked_short(rng: random.Random) -> _Pair:
    name = str(_name(rng, least=2))
    return name, name[0] + rng.choice("*＊某")


def _pinyin(rng: random.Random) -> _Pair:
    name = _name(rng)
    family, given = name.latin
    forms = (f"{family} {given}", f"{given} {family}", f"{family}, {given}", family + given.upper())
    return str(name), rng.choice(forms)


def _hong_kong(rng: random.Random) -> _Pair:
    while True:
        name = _name(rng)
        if spelled := _HONG_KONG.get(name.family.simplified):
            return str(name), f"{spelled} {name.latin[1]}"


def _latin(rng: random.Random) -> _Pair:
    family, given = _name(rng).latin
    one, other = f"{family} {given}", f"{given} {family.title()}"
    return one, rng.choice((other, one.translate(_FULL_WIDTH), f"{family}, {given}", one.lower()))


def _latin_slip(rng: random.Random) -> _Pair:
    family, given = _name(rng, least=2).latin
    place = rng.randrange(1, len(given) - 1)
    swapped = given[:place] + given[place + 1] + given[place] + given[place + 2 :]
    dropped = given[:place] + given[place + 1 :]
    return f"{family} {given}", f"{family} {dropped if swapped == given else swapped}"


def _strangers(rng: random.Random) -> _Pair:
    return str(_name(rng)), str(_name(rng))


def _same_family_name(rng: random.Random) -> _Pair:
    name = _name(rng)
    return str(name), str(_Name(name.family, _name(rng).given))


def _siblings(rng: random.Random) -> _Pair:
    name = _name(rng, least=2)
    second = rng.choice([char for char in _GIVENS if char not in name.given])
    return str(name), str(_Name(name.family, (name.given[0], second)))


def _pinyin_of_another(rng: random.Random) -> _Pair:
    return str(_name(rng)), " ".join(_name(rng).latin)


KINDS = (
    Kind("the same", True, _unchanged),
    Kind("a space or an invisible character more", True, _noise),
    Kind("another interpunct, or none", True, _interpuncts),
    Kind("in traditional characters", True, _traditional),
    Kind("in pinyin: another order, case, width or comma", True, _latin),
    Kind("in pinyin with a letter swapped or missing", True, _latin_slip),
    Kind("in characters and in pinyin", True, _pinyin),
    Kind("in characters and as spelled in Hong Kong", True, _hong_kong),
    Kind("a homophone for one character", True, _homophone),
    Kind("another character in a name of three", True, _mistaken_of_three),
    Kind("another character in a name of two", True, _mistaken_of_two),
    Kind("one of three characters missing", True, _missing),
    Kind("the given name first", True, _swapped),
    Kind("the given name masked", True, _masked),
    Kind("a given name of two behind one mask", True, _masked_short),
    Kind("strangers", False, _strangers),
    Kind("strangers of one family name", False, _same_family_name),
    Kind("siblings who share a generation name", False, _siblings),
    Kind("strangers, one in pinyin", False, _pinyin_of_another),
)
"""Every kind of pair, one person's first."""
