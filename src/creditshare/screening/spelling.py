"""A name as it is compared: what writers and machines vary is folded, what they hide is marked.

Folded without loss: width, case, composed and decomposed accents, compatibility characters (Unicode
NFKC), invisible characters, spaces and what joins or parts the words of a name. Of the last, NFKC
unifies none: the interpunct alone is seen as seven different characters.

Kept apart: accents (in Vietnamese they tell names apart), scripts, and every character in private
use or not yet assigned, since rare Chinese characters are stored as such.
"""

from __future__ import annotations

import re
import unicodedata
from typing import Self

import attrs

__all__ = ["HIDDEN", "Spelling"]

HIDDEN = "\N{REPLACEMENT CHARACTER}"
"""Stands for a character that was masked, or lost between two encodings."""

_BETWEEN_WORDS = "·•・‧⋅⸱･∙᛫ꞏ˙.。-‐‑–,、()[]/<"  # `<` and `/` as in passports and tickets
_WITHIN_WORDS = "'’‘`´ʼʻ′"
_INVISIBLE = [0x034F, 0x115F, 0x1160, 0x3164, 0xFFA0]  # joiner and fillers; also:
_VARIATION_SELECTORS = [*range(0xFE00, 0xFE10), *range(0xE0100, 0xE01F0)]
_FOLDED: dict[int, str | None] = {
    **dict.fromkeys(map(ord, _BETWEEN_WORDS), " "),
    **dict.fromkeys([*map(ord, _WITHIN_WORDS), *_INVISIBLE, *_VARIATION_SELECTORS], None),
    **dict.fromkeys(map(ord, "某〇"), HIDDEN),  # 张某, 张〇〇: how Chinese notices hide a name
}
_UNSPACED = re.compile(
    "[\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U0003ffff"  # Han
    "\u3040-\u30ff\uac00-\ud7a3\ue000-\uf8ff]"  # kana, Hangul, private use
)


@attrs.frozen
class Spelling:
    """A folded name.

    Attributes:
        words: Its words, none empty; in a script that writes no spaces they may be torn or run
            together, so compare `letters`.
        letters: The same without spaces. `HIDDEN` stands for each character that is no letter, mark
            or digit.
    """

    words: tuple[str, ...]
    letters: str = attrs.field(init=False)

    @letters.default
    def _join(self) -> str:
        return "".join(self.words)

    @classmethod
    def of(cls, name: str) -> Self:
        """Fold a name."""
        text = name if name.isprintable() else _without_controls(name)
        text = unicodedata.normalize("NFKC", text.translate(_FOLDED)).casefold()
        text = unicodedata.normalize("NFKC", text).translate(_FOLDED)
        words = text.split()
        if not all(map(str.isalnum, words)):
            words = [re.sub(r"\W|_", _hide, word) for word in words]
        return cls(tuple(words))

    @property
    def tells(self) -> bool:
        """Whether there is a letter in it at all."""
        return any(map(str.isalpha, self.letters))

    @property
    def unspaced(self) -> bool:
        """Whether it has Chinese, Japanese or Korean characters, whose order is fixed."""
        return _UNSPACED.search(self.letters) is not None

    def orders(self) -> set[str]:
        """The letters, also with the first words moved to the end: ZHANG Wei, Wei ZHANG."""
        if self.unspaced:
            return {self.letters}
        return {
            "".join(self.words[place:] + self.words[:place]) for place in range(len(self.words))
        }

    def unaccented(self) -> Spelling:
        """The same without accents."""
        return Spelling(tuple(map(_unaccented, self.words)))

    def translated(self, table: dict[int, str]) -> Spelling:
        """The same with characters replaced."""
        return Spelling(tuple(word.translate(table) for word in self.words))


def _without_controls(name: str) -> str:
    return "".join(
        char for char in name if char.isspace() or unicodedata.category(char) not in ("Cf", "Cc")
    )


def _hide(found: re.Match[str]) -> str:
    return HIDDEN if unicodedata.category(found[0])[0] in "PS" else found[0]


def _unaccented(word: str) -> str:
    parts = unicodedata.normalize("NFD", word)
    return unicodedata.normalize("NFC", "".join(c for c in parts if not unicodedata.combining(c)))
