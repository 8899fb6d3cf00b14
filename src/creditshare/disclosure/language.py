"""The languages in which a person is answered."""

from __future__ import annotations

import enum

import attrs

from creditshare.model.faults import Faults

__all__ = ["Language", "Phrase"]


class Language(enum.StrEnum):
    """A language."""

    ENGLISH = "en"
    CHINESE = "zh"


@attrs.frozen
class Phrase:
    """The same words in every language.

    Attributes:
        en: In English.
        zh: In Chinese.
    """

    en: str
    zh: str

    def __attrs_post_init__(self) -> None:
        faults = Faults("phrase")
        for language in Language:
            faults.text(language, getattr(self, language), limit=2000)
        faults.raise_any()

    def say(self, language: Language) -> str:
        """The words in one language."""
        return self.zh if language is Language.CHINESE else self.en
