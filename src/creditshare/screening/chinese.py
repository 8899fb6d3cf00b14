"""Comparing two names with knowledge of Chinese: both scripts, pinyin, homophones.

Needs the extra ``chinese``: OpenCC for the scripts, pypinyin for the sounds. Both are loaded when a
comparer is made, never before.

A traditional character and its simplified form are one character in two scripts only where nothing
else is written like either: 張 and 张. Then they agree. Where simplification merged several
characters (后 stands for 後 and for 后, 干 for 乾, 幹 and 干), two names may hide behind one, and a
person looks.

Pinyin is only ever a hint: 张伟, 章玮 and many more are all spelled ``Zhang Wei``.
"""

from __future__ import annotations

import importlib
from collections import Counter
from typing import Any

import attrs

from creditshare.errors import MisuseError
from creditshare.screening.agreement import Agreement
from creditshare.screening.names import Names
from creditshare.screening.spelling import Spelling

__all__ = ["ChineseNames"]


@attrs.frozen
class _Characters:
    """What the libraries know of single characters.

    Attributes:
        simplified: Each traditional character's simplified form.
        alike: Of those, the ones that are the same character in another script, with no other.
        pypinyin: Tells how a character sounds.
    """

    simplified: dict[int, str]
    alike: dict[int, str]
    pypinyin: Any

    @classmethod
    def load(cls) -> _Characters:
        try:
            opencc, pypinyin = map(importlib.import_module, ("opencc", "pypinyin"))
        except ImportError as error:
            raise MisuseError("Chinese names need the extra: creditshare[chinese]") from error
        ideographs = [chr(code) for code in (*range(0x3400, 0x4DC0), *range(0x4E00, 0xA000))]
        converted = opencc.OpenCC("t2s").convert("\n".join(ideographs)).split("\n")
        forms = {old: new for old, new in zip(ideographs, converted, strict=True) if old != new}
        # Big5 and GB 2312 are the everyday characters of the two scripts.
        olds = [old for old in forms if _in("big5", old)]
        merged = Counter(forms[old] for old in olds)
        alike = {
            ord(old): forms[old]
            for old in olds
            if merged[forms[old]] == 1
            and not _in("gb2312", old)
            and _in("gb2312", forms[old])
            and not _in("big5", forms[old])
        }
        return cls({ord(old): new for old, new in forms.items()}, alike, pypinyin)

    def sounds(self, char: str) -> set[str]:
        """The toneless pinyin of a character, in each reading and each way to write ü."""
        (readings,) = self.pypinyin.pinyin(char, style=self.pypinyin.Style.NORMAL, heteronym=True)
        return {sound.replace("v", vowel) for sound in readings for vowel in ("v", "u", "yu")}


@attrs.frozen
class ChineseNames(Names):
    """Compares names as `Names` does, and knows Chinese.

    Beyond it, these agree: the traditional and the simplified form of one character, where each is
    the only form of the other. These become near misses, for a person to look at: forms that
    simplification merged, homophones, and pinyin for a name in characters, in either order.

    Raises:
        MisuseError: when made without the extra ``chinese``.
    """

    _characters: _Characters = attrs.field(
        factory=_Characters.load, init=False, repr=False, eq=False
    )

    def judge(self, one: Spelling, other: Spelling) -> Agreement:
        """Compare two folded names; see `Names.judge`."""
        told = super().judge(one, other)
        if told is Agreement.AGREES:
            return told
        alike = self._characters.alike
        told = super().judge(one.translated(alike), other.translated(alike))
        if told is not Agreement.CONFLICTS:
            return told
        if self._spells(one, other) or self._spells(other, one):
            return Agreement.TRANSLITERATED
        simplified = self._characters.simplified
        told = super().judge(one.translated(simplified), other.translated(simplified))
        if told is Agreement.AGREES or self._sound_alike(one.letters, other.letters):
            return Agreement.SIMILAR
        return told

    def _spells(self, characters: Spelling, latin: Spelling) -> bool:
        """Whether Latin letters spell a name in characters, whichever part comes first."""
        text = latin.unaccented().letters
        if not (characters.unspaced and text.isascii()) or len(characters.letters) * 6 < len(text):
            return False
        sounds = [self._characters.sounds(char) for char in characters.letters]
        return any(_spell(sounds[first:] + sounds[:first], text) for first in (0, 1, 2))

    def _sound_alike(self, one: str, other: str) -> bool:
        sounds = self._characters.sounds
        return len(one) == len(other) and all(
            sounds(a) & sounds(b) for a, b in zip(one, other, strict=True)
        )


def _spell(sounds: list[set[str]], text: str) -> bool:
    """Whether a text can be cut into one of each place's sounds, in order."""
    ends = {0}
    for choices in sounds:
        ends = {
            end + len(sound) for end in ends for sound in choices if text.startswith(sound, end)
        }
    return len(text) in ends


def _in(encoding: str, char: str) -> bool:
    try:
        char.encode(encoding)
    except UnicodeEncodeError:
        return False
    return True
