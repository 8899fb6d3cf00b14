"""Identifiers: one file a scheme, each with its canonical form, its check and its traps.

To add a scheme, write its file with a subclass of `Identifier` that defines `SCHEME`, `HOLDER`,
`STRONG` and `canonical`, and name it in `SCHEMES` below. Nothing else in the library changes. Then
tell its form on the page docs/reference/identifiers.md, which tests hold to this code.
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from creditshare.errors import IdentifierError, IdentifierFault
from creditshare.identifiers.bank_card import BankCard
from creditshare.identifiers.base import CANONICAL_FORM_VERSION, Holder, Identifier
from creditshare.identifiers.cn_mobile import MobileNumber
from creditshare.identifiers.cn_organisation import OrganisationCode
from creditshare.identifiers.cn_permanent_resident import PermanentResidentID
from creditshare.identifiers.cn_resident import ResidentID
from creditshare.identifiers.cn_uscc import UnifiedSocialCreditCode
from creditshare.identifiers.in_aadhaar import Aadhaar
from creditshare.identifiers.in_cin import CIN
from creditshare.identifiers.in_pan import PAN
from creditshare.identifiers.lei import LEI
from creditshare.identifiers.national import NationalID
from creditshare.identifiers.of_country import CountryIdentifier
from creditshare.identifiers.passport import Passport

__all__ = [
    "CANONICAL_FORM_VERSION",
    "CIN",
    "LEI",
    "PAN",
    "SCHEMES",
    "Aadhaar",
    "BankCard",
    "CountryIdentifier",
    "Holder",
    "Identifier",
    "MobileNumber",
    "NationalID",
    "OrganisationCode",
    "Passport",
    "PermanentResidentID",
    "ResidentID",
    "UnifiedSocialCreditCode",
    "restore",
]

SCHEMES: Mapping[str, type[Identifier]] = MappingProxyType(
    {
        scheme.SCHEME: scheme
        for scheme in (
            ResidentID,
            PermanentResidentID,
            UnifiedSocialCreditCode,
            OrganisationCode,
            MobileNumber,
            BankCard,
            Passport,
            NationalID,
            PAN,
            CIN,
            LEI,
        )
    }
)
"""Every scheme by its name. `Aadhaar` is none: its numbers are refused."""


def restore(scheme: str, value: str, country: str) -> Identifier:
    """An identifier from its stored parts, checked as if it had been typed.

    Args:
        scheme: The scheme's name, a key of `SCHEMES`.
        value: The canonical value.
        country: The issuing country; empty for a scheme without.

    Raises:
        IdentifierError: for an unknown scheme, or parts that are not in canonical form.
    """
    if scheme not in SCHEMES:
        raise IdentifierError("identifier", IdentifierFault.SCHEME, "an unknown scheme")
    return SCHEMES[scheme](value, country)
