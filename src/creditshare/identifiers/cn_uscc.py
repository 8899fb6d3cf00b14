"""Unified social credit code (统一社会信用代码), GB 32100-2015, 18 characters.

::

    9 1 350100 M000100Y4 3     registering authority, kind, region 6, organisation code 9, check

- The alphabet has no I, O, S, V and Z. The first character is 1 to 9, A, N or Y.
- Check character: weights 3^i modulo 31 over the first 17, 31 minus the sum modulo 31.
- Characters 9 to 17 are an organisation code (GB 11714) with a check character of its own. Both
  are checked. Old files hold that code and no other: `organisation_code` gives it, so that a
  borrower can be listed and asked for under both.
"""

from __future__ import annotations

import re

from creditshare.errors import IdentifierFault
from creditshare.identifiers.base import Holder, Identifier
from creditshare.identifiers.cn_organisation import OrganisationCode, fault_in
from creditshare.identifiers.folding import fold

__all__ = ["UnifiedSocialCreditCode"]

_ALPHABET = "0123456789ABCDEFGHJKLMNPQRTUWXY"
_FORM = re.compile(rf"[1-9ANY][{_ALPHABET}][0-9]{{6}}[{_ALPHABET}]{{10}}")
_WEIGHTS = tuple(pow(3, i, 31) for i in range(17))
_ORGANISATION_CODE = slice(8, 17)
_VALUES = {char: value for value, char in enumerate(_ALPHABET)}


class UnifiedSocialCreditCode(Identifier):
    """The code of a legal person or other organisation in China."""

    __slots__ = ()
    SCHEME = "cn-uscc"
    HOLDER = Holder.ORGANISATION
    STRONG = True

    @classmethod
    def canonical(cls, text: str, country: str = "") -> tuple[str, str]:
        """The 18 characters; see `Identifier.canonical`."""
        code = fold(text, cls.SCHEME, check_place=17)
        if len(code) != 18:
            raise cls._fault(IdentifierFault.LENGTH, "not 18 characters")
        if len(set(code)) == 1:
            raise cls._fault(IdentifierFault.PLACEHOLDER, "a placeholder, not a code")
        if not _FORM.fullmatch(code):
            raise cls._fault(IdentifierFault.FORM, "a character where the code cannot have it")
        if _check_character(code[:17]) != code[17]:
            raise cls._fault(IdentifierFault.CHECK, "the check character does not fit")
        if fault := fault_in(code[_ORGANISATION_CODE]):
            raise cls._fault(*fault)
        return code, ""

    @property
    def organisation_code(self) -> OrganisationCode:
        """The organisation code inside, under which older files know the same organisation.

        It is another identifier with another token; nothing adds it by itself::

            Borrower.organisation(code, code.organisation_code)
        """
        return OrganisationCode.parse(self.value[_ORGANISATION_CODE])


def _check_character(body: str) -> str:
    total = sum(_VALUES[char] * weight for char, weight in zip(body, _WEIGHTS, strict=True))
    return _ALPHABET[-total % 31]
