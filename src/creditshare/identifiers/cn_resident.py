"""Resident identity card (居民身份证), GB 11643-1999: 18 characters, or 15 before 1999.

::

    110105 19491231 002 X      region 6, birth date 8, serial 3, check character
    110105   491231 002        the legacy form: no century, no check character

- The legacy form becomes the 18-character one: ``19`` goes in after the region and the check
  character is appended, so both give the same token.
- A legacy number that would tell a birth in 1919 or 1920 is refused: it is far more likely an
  18-character one of which three characters are missing, and would name a stranger.
- The region is advisory and not checked: codes are abolished, and a number may carry one that was
  assigned after its holder's birth. Tables of regions wrongly refuse half of real numbers.
- Permits for residents of Hong Kong, Macau and Taiwan (regions 810000, 820000, 830000) have the
  same form and check and share this number space, so they share this scheme: an agency that files
  one as an identity card must get the same token.
- Numbers that begin with 9 belong to the permanent resident card, `PermanentResidentID`.
"""

from __future__ import annotations

import datetime as dt
import re

from creditshare.errors import IdentifierError, IdentifierFault
from creditshare.identifiers.base import Holder, Identifier
from creditshare.identifiers.folding import fold
from creditshare.identifiers.iso7064 import mod_11_2

__all__ = ["ResidentID"]

_LEAP_YEAR = r"(?:[0-9]{2}(?:0[48]|[2468][048]|[13579][26])|(?:[02468][048]|[13579][26])00)"
_DAY = (
    r"(?=18[5-9]|19|[2-9])"  # nobody who was given a number was born before 1850
    r"(?:[0-9]{4}(?:(?:0[13578]|1[02])(?:0[1-9]|[12][0-9]|3[01])"
    r"|(?:0[469]|11)(?:0[1-9]|[12][0-9]|30)|02(?:0[1-9]|1[0-9]|2[0-8]))"
    rf"|{_LEAP_YEAR}0229)"
)
_NUMBER = re.compile(rf"[1-8][0-9]{{5}}{_DAY}[0-9]{{3}}[0-9X]")
_NUMBER_OF_ANY_DAY = re.compile(r"[1-8][0-9]{16}[0-9X]")
_LEGACY = re.compile(r"[1-8][0-9]{14}")
_CUT_SHORT = re.compile(r"[0-9]{6}(19|20)[0-9]{7}")  # or of somebody born in 1919 or 1920
_PLACEHOLDER = re.compile(r"([0-9])\1{13,}[0-9X]?|123456789012345|123456789012345678")
_CHECK_PLACE = 17


class ResidentID(Identifier):
    """A resident identity number, or a resident permit's of Hong Kong, Macau or Taiwan."""

    __slots__ = ()
    SCHEME = "cn-rid"
    HOLDER = Holder.PERSON
    STRONG = True

    @classmethod
    def canonical(cls, text: str, country: str = "") -> tuple[str, str]:
        """The 18-character form; see `Identifier.canonical`."""
        number = text if isinstance(text, str) and _NUMBER.fullmatch(text) else cls._fold(text)
        if mod_11_2(number[:17]) != number[17]:
            raise cls._fault(IdentifierFault.CHECK, "the check character does not fit")
        return number, ""

    @classmethod
    def _fold(cls, text: str) -> str:
        """A number of 18 characters with a real date, its check character not yet checked."""
        number = fold(text, cls.SCHEME, check_place=_CHECK_PLACE)
        if _PLACEHOLDER.fullmatch(number):
            raise cls._fault(IdentifierFault.PLACEHOLDER, "a placeholder, not a number")
        if _LEGACY.fullmatch(number):
            if _CUT_SHORT.fullmatch(number):
                raise cls._fault(
                    IdentifierFault.DIGITS_LOST, "looks like 18 characters cut short to 15"
                )
            digits = number[:6] + "19" + number[6:]
            number = digits + mod_11_2(digits)
        if _NUMBER.fullmatch(number):
            return number
        raise cls._form_fault(number)

    @classmethod
    def _form_fault(cls, number: str) -> IdentifierError:
        if len(number) not in (15, 18):
            return cls._fault(IdentifierFault.LENGTH, "neither 18 nor 15 characters")
        if "X" in number[:-1]:
            return cls._fault(
                IdentifierFault.MASKED, "digits are masked; the full number is needed"
            )
        if _NUMBER_OF_ANY_DAY.fullmatch(number):
            return cls._fault(IdentifierFault.DATE, "the birth date in it does not exist")
        if number[0] == "9":
            return cls._fault(IdentifierFault.SCHEME, "a permanent resident card's number")
        return cls._fault(IdentifierFault.FORM, "letters or a first digit no such number has")

    @property
    def birth_date(self) -> dt.date:
        """The holder's birth date, positions 7 to 14."""
        return dt.date.fromisoformat(self.value[6:14])
