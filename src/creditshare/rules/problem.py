"""What is wrong with a listing, in both languages, and what would cure it; never whose it is."""

from __future__ import annotations

import datetime as dt

import attrs

__all__ = ["Problem"]


@attrs.frozen
class Problem:
    """One kind of shortcoming.

    Attributes:
        code: Stable, such as ``"notice-missing"``.
        en: What is wrong, in English.
        zh: The same in Chinese.
        cure: What would cure it, in English; where nothing can, it says so.
        cure_zh: The same in Chinese.
    """

    code: str
    en: str
    zh: str
    cure: str
    cure_zh: str

    def on(self, day: dt.date | None) -> Problem:
        """The same with a day filled in where the texts say ``{day}``."""
        said = "" if day is None else day.isoformat()
        texts = (text.replace("{day}", said) for text in attrs.astuple(self)[1:])
        return Problem(self.code, *texts)

    def __str__(self) -> str:
        return self.en
