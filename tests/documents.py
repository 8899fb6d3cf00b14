"""Valid numbers of every scheme, generated without the library: nobody's documents."""

from __future__ import annotations

import datetime as dt
import string
from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import assume
from hypothesis import strategies as st

from canonical import (
    GB_11714,
    USCC,
    gb_11714,
    gb_32100,
    iso7064_mod_11_2,
    iso7064_mod_97_10,
    luhn,
    verhoeff,
)
from creditshare.errors import IdentifierError, IdentifierFault
from creditshare.identifiers import SCHEMES, CountryIdentifier, Identifier

__all__ = [
    "AADHAAR",
    "COUNTRIES",
    "EXAMPLES",
    "NUMBERS",
    "codes",
    "parse",
    "refusal",
    "residents",
]

_LETTERS = string.ascii_uppercase


@st.composite
def residents(draw: st.DrawFn, first_year: int = 1850, last_year: int = 9999) -> str:
    """Resident numbers of somebody born in these years."""
    region = draw(st.integers(100000, 899999))
    birth = draw(st.dates(dt.date(first_year, 1, 1), dt.date(last_year, 12, 31)))
    serial = draw(st.integers(0, 999))
    digits = f"{region}{birth.year:04d}{birth:%m%d}{serial:03d}"
    assume(len(set(digits[:14])) > 1)  # a row of one digit is a placeholder
    return digits + iso7064_mod_11_2(digits)


@st.composite
def codes(draw: st.DrawFn, inner: str | None = None) -> str:
    """Unified social credit codes; `inner` replaces the check character of the code inside."""
    head = draw(st.sampled_from("123456789ANY")) + draw(st.sampled_from(USCC))
    region = f"{draw(st.integers(0, 999999)):06d}"
    body = draw(_bodies(USCC))
    code = head + region + body + (inner or gb_11714(body))
    return code + gb_32100(code)


def _bodies(alphabet: str) -> st.SearchStrategy[str]:
    """The first eight characters of an organisation code."""
    size = len(GB_11714)
    return st.text(alphabet, min_size=size, max_size=size).filter(
        lambda body: len(set(body)) > 1 and body != "12345678" and "XXXX" not in body
    )


def _leis(body: str) -> str:
    return body + iso7064_mod_97_10(body)


_CARDS_2023 = st.integers(0, 10**16 - 10**9).map(
    lambda n: f"9{n:016d}" + iso7064_mod_11_2(f"9{n:016d}")
)
_CARDS = st.from_regex(r"[2-9][0-9]{5,9}[1-8]9[0-9]{4,6}", fullmatch=True).map(
    lambda body: body + luhn(body)
)
NUMBERS: dict[str, st.SearchStrategy[str]] = {
    "cn-rid": residents(),
    "cn-prid": st.one_of(_CARDS_2023, st.from_regex(r"[A-W]{3}01[0-9]{10}", fullmatch=True)),
    "cn-uscc": codes(),
    "cn-org": _bodies(string.digits + _LETTERS).map(lambda body: body + gb_11714(body)),
    "cn-mobile": st.from_regex(r"1[3-9]90[1-8]9[0-9]{5}", fullmatch=True),
    "bank-card": _CARDS,
    "passport": st.from_regex(r"(?!XX)[A-Z]{1,2}[0-8]9[0-8]{3,5}", fullmatch=True),
    "national-id": st.from_regex(r"[A-W]?[0-8]9[0-8]{4}[A-W]?[0-9]{0,5}", fullmatch=True),
    "in-pan": st.from_regex(r"[A-W]{3}[ABCFGHJKLPT]Q[0-8]9[0-9]{2}[A-P]", fullmatch=True),
    "in-cin": st.from_regex(
        r"[LU][0-9]{5}[A-W]{2}(18|19|20)[0-9]{2}[A-W]{3}9[0-9]{5}", fullmatch=True
    ),
    "lei": st.from_regex(r"9[0-9A-Z]{5}Q[0-9A-Z]{11}", fullmatch=True).map(_leis),
}
COUNTRIES = st.sampled_from(["DE", "FR", "GB", "HK", "US"])
AADHAAR = st.from_regex(r"[2-9][0-9]{10}([0-9]{4})?", fullmatch=True).map(
    lambda body: body + verhoeff(body)
)

EXAMPLES = {
    "cn-rid": "11010519491231002X",  # printed in GB 11643-1999
    "cn-prid": "CAN110101198001",
    "cn-uscc": "91350100M000100Y43",  # printed in GB 32100-2015
    "cn-org": "M000100Y4",
    "cn-mobile": "19900004242",
    "bank-card": "6288880000001235",
    "passport": "K7654329",
    "national-id": "A7654329",
    "in-pan": "QQQPQ9090Q",
    "in-cin": "U99999ZZ2016PTC909090",
    "lei": "888800QQQQQQQQQQQQ75",
}
"""One number of each scheme, of the country GB where it needs one."""


def parse(scheme: str, text: Any, country: str = "GB") -> Identifier:
    """Parse by the name of a scheme, with a country if it needs one."""
    found = SCHEMES[scheme]
    if issubclass(found, CountryIdentifier):
        return found.parse(text, country)
    return found.parse(text)


def refusal(make: Callable[..., object], *args: object) -> IdentifierFault:
    """Why a call is refused, which it must be."""
    with pytest.raises(IdentifierError) as refused:
        make(*args)
    return refused.value.kind
